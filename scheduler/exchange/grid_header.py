"""Where a roster grid keeps its dates and names: header rows as planners write them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from scenarios import Horizon, PlanningError
from scheduler.exchange.grid_cells import plain, word_set
from scheduler.exchange.tables import Rows

_HEADER_ROWS_MAX = 20
NAMES = word_set("姓名 名字 人员 员工 员工姓名 客服 客服姓名 坐席 花名 昵称 name agent employee person staff")
EXTRAS: Mapping[str, frozenset[str]] = {
    "group": word_set("组别 客服组 小组 组 技能组 班组 group team queue"),
    "skills": word_set("技能 skill skills"),
    "contract": word_set("合同 合同类型 用工 用工类型 用工性质 contract employment"),
}
"""Columns beside the dates that are read; all others are left aside."""
_WEEKDAY = re.compile(
    r"[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?|\((?:[一二三四五六日天])\)"
    r"|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?,?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_MONTH = re.compile(r"(?:(\d{4})\s*[年/.-]\s*)?(\d{1,2})\s*月(?!\s*\d)")
_FULL = re.compile(r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(?: 00:00:00)?$")
_MONTH_DAY = re.compile(r"^(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?$")
_NAMED_MONTH = re.compile(r"^(?:(\d{1,2})[ -]*([a-z]{3})[a-z]*|([a-z]{3})[a-z]*[ -]*(\d{1,2}))\.?(?:[ ,-]+(\d{4}))?$")
_DAY = re.compile(r"^(\d{1,2})\s*[日号]?$")


@dataclass(frozen=True, slots=True)
class Header:
    """Where things stand in a grid.

    Parameters
    ----------
    body
        Index of the first row of people.
    name
        Column of the names.
    dates
        Column -> date of the horizon.
    outside
        Headers of columns whose date lies outside the horizon.
    extras
        ``"group"``, ``"skills"``, ``"contract"`` -> column.
    left
        Headers of the columns that are not read.
    """

    body: int
    name: int
    dates: dict[int, date]
    outside: tuple[str, ...]
    extras: dict[str, int]
    left: tuple[str, ...]


def find_header(rows: Rows, horizon: Horizon, people: Sequence[str]) -> Header:
    """Return where dates, names and further columns stand.

    The row of dates is the one of the first twenty that names most different dates in rising order; names stand in a
    column headed so, else in the first that holds people of the scenario.

    Raises
    ------
    PlanningError
        When there is no row of dates, or no column of names.
    """
    days = [horizon.first_date + timedelta(days=number) for number in range(horizon.dates)]
    grid = [cells for _, cells in rows.rows]
    found = [_dates_in(grid, number, days) for number in range(min(len(grid), _HEADER_ROWS_MAX))]
    best = max(range(len(found)), key=lambda number: (len(found[number][0]), -number))
    dates, outside = found[best]
    if not dates:
        raise PlanningError("grid_no_dates", place=rows.name, first=days[0], last=days[-1])
    columns = {*dates, *outside}
    body = best + 1
    while body < len(grid) and _is_weekdays(grid[body], columns):
        body += 1
    heads = {
        column: [plain(grid[row][column]) for row in range(body) if grid[row][column]]
        for column in range(len(grid[0]))
        if column not in columns
    }
    name = _name_column(heads, grid[body:], people)
    if name is None:
        raise PlanningError("grid_no_names", place=rows.name)
    extras = {
        kind: column
        for kind, known in EXTRAS.items()
        for column, texts in reversed(heads.items())
        if column != name and known & set(texts)
    }
    used = {name, *extras.values()}
    filled = {column for column in heads if any(row[column] for row in grid[body:])}
    left = tuple(grid[best][column] or (heads[column] or ["?"])[-1] for column in sorted(filled - used))
    return Header(body, name, dates, tuple(outside.values()), extras, left)


def _dates_in(grid: list[tuple[str, ...]], row: int, days: list[date]) -> tuple[dict[int, date], dict[int, str]]:
    """Return column -> date of the horizon, and column -> header of dates outside it, for one row."""
    dates: dict[int, date] = {}
    outside: dict[int, str] = {}
    months = [_month_above(grid, row, column) for column in range(len(grid[row]))]
    for column, cell in enumerate(grid[row]):
        text = _WEEKDAY.sub("", plain(cell)).strip()
        possible = _possible(text, months[column], days)
        if not possible or (column and cell == grid[row][column - 1]):
            continue  # of columns under one merged date the first holds the shifts
        later = [day for day in possible if day in days and day > max(dates.values(), default=date.min)]
        if later:
            dates[column] = later[0]
        elif any(day in days for day in possible):
            return {}, {}  # a date comes twice, or they do not rise: no header
        else:
            outside[column] = cell
    return dates, outside


def _month_above(grid: list[tuple[str, ...]], row: int, column: int) -> tuple[int | None, int | None]:
    """Return (year, month) told by the nearest cell above, else by a title further up on the left."""
    for above in range(row - 1, -1, -1):
        for cell in (grid[above][column], *reversed(grid[above][:column])):
            found = _YEAR_MONTH.search(plain(cell))
            if found:
                return (int(found[1]) if found[1] else None), int(found[2])
    return None, None


def _possible(text: str, above: tuple[int | None, int | None], days: list[date]) -> list[date]:
    """Return the dates a header may mean, those of the horizon first; empty where it is no date."""
    years = sorted({day.year for day in days})
    found = _FULL.match(text)
    if found:
        return _valid([(int(found[1]), int(found[2]), int(found[3]))])
    found = _NAMED_MONTH.match(text)
    if found and (found[2] or found[3]) in _MONTHS:
        month = _MONTHS.index(found[2] or found[3]) + 1
        told = [int(found[5])] if found[5] else years
        return _valid([(year, month, int(found[1] or found[4])) for year in told])
    found = _MONTH_DAY.match(text)
    if found:
        first, second = int(found[1]), int(found[2])
        both = [(first, second), (second, first)] if "月" not in text else [(first, second)]
        dates = _valid([(year, *pair) for pair in both for year in years])
        return sorted(dates, key=lambda day: day not in days)
    found = _DAY.match(text)
    if found:
        told_year, told_month = above
        if told_month is None:
            return [day for day in days if day.day == int(found[1])]
        return _valid([(year, told_month, int(found[1])) for year in ([told_year] if told_year else years)])
    return []


def _valid(parts: list[tuple[int, int, int]]) -> list[date]:
    dates = []
    for year, month, day in parts:
        try:
            dates.append(date(year, month, day))
        except ValueError:
            continue
    return dates


def _is_weekdays(row: tuple[str, ...], columns: set[int]) -> bool:
    """Return whether a row under the dates belongs to the header: it holds weekdays, or names of columns alone."""
    cells = [plain(row[column]) for column in columns if row[column]]
    short = {"一", "二", "三", "四", "五", "六", "日", "天"}
    if cells:
        return all(cell in short or not _WEEKDAY.sub("", cell).strip() for cell in cells)
    return any(plain(cell) in NAMES for cell in row)


def _name_column(heads: dict[int, list[str]], body: list[tuple[str, ...]], people: Sequence[str]) -> int | None:
    for column, texts in heads.items():
        if NAMES & set(texts):
            return column
    known = {plain(name) for name in people}
    return next((column for column in heads if any(plain(row[column]) in known for row in body)), None)
