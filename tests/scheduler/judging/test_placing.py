"""Open groups and breaks go where they hurt least."""

from dataclasses import replace

import numpy as np

from scenarios import Break
from scheduler.judging.placing import completed

from .conftest import HOUR_US, reading_of, shift


def test_a_break_avoids_the_hours_that_need_people(corner, wanted):
    requirement = wanted(1)
    positions = requirement.positions.copy()
    positions[13, 0] = 0.0  # nobody is needed at the desk from 13:00 to 14:00
    reading = reading_of(corner, [shift("李娜", 10, template="whole")])
    reading = replace(reading, shifts=(replace(reading.shifts[0], breaks=None),))
    roster, notes = completed(reading, replace(requirement, positions=positions))

    assert roster.assignments[0].breaks == (Break(13 * HOUR_US, 14 * HOUR_US, paid=False),)
    assert [(note.key, dict(note.facts)) for note in notes] == [("grid.breaks_placed", {"count": 1})]


def test_a_shift_without_a_group_sits_where_people_are_missing(corner, wanted):
    rows = [shift("王芳", 10), shift("赵敏", 10), shift("pool-1", 10)]
    reading = reading_of(corner, rows)
    open_ones = tuple(replace(row, groups=("desk", "online")) for row in reading.shifts[1:])
    reading = replace(reading, shifts=(reading.shifts[0], *open_ones))
    roster, notes = completed(reading, wanted(1, 2))

    assert {row.agent: row.group for row in roster.assignments} == {
        "王芳": "desk",
        "赵敏": "online",
        "pool-1": "online",
    }
    assert [dict(note.facts) for note in notes if note.key == "grid.groups_chosen"] == [{"count": 2}]


def test_what_the_grid_tells_is_left_as_it_is(corner, wanted):
    pause = (Break(15 * HOUR_US, 16 * HOUR_US, paid=False),)
    rows = [shift("李娜", 10, template="whole", breaks=pause), shift("王芳", 14)]
    roster, notes = completed(reading_of(corner, rows), wanted(3))

    assert roster.assignments == tuple(sorted(rows, key=lambda row: row.agent))
    assert notes == ()


def test_a_shift_shorter_than_its_template_gets_no_break_outside_it(corner, wanted):
    reading = reading_of(corner, [shift("李娜", 10, template="whole", hours=3)])
    reading = replace(reading, shifts=(replace(reading.shifts[0], breaks=None),))
    roster, _ = completed(reading, wanted(1))

    assert roster.assignments[0].breaks == ()
    assert np.array_equal(roster.assignments[0].work_spans, [(10 * HOUR_US, 13 * HOUR_US)])
