"""Shifts of a plan are given to people who can work them."""

import numpy as np

from scheduler.covering import CoverPlan, CoverStatus, Person, PlannedShift, give_names

LENGTHS = {"early": 240, "late": 240}
NOTHING = np.zeros(4)


def plan(*rows):
    return CoverPlan(tuple(rows), CoverStatus.OPTIMAL, 1.0, 1.0, NOTHING, NOTHING)


EARLY, LATE = PlannedShift("A", "early", 480, (600,), 1), PlannedShift("A", "late", 840, (960,), 1)


def test_everyone_gets_a_shift_of_a_kind_they_may_work():
    named = give_names(plan(EARLY, LATE), [Person("An", "A", ("late",)), Person("Bo", "A")], LENGTHS)

    assert named.shifts == (("An", LATE), ("Bo", EARLY))
    assert (named.unfilled, named.free) == ((), ())


def test_as_many_shifts_as_possible_come_before_anyones_wish():
    people = [Person("An", "A", wish_min=840), Person("Bo", "A", from_min=800)]

    named = give_names(plan(EARLY, LATE), people, LENGTHS)

    assert named.shifts == (("An", EARLY), ("Bo", LATE))


def test_wishes_decide_among_people_who_could_do_either():
    named = give_names(plan(EARLY, LATE), [Person("An", "A", wish_min=900), Person("Bo", "A")], LENGTHS)

    assert dict(named.shifts)["An"] == LATE


def test_shifts_without_people_and_people_without_shifts_are_told():
    people = [Person("An", "A", to_min=700), Person("Bo", "B")]

    named = give_names(plan(EARLY), people, LENGTHS)

    assert named.unfilled == (EARLY,)
    assert named.free == ("An", "Bo")
