"""Whom a trial sends to the floor."""

import numpy as np
import pytest

from dashboard.people import (
    DERIVED,
    ExtraPeople,
    add_people,
    busiest_window,
    keep_part_timers,
    part_timers,
    people_for,
    stored_version,
)
from dashboard.trial import planned_people
from scenarios import Requirement, Roster, expected_demand
from scheduler.rostering import coverage
from scheduler.staffing import first_guess, with_absence
from scheduler.store import RosterState


def test_derived_people_fill_the_positions_asked_for(tiny):
    positions = np.zeros((tiny.horizon.intervals, 2))
    positions[18:24, 0] = [1, 2, 3, 3, 2, 1]
    positions[18:24, 1] = 2
    requirement = Requirement(tiny.horizon, ("phone", "chat"), positions)

    planned = people_for(tiny, expected_demand(tiny), requirement)

    assert coverage(tiny.horizon, ("phone", "chat"), planned.roster) == pytest.approx(positions)
    assert {agent.contract for agent in planned.scenario.agents} == {DERIVED}
    assert planned.version is None


def test_derived_people_work_at_their_groups_mean_pace(tiny, store):
    planned = planned_people(tiny, store)

    pace = {agent.skills: agent.tenure_factor for agent in planned.scenario.agents}
    assert pace == {("phone",): pytest.approx((3 * 1.0 + 2 * 1.2) / 5), ("chat",): 1.0}


def test_without_a_stored_roster_people_are_the_first_guess_and_those_absence_takes(tiny, store):
    planned = planned_people(tiny, store)

    wanted = with_absence(tiny, first_guess(tiny, expected_demand(tiny))).positions
    assert coverage(tiny.horizon, ("phone", "chat"), planned.roster) == pytest.approx(np.rint(wanted))


def test_the_published_roster_comes_before_newer_drafts(tiny, stored, roster):
    planned = planned_people(tiny, stored)

    assert planned.roster == roster
    assert (planned.version.version, planned.version.state) == (1, RosterState.PUBLISHED)


def test_a_roster_for_other_dates_is_not_used(tiny, stored):
    from dataclasses import replace

    moved = replace(tiny, horizon=replace(tiny.horizon, first_date=tiny.horizon.first_date.replace(day=12)))

    assert stored_version(stored, moved) is None


def test_only_so_many_part_timers_come(tiny, roster):
    assert part_timers(tiny, roster) == ("helper-01", "helper-02")
    assert part_timers(tiny, keep_part_timers(tiny, roster, 1)) == ("helper-01",)
    assert len(keep_part_timers(tiny, roster, 0).agents) == 5


def test_extra_people_sit_through_their_hours(tiny, roster):
    horizon = tiny.horizon
    extra = ExtraPeople(2, "chat", horizon.days[0].opens_us, horizon.days[0].opens_us + horizon.interval_us)

    widened, with_them = add_people(tiny, roster, extra)

    more = coverage(horizon, ("phone", "chat"), with_them) - coverage(horizon, ("phone", "chat"), roster)
    assert more[18] == pytest.approx([0, 2])
    assert more.sum() == pytest.approx(2)
    assert set(with_them.agents) <= {agent.name for agent in widened.agents}
    assert add_people(tiny, roster, ExtraPeople(0, "chat", 0, 1)) == (tiny, roster)


def test_the_busiest_window_holds_the_most_work(tiny):
    forecast = expected_demand(tiny)
    start_us = busiest_window(tiny, forecast, 1)

    hours = [forecast.expected[n : n + 2].sum() for n in range(18, 23)]
    assert start_us == (18 + int(np.argmax(hours))) * tiny.horizon.interval_us


def test_nobody_is_a_part_timer_in_an_empty_roster(tiny):
    assert part_timers(tiny, Roster(())) == ()
