"""Who fits a gap, and why a shift is as it is."""

from dataclasses import replace

import numpy as np
import pytest

from scenarios import Break, PlanningError
from scheduler.judging.changes import ChangeKind
from scheduler.judging.effects import Floor
from scheduler.judging.fits import WEIGHED, Gap, who_fits
from scheduler.judging.why import why

from .conftest import HOUR_US, TUESDAY, WEDNESDAY, shift

NOON = (Break(13 * HOUR_US, 14 * HOUR_US, paid=False),)
GAP = Gap(TUESDAY, 14 * 60, 18 * 60, "desk")


@pytest.fixture
def listed(floor, roster, wanted):
    """Who fits the afternoon at the desk beside 李娜, who is there, and 王芳, who comes in the morning."""
    agents = [replace(agent, leave=(TUESDAY,)) if agent.name == "pool-4" else agent for agent in floor.scenario.agents]
    scenario = replace(floor.scenario, agents=tuple(agents))
    rows = [shift("李娜", 10, template="whole", breaks=NOON), shift("王芳", 10), shift("赵敏", 14, day=WEDNESDAY),
            shift("pool-1", 10, day=WEDNESDAY, template="whole")]  # fmt: skip
    requirement = wanted(1)
    positions = requirement.positions.copy()
    positions[14:18, 0] = 2.0
    return who_fits(Floor(scenario, floor.forecast, 20), roster(*rows), replace(requirement, positions=positions), GAP)


def test_people_who_fit_are_ranked_by_cost_and_the_first_are_played(listed):
    fits, _ = listed

    assert [fit.price_yuan for fit in fits] == sorted(fit.price_yuan for fit in fits)
    assert all(fit.covers_share == 1.0 for fit in fits)
    names = [fit.agent for fit in fits]
    assert {"赵敏", "pool-2", "pool-3"} <= set(names)
    assert names.index("赵敏") < names.index("pool-2")  # equal price: the one whose line it resembles
    assert [bool(fit.effects) for fit in fits] == [True] * min(WEIGHED, len(fits)) + [False] * max(
        0, len(fits) - WEIGHED
    )
    new = next(fit for fit in fits if fit.agent == "pool-2")
    assert (new.change.kind, new.yuan, new.week_h, new.week_most_h) == (ChangeKind.ADD, 120.0, 4.0, 12.0)
    assert np.isnan(new.apart_h)
    assert next(fit for fit in fits if fit.agent == "赵敏").apart_h == 0.0
    assert new.effects[0].difference.value > 0


def test_everybody_else_is_told_why(listed):
    fits, unfits = listed
    told = {row.agent: row.reason.key if row.reason else row.breaches[0].rule for row in unfits}

    assert told == {"李娜": "fits.there_already", "孙丽": "fits.lacks_skill", "pool-4": "fits.on_leave"}
    assert len(fits) + len(unfits) == 9


def test_a_rule_that_stands_against_it_is_named(floor, roster, wanted):
    rows = [shift("王芳", 10, day=WEDNESDAY, template="whole"), shift("张伟", 9, day=WEDNESDAY, template="whole")]
    contracts = [replace(one, week_paid_h_max=10, week_paid_h_min=0) for one in floor.scenario.contracts]
    scenario = replace(floor.scenario, contracts=tuple(contracts))
    _, unfits = who_fits(Floor(scenario, floor.forecast, 10), roster(*rows), wanted(1), GAP)

    told = {row.agent: [breach.rule for breach in row.breaches] for row in unfits if row.breaches}
    assert told["王芳"] == told["张伟"] == ["week_hours_max"]


@pytest.mark.parametrize("gap", [replace(GAP, group="back"), replace(GAP, to_min=14 * 60)])
def test_a_gap_that_is_none_is_refused(floor, roster, wanted, gap):
    with pytest.raises(PlanningError):
        who_fits(floor, roster(), wanted(1), gap)


def test_a_shift_is_explained_by_what_its_hours_lack_without_it(floor, roster, wanted):
    rows = [shift("李娜", 10, template="whole", breaks=NOON), shift("王芳", 10)]
    found = why(floor, roster(*rows), wanted(2), "王芳", TUESDAY)

    assert [row.start_min // 60 for row in found.hours] == [10, 11, 12, 13]
    for hour in found.hours:
        assert hour.with_it - hour.without_it == pytest.approx(1.0)
        assert (hour.group, hour.needed) == ("desk", 2.0)
    assert [hour.without_it for hour in found.hours] == [1.0, 1.0, 1.0, 0.0]
    assert found.effects[0].difference.value < 0
    dropped = next(row for row in found.alternatives if row.change.kind is ChangeKind.DROP)
    assert (dropped.yuan, dropped.broken) == (-120.0, ())
    assert dropped.price_yuan > 0
    assert [row.price_yuan for row in found.alternatives] == sorted(row.price_yuan for row in found.alternatives)


def test_rules_that_forbid_alternatives_are_named_with_the_cheapest_they_forbid(floor, roster, wanted):
    rows = [shift("李娜", 10, template="whole", breaks=NOON)]
    found = why(floor, roster(*rows), wanted(1), "李娜", TUESDAY)

    least = next(row for row in found.binding if row.rule == "week_hours_min")
    assert least.forbids == 1
    assert least.cheapest.change.kind is ChangeKind.DROP
    assert {row.change.added[0].date for row in found.alternatives if row.change.added} == {TUESDAY, WEDNESDAY}
    with pytest.raises(PlanningError) as caught:
        why(floor, roster(*rows), wanted(1), "王芳", TUESDAY)
    assert caught.value.key == "why_nothing"
