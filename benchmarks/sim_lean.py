"""The readable model against a plain SimPy model on the same contacts, interleaved in one run.

The rivals stand in ``benchmarks/naive.py``. Ours is timed with its log. On beds (a) and (c) both play the same floor
and must give every contact the same wait; on (c) with people who come and go off the grid, for the order of what falls
on the same µs is not the same.
"""

import statistics
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.beds import Bed, bed_a, bed_b, bed_c, cpu_s
from benchmarks.naive import Waits, own_router, priority_resource, resource
from scenarios import (
    NOBODY,
    AgentChoice,
    BotStage,
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
    Redial,
    Route,
    RouteStep,
    Scenario,
    Serve,
)
from sim import Engine, FloorRun, draw_trace, simulate, staff_always_on

ROUNDS = 5
NAIVE_CONTACTS_A = 30_000  # of 200,000: the plain model is slow enough without


class Lean:
    """Speed of the readable model, on calls beside the plain one, and on a night with every channel."""

    name = "lean"
    room = "sim"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Measure the three beds, and a night of calls, chats and tickets."""
        report(f"contacts per CPU-second, medians of {ROUNDS} interleaved rounds")
        report(f"{'bed':<28}{'plain SimPy':>14}{'ours':>14}{'ratio':>8}")
        first, three = bed_a().first(NAIVE_CONTACTS_A), bed_c(reference)
        must_agree(resource(first), first)
        must_agree(own_router(off_the_grid(three)), off_the_grid(three))
        figures: dict[str, float] = {}
        for letter, bed, plain, rival in (
            ("a", bed_a(), first, resource),
            ("b", bed_b(reference), None, priority_resource),
            ("c", three, None, own_router),
        ):
            figures |= _compare(letter, bed, plain or bed, rival, report)
        return figures | _every_channel(report)


def _compare(
    letter: str, bed: Bed, plain_bed: Bed, plain: Callable[[Bed], Waits], report: Callable[[str], None]
) -> dict[str, float]:
    """Time both, one after the other in each round, and report contacts per CPU-second."""
    readable(bed)  # the first run of a process also warms caches up
    rounds = [(cpu_s(lambda: plain(plain_bed)), cpu_s(lambda: readable(bed))) for _ in range(ROUNDS)]
    plain_s, our_s = (statistics.median(side) for side in zip(*rounds, strict=True))
    plain_rate, our_rate = len(plain_bed.trace) / plain_s, len(bed.trace) / our_s
    report(f"({letter}){'':<25}{plain_rate:>14,.0f}{our_rate:>14,.0f}{our_rate / plain_rate:>8.2f}")
    return {f"lean_over_naive_{letter}": our_rate / plain_rate, f"lean_{letter}_contacts_per_s": our_rate}


def readable(bed: Bed) -> FloorRun:
    """Play a bed on the readable engine."""
    return simulate(bed.scenario, bed.trace, bed.staff, engine=Engine.READABLE)


def must_agree(waits: Waits, bed: Bed) -> None:
    """Stop the bench unless both models give every contact the same wait."""
    log = readable(bed).log
    ours = np.where(log.taken_us == NOBODY, NOBODY, log.taken_us - log.offered_us)
    if not np.array_equal(ours, np.array(waits)):
        raise RuntimeError(f"the plain model and ours differ in {int((ours != np.array(waits)).sum())} contacts")


def off_the_grid(bed: Bed) -> Bed:
    """Return the bed with people who come and go as many µs later as their number says."""
    staff = bed.staff
    spans = tuple(tuple((start + late, end + late) for start, end in own) for late, own in enumerate(staff.spans))
    ends = tuple(tuple(end + late for end in own) for late, own in enumerate(staff.shift_ends))
    return replace(bed, staff=replace(staff, spans=spans, shift_ends=ends))


def _every_channel(report: Callable[[str], None]) -> dict[str, float]:
    """Measure a night of calls, chats and tickets with overflow, bot, redial, blending and interruption."""
    grid = Horizon(date(2025, 1, 1), 1, 15, "UTC", Opening((Hours(8 * 60, 26 * 60),) * 7))
    short, again = Law(LawKind.EXPONENTIAL, 100.0), Redial(0.5, Law(LawKind.EXPONENTIAL, 300.0))
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
    bed = Bed(scenario, trace, staff_always_on(scenario, {"calls": 67, "chats": 49, "all": 52}))
    rate = len(readable(bed).log) / statistics.median(cpu_s(lambda: readable(bed)) for _ in range(ROUNDS))
    report(f"{'every channel (attempts)':<28}{'':>14}{rate:>14,.0f}")
    return {"lean_every_channel_attempts_per_s": rate}


PART = Lean()
