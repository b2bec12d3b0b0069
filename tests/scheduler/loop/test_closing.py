"""The closed loop as a whole, and the rate at which its proof is wrong."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, poisson

from scenarios import DemandUncertainty, Law, LawKind, PlanningError, ServiceTarget
from scheduler.loop.bed import CallBed
from scheduler.loop.closing import SCHEDULE, LoopSettings, aim_of, close_loop, day_factor_of, undecided
from scheduler.loop.columns import day_columns
from scheduler.loop.judge import judge
from scheduler.loop.price import PricePoint, knee_of
from scheduler.loop.prune import PruneSettings
from scheduler.loop.shortfall import shortfall_of
from scheduler.loop.steps import SearchSettings
from scheduler.loop.voice import VoiceSurrogate
from scheduler.proof import Look, ProofSchedule
from sim import binomial_lower_bound

from .conftest import small_forecast, small_scenario

QUICK = LoopSettings(
    schedule=ProofSchedule((Look(400, 0.8), Look(1200, 0.2)), (1.0,)),
    effective_days=(150, 300), contacts=(1, 1_000_000), mild_days=10,
    first=SearchSettings(rounds=3), second=SearchSettings(rounds=2), pruning=PruneSettings(contacts=300_000),
)  # fmt: skip


def test_the_loop_proves_a_roster_and_repeats_itself(bed: CallBed, scenario, forecast):
    one = close_loop(bed, voice(bed), seed=3, settings=QUICK)
    other = close_loop(CallBed(scenario, forecast, day_columns(scenario)), voice(bed), seed=3, settings=QUICK)
    assert one.proven
    assert one.roster is not None
    assert other.roster is not None
    assert one.roster.fingerprint() == other.roster.fingerprint()
    assert repr(one.verdict) == repr(other.verdict)
    said = one.verdict.statements[0] if one.verdict else None
    assert said is not None
    assert said.worst_hour_share >= 0.6
    assert len(one.roster.assignments) == one.counts.sum()


def voice(bed: CallBed) -> VoiceSurrogate:
    return VoiceSurrogate(bed.scenario, bed.forecast, bed.columns, day_factor_of(bed.forecast))


def test_two_groups_are_not_planned_as_one(bed: CallBed, scenario):
    two = replace(scenario, targets=())
    with pytest.raises(PlanningError, match="exactly one"):
        VoiceSurrogate(two, bed.forecast, bed.columns, day_factor_of(bed.forecast))


def test_training_aims_above_what_the_first_look_needs(scenario, forecast):
    target = replace(scenario, targets=(replace(scenario.targets[0], share_of_days=0.95),))
    least = next(k for k in range(5700, 6001) if binomial_lower_bound(k, 6000, 0.04) >= 0.95) / 6000
    assert least < aim_of(target, forecast, LoopSettings()) < least + 0.01


def test_a_day_without_noise_is_decided_by_its_level():
    assert undecided(0.95, 0.0) == pytest.approx(0.0, abs=1e-3)
    assert undecided(0.95, 1e6) == pytest.approx(0.95 * 0.05, rel=1e-3)
    assert undecided(0.95, 0.1) < undecided(0.95, 0.3)


def test_the_schedule_wrongly_proves_at_most_at_its_rate():
    # Exact: a roster that meets exactly 95 % of days is called proven by one look or the other.
    first, last = SCHEDULE.looks
    needs = [
        next(k for k in range(int(0.94 * look.days), look.days) if binomial_lower_bound(k, look.days, error) >= 0.95)
        for look, error in ((first, 0.04), (last, 0.01))
    ]
    met = np.arange(first.days + 1)
    weight = binom.pmf(met, first.days, 0.95)
    later = binom.sf(needs[1] - met - 1, last.days - first.days, 0.95)
    wrong = float(weight @ np.where(met >= needs[0], 1.0, later))
    assert 0.035 < wrong <= 0.05


def test_a_day_of_known_answer_is_met_as_often_as_the_formula_says():
    # Calls longer than the day, callers who hang up at once, three people: the first three callers are answered, and
    # half of all are when at most six call (M/G/3/3 with endless work). 3,000 days; wrong once in 300 at 3 deviations.
    scenario = small_scenario(absence_share=0.0)
    kind = replace(
        scenario.contact_types[0], work_s=Law(LawKind.CONSTANT, 90_000.0), patience_s=Law(LawKind.CONSTANT, 1e-6)
    )
    scenario = replace(
        scenario, contact_types=(kind,), targets=(ServiceTarget("calls", ("call",), 30.0, 0.5, 0.9, 0.95),)
    )
    forecast = small_forecast(scenario, 3.2 / 12)  # 3.2 calls in the three hours of one short shift
    first = scenario.horizon.days[0].first_interval
    late = np.arange(scenario.horizon.intervals) >= first + 12
    certain = DemandUncertainty((0.0,))
    expected = np.where(late[:, None], 0.0, forecast.expected)
    forecast = replace(
        forecast, expected=expected, work_s=np.full_like(expected, kind.work_mean_s), uncertainty=certain
    )
    bed = CallBed(scenario, forecast, day_columns(scenario))
    counts = np.zeros(len(bed.columns), dtype=np.int64)
    counts[0] = 3
    fresh = bed.prove(counts, first=0, days=3000, strata=1, seed=1, purpose="proof-1")
    known = float(poisson.cdf(6, 3.2))
    seen = judge(scenario, fresh, 0.9).share_of_days
    assert seen == pytest.approx(known, abs=3 * np.sqrt(known * (1 - known) / 3000))


def test_what_few_people_cannot_do_is_told_hour_by_hour(bed: CallBed, surrogate: VoiceSurrogate):
    short = shortfall_of(bed, surrogate, 4, 1.1, seed=1)
    assert short.counts.sum() == 4
    assert short.share_most < 0.7
    assert [hour.start_min for hour in short.hours] == [60 * hour for hour in range(9, 15)]
    assert max(hour.people_short for hour in short.hours) > 0
    assert min(hour.share for hour in short.hours) > 0.02


def test_the_knee_is_where_service_becomes_dear():
    class Cost:
        def __init__(self, cost: float) -> None:
            self.cost = cost

    points = [
        PricePoint(share, Cost(cost))  # type: ignore[arg-type]  # only the cost of the outcome is read
        for share, cost in ((0.8, 100.0), (0.85, 102.0), (0.9, 106.0), (0.95, 130.0))
    ]
    assert knee_of(points).day_share == 0.9
