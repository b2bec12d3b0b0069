"""Paid time away from the queue: training, meetings, talks one to one."""

from dataclasses import dataclass
from datetime import date

from scenarios.checks import require_not_negative, require_positive
from scenarios.errors import PlanningError
from scenarios.horizon import MIN_PER_DAY
from scenarios.shape import FileShape


@dataclass(frozen=True, slots=True)
class Activity(FileShape):
    """Paid time away from the queue that some people need, such as training, a meeting or a talk.

    Parameters
    ----------
    agents
        Who takes part. In a file, ``teams`` names all people of a team of the same file.
    length_min
        Minutes, in one piece.
    from_min, to_min
        It begins and ends between these, minutes after midnight of the date; a shift's date ends before the midnight
        after next. In a file, the clock times ``from`` and ``to``.
    together
        Whether all take part at the same time (a meeting), or each when it hurts least.
    dates
        Once on each of these; empty: once on every date on which a participant works.
    """

    name: str
    agents: tuple[str, ...]
    length_min: int
    from_min: int = 0
    to_min: int = 2 * MIN_PER_DAY
    together: bool = False
    dates: tuple[date, ...] = ()

    def __post_init__(self) -> None:
        thing = f"Activity({self.name})"
        require_positive(thing, "length_min", self.length_min)
        require_not_negative(thing, "from_min", self.from_min)
        if not self.agents:
            raise PlanningError("empty", thing=thing, field="agents", value="()")
        if self.from_min + self.length_min > self.to_min:
            raise PlanningError(
                "activity_window", thing=thing, field="to_min", value=self.to_min, start=self.from_min,
                length=self.length_min,
            )  # fmt: skip
