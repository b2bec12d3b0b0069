"""``springtide lever``: what a measure would save, on the same contacts with and without it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from forecasting import make_forecast
from scenarios import (
    Estimate,
    Forecast,
    Level,
    LeverPlan,
    PlanningError,
    Roster,
    Scenario,
    expected_demand,
    lever_names,
    load_lever,
)
from scenarios.text import current_language, text
from scheduler.commands.console import Watch, print_table, say, tell
from scheduler.commands.demand import demand_of
from scheduler.commands.simulate import FloorOptions, formula_people, head_counts, people_of
from scheduler.exchange.words import DASH
from scheduler.exits import Exit
from sim import Comparison, Side, Staff, Study, compare_studies, replicate, staff_always_on

PURPOSE = "lever"
SHARE = "share_in_time"


@dataclass(frozen=True, kw_only=True)
class LeverOptions(FloorOptions):
    """Options of the command."""

    lever: Annotated[list[str], typer.Option("--lever", help="cli.option.lever", show_default=False)] = field(
        default_factory=list
    )
    out: Annotated[Path | None, typer.Option("--out", help="cli.option.out_lever", show_default=False)] = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A lever at one level of its range: hours and yuan saved over the horizon, and what it does to the promises.

    Hours are those of talking, typing and handling. ``yuan`` is what the hours saved are worth less what the lever
    costs, ``None`` where no pay is known. ``shares`` holds the promises both sides have contacts of.
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
        trial = _Trial(options, demand_of(options, scenario, watch), watch)
        outcomes = [row for lever in levers for row in trial.outcomes(lever, scenario)]
    _show(outcomes, scenario)
    if options.out is not None:
        _table(outcomes).to_csv(options.out, index=False, encoding="utf-8-sig")
        tell("files", path=options.out)
    return Exit.DONE


def _list(scenario: Scenario) -> None:
    language = current_language()
    levers = [load_lever(name) for name in lever_names()]
    rows = [
        (lever.name, lever.title[language], f"{lever.cost_over(scenario):,.0f}", ", ".join(lever.rows))
        for lever in levers
    ]
    print_table(say("lever.list"), [say(f"lever.{key}") for key in ("name", "title", "cost", "rows")], rows)
    for lever in levers:
        tell("lever.about", name=lever.name, about=lever.about[language])


class _Trial:
    """Plays days with and without levers: the same contacts, and the same people."""

    def __init__(self, options: LeverOptions, forecast: Forecast, watch: Watch) -> None:
        self._options = options
        self._forecast = forecast
        self._watch = watch
        self._without: dict[str, tuple[Side, Study]] = {}  # levers that are not on share the days without them

    def outcomes(self, lever: LeverPlan, scenario: Scenario) -> Iterator[Outcome]:
        """Yield the outcome at each level, against the scenario without the lever."""
        without = lever.removed_from(scenario)
        changed = {level: lever.applied_to(without, level) for level in Level}
        before = self._played_without(without)
        promises = [target.name for target in scenario.targets]
        for level, world in changed.items():
            after = self._played(self._side(world, before[0]))
            yield _outcome(lever, level, compare_studies(before, after, kpis=[SHARE], scopes=promises), scenario)

    def _played_without(self, without: Scenario) -> tuple[Side, Study]:
        key = without.fingerprint()
        if key not in self._without:
            people = people_of(self._options, without, self._forecast)
            self._without[key] = self._played(Side(without, self._forecast, people))
        return self._without[key]

    def _played(self, side: Side) -> tuple[Side, Study]:
        options = self._options
        seed = options.seed_of(side.scenario)
        study = replicate(
            side.scenario, side.forecast, side.people, replications=options.replications, seed=seed, purpose=PURPOSE,
            workers=options.workers, progress=self._watch.tell,
        )  # fmt: skip
        return side, study

    def _side(self, changed: Scenario, before: Side) -> Side:
        """Return the changed scenario with demand and people; other opening hours need both anew."""
        if changed.horizon == before.scenario.horizon:
            return Side(changed, before.forecast, before.people)
        forecast = self._demand(changed)
        return Side(changed, forecast, self._people(changed, forecast, before))

    def _demand(self, changed: Scenario) -> Forecast:
        options = self._options
        if options.forecast is not None:
            raise PlanningError("lever_needs_demand", thing=f"LeverPlan({changed.levers[-1].name})")
        if options.history is None:
            return expected_demand(changed)
        history, past = options.load_history(changed)
        return make_forecast(history, changed, past_promotions=past, progress=self._watch.tell)

    def _people(self, changed: Scenario, forecast: Forecast, before: Side) -> Roster | Staff:
        """Return the people of a roster as they are; head-counts and the formula's people for the new hours."""
        if isinstance(before.people, Roster):
            return before.people
        if self._options.agents:
            return staff_always_on(changed, head_counts(self._options.agents))
        return formula_people(changed, forecast)


def _outcome(lever: LeverPlan, level: Level, found: Comparison, scenario: Scenario) -> Outcome:
    yuan = None if found.working_yuan is None else _turned(found.working_yuan.difference, lever.cost_over(scenario))
    shares = {row.scope: row.difference for row in found.differences}
    return Outcome(lever, level, _turned(found.working_h.difference, 0.0), yuan, shares)


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
            *(_points(row.shares.get(name)) for name in targets),
        )
        for row in outcomes
    ]
    print_table(say("lever.saved"), [*(say(f"lever.{key}") for key in header), *targets], lines)
    tell("lever.note")


def _with_interval(said: Estimate) -> str:
    value, low, high = (f"{round(number):,}" for number in (said.value, said.low, said.high))
    return f"{value} ({low} – {high})"


def _points(said: Estimate | None) -> str:
    """Return a difference of shares in points, with its sign."""
    if said is None:
        return DASH
    value, low, high = (f"{round(100 * number, 1) + 0.0:+.1f}" for number in (said.value, said.low, said.high))
    return f"{value} ({low} – {high})"


def _table(outcomes: list[Outcome]) -> pd.DataFrame:
    rows = []
    for row in outcomes:
        told = {"hours_saved": row.hours, "yuan_saved": row.yuan, **{f"share_{k}": v for k, v in row.shares.items()}}
        flat: dict[str, str | float] = {"lever": row.lever.name, "level": str(row.level)}
        for name, said in told.items():
            if said is not None:
                flat |= {name: said.value, f"{name}_low": said.low, f"{name}_high": said.high}
        rows.append(flat)
    return pd.DataFrame(rows)
