"""Changes of a roster: price, legality, and what undoes them."""

from dataclasses import replace

import pytest

from scenarios import HeadsRule, Roster, Whom, WorkRules
from scenarios.rule_parts import WEEKDAYS
from scheduler.judging.changes import Change, ChangeKind, changed
from scheduler.judging.desk import Desk

from .conftest import HOUR_US, WEDNESDAY, shift


@pytest.fixture
def desk(corner, wanted):
    return lambda *rows, need=1: Desk(corner, Roster(rows), wanted(need))


def test_the_price_of_a_change_is_its_pay_and_the_positions_it_fills(desk):
    table = desk()
    change = Change(ChangeKind.ADD, (), (shift("王芳", 10),))

    assert change.yuan(table.scenario) == 4 * 30.0
    # Half a position short costs 10, the other half 20 hours of the dearest contract (40 yuan); four hours are filled.
    assert table.price_yuan(change) == pytest.approx(120.0 - 4 * 40.0 * (0.5 * 10 + 0.5 * 20))
    table.apply(change)
    assert table.cover[10:14, 0].tolist() == [1.0] * 4
    table.apply(change.undone())
    assert table.cover.sum() == 0.0
    assert table.roster == Roster(())


def test_a_change_is_judged_by_what_it_breaks_and_cures_and_not_by_what_was_broken_before(desk):
    early, late = shift("王芳", 10, day=WEDNESDAY), shift("王芳", 14, hours=12)  # ends at 02:00
    table = desk(late, early)
    assert [row.rule for row in table.breaches_of("王芳")] == ["shift_shape", "week_hours_max", "rest"]

    drop = table.legality(Change(ChangeKind.DROP, (early,), ()))
    assert (drop.legal, {row.rule for row in drop.cured}) == (True, {"rest", "week_hours_max"})
    moved = table.legality(Change(ChangeKind.MOVE, (early,), (shift("王芳", 14, day=WEDNESDAY),)))
    assert (moved.legal, [row.rule for row in moved.cured]) == (True, ["rest"])


def test_the_options_of_a_person_are_the_shifts_of_contract_and_skills_cheapest_first(desk):
    table = desk(shift("赵敏", 10))
    priced = list(table.priced(table.scenario.agent("孙丽"), WEDNESDAY))

    assert {row.group for _, change in priced for row in change.added} == {"online"}
    assert [price for price, _ in priced] == sorted(price for price, _ in priced)
    mine = list(table.priced(table.scenario.agent("赵敏"), shift("赵敏", 10).date, (shift("赵敏", 10),)))
    assert {change.kind for _, change in mine} == {ChangeKind.MOVE, ChangeKind.REGROUP}
    halves = [(price, change) for price, change in mine if change.added[0].template == "half"]
    assert halves
    for price, change in halves:
        assert price == pytest.approx(table.price_yuan(change), abs=1.0)  # but for the worth of a tie


def test_what_the_team_owes_is_judged_by_the_whole_team(corner, wanted):
    mine, theirs = shift("王芳", 10), shift("赵敏", 10)
    counted = Whom(agents=("王芳", "赵敏"))
    rules = WorkRules(heads=(HeadsRule("one of two", weekdays=WEEKDAYS[mine.date.weekday() :][:1], whom=counted),))
    table = Desk(replace(corner, rules=rules), Roster((mine,)), wanted(1))

    gone = table.legality(Change(ChangeKind.DROP, (mine,), ()))
    assert [(row.rule, row.found, row.allowed) for row in gone.broken] == [("one of two", 0, 1)]
    assert table.legality(Change(ChangeKind.MOVE, (mine,), (theirs,))).legal
    nobody = Desk(replace(corner, rules=rules), Roster(()), wanted(1))
    assert [row.rule for row in nobody.legality(Change(ChangeKind.ADD, (), (theirs,))).cured] == ["one of two"]


def test_changes_that_build_on_each_other_are_one(desk):
    first, then = shift("王芳", 10), shift("王芳", 12)
    add, move = Change(ChangeKind.ADD, (), (first,)), Change(ChangeKind.MOVE, (first,), (then,))

    assert move.builds_on(add)
    assert not add.builds_on(move)
    assert add.then(move) == Change(ChangeKind.ADD, (), (then,))
    assert changed(Roster(()), [add, move]) == changed(Roster(()), [add.then(move)]) == Roster((then,))


def test_shifts_that_would_overlap_are_illegal(desk):
    table = desk(shift("王芳", 10))
    legality = table.legality(Change(ChangeKind.ADD, (), (shift("王芳", 12),)))

    assert [row.rule for row in legality.broken] == ["one_shift_per_date"]
    assert shift("王芳", 12).start_us == 12 * HOUR_US
