from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import Channel, ContactType, Law, LawKind, PromoEvent, PromoPhase, contact_uplift, order_uplift

START = datetime(2026, 11, 10, tzinfo=UTC)


def event(begins_min, length_min, uplift, half_life_min=None, name="opening"):
    begins = START + timedelta(minutes=begins_min)
    phase = PromoPhase(name, begins, begins + timedelta(minutes=length_min), uplift, half_life_min)
    return PromoEvent("sale", (phase,))


def test_a_level_phase_lifts_its_intervals_and_no_other():
    assert order_uplift([event(60, 60, 3.0)], START, 6, 30).tolist() == [1, 1, 3, 3, 1, 1]


def test_an_interval_cut_by_a_phase_is_lifted_for_its_part():
    assert order_uplift([event(45, 30, 5.0)], START, 4, 30).tolist() == [1, 3, 3, 1]


def test_a_burst_with_one_half_life_falls_as_the_closed_form_says():
    path = order_uplift([event(0, 120, 10.0, 60.0)], START, 4, 30)

    excess = path - 1
    assert excess[2:] / excess[:2] == pytest.approx([0.5, 0.5], rel=1e-12)
    assert path.mean() == pytest.approx(10.0, rel=1e-12)
    assert path[0] == pytest.approx(1 + 9 * 4 * (1 - 2**-0.5) / (1 - 2**-2), rel=1e-12)


def test_two_promotions_at_one_time_add_what_each_adds():
    both = order_uplift([event(0, 60, 3.0), event(30, 60, 2.0)], START, 4, 30)

    assert both.tolist() == [3, 4, 2, 1]


def test_a_phase_without_uplift_is_left_to_history(refused):
    with refused("uplift_missing"):
        order_uplift([event(0, 60, None)], START, 4, 30)
    assert order_uplift([event(600, 60, None)], START, 4, 30).tolist() == [1, 1, 1, 1]


def test_contacts_follow_orders_as_strongly_as_their_type_responds():
    law = Law(LawKind.CONSTANT, 60.0)
    kinds = tuple(ContactType(f"r{share}", Channel.VOICE, law, promo_response=share) for share in (0.0, 0.5, 1.0, 3.0))

    assert contact_uplift(np.array([1.0, 5.0, 0.5]), kinds).tolist() == [[1, 1, 1, 1], [1, 3, 5, 13], [1, 0.75, 0.5, 0]]


@given(
    begins=st.integers(-600, 600),
    length=st.integers(1, 600),
    uplift=st.floats(0.05, 60),
    half_life=st.one_of(st.none(), st.floats(1, 600)),
    interval=st.sampled_from((5, 15, 30, 60)),
)
def test_the_mean_over_a_whole_phase_is_its_uplift_and_no_ratio_is_negative(
    begins, length, uplift, half_life, interval
):
    intervals = 48 * 60 // interval
    early = START - timedelta(hours=24)
    path = order_uplift([event(begins, length, uplift, half_life)], early, intervals, interval)

    assert (path >= 0).all()
    assert (path.sum() - intervals) * interval == pytest.approx((uplift - 1) * length, rel=1e-9, abs=1e-6)
