"""Satisfaction as a response curve: what it falls with, and that it is never more than assumed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import Cause, Outcome, PlanningError
from sim.packs.pack import Pack, measure, measure_all
from sim.packs.satisfaction import Satisfaction, on_scale

CURVE = Satisfaction(at_best=0.8, late=0.9, again=0.5, handed_on=0.7, unanswered=0.1)


@pytest.fixture(scope="module")
def says(shop, records, value):
    """Mean satisfaction of some sessions."""
    return lambda *sessions: value(
        measure(Pack("survey", (CURVE,)), records(*sessions), shop), "survey.satisfaction_share"
    )


def test_who_is_answered_in_time_is_satisfied_at_best_and_who_waits_is_less(says, at):
    prompt = {"buyer": 1, "messages": [(at("10:00"), at("10:00:30"))]}
    late = {"buyer": 2, "messages": [(at("10:00"), at("10:00:31"))]}

    assert says(prompt) == pytest.approx(0.8)
    assert says(late) == pytest.approx(0.72)
    assert says(prompt, late) == pytest.approx(0.76)


def test_asking_again_and_being_handed_on_take_their_part_each_time(says, at):
    first = {"buyer": 1, "messages": [(at("10:00"), at("10:00:20"))]}
    again = {"buyer": 1, "cause": Cause.RECONTACT, "messages": [(at("11:00"), at("11:00:20"))]}
    moved = {"buyer": 1, "cause": Cause.TRANSFER, "messages": [(at("12:00"), at("12:00:20"))]}

    assert says(first, again) == pytest.approx(0.8 * 0.5)
    assert says(first, again, moved) == pytest.approx(0.8 * 0.5 * 0.7)


def test_whom_nobody_ever_answers_counts_as_such_and_the_bots_buyers_do_not_count(says, at):
    lost = {"buyer": 1, "messages": [(at("10:00"), None)], "ended": at("10:01")}
    back = {"buyer": 1, "cause": Cause.REDIAL, "messages": [(at("10:05"), at("10:05:10"))]}
    bot = {"buyer": 2, "messages": [(at("10:00"), None)], "outcome": Outcome.BOT}

    assert says(lost, bot) == pytest.approx(0.1)
    assert says(lost, back) == pytest.approx(0.8 * 0.9 * 0.5)


def test_answered_in_time_scores_fifteen_percent_higher_by_default(shop, records, value, at):
    pack = Pack("survey", (Satisfaction(),))
    scores = [
        value(measure(pack, records({"messages": [(at("10:00"), at(reply))]}), shop), "survey.satisfaction_share")
        for reply in ("10:00:05", "10:05")
    ]

    assert scores[0] / scores[1] == pytest.approx(1.15)


def test_nobody_came_is_undefined_and_several_runs_have_an_interval(shop, records, runs):
    pack = Pack("survey", (CURVE,))
    (whole, *_rest) = measure_all(pack, runs, shop)

    assert whole.estimate.low <= whole.estimate.value <= whole.estimate.high
    assert measure(pack, records(), shop)[0].estimate.value != measure(pack, records(), shop)[0].estimate.value  # nan


@given(share=st.floats(0, 1), high=st.floats(1, 100))
def test_a_share_on_a_scale_stays_on_it(share, high):
    assert 0 <= on_scale(share, 0, high) <= high * (1 + 1e-12)
    assert on_scale(0.86, 0, 5) == pytest.approx(4.3)


def test_a_part_that_is_no_share_is_refused():
    with pytest.raises(PlanningError, match=r"Satisfaction\.late is 1\.15; expected a share"):
        Satisfaction(late=1.15)
