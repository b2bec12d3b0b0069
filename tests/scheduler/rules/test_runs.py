"""Runs of dates: lengths, what comes in from before, and the conventions at the edges of the public formats."""

import pytest
from drawn_rules.lines import before, faults, frame_of

from scenarios import PlanningError
from scheduler.rules import Run, Weight


def test_the_sixth_date_on_end_is_one_too_many():
    assert faults(Run(most=5), "EELNHE- EEEEE--") == [(5, 6, 5, 1)]


def test_every_date_beyond_the_most_is_a_unit():
    assert faults(Run(most=2, weight=Weight(3.0)), "-EEEEE-") == [(5, 5, 2, 3)]


def test_the_run_that_comes_in_goes_on():
    assert faults(Run(most=5), "EEE----", before("-EEE")) == [(2, 6, 5, 1)]


def test_dates_beyond_the_most_before_the_horizon_are_not_charged_again():
    assert faults(Run(most=5), "E------", before("-EEEEEEE")) == [(0, 8, 5, 1)]
    assert faults(Run(most=5), "-------", before("-EEEEEEE")) == []


def test_single_days_off_are_too_short_inside_but_not_at_the_edges():
    rule = Run(least=2, free=True)

    assert faults(rule, "-EEE-EEE--EE-") == [(4, 1, 2, 1)]


def test_edges_can_be_held_to_the_least_as_well():
    rule = Run(least=2, free=True, first_judged=True, last_judged=True)

    assert faults(rule, "-EE--EE-") == [(0, 1, 2, 1), (7, 1, 2, 1)]


def test_a_run_that_history_began_is_held_to_its_whole_length():
    rule = Run(least=3)

    assert faults(rule, "E---", before("-E")) == [(0, 2, 3, 1)]
    assert faults(rule, "E---", before("E")) == []  # who knows how long it had lasted
    assert faults(rule, "----", before("-E")) == [(0, 1, 3, 2)]


def test_a_run_of_nights_knows_no_other_duty():
    assert faults(Run(most=2, tag="night"), "NNEN-NNN") == [(7, 3, 2, 1)]
    assert faults(Run(least=2, tag="night"), "NNE-NEEE", before("-")) == [(4, 1, 2, 1)]


def test_a_date_worked_on_a_duty_nobody_knows_counts_as_work_but_not_as_a_night():
    assert faults(Run(most=3), "EEE-", before("-?")) == [(2, 4, 3, 1)]
    assert faults(Run(most=2, tag="night"), "NN--", before("-?")) == []


def test_five_dates_on_end_need_six_states():
    assert Run(most=5).automaton(frame_of("E" * 28)).states == 6


def test_a_least_above_the_most_is_refused():
    with pytest.raises(PlanningError, match=r"Run\(run\)\.least is 4; expected at most 3"):
        Run(4, 3)
