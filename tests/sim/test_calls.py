"""Calls: who waits how long, who gives up, what closing does."""

import numpy as np
import pytest

from scenarios import AgentChoice, Group, PlanningError, Serve
from sim.engine import simulate

HOUR = 3600
ALL_DAY = [[(0, 24 * HOUR)]]


def test_the_second_of_two_callers_waits_until_the_only_agent_is_done(scenario, trace, staff, play):
    seen = play(scenario(), trace((0, 60), (10, 60)), staff(ALL_DAY))

    assert seen.waits == [0, 50]
    assert seen.ended == [60, 120]
    assert seen.busy == [120]


def test_impatient_contact_abandons_after_its_patience(scenario, trace, staff, play):
    seen = play(scenario(), trace((0, 60), {"at": 10, "work": 60, "patience": 30}, (20, 60)), staff(ALL_DAY))

    assert seen.outcomes == ["ANSWERED", "ABANDONED", "ANSWERED"]
    assert seen.ended[1] == 40
    assert seen.answered == [0, None, 60]


@pytest.mark.parametrize(("patience", "outcome"), [(50, "ANSWERED"), (49.999999, "ABANDONED")])
def test_who_would_leave_at_the_very_moment_an_agent_is_free_is_answered(
    patience, outcome, scenario, trace, staff, play
):
    seen = play(scenario(), trace((0, 60), {"at": 10, "work": 5, "patience": patience}), staff(ALL_DAY))

    assert seen.outcomes[1] == outcome


def test_callers_of_one_type_are_served_in_order_of_arrival(scenario, trace, staff, play):
    seen = play(scenario(), trace((0, 100), (1, 10), (1, 10), (2, 10)), staff(ALL_DAY))

    assert seen.answered == [0, 100, 110, 120]


def test_the_agent_idle_longest_takes_the_next_call(scenario, trace, staff, play):
    seen = play(scenario(), trace((0, 50), (10, 5), (20, 5), (70, 5)), staff(ALL_DAY, ALL_DAY, ALL_DAY))

    # 0 is busy until 50, 1 until 15, 2 until 25: at 70 number 1 has been idle longest.
    assert seen.agents == [0, 1, 2, 1]


def test_the_fastest_free_agent_takes_the_call_where_the_group_says_so(scenario, trace, staff, play):
    floor = scenario(groups=[Group("g", (), (Serve("call"),), choice=AgentChoice.FASTEST)])
    people = staff({"shifts": ALL_DAY, "tenure": 1.3}, {"shifts": ALL_DAY, "tenure": 1.0}, ALL_DAY)

    seen = play(floor, trace((0, 10), (1, 10), (2, 10)), people)
    assert seen.agents == [1, 2, 0]


def test_a_new_agent_takes_longer_by_his_tenure_factor(scenario, trace, staff, play):
    seen = play(scenario(), trace((0, 100)), staff({"shifts": ALL_DAY, "tenure": 1.3}))

    assert seen.ended == [130]


def test_who_still_waits_at_closing_is_closed_out(scenario, trace, staff, play):
    floor = scenario(hours=((8, 9),))
    patient = {"at": 9 * HOUR - 20, "work": 60, "patience": 500}
    impatient = {"at": 9 * HOUR - 20, "work": 60, "patience": 10}

    seen = play(floor, trace((9 * HOUR - 30, 60), patient, impatient), staff(ALL_DAY))
    assert seen.outcomes == ["ANSWERED", "CLOSED_OUT", "ABANDONED"]
    assert seen.ended == [9 * HOUR + 30, 9 * HOUR, 9 * HOUR - 10]


def test_nobody_is_answered_at_the_moment_of_closing(scenario, trace, staff, play):
    seen = play(scenario(hours=((8, 9),)), trace((9 * HOUR - 60, 60), (9 * HOUR - 30, 60)), staff(ALL_DAY))

    assert seen.outcomes == ["ANSWERED", "CLOSED_OUT"]


def test_who_is_handed_over_after_closing_is_closed_out_at_once(scenario, trace, staff, play):
    seen = play(scenario(hours=((8, 9),)), trace((9 * HOUR + 5, 60)), staff(ALL_DAY))

    assert (seen.outcomes, seen.ended) == (["CLOSED_OUT"], [9 * HOUR + 5])


def test_a_service_around_the_clock_does_not_close_at_midnight(scenario, trace, staff, play):
    floor = scenario(hours=((0, 24), (0, 24)))
    midnight = 24 * HOUR

    seen = play(floor, trace((midnight - 60, 100), (midnight - 30, 100)), staff([[(0, 2 * midnight)]]))
    assert seen.answered == [midnight - 60, midnight + 40]


def test_what_waits_at_closing_is_not_there_the_next_morning(scenario, trace, staff, play):
    floor = scenario(hours=((8, 9), (8, 9)))
    next_day = 32 * HOUR

    seen = play(floor, trace((9 * HOUR - 10, 60), (next_day, 60)), staff([[(next_day, next_day + HOUR)]]))
    assert seen.outcomes == ["CLOSED_OUT", "ANSWERED"]


def test_a_contact_the_bot_keeps_meets_nobody(scenario, trace, staff, play):
    seen = play(scenario(), trace({"at": 5, "work": 60, "contained": True}, (6, 60)), staff(ALL_DAY))

    assert seen.outcomes == ["BOT", "ANSWERED"]
    assert (seen.agents, seen.waits) == ([-1, 0], [None, 0])


def test_with_nobody_at_work_everybody_gives_up_or_is_closed_out(scenario, trace, staff, play):
    seen = play(scenario(), trace({"at": 5, "work": 60, "patience": 7}, (6, 60)), staff())

    assert seen.outcomes == ["ABANDONED", "CLOSED_OUT"]
    assert len(seen.busy) == 0


def test_a_trace_with_an_unknown_contact_type_is_refused(scenario, trace, staff):
    with pytest.raises(PlanningError, match=r"ContactTrace.contact_type is 3; expected one of: 0 \.\. 0"):
        simulate(scenario(), trace({"at": 0, "work": 1, "kind": 3}), staff(ALL_DAY))


def test_staff_of_an_unknown_group_are_refused(scenario, trace, staff):
    with pytest.raises(PlanningError, match=r"Staff.group is -1"):
        simulate(scenario(), trace((0, 1)), staff({"shifts": ALL_DAY, "group": -1}))


def test_columns_of_a_run_are_read_only(scenario, trace, staff, play):
    run = play(scenario(), trace((0, 60)), staff(ALL_DAY)).run

    for column in (run.played.busy_us, run.played.offered_us, run.due_us, run.log.answered_us):
        assert isinstance(column, np.ndarray)
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1
