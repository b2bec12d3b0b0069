"""Everything a study says, figure by figure: what a table of all measures holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scenarios import Estimate, PlanningError
from sim.measures.cells import OUTSIDE, Per
from sim.measures.estimates import CONFIDENCE
from sim.measures.kpis import KPIS
from sim.measures.pay import Pay
from sim.measures.report import fine_estimates
from sim.measures.scopes import ALL
from sim.measures.study import Study
from sim.measures.sums import Sums


class Period(StrEnum):
    """A piece of time that a figure is about, from the longest to the shortest."""

    HORIZON = "horizon"
    DAY = "day"
    HOUR = "hour"
    INTERVAL = "interval"


class Whom(StrEnum):
    """What a figure's scope is."""

    TYPE = "type"
    TARGET = "target"
    LABEL = "label"
    GROUP = "group"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure of one scope in one piece of time.

    Parameters
    ----------
    day
        Service date; ``None`` for the horizon and for an interval that lies in none.
    start_min
        Of an hour: its local start in minutes after the midnight of ``day``.
    interval
        Of an interval: its number.
    """

    kpi: str
    whom: Whom
    scope: str
    period: Period
    estimate: Estimate
    day: date | None = None
    start_min: int | None = None
    interval: int | None = None


def figures(study: Study, down_to: Period, pay: Pay | None = None, confidence: float = CONFIDENCE) -> Iterator[Figure]:
    """Yield every measure of every scope, for the horizon and for all shorter periods down to ``down_to``.

    Hours and intervals have what is counted so finely, which is nothing of groups and no quantiles; hours are the open
    ones. ``pay`` is what the roster costs, see ``Study.report``.

    Raises
    ------
    PlanningError
        When the study does not count as finely as asked.
    """
    order = list(Period)
    wanted = order[: order.index(down_to) + 1]
    for row in study.report(confidence, intervals=False, pay=pay).kpis:
        period = Period.HORIZON if row.day is None else Period.DAY
        if period in wanted:
            yield Figure(row.kpi, whom(study, row.kpi, row.scope), row.scope, period, row.estimate, row.day)
    if Period.HOUR in wanted:
        yield from _by_hour(study, confidence)
    if Period.INTERVAL in wanted:
        yield from _by_interval(study, confidence)


def whom(study: Study, kpi: str, scope: str) -> Whom:
    """Return what a scope of a KPI is; what bears a contact type's name is the type."""
    if scope == ALL:
        return Whom.ALL
    if KPIS[kpi].scope == "group":
        return Whom.GROUP
    if scope in study.contact_types:
        return Whom.TYPE
    return Whom.TARGET if scope in {target.name for target in study.targets} else Whom.LABEL


def _by_hour(study: Study, confidence: float) -> Iterator[Figure]:
    hours = study.hours()
    pieces = [cells for _, spans in hours for cells in spans]
    places = [
        (day.date, start)
        for day, (starts, _) in zip(study.horizon.days, hours, strict=True)
        for start in starts.tolist()
    ]
    sums = Sums(study, study.per)
    for kpi, scope in _fine(study, sums):
        said = fine_estimates(sums, KPIS[kpi], scope, pieces, confidence)
        for (day, start_min), one in zip(places, said, strict=True):
            yield Figure(kpi, whom(study, kpi, scope), scope, Period.HOUR, one, day, start_min)


def _by_interval(study: Study, confidence: float) -> Iterator[Figure]:
    if study.per is not Per.INTERVAL:
        raise PlanningError("not_one_of", thing="Study", field="per", value=study.per, known=Per.INTERVAL)
    days = [None if day == OUTSIDE else study.horizon.days[day].date for day in study.cells.day.tolist()]
    sums = Sums(study, Per.INTERVAL)
    for kpi, scope in _fine(study, sums):
        said = fine_estimates(sums, KPIS[kpi], scope, None, confidence)
        for number, (day, one) in enumerate(zip(days, said, strict=True)):
            yield Figure(kpi, whom(study, kpi, scope), scope, Period.INTERVAL, one, day, None, number)


def _fine(study: Study, sums: Sums) -> Iterator[tuple[str, str]]:
    """Yield every KPI that is counted cell by cell with each scope it concerns; a scope's KPIs follow each other."""
    fine = [definition for definition in KPIS.values() if Sums.is_fine(definition)]
    for scope in study.scopes:
        for definition in fine:
            if sums.columns(definition, scope):
                yield definition.key, scope
