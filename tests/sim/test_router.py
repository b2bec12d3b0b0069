"""A router of your own picks the agent."""

import pytest

from scenarios import NOBODY, Group, PlanningError, Serve
from sim.engine import Engine, simulate
from sim.model import Candidate, Waiting

ALL_DAY = [[(0, 24 * 3600)]]


class Noting:
    """Takes the last of the candidates and notes what it was shown."""

    def __init__(self):
        self.asked = []

    def choose(self, contact, candidates, now_us):
        self.asked.append((contact, candidates, now_us))
        return candidates[-1].agent


class Stubborn:
    def choose(self, *_):
        return 7


def test_the_router_is_asked_instead_of_the_choice_of_the_group(scenario, trace, staff):
    router = Noting()
    people = staff(ALL_DAY, {"shifts": ALL_DAY, "tenure": 1.5})
    log = simulate(scenario(), trace((0, 10), (5, 10), (7, 1)), people, engine=Engine.COMPILED, router=router).log

    # The last in line first; then the other one is left; the third waits until 15, when he is taken unasked.
    assert log.agent.tolist() == [1, 0, 0]
    assert [[shown.agent for shown in candidates] for _, candidates, _ in router.asked] == [[0, 1], [0]]
    assert router.asked[0][0] == Waiting(0, 0, 0, 0, 0, 0, offered_us=0, joined_us=0)
    assert router.asked[1] == (
        Waiting(1, 1, 0, 0, 0, 0, offered_us=5_000_000, joined_us=5_000_000), (Candidate(0, 0, 1.0, typing=False),),
        5_000_000,
    )  # fmt: skip


def test_the_router_sees_slots_and_who_is_typing(scenario, talk, trace, staff):
    router = Noting()
    floor = scenario([talk()], [Group("g", (), (Serve("chat"),), 2)])
    rows = trace({"at": 0, "rounds": [10], "hold": 90}, {"at": 5, "rounds": [1]}, {"at": 8, "rounds": [1]})
    log = simulate(floor, rows, staff(ALL_DAY, ALL_DAY), router=router).log

    # In order of standing in: the first agent, then the second, who took the first chat and stands behind him.
    assert [[(one.agent, one.slots_open, one.typing) for one in candidates] for _, candidates, _ in router.asked] == [
        [(0, 0, False), (1, 0, False)],
        [(0, 0, False), (1, 1, True)],
        [(0, 0, False)],
    ]
    assert log.agent.tolist() == [1, 1, 0]


def test_a_router_that_names_somebody_else_is_refused(scenario, trace, staff):
    with pytest.raises(PlanningError, match=r"Stubborn\.choose is 7"):
        simulate(scenario(), trace((0, 10)), staff(ALL_DAY), router=Stubborn())


def test_nobody_is_asked_where_nobody_is_free(scenario, trace, staff):
    router = Noting()
    log = simulate(scenario(), trace({"at": 0, "work": 10, "patience": 5}), staff(), router=router).log

    assert (log.agent.tolist(), router.asked) == ([NOBODY], [])
