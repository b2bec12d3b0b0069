"""Sequential stopping: as many replications as a precision takes, and an honest word about whether it was reached."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import DemandUncertainty, Law, LawKind, PlanningError
from sim import replicate, staff_always_on
from sim.measures.estimates import ratio_of_sums
from sim.studies.stopping import SHARE_FLOOR, Ending, Precision, replicate_until, settled_after


@pytest.fixture(scope="module")
def shop(scenario, kind, forecast):
    """Six people and 20 calls of 4 min a quarter hour for two days whose busyness varies by a fifth."""
    calls = kind("call", patience_s=Law(LawKind.EXPONENTIAL, 60.0))
    floor = scenario([calls], hours=((8, 14), (8, 14)))
    days = forecast(floor, 20.0, 240.0, uncertainty=DemandUncertainty((0.2, 0.2)))
    return floor, days, staff_always_on(floor, {"g": 6})


KEY = {"seed": 5, "purpose": "test"}


def test_it_ends_after_the_first_number_of_replications_that_stays_narrow(shop):
    precision = Precision("share_in_time", "call", 0.03, look_ahead=4)
    found = replicate_until(*shop, precision, **KEY)

    tops, bottoms = replicate(*shop, replications=300, **KEY).parts("share_in_time", "call")
    halves = {}
    for count in range(20, 300):
        estimate = ratio_of_sums(tops[:count, 0], bottoms[:count, 0])
        halves[count] = (estimate.high - estimate.low) / 2
    expected = next(count for count in halves if max(halves[count + ahead] for ahead in range(5)) <= 0.03)
    assert found.reached
    assert found.narrow_from == expected
    assert len(found.study) == expected + 4
    assert found.half_width == pytest.approx(halves[expected + 4], rel=1e-9)


def test_the_estimate_is_that_of_the_study_and_names_its_estimator(shop):
    found = replicate_until(*shop, Precision("share_in_time", "call", 0.05, confidence=0.9), **KEY)

    tops, bottoms = found.study.parts("share_in_time", "call")
    expected = ratio_of_sums(tops[:, 0], bottoms[:, 0], 0.9)
    assert found.estimate.estimator == "ratio of sums"
    assert found.estimate.value == expected.value
    assert (found.estimate.low, found.estimate.high) == pytest.approx((expected.low, expected.high), rel=1e-9)


def test_the_end_does_not_depend_on_how_many_compute(shop):
    precision = Precision("share_in_time", "call", 0.04)
    alone, together = (replicate_until(*shop, precision, workers=workers, **KEY) for workers in (1, 2))

    assert alone.study.equals(together.study)
    assert (alone.estimate, alone.ending) == (together.estimate, together.ending)


def test_the_most_replications_end_it_unreached(shop):
    found = replicate_until(*shop, Precision("share_in_time", "call", 0.0001, most=31), **KEY)

    assert (found.ending, found.reached, found.narrow_from) == (Ending.MAXIMUM, False, None)
    assert len(found.study) == found.estimate.replications == 31
    assert found.half_width > found.wanted == 0.0001


def test_a_stop_ends_it_cancelled_with_what_was_played(shop):
    asked = []

    def stop():
        asked.append(None)
        return len(asked) > 10

    found = replicate_until(*shop, Precision("share_in_time", "call", 0.0001), stop=stop, **KEY)
    assert found.ending is Ending.CANCELLED
    assert 0 < len(found.study) < 20


def test_a_study_stopped_at_once_says_nothing(shop):
    found = replicate_until(*shop, Precision("share_in_time", "call", 0.01), stop=lambda: True, **KEY)

    assert found.ending is Ending.CANCELLED
    assert len(found.study) == 0
    assert np.isnan(found.estimate.value)


def test_a_measure_that_nothing_defines_is_never_known(shop):
    found = replicate_until(*shop, Precision("overdue_share", "call", 0.01, most=25), **KEY)

    assert found.ending is Ending.MAXIMUM
    assert np.isnan(found.estimate.value)


def test_a_mean_can_be_asked_for_relative_to_itself(shop):
    found = replicate_until(*shop, Precision("offered", "call", 0.05, relative=True), **KEY)

    assert found.reached
    assert found.estimate.estimator == "mean of replications"
    assert found.half_width <= found.wanted == pytest.approx(0.05 * found.estimate.value)


def test_a_share_is_relative_to_what_is_rarer_and_never_asked_closer_than_a_tenth_of_a_point(shop):
    floor, days, _ = shop
    many = staff_always_on(floor, {"g": 9})
    late = replicate_until(floor, days, many, Precision("share_in_time", "call", 0.3, relative=True), **KEY)
    lost = replicate_until(floor, days, many, Precision("abandoned_share", "call", 0.02, relative=True, most=40), **KEY)

    assert late.estimate.value > 0.9
    assert late.wanted == pytest.approx(0.3 * (1 - late.estimate.value))
    assert lost.wanted == SHARE_FLOOR > 0.02 * lost.estimate.value


def test_replications_that_are_all_alike_do_not_pass_for_certainty(shop):
    """Everybody is answered in time in 25 of 25: at 95 % confidence 11 % of replications may still be otherwise."""
    floor, days, _ = shop
    plenty = staff_always_on(floor, {"g": 60})
    found = replicate_until(floor, days, plenty, Precision("share_in_time", "call", 0.005, most=25), **KEY)

    assert found.estimate.value == 1.0
    assert found.ending is Ending.MAXIMUM
    assert found.half_width == pytest.approx(1 - 0.05 ** (1 / 25))
    assert replicate_until(floor, days, plenty, Precision("share_in_time", "call", 0.12), **KEY).reached


def test_one_date_can_be_asked_for(shop):
    floor, *_ = shop
    date = floor.horizon.days[1].date
    found = replicate_until(*shop, Precision("share_in_time", "call", 0.06, day=date), **KEY)

    report = found.study.report(intervals=False).find("share_in_time", "call", date)
    assert found.estimate.value == pytest.approx(report.value, rel=1e-12)
    assert found.half_width == pytest.approx((report.high - report.low) / 2, rel=1e-9)


def test_progress_is_told_in_one_piece_and_ends_at_what_was_played(shop):
    told = []
    precision = Precision("share_in_time", "call", 0.0001, most=40)
    replicate_until(*shop, precision, progress=lambda *said: told.append(said), **KEY)

    done = [count for _, count, _ in told]
    assert {stage for stage, _, _ in told} == {"simulate"}
    assert done == sorted(done)
    assert told[-1] == ("simulate", 40, 40)


@given(st.lists(st.booleans(), max_size=300), st.integers(2, 50), st.integers(0, 8))
def test_the_settled_number_is_the_first_whose_look_ahead_is_all_narrow(narrow, least, ahead):
    precision = Precision("share_in_time", "call", 0.01, least=least, look_ahead=ahead)
    found = settled_after(np.array(narrow, dtype=np.bool_), precision)

    def holds(count):
        end = count + (ahead if count <= 100 else ahead * count // 100)
        return end <= len(narrow) and all(narrow[count - 1 : end])

    assert found == next((count for count in range(least, len(narrow) + 1) if holds(count)), None)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"half_width": 0.0}, r"Precision\.half_width is 0\.0; expected a finite number above 0"),
        ({"half_width": np.nan}, r"Precision\.half_width is nan"),
        ({"least": 1}, r"Precision\.least is 1; expected 2 to inf"),
        ({"least": 50, "most": 40}, r"Precision\.least is 50; expected at most 40"),
        ({"look_ahead": -1}, r"Precision\.look_ahead is -1"),
        ({"confidence": 1.0}, r"Precision\.confidence is 1\.0"),
    ],
)
def test_a_precision_that_makes_no_sense_is_refused(wrong, message):
    with pytest.raises(PlanningError, match=message):
        Precision(**({"kpi": "share_in_time", "scope": "call", "half_width": 0.01} | wrong))


@pytest.mark.parametrize(
    ("unknown", "message"),
    [
        ({"kpi": "joy"}, r"Study\.kpi is joy; expected one of: offered, "),
        ({"scope": "fax"}, r"Study\.scope is fax; expected one of: call, promise"),
        ({"day": "1999-12-31"}, r"Precision\.day is 1999-12-31; expected one of: 2025-11-10, 2025-11-11"),
    ],
)
def test_an_unknown_measure_is_refused_before_anything_is_played(unknown, message, shop):
    precision = Precision(**({"kpi": "share_in_time", "scope": "call", "half_width": 0.01} | unknown))
    told = []

    with pytest.raises(PlanningError, match=message):
        replicate_until(*shop, precision, progress=lambda *said: told.append(said), **KEY)
    assert told == []
