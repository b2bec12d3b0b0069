"""Figures of a study as rows of a table: one row per measure, scope and piece of time."""

from collections.abc import Iterable, Iterator

import pandas as pd

from scenarios import Estimate, Kpi, Scenario
from scenarios.text import text
from scheduler.exchange.words import local_start, moment
from sim import DEFINITIONS, KPIS, DayPromise, Figure, Measure, Pack, Period, Whom, measure_title

COLUMNS = (
    "period", "date", "start", "scope_kind", "scope", "kpi", "title", "value", "low", "high", "confidence", "unit",
    "estimator", "definitions", "replications",
)  # fmt: skip
"""Columns of the table; ``start`` is the local time at which an hour or an interval begins."""
Row = tuple[str | float, ...]
DAYS_MET, DAYS_MET_BOUND = "days_met_share", "days_met_bound"
"""Keys of the share of simulated days that kept a promise, and of its one-sided lower bound."""
ONE_SIDED = "exact binomial, one-sided"


def figure_table(rows: Iterable[Row]) -> pd.DataFrame:
    """Return rows as a table with the columns ``COLUMNS``."""
    return pd.DataFrame(list(rows), columns=list(COLUMNS))


def figure_rows(figures: Iterable[Figure], scenario: Scenario) -> Iterator[Row]:
    """Yield a row per figure of a study."""
    titles = {key: text(f"kpis.{key}") for key in KPIS}
    grid = scenario.horizon
    for row in figures:
        start = ""
        if row.day is not None and row.start_min is not None:
            start = local_start(row.day, row.start_min)
        elif row.interval is not None:
            start = moment(grid.instant(row.interval * grid.interval_us))
        date = "" if row.day is None else f"{row.day}"
        when = (row.period, date, start)
        what = (row.whom, row.scope, row.kpi, titles[row.kpi])
        yield (*map(str, (*when, *what)), *_told(row.estimate, KPIS[row.kpi].unit, DEFINITIONS))


def promise_rows(promises: Iterable[DayPromise]) -> Iterator[Row]:
    """Yield, per promise and date, the share of simulated days that kept it, and its one-sided lower bound."""
    for row in promises:
        share = row.share_of_days
        where = (str(Period.DAY), f"{row.date}", "", str(Whom.TARGET), row.target)
        yield (*where, DAYS_MET, text("export.share_of_days"), *_told(share, "share", DEFINITIONS))
        bound = Estimate(row.lower_bound, row.lower_bound, 1.0, share.confidence, ONE_SIDED, share.replications)
        yield (*where, DAYS_MET_BOUND, text("export.bound"), *_told(bound, "share", DEFINITIONS))


def pack_rows(pack: Pack, kpis: Iterable[Kpi]) -> Iterator[Row]:
    """Yield a row per measure of a platform's pack; the definitions are those of the pack and its date."""
    measures: dict[str, Measure] = {f"{pack.name}.{one.key}": one for one in pack.measures}
    definitions = pack.name if pack.valid_from is None else f"{pack.name}-{pack.valid_from}"
    for row in kpis:
        one = measures[row.kpi]
        period, date = (Period.HORIZON, "") if row.day is None else (Period.DAY, f"{row.day}")
        kind = Whom.ALL if row.scope == Whom.ALL else Whom.TYPE
        where = (str(period), date, "", str(kind), row.scope)
        yield (*where, row.kpi, measure_title(pack, one), *_told(row.estimate, one.unit, definitions))


def _told(said: Estimate, unit: str, definitions: str) -> Row:
    return said.value, said.low, said.high, said.confidence, unit, said.estimator, definitions, said.replications
