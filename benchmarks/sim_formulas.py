"""What the formulas promise, and what happens on the same floor: chat by messages and several skills.

Two tables at constant rates, and the rosters that the formulas ask for on two promotion days, each simulated on fresh
days with absence drawn.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.chat_beds import chat_day, forecast_of
from benchmarks.covering import cover, rostered, shifts_of
from scenarios import (
    AgentChoice,
    Channel,
    ContactType,
    DemandUncertainty,
    Forecast,
    Group,
    Horizon,
    Hours,
    Law,
    LawKind,
    Opening,
    Roster,
    Route,
    RouteStep,
    Scenario,
    Serve,
    ServiceTarget,
)
from scenarios.checks import FloatArray
from sim import (
    MessageLaw,
    erlang_a,
    erlang_c,
    message_chat,
    message_law,
    min_agents_a,
    min_agents_c,
    min_agents_messages,
    people_for_messages,
    replicate,
    staff_always_on,
)

WORK_S, THINK_S, SILENCE_S = 86.0, 160.0, 120.0
"""Work, think time and silence of a session of the reference chat day: together its handle time."""
HANDLE_S = WORK_S + THINK_S + SILENCE_S
WITHIN_S, SHARE, CAP = 30.0, 0.9, 5
DAYS = 300
ABSENT = 0.04


class Formulas:
    """Promises of formulas beside simulated shares."""

    name = "formulas"
    room = "sim"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Print the four tables."""
        chat = json.loads((reference / "data" / "loop" / "chat100.json").read_text(encoding="utf-8"))
        skills = json.loads((reference / "data" / "loop" / "skills250.json").read_text(encoding="utf-8"))
        figures = _chat_at_constant_rates(chat, report)
        figures |= _chat_rosters(chat, report)
        figures |= _skills_at_a_constant_rate(report)
        return figures | _skills_rosters(skills, report)


def _always(scenario: Scenario, per_interval: float, hours: tuple[int, int]) -> tuple[Scenario, Forecast]:
    """Return the floor open for ``hours`` at a constant rate of its first type, and that forecast."""
    opening = Opening((Hours(hours[0] * 60, hours[1] * 60),) * 7)
    grid = Horizon(date(2025, 1, 1), 1, 15, "UTC", opening)
    scenario = replace(scenario, horizon=grid)
    expected = np.zeros((grid.intervals, len(scenario.contact_types)))
    expected[:, 0] = np.where(grid.open_intervals(), per_interval, 0.0)
    names = tuple(kind.name for kind in scenario.contact_types)
    work = np.broadcast_to([kind.work_s.mean_s for kind in scenario.contact_types], expected.shape)
    return scenario, Forecast(grid, names, expected, work, DemandUncertainty((0.0,)))


def _chat_law(day: Mapping[str, Any]) -> MessageLaw:
    messages = chat_day(day, AgentChoice.LEAST_LOADED).contact_types[0].messages
    if messages is None:
        raise RuntimeError("the chat day is played by messages")
    return message_law(messages, WITHIN_S)


def _patience_s(day: Mapping[str, Any]) -> float:
    return float(day["session"]["slot_patience_s"]["mean"])


def _chat_at_constant_rates(day: Mapping[str, Any], report: Callable[[str], None]) -> dict[str, float]:
    report("20 agents, cap 5, chats by messages: share of first replies in 30 s, as formulas say and as it happens")
    report(f"{'':>10}{'Erlang C, handle time':>22}{'two layers':>12}{'simulated':>22}")
    report(f"{'sessions/h':>10}{'/ 5':>10}{'/ 3.5':>12}{'fewest':>12}{'fewest':>10}{'not typing':>12}")
    law, figures = _chat_law(day), {}
    for per_hour in (360, 480, 600, 660, 720, 840):
        said = [
            erlang_c(20, per_hour / 3600 * HANDLE_S / factor, HANDLE_S / factor, WITHIN_S).share_in_time
            for factor in (5, 3.5)
        ]
        said.append(message_chat(law, 20, CAP, per_hour / 3600, _patience_s(day)).share_in_time)
        seen = []
        for choice in (AgentChoice.LEAST_LOADED, AgentChoice.NOT_TYPING_FIRST):
            scenario, forecast = _always(chat_day(day, choice), per_hour / 4, (8, 17))
            study = replicate(scenario, forecast, staff_always_on(scenario, {"g": 20}), replications=20, seed=1,
                              purpose="formulas")  # fmt: skip
            warm = slice(9 * 4, 17 * 4)  # the first hour fills the floor
            seen.append(float(study.in_time[:, warm].sum() / study.offered[:, warm].sum()))
        report(f"{per_hour:>10}{said[0]:>10.3f}{said[1]:>12.3f}{said[2]:>12.3f}{seen[0]:>10.3f}{seen[1]:>12.3f}")
        figures[f"chat_{per_hour}_fewest"], figures[f"chat_{per_hour}_not_typing"] = seen
        figures[f"chat_{per_hour}_two_layers"] = said[2]
    return figures


def _chat_rosters(day: Mapping[str, Any], report: Callable[[str], None]) -> dict[str, float]:
    report(f"the chat day, rosters by formula, {DAYS} days with absence; days kept: with 90 % in 30 s")
    report("promised: what the formula says of the people it asks for, every quarter hour by its contacts")
    report(f"{'formula':<34}{'people':>8}{'cost':>9}{'promised':>10}{'in 30 s':>9}{'days kept':>11}{'lost':>8}")
    rate = np.array(day["mean_offered_per_interval"]) / 900
    figures: dict[str, float] = {}
    for name, (need_of, share_of) in _chat_formulas(day).items():
        need = np.array([need_of(r) for r in rate])
        promised = float(np.average([share_of(r, n) for r, n in zip(rate, need, strict=True)], weights=rate))
        scenario = chat_day(day, AgentChoice.LEAST_LOADED)
        seen = _simulated(scenario, forecast_of(scenario, day), day, need)
        report(f"{name:<34}{seen[0]:>8}{seen[1]:>9.1f}{promised:>10.3f}{seen[2]:>9.3f}{seen[3]:>11.3f}{seen[4]:>8.3f}")
        figures[f"chat_day_{name.split()[-1]}_share"] = seen[2]
        figures[f"chat_day_{name.split()[-1]}_promised"] = promised
    return figures


def _chat_formulas(day: Mapping[str, Any]) -> dict[str, tuple[Callable[[float], int], Callable[[float, int], float]]]:
    """Return by name the people a formula asks for at a rate per second, and the share it says these people keep."""
    law, patience_s = _chat_law(day), _patience_s(day)

    def erlang(factor: float) -> tuple[Callable[[float], int], Callable[[float, int], float]]:
        handle_s = HANDLE_S / factor
        return (
            lambda rate: min_agents_c(rate * handle_s, handle_s, WITHIN_S, SHARE),
            lambda rate, people: erlang_c(people, rate * handle_s, handle_s, WITHIN_S).share_in_time,
        )

    return {
        "Erlang C, handle time / 5": erlang(5),
        "Erlang C, handle time / 3.5": erlang(3.5),
        "sessions per agent": (
            lambda rate: math.ceil(people_for_messages(law, rate, SHARE, CAP) or 0),
            lambda rate, people: _share_by_sessions(law, rate * law.holding_s / people),
        ),
        "two layers": (
            lambda rate: min_agents_messages(law, rate, patience_s, SHARE, CAP) or 0,
            lambda rate, people: message_chat(law, people, CAP, rate, patience_s).share_in_time,
        ),
    }


def _share_by_sessions(law: MessageLaw, sessions: float) -> float:
    """Return the share in time with so many open sessions per agent: ``sessions_per_agent`` read backwards."""
    others = max(0.0, sessions - 1.0) * law.work_s / law.holding_s
    return 1.0 - law.late_idle - others * (law.late_typing - law.late_idle)


def _skills_floor(pooled: bool, hold_back: bool = False) -> Scenario:
    """Return three voice types; the flexible group serves only its own, or everybody (the third type first)."""
    short = Law(LawKind.EXPONENTIAL, 150.0)
    kinds = tuple(
        ContactType(name, Channel.VOICE, Law(LawKind.LOGNORMAL, mean), short)
        for name, mean in (("A", 240.0), ("B", 300.0), ("C", 360.0))
    )
    helps = (Serve("A", 1), Serve("B", 1)) if pooled else ()
    groups: tuple[Group, ...] = (
        Group("GA", (), (Serve("A"),)),
        Group("GB", (), (Serve("B"),)),
        Group("GF", (), (Serve("C"), *helps)),
    )
    if hold_back:
        groups = (*groups, Group("GC", (), (Serve("C"),)))
    more = (RouteStep("GF"),) if pooled else ()
    third = (RouteStep("GC"), RouteStep("GF")) if hold_back else (RouteStep("GF"),)
    routes = (Route("A", (RouteStep("GA"), *more)), Route("B", (RouteStep("GB"), *more)), Route("C", third))
    targets = tuple(ServiceTarget(kind.name, (kind.name,), WITHIN_S, SHARE) for kind in kinds)
    grid = Horizon(date(2025, 1, 1), 1, 15, "UTC", Opening((Hours(480, 26 * 60),) * 7))
    return Scenario("skills", grid, kinds, groups, routes, targets, (), (), ())


_SHARES = np.array([0.45, 0.40, 0.15])
_WORK_S = np.array([240.0, 300.0, 360.0])


def _skills_at_a_constant_rate(report: Callable[[str], None]) -> dict[str, float]:
    report("350 a quarter hour, three types: shares in 30 s on mean days, and P(all three >= 90 %) with the day factor")
    report(f"{'floor':<40}{'A':>7}{'B':>7}{'C':>7}{'P(all)':>9}")
    load = 350 / 900 * _SHARES * _WORK_S
    sizes = {
        "Erlang C": [min_agents_c(a, w, WITHIN_S, SHARE) for a, w in zip(load, _WORK_S, strict=True)],
        "Erlang A": [min_agents_a(a, w, 150.0, WITHIN_S, SHARE) for a, w in zip(load, _WORK_S, strict=True)],
    }
    figures: dict[str, float] = {}
    for formula, size in sizes.items():
        promised = [
            erlang_c(n, a, w, WITHIN_S).share_in_time
            if formula == "Erlang C"
            else erlang_a(n, a, w, 150.0, WITHIN_S).share_in_time
            for n, a, w in zip(size, load, _WORK_S, strict=True)
        ]
        report(f"{formula + ' says ' + '/'.join(map(str, size)):<40}" + "".join(f"{p:>7.3f}" for p in promised))
        for name, floor in (
            ("closed queues", _skills_floor(pooled=False)),
            ("flexible group helps, C first", _skills_floor(pooled=True)),
            ("C first, 3 held back", _skills_floor(pooled=True, hold_back=True)),
        ):
            held = 3 if len(floor.groups) == 4 else 0
            people = {"GA": size[0], "GB": size[1], "GF": size[2] - held} | ({"GC": held} if held else {})
            mean = _shares(floor, people, 0.0, 100)
            strayed = _shares(floor, people, 0.1, 300)
            kept = float((strayed >= SHARE).all(axis=1).mean())
            total = mean.mean(axis=0)
            report(f"{'  ' + name:<40}" + "".join(f"{share:>7.3f}" for share in total) + f"{kept:>9.3f}")
            figures[f"skills_{formula[-1].lower()}_{name.split()[0]}_c"] = float(total[2])
    return figures


def _shares(floor: Scenario, people: Mapping[str, int], day_cv: float, days: int) -> FloatArray:
    """Return (days, 3) shares in time of the three types at the constant rate."""
    expected = np.where(floor.horizon.open_intervals()[:, None], 350 * _SHARES, 0.0)
    work = np.broadcast_to(_WORK_S, expected.shape)
    forecast = Forecast(floor.horizon, ("A", "B", "C"), expected, work, DemandUncertainty((day_cv,)))
    study = replicate(floor, forecast, staff_always_on(floor, dict(people)), replications=days, seed=1,
                      purpose="formulas")  # fmt: skip
    return np.stack([study.day_share(name)[:, 0] for name in ("A", "B", "C")], axis=1)


def _skills_rosters(day: Mapping[str, Any], report: Callable[[str], None]) -> dict[str, float]:
    report(f"the skills day, rosters by formula, {DAYS} days with absence")
    report(f"{'formula':<34}{'people':>8}{'A':>9}{'B':>7}{'C':>7}{'P(all)':>9}")
    rate = np.array(day["mean_offered_per_interval"])[:, None] / 900 * _SHARES
    figures: dict[str, float] = {}
    for name in ("Erlang C per type", "Erlang A per type"):
        need = np.array([
            [min_agents_c(r * w, w, WITHIN_S, SHARE) if "C" in name else min_agents_a(r * w, w, 150.0, WITHIN_S, SHARE)
             for r, w in zip(row, _WORK_S, strict=True)]
            for row in rate
        ])  # fmt: skip
        floor = _skills_floor(pooled=True)
        shifts = shifts_of(day)
        floor, roster = rostered(floor, [cover(need[:, group] / (1 - ABSENT), shifts) for group in range(3)])
        expected = np.zeros((floor.horizon.intervals, 3))
        expected[32 : 32 + len(rate)] = rate * 900
        forecast = Forecast(floor.horizon, ("A", "B", "C"), expected, np.broadcast_to(_WORK_S, expected.shape),
                            DemandUncertainty((0.1,)))  # fmt: skip
        shares = _day_shares(floor, forecast, roster, ("A", "B", "C"))
        kept = float((shares >= SHARE).all(axis=1).mean())
        report(f"{name:<34}{len(roster.assignments):>8}{'':>2}" + "".join(f"{s:>7.3f}" for s in shares.mean(axis=0))
               + f"{kept:>9.3f}")  # fmt: skip
        figures[f"skills_day_{name[7].lower()}_kept"] = kept
    return figures


def _simulated(
    scenario: Scenario, forecast: Forecast, day: Mapping[str, Any], need: FloatArray
) -> tuple[int, float, float, float, float]:
    """Return people, cost, mean share, share of days kept and share lost of the roster that covers (T,) ``need``."""
    chosen = cover(need / (1 - ABSENT), shifts_of(day))
    floor, roster = rostered(replace(scenario, absence_share=ABSENT), [chosen])
    study = replicate(floor, forecast, roster, replications=DAYS, seed=1, purpose="formulas")
    shares = study.day_share(floor.targets[0])[:, 0]
    in_time, offered, lost = (counts.sum() for counts in study.day_counts(floor.targets[0]))
    cost = sum(shift.cost for shift in chosen)
    return len(chosen), cost, float(in_time / offered), float((shares >= SHARE).mean()), float(lost / offered)


def _day_shares(floor: Scenario, forecast: Forecast, roster: Roster, names: Sequence[str]) -> FloatArray:
    floor = replace(floor, absence_share=ABSENT)
    study = replicate(floor, forecast, roster, replications=DAYS, seed=1, purpose="formulas")
    return np.stack([study.day_share(name)[:, 0] for name in names], axis=1)


PART = Formulas()
