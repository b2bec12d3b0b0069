"""The readable model against a plain SimPy model on the same contacts, interleaved in one run.

The plain model is what a SimPy tutorial leads to: a process per contact, patience by ``AnyOf``, and for a day with
shifts a ``PriorityResource`` whose capacity is the number of people, off-duty spells and breaks being more urgent
requests. On bed (b) the two are different models (a pool releases whoever finishes first, an individual takes the break
himself), so only speed is compared there; on bed (a) they must agree, and are checked to.
"""

import json
import statistics
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import simpy

from scenarios import (
    NEVER_US,
    NOBODY,
    US_PER_MIN,
    US_PER_S,
    AgentChoice,
    BotStage,
    Channel,
    ContactTrace,
    ContactType,
    DemandUncertainty,
    Forecast,
    Group,
    Horizon,
    Hours,
    Law,
    LawKind,
    Opening,
    Outcome,
    Redial,
    Route,
    RouteStep,
    Scenario,
    Serve,
)
from sim import Staff, draw_trace, replicate, simulate, staff_always_on

ROUNDS = 5
NAIVE_CONTACTS_A = 30_000  # of 200,000: the plain model is slow enough without
CHECK_A = (56_892_183_434_001_901, 23_930_549_889_524, 59_869_930_036_442)
CHECK_B = (3_458_787_807_272_163, 15_578_604_681_969, 25_021_545_743_899)
"""Sums in µs of arrivals, patience and work: the beds are drawn as everybody draws them, or the bench stops."""

Columns = tuple[list[int], list[int], list[int]]


class Lean:
    """Speed of the readable model, alone and against the plain one."""

    name = "lean"
    room = "sim"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Measure both beds and the whole pipeline."""
        report(f"CPU seconds, medians of {ROUNDS} interleaved rounds")
        report(f"{'bed':<28}{'plain SimPy':>14}{'ours':>14}{'ratio':>8}   (contacts/s)")
        figures: dict[str, float] = {}
        for letter, bed in (("a", _bed_a()), ("b", _bed_b(reference))):
            figures |= bed(letter, report)
        figures |= _every_mechanism(report)
        figures |= _pipeline(report)
        return figures


def _bed_a() -> Callable[[str, Callable[[str], None]], dict[str, float]]:
    """Return the measurement of 100 agents always on at 105 erlangs."""
    rng = np.random.default_rng(1)
    count = 200_000
    arrival = np.cumsum(rng.exponential(300 / 105, count))
    work, patience = rng.exponential(300, count), rng.exponential(120, count)
    columns = _whole_us(arrival, patience, work, CHECK_A)
    scenario = _one_queue(Horizon(date(2025, 1, 1), 8, 60, "UTC", Opening((Hours(0, 1440),) * 7)))
    staff, trace = staff_always_on(scenario, {"g": 100}), _trace(columns)

    def measure(letter: str, report: Callable[[str], None]) -> dict[str, float]:
        first: Columns = tuple(column[:NAIVE_CONTACTS_A] for column in columns)  # type: ignore[assignment]  # three stay three
        _must_agree(_plain_always_on(first, 100), scenario, _trace(first), staff)
        return _compare(
            letter, report, lambda: _plain_always_on(first, 100), NAIVE_CONTACTS_A,
            lambda: simulate(scenario, trace, staff), count,
        )  # fmt: skip

    return measure


def _bed_b(reference: Path) -> Callable[[str, Callable[[str], None]], dict[str, float]]:
    """Return the measurement of a flash day with 1,303 people, their shifts and breaks."""
    day = json.loads((reference / "data" / "loop" / "flash1000.json").read_text(encoding="utf-8"))
    shifts = json.loads((reference / "data" / "sim" / "roster_flash1000.json").read_text(encoding="utf-8"))
    rng = np.random.default_rng(1)
    rates = day["mean_offered_per_interval"]
    arrival = np.sort(np.concatenate([900 * (q + rng.random(rng.poisson(rate))) for q, rate in enumerate(rates)]))
    spread = np.sqrt(np.log(2))
    work = rng.lognormal(np.log(240) - spread**2 / 2, spread, len(arrival))
    columns = _whole_us(arrival, rng.exponential(150, len(arrival)), work, CHECK_B)
    scenario = _one_queue(Horizon(date(2025, 1, 1), 1, 15, "UTC", Opening((Hours(0, 18 * 60),) * 7)))
    staff, trace = _staff(shifts), _trace(columns)

    def measure(letter: str, report: Callable[[str], None]) -> dict[str, float]:
        return _compare(
            letter, report, lambda: _plain_with_shifts(columns, shifts), len(arrival),
            lambda: simulate(scenario, trace, staff), len(arrival),
        )  # fmt: skip

    return measure


def _compare(
    letter: str, report: Callable[[str], None],
    plain: Callable[[], object], plain_contacts: int, ours: Callable[[], object], our_contacts: int,
) -> dict[str, float]:  # fmt: skip
    """Time both, one after the other in each round, and report contacts per CPU-second."""
    ours()  # the first run of a process also warms caches up
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for side, work in zip(seconds, (plain, ours), strict=True):
            side.append(_cpu_s(work))
    plain_rate, our_rate = plain_contacts / statistics.median(seconds[0]), our_contacts / statistics.median(seconds[1])
    ratio = our_rate / plain_rate
    report(f"({letter}){'':<25}{plain_rate:>14,.0f}{our_rate:>14,.0f}{ratio:>8.2f}")
    return {f"lean_over_naive_{letter}": ratio, f"lean_{letter}_contacts_per_s": our_rate}


def _every_mechanism(report: Callable[[str], None]) -> dict[str, float]:
    """Measure a night of calls, chats and tickets with overflow, bot, redial, blending and interruption."""
    grid = Horizon(date(2025, 1, 1), 1, 15, "UTC", Opening((Hours(8 * 60, 26 * 60),) * 7))
    short, again = Law(LawKind.EXPONENTIAL, 100.0), Redial(0.5, Law(LawKind.EXPONENTIAL, 300.0), 2)
    kinds = (
        ContactType("call", Channel.VOICE, Law(LawKind.LOGNORMAL, 240.0), short, redial=again),
        ContactType("chat", Channel.CHAT, Law(LawKind.GAMMA, 300.0, 0.8), short, bot=BotStage(0.6, 0.5, 20.0)),
        ContactType("mail", Channel.TICKET, Law(LawKind.EXPONENTIAL, 400.0), due_within_s=4 * 3600.0),
    )
    speeds, least = (1.0, 0.8, 0.7), AgentChoice.LEAST_LOADED
    groups = (
        Group("calls", (), (Serve("call"), Serve("mail", 5))),
        Group("chats", (), (Serve("chat"),), 3, speeds, least),
        Group("all", (), (Serve("call"), Serve("chat", 1), Serve("mail", 5)), 3, speeds, least),
    )
    routes = (
        Route("call", (RouteStep("calls"), RouteStep("all", 10.0))),
        Route("chat", (RouteStep("chats"), RouteStep("all", 15.0))),
        Route("mail", (RouteStep("all"), RouteStep("calls", 600.0))),
    )
    scenario = Scenario("night", grid, kinds, groups, routes, (), (), (), ())
    expected = np.where(grid.open_intervals()[:, None], [[300.0, 450.0, 90.0]], 0.0)
    work = np.broadcast_to([240.0, 300.0, 400.0], expected.shape)
    forecast = Forecast(grid, ("call", "chat", "mail"), expected, work, DemandUncertainty((0.05,)))
    trace = draw_trace(scenario, forecast, seed=1, replication=0, purpose="bench")
    staff = staff_always_on(scenario, {"calls": 67, "chats": 49, "all": 52})
    attempts = len(simulate(scenario, trace, staff).log)
    rate = attempts / statistics.median(_cpu_s(lambda: simulate(scenario, trace, staff)) for _ in range(ROUNDS))
    report(f"{'every mechanism (attempts)':<28}{'':>14}{rate:>14,.0f}")
    return {"lean_every_mechanism_attempts_per_s": rate}


def _pipeline(report: Callable[[str], None]) -> dict[str, float]:
    """Measure drawing, simulating and counting together, on a day of calls."""
    scenario = _one_queue(Horizon(date(2025, 1, 1), 1, 15, "UTC", Opening((Hours(8 * 60, 22 * 60),) * 7)))
    grid = scenario.horizon
    expected = np.where(grid.open_intervals(), 30_000 / 56, 0.0)[:, None]
    law = DemandUncertainty((0.05,), 0.05, 0.8)
    forecast = Forecast(grid, ("call",), expected, np.full_like(expected, 240.0), law)
    staff = staff_always_on(scenario, {"g": 155})
    rates = []
    for first in range(ROUNDS):
        start = time.process_time()
        study = replicate(scenario, forecast, staff, replications=3, first=3 * first, seed=1, purpose="bench")
        rates.append(float(study.offered.sum()) / (time.process_time() - start))
    rate = statistics.median(rates)
    report(f"{'drawing, floor and counting':<28}{'':>14}{rate:>14,.0f}")
    return {"lean_pipeline_contacts_per_s": rate}


def _cpu_s(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _whole_us(arrival: Any, patience: Any, work: Any, check: tuple[int, int, int]) -> Columns:
    """Return the columns in whole µs, drawn in the reference's way; other sums are a fault of the drawing."""
    floors = [np.floor(np.asarray(column) * US_PER_S).astype(np.int64) for column in (arrival, patience, work)]
    columns = (floors[0], floors[1] + 1, floors[2] + 1)
    sums = tuple(int(column.sum()) for column in columns)
    if sums != check:
        raise RuntimeError(f"the bed's columns add up to {sums}; expected {check}")
    return columns[0].tolist(), columns[1].tolist(), columns[2].tolist()


def _one_queue(horizon: Horizon) -> Scenario:
    kind = ContactType("call", Channel.VOICE, Law(LawKind.LOGNORMAL, 240.0), Law(LawKind.EXPONENTIAL, 150.0))
    return Scenario(
        "bench", horizon, (kind,), (Group("g", (), (Serve("call"),)),), (Route("call", (RouteStep("g"),)),),
        targets=(), contracts=(), shift_templates=(), agents=(),
    )  # fmt: skip


def _trace(columns: Columns) -> ContactTrace:
    arrival, patience, work = (np.array(column, dtype=np.int64) for column in columns)
    count = len(arrival)
    return ContactTrace(
        contact_type=np.zeros(count, dtype=np.int64), arrival_us=arrival, contained=np.zeros(count, dtype=np.bool_),
        due_us=np.full(count, NEVER_US), work_us=work[None], patience_us=patience[None],
        redial_after_us=np.full((1, count), NOBODY),
    )  # fmt: skip


def _staff(shifts: Sequence[Mapping[str, Any]]) -> Staff:
    spans = []
    for shift in shifts:
        marks = [shift["start_min"]]
        for start, length in shift["breaks"]:
            marks += [start, start + length]
        marks.append(shift["end_min"])
        moments = [mark * US_PER_MIN for mark in marks]
        spans.append(tuple(zip(moments[::2], moments[1::2], strict=True)))
    ends = tuple((mine[-1][1],) * len(mine) for mine in spans)
    names = tuple(f"a{number}" for number in range(len(spans)))
    return Staff(names, np.zeros(len(spans), dtype=np.int64), np.ones(len(spans)), tuple(spans), ends)


Process = Generator[simpy.Event, Any, None]


def _plain_always_on(columns: Columns, agents: int) -> list[int]:
    """Return waits in µs, ``NOBODY`` for who gave up: a process per contact, a ``Resource``, patience by ``AnyOf``."""
    env = simpy.Environment()
    desk = simpy.Resource(env, capacity=agents)
    waits = [NOBODY] * len(columns[0])

    def contact(number: int, patience_us: int, work_us: int) -> Process:
        offered = env.now
        with desk.request() as turn:
            got = yield turn | env.timeout(patience_us)
            if turn in got:
                waits[number] = int(env.now - offered)
                yield env.timeout(work_us)

    env.process(_arrivals(env, columns, contact))
    env.run()
    return waits


def _plain_with_shifts(columns: Columns, shifts: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return waits as ``_plain_always_on``; who is off duty or on a break is taken out by an urgent request."""
    env = simpy.Environment()
    desk = simpy.PriorityResource(env, capacity=len(shifts))
    waits = [NOBODY] * len(columns[0])
    end_us = 2 * 18 * 60 * US_PER_MIN  # long after the last contact

    def away(start_us: int, length_us: int) -> Process:
        yield env.timeout(start_us)
        with desk.request(priority=-1) as turn:
            yield turn
            yield env.timeout(length_us)

    def contact(number: int, patience_us: int, work_us: int) -> Process:
        offered = env.now
        with desk.request(priority=0) as turn:
            got = yield turn | env.timeout(patience_us)
            if turn in got:
                waits[number] = int(env.now - offered)
                yield env.timeout(work_us)

    for shift in shifts:
        if shift["start_min"]:
            env.process(away(0, shift["start_min"] * US_PER_MIN))
        for start_min, length_min in shift["breaks"]:
            env.process(away(start_min * US_PER_MIN, length_min * US_PER_MIN))
        env.process(away(shift["end_min"] * US_PER_MIN, end_us))
    env.process(_arrivals(env, columns, contact))
    env.run(until=end_us)
    return waits


def _arrivals(env: simpy.Environment, columns: Columns, contact: Callable[[int, int, int], Process]) -> Process:
    last = 0
    for number, (arrival_us, patience_us, work_us) in enumerate(zip(*columns, strict=True)):
        yield env.timeout(arrival_us - last)
        last = arrival_us
        env.process(contact(number, patience_us, work_us))


def _must_agree(waits: list[int], scenario: Scenario, trace: ContactTrace, staff: Staff) -> None:
    """Stop the bench unless both models give every contact the same wait."""
    log = simulate(scenario, trace, staff).log
    ours = np.where(log.outcome == Outcome.ANSWERED, log.answered_us - log.offered_us, NOBODY)
    if not np.array_equal(ours, np.array(waits)):
        raise RuntimeError("the plain model and ours disagree on bed (a)")


PART = Lean()
