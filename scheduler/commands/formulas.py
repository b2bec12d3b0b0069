"""The textbook formula beside the simulation: what it promises, what happens, and why they differ."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from scenarios import Channel, ContactType, Forecast, Group, Roster, Scenario
from scenarios.checks import FloatArray
from scenarios.text import text
from scheduler.commands.console import print_table, say, tell
from scheduler.exchange.words import DASH, percent
from scheduler.rostering import coverage
from scheduler.staffing import UNPROMISED_WITHIN_S, human_rates_per_s
from sim import ErlangSays, Staff, Study, best_share_with_idle_agents, erlang_says, staff_at_work


@dataclass(frozen=True, slots=True)
class _Promise:
    """A group in its busiest interval: what the formulas say of it and what the simulation shows."""

    group: Group
    kind: ContactType
    interval: int
    people: int
    says: ErlangSays
    simulated: float
    reachable: float


def show_formulas(scenario: Scenario, forecast: Forecast, people: Roster | Staff, study: Study) -> None:
    """Print every group's busiest interval by Erlang C, Erlang A and simulation, with a sentence for each difference.

    Targets that even an idle agent misses are said plainly.
    """
    rows = list(_promises(scenario, forecast, people, study))
    header = ["group", "busiest", "people", "erlang_c", "erlang_a", "simulated", "reachable"]
    lines = [
        (
            row.group.name,
            scenario.horizon.instant(row.interval * scenario.horizon.interval_us).strftime("%m-%d %H:%M"),
            f"{row.people}",
            percent(row.says.patient.share_in_time),
            percent(row.says.impatient.share_in_time),
            DASH if np.isnan(row.simulated) else percent(row.simulated),
            percent(row.reachable),
        )
        for row in rows
    ]
    if lines:
        print_table(say("formulas.title"), [say(f"formulas.{key}") for key in header], lines)
    for miss in dict.fromkeys(row.says.misses for row in rows):
        tell("bullet", sentence=text(f"erlang_misses.{miss}"))
    for row in rows:
        target = scenario.target_of(row.kind.name)
        if target is not None and row.reachable < target.day_share:
            tell("formulas.unreachable", target=target.name, share=percent(target.day_share),
                 within=f"{target.answer_within_s:g}", best=percent(row.reachable))  # fmt: skip


def _promises(scenario: Scenario, forecast: Forecast, people: Roster | Staff, study: Study) -> Iterator[_Promise]:
    rates = human_rates_per_s(scenario, forecast)
    at_work = _at_work(scenario, people)
    first = {route.contact_type: route.steps[0].group for route in scenario.routes}
    for number, group in enumerate(scenario.groups):
        kinds = [
            (place, kind)
            for place, kind in enumerate(scenario.contact_types)
            if first[kind.name] == group.name and kind.channel is not Channel.TICKET
        ]
        columns = [place for place, _ in kinds]
        together = rates[:, columns].sum(axis=1)
        if not kinds or not together.any():
            continue
        busiest = int(together.argmax())
        agents = int(at_work[busiest, number])
        if agents == 0:
            continue
        kind = max(kinds, key=lambda pair: float(rates[busiest, pair[0]]))[1]
        target = scenario.target_of(kind.name)
        within_s = UNPROMISED_WITHIN_S if target is None else target.answer_within_s
        offered = float(study.offered[:, busiest, columns].sum())
        in_time = float(study.in_time[:, busiest, columns].sum())
        yield _Promise(
            group, kind, busiest, agents, erlang_says(kind, group, agents, float(together[busiest]), within_s),
            in_time / offered if offered else float("nan"), best_share_with_idle_agents(kind, within_s),
        )  # fmt: skip


def _at_work(scenario: Scenario, people: Roster | Staff) -> FloatArray:
    """Return (T, G) people planned at work."""
    if isinstance(people, Roster):
        return coverage(scenario.horizon, [group.name for group in scenario.groups], people)
    return staff_at_work(people, scenario.horizon, len(scenario.groups))
