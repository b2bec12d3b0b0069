"""Speed of chat by messages and of the floor with every mechanism, measures kept per interval, per CPU-second."""

import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.beds import staff_of
from benchmarks.chat_beds import OPENS_MIN, chat_day, forecast_of
from benchmarks.covering import cover, rostered, shifts_from
from benchmarks.sim_study import night_by_formula
from scenarios import (
    NOBODY,
    AgentChoice,
    BotStage,
    Cause,
    Channel,
    ContactTrace,
    FollowUp,
    FollowUpKind,
    Forecast,
    Law,
    LawKind,
    Outcome,
    Route,
    RouteStep,
    Scenario,
    Serve,
    load_scenario,
)
from scheduler.staffing import first_guess
from sim import CompiledFloor, Played, Staff, Tallier, draw_trace, logs_of, staff_from_roster

CHAT_DAYS, FULL_DAYS, ROUNDS = 20, 5, 3
NIGHT = "double11_night_x100"
THIN = 0.63
"""The night is played with so much of what the formula asks for: with enough people nobody gives up or is moved on."""
LEAST_TOUCHED = 0.02
"""Share of root contacts each mechanism must touch for the night to count as "every mechanism on"."""


class Full:
    """Speed of the compiled floor beyond plain calls."""

    name = "full"
    room = "sim"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Measure the chat day in three forms and the night with everything."""
        day = json.loads((reference / "data" / "loop" / "chat100.json").read_text(encoding="utf-8"))
        rows = json.loads((reference / "data" / "sim" / "roster_chat100.json").read_text(encoding="utf-8"))
        report(f"{CHAT_DAYS} chat days, drawn before; replies sent per CPU-second, median of {ROUNDS} rounds")
        report(f"{'floor':<34}{'replies/s':>14}{'in 30 s':>9}{'lost':>8}")
        figures = {}
        for figure, scenario in (
            ("messages_per_s", chat_day(day, AgentChoice.LEAST_LOADED)),
            ("messages_idle_first_per_s", chat_day(day, AgentChoice.NOT_TYPING_FIRST)),
            ("messages_full_per_s", with_more(chat_day(day, AgentChoice.LEAST_LOADED))),
        ):
            figures[figure] = _chat(figure, scenario, day, staff_of(rows, ["g"], OPENS_MIN), report)
        return figures | _night(report)


def with_more(scenario: Scenario) -> Scenario:
    """Return the chat day with a bot that hands over, transfers to a second line, re-contacts and affinity."""
    chat = scenario.contact_types[0]
    again = FollowUp(FollowUpKind.RECONTACT, 0.08, "", Law(LawKind.EXPONENTIAL, 3600.0), by_tenure=True)
    moved = FollowUp(FollowUpKind.TRANSFER, 0.08, "second")
    first = replace(chat, bot=BotStage(0.5, 0.1, 20.0), affinity=True, follow_ups=(moved, again))
    second = replace(chat, name="second", affinity=True, follow_ups=(again,))
    group = replace(scenario.groups[0], serves=(Serve("chat"), Serve("second")))
    routes = (*scenario.routes, Route("second", (RouteStep("g"),)))
    return replace(scenario, contact_types=(first, second), groups=(group,), routes=routes)


def _chat(
    figure: str, scenario: Scenario, day: Mapping[str, Any], staff: Staff, report: Callable[[str], None]
) -> float:
    forecast = forecast_of(scenario, day)
    traces = [draw_trace(scenario, forecast, seed=1, replication=n, purpose="bench") for n in range(CHAT_DAYS)]
    rate, played = _timed(scenario, traces, staff, _replies)
    tallier = Tallier(scenario)
    tallies = [tallier.tally(trace, run, staff) for trace, run in zip(traces, played, strict=True)]
    offered = sum(int(row.count("offered").sum()) for row in tallies)
    share = sum(int(row.count("in_time").sum()) for row in tallies) / offered
    lost = sum(int(row.count("abandoned").sum()) for row in tallies) / offered
    report(f"{figure:<34}{rate:>14,.0f}{share:>9.3f}{lost:>8.3f}")
    return rate


def _replies(run: Played) -> int:
    return int((run.replied_us != NOBODY).sum())


def _timed(
    scenario: Scenario, traces: Sequence[ContactTrace], staff: Staff, items: Callable[[Played], int]
) -> tuple[float, list[Played]]:
    """Return items per CPU-second of playing and counting all traces, and what was played."""
    floor, tallier = CompiledFloor(scenario), Tallier(scenario)
    played = [floor.play(trace, staff) for trace in traces]
    count = sum(map(items, played))
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        for trace in traces:
            tallier.tally(trace, floor.play(trace, staff), staff)
        seconds.append(time.process_time() - start)
    return count / statistics.median(seconds), played


def _night(report: Callable[[str], None]) -> dict[str, float]:
    """Measure the night with everything, and show that everything happens; then with all the people it asks for."""
    scenario, forecast, roster = night_by_formula(NIGHT)
    traces = [draw_trace(scenario, forecast, seed=1, replication=n, purpose="bench") for n in range(FULL_DAYS)]
    report(f"{NIGHT}: contacts and replies per CPU-second")
    found = {}
    for figure, staff in (
        ("full_items_per_s", _thin_staff(forecast)),
        ("full_items_whole_roster_per_s", staff_from_roster(scenario, roster)),
    ):
        rate, played = _timed(scenario, traces, staff, _items)
        report(f"{figure:<34}{rate:>14,.0f}  {len(staff)} people")
        found[figure] = rate
        touched = _touched(scenario, traces[0], played[0], staff)
        for name, share in touched.items():
            report(f"  {name:<32}{share:>14.3f}")
        rare = [name for name, share in touched.items() if share < LEAST_TOUCHED]
        if rare and figure == "full_items_per_s":
            raise RuntimeError(f"{', '.join(rare)}: rarer than {LEAST_TOUCHED}; this is no night with every mechanism")
    return found


def _items(run: Played) -> int:
    return int((run.offered_us != NOBODY).sum()) + _replies(run)


def _thin_staff(forecast: Forecast) -> Staff:
    """Return so few people that buyers give up, are moved on and wait."""
    scenario = load_scenario(NIGHT)
    need = THIN * first_guess(scenario, forecast).positions
    day = scenario.horizon.days[0]
    chosen = [cover(need[day.first_interval : day.end_interval, group], shifts_from(scenario))
              for group in range(len(scenario.groups))]  # fmt: skip
    return staff_from_roster(*rostered(scenario, chosen, differ=True))


def _touched(scenario: Scenario, trace: ContactTrace, played: Played, staff: Staff) -> dict[str, float]:
    """Return the share of root contacts each mechanism touches, in one of their attempts or more."""
    log, _ = logs_of(trace, played, staff)
    kinds = scenario.contact_types
    channel = np.array([list(Channel).index(kind.channel) for kind in kinds])[log.contact_type]
    by_messages = np.array([kind.messages is not None for kind in kinds])[log.contact_type]
    customer = np.array([kind.customer for kind in kinds])[log.contact_type]
    language = np.array([kind.language for kind in kinds])[log.contact_type]
    group_of = np.where(log.group >= 0, log.group, 0)
    first = np.array([scenario.group_index(route.steps[0].group) for route in _routes(scenario)])[log.line]
    taken = log.taken_us != NOBODY
    late = taken & (log.taken_us > log.offered_us)
    choices = {choice: [group.choice is choice for group in scenario.groups] for choice in AgentChoice}
    tenure = staff.tenure_factor[np.maximum(log.agent, 0)]
    same_agent = _same_agent(log)
    ticket = channel == list(Channel).index(Channel.TICKET)
    slots = np.array([kind.slots for kind in kinds])[log.contact_type]
    work_us = np.floor(trace.work_us[log.row] * tenure + 0.5)
    put_down = ticket & taken & (log.ended_us - log.taken_us > work_us + 1)
    shares = {
        "voice": channel == 0,
        "chat by messages": by_messages,
        "chat by slots": (channel == 1) & ~by_messages,
        "tickets": ticket,
        "waits in line": late,
        "overflow to another group": taken & (group_of != first),
        "affinity: same agent again": same_agent,
        "urgent buyers": customer == "urgent",
        "buyers of the club": customer == "vip",
        "another language": language != "",
        "transfer by the ladder": (log.hops > 0) & ~ticket,
        "sent to a wrong line first": trace.line[log.row] != log.contact_type,
        "chat of two slots": taken & (slots > 1),
        "ticket put down and resumed": put_down,
        "ticket changes hands": ticket & (log.hops > 0),
        "kept by the bot": log.outcome == Outcome.BOT,
        "gave up": log.outcome == Outcome.ABANDONED,
        "tenure other than 1": taken & (tenure != 1.0),
        **{f"cause: {cause.name.lower()}": log.cause == cause for cause in Cause if cause is not Cause.FIRST},
        **{f"choice: {choice}": taken & np.array(flags)[group_of] for choice, flags in choices.items()},
    }
    return {name: len(np.unique(log.root[which])) / trace.roots for name, which in shares.items()}


def _routes(scenario: Scenario) -> list[Route]:
    routes = {route.contact_type: route for route in scenario.routes}
    return [routes[kind.name] for kind in scenario.contact_types]


def _same_agent(log: Any) -> Any:
    """Return which attempts were taken by the agent who took the one before."""
    before = np.concatenate([[False], log.root[1:] == log.root[:-1]])
    same = np.concatenate([[False], (log.agent[1:] == log.agent[:-1]) & (log.agent[1:] >= 0)])
    return before & same


PART = Full()
