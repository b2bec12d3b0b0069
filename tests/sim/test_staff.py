"""People on the floor: from rosters, from positions, always on."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import US_PER_MIN, Agent, Assignment, Break, Contract, Group, PlanningError, Requirement, Roster, Serve
from sim import Staff, staff_always_on, staff_at_work, staff_from_positions, staff_from_roster

DAY = date(2025, 11, 10)


@pytest.fixture(scope="module")
def floor(scenario):
    groups = [Group("a", (), (Serve("call"),)), Group("b", (), (Serve("call"),))]
    people = (Agent("Li", "c", (), tenure_factor=1.3), Agent("Wang", "c", ()))
    return scenario(groups=groups, contracts=(Contract("c", (), 40.0, 30.0),), agents=people)


def shift(agent, start_min, end_min, *pauses, group="a"):
    breaks = tuple(Break(first * US_PER_MIN, last * US_PER_MIN, paid=True) for first, last in pauses)
    return Assignment(agent, DAY, "s", group, start_min * US_PER_MIN, end_min * US_PER_MIN, breaks)


def minutes(spans):
    return [(start // US_PER_MIN, end // US_PER_MIN) for start, end in spans]


def test_a_roster_gives_people_with_spans_tenure_and_group(floor):
    roster = Roster((shift("Wang", 0, 60, (20, 30)), shift("Li", 0, 60), shift("Li", 120, 180, (120, 130))))
    staff = staff_from_roster(floor, roster)

    assert staff.names == ("Li", "Wang")
    assert staff.tenure_factor.tolist() == [1.3, 1.0]
    assert [minutes(spans) for spans in staff.spans] == [[(0, 60), (130, 180)], [(0, 20), (30, 60)]]
    assert [[end // US_PER_MIN for end in ends] for ends in staff.shift_ends] == [[60, 180], [60, 60]]
    assert (staff.scheduled_us() // US_PER_MIN).tolist() == [110, 50]


def test_who_stays_away_is_not_there(floor):
    roster = Roster((shift("Li", 0, 60), shift("Li", 120, 180), shift("Wang", 0, 60)))

    present = staff_from_roster(floor, roster, absent=frozenset({1, 2}))
    assert [minutes(spans) for spans in present.spans] == [[(0, 60)], []]


def test_somebody_who_works_in_two_groups_has_two_rows(floor):
    staff = staff_from_roster(floor, Roster((shift("Li", 0, 60), shift("Li", 120, 180, group="b"))))

    assert (staff.names, staff.group.tolist()) == (("Li", "Li"), [0, 1])


def test_an_agent_the_scenario_does_not_know_is_refused(floor):
    with pytest.raises(PlanningError, match=r"Roster\.assignments\.agent is Zhao"):
        staff_from_roster(floor, Roster((shift("Zhao", 0, 60),)))


def test_always_on_means_the_whole_horizon(floor):
    staff = staff_always_on(floor, {"b": 2})

    assert staff.group.tolist() == [1, 1]
    assert set(staff.spans) == {((0, floor.horizon.end_us),)}
    with pytest.raises(PlanningError, match="people is c"):
        staff_always_on(floor, {"c": 1})
    with pytest.raises(PlanningError, match=r"people\[a\] is -1"):
        staff_always_on(floor, {"a": -1})


def test_where_positions_fall_the_first_to_come_leave_first(floor):
    positions = np.zeros((floor.horizon.intervals, 2))
    positions[0:4, 0] = [1, 2, 1, 0]
    staff = staff_from_positions(Requirement(floor.horizon, ("a", "b"), positions))

    assert [minutes(spans) for spans in staff.spans] == [[(0, 30)], [(15, 45)]]


@given(wanted=st.lists(st.integers(0, 5), min_size=96, max_size=96))
@settings(deadline=None)
def test_positions_are_filled_exactly_in_every_interval(floor, wanted):
    positions = np.stack([np.array(wanted, dtype=float), np.zeros(96)], axis=1)
    staff = staff_from_positions(Requirement(floor.horizon, ("a", "b"), positions))

    starts = np.arange(96) * floor.horizon.interval_us
    present = [sum(a <= start < b for spans in staff.spans for a, b in spans) for start in starts]
    assert present == wanted


def people(spans, ends, tenure=1.0):
    return Staff(("Li",), np.array([0]), np.array([tenure]), spans, ends)


@pytest.mark.parametrize(
    ("spans", "ends"),
    [
        ((((5, 5),),), ((5,),)),  # empty
        ((((5, 3),),), ((5,),)),  # inverted
        ((((0, 5), (4, 8)),), ((8, 8),)),  # overlapping
        ((((0, 5),),), ((4,),)),  # beyond its shift
        ((((-1, 5),),), ((5,),)),  # before the horizon
        ((((0, 5),),), ((5, 6),)),  # an end too many
        ((), ()),  # nobody's
    ],
)
def test_spans_that_cannot_be_worked_are_refused(spans, ends):
    with pytest.raises(PlanningError):
        people(spans, ends)


def test_a_tenure_factor_of_nought_is_refused():
    with pytest.raises(PlanningError, match=r"Staff\.tenure_factor is 0\.0"):
        people((((0, 5),),), ((5,),), tenure=0.0)


def test_half_an_interval_at_work_is_half_a_person(scenario, staff):
    floor = scenario(hours=((0, 1),))
    two = staff([[(0, 900), (900, 1350)]], {"shifts": [[(0, 1800)]]})

    present = staff_at_work(two, floor.horizon, 1)
    assert present[:4, 0].tolist() == [2.0, 1.5, 0.0, 0.0]
