"""A router of your own picks the agent."""

from dataclasses import replace

import numpy as np
import pytest

from scenarios import NOBODY, Group, PlanningError, Serve
from sim import Precision, Side, compare, replicate, replicate_digests, replicate_runs, replicate_until, staff_always_on
from sim.engine import Engine, simulate
from sim.model import Candidate, Waiting

ALL_DAY = [[(0, 24 * 3600)]]
KEY = {"seed": 3, "purpose": "router"}


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


# Studies with a router of one's own: a fresh one for every replication, whoever computes.


class FirstInLine:
    """What the groups do by themselves: whoever has been idle longest."""

    def choose(self, _contact, candidates, _now_us):
        return candidates[0].agent


def fairest():
    """Return a class no worker can import: it remembers who has taken how much, so that a day left over would show."""

    class Fairest:
        def __init__(self):
            self.taken = {}

        def choose(self, _contact, candidates, _now_us):
            agent = min(candidates, key=lambda one: (self.taken.get(one.agent, 0), one.agent)).agent
            self.taken[agent] = self.taken.get(agent, 0) + 1
            return agent

    return Fairest


@pytest.fixture(scope="module")
def day(scenario, kind, forecast):
    """A shop of one group: four quick people and four slow ones take calls for a morning."""
    floor = scenario([kind("call")], hours=((8, 12),))
    people = staff_always_on(floor, {"g": 8})
    slow = replace(people, tenure_factor=np.repeat([1.0, 2.0], 4))
    return floor, forecast(floor, 6.0), slow


@pytest.mark.parametrize("conduct", [
    {"workers": 2, "backend": "threads"},
    {"workers": 2, "backend": "processes"},
    {"workers": 2},
])  # fmt: skip
def test_a_study_with_a_router_of_your_own_does_not_depend_on_who_computes_it(day, conduct):
    alone = replicate(*day, replications=6, **KEY, router=fairest())

    assert replicate(*day, replications=6, **KEY, router=fairest(), **conduct).equals(alone)
    assert not alone.equals(replicate(*day, replications=6, **KEY))


def test_no_router_remembers_the_day_of_another(day):
    router = fairest()
    together = replicate_digests(*day, replications=3, **KEY, router=router)
    one_by_one = [replicate_digests(*day, replications=1, first=number, **KEY, router=router) for number in range(3)]

    assert [digest for (digest,) in one_by_one] == list(together)


def test_a_router_that_does_what_the_groups_do_changes_nothing(day):
    assert replicate_digests(*day, replications=2, **KEY, router=FirstInLine) == replicate_digests(
        *day, replications=2, **KEY
    )
    runs = replicate_runs(*day, replications=2, **KEY, router=FirstInLine)
    ours = replicate_runs(*day, replications=2, **KEY)
    assert all(np.array_equal(run.log.agent, other.log.agent) for run, other in zip(runs, ours, strict=True))


def test_two_routers_are_compared_on_the_same_days(day):
    """Spreading the calls over slow and quick alike takes more work than leaving them to whoever is quick."""

    class Quickest:
        def choose(self, _contact, candidates, _now_us):
            return min(candidates, key=lambda one: one.tenure_factor).agent

    found = compare(Side(*day), Side(*day, Quickest), replications=8, **KEY)
    work = found.find("work_s", "call").difference

    assert work.high < 0.0
    assert found.find("offered", "call").difference.value == 0.0
    same = compare(Side(*day, Quickest), Side(*day, Quickest), replications=2, **KEY)
    assert {row.difference.value for row in same.differences} == {0.0}


def test_precision_is_asked_of_a_router_of_your_own_too(day):
    asked = Precision("asa_s", "call", 1e9, least=3, look_ahead=0)
    found = replicate_until(*day, asked, **KEY, router=fairest())

    assert found.study.equals(replicate(*day, replications=3, **KEY, router=fairest()))
