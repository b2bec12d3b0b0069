"""Rules about the team: presence, mentors, people away or on call, common starts, fair shares."""

import numpy as np
import pytest
from drawn_rules.lines import DUTIES, read
from drawn_rules.team_agreeing import a_team_case, team_disagreements

from scenarios import PlanningError
from scheduler.rules import (
    HARD,
    Attendance,
    Fairness,
    FairWeekends,
    Frame,
    HeadCount,
    Measure,
    Presence,
    Together,
    Weight,
    whole_duties,
)

SEEDS = range(8)
CASES_EACH = 40


@pytest.mark.parametrize("seed", SEEDS)
def test_the_three_readings_of_drawn_team_rules_agree(seed):
    cases = [a_team_case([seed, number]) for number in range(CASES_EACH)]

    assert [team_disagreements(*case) for case in cases] == [[]] * CASES_EACH


def told(rule, *lines, first_weekday=0):
    """Return the faults of a roster once all readings agree on it."""
    roster = np.array([read(line) for line in lines])
    frame = Frame(DUTIES, roster.shape[1], first_weekday)
    assert team_disagreements(frame, rule, roster) == []
    return [(fault.date, fault.found, fault.allowed, fault.units) for fault in rule.faults(frame, roster)]


def opening(first_h, end_h, dates=1, least=1):
    """A least in every hour of the opening of each date."""
    asked = np.zeros(dates * 24, dtype=np.int64)
    for date in range(dates):
        asked[date * 24 + first_h : date * 24 + end_h] = least
    return asked


def hourly(least, holders, beside=()):
    at = whole_duties(Frame(DUTIES, len(least) // 24), 60)  # the last night goes on after the horizon
    return Presence(holders, np.append(least, np.zeros(at.steps - len(least), dtype=np.int64)), at, beside)


def test_a_lead_is_missing_in_the_hours_between_two_shifts():
    # the early lead leaves at 17:00, the late one would have come at 14:00 but is no lead
    assert told(hourly(opening(8, 20), holders=(0,)), "E", "L") == [(0, 0, 1, 3)]
    assert told(hourly(opening(8, 20), holders=(0, 1)), "E", "L") == []


def test_a_trainee_works_only_while_a_mentor_does():
    rule = hourly(opening(0, 24), holders=(0,), beside=(1,))

    assert told(rule, "E", "E") == []
    assert told(rule, "-", "-") == []
    assert told(rule, "E", "L") == [(0, 0, 1, 6)]  # alone from 17:00 to 23:00


def test_who_has_a_break_is_not_there():
    first, at = np.array([0, 2, 2, 2, 2]), np.array([8, 10])  # early: present at 8 and 10, gone at 9
    rule = Presence((0,), opening(8, 11), Attendance(24, 60, first, at))
    frame = Frame(DUTIES, 1)

    assert [(fault.steps, fault.units) for fault in rule.faults(frame, np.array([[0]]))] == [((9, 10), 1)]


def test_missing_people_of_the_night_are_told_under_their_own_date():
    rule = hourly(opening(22, 24, dates=2), holders=(0,))

    assert told(rule, "--") == [(0, 0, 1, 2), (1, 0, 1, 2)]


def test_at_most_one_of_two_is_away_at_once():
    assert told(HeadCount((0, 1), least=(1, 1, 1)), "E-E", "--L") == [(1, 0, 1, 1)]


def test_one_person_holds_the_night_on_call():
    assert told(HeadCount((0, 1, 2), (1, 1), (1, 1), tag="night"), "NE", "NE", "--") == [(0, 2, 1, 1), (1, 0, 1, 1)]


def test_a_team_that_starts_together_counts_who_does_not():
    assert told(Together((0, 1, 2)), "EE-", "EL-", "LLE") == [(0, 1, 0, 1), (1, 1, 0, 1)]


def test_fair_nights_count_those_of_the_past():
    rule = Fairness((0, 1), ((Measure(tag="night"), None),), Weight(10.0), before=(3, 0))

    assert told(rule, "---", "NNN") == []
    # five in all, three are the mean: four are one above it; five two, at 1 + 2
    assert told(rule, "N--", "N--") == [(None, 4, 3, 1)]
    assert told(rule, "NN-", "---") == [(None, 5, 3, 3)]


def test_fair_weekends_count_each_once():
    rule = FairWeekends((0, 1), Weight(1.0))

    assert told(rule, "-----EE", "-------") == []
    assert told(rule, "-----EE-----E-", "-" * 14) == [(None, 2, 1, 1)]


def test_the_price_of_a_lead_is_what_the_others_leave_missing():
    rule = hourly(opening(8, 20), holders=(0, 1))
    roster = np.array([read("E"), read("-")])

    assert rule.marginal(Frame(DUTIES, 1), roster, 1).tolist() == [[0, 0, -3, 0, 0]]  # late: 17:00 to 20:00
    assert rule.weight is HARD


def test_limits_that_make_no_sense_are_refused():
    with pytest.raises(PlanningError, match=r"HeadCount\(head_count\)\.least is 2; expected at most 1"):
        HeadCount((0,), (2,), (1,))
    with pytest.raises(PlanningError, match=r"Presence\(presence\)\.least is of shape \(24,\); expected \(30,\)"):
        Presence((0,), opening(8, 20), whole_duties(Frame(DUTIES, 1), 60))
