"""Days of one's own: a TOML file that wins over the library.

::

    schema = 1
    country = "CN"               # optional; else the one asked for
    confirmed_years = [2027]     # years whose notice is entered below: no longer provisional

    [[day]]
    date = 2027-02-10
    last = 2027-02-12            # optional: a span, last date included
    kind = "holiday"             # or workday, rest (off, no festival), special (works as ever, but differs)
    name = "Chinese New Year (Spring Festival)"
    name_zh = "春节"
    why = "notice of the State Council of 2026-11-04"
"""

import datetime as dt  # a field is called date
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from scenarios import PlanningError
from scenarios.checks import require_within
from scenarios.faults import told
from scenarios.merge import read_table
from scenarios.shape import FileShape

_SPAN_MOST_DAYS = 366  # a longer span is a slip of the pen


class OwnKind(StrEnum):
    """What a day of one's own is."""

    HOLIDAY = "holiday"
    WORKDAY = "workday"
    REST = "rest"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class OwnDay(FileShape):
    """One row of the file.

    Parameters
    ----------
    date, last
        First and last date, both included; without ``last`` one date.
    name
        Key under which years are compared; for festivals of the library write its English name.
    name_zh
        The name in Chinese; ``name`` when empty.
    why
        The reason or source; shown beside the day.
    """

    date: dt.date
    kind: OwnKind
    name: str
    name_zh: str = ""
    why: str = ""
    last: dt.date | None = None

    def __post_init__(self) -> None:
        thing = f"OwnDay({self.name})"
        if not self.name.strip():
            raise PlanningError("empty", thing="OwnDay", field="name", value="''")
        if self.last is not None and self.last < self.date:
            raise PlanningError(
                "span_inverted", thing=thing, field="last", value=self.last.isoformat(), start=self.date.isoformat()
            )
        require_within(thing, "days", len(self.dates()), 1, _SPAN_MOST_DAYS)

    def dates(self) -> tuple[dt.date, ...]:
        """Return its dates."""
        return tuple(self.date + dt.timedelta(days=n) for n in range(((self.last or self.date) - self.date).days + 1))


@dataclass(frozen=True, slots=True)
class OwnDays(FileShape):
    """A whole file."""

    schema: int = 1
    country: str | None = None
    confirmed_years: tuple[int, ...] = ()
    day: tuple[OwnDay, ...] = ()

    def __post_init__(self) -> None:
        seen: dict[dt.date, str] = {}
        for row in self.day:
            for when in row.dates():
                if when in seen:
                    raise PlanningError(
                        "repeated_name", thing="OwnDays", field="day", value=f"{when} ({seen[when]}, {row.name})"
                    )
                seen[when] = row.name


def load_own_days(path: str | Path) -> OwnDays:
    """Return the days in a TOML file.

    Raises
    ------
    PlanningError
        When the file is missing or not TOML, has another schema, an unknown key or value, or one date twice.
    """
    file = Path(path)
    if not file.is_file():
        raise PlanningError("no_file", place=str(path), value=file.name)
    table = read_table(file)
    try:
        return TypeAdapter(OwnDays).validate_python(table)
    except ValidationError as error:
        raise told(error, OwnDays, table, file.name) from error
