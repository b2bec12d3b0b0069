"""The demo shop's Double 11 fortnight: rosters by formula against a proven one, judged on the same fresh days.

Three rosters for fourteen dates of the shop at ten and at a hundred times its size: by Erlang C per interval, by
counting queue by queue (see ``double11_rivals``), and ours. All are worked by the same people under the same contracts,
found by the same search; only what is asked of it differs. One table per date: share of days that meet every promise,
worst hour, and the cost below. Each rival also with the smallest multiplier of its positions with which every date
passes, found by halving.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from benchmarks.double11_rivals import counted_positions, erlang_positions
from scenarios import Forecast, Horizon, Requirement, Roster, Scenario, expected_demand, load_scenario
from scenarios.checks import FloatArray
from scheduler.planning import PlanSettings, make_plan
from scheduler.rostering import SearchBudget, build_roster
from sim import Study, binomial_lower_bound, pay_of, replicate
from sim.studies.promises import days_kept

FIRST, DATES = date(2026, 11, 2), 14
SIZES = {"x10": "double11_x10", "x100": "double11_x100"}
DAYS = {"x10": 600, "x100": 200}
"""Fresh days of every date, the same for all rosters."""
ERROR = 0.05
_HALVINGS, _MOST = 6, 2.0


@dataclass(frozen=True, slots=True)
class Judged:
    """What the fresh days say of a roster.

    Parameters
    ----------
    met
        (D,) share of days on which every target of the date is met.
    proven
        (D,) whether the bound of that share reaches the promise, and floors and abandonment hold.
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
    plan = make_plan(scenario, forecast, settings=PlanSettings(workers=2))
    roster, verdict = plan.outcome.roster, plan.verdict
    if roster is None or verdict is None:
        raise RuntimeError(f"no roster for {scenario.name}: {plan.outcome.reasons}")
    judged = {"ours": _judge(scenario, forecast, roster, size)}
    proven = {said.date for said in verdict.statements} - {said.date for said in verdict.statements if not said.proven}
    figures = {"ours_dates_proven": float(len(proven))}
    by_queue = erlang_positions(scenario, forecast, by_queue=True)
    rivals = {
        "erlang": erlang_positions(scenario, forecast, by_queue=False),
        "counted": counted_positions(scenario, by_queue),
    }
    for name, positions in rivals.items():
        judged[name] = _rostered(scenario, forecast, positions, size)
        found = _smallest(scenario, forecast, positions, size)
        if found is not None:
            figures[f"{name}_multiplier"], judged[f"{name}_passing"] = found
    _print(scenario, size, judged, report)
    for name, row in judged.items():
        figures[f"{name}_cost_yuan"] = row.cost_yuan
        figures[f"{name}_dates_passing"] = float(row.proven.sum())
    return figures


def _smallest(scenario: Scenario, forecast: Forecast, positions: FloatArray, size: str) -> tuple[float, Judged] | None:
    """Return the smallest multiplier of ``positions`` whose roster passes on every date; ``None``: beyond the most."""
    low, high, passing = 0.8, _MOST, None
    for number in range(_HALVINGS + 1):
        factor = high if number == 0 else (low + high) / 2
        row = _rostered(scenario, forecast, positions * factor, size)
        if row.proven.all():
            high, passing = factor, row
        elif number == 0:
            return None
        else:
            low = factor
    return None if passing is None else (high, passing)


def _rostered(scenario: Scenario, forecast: Forecast, positions: FloatArray, size: str) -> Judged:
    """Let the scenario's people work ``positions``, and judge them."""
    groups = tuple(group.name for group in scenario.groups)
    requirement = Requirement(scenario.horizon, groups, positions)
    roster = build_roster(scenario, requirement, seed=scenario.seed, budget=SearchBudget()).roster
    if roster is None:
        raise RuntimeError(f"{scenario.name} has people without a legal line")
    return _judge(scenario, forecast, roster, size)


def _judge(scenario: Scenario, forecast: Forecast, roster: Roster, size: str) -> Judged:
    """Play a roster on the fresh days of its size."""
    days = DAYS[size]
    study = replicate(
        scenario, forecast.sampled(busiest=1.0, strata=days), roster, replications=days, seed=scenario.seed,
        purpose="judged", workers=2,
    )  # fmt: skip
    kept = np.logical_and.reduce([days_kept(study, target) for target in scenario.targets])
    proven = np.array([_proven(study, day, int(kept[:, day].sum())) for day in range(kept.shape[1])])
    worst = np.array([_worst_hour(study, day) for day in range(kept.shape[1])])
    return Judged(float(pay_of(scenario, roster).cost_yuan.sum()), kept.mean(axis=0), proven, worst)


def _proven(study: Study, day: int, met: int) -> bool:
    for target in study.targets:
        _, offered, abandoned = (part[:, day].sum() for part in study.day_counts(target))
        lost = target.abandoned_share_max
        floor = target.hour_share_floor
        if lost is not None and offered and abandoned / offered > lost:
            return False
        if floor is not None and np.nanmin(study.hour_share(target)[1][day]) < floor:
            return False
        if binomial_lower_bound(met, len(study), ERROR) < target.share_of_days:
            return False
    return True


def _worst_hour(study: Study, day: int) -> float:
    return float(min(np.nanmin(study.hour_share(target)[1][day]) for target in study.targets))


def _print(scenario: Scenario, size: str, judged: Mapping[str, Judged], report: Callable[[str], None]) -> None:
    report(f"{size}: share of days that meet 90 % in 30 s / worst hour; * passes")
    report(f"{'date':12}" + "".join(f"{name:>20}" for name in judged))
    for number, day in enumerate(scenario.horizon.days):
        cells = [
            f"{row.met[number]:.3f} / {row.worst[number]:.2f} {'*' if row.proven[number] else ' '}"
            for row in judged.values()
        ]
        report(f"{day.date.isoformat():12}" + "".join(f"{cell:>20}" for cell in cells))
    report(f"{'yuan':12}" + "".join(f"{row.cost_yuan:20,.0f}" for row in judged.values()))


PART = Double11()
