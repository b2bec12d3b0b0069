"""The day calendar: what kind of day every date is, and how it lies to the festivals around it.

A block is a run of days off around a day off by law: the library names no weekend days inside one, so membership is
derived. It bears the name of the festival with most days by law in it, and its days are counted both from its first
date and from the festival's own date, which is how years are compared: with 2025-01-28 to 02-04 and 2024-02-10 to
02-17 the new year's days are alike, not the first ones.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from forecasting.calendars.lunar import QIXI, qixi
from forecasting.calendars.national import CHINA, YEARS, Title, national_year, require_country
from forecasting.calendars.own_days import OwnDay, OwnDays, OwnKind, load_own_days
from scenarios import PlanningError
from scenarios.checks import require_within

_AROUND = timedelta(days=20)  # no block is longer, so every block that touches a span is seen whole
ONE_DAY = timedelta(days=1)
COUNTRY_OF_ZONE = {"Asia/Shanghai": "CN", "America/New_York": "US", "Europe/London": "GB"}
"""Whose holidays a shop in a zone has unless it says otherwise; zones that serve several countries are left out."""


class DayKind(StrEnum):
    """Kind of a date."""

    WORKDAY = "workday"
    REST_DAY = "rest_day"
    HOLIDAY = "holiday"
    MAKE_UP_WORKDAY = "make_up_workday"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of days off around a festival.

    Parameters
    ----------
    title
        The festival with most days by law in it, of several the first.
    first, last
        Its dates, both included.
    festival
        The festival's own (not substituted) first date in it, from which years are compared.
    """

    title: Title
    first: date
    last: date
    festival: date

    @property
    def days(self) -> int:
        """Number of its dates."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One date.

    Parameters
    ----------
    kind
        What it is by law, or by the days of one's own.
    title
        The festival on it, its block's where it has none of its own; ``None`` on ordinary days.
    block
        The block it lies in.
    eve_of, back_from
        The block that begins tomorrow, or ended yesterday.
    special
        Whether it has a name without being off (Qixi, days of one's own).
    provisional
        Whether its year's make-up workdays are not published yet.
    why
        The reason a day of one's own gives.
    """

    date: date
    kind: DayKind
    title: Title | None = None
    block: Block | None = None
    eve_of: Block | None = None
    back_from: Block | None = None
    special: bool = False
    provisional: bool = False
    why: str = ""

    @property
    def is_off(self) -> bool:
        """Whether it is no working day."""
        return self.kind in (DayKind.REST_DAY, DayKind.HOLIDAY)

    @property
    def block_day(self) -> int:
        """Its number inside the block, from 1; 0 outside."""
        return 0 if self.block is None else (self.date - self.block.first).days + 1


@dataclass(frozen=True, slots=True)
class DayCalendar:
    """The days of one country, days of one's own included.

    Parameters
    ----------
    country
        ISO code of a country, or of a part of it (``US-CA``).
    own
        What wins over the library.
    """

    country: str
    own: OwnDays = field(default_factory=OwnDays)

    def __post_init__(self) -> None:
        require_country(self.country)

    def days(self, first: date, last: date) -> tuple[CalendarDay, ...]:
        """Return every date from ``first`` to ``last``, both included.

        Raises
        ------
        PlanningError
            When a date lies outside the years the calendars answer for.
        """
        for day in (first, last):
            require_within("Calendar", "year", day.year, *YEARS)
        return tuple(
            day for year in range(first.year, last.year + 1) for day in _year(self, year) if first <= day.date <= last
        )

    def day(self, when: date) -> CalendarDay:
        """Return one date."""
        return self.days(when, when)[0]

    def is_provisional(self, year: int) -> bool:
        """Return whether make-up workdays of ``year`` are not known yet."""
        return national_year(self.country, year).provisional and year not in self.own.confirmed_years

    def blocks(self, first: date, last: date) -> tuple[Block, ...]:
        """Return the blocks that begin from ``first`` to ``last``."""
        found = [day.block for day in self.days(first, last) if day.block is not None and day.block.first == day.date]
        return tuple(found)


def load_calendar(choice: str, own: str | Path | None = None) -> DayCalendar:
    """Return the calendar of a country code, or of a TOML file of one's own days that names its country.

    Parameters
    ----------
    choice
        ``CN``, ``US``, ``GB``, ``US-CA`` ..., or a path that ends in ``.toml``.
    own
        File of days of one's own beside a country code.

    Raises
    ------
    PlanningError
        When the country is unknown, or the file does not read.
    """
    if choice.endswith(".toml"):
        if own is not None:
            raise PlanningError("two_calendar_files", thing="Calendar", field="own", value=own, other=choice)
        days = load_own_days(choice)
        if days.country is None:
            raise PlanningError("missing_key", place=Path(choice).name, key="country")
        return DayCalendar(days.country, days)
    return DayCalendar(choice.upper(), OwnDays() if own is None else load_own_days(own))


def calendar_of_zone(zone: str) -> DayCalendar | None:
    """Return the calendar of the country whose clock ``zone`` is; ``None`` where that is not plain."""
    country = COUNTRY_OF_ZONE.get(zone)
    return None if country is None else DayCalendar(country)


@cache
def _year(calendar: DayCalendar, year: int) -> tuple[CalendarDay, ...]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    bare = _bare_days(calendar, first - _AROUND, last + _AROUND)
    blocks = _blocks(bare)
    of_day = {block.first + timedelta(days=n): block for block in blocks for n in range(block.days)}
    days: list[CalendarDay] = []
    for when in sorted(when for when in bare if first <= when <= last):
        kind, titles, _, own = bare[when]
        block = of_day.get(when)
        ahead, behind = of_day.get(when + ONE_DAY), of_day.get(when - ONE_DAY)
        title = titles[0] if titles else None if block is None else block.title
        days.append(
            CalendarDay(
                when, kind, title, block,
                eve_of=ahead if block is None else None,
                back_from=behind if block is None else None,
                special=bool(titles) and kind is not DayKind.HOLIDAY and _has_name(own),
                provisional=calendar.is_provisional(year),
                why="" if own is None else own.why,
            )
        )  # fmt: skip
    return tuple(days)


def _has_name(own: OwnDay | None) -> bool:
    """Return whether a title on a day that is not off makes it special: Qixi does, a corrected workday does not."""
    return own is None or own.kind is OwnKind.SPECIAL


_Bare = tuple[DayKind, tuple[Title, ...], bool, OwnDay | None]
"""Kind, festivals, whether the festival's own date lies elsewhere, the day of one's own that decided."""


def _bare_days(calendar: DayCalendar, first: date, last: date) -> dict[date, _Bare]:
    """Return every date without what lies around it."""
    own = {when: row for row in calendar.own.day for when in row.dates()}
    bare: dict[date, _Bare] = {}
    for number in range((last - first).days + 1):
        when = first + timedelta(days=number)
        bare[when] = _by_law(calendar.country, when)
        if when in own:
            bare[when] = _by_choice(own[when], bare[when], when.weekday())
    return bare


def _by_law(country: str, when: date) -> _Bare:
    year = national_year(country, when.year)
    lovers = (QIXI,) if country == CHINA and qixi(when.year) == when else ()
    if when in year.off:
        day = year.off[when]
        return DayKind.HOLIDAY, day.titles, day.observed, None
    if when in year.make_up:
        return DayKind.MAKE_UP_WORKDAY, lovers, False, None
    return DayKind.REST_DAY if when.weekday() in year.weekend else DayKind.WORKDAY, lovers, False, None


def _by_choice(row: OwnDay, law: _Bare, weekday: int) -> _Bare:
    title = Title(row.name, row.name_zh or row.name)
    match row.kind:
        case OwnKind.HOLIDAY:
            return DayKind.HOLIDAY, (title,), False, row
        case OwnKind.REST:
            return DayKind.REST_DAY, (), False, row
        case OwnKind.WORKDAY:
            kind = DayKind.MAKE_UP_WORKDAY if weekday >= 5 else DayKind.WORKDAY
            return kind, (), False, row
    return law[0], (title, *law[1]), law[2], row


def _blocks(bare: dict[date, _Bare]) -> list[Block]:
    """Return the runs of days off that hold a festival."""
    blocks: list[Block] = []
    run: list[date] = []
    for when in [*sorted(bare), date.max]:
        if when in bare and bare[when][0] in (DayKind.REST_DAY, DayKind.HOLIDAY):
            run.append(when)
            continue
        named = [day for day in run if bare[day][0] is DayKind.HOLIDAY and bare[day][1]]
        if named:
            blocks.append(_block(run, named, bare))
        run = []
    return blocks


def _block(run: list[date], named: list[date], bare: dict[date, _Bare]) -> Block:
    counts: dict[Title, int] = {}
    for day in named:
        for title in bare[day][1]:
            counts[title] = counts.get(title, 0) + 1
    title = max(counts, key=counts.__getitem__)  # of equals the first
    dates = [day for day in named if title in bare[day][1]]
    proper = [day for day in dates if not bare[day][2]]
    return Block(title, run[0], run[-1], min(proper or dates))
