"""What is told of somebody without a legal line, and the ways out that are told."""

from dataclasses import replace

import pytest

from benchmarks.planted_clashes import ME, VICTIM, sound_team
from scenarios import HoursRule, Period, WorkRules
from scenarios.text import fill
from scheduler.rostering.clashes.parts import Bound
from scheduler.rostering.clashes.repairs import clash_of
from scheduler.rostering.clashes.words import person_reason


def told(scenario, language):
    bound = Bound.of(scenario, scenario.agent(VICTIM))
    reason = person_reason(bound, clash_of(bound))
    return fill(reason.key, dict(reason.facts), language)


@pytest.fixture(scope="module")
def capped():
    cap = HoursRule("cap", Period.WEEK, most_h=24, whom=ME)
    return replace(sound_team(2), rules=WorkRules(hours=(cap,)))


def test_a_cap_below_the_least_is_told_with_what_is_missing_and_the_cheapest_ways(capped):
    assert told(capped, "en") == (
        "regular-001 has no legal line, because these cannot all hold: the week of 2026-11-16 asks for at least 32 h "
        "where no more than 24 h can be had (8 h missing); rule “cap” allows at most 24 h from 2026-11-16 to "
        "2026-11-22. Cheapest way out: lower the least weekly hours from 32 to 24 (320 yuan); or rule “cap”: 32 "
        "instead of 24 (480 yuan); make an exception from rule “cap” (740 yuan)."
    )
    assert "差 8 小时" in told(capped, "zh")


def test_somebody_with_a_line_has_no_clash():
    team = sound_team(2)
    assert clash_of(Bound.of(team, team.agent(VICTIM))) is None
