"""Calls, one at a time: formulas against known digits, and the floor against the formulas.

Statistical tests: one family of 99 % for all of ``theory``, see ``oracles/judging.py``.
"""

import pytest
from oracles_of_the_floor import calling
from oracles_of_the_floor.cases import plays
from oracles_of_the_floor.judging import assert_inside


@pytest.mark.parametrize("known", calling.KNOWN, ids=str)
def test_formulas_integrals_and_chains_have_the_known_values(known):
    """Each level of the escalation is a queue of its own: what leaves M/M/c is Poisson again (Burke 1956, Jackson)."""
    assert known.misses() == []


@pytest.mark.statistical
@plays(calling.BLOCKED)
def test_callers_who_do_not_wait_are_lost_as_erlang_b_says(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@plays(calling.IMPATIENT)
def test_impatient_callers_wait_and_leave_as_erlang_a_says(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@plays(calling.PATIENT)
def test_patient_callers_wait_as_erlang_c_says(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@plays(calling.ANY_PATIENCE)
def test_patience_of_any_law_loses_what_the_integrals_say(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@plays(calling.ONE_AGENT)
def test_one_agent_keeps_callers_waiting_as_pollaczek_and_khinchine_say(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@plays(calling.PRIORITIES)
def test_urgent_callers_overtake_as_cobham_says(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@plays(calling.TWO_POOLS)
def test_overflow_between_two_pools_loses_what_the_markov_chain_says(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@plays(calling.ESCALATION)
def test_three_levels_of_escalation_wait_like_three_queues(case, engine):
    assert_inside(case, engine)
