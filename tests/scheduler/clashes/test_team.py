"""Hours that the team cannot fill: what is told, and that the cheapest way out fills them."""

import numpy as np
import pytest

from benchmarks.planted_team_clashes import TEAM_PLANTS
from benchmarks.roster_clashes import is_filled
from scheduler.rostering.clashes.team import team_clash
from scheduler.rostering.costs import demand_of
from scheduler.rostering.team import team_of


def clash_in(plant, size):
    scenario, requirement = plant.case(size)
    interval, group = np.argwhere(requirement.positions > 0)[0].tolist()
    return team_clash(team_of(scenario, demand_of(scenario, requirement)), group, interval)


@pytest.mark.parametrize("plant", TEAM_PLANTS, ids=lambda plant: plant.name)
def test_a_planted_hour_is_named_and_what_is_missing_counted(plant):
    clash = clash_in(plant, 8)

    assert plant.named(clash)
    assert clash.able < clash.need
    assert list(clash.ways) == sorted(clash.ways, key=lambda way: way.price_yuan)


@pytest.mark.parametrize("plant", TEAM_PLANTS[::4], ids=lambda plant: plant.name)
def test_the_cheapest_way_out_fills_the_hour(plant):
    scenario, requirement = plant.case(8)

    assert is_filled(scenario, requirement, clash_in(plant, 8))


def test_an_hour_that_people_can_fill_is_no_clash():
    plant = TEAM_PLANTS[3]
    scenario, requirement = plant.case(20)
    fewer = demand_of(scenario, type(requirement)(requirement.horizon, requirement.groups, requirement.positions / 2))
    interval, group = np.argwhere(requirement.positions > 0)[0].tolist()

    assert team_clash(team_of(scenario, fewer), group, interval) is None
