"""The reference chat day of the closed loop as a scenario, and the naive day beside which its price is told."""

import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import numpy as np
import simpy

from benchmarks.beds import read
from benchmarks.loop_days import (
    LoopDay,
    contracts_of,
    forecast_of,
    horizon_of,
    law_of,
    off_duty,
    target_of,
    templates_of,
)
from scenarios import (
    AgentChoice,
    Channel,
    ContactType,
    Group,
    Law,
    LawKind,
    Messages,
    Route,
    RouteStep,
    Scenario,
    Serve,
)
from scenarios.checks import IntArray
from scheduler.loop.columns import DayColumns
from sim import Sampler

_S = 1e-6
_FIRST_REPLY, _LATER_REPLY, _OFF_DUTY = 0, 1, -1
"""Priorities of requests for a person: who is off duty comes before everybody."""


def chat_day(reference: Path, name: str) -> LoopDay:
    """Return a day of chat by messages, one type and one group, under the file's routing and cap."""
    file = read(reference, "loop", name)
    said, horizon, targets = file["session"], horizon_of(file), file["targets"]
    messages = Messages(
        said["rounds"]["mean"], law_of(said["first_reply_work_s"]), law_of(said["reply_work_s"]),
        law_of(said["think_s"]), said["silence_close_s"],
    )  # fmt: skip
    work = Law(LawKind.LOGNORMAL, messages.work_mean_s)
    kind = ContactType("chat", Channel.CHAT, work, law_of(said["slot_patience_s"]), messages=messages)
    group = Group("g", (), (Serve("chat"),), said["cap"], choice=AgentChoice.LEAST_LOADED)
    target = target_of(targets, ("chat",), reply_within_s=float(targets["reply_within_s"]))
    scenario = Scenario(
        name, horizon, (kind,), (group,), (Route("chat", (RouteStep("g"),)),), (target,), contracts_of(file),
        templates_of(file), (), absence_share=file["absence"]["probability"],
    )  # fmt: skip
    return LoopDay(scenario, forecast_of(horizon, file, {"chat": 1.0}, {"chat": messages.work_mean_s}), file)


def naive_chat_cpu_s(day: LoopDay, columns: DayColumns, counts: IntArray) -> float:
    """Return the CPU seconds of one day in plain SimPy: a process per session, a ``PriorityResource`` per person.

    A session goes to the person with the fewest, or waits for a slot; each of its messages is a request. Who is off
    duty is taken by a more urgent request. The sessions are drawn before the clock starts.
    """
    trace = Sampler(day.scenario, day.forecast).trace(seed=1, replication=0, purpose="naive", levels=np.array([0.5]))
    rounds = np.column_stack([trace.think_us, trace.round_work_us]) * _S
    turns = [part.tolist() for part in np.split(rounds, trace.first_round[1:-1])]
    sessions = list(zip((trace.arrival_us * _S).tolist(), (trace.patience_us * _S).tolist(), turns, strict=True))
    people = [off_duty(columns, int(number)) for number in np.repeat(np.arange(len(columns)), counts)]
    said = day.file["session"]
    start = time.process_time()
    _play(sessions, people, said["cap"], said["silence_close_s"])
    return time.process_time() - start


def _play(sessions: list[Any], people: list[list[tuple[float, float]]], cap: int, hold_s: float) -> int:
    env = simpy.Environment()
    end_s = 2 * max(start for spells in people for start, _ in spells)
    desks = [simpy.PriorityResource(env) for _ in people]
    open_sessions, present = [0] * len(people), set(range(len(people)))
    waiting: list[simpy.Event] = []
    in_time = [0]

    def free() -> int | None:
        person = min(present, key=open_sessions.__getitem__, default=None)
        return person if person is not None and open_sessions[person] < cap else None

    def seat() -> None:
        while waiting and (person := free()) is not None:
            turn = waiting.pop(0)
            if not turn.triggered:
                open_sessions[person] += 1
                turn.succeed(person)

    def away(person: int, start_s: float, length_s: float) -> Generator[simpy.Event, Any, None]:
        yield env.timeout(start_s)
        present.discard(person)
        with desks[person].request(priority=_OFF_DUTY) as turn:
            yield turn
            yield env.timeout(length_s)
        present.add(person)
        seat()

    def session(patience_s: float, rounds: list[list[float]]) -> Generator[simpy.Event, Any, None]:
        came = env.now
        person: Any = free()
        if person is None:
            slot = env.event()
            waiting.append(slot)
            if slot not in (yield slot | env.timeout(patience_s)):
                slot.succeed(None)
                return
            person = slot.value
        else:
            open_sessions[person] += 1
        for number, (think_s, work_s) in enumerate(rounds):
            yield env.timeout(think_s)
            with desks[person].request(priority=_LATER_REPLY if number else _FIRST_REPLY) as turn:
                yield turn
                yield env.timeout(work_s)
            in_time[0] += not number and env.now - came <= 30.0
        yield env.timeout(hold_s)
        open_sessions[person] -= 1
        seat()

    def source() -> Generator[simpy.Event, Any, None]:
        for arrival_s, patience_s, rounds in sessions:
            yield env.timeout(arrival_s - env.now)
            env.process(session(patience_s, rounds))

    for number, start_s, until_s in [(n, *spell) for n, spells in enumerate(people) for spell in spells]:
        env.process(away(number, start_s, until_s - start_s))
    env.process(source())
    env.run(until=end_s)
    return in_time[0]
