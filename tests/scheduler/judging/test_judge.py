"""A roster from elsewhere is judged by date, told where it breaks, and repaired."""

from dataclasses import replace

import pytest

from scenarios import Break, PlanningError, VerdictStatus
from scheduler.judging.changes import ChangeKind, changed
from scheduler.judging.judge import JudgeSettings, judge
from scheduler.rostering import check_rules
from scheduler.staffing import Training

from .conftest import HOUR_US, TUESDAY, WEDNESDAY, reading_of, shift

FAST = JudgeSettings(proof_days=80, effect_days=30, training=Training(contacts_per_round=10_000, margin=0.1))


def _rows(*, late_people=2):
    """张伟 and 李娜 all day; of the pool two in the morning and some in the afternoon of Tuesday."""
    rows = []
    for day in (TUESDAY, WEDNESDAY):
        base = (day - TUESDAY).days * 24
        for agent, group, lunch in (("张伟", "online", 12), ("李娜", "desk", 13)):
            pause = (Break((base + lunch) * HOUR_US, (base + lunch + 1) * HOUR_US, paid=False),)
            rows.append(shift(agent, 10, day=day, template="whole", group=group, breaks=pause))
        people = ["王芳", "赵敏", "pool-1", "pool-2", "pool-3", "pool-4"]
        count = late_people if day == TUESDAY else 3
        rows += [shift(agent, 10, day=day) for agent in people[:3]]
        rows += [shift(agent, 14, day=day) for agent in people[3 : 3 + count]]
    return rows


@pytest.fixture(scope="module")
def poor(corner, demand):
    """The judgement of a roster whose Tuesday afternoon has one person at the desk."""
    return judge(reading_of(corner, _rows(late_people=0)), demand, settings=FAST)


def test_a_good_roster_is_proven_on_every_date_and_left_alone(corner, demand):
    judged = judge(reading_of(corner, _rows(late_people=3)), demand, settings=FAST)

    assert judged.verdict.status is VerdictStatus.PROVEN
    assert [judged.proven_on(day) for day in judged.dates] == [True, True]
    assert (judged.repairs, judged.repaired, judged.unreached) == ((), None, ())


def test_each_date_has_its_own_verdict(poor):
    assert poor.dates == (TUESDAY, WEDNESDAY)
    assert [poor.proven_on(day) for day in poor.dates] == [False, True]


def test_a_lost_date_leaves_no_other_undecided(corner, demand):
    few = replace(FAST, proof_days=5, repairs=False)  # five good days prove nothing at 70 %, twenty do
    judged = judge(reading_of(corner, _rows(late_people=0)), demand, settings=few)

    assert [judged.proven_on(day) for day in judged.dates] == [False, True]
    assert [said.days_simulated for said in judged.verdict.statements] == [20, 20]
    assert judged.verdict.error_spent == pytest.approx(0.05)


def test_what_breaks_first_is_named_with_people_short(poor):
    worst = poor.weak_hours[0]

    assert (worst.date, worst.target) == (TUESDAY, "phone")
    assert 14 <= worst.start_min // 60 < 18
    assert worst.people_short >= 1
    assert worst.contacts_late == max(row.contacts_late for row in poor.weak_hours if row.date == TUESDAY)


def test_the_repairs_are_legal_priced_and_prove_every_date(poor):
    assert poor.repaired is not None
    assert poor.repaired_verdict is not None
    assert poor.repaired_verdict.publishable
    assert check_rules(poor.scenario, poor.repaired) == ()
    assert changed(poor.roster, [row.change for row in poor.repairs]) == poor.repaired
    paid = [sum(row.paid_us for row in roster.assignments) for roster in (poor.roster, poor.repaired)]
    assert (poor.repairs_yuan > 0) == (paid[1] > paid[0])
    assert poor.repairs_yuan == pytest.approx(sum(row.change.yuan(poor.scenario) for row in poor.repairs))
    assert {row.change.added[0].date for row in poor.repairs} == {TUESDAY}
    first, last = poor.repairs[0].effects[0], poor.repairs[-1].effects[0]
    assert last.after.value > first.before.value
    assert first.difference.low > 0


def test_equal_rosters_are_judged_alike_and_others_on_other_days(corner, demand, poor):
    again = judge(reading_of(corner, _rows(late_people=0)), demand, settings=FAST)
    assert again == poor

    days = {FAST.schedule(roster).days for roster in (poor.roster, poor.repaired)}
    assert len(days) == 2


def test_rules_are_mended_first_and_people_outside_the_grid_are_not_judged(corner, demand):
    rows = [row for row in _rows(late_people=3) if row.agent != "李娜"]
    rows += [shift("孙丽", 14)]  # at the desk without the skill
    people = tuple(agent.name for agent in corner.agents if agent.name != "李娜")
    judged = judge(reading_of(corner, rows, people=people), demand, settings=FAST)

    assert [(row.rule, row.agent) for row in judged.verdict.breaches] == [("skills", "孙丽")]
    assert judged.repairs[0].cures == judged.verdict.breaches
    assert judged.repairs[0].change.kind in {ChangeKind.HAND_OVER, ChangeKind.REGROUP, ChangeKind.DROP, ChangeKind.MOVE}
    assert judged.repaired_verdict is not None
    assert judged.repaired_verdict.breaches == ()


def test_a_breach_that_may_come_from_an_unread_cell_is_told_and_not_repaired(corner, demand):
    rows = [row for row in _rows(late_people=3) if row.agent != "李娜"]
    fault = PlanningError("grid_cell", place="grid.csv:B3", agent="李娜", date=TUESDAY, value="晚")
    reading = replace(reading_of(corner, rows), faults=(fault,))
    judged = judge(reading, demand, settings=replace(FAST, proof_days=40))

    assert [row.agent for row in judged.verdict.breaches] == ["李娜"]
    assert not any("李娜" in row.change.agents and row.cures for row in judged.repairs)


def test_a_grid_without_a_shift_is_refused_with_its_first_fault(corner, demand):
    empty = reading_of(corner, [])
    with pytest.raises(PlanningError) as caught:
        judge(empty, demand, settings=FAST)
    assert caught.value.key == "grid_empty"

    fault = PlanningError("grid_cell", place="grid.csv:B3", agent="李娜", value="晚")
    with pytest.raises(PlanningError) as caught:
        judge(replace(empty, faults=(fault,)), demand, settings=FAST)
    assert caught.value.key == "grid_cell"
