"""Tickets: one agent who works by due times is an M/M/1 queue.

Statistical tests: one family of 99 % for all of ``theory``.
"""

import pytest
from oracles_of_the_floor import ticketing
from oracles_of_the_floor.cases import plays
from oracles_of_the_floor.judging import assert_inside


@pytest.mark.parametrize("known", ticketing.KNOWN, ids=lambda known: f"{known} {known.figures[0]}")
def test_the_formula_of_overdue_tickets_has_the_known_values(known):
    assert known.misses() == []


@pytest.mark.statistical
@plays(ticketing.CASES)
def test_tickets_of_one_agent_are_late_as_often_as_the_formula_says(case, engine):
    """Mean 3 h; longer than six hours, half a day and a day."""
    assert_inside(case, engine)
