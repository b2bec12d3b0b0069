"""The compiled calls floor against a plain SimPy model and Ciw on the same contacts, interleaved in one run.

Beside rivals ours is timed with the log of attempts written, one row per contact; the rates of its own with counts
per interval and no log. Ciw has no individuals with breaks: on bed (b) its one node follows the number of people on
duty, which is another model, so only speed is compared there; on (a) every contact must wait as long as ours.
"""

import statistics
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.beds import (
    WORK_A_S,
    Bed,
    bed_a,
    bed_b,
    bed_c,
    cpu_s,
    read,
    trace_of,
)
from benchmarks.naive import own_router, priority_resource, resource
from scenarios import NEVER_US, NOBODY, US_PER_S, DemandUncertainty, Forecast
from sim import CompiledFloor, FloorRun, Tallier
from sim.drawing.sampling import Sampler

ROUNDS = 5
REPEATS = 20  # runs of ours per round: one takes milliseconds
NAIVE_CONTACTS_A, CIW_CONTACTS_A = 30_000, 15_000  # of 200,000: a second of either
BACKLOG_COUNT, BACKLOG_S = 20_000, 900.0
QUIET_ERLANGS = 90.0
DAY_CV = 0.1
DAYS = 20
SAME_S = 1e-6
"""Ciw counts seconds in floats."""


class Compiled:
    """Speed of the compiled floor on calls."""

    name = "compiled"
    room = "sim"

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Measure the three beds beside their rivals, then ours alone."""
        whole, day, three = bed_a(), bed_b(reference), bed_c(reference)
        first = whole.first(CIW_CONTACTS_A)
        _must_agree(first)
        report(f"contacts per CPU-second, medians of {ROUNDS} interleaved rounds, ours with its log")
        report(f"{'bed':<6}{'plain SimPy':>14}{'Ciw':>12}{'ours':>14}{'/ plain':>10}{'/ Ciw':>10}")
        naive_a = whole.first(NAIVE_CONTACTS_A)
        figures = _compare("a", whole, report, naive=(naive_a, resource), ciw=(first, _ciw().always_on))
        figures |= _compare("b", day, report, naive=(day, priority_resource), ciw=(day, _ciw().on_duty))
        figures |= _compare("c", three, report, naive=(three, own_router))
        report("")
        figures["skills_contacts_per_s"] = _rate(three)
        report(f"skills250, counts per interval: {figures['skills_contacts_per_s']:,.0f} contacts/s")
        figures["backlog_cost_ratio"] = _backlog(whole)
        report(f"{BACKLOG_COUNT} in {BACKLOG_S:.0f} s, per contact, over the same at {QUIET_ERLANGS:.0f} erlangs: "
               f"{figures['backlog_cost_ratio']:.2f}")  # fmt: skip
        figures["day_100k_ms"] = _day_ms(day, reference)
        report(f"flash1000 day drawn, played and counted: {figures['day_100k_ms']:.1f} ms")
        return figures


Rival = tuple[Bed, Callable[[Bed], object]]


def _compare(letter: str, bed: Bed, report: Callable[[str], None], **rivals: Rival) -> dict[str, float]:
    """Time ours and its rivals, one after the other in each round."""
    floor = CompiledFloor(bed.scenario)

    def ours() -> None:
        for _ in range(REPEATS):
            FloorRun.of(bed.trace, floor.play(bed.trace, bed.staff), bed.staff)

    ours()  # the first run also compiles
    seconds: dict[str, list[float]] = {"ours": [], **{name: [] for name in rivals}}
    for _ in range(ROUNDS):
        for name, (smaller, play) in rivals.items():
            seconds[name].append(cpu_s(lambda play=play, smaller=smaller: play(smaller)))  # type: ignore[misc]  # bound now
        seconds["ours"].append(cpu_s(ours))
    rate = REPEATS * len(bed.trace) / statistics.median(seconds["ours"])
    rates = {name: len(smaller.trace) / statistics.median(seconds[name]) for name, (smaller, _) in rivals.items()}
    cells = "".join(f"{rates[name]:>{width},.0f}" if name in rates else " " * width
                    for name, width in (("naive", 14), ("ciw", 12)))  # fmt: skip
    ratios = "".join(f"{rate / rates[name]:>10,.0f}" if name in rates else " " * 10 for name in ("naive", "ciw"))
    report(f"({letter}){'':<3}{cells}{rate:>14,.0f}{ratios}")
    return {f"compiled_over_{name}_{letter}": rate / value for name, value in rates.items()} | {
        f"compiled_{letter}_contacts_per_s": rate
    }


def _rate(bed: Bed) -> float:
    """Return contacts played and counted per interval in a CPU-second."""
    floor, tallier = CompiledFloor(bed.scenario), Tallier(bed.scenario)

    def count() -> None:
        for _ in range(DAYS):
            tallier.tally(bed.trace, floor.play(bed.trace, bed.staff), bed.staff)

    count()
    return DAYS * len(bed.trace) / statistics.median(cpu_s(count) for _ in range(ROUNDS))


def _backlog(bed: Bed) -> float:
    """Return the cost of a contact when all come at once and nobody gives up, over its cost on a quiet day."""
    rng = np.random.default_rng(1)
    work_us = np.floor(rng.exponential(WORK_A_S, BACKLOG_COUNT) * US_PER_S).astype(np.int64) + 1
    rush_s = np.sort(rng.random(BACKLOG_COUNT) * BACKLOG_S)
    quiet_s = np.cumsum(rng.exponential(WORK_A_S / QUIET_ERLANGS, BACKLOG_COUNT))
    nothing, endless = np.zeros(BACKLOG_COUNT, dtype=np.int64), np.full(BACKLOG_COUNT, NEVER_US)
    rush, quiet = (
        trace_of(np.floor(arrival_s * US_PER_S).astype(np.int64), endless, work_us, nothing)
        for arrival_s in (rush_s, quiet_s)
    )
    floor = CompiledFloor(bed.scenario)
    if (floor.play(rush, bed.staff).taken_us == NOBODY).any():
        raise RuntimeError("somebody in the backlog was never answered; the bed must stay open until all are")

    def play(trace: Any) -> None:
        for _ in range(10 * REPEATS):
            floor.play(trace, bed.staff)

    rounds = [(cpu_s(lambda: play(rush)), cpu_s(lambda: play(quiet))) for _ in range(ROUNDS)]
    return statistics.median(rushed / calm for rushed, calm in rounds)


def _day_ms(bed: Bed, reference: Path) -> float:
    """Return the CPU milliseconds of a day of some hundred thousand contacts: drawn, played, counted per interval."""
    grid = bed.scenario.horizon
    expected = np.zeros((grid.intervals, 1))
    rates = read(reference, "loop", "flash1000")["mean_offered_per_interval"]
    expected[: len(rates), 0] = rates
    work_s = np.full(expected.shape, bed.scenario.contact_types[0].work_s.mean_s)
    forecast = Forecast(grid, ("call",), expected, work_s, DemandUncertainty((DAY_CV,)))
    sampler, floor, tallier = Sampler(bed.scenario, forecast), CompiledFloor(bed.scenario), Tallier(bed.scenario)

    def day(number: int) -> None:
        trace = sampler.trace(seed=1, replication=number, purpose="bench")
        tallier.tally(trace, floor.play(trace, bed.staff), bed.staff)

    day(0)
    return 1000.0 * statistics.median(cpu_s(lambda number=number: day(number)) for number in range(DAYS))  # type: ignore[misc]  # bound now


def _ciw() -> Any:
    """Return the module of the rival that is installed for benchmarks only."""
    try:
        from benchmarks import ciw_rival
    except ImportError as error:
        message = "Ciw, a rival, is missing; expected it installed; run: pip install -e .[bench]"
        raise RuntimeError(message) from error
    return ciw_rival


def _must_agree(bed: Bed) -> None:
    """Stop the bench unless plain SimPy, Ciw and ours give every contact of bed (a) the same wait."""
    played = CompiledFloor(bed.scenario).play(bed.trace, bed.staff)
    ours = np.where(played.taken_us == NOBODY, NOBODY, played.taken_us - played.offered_us)
    if not np.array_equal(ours, np.array(resource(bed))):
        raise RuntimeError("plain SimPy and ours disagree on bed (a)")
    waits_s = np.array(_ciw().waits_s(_ciw().always_on(bed)))
    if np.abs(waits_s - np.where(ours == NOBODY, NOBODY, ours / US_PER_S)).max() > SAME_S:
        raise RuntimeError("Ciw and ours disagree on bed (a)")


PART = Compiled()
