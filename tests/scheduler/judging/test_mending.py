"""Each planted breach is cured by the cheapest change that breaks nothing else."""

from dataclasses import replace

import pytest

from scenarios import Available, Break, Roster
from scheduler.judging.changes import ChangeKind
from scheduler.judging.desk import Desk
from scheduler.judging.mending import mend
from scheduler.rostering import check_rules

from .conftest import HOUR_US, TUESDAY, WEDNESDAY, shift

NOON = (Break(13 * HOUR_US, 14 * HOUR_US, paid=False),)
GOOD = (
    shift("张伟", 10, template="whole", breaks=NOON),
    shift("李娜", 10, template="whole", breaks=NOON),
)  # both have their least hours


@pytest.mark.parametrize(
    ("planted", "rule"),
    [
        (shift("孙丽", 10), "skills"),
        (shift("王芳", 8), "shift_shape"),
        (shift("王芳", 10, template="whole"), "breaks"),
        (shift("赵敏", 10, template="whole", breaks=(Break(11 * HOUR_US, 12 * HOUR_US, paid=False),)), "breaks"),
    ],
)
def test_a_planted_breach_is_cured(corner, wanted, planted, rule):
    roster = Roster((*GOOD, planted))
    assert {row.rule for row in check_rules(corner, roster)} == {rule}
    desk = Desk(corner, roster, wanted(2))
    (mended,) = mend(desk, [planted.agent])

    assert [row.rule for row in mended.breaches] == [rule]
    assert check_rules(corner, desk.roster) == ()


def test_a_shift_on_leave_goes_to_a_colleague_where_it_is_needed_and_away_where_it_is_not(corner, wanted):
    agents = [replace(agent, leave=(TUESDAY,)) if agent.name == "王芳" else agent for agent in corner.agents]
    scenario = replace(corner, agents=tuple(agents))
    for need, kind in ((3, ChangeKind.HAND_OVER), (0, ChangeKind.DROP)):
        desk = Desk(scenario, Roster((*GOOD, shift("王芳", 10))), wanted(need))
        (mended,) = mend(desk, ["王芳"])
        assert mended.change is not None
        assert mended.change.kind is kind
        assert check_rules(scenario, desk.roster) == ()


def test_too_few_hours_are_cured_by_more_work_where_it_is_worth_most(corner, wanted):
    desk = Desk(corner, Roster(GOOD[:1]), wanted(2))
    (mended,) = mend(desk, ["李娜"])

    assert [row.rule for row in mended.breaches] == ["week_hours_min"]
    assert mended.change is not None
    assert (mended.change.kind, mended.change.added[0].date) == (ChangeKind.ADD, WEDNESDAY)
    assert check_rules(corner, desk.roster) == ()


def test_a_breach_that_no_single_change_cures_is_told(corner, wanted):
    morning = (Available(TUESDAY, 0, 600), Available(WEDNESDAY, 0, 600))  # nobody needs her so early
    agents = [replace(agent, available=morning) if agent.name == "李娜" else agent for agent in corner.agents]
    desk = Desk(replace(corner, agents=tuple(agents)), Roster(GOOD[:1]), wanted(1))
    (told,) = mend(desk, ["李娜"])

    assert told.change is None
    assert told.breaches == desk.breaches_of("李娜")
    assert desk.roster == Roster(GOOD[:1])
