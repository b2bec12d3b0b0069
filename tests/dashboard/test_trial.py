"""A trial compares the planned people on two versions of the same days."""

import json
import math

import numpy as np
import pytest

from dashboard.levers import Levers
from dashboard.outcome import TrialOutcome, differences
from dashboard.people import ExtraPeople
from dashboard.trial import (
    KIND,
    Source,
    TrialOrder,
    baseline_key,
    compare,
    planned_people,
    run_trial,
    workers_for,
)
from scenarios import PlanningError, expected_demand
from scenarios.progress import silent
from scheduler.store import JobState


@pytest.fixture
def outcome(source, tiny, store):
    """Twice the orders for the derived people, on ten days a side."""
    order = TrialOrder(source, Levers(orders_factor=2.0), replications=10)
    return compare(order, planned_people(tiny, store), silent)


def test_order_and_outcome_survive_json(source, outcome):
    order = TrialOrder(source, Levers(0.9, 0.1, None, 0.5, 2, 0.2), 1, ExtraPeople(2, "chat", 0, 5), 12)

    assert TrialOrder.from_parameters(json.loads(json.dumps(order.parameters()))) == order
    assert TrialOutcome.from_json(json.loads(json.dumps(outcome.as_json(), allow_nan=False))) == outcome


def test_twice_the_orders_lower_the_share_in_time(outcome):
    (before,), (after,) = outcome.unchanged.dates, outcome.changed.dates
    (difference,) = outcome.difference

    assert after["offered"] > 1.5 * before["offered"]
    assert after["share"] < before["share"]
    assert difference["share"] == pytest.approx(after["share"] - before["share"])
    assert difference["share_low"] <= difference["share"] <= difference["share_high"]


def test_the_same_order_gives_the_same_numbers(source, tiny, store, outcome):
    again = compare(TrialOrder(source, Levers(orders_factor=2.0), replications=10), planned_people(tiny, store), silent)

    assert again == outcome


def test_when_no_lever_moves_both_sides_are_one(source, tiny, store):
    outcome = compare(TrialOrder(source, replications=5), planned_people(tiny, store), silent)

    assert outcome.changed == outcome.unchanged
    assert [row["share"] for row in outcome.difference] == [0.0]


def test_every_open_interval_has_its_share_between_its_bounds(outcome):
    rows = outcome.unchanged.intervals

    assert [row["time"][11:16] for row in rows] == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    assert all(row["low"] <= row["share"] <= row["high"] for row in rows)
    assert all("+" not in row["time"] for row in rows), "a time with a zone would be drawn in the browser's"


def test_people_at_work_stand_beside_the_service(tiny, outcome):
    people = {(row["group"], row["time"][11:16]): row["people"] for row in outcome.unchanged.people}

    assert people["phone", "08:30"] == 0
    assert people["phone", "09:00"] >= 1
    assert {row["group"] for row in outcome.unchanged.groups} == {"phone", "chat"}
    assert all(0 < row["occupancy"] <= 1 for row in outcome.unchanged.groups)


def test_a_later_trial_takes_over_the_unchanged_side(source, stored):
    parameters = TrialOrder(source, Levers(orders_factor=2.0), replications=5).parameters()
    first = run_trial(parameters, stored, silent)
    job = stored.jobs.add(KIND, parameters)
    stored.jobs.finish(job.id, first)
    told = []

    later = TrialOrder(source, Levers(orders_factor=0.5), replications=5).parameters()
    second = run_trial(later, stored, lambda stage, done, total: told.append((stage, done, total)))

    assert stored.jobs.get(job.id).state is JobState.DONE
    assert second["unchanged"] == first["unchanged"]
    assert told[-1] == ("simulate", 5, 5), "only the changed side is played"
    assert second["version"] == 1


def test_the_baseline_key_tells_rosters_and_numbers_of_days_apart(tiny, stored, store):
    planned = planned_people(tiny, stored)
    from dataclasses import replace

    thinner = replace(planned, roster=type(planned.roster)(planned.roster.assignments[1:]))
    keys = {baseline_key(planned, 5), baseline_key(planned, 6), baseline_key(thinner, 5)}
    assert len(keys) == 3


def test_fewer_part_timers_and_more_absence_cost_service(source, tiny, stored):
    planned = planned_people(tiny, stored)
    order = TrialOrder(source, Levers(absence_share=0.3), rostered_part_timers=0, replications=20)

    outcome = compare(order, planned, silent)

    assert outcome.part_timers == 2
    assert outcome.difference[0]["share_high"] < 0


def test_paired_differences_are_exact_where_one_side_is_the_other_shifted():
    rows = {"target": "t", "date": "2026-11-10", "offered": [10, 10, 10]}
    (said,) = differences([rows | {"in_time": [5, 6, 7]}], [rows | {"in_time": [4, 5, 6]}])

    assert said["share"] == pytest.approx(-0.1)
    assert said["share_high"] - said["share_low"] == pytest.approx(0.0, abs=1e-12)


def test_a_day_without_contacts_has_no_difference():
    rows = {"target": "t", "date": "2026-11-10", "offered": [0, 0], "in_time": [0, 0]}
    (said,) = differences([rows], [rows])

    assert said["share"] is None
    assert not math.isnan(np.float64(said["share"] or 0))


def test_a_file_that_extends_the_library_is_read_from_its_text():
    own = Source("mine.toml", 'schema = 1\nextends = "quiet_day"\nname = "mine"\nseed = 99\n')

    assert (own.load().name, own.load().seed) == ("mine", 99)


@pytest.mark.parametrize("days", [0, 1001])
def test_more_days_than_a_night_can_play_are_refused(source, days):
    with pytest.raises(PlanningError, match="replications"):
        TrialOrder(source, replications=days)


def test_only_large_trials_start_processes(tiny):
    forecast = expected_demand(tiny)

    assert workers_for(forecast, 10) == 1
    assert workers_for(forecast, 1000) > 1
