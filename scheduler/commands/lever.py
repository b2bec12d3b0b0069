"""``springtide lever``: what a measure would save, on the same contacts with and without it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from scenarios import Estimate, Forecast, Level, LeverPlan, Scenario, expected_demand, lever_names, load_lever
from scenarios.text import current_language, text
from scheduler.commands.console import Watch, print_table, say, tell
from scheduler.commands.demand import demand_of
from scheduler.commands.parameters import ScenarioChoice
from scheduler.commands.simulate import SimulateOptions, people_of
from scheduler.exchange.words import DASH
from scheduler.exits import Exit
from sim import Comparison, Side, compare

PURPOSE = "lever"


@dataclass(frozen=True, kw_only=True)
class LeverOptions(SimulateOptions, ScenarioChoice):
    """Options of the command."""

    lever: Annotated[list[str], typer.Option("--lever", help="cli.option.lever", show_default=False)] = field(
        default_factory=list
    )
    out: Annotated[Path | None, typer.Option("--out", help="cli.option.out_lever", show_default=False)] = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A lever at one level of its range: hours and yuan saved over the horizon, and what it does to the promises.

    ``yuan`` is what the hours saved are worth less what the lever costs; ``None`` where no pay is known.
    """

    lever: LeverPlan
    level: Level
    hours: Estimate
    yuan: Estimate | None
    shares: dict[str, Estimate]


def run(options: LeverOptions) -> Exit:
    """List the levers, or print what each of those named saves, at all three levels of its effect."""
    scenario = options.load_scenario()
    if not options.lever:
        _list(scenario)
        return Exit.DONE
    levers = [load_lever(name) for name in options.lever]
    with Watch() as watch:
        forecast = demand_of(options, scenario, watch)
        outcomes = [row for lever in levers for row in _tried(options, lever, scenario, forecast, watch)]
    _show(outcomes, scenario)
    if options.out is not None:
        _table(outcomes).to_csv(options.out, index=False, encoding="utf-8-sig")
        tell("files", path=options.out)
    return Exit.DONE


def _list(scenario: Scenario) -> None:
    language = current_language()
    levers = [load_lever(name) for name in lever_names()]
    rows = [
        (
            lever.name,
            lever.title[language],
            f"{lever.cost_over(scenario):,.0f}",
            ", ".join(lever.rows),
            lever.about[language],
        )
        for lever in levers
    ]
    print_table(say("lever.list"), [say(f"lever.{key}") for key in ("name", "title", "cost", "rows", "about")], rows)


def _tried(
    options: LeverOptions, lever: LeverPlan, scenario: Scenario, forecast: Forecast, watch: Watch
) -> Iterator[Outcome]:
    """Yield the outcome of a lever at each level, against the scenario without it and with the same people."""
    without = lever.removed_from(scenario)
    people = people_of(options, without, forecast)
    before = Side(without, forecast, people)
    for level in Level:
        changed = lever.applied_to(without, level)
        after = Side(changed, _forecast_for(changed, without, forecast), people)
        found = compare(
            before, after, replications=options.replications, purpose=PURPOSE, workers=options.workers,
            seed=scenario.seed if options.seed is None else options.seed, progress=watch.tell,
        )  # fmt: skip
        yield _outcome(lever, level, found, scenario)


def _forecast_for(changed: Scenario, without: Scenario, forecast: Forecast) -> Forecast:
    """Return the demand of the changed scenario: other opening hours need one of their own."""
    return forecast if changed.horizon == without.horizon else expected_demand(changed)


def _outcome(lever: LeverPlan, level: Level, found: Comparison, scenario: Scenario) -> Outcome:
    hours = _turned(found.busy_h.difference, 0.0)
    yuan = None if found.busy_yuan is None else _turned(found.busy_yuan.difference, lever.cost_over(scenario))
    shares = {target.name: found.find("share_in_time", target.name).difference for target in scenario.targets}
    return Outcome(lever, level, hours, yuan, shares)


def _turned(difference: Estimate, cost: float) -> Estimate:
    """Return what is saved: the difference with its sign turned, less a cost that is certain."""
    return Estimate(
        -difference.value - cost, -difference.high - cost, -difference.low - cost, difference.confidence,
        difference.estimator, difference.replications,
    )  # fmt: skip


def _show(outcomes: list[Outcome], scenario: Scenario) -> None:
    header = ["name", "level", "hours", "yuan"]
    targets = [target.name for target in scenario.targets]
    lines = [
        (
            row.lever.title[current_language()],
            text(f"lever_levels.{row.level}"),
            _with_interval(row.hours),
            DASH if row.yuan is None else _with_interval(row.yuan),
            *(_points(row.shares[name]) for name in targets),
        )
        for row in outcomes
    ]
    print_table(say("lever.saved"), [*(say(f"lever.{key}") for key in header), *targets], lines)
    tell("lever.note")


def _with_interval(said: Estimate) -> str:
    return f"{said.value:,.0f} ({said.low:,.0f} – {said.high:,.0f})"


def _points(said: Estimate) -> str:
    """Return a difference of shares in points, with its sign."""
    return DASH if np.isnan(said.value) else f"{100 * said.value:+.1f} ({100 * said.low:+.1f} – {100 * said.high:+.1f})"


def _table(outcomes: list[Outcome]) -> pd.DataFrame:
    rows = []
    for row in outcomes:
        told = {"hours_saved": row.hours, "yuan_saved": row.yuan, **{f"share_{k}": v for k, v in row.shares.items()}}
        flat = {"lever": row.lever.name, "level": str(row.level)}
        for name, said in told.items():
            if said is not None:
                flat |= {name: said.value, f"{name}_low": said.low, f"{name}_high": said.high}
        rows.append(flat)
    return pd.DataFrame(rows)
