"""Weekends and wishes: worked ones counted, in runs, whole, on one kind of shift; what single dates ask."""

import pytest
from drawn_rules.lines import before, faults, frame_of

from scenarios import PlanningError
from scheduler.rules import SameWeekend, WeekendCount, WeekendRun, Weight, WholeWeekend, Wish, Wishes, leave, weekends

WEEK = "-----"


def test_a_weekend_counts_when_either_date_is_worked():
    assert faults(WeekendCount(most=1), f"{WEEK}E-{WEEK}-L") == [(None, 2, 1, 1)]


def test_weekends_worked_before_count_and_are_not_charged_twice():
    rule = WeekendCount(most=2, name="weekends")

    assert faults(rule, f"{WEEK}EE", before("", weekends=2)) == [(None, 3, 2, 1)]
    assert faults(rule, f"{WEEK}--", before("", weekends=4)) == []


def test_a_horizon_from_sunday_goes_on_with_the_weekend_that_saturday_began():
    assert faults(WeekendCount(most=0), "E------", before("-"), first_weekday=6) == [(None, 1, 0, 1)]
    assert faults(WeekendCount(most=0), "E------", before("E"), first_weekday=6) == []
    assert [(weekend.start, weekend.stop) for weekend in weekends(frame_of("-" * 9, 6))] == [(-1, 1), (6, 8)]


def test_three_weekends_on_end():
    worked = f"{WEEK}E-" * 3

    assert faults(WeekendRun(most=2), worked) == [(20, 3, 2, 1)]
    assert faults(WeekendRun(most=2, name="in_a_row"), f"{WEEK}E-", before("", in_a_row=2)) == [(6, 3, 2, 1)]


def test_a_single_weekend_is_too_short_where_two_are_asked():
    rule = WeekendRun(least=2)

    assert faults(rule, f"{WEEK}--{WEEK}EE{WEEK}--") == [(13, 1, 2, 1)]
    assert faults(rule, f"{WEEK}--{WEEK}EE") == []  # the horizon ends before the next one


def test_part_of_a_weekend_costs_by_what_is_missing_and_a_gap_more():
    saturday_sunday, from_friday = WholeWeekend(weight=Weight(1.0)), WholeWeekend((4, 5, 6), Weight(1.0))

    assert [units for *_, units in faults(saturday_sunday, f"{WEEK}E-{WEEK}EE{WEEK}--")] == [1]
    assert [units for *_, units in faults(from_friday, "----E-- ----E-E ----EE- ----EEE")] == [2, 4, 1]


def test_a_whole_weekend_is_worked_on_one_kind_of_shift():
    rule = SameWeekend()

    assert [units for *_, units in faults(rule, f"{WEEK}EL{WEEK}E-{WEEK}LL")] == [2]
    assert faults(SameWeekend(("day", "night")), f"{WEEK}EL") == []


def test_wishes_cost_what_they_are_worth_when_they_are_not_granted():
    off_on_monday = Wish(0, off=True, price=3.0)
    late_on_tuesday = Wish(1, "late", price=2.0)
    no_night_on_wednesday = Wish(2, "night", off=True)
    rule = Wishes((off_on_monday, late_on_tuesday, no_night_on_wednesday), Weight(10.0))

    assert faults(rule, "-LE") == []
    assert faults(rule, "EEN") == [(0, 1, 0, 3.0), (1, 0, 1, 2.0), (2, 1, 0, 1.0)]


def test_nobody_works_on_leave():
    assert faults(leave((1, 2)), "EE-") == [(1, 1, 0, 1.0)]


def test_wishes_for_dates_that_are_not_there_are_refused():
    with pytest.raises(PlanningError, match=r"Wish\.date is -1"):
        Wish(-1)
    with pytest.raises(PlanningError, match=r"Wishes\(leave\)\.date is 7; expected 0 to 6"):
        leave((7,)).automaton(frame_of("-" * 7))
