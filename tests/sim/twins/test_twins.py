"""The readable and the compiled floor are twins: every number is the same, on a thousand floors full of ties."""

import pytest
from slow_reference.days import a_floor
from slow_reference.dice import Dice
from slow_reference.differ import differences
from slow_reference.shops import LARGE_CALLS
from twin_floors import playing
from twin_floors.counting import Count

from sim.compiled import CompiledFloor
from sim.compiled.calls import calls_plan_of
from sim.model import play_full
from sim.readable.calls import is_calls_only, play_calls

CALLS_FLOORS = 60
DRAWN_USES = {
    "kept by the bot", "absence", "missorted", "messages", "beyond the cap", "transfer", "affinity", "needs tenure",
    "raised", "wider", "ticket changes hands", "ticket interrupted, resumed by the same agent", "cause REDIAL",
    "cause MESSAGE", "cause RECONTACT", "cause ESCALATION", "cause TRANSFER", "cause DEPARTMENT", "cause TICKET",
    "cause REOPENED", "late breaks whole", "choice not_typing_first", "choice fastest", "choice weighted",
}  # fmt: skip
"""What the night with every mechanism must really use."""


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(playing.CHUNKS))
def test_the_compiled_floor_leaves_the_numbers_of_the_readable_one(chunk):
    """On each floor at least half of the events tie; every mechanism is used on at least a fifth of them."""
    count = Count()
    for twins in playing.chunk_of_twins(chunk):
        assert twins.differing == {}, twins.seed
        if twins.is_tied():
            assert twins.trace.roots >= playing.CONTACTS_LEAST
            assert len(twins.scenario.groups) >= playing.GROUPS_LEAST
            count.see(twins)
    assert count.floors == playing.FLOORS_PER_CHUNK
    assert count.tied_least >= playing.TIED_LEAST
    assert count.rare(count.there) == {}
    assert count.rare(count.used) == {}


@pytest.mark.slow
def test_nights_drawn_by_their_laws_are_the_same_on_both_engines():
    count = Count()
    for twins in playing.drawn_twins():
        assert twins.differing == {}, twins.seed
        assert twins.trace.roots >= playing.CONTACTS_LEAST
        count.see(twins)
    assert {
        name: count.used[name] for name in DRAWN_USES if count.used[name] < playing.THERE_LEAST * count.floors
    } == {}


@pytest.mark.slow
def test_all_floors_that_can_play_a_day_of_calls_leave_the_same_numbers():
    for seed in range(CALLS_FLOORS):
        scenario, trace, staff = floor = a_floor(Dice(20_000 + seed), LARGE_CALLS)
        readable = play_full(*floor)

        assert is_calls_only(*floor)
        for twin in (
            play_calls(*floor), CompiledFloor(scenario).play_full(trace, staff),
            calls_plan_of(scenario).play(trace, staff),
        ):  # fmt: skip
            assert differences(readable, twin) == {}, seed
