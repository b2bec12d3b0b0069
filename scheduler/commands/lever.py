"""``springtide lever``: what a measure would save, on the same contacts with and without it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from forecasting import make_forecast
from scenarios import (
    US_PER_H,
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
from scheduler.exchange import require_table_file, write_table
from scheduler.exchange.words import DASH
from scheduler.exits import Exit
from sim import Comparison, Side, Staff, Study, compare_studies, replicate, staff_always_on
from sim.studies.comparison import expense_of

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
    """A lever at one level of its range: what it saves over the horizon, and what it does to the promises.

    Parameters
    ----------
    hours
        Hours of talking, typing and handling saved; ``None`` where the scenario has all of the level already.
    paid_h
        Paid hours saved, no matter of luck: people differ only where the opening hours do.
    yuan
        Less what the lever costs: of other people their pay, without luck; of the same people what the hours saved are
        worth. ``None`` where no pay is known.
    shares
        The promises both sides have contacts of.
    """

    lever: LeverPlan
    level: Level
    hours: Estimate | None = None
    paid_h: float | None = None
    yuan: Estimate | float | None = None
    shares: dict[str, Estimate] = field(default_factory=dict)


def run(options: LeverOptions) -> Exit:
    """List the levers, or print what each of those named saves, at all three levels of its effect."""
    if options.out is not None:
        require_table_file(options.out)
    planned = options.load_scenario()
    if not options.lever:
        _list(planned)
        return Exit.DONE
    levers = [load_lever(name) for name in options.lever]
    for lever in levers:
        lever.applied_to(planned)  # one that reaches nothing is told before anything is played
    scenario = options.with_shocks(planned)
    with Watch() as watch:
        trial = _Trial(options, planned, demand_of(options, scenario, watch), watch)
        outcomes = [row for lever in levers for row in trial.outcomes(lever, scenario)]
    _show(outcomes, scenario)
    for lever in levers:
        _tell_reach(lever, scenario)
    for name, levels in trial.unasked.items():
        tell("lever.unasked", name=name, levels=", ".join(levels))
    if options.out is not None:
        write_table(_table(outcomes), options.out)
        tell("files", path=options.out)
    return Exit.DONE


def _list(scenario: Scenario) -> None:
    language = current_language()
    levers = [load_lever(name) for name in lever_names()]
    header = [say(f"lever.{key}") for key in ("name", "title", "cost", "reach", "rows")]
    rows = [
        (lever.name, lever.title[language], f"{lever.cost_over(scenario):,.0f}", _reach_of(lever, scenario),
         ", ".join(lever.rows))
        for lever in levers
    ]  # fmt: skip
    print_table(say("lever.list"), header, rows)
    for lever in levers:
        tell("lever.about", name=lever.name, about=lever.about[language], cost=lever.cost_about[language])


def _reach_of(lever: LeverPlan, scenario: Scenario) -> str:
    """Return in a word how much of the lever finds something to move, at its likely level."""
    rows = lever.reach(scenario)
    if not any(row.reached for row in rows):
        return say("reach.none")
    if not any(row.moved for row in rows):
        return say("reach.already")
    return say("reach.whole") if all(row.reached and row.moved for row in rows) else say("reach.part")


def _tell_reach(lever: LeverPlan, scenario: Scenario) -> None:
    """Tell what of the lever finds nothing to move in the scenario, or moves a part of its types, or is there."""
    name = lever.title[current_language()]
    for row in lever.reach(scenario):
        what = text(f"what.{row.what}")
        if not row.reached:
            tell("reach.nothing", name=name, what=what, needs=text(f"needs.{row.what}"))
        elif row.missed:
            tell("reach.some", name=name, what=what, missed=", ".join(row.missed), needs=text(f"needs.{row.what}"))
    there: dict[str, list[str]] = {}
    for level in Level:
        for row in lever.reach(scenario, level):
            if row.reached and not row.moved:
                there.setdefault(row.what, []).append(text(f"lever_levels.{level}"))
    for setting, levels in there.items():
        tell("reach.there", name=name, what=text(f"what.{setting}"), levels=", ".join(levels))


class _Trial:
    """Plays days with and without levers: the same contacts, and the same people."""

    def __init__(self, options: LeverOptions, planned: Scenario, forecast: Forecast, watch: Watch) -> None:
        self._options = options
        self._expected = planned.shocks  # what whoever plans the people knows of
        self._forecast = forecast
        self._watch = watch
        self._without: dict[str, tuple[Side, Study]] = {}  # levers that are not on share the days without them
        self.unasked: dict[str, list[str]] = {}
        """Levers with the levels at which nobody is expected in the added hours."""

    def outcomes(self, lever: LeverPlan, scenario: Scenario) -> Iterator[Outcome]:
        """Yield the outcome at each level, against the scenario without the lever."""
        without = lever.removed_from(scenario)
        promises = [target.name for target in scenario.targets]
        for level in Level:
            if not any(row.moved for row in lever.reach(without, level)):
                yield Outcome(lever, level)
                continue
            before = self._played_without(without)
            after = self._played(self._side(lever.applied_to(without, level), before[0]))
            if _brings_nobody(before[0], after[0]):
                self.unasked.setdefault(lever.title[current_language()], []).append(text(f"lever_levels.{level}"))
            found = compare_studies(before, after, kpis=[SHARE], scopes=promises)
            yield _outcome(lever, level, found, (self._paid_h(before[0]), self._paid_h(after[0])))

    def _played_without(self, without: Scenario) -> tuple[Side, Study]:
        key = without.fingerprint()
        if key not in self._without:
            people = people_of(self._options, self._as_planned(without), self._forecast)
            self._without[key] = self._played(Side(without, self._forecast, people))
        return self._without[key]

    def _as_planned(self, scenario: Scenario) -> Scenario:
        return replace(scenario, shocks=self._expected)

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

    def _paid_h(self, side: Side) -> float:
        """Return the paid hours of a side; numbers given for a group count while the service is open."""
        if not self._options.agents:
            return expense_of(side).paid_h
        opened_us = sum(day.closes_us - day.opens_us for day in side.scenario.horizon.days)
        return sum(head_counts(self._options.agents).values()) * opened_us / US_PER_H

    def _people(self, changed: Scenario, forecast: Forecast, before: Side) -> Roster | Staff:
        """Return the people of a roster as they are; head-counts and the formula's people for the new hours."""
        if isinstance(before.people, Roster):
            return before.people
        if self._options.agents:
            return staff_always_on(changed, head_counts(self._options.agents))
        return formula_people(self._as_planned(changed), forecast)


def _brings_nobody(before: Side, after: Side) -> bool:
    """Return whether ``after`` is open longer and nobody is expected in the added hours."""
    opened = after.scenario.horizon.open_intervals()
    were_open = before.scenario.horizon.open_intervals()[: len(opened)]
    opened[: len(were_open)] &= ~were_open
    return bool(opened.any()) and not after.forecast.expected[opened].any()


def _outcome(lever: LeverPlan, level: Level, found: Comparison, paid_h: tuple[float, float]) -> Outcome:
    """Return the outcome of a comparison whose sides pay so many hours."""
    before, after = found.spent_before, found.spent_after
    cost = after.levers_yuan - before.levers_yuan
    yuan: Estimate | float | None = None
    if found.working_yuan is not None:
        if paid_h[0] == paid_h[1]:
            yuan = _turned(found.working_yuan.difference, cost)
        else:
            yuan = paid_h[0] * before.yuan_per_h - paid_h[1] * after.yuan_per_h - cost
    shares = {row.scope: row.difference for row in found.differences}
    hours = _turned(found.working_h.difference, 0.0)
    return Outcome(lever, level, hours, paid_h[0] - paid_h[1], yuan, shares)


def _turned(difference: Estimate, cost: float) -> Estimate:
    """Return what is saved: the difference with its sign turned, less a cost that is certain."""
    return Estimate(
        -difference.value - cost, -difference.high - cost, -difference.low - cost, difference.confidence,
        difference.estimator, difference.replications,
    )  # fmt: skip


def _show(outcomes: list[Outcome], scenario: Scenario) -> None:
    header = ["name", "level", "hours", "paid", "yuan"]
    targets = [target.name for target in scenario.targets]
    lines = [
        (
            row.lever.title[current_language()],
            text(f"lever_levels.{row.level}"),
            say("reach.already") if row.hours is None else _amount(row.hours),
            _amount(row.paid_h),
            _amount(row.yuan),
            *(_points(row.shares.get(name)) for name in targets),
        )
        for row in outcomes
    ]
    print_table(say("lever.saved"), [*(say(f"lever.{key}") for key in header), *targets], lines)
    tell("lever.note")
    tell("lever.note_people")


def _amount(said: Estimate | float | None) -> str:
    """Return an amount with its interval, without one where luck has no part in it."""
    if said is None:
        return DASH
    if isinstance(said, float):
        return f"{round(said) + 0:,}"
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
        told = {"hours_saved": row.hours, "paid_hours_saved": row.paid_h, "yuan_saved": row.yuan,
                **{f"share_{name}": said for name, said in row.shares.items()}}  # fmt: skip
        flat: dict[str, str | float] = {"lever": row.lever.name, "level": str(row.level)}
        flat["there_already"] = "yes" if row.hours is None else "no"
        for name, said in told.items():
            if isinstance(said, float):
                flat[name] = said
            elif said is not None:
                flat |= {name: said.value, f"{name}_low": said.low, f"{name}_high": said.high}
        rows.append(flat)
    return pd.DataFrame(rows)
