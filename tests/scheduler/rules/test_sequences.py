"""What follows what: rest between shifts, forbidden pairs, patterns; and the long rest of a week."""

import numpy as np
from drawn_rules.agreeing import Case, disagreements
from drawn_rules.lines import DUTIES, before, faults

from scheduler.rules import FREE, WORK, Duty, Follows, Frame, Pattern, Rest, WeeklyRest, Weight

ELEVEN_H = 11 * 60


def test_a_late_shift_leaves_nine_hours_before_an_early_one():
    assert faults(Rest(ELEVEN_H), "LE-") == [(1, 9 * 60, ELEVEN_H, 120)]
    assert faults(Rest(ELEVEN_H), "L-E") == []


def test_the_last_shift_before_the_horizon_needs_its_rest():
    assert faults(Rest(ELEVEN_H), "E--", before("L")) == [(0, 9 * 60, ELEVEN_H, 120)]


def test_a_long_rest_after_a_night_reaches_over_a_free_date():
    assert faults(Rest(36 * 60), "N-E") == [(2, 26 * 60, 36 * 60, 600)]
    assert faults(Rest(36 * 60), "-E-", before("N-")) == []
    assert faults(Rest(36 * 60), "E--", before("N-")) == [(0, 26 * 60, 36 * 60, 600)]


def test_shifts_that_forbid_the_same_share_a_state():
    many = tuple(Duty(f"{start}", start, start + 540, 480) for start in range(360, 900, 15))
    states = Rest(ELEVEN_H).automaton(Frame(many, 28)).states

    assert states == 20  # a shift from 10:15 on forbids one early start more than the one before; none before forbids


def test_a_night_when_clocks_go_forward_is_an_hour_short_of_rest():
    frame = Frame(DUTIES, 2, midnight_min=np.array([0, 1380]))
    line = np.array([1, 1])  # late, late: 15 h apart, 14 on that night

    assert [fault.units for fault in Rest(14 * 60 + 30).faults(frame, line)] == [30]
    assert disagreements(Case(frame, (Rest(14 * 60 + 30),), before(""), line, True)) == []


def test_pairs_are_forbidden_on_neighbouring_dates_only():
    rule = Follows((("late", "E"), ("night", "day")))

    assert faults(rule, "LENL-E") == [(1, 1, 0, 1), (3, 1, 0, 1)]
    assert faults(rule, "E-", before("L")) == [(0, 1, 0, 1)]


def test_a_pattern_is_found_wherever_it_may_begin():
    unwanted = Pattern(("night", FREE, WORK), weight=Weight(10.0))

    assert faults(unwanted, "N-EN-L-") == [(2, 1, 0, 1), (5, 1, 0, 1)]


def test_patterns_may_overlap_themselves():
    assert faults(Pattern(("E", "E")), "EEE-") == [(1, 1, 0, 1), (2, 1, 0, 1)]


def test_no_night_before_a_free_weekend():
    rule = Pattern(("night", FREE, FREE), weekdays=frozenset({4}))

    assert faults(rule, "N--EN--") == [(6, 1, 0, 1)]


def test_a_pattern_that_history_began_ends_inside():
    assert faults(Pattern(("L", "L", "E")), "E-", before("LL")) == [(0, 1, 0, 1)]


def test_every_week_needs_35_hours_without_a_shift():
    # the only free date lies between a late shift and an early one: 34 h
    rule = WeeklyRest(35 * 60, every=7)

    assert faults(rule, "EEEL-EE") == [(6, 33 * 60, 35 * 60, 1)]
    assert faults(rule, "EEEE-EE") == []


def test_a_long_rest_cut_by_the_week_does_not_count_as_long():
    rule = WeeklyRest(35 * 60, every=7)

    assert faults(rule, "EEEEEE- EEEEE--") == [(6, 31 * 60, 35 * 60, 1)]


def test_any_seven_dates_are_more_than_every_week():
    rolling = WeeklyRest(35 * 60)

    assert faults(rolling, "--EEEEE EEEEE--")[0] == (7, 24 * 60 + 8 * 60, 35 * 60, 1)
    assert [last for last, *_ in faults(rolling, "--EEEEE EEEEE--")] == [7, 8, 9, 10, 11, 12]


def test_a_week_that_began_before_the_horizon_is_judged_when_it_is_known():
    rule = WeeklyRest(35 * 60, every=7, first=-3)

    assert [fault[0] for fault in faults(rule, "EEEE", before("EEE"))] == [3]
    assert faults(rule, "EEEE", before("E")) == []
