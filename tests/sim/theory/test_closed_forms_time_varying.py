"""Rates that change over the day: offered load, Poisson counts and forward equations.

Statistical tests: one family of 99 % for all of ``theory``.
"""

import pytest
from oracles_of_the_floor import flash_days
from oracles_of_the_floor.cases import plays
from oracles_of_the_floor.judging import assert_inside


@pytest.mark.parametrize("known", flash_days.KNOWN, ids=str)
def test_loads_counts_staffing_and_forward_equations_have_the_known_values(known):
    """With patience like work the count is Poisson whoever is there."""
    assert known.misses() == []


@pytest.mark.parametrize("agents", [2, 12])
def test_the_forward_equations_agree_that_the_count_is_poisson(agents):
    """Patience as long as work: twelve agents or two, the count has the same law."""
    shares = flash_days.equations_of(agents, 240.0).at(735)

    assert shares[14:].sum() == pytest.approx(flash_days.AT_LEAST_14[735], abs=5.1e-7)


def test_the_queue_is_longest_just_after_the_flash():
    equations = flash_days.equations_of(12, 90.0)

    assert max(range(0, 1081, 15), key=equations.queue) == 735


@pytest.mark.statistical
@plays(flash_days.ROOM)
def test_a_floor_with_room_for_all_is_as_busy_as_the_offered_load(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@plays(flash_days.SHIFTS)
def test_with_patience_like_work_breaks_and_shifts_change_nothing_in_the_count(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@plays(flash_days.FLASH)
def test_a_day_of_changing_rates_loses_what_the_forward_equations_say(case, engine):
    assert_inside(case, engine)


@pytest.mark.statistical
@plays(flash_days.SINE_OF_CALLS)
def test_a_sine_of_calls_fills_the_floor_as_the_poisson_law_says(case, engine):
    assert_inside(case, engine)
