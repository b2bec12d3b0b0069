"""Columns of a day: every shift with its breaks."""

from dataclasses import replace

import numpy as np
import pytest

from scenarios import US_PER_MIN, PlanningError, Scenario, ShiftTemplate
from scheduler.loop.bed import CallBed
from scheduler.loop.columns import anonymous_roster, day_columns
from sim import staff_from_roster


def test_every_start_and_place_of_breaks_is_a_column(scenario: Scenario):
    # short: starts 9:00 to 12:00 by half-hours, 7; long: 9:00 to 11:00, 5, each with a break after 90, 105 or 120 min.
    columns = day_columns(scenario)
    assert len(columns) == 7 + 5 * 3
    assert len(set(columns.kind.tolist())) == 7 + 5
    assert columns.paid_h.tolist() == [3.0] * 7 + [3.5] * 15


def test_a_column_is_at_work_but_for_its_breaks(scenario: Scenario):
    columns = day_columns(scenario)
    number = columns.templates.index("long")
    begins = columns.start_us[number] // (15 * US_PER_MIN)
    at_work = columns.at_work[begins : begins + 16, number]
    assert at_work.tolist() == [1.0] * 6 + [0.0] * 2 + [1.0] * 8
    assert columns.at_work[:, number].sum() == 14


def test_where_breaks_make_too_many_columns_they_start_more_rarely(scenario: Scenario):
    assert len(day_columns(scenario, columns_max=18)) == 7 + 5 * 2


def test_no_shift_inside_the_opening_hours_is_refused(scenario: Scenario):
    night = ShiftTemplate("short", 180, 20 * 60, 20 * 60), ShiftTemplate("long", 240, 20 * 60, 20 * 60)
    with pytest.raises(PlanningError, match="shift_templates"):
        day_columns(replace(scenario, shift_templates=night))


def test_the_roster_of_counts_is_the_staff_of_counts(bed: CallBed):
    counts = np.zeros(len(bed.columns), dtype=np.int64)
    counts[[0, 8, 12]] = 2, 1, 3
    everybody, roster = anonymous_roster(bed.scenario, bed.columns, counts)
    staff, rostered = bed.columns.staff(counts), staff_from_roster(everybody, roster)
    assert staff.spans == rostered.spans
    assert staff.shift_ends == rostered.shift_ends
    assert bed.columns.people(counts).sum() * 0.25 == pytest.approx(6 * 3.0 + 4 * 0.5)
