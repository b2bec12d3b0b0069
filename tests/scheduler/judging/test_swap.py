"""A swap is judged by its rules and on the same days."""

from dataclasses import replace

import pytest

from scenarios import Activity, Break, Estimate, PlanningError, Wish
from scheduler.judging.changes import ChangeKind
from scheduler.judging.effects import DayEffect
from scheduler.judging.swap import Cell, Safety, check_swap, safety_of, swap_of

from .conftest import HOUR_US, TUESDAY, WEDNESDAY, shift

NOON = (Break(13 * HOUR_US, 14 * HOUR_US, paid=False),)


def test_two_people_who_are_alike_may_change_shifts_and_not_one_day_differs(floor, roster, wanted):
    both = roster(shift("pool-1", 10), shift("pool-2", 14))
    check = check_swap(floor, both, wanted(1), [Cell("pool-1", TUESDAY), Cell("pool-2", TUESDAY)])

    assert (check.change.kind, check.legality.legal, check.yuan) == (ChangeKind.SWAP, True, 0.0)
    assert {row.agent: row.start_us for row in check.change.added} == {"pool-1": 14 * HOUR_US, "pool-2": 10 * HOUR_US}
    (effect,) = check.effects
    assert (effect.target, effect.date) == ("phone", TUESDAY)
    assert abs(effect.difference.value) < 0.05
    assert check.allowed == (check.safety is Safety.SAFE)


def test_wishes_and_activities_of_others_do_not_stand_in_the_way(floor, roster, wanted):
    """Each person's rules are checked alone, where nobody else is known."""
    told = replace(floor.scenario, wishes=(Wish("李娜", TUESDAY),), activities=(Activity("talk", ("李娜",), 30),))
    both = roster(shift("pool-1", 10), shift("pool-2", 14))

    check = check_swap(
        replace(floor, scenario=told), both, wanted(1), [Cell("pool-1", TUESDAY), Cell("pool-2", TUESDAY)]
    )
    assert check.legality.legal


def test_the_rule_that_speaks_against_a_swap_is_named_with_whom_it_hits(floor, roster, wanted):
    both = roster(shift("李娜", 10, template="whole", breaks=NOON), shift("孙丽", 10, group="online"))
    check = check_swap(floor, both, wanted(1), [Cell("李娜", TUESDAY), Cell("孙丽", TUESDAY)])

    assert not check.allowed
    found = {(row.agent, row.rule) for row in check.legality.broken}
    assert {("李娜", "skills"), ("李娜", "contract_shift"), ("李娜", "week_hours_min"), ("孙丽", "skills")} <= found


def test_a_free_date_takes_the_shift_and_other_dates_may_be_swapped(floor, roster, wanted):
    one, other = shift("pool-1", 10), shift("pool-2", 14, day=WEDNESDAY)
    both = roster(one, other)
    given = swap_of(floor.scenario, both, Cell("pool-1", TUESDAY), Cell("pool-2", TUESDAY))
    assert (given.kind, [row.agent for row in given.added]) == (ChangeKind.HAND_OVER, ["pool-2"])

    check = check_swap(floor, both, wanted(1), [Cell("pool-1", TUESDAY), Cell("pool-2", WEDNESDAY)])
    assert [row.date for row in check.effects] == [TUESDAY, WEDNESDAY]
    assert check.legality.legal


def test_shifts_that_would_overlap_are_told_without_playing(floor, roster, wanted):
    day = roster(shift("pool-1", 10), shift("pool-2", 11, hours=30), shift("pool-1", 14, day=WEDNESDAY))
    check = check_swap(floor, day, wanted(1), [Cell("pool-1", TUESDAY), Cell("pool-2", TUESDAY)])

    assert not check.allowed
    assert "one_shift_per_date" in {row.rule for row in check.legality.broken}
    assert check.effects == ()


@pytest.mark.parametrize(
    ("low", "high", "safety"),
    [
        (-0.004, 0.01, Safety.SAFE),
        (-0.02, -0.006, Safety.UNSAFE),
        (-0.02, 0.01, Safety.OPEN),
        (-0.02, -0.001, Safety.OPEN),
    ],
)
def test_safe_is_what_surely_loses_no_more_than_half_a_point(low, high, safety):
    share = Estimate(0.9, 0.89, 0.91, 0.95, "ratio of sums", 20)
    difference = Estimate((low + high) / 2, low, high, 0.95, "ratio of sums, paired", 20)
    effect = DayEffect("phone", TUESDAY, share, share, difference, None)

    assert safety_of(effect) is safety


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        ((("pool-1", TUESDAY), ("pool-1", WEDNESDAY)), "swap_alone"),
        ((("pool-3", TUESDAY), ("pool-4", TUESDAY)), "swap_nothing"),
        ((("nobody", TUESDAY), ("pool-4", TUESDAY)), "unknown_name"),
    ],
)
def test_what_is_no_swap_is_refused(floor, roster, cells, key):
    with pytest.raises(PlanningError) as caught:
        swap_of(floor.scenario, roster(shift("pool-1", 10)), *(Cell(*cell) for cell in cells))

    assert caught.value.key == key
