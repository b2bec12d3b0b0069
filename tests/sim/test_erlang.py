"""Closed forms against exact values, and the laws they obey."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import PlanningError
from sim import erlang_a, erlang_b, erlang_c, least_servers, min_agents_a, min_agents_c
from sim.erlang import SERVERS_MAX

LOADS = (5, 10, 20, 50, 100, 200, 430)


@pytest.mark.parametrize(("servers", "load", "lost"), [(10, 7, 0.07874088296957), (100, 95, 0.04880420617868)])
def test_erlang_b_gives_the_known_loss(servers, load, lost):
    assert erlang_b(servers, load) == pytest.approx(lost, abs=1e-14)


@pytest.mark.parametrize(
    ("servers", "load", "aht_s", "p_wait", "in_20_s", "in_30_s", "asa_s"),
    [
        (14, 10, 180, 0.17413193359505, 0.88835001917947, 0.910597684322, 7.835937011777),
        (100, 90, 300, 0.216940480906366, 0.888619043292, 0.920192057117, 6.508214427191),
        (110, 105, 300, 0.524420205232, math.nan, 0.681923066954, 31.465212313942),
    ],
)
def test_erlang_c_gives_the_known_waits(servers, load, aht_s, p_wait, in_20_s, in_30_s, asa_s):
    found = erlang_c(servers, load, aht_s, 30)

    assert found.p_wait == pytest.approx(p_wait, abs=1e-12)
    assert found.share_in_time == pytest.approx(in_30_s, abs=1e-12)
    assert found.mean_wait_s == pytest.approx(asa_s, abs=1e-11)
    if not math.isnan(in_20_s):
        assert erlang_c(servers, load, aht_s, 20).share_in_time == pytest.approx(in_20_s, abs=1e-12)


@pytest.mark.parametrize(
    ("case", "exact"),
    [
        ((10, 10, 180, 60), (0.4234176749, 0.1575268715, 9.4516122895, 0.7629279343, 0.8424731285)),
        ((50, 48, 240, 90), (0.3168936835, 0.0514875991, 4.6338839164, 0.9159621380, 0.9105719049)),
        ((100, 90, 300, 180), (0.1427094703, 0.0105329031, 1.8959225649, 0.9770295308, 0.8905203872)),
        ((100, 105, 300, 120), (0.5577490312, 0.0761866130, 9.1423935560, 0.8493708551, 0.9700040564)),
        ((400, 420, 300, 120), (0.6888123201, 0.0557760787, 6.6931294490, 0.9389963886, 0.9914351173)),
    ],
)
def test_erlang_a_gives_the_known_steady_state(case, exact):
    found = erlang_a(*case, 30)

    shown = (found.p_wait, found.p_abandon, found.mean_wait_s, found.share_in_time, found.occupancy)
    assert shown == pytest.approx(exact, abs=1.01e-10)


def test_min_agents_gives_the_known_staffing_for_90_percent_in_30_s():
    assert [min_agents_c(load, 240, 30, 0.9) for load in LOADS] == [9, 15, 26, 58, 109, 211, 443]
    assert [min_agents_a(load, 240, 90, 30, 0.9) for load in LOADS] == [8, 13, 23, 51, 97, 186, 390]


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
