"""``springtide accuracy``: what was forecast when, and what came; bias, coverage, edits, and why days were missed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from forecasting import accuracy_table, day_before, day_errors, drivers, edit_gains, observe, sentences, snapshot_of
from scenarios import PlanningError, Scenario, UsageError, load_scenario
from scenarios.horizon import zone_of
from scenarios.text import current_language, text
from scheduler.commands.accuracy_sections import (
    Judged,
    accuracy_section,
    came_charts,
    drivers_section,
    gains_section,
    wape_chart,
)
from scheduler.commands.console import Watch, say, tell
from scheduler.commands.parameters import CalendarChoice, HistoryChoice, PlotChoice
from scheduler.commands.sections import show_section, write_sections
from scheduler.exchange import Section, read_forecast, require_table_file, write_table
from scheduler.exchange.words import say_reason
from scheduler.exits import Exit
from scheduler.nightly import NightInputs, days_of, load_site, read_inputs
from scheduler.store import open_store


@dataclass(frozen=True, kw_only=True)
class AccuracyOptions(HistoryChoice, CalendarChoice, PlotChoice):
    """Options of the command."""

    site: Annotated[Path | None, typer.Argument(help="cli.option.site_or_files", show_default=False)] = None
    scenario: Annotated[str | None, typer.Option("--scenario", help="cli.option.scenario_of", show_default=False)] = (
        None
    )
    forecast: Annotated[Path | None, typer.Option("--forecast", help="cli.option.forecast_was", show_default=False)] = (
        None
    )
    dates: Annotated[int, typer.Option("--dates", min=1, help="cli.option.dates")] = 14
    out: Annotated[Path | None, typer.Option("--out", help="cli.option.out_accuracy", show_default=False)] = None


@dataclass(frozen=True, slots=True, eq=False)
class _Ledger:
    """What is told: the errors of all forecasts, and the last forecast of each of the last dates with what came."""

    name: str
    inputs: NightInputs
    errors: pd.DataFrame
    judged: tuple[Judged, ...]


def run(options: AccuracyOptions) -> Exit:
    """Print the ledger, what the edits were worth, and the causes of the misses."""
    if options.out is not None:
        require_table_file(options.out)
    if (options.site is None) == (options.forecast is None):
        raise UsageError("site_or_files", value=say("accuracy.neither" if options.site is None else "accuracy.both"))
    with Watch() as watch:
        watch.tell("ledger", 0, 1)
        ledger = _of_files(options) if options.site is None else _of_site(options.site, options.dates)
        sections = _sections(ledger, options.dates)
        watch.tell("ledger", 1, 1)
    for section in sections:
        show_section(section)
    tell("accuracy.note")
    if options.out is not None:
        write_table(ledger.errors.assign(date=[day.isoformat() for day in ledger.errors["date"]]), options.out)
        tell("files", path=options.out)
    if options.plots is not None:
        charts = (wape_chart(accuracy_table(ledger.errors, by=("date",))), came_charts(ledger.judged))
        write_sections(say("accuracy.page", name=ledger.name), [*charts, *sections], options.plots, name="accuracy")
    return Exit.DONE


def _sections(ledger: _Ledger, dates: int) -> list[Section]:
    """Return the tables and sentences."""
    recent = ledger.errors[ledger.errors["date"].isin(_last(ledger.errors["date"], dates))]
    days = days_of(ledger.inputs)
    causes = pd.concat(
        [_only(drivers(one.snapshot.forecast, one.came, days), one.dates) for one in ledger.judged], ignore_index=True
    ).sort_values("date", kind="stable", ignore_index=True)
    zone = ledger.inputs.scenario.horizon.zone
    gains = pd.concat(
        [
            rows[[start.date() in one.dates for start in rows["start"].map(lambda at: at.astimezone(zone_of(zone)))]]
            for one in ledger.judged
            for rows in [edit_gains(one.snapshot, one.came)]
        ],
        ignore_index=True,
    )
    said = tuple(say_reason(reason, current_language()) for reason in sentences(causes))
    return [
        accuracy_section(accuracy_table(ledger.errors), "contact_type"),
        accuracy_section(accuracy_table(ledger.errors, by=("lead",)), "lead"),
        accuracy_section(accuracy_table(ledger.errors, by=("scope",)), "scope"),
        accuracy_section(accuracy_table(recent, by=("date",)), "date"),
        gains_section(gains, zone),
        drivers_section(causes),
        Section(text("drivers.title"), sentences=said),
    ]


def _last(days: Iterable[date], number: int) -> list[date]:
    return sorted(set(days))[-number:]


def _only(table: pd.DataFrame, dates: frozenset[date]) -> pd.DataFrame:
    return table[table["date"].isin(dates)]


def _of_site(path: Path, dates: int) -> _Ledger:
    """Return the ledger of a site: what its nights recorded, and the last forecast before each of the last dates."""
    site = load_site(path)
    inputs = read_inputs(site)
    name = inputs.scenario.name
    with open_store(site.store_url) as store:
        kept = store.forecasts.kept(name)
        if not kept:
            raise PlanningError("no_snapshot", value=name)
        errors = store.forecasts.errors(name)
        if errors.empty:
            first, last = kept[0].first_date, kept[-1].last_date
            raise PlanningError("nothing_came", first=first.isoformat(), last=last.isoformat())
        chosen: dict[int, set[date]] = {}
        for day, one in store.forecasts.last_before(name, _last(errors["date"], dates)).items():
            chosen.setdefault(one.id, set()).add(day)
        snapshots = {key: store.forecasts.snapshot(key) for key in chosen}
    judged = tuple(
        Judged(
            snapshots[key], observe(inputs.history, snapshots[key].model, inputs.scenario.contact_types),
            frozenset(days),
        )
        for key, days in sorted(chosen.items())
    )  # fmt: skip
    return _Ledger(name, inputs, errors, judged)


def _of_files(options: AccuracyOptions) -> _Ledger:
    """Return the ledger of one forecast file and the history of its dates."""
    scenario = _scenario(options)
    history, past = options.load_history(scenario)
    inputs = NightInputs(scenario, history, past, {}, options.calendar_in(scenario.horizon.zone))
    forecast = read_forecast(str(options.forecast), scenario)
    snapshot = snapshot_of(
        forecast, made_at=datetime.now(UTC), known_until=day_before(forecast.horizon), seed=scenario.seed
    )
    came = observe(history, forecast, scenario.contact_types)
    errors = day_errors(snapshot, came, days_of(inputs))
    if errors.empty:
        first, last = forecast.horizon.start, forecast.horizon.instant(forecast.horizon.end_us)
        raise PlanningError("nothing_came", first=first.isoformat(), last=last.isoformat())
    return _Ledger(scenario.name, inputs, errors, (Judged(snapshot, came, frozenset(errors["date"])),))


def _scenario(options: AccuracyOptions) -> Scenario:
    if options.scenario is None:
        raise UsageError("option_needed", option="--scenario")
    return load_scenario(options.scenario)
