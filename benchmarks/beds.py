"""The three beds on which engines are raced with calls, drawn once so that everybody plays the same contacts.

(a) 100 people always on at 105 erlangs, 200,000 contacts, exponential work and patience; (b) a promotion day of 104,449
contacts and 1,303 people with shifts and breaks; (c) a day of 21,188 contacts of three types and 362 people in three
groups, one of them for everything.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from scenarios import (
    NEVER_US,
    NOBODY,
    US_PER_MIN,
    US_PER_S,
    Cause,
    Channel,
    ContactTrace,
    ContactType,
    Group,
    Horizon,
    Hours,
    Law,
    LawKind,
    Opening,
    Route,
    RouteStep,
    Scenario,
    Serve,
    ServiceTarget,
)
from scenarios.checks import FloatArray, IntArray
from sim import Staff, staff_always_on

AGENTS_A, WORK_A_S, PATIENCE_A_S, ERLANGS_A, COUNT_A = 100, 300.0, 120.0, 105.0, 200_000
PATIENCE_S, WORK_B_S, WORK_C_S = 150.0, 240.0, (240.0, 300.0, 360.0)
SHARES_C = (0.45, 0.85)
"""Types of bed (c) below these uniform numbers: 45 % A, 40 % B, the rest C."""
SPREAD = float(np.sqrt(np.log(2.0)))
"""Of a lognormal law whose coefficient of variation is 1."""
CHECKS = {
    "a": (56_892_183_434_001_901, 23_930_549_889_524, 59_869_930_036_442),
    "b": (3_458_787_807_272_163, 15_578_604_681_969, 25_021_545_743_899),
    "c": (699_362_856_270_390, 3_177_577_948_853, 5_932_983_598_726),
}
"""Sums in µs of arrivals, patience and work: the beds are drawn as everybody draws them, or the bench stops."""
TYPES_C = (9522, 8505, 3161)
"""Contacts of each type on bed (c)."""
DAY_MIN = 18 * 60
Shift = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Bed:
    """Contacts, people and the floor they meet on.

    Parameters
    ----------
    shifts
        What the roster file says, row by row, for rivals that read it themselves; empty where everybody is always on.
    """

    scenario: Scenario
    trace: ContactTrace
    staff: Staff
    shifts: tuple[Shift, ...] = ()

    def columns(self, count: int | None = None) -> tuple[list[int], ...]:
        """Return arrivals, patience, work and type of the first ``count`` contacts as lists of whole numbers."""
        trace = self.trace
        return tuple(
            column[:count].tolist() for column in (trace.arrival_us, trace.patience_us, trace.work_us, trace.line)
        )

    def first(self, count: int) -> "Bed":
        """Return the bed with its first ``count`` contacts."""
        arrival_us, patience_us, work_us, line = (np.array(column) for column in self.columns(count))
        return Bed(self.scenario, trace_of(arrival_us, patience_us, work_us, line), self.staff, self.shifts)


def bed_a() -> Bed:
    """Return 100 people always on at 105 erlangs."""
    rng = np.random.default_rng(1)
    arrival_s = np.cumsum(rng.exponential(WORK_A_S / ERLANGS_A, COUNT_A))
    work_s, patience_s = rng.exponential(WORK_A_S, COUNT_A), rng.exponential(PATIENCE_A_S, COUNT_A)
    scenario = scenario_of({"call": "g"}, Horizon(date(2025, 1, 1), 8, 60, "UTC", Opening((Hours(0, 1440),) * 7)))
    trace = _drawn("a", arrival_s, patience_s, work_s)
    return Bed(scenario, trace, staff_always_on(scenario, {"g": AGENTS_A}))


def bed_b(reference: Path) -> Bed:
    """Return a promotion day of one type."""
    rng = np.random.default_rng(1)
    arrival_s = _arrivals(rng, read(reference, "loop", "flash1000"))
    count = len(arrival_s)
    work_s = rng.lognormal(np.log(WORK_B_S) - SPREAD**2 / 2, SPREAD, count)
    trace = _drawn("b", arrival_s, rng.exponential(PATIENCE_S, count), work_s)
    return _day(scenario_of({"call": "g"}, one_day()), trace, reference, "roster_flash1000")


def bed_c(reference: Path) -> Bed:
    """Return a promotion day of three types and three groups."""
    rng = np.random.default_rng(1)
    arrival_s = _arrivals(rng, read(reference, "loop", "skills250"))
    uniform = rng.random(len(arrival_s))
    kind = (uniform >= SHARES_C[0]).astype(np.int64) + (uniform >= SHARES_C[1])
    if tuple(np.bincount(kind)) != TYPES_C:
        raise RuntimeError(f"bed (c) has {np.bincount(kind)} contacts by type; expected {TYPES_C}")
    work_s = rng.lognormal(-(SPREAD**2) / 2, SPREAD, len(kind)) * np.array(WORK_C_S)[kind]
    trace = _drawn("c", arrival_s, rng.exponential(PATIENCE_S, len(kind)), work_s, kind)
    return _day(skills_scenario(), trace, reference, "roster_skills250")


def skills_scenario() -> Scenario:
    """Return the floor of bed (c): two groups of their own, and one for everything that takes C first."""
    serves = {"GA": (Serve("A", 1),), "GB": (Serve("B", 1),), "GF": (Serve("C", 0), Serve("A", 1), Serve("B", 1))}
    ladders = {"A": ("GA", "GF"), "B": ("GB", "GF"), "C": ("GF",)}
    return Scenario(
        "bench", one_day(),
        tuple(_calls(name, work_s) for name, work_s in zip(ladders, WORK_C_S, strict=True)),
        tuple(Group(name, (), rows) for name, rows in serves.items()),
        tuple(Route(name, tuple(RouteStep(group) for group in groups)) for name, groups in ladders.items()),
        tuple(ServiceTarget(name, (name,)) for name in ladders), (), (), (),
    )  # fmt: skip


def scenario_of(kinds: Mapping[str, str], horizon: Horizon) -> Scenario:
    """Return a floor on which each type of call has its group."""
    return Scenario(
        "bench", horizon,
        tuple(_calls(name, WORK_B_S) for name in kinds),
        tuple(Group(group, (), (Serve(name),)) for name, group in kinds.items()),
        tuple(Route(name, (RouteStep(group),)) for name, group in kinds.items()),
        tuple(ServiceTarget(name, (name,)) for name in kinds), (), (), (),
    )  # fmt: skip


def one_day() -> Horizon:
    """Return 18 hours from time zero on, in quarters of an hour."""
    return Horizon(date(2025, 1, 1), 1, 15, "UTC", Opening((Hours(0, DAY_MIN),) * 7))


def trace_of(arrival_us: IntArray, patience_us: IntArray, work_us: IntArray, kind: IntArray) -> ContactTrace:
    """Return contacts of which nobody comes back."""
    count = len(arrival_us)
    nothing, nobody = np.zeros(count, dtype=np.int64), np.full(count, NOBODY)
    return ContactTrace(
        arrival_us=arrival_us, contained=np.zeros(count, dtype=np.bool_), root=np.arange(count), number=nothing,
        cause=np.full(count, int(Cause.FIRST)), contact_type=kind, line=kind, delay_us=nothing,
        due_after_us=np.full(count, NEVER_US), work_us=work_us, patience_us=patience_us, if_lost=nobody,
        if_answered=nobody, need_ppm=nothing, first_round=np.zeros(count + 1, dtype=np.int64),
        round_work_us=nothing[:0], think_us=nothing[:0], hold_us=nothing,
    )  # fmt: skip


def staff_of(shifts: Sequence[Shift], groups: Sequence[str], opens_min: int = 0) -> Staff:
    """Return the people of a roster file, whose minutes count from the opening, ``opens_min`` after midnight."""
    spans = []
    for shift in shifts:
        marks = [shift["start_min"]]
        for start, length in shift["breaks"]:
            marks += [start, start + length]
        marks.append(shift["end_min"])
        moments = [(opens_min + mark) * US_PER_MIN for mark in marks]
        spans.append(tuple(zip(moments[::2], moments[1::2], strict=True)))
    ends = tuple((mine[-1][1],) * len(mine) for mine in spans)
    group = np.array([groups.index(shift.get("group", groups[0])) for shift in shifts], dtype=np.int64)
    return Staff(tuple(f"a{number}" for number in range(len(spans))), group, np.ones(len(spans)), tuple(spans), ends)


def read(reference: Path, *names: str) -> Any:
    """Return the JSON file ``names`` lead to in the reference data."""
    path = (reference / "data").joinpath(*names).with_suffix(".json")
    return json.loads(path.read_text(encoding="utf-8"))


def cpu_s(work: Callable[[], object]) -> float:
    """Return the CPU seconds of this process that ``work`` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def _calls(name: str, work_s: float) -> ContactType:
    return ContactType(name, Channel.VOICE, Law(LawKind.LOGNORMAL, work_s), Law(LawKind.EXPONENTIAL, PATIENCE_S))


def _arrivals(rng: np.random.Generator, day: Mapping[str, Any]) -> FloatArray:
    step_s = day["interval_min"] * 60
    rates = day["mean_offered_per_interval"]
    return np.sort(np.concatenate([step_s * (q + rng.random(rng.poisson(rate))) for q, rate in enumerate(rates)]))


def _drawn(
    name: str, arrival_s: FloatArray, patience_s: FloatArray, work_s: FloatArray, kind: IntArray | None = None
) -> ContactTrace:
    """Return the contacts in whole µs; other sums than everybody has are a fault of the drawing."""
    arrival_us, patience_us, work_us = (
        np.floor(column * US_PER_S).astype(np.int64) for column in (arrival_s, patience_s, work_s)
    )
    patience_us, work_us = patience_us + 1, work_us + 1
    sums = tuple(int(column.sum()) for column in (arrival_us, patience_us, work_us))
    if sums != CHECKS[name]:
        raise RuntimeError(f"the columns of bed ({name}) add up to {sums}; expected {CHECKS[name]}")
    return trace_of(arrival_us, patience_us, work_us, np.zeros(len(work_us), dtype=np.int64) if kind is None else kind)


def _day(scenario: Scenario, trace: ContactTrace, reference: Path, roster: str) -> Bed:
    shifts = read(reference, "sim", roster)
    return Bed(scenario, trace, staff_of(shifts, [group.name for group in scenario.groups]), tuple(shifts))
