"""What the ``holidays`` library knows of one country and year: days off, their names, make-up workdays.

The library lists for China every day off that is not a plain weekend day, substituted days included, and the weekend
days that are worked for them. Years whose notice is not out yet have statutory days and no make-up workday.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any

import holidays

from scenarios import PlanningError

CHINA = "CN"
_CODE = re.compile(r"([A-Z]{2})(?:-([A-Za-z0-9]+))?")
_OBSERVED = re.compile(r" \(observed\)|（补假）")
_SUBSTITUTED = "Day off (substituted"
_JOINT = "; "  # two festivals on one date
_MAKE_UP_SINCE = 2001  # from when on the library has the notices of the State Council
YEARS = (1990, 2099)
"""Years the calendars answer for: the library counts lunar months up to 2100."""


@dataclass(frozen=True, slots=True)
class Title:
    """Name of a festival: ``en`` is also the key under which its years are compared."""

    en: str
    zh: str

    def told(self, language: str) -> str:
        """Return the name in ``language``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class DayOff:
    """A day off by law.

    Parameters
    ----------
    titles
        Festivals on it; empty for a weekday that is off because a weekend day is worked instead.
    observed
        Whether it stands in for the festival's own date, which fell on a day off.
    """

    titles: tuple[Title, ...]
    observed: bool


@dataclass(frozen=True, slots=True)
class NationalYear:
    """One year of a country.

    Parameters
    ----------
    off
        Days off by law.
    make_up
        Weekend days that are worked.
    weekend
        Weekdays (Monday 0) off.
    provisional
        Whether make-up workdays are still to be published.
    """

    off: Mapping[date, DayOff]
    make_up: frozenset[date]
    weekend: frozenset[int]
    provisional: bool


def require_country(code: str) -> None:
    """Raise ``PlanningError`` unless ``code`` is a country, or part of one (``US-CA``), with public holidays known."""
    known = _CODE.fullmatch(code)
    parts = holidays.list_supported_countries()
    if known is None or known[1] not in parts or (known[2] is not None and known[2] not in parts[known[1]]):
        raise PlanningError("unknown_country", thing="Calendar", field="country", value=code)


@cache
def national_year(country: str, year: int) -> NationalYear:
    """Return what is known of ``year`` in ``country`` (a code that ``require_country`` passes)."""
    english, chinese = (_listed(country, year, language) for language in ("en_US", "zh_CN"))
    off = {day: _day_off(name, chinese.get(day, name)) for day, name in english.items()}
    make_up = frozenset(day for day in getattr(english, "weekend_workdays", ()) if day.year == year)
    provisional = country.startswith(CHINA) and year >= _MAKE_UP_SINCE and not make_up
    return NationalYear(MappingProxyType(off), make_up, frozenset(english.weekend), provisional)


def _listed(country: str, year: int, language: str) -> Any:
    """Return the library's days of one year, in ``language`` where it speaks it."""
    code, _, part = country.partition("-")
    subdivision = part or None
    spoken = holidays.country_holidays(code, subdiv=subdivision, years=year)
    if language in spoken.supported_languages:
        return holidays.country_holidays(code, subdiv=subdivision, years=year, language=language)
    return spoken


def _day_off(english: str, chinese: str) -> DayOff:
    if english.startswith(_SUBSTITUTED):
        return DayOff((), observed=True)
    # Joint names stand in one order in both languages (Mid-Autumn Festival, National Day): held by a test.
    en, zh = (_OBSERVED.sub("", name).split(_JOINT) for name in (english, chinese))
    return DayOff(tuple(map(Title, en, zh)), observed=_OBSERVED.search(english) is not None)
