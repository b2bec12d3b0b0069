"""Who can come to work, when, and under which contract."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from scenarios.checks import require_moment, require_not_negative, require_positive, require_share, require_within
from scenarios.errors import PlanningError
from scenarios.horizon import LATEST_CLOSING_MIN, MIN_PER_DAY
from scenarios.shape import FileShape

FACTORS_ALLOWED = (0.01, 10.0)
"""Tenure factors: far beyond any person, and within them the engine's whole numbers never overflow."""
WEIGHTS_ALLOWED = (0.01, 1000.0)
"""Weights of routing: platforms use 10 to 200."""


@dataclass(frozen=True, slots=True)
class BreakRule(FileShape):
    """A break of a shift: length, paid or not, and the window in which it may start (minutes after shift start)."""

    length_min: int
    paid: bool
    earliest_after_start_min: int
    latest_after_start_min: int

    def __post_init__(self) -> None:
        require_positive("BreakRule", "length_min", self.length_min)
        if not 0 <= self.earliest_after_start_min <= self.latest_after_start_min:
            raise PlanningError(
                "break_window", thing="BreakRule", field="latest_after_start_min", value=self.latest_after_start_min
            )


@dataclass(frozen=True, slots=True)
class ShiftTemplate(FileShape):
    """Shifts of one length that may start on a grid of times.

    Parameters
    ----------
    length_min
        From start to end, breaks included.
    earliest_start_min, latest_start_min, start_step_min
        Possible starts in minutes after the local midnight of the service date (may pass 1440).
    breaks
        In the order of the day; windows that leave room for each other, inside the shift and after its start. Of a
        shift on call they are made here and fill it: first the time that is paid, then the rest.
    on_call
        Nobody who holds it is at work in any interval; it counts as a shift for rest, runs and dates.
    paid_share
        Share of a shift on call that is paid, and counts as paid hours; 1 for all other shifts, whose breaks say it.
    """

    name: str
    length_min: int
    earliest_start_min: int
    latest_start_min: int
    start_step_min: int = 30
    breaks: tuple[BreakRule, ...] = ()
    on_call: bool = False
    paid_share: float = 1.0

    def __post_init__(self) -> None:
        thing = f"ShiftTemplate({self.name})"
        require_positive(thing, "length_min", self.length_min)
        require_positive(thing, "start_step_min", self.start_step_min)
        inside = 0 <= self.earliest_start_min <= self.latest_start_min
        if not inside or self.latest_start_min + self.length_min > LATEST_CLOSING_MIN + MIN_PER_DAY // 2:
            raise PlanningError("shift_starts", thing=thing, field="latest_start_min", value=self.latest_start_min)
        require_share(thing, "paid_share", self.paid_share)
        if self.on_call:
            self._be_on_call(thing)
        else:
            self._check_work(thing)

    def _be_on_call(self, thing: str) -> None:
        if self.breaks and self.breaks[0].earliest_after_start_min > 0:  # those made here begin with the shift
            raise PlanningError("on_call_breaks", thing=thing, field="breaks", value=len(self.breaks))
        paid_min = round(self.length_min * self.paid_share)
        parts = ((0, paid_min, True), (paid_min, self.length_min - paid_min, False))
        made = tuple(BreakRule(length, paid, after, after) for after, length, paid in parts if length)
        object.__setattr__(self, "breaks", made)

    def _check_work(self, thing: str) -> None:
        if self.paid_share != 1.0:
            raise PlanningError("paid_share_at_work", thing=thing, field="paid_share", value=self.paid_share)
        free_from = 0
        for rule in self.breaks:
            if rule.earliest_after_start_min == 0:
                raise PlanningError("break_window", thing=thing, field="breaks", value=0)
            if (
                rule.latest_after_start_min < free_from
                or rule.latest_after_start_min + rule.length_min > self.length_min
            ):
                raise PlanningError(
                    "break_outside", thing=thing, field="breaks", value=rule.latest_after_start_min, end=self.length_min
                )
            free_from = max(free_from, rule.earliest_after_start_min) + rule.length_min

    @property
    def paid_min(self) -> int:
        """Paid minutes: the length less unpaid breaks."""
        return self.length_min - sum(rule.length_min for rule in self.breaks if not rule.paid)

    @property
    def start_minutes(self) -> tuple[int, ...]:
        """All possible starts, minutes after the service date's midnight."""
        return tuple(range(self.earliest_start_min, self.latest_start_min + 1, self.start_step_min))


@dataclass(frozen=True, slots=True)
class Contract(FileShape):
    """What a contract allows.

    Hours are paid hours. The week is seven dates counted from the first date of the horizon; in a shorter piece of a
    week the least is scaled to the piece and the most stays whole.

    Parameters
    ----------
    shift_templates
        Names of the shifts people of this contract may work.
    week_paid_h_min, week_paid_h_max
        Least and most paid hours a week.
    rest_h_min
        Least hours between the end of a shift and the start of the next.
    consecutive_days_max
        Most working dates in a row, dates before the horizon included.
    days_off_per_week_min
        Least free dates in a whole week.
    cost_per_paid_h_yuan
        Pay and charges for a paid hour.
    call_in
        Part-time pool: called for single shifts, no least hours, unpaid when not called.
    """

    name: str
    shift_templates: tuple[str, ...]
    week_paid_h_max: float
    cost_per_paid_h_yuan: float
    week_paid_h_min: float = 0.0
    rest_h_min: float = 11.0
    consecutive_days_max: int = 6
    days_off_per_week_min: int = 1
    call_in: bool = False

    def __post_init__(self) -> None:
        thing = f"Contract({self.name})"
        require_positive(thing, "week_paid_h_max", self.week_paid_h_max)
        require_positive(thing, "consecutive_days_max", self.consecutive_days_max)
        for field in ("cost_per_paid_h_yuan", "week_paid_h_min", "rest_h_min", "days_off_per_week_min"):
            require_not_negative(thing, field, getattr(self, field))
        if self.week_paid_h_min > self.week_paid_h_max:
            raise PlanningError(
                "least_above_most", thing=thing, field="week_paid_h_min", value=self.week_paid_h_min,
                most=self.week_paid_h_max,
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Available(FileShape):
    """A window in which an agent can work on a date: minutes after its midnight, half-open, may pass 1440."""

    date: date
    from_min: int
    to_min: int

    def __post_init__(self) -> None:
        if not 0 <= self.from_min < self.to_min:
            raise PlanningError(
                "span_inverted", thing="Available", field="to_min", value=self.to_min, start=self.from_min
            )


class Want(StrEnum):
    """What a wish asks for."""

    OFF = "off"
    ON = "on"


@dataclass(frozen=True, slots=True)
class Wish(FileShape):
    """A wish of an agent for a date.

    Parameters
    ----------
    want
        ``off``: not to work, or not this shift; ``on``: to work, or this shift.
    template
        The shift it is about; empty: any.
    yuan
        What it is worth to grant it, > 0; leave, which must be granted, stands in ``Agent.leave``.
    """

    agent: str
    date: date
    want: Want = Want.OFF
    template: str = ""
    yuan: float = 50.0

    def __post_init__(self) -> None:
        require_positive(f"Wish({self.agent}, {self.date})", "yuan", self.yuan)


@dataclass(frozen=True, slots=True)
class Agent(FileShape):
    """A person.

    Parameters
    ----------
    name
        Unique; what stands in the roster.
    skills
        Skills held; a group asks for some of them.
    tenure_factor
        Work takes this many times the type's work (1.0 experienced, 1.3 new), > 0.
    weight
        Share of contacts in groups that choose by weight, relative to colleagues, > 0.
    leave
        Dates off.
    available
        Empty: whenever not on leave. Otherwise the agent can work only inside these windows.
    worked_days_before
        Working dates in a row that end on the eve of the horizon.
    last_shift_end
        End of the last shift before the horizon (aware), ``None`` when long ago.
    nights_before, weekends_before, points_before
        What rosters before this one have brought: nights, weekends and points of unpopular shifts, for fairness.
    """

    name: str
    contract: str
    skills: tuple[str, ...]
    tenure_factor: float = 1.0
    leave: tuple[date, ...] = ()
    available: tuple[Available, ...] = ()
    worked_days_before: int = 0
    last_shift_end: datetime | None = None
    weight: float = 1.0
    nights_before: int = 0
    weekends_before: int = 0
    points_before: int = 0

    def __post_init__(self) -> None:
        for field in ("nights_before", "weekends_before", "points_before"):
            require_not_negative(f"Agent({self.name})", field, getattr(self, field))
        require_within(f"Agent({self.name})", "tenure_factor", self.tenure_factor, *FACTORS_ALLOWED)
        require_within(f"Agent({self.name})", "weight", self.weight, *WEIGHTS_ALLOWED)
        require_not_negative(f"Agent({self.name})", "worked_days_before", self.worked_days_before)
        if self.last_shift_end is not None:
            require_moment(f"Agent({self.name})", "last_shift_end", self.last_shift_end)
