"""Worked examples of shift design."""

import numpy as np
import pytest

from scenarios import BreakRule, PlanningError
from scheduler.covering import (
    CoverBudget,
    CoverGroup,
    CoverPrices,
    CoverStatus,
    PlannedShift,
    ShiftKind,
    cover,
    split_kinds,
)

EXACT = CoverBudget(gap=1e-6, starts=2, moves=2000, nodes=1000, wall_s=60)


def test_two_people_side_by_side_are_covered_by_two_short_shifts(problem):
    plan = cover(problem([0, 0, 2, 2, 2, 2, 0, 0]), seed=1, budget=EXACT)

    assert plan.shifts == (PlannedShift("A", "short", 60, (), 2),)
    assert (plan.status, plan.yuan, plan.heads) == (CoverStatus.OPTIMAL, 80.0, 2)
    assert plan.short.sum() == plan.over.sum() == 0


def test_the_break_of_a_long_shift_falls_where_nobody_is_wanted(problem, long_shift):
    plan = cover(problem([1, 1, 1, 1, 0, 1, 1, 1], kinds=(long_shift,)), seed=1, budget=EXACT)

    assert plan.shifts == (PlannedShift("A", "long", 0, (120,), 1),)
    assert plan.yuan == 70.0


def test_a_split_shift_works_two_peaks_and_a_gap_between_them(problem):
    kinds = split_kinds("split", (60, 90), (60, 120), tuple(range(0, 241, 30)), extra_yuan=5.0)

    plan = cover(problem([1, 1, 0, 0, 0, 0, 1, 1, 1], kinds=kinds), seed=1, budget=EXACT)

    assert plan.shifts == (PlannedShift("A", "split+120", 0, (60,), 1),)
    assert plan.yuan == pytest.approx(2.5 * 20 + 5)


def test_one_who_can_do_both_serves_whichever_skill_is_short(problem, short_shift):
    groups = (
        CoverGroup("A", ("A",), ("short",), 20.0),
        CoverGroup("B", ("B",), ("short",), 20.0),
        CoverGroup("both", ("A", "B"), ("short",), 21.0),
    )
    demand = np.array([[1, 0], [1, 0], [0, 1], [0, 1]])

    plan = cover(problem(demand, groups, (short_shift,), ("A", "B")), seed=1, budget=EXACT)

    assert plan.shifts == (PlannedShift("both", "short", 0, (), 1),)


def test_where_under_cover_is_cheaper_than_a_shift_nobody_comes(problem):
    plan = cover(problem([0, 0, 1, 0, 0, 0], prices=CoverPrices(under=30.0)), seed=1, budget=EXACT)

    assert plan.shifts == ()
    assert plan.yuan == 30.0
    assert plan.short.tolist() == [0, 0, 1, 0, 0, 0]


def test_people_are_placed_only_where_the_shop_is_open(problem, short_shift):
    closed_before = problem([2, 2, 2, 2, 2, 2, 2, 2], kinds=(short_shift,), open_min=((60, 240),))

    plan = cover(closed_before, seed=1, budget=EXACT)

    assert {row.start_min for row in plan.shifts} <= {60, 90, 120}
    assert plan.short[:2].tolist() == [2, 2]


def test_limits_of_groups_and_kinds_hold_and_what_is_missing_is_short(problem, short_shift, long_shift):
    groups = (CoverGroup("A", ("A",), ("short", "long"), 20.0, heads_max=3),)

    plan = cover(problem([5] * 4, groups, (short_shift, long_shift)), seed=1, budget=EXACT)
    by_kind = cover(problem([5] * 4, kind_heads_max=(("short", 2),)), seed=1, budget=EXACT)

    assert plan.heads == 3
    assert plan.short.tolist() == [2, 2, 2, 2]
    assert by_kind.heads == 2


def test_a_group_that_must_come_comes(problem):
    groups = (CoverGroup("A", ("A",), ("short",), 20.0, heads_min=2, heads_max=2),)

    plan = cover(problem([0] * 8, groups), seed=1, budget=EXACT)

    assert plan.heads == 2
    assert plan.yuan == 80.0 + 8 * 0.5


def test_people_who_must_come_and_cannot_are_an_error(problem):
    groups = (CoverGroup("A", ("A",), ("short",), 20.0, heads_min=2),)

    with pytest.raises(PlanningError, match=r"CoverProblem\.groups must come in numbers \(A 2\)"):
        cover(problem([1] * 8, groups, kind_heads_max=(("short", 1),)), seed=1, budget=EXACT)
    with pytest.raises(PlanningError, match="must come in numbers"):
        cover(problem([1] * 8, groups, open_min=((0, 30),)), seed=1, budget=EXACT)


def test_a_shift_may_run_past_the_end_of_a_week_that_repeats(problem, short_shift):
    plan = cover(problem([1, 1, 0, 0, 0, 0, 1, 1], kinds=(short_shift,), cyclic=True), seed=1, budget=EXACT)

    assert plan.shifts == (PlannedShift("A", "short", 180, (), 1),)


def test_days_in_a_row_start_shifts_on_each_of_them(problem, short_shift):
    demand = np.zeros(96)
    demand[4:8] = demand[52:56] = 1

    plan = cover(problem(demand, kinds=(short_shift,), days=2), seed=1, budget=EXACT)

    assert [row.start_min for row in plan.shifts] == [120, 1440 + 120]


def test_a_distinct_shift_has_its_price_once_for_all_days(problem, short_shift):
    demand = np.zeros(96)
    demand[4:8] = demand[53:57] = 1  # the second day wants the shift half an hour later
    free = CoverPrices(under=15.0, over=1.0)
    priced = CoverPrices(under=15.0, over=1.0, distinct=20.0)

    apart = cover(problem(demand, kinds=(short_shift,), days=2, prices=free), seed=1, budget=EXACT)
    together = cover(problem(demand, kinds=(short_shift,), days=2, prices=priced), seed=1, budget=EXACT)

    assert [row.start_min % 1440 for row in apart.shifts] == [120, 150]
    assert len({row.start_min % 1440 for row in together.shifts}) == 1
    assert together.yuan == 80 + 20 + 15 + 1


def test_an_activity_lies_beside_the_breaks_where_fewest_are_wanted(problem):
    training = BreakRule(60, True, 30, 150)
    kind = ShiftKind("day", 240, (0,), (BreakRule(30, True, 60, 180),), (training,))

    plan = cover(problem([1, 1, 0, 1, 0, 0, 1, 1], kinds=(kind,)), seed=1, budget=EXACT)

    assert plan.shifts == (PlannedShift("A", "day", 0, (60, 120), 1),)
    assert plan.short.sum() == 0


def test_many_skills_are_allotted_by_variables_and_judged_alike(problem, short_shift):
    skills = tuple("ABCDEFG")
    groups = (*(CoverGroup(skill, (skill,), ("short",), 20.0) for skill in skills),
              CoverGroup("all", skills, ("short",), 25.0))  # fmt: skip
    demand = np.zeros((4, 7))
    demand[range(4), range(4)] = 1

    plan = cover(problem(demand, groups, (short_shift,), skills), seed=1, budget=EXACT)

    assert plan.shifts == (PlannedShift("all", "short", 0, (), 1),)
    assert plan.short.sum() == 0


def test_without_time_there_is_a_plan_with_its_bound_and_status(problem):
    plan = cover(problem([3, 4, 5, 4, 3, 2, 1, 1]), seed=1, budget=CoverBudget(wall_s=1e-6, gap=0.0))

    assert plan.status is CoverStatus.WALL_CLOCK
    assert 0 <= plan.bound_yuan <= plan.yuan


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kinds": (ShiftKind("odd", 100, (0,)),)}, r"ShiftKind\(odd\)\.length_min is 100; expected a multiple of 30"),
        ({"skills": ()}, "CoverProblem.skills is"),
        ({"kind_heads_max": (("night", 2),)}, "CoverProblem.kind_heads_max is night"),
        ({"prices": None}, None),
    ],
)
def test_wrong_input_is_told_with_place_and_remedy(problem, change, message):
    if message is None:
        with pytest.raises(PlanningError, match=r"CoverPrices\.under is -1"):
            CoverPrices(under=-1.0)
        return
    with pytest.raises(PlanningError, match=message):
        problem(np.zeros((4, len(change.get("skills", ("A",))))), **change)
