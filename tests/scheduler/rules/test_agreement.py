"""Checker, automaton and constraint programme say the same of any line, and find the same cheapest line."""

import pytest
from drawn_rules.agreeing import a_case, disagreements

SEEDS = range(12)
CASES_EACH = 25


@pytest.mark.parametrize("seed", SEEDS)
def test_the_three_readings_of_drawn_rules_agree(seed):
    assert [disagreements(a_case([seed, number])) for number in range(CASES_EACH)] == [[]] * CASES_EACH
