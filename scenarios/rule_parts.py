"""What rules of work are made of: whom they are about, what they count over, and figures that make sense."""

from dataclasses import dataclass
from enum import StrEnum

from scenarios.checks import require_not_negative, require_within
from scenarios.errors import PlanningError
from scenarios.shape import FileShape

PERIOD_DAYS_MAX = 366
"""Longest rolling window or reference period: a year."""
PATTERN_DATES_MAX = 10
"""Longest pattern: what the search keeps in mind doubles with every date."""
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
FREE_OR_WORK = ("free", "work")
"""What a date of a pattern can be called beside the names of shift templates: no shift, or any."""


class Period(StrEnum):
    """What a limit is counted over."""

    DAY = "day"
    WEEK = "week"  # seven dates from Monday
    MONTH = "month"  # calendar month
    ROLLING = "rolling"  # every window of ``days`` dates
    REFERENCE = "reference"  # blocks of ``days`` dates from the horizon's first date
    HORIZON = "horizon"


class RunOf(StrEnum):
    """What a run of dates is a run of."""

    WORK = "work"
    FREE = "free"
    SHIFTS = "shifts"  # shifts of the rule's templates
    SAME_SHIFT = "same_shift"  # one template


@dataclass(frozen=True, slots=True)
class Whom(FileShape):
    """Whom a rule is about: people of these contracts, with these skills, or of these names; all empty: everybody."""

    contracts: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()


EVERYBODY = Whom()


def check_limits(thing: str, least: tuple[str, float | None], most: tuple[str, float | None]) -> None:
    """Raise ``PlanningError`` unless one of two limits is given, and the least is not above the most."""
    for field, value in (least, most):
        if value is not None:
            require_not_negative(thing, field, value)
    if least[1] is None and most[1] is None:
        raise PlanningError("says_nothing", thing=thing, field=most[0], value=None)
    if least[1] is not None and most[1] is not None and least[1] > most[1]:
        raise PlanningError("least_above_most", thing=thing, field=least[0], value=least[1], most=most[1])


def check_period(thing: str, days: int) -> None:
    """Raise ``PlanningError`` unless a window or period of ``days`` dates is 1 to ``PERIOD_DAYS_MAX`` long."""
    require_within(thing, "days", days, 1, PERIOD_DAYS_MAX)


def check_price(thing: str, field: str, value: float | None) -> None:
    """Raise ``PlanningError`` where a price is given and negative."""
    if value is not None:
        require_not_negative(thing, field, value)


def check_span(thing: str, from_min: int | None, to_min: int | None) -> None:
    """Raise ``PlanningError`` unless both ends of a span of the clock are given, in order, or none."""
    if (from_min is None) != (to_min is None):
        raise PlanningError("says_nothing", thing=thing, field="to_min", value=to_min)
    if from_min is not None and to_min is not None and not 0 <= from_min < to_min:
        raise PlanningError("span_inverted", thing=thing, field="to_min", value=to_min, start=from_min)


def check_weekdays(thing: str, weekdays: tuple[str, ...]) -> None:
    """Raise ``PlanningError`` for a word that is none of ``WEEKDAYS``."""
    for day in weekdays:
        if day not in WEEKDAYS:
            raise PlanningError("not_one_of", thing=thing, field="weekdays", value=day, known=", ".join(WEEKDAYS))
