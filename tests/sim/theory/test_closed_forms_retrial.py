"""Buyers who try again: Markov chains against known digits, and the floor against the chains.

Statistical tests: one family of 99 % for all of ``theory``.
"""

import pytest
from oracles_of_the_floor import retrying
from oracles_of_the_floor.cases import plays
from oracles_of_the_floor.judging import assert_inside


@pytest.mark.parametrize("known", retrying.KNOWN, ids=str)
def test_chains_of_retrials_and_the_formula_of_one_server_have_the_known_values(known):
    assert known.misses() == []


@pytest.mark.statistical
@plays(retrying.ONE_AGENT)
def test_callers_of_one_agent_retry_until_they_are_served(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@plays(retrying.TEN_AGENTS)
def test_callers_of_ten_agents_retry_as_often_as_the_chain_says(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@plays(retrying.LOSING_HEART)
def test_callers_who_lose_heart_leave_more_room_for_the_others(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@plays(retrying.IMPATIENT)
def test_impatient_callers_redial_as_the_chain_says(case, engine):
    assert_inside(case, engine)
