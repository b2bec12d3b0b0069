"""``springtide``: the command line. Errors are one line with place and remedy; exit statuses are those of ``Exit``."""

import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from scenarios import PlanningError, UsageError
from scenarios.text import LANGUAGES, fill, use_language
from scheduler.commands import (
    accuracy,
    activities,
    backtest,
    calendar,
    compare,
    dashboard,
    demo,
    doctor,
    edits,
    explain,
    fits,
    forecast,
    intraday,
    judge,
    lever,
    nightly,
    price,
    repair,
    roster,
    scenario_list,
    simulate,
    swap,
    validate,
    why,
)
from scheduler.commands.parameters import register
from scheduler.exits import Exit
from scheduler.nightly import LockedError

_ClickUsageError: Any = typer.BadParameter.__mro__[1]  # typer brings a click of its own; this is its UsageError

app = typer.Typer(
    name="springtide", help="cli.help.springtide", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip


@app.callback()
def settings(
    context: typer.Context,
    lang: Annotated[str | None, typer.Option("--lang", help="cli.option.lang", show_default=False)] = None,
    debug: Annotated[bool, typer.Option("--debug", help="cli.option.debug")] = False,
) -> None:
    """Take the options that stand before a command."""
    if lang is not None:
        _speak(lang)
    context.obj["debug"] = debug


register(app, "forecast", forecast.ForecastOptions, forecast.run)
register(app, "calendar", calendar.CalendarOptions, calendar.run)
register(app, "intraday", intraday.IntradayOptions, intraday.run)
register(app, "backtest", backtest.BacktestOptions, backtest.run)
register(app, "edits", edits.EditsOptions, edits.run)
register(app, "accuracy", accuracy.AccuracyOptions, accuracy.run)
register(app, "simulate", simulate.SimulateOptions, simulate.run)
register(app, "compare", compare.CompareOptions, compare.run)
register(app, "lever", lever.LeverOptions, lever.run)
register(app, "explain", explain.ExplainOptions, explain.run)
register(app, "validate", validate.ValidateOptions, validate.run)
register(app, "roster", roster.RosterOptions, roster.run)
register(app, "judge", judge.JudgeOptions, judge.run)
register(app, "repair", repair.RepairOptions, repair.run)
register(app, "price", price.PriceOptions, price.run)
register(app, "activities", activities.ActivitiesOptions, activities.run)
register(app, "swap", swap.SwapOptions, swap.run)
register(app, "fits", fits.FitsOptions, fits.run)
register(app, "why", why.WhyOptions, why.run)
register(app, "nightly", nightly.NightlyOptions, nightly.run)
register(app, "demo", demo.DemoOptions, demo.run)
register(app, "dashboard", dashboard.DashboardOptions, dashboard.run)
register(app, "scenarios", scenario_list.ScenariosOptions, scenario_list.run)
register(app, "doctor", doctor.DoctorOptions, doctor.run)


def main() -> None:
    """Run the command line and end the process with its exit status."""
    sys.exit(int(run(sys.argv[1:])))


def run(arguments: Sequence[str]) -> Exit:
    """Run one command and return its exit status; every error becomes a line on standard error."""
    state: dict[str, bool] = {"debug": False}
    try:
        _speak_as_asked(arguments)
        command = _translated(typer.main.get_command(app))
        ended = command.main(args=list(arguments), prog_name="springtide", standalone_mode=False, obj=state)
        status = Exit(ended or 0)
        if status is Exit.CANCELLED:  # typer has turned the interruption into its exit status
            return _failed(status, fill("cli.cancelled", {}), state)
    except (KeyboardInterrupt, typer.Abort):
        return _failed(Exit.CANCELLED, fill("cli.cancelled", {}), state)
    except _ClickUsageError as error:
        return _failed(Exit.USAGE, fill("cli.usage", {"fault": error.format_message()}), state)
    except LockedError as error:
        return _failed(Exit.LOCKED, error.message(), state)
    except UsageError as error:
        return _failed(Exit.USAGE, error.message(), state)
    except PlanningError as error:
        return _failed(Exit.INPUT, error.message(), state)
    except Exception as error:  # the last door: whatever is left is a fault of ours
        fault = f"{type(error).__name__}: {error}"
        return _failed(Exit.INTERNAL, fill("cli.internal", {"fault": fault}), state)
    return status


def _failed(status: Exit, message: str, state: dict[str, bool]) -> Exit:
    """Tell a failure in one line, after its traceback where that was asked for."""
    if state["debug"]:
        traceback.print_exc()
    print(f"springtide: {' '.join(message.split())}", file=sys.stderr)
    return status


def _speak(language: str) -> None:
    if language not in LANGUAGES:
        raise UsageError("not_one_of", thing="springtide", field="--lang", value=language, known=", ".join(LANGUAGES))
    use_language(language)


def _speak_as_asked(arguments: Sequence[str]) -> None:
    """Take the language before anything is parsed: help and usage errors are told in it too."""
    for number, argument in enumerate(arguments):
        name, mark, value = argument.partition("=")
        if name == "--lang" and (mark or number + 1 < len(arguments)):
            _speak(value if mark else arguments[number + 1])


def _translated(command: Any) -> Any:
    """Return ``command`` with the catalogue keys of its help, and of its commands', put into words."""
    if command.help:
        command.help = fill(command.help, {})
    for parameter in command.params:
        help_text = getattr(parameter, "help", None) or ""
        if help_text.startswith("cli."):
            parameter.help = fill(help_text, {})
    for part in getattr(command, "commands", {}).values():
        _translated(part)
    return command
