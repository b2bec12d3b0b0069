"""``springtide forecast``: a history in, contacts per interval out, errors beside rivals."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from forecasting import (
    DayCalendar,
    Edit,
    Lesson,
    Models,
    apply_edits,
    bands_of,
    check_edit,
    forecast_and_lesson,
    model_weights,
)
from scenarios import Forecast, Scenario
from scenarios.text import current_language
from scheduler.commands.console import Watch, say, tell
from scheduler.commands.demand_charts import demand_charts
from scheduler.commands.forecast_days import days_section
from scheduler.commands.order_plan import read_outlook, show_outlook
from scheduler.commands.parameters import (
    BoostChoice,
    CalendarChoice,
    EditChoice,
    HistoryChoice,
    PlotChoice,
    ScenarioChoice,
)
from scheduler.commands.sections import (
    edits_section,
    errors_sections,
    mean_weights,
    show_section,
    weights_section,
    write_sections,
)
from scheduler.commands.show import show_errors
from scheduler.commands.show_history import show_findings
from scheduler.commands.show_work import show_tenure, show_work, work_rows
from scheduler.exchange import write_forecast
from scheduler.exchange.words import DASH, percent
from scheduler.exits import Exit
from scheduler.nightly import NightInputs, compare_forecasts, findings_of


@dataclass(frozen=True, kw_only=True)
class ForecastOptions(ScenarioChoice, HistoryChoice, CalendarChoice, BoostChoice, EditChoice, PlotChoice):
    """Options of the command."""

    out: Annotated[Path, typer.Option("--out", help="cli.option.out_forecast")] = Path("forecast.csv")
    plan: Annotated[str | None, typer.Option("--plan", help="cli.option.plan", show_default=False)] = None
    backtest_weeks: Annotated[int, typer.Option("--backtest-weeks", min=0, help="cli.option.backtest_weeks")] = 8
    tenure: Annotated[Path | None, typer.Option("--tenure", help="cli.option.tenure", show_default=False)] = None


def run(options: ForecastOptions) -> Exit:
    """Forecast, edit, compare, write."""
    scenario = options.load_scenario()
    models = Models(boosted=options.boosted)
    history, past = options.load_history(scenario)
    aimed = None if options.plan is None else read_outlook(options.plan, history, scenario, past)
    scenario = scenario if aimed is None else aimed[1].scenario
    inputs = NightInputs(scenario, history, past, {}, options.calendar_in(scenario.horizon.zone), models)
    edits = options.load_edits(options.zone or scenario.horizon.zone)
    with Watch() as watch:
        model, lesson = forecast_and_lesson(
            history, scenario, past_promotions=past, calendar=inputs.calendar, models=models, progress=watch.tell
        )
        forecast = _edited(model, edits)
        bands = bands_of(forecast, seed=scenario.seed)
        compared = compare_forecasts(inputs, options.backtest_weeks, watch.tell)
        work = work_rows(history, scenario, past, forecast, weeks=options.backtest_weeks, progress=watch.tell)
    write_forecast(forecast, options.out, bands)
    show_findings(findings_of(inputs))
    if inputs.calendar is not None:
        _tell_festivals(inputs.calendar, scenario)
    if options.boosted:
        _tell_boosted(lesson)
    days = days_section(forecast, bands, history, scenario)
    weights = model_weights(lesson)
    log = edits_section(edits, scenario.horizon.zone)
    show_section(days)
    if aimed is not None:
        show_outlook(*aimed, forecast)
    show_errors([] if compared is None else compared.table.to_dict("records"))
    show_section(weights_section(mean_weights(weights)))
    show_section(log)
    show_work(work)
    if options.tenure is not None:
        show_tenure(options.tenure)
    tell("forecast_done", contacts=f"{forecast.expected.sum():,.0f}", path=options.out)
    if options.plots is not None:
        pictures = demand_charts(forecast, bands, history, scenario)
        errors = () if compared is None else errors_sections(compared.table)
        sections = [*pictures, days, *errors, weights_section(weights), log]
        write_sections(say("forecast.page", scenario=scenario.name), sections, options.plots, name="forecast")
    return Exit.DONE


def _edited(model: Forecast, edits: Sequence[Edit]) -> Forecast:
    """Return the forecast with ``edits``, each of which must be able to act on what those before it left."""
    for number, edit in enumerate(edits):
        check_edit(edit, apply_edits(model, edits[:number]))
    return apply_edits(model, edits)


def _tell_boosted(lesson: Lesson) -> None:
    """Say how much of LightGBM's correction was made, by contact type."""
    shares = (0.0 if baseline.boosted is None else baseline.boosted.share for baseline in lesson.baselines)
    told = ", ".join(
        f"{name} {percent(share)}" for name, share in zip(lesson.ordinary.contact_types, shares, strict=True)
    )
    tell("forecast_boosted", shares=told)


def _tell_festivals(calendar: DayCalendar, scenario: Scenario) -> None:
    """Say which special days the forecast knows in the horizon, and which of its years are provisional."""
    first, last = scenario.horizon.days[0].date, scenario.horizon.days[-1].date
    days = calendar.days(first, last)
    names = dict.fromkeys(day.title.told(current_language()) for day in days if day.title is not None)
    tell("forecast_calendar", country=calendar.country, names=", ".join(names) or DASH)
    for year in sorted({day.date.year for day in days if day.provisional}):
        tell("calendar.provisional_year", year=year)
