"""What a night reads, and what it makes of it before planning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from forecasting import (
    TOTAL,
    Backtest,
    DayCalendar,
    Finding,
    Models,
    Span,
    backtest,
    examine_history,
    load_calendar,
    make_forecast,
)
from scenarios import Forecast, PlanningError, PromoEvent, Scenario, load_promotions, load_scenario
from scenarios.progress import Progress, silent
from scheduler.exchange import read_history
from scheduler.nightly.config import SiteConfig, starting_on

_LEARN_DAYS = 56  # eight weeks before an origin, so that the mean of eight same weekdays is one
_WEEK = 7
ErrorRows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, eq=False)
class NightInputs:
    """Everything a night reads; ``files`` are those whose bytes decide the result.

    ``models`` are those of ordinary days.
    """

    scenario: Scenario
    history: pd.DataFrame
    past_promotions: tuple[PromoEvent, ...]
    files: dict[str, Path]
    calendar: DayCalendar | None = None
    models: Models = field(default_factory=Models)


def read_inputs(site: SiteConfig, first_date: date | None = None) -> NightInputs:
    """Return the inputs of ``site``, each checked by its reader, with the horizon beginning on ``first_date``."""
    scenario = starting_on(load_scenario(site.scenario_source), first_date)
    feed = site.history
    files = {"history": site.folder / feed.path}
    history = read_history(
        files["history"], zone=feed.zone or scenario.horizon.zone, columns=feed.columns, types=feed.types,
        default_type=feed.default_type, encoding=feed.encoding,
    )  # fmt: skip
    past: tuple[PromoEvent, ...] = ()
    if site.promotions is not None:
        files["promotions"] = site.folder / site.promotions
        past = load_promotions(files["promotions"], scenario.horizon.zone)
    calendar = None
    if site.calendar is not None:
        own = site.calendar.endswith(".toml")
        if own:
            files["calendar"] = site.folder / site.calendar
        calendar = load_calendar(str(files["calendar"]) if own else site.calendar)
    return NightInputs(scenario, history, past, files, calendar)


def check_freshness(site: SiteConfig, inputs: NightInputs) -> None:
    """Raise ``PlanningError`` when the history is too short or too old for the planned dates."""
    feed = site.history
    if len(inputs.history) < feed.rows_min:
        raise PlanningError("too_few_rows", place=feed.path, value=len(inputs.history), expected=feed.rows_min)
    last = inputs.history["interval_start"].max().tz_convert(inputs.scenario.horizon.zone)
    age = (pd.Timestamp(inputs.scenario.horizon.first_date) - last.tz_localize(None).normalize()).days
    if feed.age_days_max is not None and age > feed.age_days_max:
        raise PlanningError(
            "stale_history", place=feed.path, value=last.date(), expected=feed.age_days_max,
            first=inputs.scenario.horizon.first_date,
        )  # fmt: skip


def forecast_of(inputs: NightInputs, progress: Progress = silent) -> Forecast:
    """Return the forecast of the planned dates."""
    return make_forecast(
        inputs.history, inputs.scenario, past_promotions=inputs.past_promotions, calendar=inputs.calendar,
        models=inputs.models, progress=progress,
    )  # fmt: skip


def findings_of(inputs: NightInputs) -> tuple[Finding, ...]:
    """Return what the forecast found in the history before the planned dates."""
    horizon = inputs.scenario.horizon
    before = inputs.history[inputs.history["interval_start"] < pd.Timestamp(horizon.start)]
    return examine_history(
        before, zone=horizon.zone, interval_min=horizon.interval_min, opening=horizon.opening,
        past_promotions=inputs.past_promotions, calendar=inputs.calendar,
    ).findings  # fmt: skip


def compare_forecasts(inputs: NightInputs, weeks: int, progress: Progress = silent) -> Backtest | None:
    """Return the errors of the forecast and its rivals over past weeks; ``None`` when the history is too short.

    A week is scored from each origin: the last ``weeks`` Mondays before the history ends, and the first date of every
    past promotion that bears the name of a planned one, as far as eight weeks of history lie before it.
    """
    horizon = inputs.scenario.horizon
    before = inputs.history[inputs.history["interval_start"] < pd.Timestamp(horizon.start)]
    if before.empty or not weeks:
        return None
    ends = before["interval_start"].dt.tz_convert(horizon.zone)
    first, last = ends.min().date() + timedelta(days=_LEARN_DAYS), ends.max().date() - timedelta(days=_WEEK)
    monday = last - timedelta(days=last.weekday())
    planned = {event.name for event in inputs.scenario.promo}
    promo_days = {
        event.phases[0].start.astimezone(horizon.start.tzinfo).date()
        for event in inputs.past_promotions
        if event.name in planned and event.phases
    }
    wished = {monday - timedelta(days=_WEEK * number) for number in range(weeks)} | promo_days
    origins = sorted(origin for origin in wished if first <= origin <= last)
    if not origins:
        return None
    return backtest(
        before, zone=horizon.zone, opening=horizon.opening, past_promotions=inputs.past_promotions,
        calendar=inputs.calendar, span=Span(lead_days=_WEEK, origins=origins),
        models=inputs.models, progress=progress,
    )  # fmt: skip


def error_rows(compared: Backtest | None) -> ErrorRows:
    """Return the errors over all contact types as JSON holds them: what is undefined becomes ``None``."""
    if compared is None:
        return ()
    table = compared.table[compared.table["contact_type"] == TOTAL].drop(columns="contact_type")
    plain = table.astype(object).where(table.notna(), None)
    return tuple({str(key): value for key, value in row.items()} for row in plain.to_dict("records"))
