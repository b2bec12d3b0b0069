"""Closed forms and the laws they obey; their exact values stand in ``theory``."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import PlanningError
from sim import erlang_a, erlang_b, erlang_c, least_servers, min_agents_a, min_agents_c
from sim.formulas.erlang import SERVERS_MAX


def test_a_bound_on_abandonment_needs_more_agents_than_the_share_in_time_alone():
    assert min_agents_a(430, 240, 90, 30, 0.9, abandoned_max=0.05) > 390


def test_endless_patience_is_erlang_c():
    assert erlang_a(14, 10, 180, math.inf, 30) == erlang_c(14, 10, 180, 30)


def test_without_contacts_nobody_waits():
    for found in (erlang_a(3, 0.0, 180, 60, 30), erlang_c(3, 0.0, 180, 30)):
        assert (found.p_wait, found.share_in_time, found.occupancy) == (0.0, 1.0, 0.0)
    assert erlang_b(0, 0.0) == 1.0


def test_patient_callers_beyond_capacity_wait_for_ever():
    found = erlang_c(10, 10.0, 180, 30)

    assert (found.share_in_time, found.mean_wait_s, found.occupancy) == (0.0, math.inf, 1.0)


@settings(deadline=None)
@given(
    servers=st.integers(1, 3000),
    load=st.floats(0.01, 4000),
    patience_s=st.floats(1, 1e5),
    within_s=st.floats(0, 600),
)
def test_erlang_a_obeys_its_laws_at_every_size(servers, load, patience_s, within_s):
    found = erlang_a(servers, load, 240, patience_s, within_s)
    more = erlang_a(servers + 1, load, 240, patience_s, within_s)

    shares = (found.p_wait, found.p_abandon, found.share_in_time, found.occupancy)
    assert np.isfinite(shares).all()
    assert min(shares) >= -1e-12
    assert max(shares) <= 1 + 1e-9
    # Work that is not lost keeps the servers busy; who is answered in time did not abandon.
    assert found.occupancy * servers == pytest.approx(load * (1 - found.p_abandon), rel=1e-6, abs=1e-9)
    assert found.share_in_time <= 1 - found.p_abandon + 1e-9
    assert more.p_abandon <= found.p_abandon + 1e-12
    assert more.share_in_time >= found.share_in_time - 1e-9


def test_the_least_that_is_enough_is_found_wherever_the_search_begins():
    assert [least_servers(lambda number: number >= 137, start) for start in (0.0, 3.7, 137.0, 136.9)] == [137] * 4


@pytest.mark.parametrize(
    "hopeless",
    [lambda: least_servers(lambda _: False, 3.0), lambda: min_agents_c(2e6, 240, 30, 0.9)],
    ids=["never", "too many"],
)
def test_no_number_of_people_is_an_error_and_never_an_answer(hopeless):
    with pytest.raises(PlanningError, match=f"{SERVERS_MAX}"):
        hopeless()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: erlang_b(-1, 5.0),
        lambda: erlang_b(3, -1.0),
        lambda: erlang_c(0, 5.0, 240, 30),
        lambda: erlang_a(3, 5.0, 0, 60, 30),
        lambda: erlang_a(3, 5.0, 240, 0, 30),
        lambda: erlang_a(3, 5.0, 240, 60, -1),
        lambda: min_agents_a(5.0, 240, 60, 30, 1.5),
        lambda: min_agents_a(5.0, 240, 60, 30, 0.9, abandoned_max=-0.1),
    ],
)
def test_impossible_figures_are_refused(wrong):
    with pytest.raises(PlanningError):
        wrong()
