"""Who stays away: as often as the scenario says, and whatever else the roster holds."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from scenarios import US_PER_S, Agent, Assignment, Contract, Effect, Quantity, Roster, Shock
from sim import draw_absence

HOUR_US = 3600 * US_PER_S


@pytest.fixture
def team(scenario):
    """Forty people with a shift on each of two dates."""

    def make(absence, *, dates=2, factor=None):
        people = tuple(Agent(f"p{number:02d}", "c", ()) for number in range(40))
        start = datetime(2025, 11, 10, 16, tzinfo=UTC)  # midnight of the second date in Shanghai
        effects = () if factor is None else (Effect(Quantity.ABSENCE, factor, start=start),)
        floor = scenario(
            hours=((0, 24),) * dates,
            contracts=(Contract("c", (), 40.0, 30.0),),
            agents=people,
            absence_share=absence,
            shocks=(Shock("sick wave", effects),),
        )
        shifts = [
            Assignment(
                person.name,
                floor.horizon.first_date + timedelta(days=day),
                "s",
                "g",
                day * 24 * HOUR_US,
                day * 24 * HOUR_US + 8 * HOUR_US,
            )
            for person in people
            for day in range(dates)
        ]
        return floor, Roster(tuple(shifts))

    return make


@pytest.mark.statistical
def test_people_stay_away_as_often_as_the_scenario_says(team):
    floor, roster = team(0.1)
    away = [len(draw_absence(floor, roster, seed=1, replication=n, purpose="x")) for n in range(200)]

    # 16,000 shifts: standard error .0024; four of them, error rate below 1e-4.
    assert np.sum(away) / 16_000 == pytest.approx(0.1, abs=0.0095)


def test_a_sick_wave_keeps_everybody_at_home(team):
    floor, roster = team(0.2, factor=10.0)
    away = draw_absence(floor, roster, seed=1, replication=0, purpose="x")

    later = {number for number, row in enumerate(roster.assignments) if row.start_us >= 24 * HOUR_US}
    assert later <= away


def test_without_absence_everybody_comes(team):
    floor, roster = team(0.0)

    assert draw_absence(floor, roster, seed=1, replication=0, purpose="x") == frozenset()


def test_editing_one_shift_leaves_the_absences_of_everybody_else_as_they_were(team):
    floor, roster = team(0.3)
    shorter = Roster(roster.assignments[1:])

    def away(plan):
        found = draw_absence(floor, plan, seed=1, replication=3, purpose="x")
        return {(plan.assignments[number].agent, plan.assignments[number].date) for number in found}

    edited = (roster.assignments[0].agent, roster.assignments[0].date)
    assert away(roster) - {edited} == away(shorter)
