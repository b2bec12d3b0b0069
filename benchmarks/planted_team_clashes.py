"""Teams that cannot fill one hour whoever works when, in nine ways."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from benchmarks.planted_clashes import MONDAY, sound_team
from scenarios import Agent, Available, Hours, Opening, Requirement, Scenario
from scheduler.rostering.clashes.parts import Bar
from scheduler.rostering.clashes.team import TeamClash
from scheduler.rostering.terms import date_at, groups_of

NOON, EVENING, NIGHT, DAWN = 12, 20, 23, 6
WEDNESDAY = 2


@dataclass(frozen=True, slots=True)
class TeamPlant:
    """One way to make an hour impossible to fill.

    Parameters
    ----------
    made
        The sound team with the clash planted.
    needs
        Positions by group, from the team.
    hour
        Of the Wednesday, on which alone anybody is wanted.
    named
        Whether a report names the clash.
    """

    name: str
    family: str
    made: Callable[[Scenario], Scenario]
    needs: Callable[[Scenario], dict[str, int]]
    hour: int
    named: Callable[[TeamClash], bool]

    def case(self, size: int) -> tuple[Scenario, Requirement]:
        """Return the team of ``size`` people and what is wanted of it."""
        scenario = self.made(sound_team(size))
        return scenario, wanted(scenario, self.needs(scenario), self.hour)


def wanted(scenario: Scenario, needs: dict[str, int], hour: int) -> Requirement:
    """Return a requirement of positions by group in one hour of the Wednesday."""
    groups = tuple(group.name for group in scenario.groups)
    horizon = scenario.horizon
    positions = np.zeros((horizon.intervals, len(groups)))
    interval = horizon.us_at(date_at(horizon, WEDNESDAY), hour * 60) // horizon.interval_us
    positions[interval] = [needs.get(group, 0) for group in groups]
    return Requirement(horizon, groups, positions)


def _everybody(change: Callable[[Agent], Agent]) -> Callable[[Scenario], Scenario]:
    return lambda team: replace(team, agents=tuple(change(agent) for agent in team.agents))


def _by_day(team: Scenario) -> Scenario:
    return replace(team, shift_templates=tuple(part for part in team.shift_templates if part.name in {"full", "part"}))


def _from_dawn(team: Scenario) -> Scenario:
    horizon = replace(team.horizon, opening=Opening((Hours(DAWN * 60, 1320),) * 7))
    return replace(_by_day(team), horizon=horizon)


def _on_leave(agent: Agent) -> Agent:
    wednesday = MONDAY + timedelta(days=WEDNESDAY)
    return replace(agent, leave=(wednesday,)) if "chats" in agent.skills else agent


def _until_six(agent: Agent) -> Agent:
    days = (MONDAY + timedelta(days=number) for number in range(14))
    return replace(agent, available=tuple(Available(day, 480, 1080) for day in days))


def _one_of_chats(team: Scenario) -> Scenario:
    first, *others = team.agents
    calls = [replace(agent, skills=("calls",)) for agent in others]
    return replace(team, agents=(replace(first, skills=("calls", "chats")), *calls))


def _unchanged(team: Scenario) -> Scenario:
    return team


def _able(team: Scenario, group: str) -> int:
    return sum(group in groups_of(team, agent) for agent in team.agents)


def _barred(bar: Bar) -> Callable[[TeamClash], bool]:
    return lambda clash: bar in dict(clash.barred)


TEAM_PLANTS = (
    TeamPlant(
        "evening after the last shift", "unreached", _by_day, lambda _: {"phone": 2}, NIGHT, lambda c: c.unreached
    ),
    TeamPlant(
        "morning before the first shift", "unreached", _from_dawn, lambda _: {"chat": 2}, DAWN, lambda c: c.unreached
    ),
    TeamPlant(
        "no contract has the night shift", "contract", _unchanged, lambda _: {"phone": 2}, NIGHT, _barred(Bar.TEMPLATES)
    ),
    TeamPlant(
        "more positions than people", "people", _unchanged, lambda team: {"phone": _able(team, "phone") + 2}, NOON,
        _barred(Bar.SKILLS),
    ),
    TeamPlant(
        "everybody with the skill on leave", "leave", _everybody(_on_leave), lambda _: {"chat": 2}, NOON,
        _barred(Bar.LEAVE),
    ),
    TeamPlant(
        "nobody's windows reach the evening", "windows", _everybody(_until_six), lambda _: {"phone": 3}, EVENING,
        _barred(Bar.WINDOWS),
    ),
    TeamPlant(
        "a skill that one person has", "skills", _one_of_chats, lambda _: {"chat": 3}, NOON, _barred(Bar.SKILLS)
    ),
    TeamPlant(
        "a skill that nobody has", "skills", _everybody(lambda agent: replace(agent, skills=("calls",))),
        lambda _: {"chat": 1}, NOON, _barred(Bar.SKILLS),
    ),
    TeamPlant(
        "two groups count on the same people", "shared people", _unchanged,
        lambda team: {"phone": _able(team, "phone"), "chat": len(team.agents) - _able(team, "phone") + 1}, NOON,
        lambda clash: clash.groups == ("phone", "chat"),
    ),
)  # fmt: skip
