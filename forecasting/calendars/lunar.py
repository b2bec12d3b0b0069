"""Lunar dates that matter to shops and are no public holidays."""

from datetime import date, timedelta
from types import MappingProxyType

from forecasting.calendars.national import CHINA, Title, national_year

QIXI = Title("Qixi Festival", "七夕节")
NEW_YEAR = "Chinese New Year (Spring Festival)"
YEAR_GOODS_DAYS_BEFORE = (30, 10)
"""First and last day of the year-goods window, in days before the first day of the lunar year."""
_QIXI_DAYS = MappingProxyType(
    {
        2015: (8, 20), 2016: (8, 9), 2017: (8, 28), 2018: (8, 17), 2019: (8, 7), 2020: (8, 25), 2021: (8, 14),
        2022: (8, 4), 2023: (8, 22), 2024: (8, 10), 2025: (8, 29), 2026: (8, 19), 2027: (8, 8), 2028: (8, 26),
        2029: (8, 16), 2030: (8, 5),
    }
)  # fmt: skip
"""The seventh day of the seventh lunar month. It lies 37 or 38 days before the Mid-Autumn Festival: held by a test."""


def qixi(year: int) -> date | None:
    """Return the date of Qixi, the festival of lovers; ``None`` outside 2015-2030."""
    return date(year, *_QIXI_DAYS[year]) if year in _QIXI_DAYS else None


def lunar_new_year(year: int) -> date:
    """Return the first day of the lunar year that begins in ``year``."""
    days = national_year(CHINA, year).off.items()
    return min(day for day, off in days if NEW_YEAR in [title.en for title in off.titles])


def year_goods_window(year: int) -> tuple[date, date]:
    """Return first and last date of the weeks in which goods for the lunar new year of ``year`` are bought."""
    first, last = (lunar_new_year(year) - timedelta(days=before) for before in YEAR_GOODS_DAYS_BEFORE)
    return first, last
