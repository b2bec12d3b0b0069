"""``springtide compare``: two scenarios, or two sets of people, on the same days."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from scenarios import Estimate, Forecast, PlanningError, Roster, Scenario, load_scenario
from scenarios.text import text
from scheduler.commands.console import Watch, print_table, say, tell
from scheduler.commands.demand import demand_of
from scheduler.commands.show_service import said
from scheduler.commands.simulate import FloorOptions, people_of
from scheduler.exchange import DAYS_MET, require_table_file, write_table
from scheduler.exchange.words import DASH, percent, percent_with_interval
from scheduler.exits import Exit
from sim import (
    KPIS,
    Comparison,
    DayChange,
    Expense,
    Side,
    Staff,
    Study,
    compare_studies,
    day_changes,
    play_sides,
)

PURPOSE = "compare"
SHOWN = ("share_in_time", "abandoned_share", "asa_s", "reply_within_share", "overdue_share")
"""What is compared of every promise unless something else is asked: the fewer, the narrower each interval."""
_MONEY = ("paid_h", "pay_yuan", "levers_yuan", "total_yuan")


@dataclass(frozen=True, kw_only=True)
class CompareOptions(FloorOptions):
    """Options of the command."""

    after: Annotated[str | None, typer.Argument(help="cli.option.after", show_default=False)] = None
    roster_after: Annotated[
        Path | None, typer.Option("--roster-after", help="cli.option.roster_after", show_default=False)
    ] = None
    agents_after: Annotated[
        list[str], typer.Option("--agents-after", help="cli.option.agents_after", show_default=False)
    ] = field(default_factory=list)
    kpi: Annotated[list[str], typer.Option("--kpi", help="cli.option.kpi", show_default=False)] = field(
        default_factory=list
    )
    out: Annotated[Path | None, typer.Option("--out", help="cli.option.out_compare", show_default=False)] = None


def run(options: CompareOptions) -> Exit:
    """Print what differs from the first side to the second: measures, hours and yuan, days that keep a promise."""
    if options.out is not None:
        require_table_file(options.out)
    with Watch() as watch:
        before, after = _sides(options, watch)
        studies = play_sides(
            before, after, replications=options.replications, seed=options.seed_of(before.scenario), purpose=PURPOSE,
            workers=options.workers, progress=watch.tell,
        )  # fmt: skip
    scopes = None if options.kpi else _promises(*studies)
    kpis = options.kpi or SHOWN
    found = compare_studies((before, studies[0]), (after, studies[1]), kpis=kpis, scopes=scopes)
    changes = day_changes(*studies)
    _show(found, changes)
    if options.out is not None:
        write_table(_table(found, changes), options.out)
        tell("files", path=options.out)
    tell("compare.done", replications=len(studies[0]), before=before.scenario.name, after=after.scenario.name)
    return Exit.DONE


def _sides(options: CompareOptions, watch: Watch) -> tuple[Side, Side]:
    scenario = options.load_scenario()
    changed = scenario if options.after is None else load_scenario(options.after)
    dates, others = ([day.date for day in one.horizon.days] for one in (scenario, changed))
    if dates != others:
        value, expected = (f"{days[0]} – {days[-1]}" for days in (others, dates))
        raise PlanningError("other_dates", value=value, expected=expected)
    played = options.with_shocks(scenario)
    forecast = demand_of(options, played, watch)
    before = Side(played, forecast, people_of(options, scenario, forecast))
    if changed is scenario:
        return before, Side(played, forecast, _people_after(options, before, changed, forecast))
    played = options.with_shocks(changed)
    asked = demand_of(options, played, watch)
    return before, Side(played, asked, _people_after(options, before, changed, asked))


def _people_after(options: CompareOptions, before: Side, changed: Scenario, forecast: Forecast) -> Roster | Staff:
    """Return who works on the second side: who was named for it, else the same as before as far as they fit."""
    if options.roster_after is not None or options.agents_after:
        named = replace(options, roster=options.roster_after, agents=options.agents_after)
        return people_of(named, changed, forecast)
    if options.roster is None and not options.agents and _is_alike(before.scenario, changed):
        return before.people  # as many as the formula asks for on the first side: the scenarios alone differ
    return people_of(options, changed, forecast)


def _is_alike(one: Scenario, other: Scenario) -> bool:
    names, others = ([group.name for group in scenario.groups] for scenario in (one, other))
    return one.horizon == other.horizon and names == others


def _promises(one: Study, other: Study) -> tuple[str, ...]:
    """Return what both sides promise; the contact types where they promise nothing in common."""
    names = {target.name for target in other.targets}
    common = tuple(target.name for target in one.targets if target.name in names)
    return common or one.contact_types


def _show(found: Comparison, changes: tuple[DayChange, ...]) -> None:
    header = [say(f"compare.{key}") for key in ("measure", "whom", "before", "after", "difference")]
    lines = [
        (
            text(f"kpis.{row.kpi}"),
            row.scope,
            said(row.before, KPIS[row.kpi].unit),
            said(row.after, KPIS[row.kpi].unit),
            _signed(row.difference, KPIS[row.kpi].unit),
        )
        for row in found.differences
    ]
    print_table(say("compare.title"), header, lines)
    print_table(say("compare.money"), [header[0], *header[2:]], _money(found))
    _show_days(changes)
    tell("compare.note", each=percent(found.differences[0].difference.confidence) if found.differences else DASH)


def _money(found: Comparison) -> Iterator[tuple[str, ...]]:
    for row in (found.working_h, found.working_yuan):
        if row is not None:
            yield text(f"compared.{row.kpi}"), said(row.before, ""), said(row.after, ""), _signed(row.difference, "")
    for key, (before, after) in _spent(found):
        yield text(f"compared.{key}"), f"{before:,.0f}", f"{after:,.0f}", f"{after - before + 0.0:+,.0f}"


def _show_days(changes: tuple[DayChange, ...]) -> None:
    keys = ("target", "date", "before", "bound_before", "after", "bound_after", "difference", "gained", "lost")
    lines = [
        (
            row.before.target,
            f"{row.before.date}",
            percent_with_interval(row.before.share_of_days),
            percent(row.before.lower_bound),
            percent_with_interval(row.after.share_of_days),
            percent(row.after.lower_bound),
            _signed(row.difference, "share"),
            f"{row.only_after}",
            f"{row.only_before}",
        )
        for row in changes
    ]
    if lines:
        print_table(say("compare.days"), [say(f"compare.{key}") for key in keys], lines)


def _spent(found: Comparison) -> Iterator[tuple[str, tuple[float, float]]]:
    """Yield what is certain of both sides: paid hours, pay and levers, as far as it is known."""
    for key in _MONEY:
        sides = (_part(found.spent_before, key), _part(found.spent_after, key))
        if all(value == value for value in sides):  # not nan: pay is known
            yield key, sides


def _part(spent: Expense, key: str) -> float:
    return float(getattr(spent, key))


def _signed(difference: Estimate, unit: str) -> str:
    """Return a difference with its sign and interval, that of shares in points."""
    factor = 100.0 if unit == "share" else 1.0
    value, low, high = (
        f"{round(factor * number, 1) + 0.0:+,.1f}" for number in (difference.value, difference.low, difference.high)
    )
    return f"{value} ({low} – {high})"


def _table(found: Comparison, changes: tuple[DayChange, ...]) -> pd.DataFrame:
    rows = [
        _row(row.kpi, text(f"kpis.{row.kpi}"), row.scope, "", KPIS[row.kpi].unit, row.before, row.after, row.difference)
        for row in found.differences
    ]
    for worked, unit in ((found.working_h, "h"), (found.working_yuan, "yuan")):
        if worked is not None:
            title = text(f"compared.{worked.kpi}")
            rows.append(_row(worked.kpi, title, "all", "", unit, worked.before, worked.after, worked.difference))
    for key, (before, after) in _spent(found):
        unit = "h" if key.endswith("_h") else "yuan"
        sides = (_certain(value) for value in (before, after, after - before))
        rows.append(_row(key, text(f"compared.{key}"), "all", "", unit, *sides))
    rows += [
        _row(
            DAYS_MET, text("export.share_of_days"), row.before.target, f"{row.before.date}", "share",
            row.before.share_of_days, row.after.share_of_days, row.difference,
        )
        for row in changes
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _row(kpi: str, title: str, scope: str, date: str, unit: str, *sides: Estimate) -> dict[str, str | float]:
    row: dict[str, str | float] = {"kpi": kpi, "title": title, "scope": scope, "date": date, "unit": unit}
    for name, side in zip(("before", "after", "difference"), sides, strict=True):
        row |= {name: side.value, f"{name}_low": side.low, f"{name}_high": side.high}
    last = sides[-1]
    return row | {
        "confidence": last.confidence, "estimator": last.estimator, "replications": last.replications,
    }  # fmt: skip


def _certain(value: float) -> Estimate:
    """Return what is no matter of luck: pay does not depend on the day."""
    return Estimate(value, value, value, 1.0, "certain", 0)
