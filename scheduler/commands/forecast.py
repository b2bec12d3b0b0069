"""``springtide forecast``: a history in, contacts per interval out, errors beside two rivals."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from forecasting import make_forecast
from scheduler.commands.console import Watch, tell
from scheduler.commands.parameters import HistoryChoice, ScenarioChoice
from scheduler.commands.show import show_errors
from scheduler.exchange import write_forecast
from scheduler.exits import Exit
from scheduler.nightly import NightInputs, compare_forecasts


@dataclass(frozen=True, kw_only=True)
class ForecastOptions(ScenarioChoice, HistoryChoice):
    """Options of the command."""

    out: Annotated[Path, typer.Option("--out", help="cli.option.out_forecast")] = Path("forecast.csv")
    backtest_weeks: Annotated[int, typer.Option("--backtest-weeks", min=0, help="cli.option.backtest_weeks")] = 8


def run(options: ForecastOptions) -> Exit:
    """Forecast, compare, write."""
    scenario = options.load_scenario()
    history, past = options.load_history(scenario)
    with Watch() as watch:
        forecast = make_forecast(history, scenario, past_promotions=past, progress=watch.tell)
        inputs = NightInputs(scenario, history, past, {})
        compared = compare_forecasts(inputs, options.backtest_weeks, watch.tell)
    write_forecast(forecast, options.out)
    show_errors([] if compared is None else compared.table.to_dict("records"))
    tell("forecast_done", contacts=f"{forecast.expected.sum():,.0f}", path=options.out)
    return Exit.DONE
