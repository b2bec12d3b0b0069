"""The demo shop's Double 11 fortnight: rosters by formula against a proven one, judged on the same fresh days.

Three rosters for fourteen dates of the shop at ten and at a hundred times its size: by Erlang C per interval, by
counting queue by queue (see ``double11_rivals``), and ours. All are worked by the same people under the same contracts,
found by the same search; only what is asked of it differs. One table: by date the share of days that meet every
promise and the worst hour, and the cost below. Each rival also with about the smallest multiplier of its positions with
which every date passes, found by halving.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.double11_rivals import counted_positions, erlang_positions
from scenarios import Forecast, Horizon, Requirement, Roster, Scenario, expected_demand, load_scenario
from scenarios.checks import FloatArray
from scheduler.planning import PlanSettings, make_plan
from scheduler.proof import Look, ProofSchedule, prove_on
from scheduler.rostering import SearchBudget, build_roster
from sim import Study, pay_of, replicate
from sim.studies.promises import days_kept

FIRST, DATES = date(2026, 11, 2), 14
SIZES = {"x10": "double11_x10", "x100": "double11_x100"}
LOOKS = {"x10": (Look(200, 0.1), Look(2000, 0.9)), "x100": (Look(100, 0.1), Look(600, 0.9))}
"""Fresh days of every date, the same for all rosters; ours is proven on as many others before."""
_LOW, _WIDTH, _MOST, _HALVINGS = 1.0, 0.125, 2.0, 4


@dataclass(frozen=True, slots=True)
class Judged:
    """What the fresh days say of a roster.

    Parameters
    ----------
    met
        (D,) share of days on which every target of the date is met.
    proven
        (D,) whether the bounds of the shares reach the promises, and floors and abandonment hold.
    worst
        (D,) lowest mean share of a clock hour.
    """

    cost_yuan: float
    met: FloatArray
    proven: FloatArray
    worst: FloatArray


class Double11:
    """Rivals and ours on one fortnight."""

    name = "double11"
    room = "roster"

    def run(self, _reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Plan, judge, and print a table per size."""
        figures: dict[str, float] = {}
        for size, library in SIZES.items():
            scenario = fortnight(library)
            figures |= {f"double11_{size}_{name}": value for name, value in _one(scenario, size, report).items()}
        return figures


def fortnight(library: str) -> Scenario:
    """Return the library scenario over the fortnight around Double 11."""
    scenario = load_scenario(library)
    old = scenario.horizon
    horizon = Horizon(FIRST, DATES, old.interval_min, old.zone, old.opening)
    uncertainty = replace(scenario.uncertainty, day_cv=scenario.uncertainty.day_cv[:1] * DATES)
    return replace(scenario, horizon=horizon, uncertainty=uncertainty)


def _one(scenario: Scenario, size: str, report: Callable[[str], None]) -> Mapping[str, float]:
    forecast = expected_demand(scenario)
    settings = PlanSettings(workers=2, proof=ProofSchedule(LOOKS[size]))
    begun = time.perf_counter()
    plan = make_plan(scenario, forecast, settings=settings)
    report(f"{size}: planned and proven in {time.perf_counter() - begun:.0f} s")
    roster, verdict = plan.outcome.roster, plan.verdict
    if roster is None or verdict is None:
        raise RuntimeError(f"no roster for {scenario.name}: {plan.outcome.reasons}")
    judge = _Judge(scenario, forecast, LOOKS[size])
    judged = {"ours": judge.of(roster, whole=True)}
    proven = {said.date for said in verdict.statements} - {said.date for said in verdict.statements if not said.proven}
    figures = {"ours_dates_proven": float(len(proven))}
    by_queue = erlang_positions(scenario, forecast, by_queue=True)
    rivals = {
        "erlang": erlang_positions(scenario, forecast, by_queue=False),
        "counted": counted_positions(scenario, by_queue),
    }
    for name, positions in rivals.items():
        judged[name] = judge.of(_rostered(scenario, positions), whole=True)
        found = _smallest(scenario, positions, judge, passes=bool(judged[name].proven.all()))
        if found is not None:
            figures[f"{name}_multiplier"], judged[f"{name}_passing"] = found
    _print(scenario, judged, report)
    for name, row in judged.items():
        figures[f"{name}_cost_yuan"] = row.cost_yuan
        figures[f"{name}_dates_passing"] = float(row.proven.sum())
    return figures


def _smallest(
    scenario: Scenario, positions: FloatArray, judge: "_Judge", *, passes: bool
) -> tuple[float, Judged] | None:
    """Return about the smallest multiplier of ``positions`` with which every date passes; ``None``: beyond the most.

    ``passes`` says whether they do as they are; from there steps of one width, then halving.
    """
    low = high = _LOW
    passing: Judged | None = None
    while passing is None or passes:
        if passes:
            high, low = low, low - _WIDTH
        else:
            low, high = high, high + _WIDTH
        if high > _MOST or low <= 0:
            return None
        row = judge.of(_rostered(scenario, positions * (low if passes else high)))
        good = bool(row.proven.all())
        if good:
            passing = row
        if good != passes:
            break
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        row = judge.of(_rostered(scenario, positions * middle))
        if row.proven.all():
            high, passing = middle, row
        else:
            low = middle
    return None if passing is None else (high, passing)


def _rostered(scenario: Scenario, positions: FloatArray) -> Roster:
    """Let the scenario's people work ``positions``."""
    groups = tuple(group.name for group in scenario.groups)
    requirement = Requirement(scenario.horizon, groups, positions)
    roster = build_roster(scenario, requirement, seed=scenario.seed, budget=SearchBudget()).roster
    if roster is None:
        raise RuntimeError(f"{scenario.name} has people without a legal line")
    return roster


@dataclass(frozen=True, slots=True)
class _Judge:
    """Plays rosters on the same fresh days, the promises' error spent over two looks."""

    scenario: Scenario
    forecast: Forecast
    looks: tuple[Look, ...]

    def of(self, roster: Roster, *, whole: bool = False) -> Judged:
        """Return what the days say; unless ``whole``, no more of them are played once some date cannot pass."""
        scenario = self.scenario
        schedule = ProofSchedule(self.looks, (1.0,), each_date=whole, days="judged")
        fresh = self.forecast.sampled(busiest=1.0, strata=schedule.strata)

        def play(first: int, days: int) -> Study:
            return replicate(
                scenario, fresh, roster, replications=days, first=first, seed=scenario.seed,
                purpose=schedule.purpose(1), workers=2,
            )  # fmt: skip

        verdict, study = prove_on(scenario, play, schedule=schedule, attempt=1, fingerprint=roster.fingerprint())
        failed = {said.date for said in verdict.statements if not said.proven}
        kept = np.logical_and.reduce([days_kept(study, target) for target in scenario.targets])
        days = scenario.horizon.days
        return Judged(
            cost_yuan=float(pay_of(scenario, roster).cost_yuan.sum()),
            met=kept.mean(axis=0),
            proven=np.array([day.date not in failed for day in days]),
            worst=np.array([_worst_hour(study, number) for number in range(len(days))]),
        )


def _worst_hour(study: Study, day: int) -> float:
    return float(min(np.nanmin(study.hour_share(target)[1][day]) for target in study.targets))


def _print(scenario: Scenario, judged: Mapping[str, Judged], report: Callable[[str], None]) -> None:
    report("share of days that meet 90 % in 30 s / worst hour; * passes")
    report(f"{'date':12}" + "".join(f"{name:>20}" for name in judged))
    for number, day in enumerate(scenario.horizon.days):
        cells = [
            f"{row.met[number]:.3f} / {row.worst[number]:.2f} {'*' if row.proven[number] else ' '}"
            for row in judged.values()
        ]
        report(f"{day.date.isoformat():12}" + "".join(f"{cell:>20}" for cell in cells))
    report(f"{'yuan':12}" + "".join(f"{row.cost_yuan:20,.0f}" for row in judged.values()))


PART = Double11()
