"""Attempts that follow answers, counted before anything is simulated."""

import numpy as np
import pytest

from scenarios import Channel, FollowUp, FollowUpKind, Law, LawKind
from sim.formulas.flows import attempts_with_follow_ups

LATER = Law(LawKind.CONSTANT, 1800.0)


def test_a_tenth_that_comes_again_makes_a_geometric_series_cut_at_the_longest_chain(scenario, kind):
    again = FollowUp(FollowUpKind.RECONTACT, 0.1)
    floor = scenario([kind(follow_ups=(again,))], attempts_max=3)
    offered = np.zeros((floor.horizon.intervals, 1))
    offered[4] = 100.0

    assert attempts_with_follow_ups(floor, offered)[4, 0] == pytest.approx(100 + 10 + 1)


def test_an_escalation_joins_the_senior_line_after_its_delay(scenario, kind):
    up = FollowUp(FollowUpKind.ESCALATION, 0.25, "senior", LATER)
    floor = scenario([kind(follow_ups=(up,)), kind("senior")])
    offered = np.zeros((floor.horizon.intervals, 2))
    offered[4, 0] = 80.0

    attempts = attempts_with_follow_ups(floor, offered)
    assert attempts[4].tolist() == [80.0, 0.0]
    assert attempts[6].tolist() == [0.0, 20.0]


def test_what_would_follow_live_after_closing_is_lost_and_a_ticket_is_not(scenario, kind):
    late = (FollowUp(FollowUpKind.RECONTACT, 0.5, "", LATER), FollowUp(FollowUpKind.TICKET, 0.5, "case", LATER))
    floor = scenario([kind(follow_ups=late), kind("case", Channel.TICKET)], hours=((8, 9),))
    offered = np.zeros((floor.horizon.intervals, 2))
    last = int(np.flatnonzero(floor.horizon.open_intervals())[-1])
    offered[last, 0] = 10.0

    attempts = attempts_with_follow_ups(floor, offered)
    assert attempts[:, 0].sum() == 10.0
    assert attempts[:, 1].sum() == (5.0 if last + 2 < floor.horizon.intervals else 0.0)
