"""The reference days of the closed loop as scenarios, and the naive day beside which its price is told."""

import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import simpy

from benchmarks.beds import read
from scenarios import (
    BreakRule,
    Channel,
    ContactType,
    Contract,
    DemandUncertainty,
    Forecast,
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
    ShiftTemplate,
)
from scenarios.checks import IntArray
from scheduler.loop.bed import CallBed
from scheduler.loop.closing import day_factor_of
from scheduler.loop.columns import DayColumns, day_columns
from scheduler.loop.days import Layout
from scheduler.loop.voice import VoiceSurrogate
from sim import Sampler

DATE = date(2025, 11, 11)
_MIN_PER_H = 60
_CONTRACT_H = 168.0
_US_PER_S = 1e6


@dataclass(frozen=True, slots=True)
class LoopDay:
    """A reference day: the scenario, its forecast, and what the file says."""

    scenario: Scenario
    forecast: Forecast
    file: Mapping[str, Any]


def voice_day(reference: Path, name: str) -> LoopDay:
    """Return a day of one type of call and one group."""
    file = read(reference, "loop", name)
    horizon = horizon_of(file)
    kind = ContactType("call", Channel.VOICE, law_of(file["work_s"]), law_of(file["patience_s"]))
    scenario = Scenario(
        name, horizon, (kind,), (Group("g", (), (Serve("call"),)),), (Route("call", (RouteStep("g"),)),),
        (target_of(file["targets"], ("call",)),), contracts_of(file), templates_of(file), (),
        absence_share=file["absence"]["probability"],
    )  # fmt: skip
    return LoopDay(scenario, forecast_of(horizon, file, {"call": 1.0}, {"call": file["work_s"]["mean"]}), file)


def horizon_of(file: Mapping[str, Any]) -> Horizon:
    """Return the service day of a file."""
    opens = _minute(file["first_interval"])
    closes = opens + file["intervals"] * file["interval_min"]
    return Horizon(DATE, 1, file["interval_min"], "UTC", Opening((Hours(opens, closes),) * 7))


def forecast_of(
    horizon: Horizon, file: Mapping[str, Any], shares: Mapping[str, float], work_s: Mapping[str, float]
) -> Forecast:
    """Return what a file expects, shared out over its contact types."""
    rates = np.array(file["mean_offered_per_interval"])
    expected = np.zeros((horizon.intervals, len(shares)))
    first = horizon.days[0].first_interval
    expected[first : first + len(rates)] = rates[:, None] * np.array(list(shares.values()))
    law = file["day_factor"]
    strays = DemandUncertainty((law["cv"],), day_law=LawKind(law["law"]))
    return Forecast(horizon, tuple(shares), expected, np.full_like(expected, list(work_s.values())), strays)


def law_of(row: Mapping[str, Any]) -> Law:
    """Return the law a file describes."""
    return Law(LawKind(row["law"]), row["mean"], row.get("cv", 1.0))


def target_of(row: Mapping[str, Any], kinds: tuple[str, ...], **changes: Any) -> ServiceTarget:
    """Return the promise of a file for some contact types."""
    target = ServiceTarget(
        kinds[0], kinds, row.get("answer_within_s", row.get("first_reply_within_s")), row["day_share"],
        row["share_of_days"], row["confidence"], row.get("each_hour_share_mean"), row.get("abandoned_share_mean_max"),
    )  # fmt: skip
    return replace(target, **changes)


def templates_of(file: Mapping[str, Any]) -> tuple[ShiftTemplate, ...]:
    """Return the shifts of a file: all starts and all places of breaks on its grid."""
    opens = _minute(file["first_interval"])
    step = file["interval_min"]
    closes = opens + file["intervals"] * step
    return tuple(
        ShiftTemplate(
            row["name"], row["length_min"], opens, closes - row["length_min"], step,
            tuple(
                BreakRule(
                    rule["length_min"], rule["paid"], rule["earliest_after_start_min"], rule["latest_after_start_min"]
                )
                for rule in row["breaks"]
            ),
        )
        for row in file["shifts"]
    )  # fmt: skip


def contracts_of(file: Mapping[str, Any], factor: float = 1.0, prefix: str = "") -> tuple[Contract, ...]:
    """Return a contract for every shift, as dear an hour as the file has it."""
    return tuple(
        Contract(prefix + row["name"], (row["name"],), _CONTRACT_H, factor * row["cost_per_paid_h"])
        for row in file["shifts"]
    )


def naive_day_cpu_s(day: LoopDay, columns: DayColumns, counts: IntArray) -> float:
    """Return the CPU seconds of one day in plain SimPy: a process per contact, and more urgent off-duty spells.

    The contacts are drawn before the clock starts.
    """
    trace = Sampler(day.scenario, day.forecast).trace(
        seed=1, replication=0, purpose="naive", levels=np.array([0.5])
    )  # fmt: skip
    arrivals = (np.column_stack([trace.arrival_us, trace.patience_us, trace.work_us]) / _US_PER_S).tolist()
    spells = [
        spell for number in np.repeat(np.arange(len(columns)), counts) for spell in off_duty(columns, int(number))
    ]
    start = time.process_time()
    _play_naively(arrivals, spells, int(counts.sum()))
    return time.process_time() - start


def _play_naively(arrivals: list[list[float]], spells: list[tuple[float, float]], people: int) -> int:
    env = simpy.Environment()
    desk = simpy.PriorityResource(env, capacity=people)
    in_time = [0]
    end_s = 2 * max(end for _, end in spells)

    def away(start_s: float, length_s: float) -> Generator[simpy.Event, Any, None]:
        yield env.timeout(start_s)
        with desk.request(priority=-1) as turn:
            yield turn
            yield env.timeout(length_s)

    def contact(patience_s: float, work_s: float) -> Generator[simpy.Event, Any, None]:
        came = env.now
        with desk.request(priority=0) as turn:
            got = yield turn | env.timeout(patience_s)
            if turn in got:
                in_time[0] += env.now - came <= 30.0
                yield env.timeout(work_s)

    def source() -> Generator[simpy.Event, Any, None]:
        for arrival_s, patience_s, work_s in arrivals:
            yield env.timeout(arrival_s - env.now)
            env.process(contact(patience_s, work_s))

    for start_s, until_s in spells:
        env.process(away(start_s, (until_s if np.isfinite(until_s) else end_s) - start_s))
    env.process(source())
    env.run(until=end_s)
    return in_time[0]


def off_duty(columns: DayColumns, number: int) -> list[tuple[float, float]]:
    """Return spells in seconds in which somebody of a column is not at work."""
    edges = [0.0]
    for start_us, end_us in columns.assignment(number, "").work_spans:
        edges += [start_us / _US_PER_S, end_us / _US_PER_S]
    edges.append(2 * 24 * 3600.0)
    return [(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if end > start]


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * _MIN_PER_H + int(minutes)


def voice_bed(day: LoopDay) -> tuple[CallBed, VoiceSurrogate]:
    """Return the bed and the surrogate of a day of calls."""
    columns = day_columns(day.scenario)
    factor = day_factor_of(day.forecast)
    return CallBed(day.scenario, day.forecast, columns), VoiceSurrogate(day.scenario, day.forecast, columns, factor)


def warm_up(day: LoopDay) -> None:
    """Compile what a loop on calls compiles, so that nobody pays for it in a measurement."""
    bed, _ = voice_bed(day)
    counts = np.zeros(len(bed.columns), dtype=np.int64)
    counts[0] = 1
    bed.play(counts, bed.draw(Layout(2, 1), seed=1, purpose="warm-up"))
