"""Laws of the two programmes and of the search, on small random days."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import BreakRule
from scheduler.covering import CoverBudget, CoverGroup, CoverPrices, CoverProblem, ShiftKind, cover
from scheduler.covering.choices import choices_of
from scheduler.covering.disaggregate import columns_of
from scheduler.covering.formulations import explicit, implicit
from scheduler.covering.plan import faults, judge
from scheduler.covering.solve import hint_of

SLOTS = 12
SMALL = CoverBudget(gap=0.0, starts=2, moves=3000, nodes=0)


@st.composite
def days(draw):
    """Half days of 12 slots with two skills, a cross-skilled group, and kinds with one or two sliding breaks."""
    kinds = []
    for number in range(draw(st.integers(1, 2))):
        length = draw(st.integers(3, 6)) * 15
        first = draw(st.integers(1, 2)) * 15
        breaks = [BreakRule(15, True, first, draw(st.sampled_from([first, length - 15])))]
        kinds.append(
            ShiftKind(f"k{number}", length, tuple(range(0, 181, draw(st.sampled_from([15, 30])))), tuple(breaks))
        )
    if draw(st.booleans()):
        two = (BreakRule(15, True, 15, 30), BreakRule(30, False, 45, 60))
        kinds.append(ShiftKind("two", 105, tuple(range(0, 76, 15)), two))
    names = tuple(kind.name for kind in kinds)
    most = draw(st.sampled_from([None, 2]))
    groups = (
        CoverGroup("A", ("A",), names, 20.0, heads_max=most),
        CoverGroup("B", ("B",), names, 20.0),
        CoverGroup("AB", ("A", "B"), names, 22.0),
    )
    counts = st.lists(st.integers(0, 4), min_size=2 * SLOTS, max_size=2 * SLOTS)
    demand = np.array(draw(counts), dtype=np.float64).reshape(SLOTS, 2)
    prices = CoverPrices(draw(st.sampled_from([3.0, 50.0])), draw(st.sampled_from([0.0, 0.2])))
    return CoverProblem(15, ("A", "B"), demand, groups, tuple(kinds), prices)


@settings(max_examples=25, deadline=None)
@given(days())
def test_counting_breaks_apart_from_shifts_loses_nothing(day):
    choices = choices_of(day)

    apart, together = implicit(choices).programme.relaxed(10.0), explicit(choices).programme.relaxed(10.0)

    assert apart.value == pytest.approx(together.value, abs=1e-6)
    assert explicit(choices, midway=True).programme.relaxed(10.0).value >= apart.value - 1e-6


@settings(max_examples=15, deadline=None)
@given(days())
def test_counts_of_breaks_come_back_as_shifts_with_breaks_of_the_same_cost(day):
    choices = choices_of(day)
    formulation = implicit(choices)
    found = formulation.programme.relaxed(10.0)

    columns = columns_of(formulation, found.values)

    heads = dict(columns)
    assert sum(heads.values()) == pytest.approx(found.values[formulation.heads].sum(), abs=1e-5)
    assert "window" not in faults(choices, heads)
    assert "overlap" not in faults(choices, heads)
    assert judge(choices, heads).yuan == pytest.approx(found.value, abs=1e-3)


@settings(max_examples=10, deadline=None)
@given(days(), st.integers(0, 3))
def test_a_plan_is_allowed_costs_what_it_says_and_never_less_than_its_bound(day, seed):
    plan = cover(day, seed=seed, budget=SMALL)

    choices = choices_of(day)
    places = {key: number for number, key in enumerate(zip(choices.group, choices.kind, choices.start, strict=True))}
    names = [kind.name for kind in day.kinds], [group.name for group in day.groups]
    heads = {
        (
            places[names[1].index(row.group), names[0].index(row.kind), row.start_min // 15],
            tuple(pause // 15 for pause in row.pauses_min),
        ): row.heads
        for row in plan.shifts
    }
    assert faults(choices, heads) == []
    assert judge(choices, heads).yuan == pytest.approx(plan.yuan)
    assert plan.bound_yuan <= plan.yuan
    assert cover(day, seed=seed, budget=SMALL).shifts == plan.shifts


@settings(max_examples=10, deadline=None)
@given(days())
def test_a_hint_is_a_point_of_the_programme_with_the_cost_of_its_plan(day):
    choices = choices_of(day)
    for formulation in (implicit(choices), explicit(choices)):
        columns = columns_of(formulation, formulation.programme.relaxed(10.0).values)
        heads = {column: 1 for column, _ in columns}

        point = hint_of(formulation, heads)

        programme = formulation.programme
        assert programme.offset + programme.costs() @ point == pytest.approx(judge(choices, heads).yuan)
