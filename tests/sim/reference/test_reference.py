"""Every engine against the slow reference of the whole page, on random days with as many ties as possible."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.compiled import CompiledFloor
from sim.compiled.calls import calls_plan_of
from sim.model import play_full
from sim.readable.calls import is_calls_only, play_calls

SEEDS = {"TINY": 600, "TINY_CALLS": 300, "LARGE": 16, "LARGE_CALLS": 8}


def play_compiled(scenario, trace, staff):
    return CompiledFloor(scenario).play_full(trace, staff)


def play_compiled_calls(scenario, trace, staff):
    return calls_plan_of(scenario).play(trace, staff)


FULL, CALLS = (play_full, play_compiled), (play_calls, play_compiled_calls)


@pytest.mark.parametrize("play", FULL)
@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_the_full_floors_play_what_the_page_says(play, data, drawn_floor, reference, differences):
    floor = drawn_floor(data)

    assert differences(reference(*floor), play(*floor)) == {}


@pytest.mark.parametrize("play", CALLS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_the_calls_floors_play_what_the_page_says(play, data, drawn_floor, reference, differences):
    floor = drawn_floor(data, "TINY_CALLS")

    assert is_calls_only(*floor)
    assert differences(reference(*floor), play(*floor)) == {}


@pytest.mark.parametrize("size", SEEDS)
def test_many_days_are_what_the_page_says_and_keep_its_laws(size, seeded_floor, reference, differences, broken_laws):
    floors = (*FULL, *CALLS) if size.endswith("CALLS") else FULL
    for seed in range(SEEDS[size]):
        floor = seeded_floor(seed, size)
        said = reference(*floor)

        assert broken_laws(*floor, said) == [], seed
        for play in floors:
            assert differences(said, play(*floor)) == {}, (seed, play.__name__)
