"""Hours, shifts and days off: in fixed periods and in windows that roll, with what history has used up."""

from datetime import date

import pytest
from drawn_rules.lines import before, faults, frame_of, read

from scenarios import PlanningError
from scheduler.rules import (
    FREE_DATES,
    PAID_MIN,
    SHIFTS,
    Count,
    Measure,
    Period,
    RollingCount,
    Unit,
    Weight,
    blocks,
    each_date,
    limited,
    months,
    weeks,
    whole,
)

FORTY_H = 40 * 60


def test_a_week_of_six_full_shifts_has_eight_hours_too_many():
    rule = Count(limited(weeks(frame_of("EEEEEE- EEEEE--")), most=FORTY_H), PAID_MIN)

    assert faults(rule, "EEEEEE- EEEEE--") == [(0, 48 * 60, FORTY_H, 480)]


def test_calendar_weeks_begin_on_their_weekday_whatever_the_horizon_does():
    frame = frame_of("EEEEEEEEEE", first_weekday=3)  # a Thursday

    assert [(week.first, week.end) for week in weeks(frame)] == [(-3, 4), (4, 11)]
    assert [(week.first, week.end) for week in weeks(frame, first_weekday=6)] == [(-4, 3), (3, 10)]


def test_months_and_quarters_follow_the_calendar():
    frame = frame_of("-" * 40)

    assert [(m.first, m.end) for m in months(frame, date(2026, 1, 20))] == [(-19, 12), (12, 40)]
    assert [(q.first, q.end) for q in months(frame, date(2026, 1, 20), each=3)] == [(-19, 71)]


def test_a_least_is_not_asked_of_a_period_that_goes_on_after_the_horizon():
    rule = Count(limited(blocks(frame_of("E--- E-"), 4), least=2))

    assert faults(rule, "E--- E-") == [(0, 1, 2, 1)]


def test_hours_of_the_week_before_the_horizon_belong_to_it():
    frame = frame_of("EEE-", first_weekday=3)
    rule = Count(limited(weeks(frame), most=FORTY_H), PAID_MIN, name="week")

    assert faults(rule, "EEE-", before("EEE"), first_weekday=3) == [(0, 48 * 60, FORTY_H, 480)]
    assert faults(rule, "EEE-", before("", week=17 * 60), first_weekday=3) == [(0, 41 * 60, FORTY_H, 60)]
    assert faults(rule, "EEE-", before("", week=16 * 60), first_weekday=3) == []


def test_what_history_has_overdrawn_is_not_charged_again():
    rule = Count((Period(-3, 4, most=4),), SHIFTS, name="week")

    assert faults(rule, "----", before("", week=6)) == []
    assert faults(rule, "E---", before("", week=6)) == [(0, 7, 4, 1)]


def test_softly_counted_minutes_off_the_grain_are_refused_with_the_way_out():
    frame = frame_of("EEE")
    soft = Count(limited(whole(frame), most=FORTY_H), Measure(Unit.PAID_MIN, "day"), Weight(1.0), "hours")
    history = before("", hours=2347)

    with pytest.raises(PlanningError, match=r"History\.counts of hours is 2347; expected a multiple of 240"):
        soft.start(frame, history)
    finer = Count(soft.periods, soft.measure, soft.weight, "hours", grain=1)
    assert faults(finer, "EEE", history) == [(0, 2347 + 1440, FORTY_H, 1387)]


def test_a_cap_on_nights_counts_what_touches_the_night_or_bears_its_name():
    by_clock = Measure(Unit.CLOCK_SHIFTS, clock=(1320, 1800), least_min=120)
    month = blocks(frame_of("NNLLE"), 5)

    assert faults(Count(limited(month, most=1), by_clock), "NNLLE") == [(0, 2, 1, 1)]
    assert faults(Count(limited(month, most=1), Measure(tag="night")), "NNLLE") == [(0, 2, 1, 1)]
    assert faults(Count(limited(month, most=600), Measure(Unit.CLOCK_MIN, clock=(1320, 1800))), "NNLLE") == [
        (0, 2 * 480 + 2 * 60, 600, 480)
    ]


def test_overtime_pay_is_a_count_with_a_price():
    # 30 yuan an hour: 150 % beyond 40 h a week, 200 % on Saturday and Sunday, each as what comes on top of the hour
    frame = frame_of("EEEEEEE")
    week = Count(limited(weeks(frame), most=FORTY_H), PAID_MIN, Weight(0.5 * 30 / 60))
    rest_days = Count(limited(each_date(frame), most=0), PAID_MIN, Weight(1.0 * 30 / 60), dates=frozenset({5, 6}))

    assert week.penalty(frame, read("EEEEEEE")) == 16 * 0.5 * 30
    assert rest_days.penalty(frame, read("EEEEEEE")) == 16 * 30


def test_days_off_in_any_seven_dates():
    rule = RollingCount(7, least=2, measure=FREE_DATES)

    assert faults(rule, "-EEEEEE -EEEEEE") == [(last, 1, 2, 1) for last in range(6, 14)]
    assert faults(rule, "-EEEEE- -EEEEE-") == []


def test_six_working_dates_in_any_seven_need_seven_states():
    rule = RollingCount(7, most=6)

    assert rule.automaton(frame_of("E" * 14)).states == 7  # 0 to 6 on end
    assert faults(rule, "EEE-", before("EEEE")) == [(2, 7, 6, 1)]


def test_windows_count_hours_that_reach_back_into_history():
    rule = RollingCount(3, most=16 * 60, measure=PAID_MIN)

    assert faults(rule, "EE", before("E")) == [(1, 24 * 60, 16 * 60, 480)]


def test_a_history_that_overdrew_its_window_does_not_make_the_future_impossible():
    rule = RollingCount(7, most=4)

    assert faults(rule, "---E---", before("EEEEEE")) == []
    assert faults(rule, "E------", before("EEEEEE")) == [(last, 5, 4, 1) for last in (0, 1, 2)]


def test_a_window_of_too_many_states_is_refused():
    rule = RollingCount(28, most=9600, measure=PAID_MIN)

    with pytest.raises(PlanningError, match="expected at most 20000; shorten the window"):
        rule.automaton(frame_of("E" * 28))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Period(0, 7, 3, 2), r"Period\.least is 3; expected at most 2"),
        (lambda: Period(3, 3), r"Period\.end is 3"),
        (lambda: Count((Period(0, 7), Period(6, 14))), r"Count\(count\)\.periods is 6"),
        (lambda: RollingCount(0, most=1), r"RollingCount\(rolling_count\)\.length is 0"),
        (lambda: Weight(-1.0), r"Weight\.per_unit is -1"),
    ],
)
def test_limits_that_make_no_sense_are_refused(make, message):
    with pytest.raises(PlanningError, match=message):
        make()
