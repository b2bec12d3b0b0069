"""The readable and the compiled floor are twins: every number is the same, on a thousand floors full of ties."""

import pytest

from sim.calls_model import is_calls_only, play_calls
from sim.compiled import CompiledFloor
from sim.compiled.calls import calls_plan_of
from sim.model import play_full

CHUNKS, FLOORS_PER_CHUNK = 8, 125
CALLS_FLOORS = 60
CONTACTS_LEAST = 300
TIED_LEAST = 0.5
"""At least half of all events fall on the same µs as another one: order is what twins can differ in."""
THERE_LEAST = 0.2
"""Every mechanism is in at least so many of the floors, and is really used in as many."""


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_the_compiled_floor_leaves_the_numbers_of_the_readable_one(chunk, seeded_floor, differences, count):
    for seed in range(chunk * FLOORS_PER_CHUNK, (chunk + 1) * FLOORS_PER_CHUNK):
        scenario, trace, staff = floor = seeded_floor(10_000 + seed, "LARGE")
        readable, compiled = play_full(*floor), CompiledFloor(scenario).play_full(trace, staff)

        assert trace.roots >= CONTACTS_LEAST
        assert differences(readable, compiled) == {}, seed
        count.see(floor, readable)
    assert count.tied >= TIED_LEAST * count.events
    assert count.rare(count.there, THERE_LEAST) == {}
    assert count.rare(count.used, THERE_LEAST) == {}


@pytest.mark.slow
def test_all_floors_that_can_play_a_day_of_calls_leave_the_same_numbers(seeded_floor, differences):
    for seed in range(CALLS_FLOORS):
        scenario, trace, staff = floor = seeded_floor(20_000 + seed, "LARGE_CALLS")
        readable = play_full(*floor)

        assert is_calls_only(*floor)
        for twin in (
            play_calls(*floor), CompiledFloor(scenario).play_full(trace, staff),
            calls_plan_of(scenario).play(trace, staff),
        ):  # fmt: skip
            assert differences(readable, twin) == {}, seed
