"""The work content that a forecast expects, on the terminal: work, rounds, how sure, how wrong before, and tenure."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting import WorkBacktest, backtest_work, expected_work, tenure_factors
from scenarios import Forecast, PromoEvent, Scenario
from scenarios.checks import FloatArray
from scenarios.horizon import zone_of
from scenarios.progress import Progress
from scheduler.commands.console import print_table, say
from scheduler.exchange import read_tenure
from scheduler.exchange.words import DASH, percent

_LEAD_DAYS = 28
_KNOWN_DAYS = 56  # of an origin's past, so that the rival has its eight weeks
_HEADER = ("work", "rounds", "per_message", "first_day", "last_day", "wape", "mean_wape", "workload_wape")


def work_rows(
    history: pd.DataFrame,
    scenario: Scenario,
    past: tuple[PromoEvent, ...],
    forecast: Forecast,
    *,
    weeks: int,
    progress: Progress,
) -> list[tuple[str, ...]]:
    """Return a row per contact type: mean work, rounds and work per message over the horizon's contacts, and errors.

    Parameters
    ----------
    forecast
        Of this history; weighs the intervals.
    weeks
        Past weeks to look at for the errors, an origin a week; 0 for none.
    """
    contents = expected_work(history, scenario, past_promotions=past)
    test = _backtest(history, scenario, past, weeks, progress)
    lines = []
    for number, (kind, content) in enumerate(zip(scenario.contact_types, contents, strict=True)):
        contacts = forecast.expected[:, number]
        figures = [_mean(values, contacts) for values in (content.work_s, content.rounds, content.work_per_message_s)]
        sure = content.work_cv[[0, -1]].tolist()
        errors = [math.nan] * 3
        if test is not None:
            errors = [test.wape(method, kind.name) for method in ("springtide", "mean_of_8_weeks")]
            errors.append(_workload(test, kind.name))
        texts = [DASH if math.isnan(value) else f"{value:.1f}" for value in figures]
        lines.append((kind.name, *texts, *map(percent, (*sure, *errors))))
    return lines


def show_work(rows: Sequence[Sequence[str]]) -> None:
    """Print the rows of ``work_rows``."""
    print_table(say("work.title"), [say("contact_type"), *(say(f"work.{name}") for name in _HEADER)], rows)


def show_tenure(path: Path) -> None:
    """Print the factor of every grade of tenure in the table at ``path``, for ``tenure_factor`` of agents and teams."""
    rows = tenure_factors(read_tenure(path), place=path.name)
    lines = [(row.grade, f"{row.factor:.2f}", f"{row.measured:.2f}", f"{row.contacts:,.0f}") for row in rows]
    header = [say(f"work.{name}") for name in ("grade", "factor", "measured", "contacts")]
    print_table(say("work.tenure_title"), header, lines)


def _mean(values: FloatArray, weights: FloatArray) -> float:
    """Return the mean over contacts, over intervals where none are expected."""
    return float(np.average(values, weights=weights if weights.sum() > 0 else None))


def _backtest(
    history: pd.DataFrame, scenario: Scenario, past: tuple[PromoEvent, ...], weeks: int, progress: Progress
) -> WorkBacktest | None:
    """Return the errors on the last ``weeks`` origins with eight weeks before them; ``None`` where there is none."""
    zone, start = scenario.horizon.zone, scenario.horizon.start
    before = history[history["interval_start"] < pd.Timestamp(start)]
    dates = pd.DatetimeIndex(before["interval_start"]).tz_convert(zone_of(zone))
    origins = _origins(dates.min().date(), dates.max().date(), weeks)
    if not origins:
        return None
    return backtest_work(
        before, scenario.contact_types, zone=zone, past_promotions=past, lead_days=_LEAD_DAYS, origins=origins,
        progress=progress,
    )  # fmt: skip


def _origins(first: date, last: date, weeks: int) -> Sequence[date]:
    newest = last - timedelta(days=_LEAD_DAYS - 1)
    origins = [newest - timedelta(weeks=week) for week in range(weeks)]
    return [origin for origin in origins if origin >= first + timedelta(days=_KNOWN_DAYS)]


def _workload(test: WorkBacktest, contact_type: str) -> float:
    rows = test.table[(test.table["contact_type"] == contact_type) & (test.table["quantity"] == "work_s")]
    mine = rows.loc[rows["method"] == "springtide", "workload_wape"]
    return float(mine.iloc[0]) if len(mine) else math.nan
