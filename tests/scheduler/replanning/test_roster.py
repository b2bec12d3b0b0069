"""A planner's grid repaired: absences, pins, the freeze, the budget, rows that are left alone, and how it is told."""

import json
from datetime import date
from itertools import pairwise

import pytest

from scenarios import PlanningError, expected_demand, scenario_from
from scheduler.exchange import read_grid, repair_sections, write_repair_excel, write_repair_json
from scheduler.judging.changes import ChangeKind
from scheduler.judging.swap import Cell
from scheduler.replanning import Absence, RepairOrder, RosterRepair, repair_roster
from scheduler.rostering import check_rules
from scheduler.staffing import Training

from ..judging.conftest import SHOP, TUESDAY, WEDNESDAY

GRID = {
    "张伟": "10-18 desk,10-18 desk",
    "李娜": "10-18,10-18",
    "王芳": "10-14,休",
    "赵敏": "休,14-18 desk",
    "孙丽": "14-18,14-18",
    "pool-1": "10-14 desk,10-14 desk",
    "pool-2": "休,14-18 desk",
    "pool-3": "休,休",
    "pool-4": "休,休",
}
AWAY = RepairOrder(absences=(Absence("张伟", TUESDAY, WEDNESDAY),), most_cells=4)


@pytest.fixture(scope="module")
def corner():
    return scenario_from(SHOP, place="corner")


@pytest.fixture(scope="module")
def repaired(tmp_path_factory, corner):
    """Repair the grid, some rows written otherwise; the same order of the same grid is computed once."""
    demand, folder, done = expected_demand(corner), tmp_path_factory.mktemp("grids"), {}

    def make(order=AWAY, *, again=False, **rows):
        key = (order, tuple(rows.items()), again)
        if key not in done:
            grid = folder / f"grid-{len(done)}.csv"
            lines = [f"{name},{cells}" for name, cells in (GRID | rows).items() if cells is not None]
            grid.write_text("\n".join(["姓名,11/10,11/11", *lines]), encoding="utf-8")
            training = Training(contacts_per_round=4_000)
            done[key] = repair_roster(
                read_grid(grid, corner), demand, order, effect_days=6, training=training
            )  # fmt: skip
        return done[key]

    return make


def cell(roster, agent, day):
    return [row for row in roster.assignments if (row.agent, row.date) == (agent, day)]


def changed_cells(found):
    return {(change.agents[0], (change.removed or change.added)[0].date) for change in found.changes}


def test_an_absent_person_works_no_shift_and_colleagues_win_back_what_is_lost(repaired):
    found = repaired()

    assert {change.agents for change in found.freed} == {("张伟",)}
    assert all(change.kind is ChangeKind.DROP for change in found.freed)
    assert cell(found.repaired, "张伟", TUESDAY) == cell(found.repaired, "张伟", WEDNESDAY) == []
    assert found.short_after_h < found.short_before_h
    assert {(row.target, row.date) for row in found.won} == {("phone", TUESDAY), ("phone", WEDNESDAY)}
    assert sum(row.difference.value for row in found.lost) < 0 < sum(row.difference.value for row in found.won)


def test_no_rule_is_broken_by_a_change(repaired):
    found = repaired()

    assert found.breaches == check_rules(found.scenario, found.repaired) == ()
    assert TUESDAY in found.scenario.agent("张伟").leave


@pytest.mark.parametrize("most", [0, 1, 2, 4])
def test_no_more_cells_change_than_allowed(repaired, most):
    found = repaired(RepairOrder(absences=AWAY.absences, most_cells=most))

    assert found.cells == len({who for who in changed_cells(found) if who[0] != "张伟"}) <= most


def test_the_curve_begins_with_no_change_and_every_further_point_costs_less(repaired):
    curve = repaired().curve

    assert (curve[0].cells, curve[0].short_h) == (0, repaired().short_before_h)
    assert [point.cells for point in curve] == sorted({point.cells for point in curve})
    assert all(later.cost_yuan < earlier.cost_yuan for earlier, later in pairwise(curve))


def test_no_cell_changes_for_next_to_nothing(repaired):
    found = repaired(RepairOrder(absences=AWAY.absences, most_cells=9))
    cost = {point.cells: point.cost_yuan for point in found.curve if point.cells <= 9}
    won = cost[0] - min(cost.values())

    assert cost[0] - cost[found.cells] >= 0.99 * won
    assert all(cost[0] - cost[fewer] < 0.99 * won for fewer in cost if fewer < found.cells)


def test_a_pinned_cell_stays(repaired):
    free = repaired()
    touched = sorted(changed_cells(free))
    assert touched
    pins = tuple(Cell(*one) for one in touched)
    pinned = repaired(RepairOrder(absences=AWAY.absences, most_cells=4, pins=pins))

    assert changed_cells(pinned).isdisjoint(touched)


def test_dates_before_the_freeze_and_outside_the_window_stay(repaired):
    late = repaired(RepairOrder(absences=AWAY.absences, freeze_until=WEDNESDAY))
    early = repaired(RepairOrder(absences=AWAY.absences, last=TUESDAY))

    assert {day for _, day in changed_cells(late)} == {WEDNESDAY}
    assert {day for _, day in changed_cells(early)} == {TUESDAY}
    assert {change.removed[0].date for change in late.freed} == {TUESDAY, WEDNESDAY}  # nobody comes in frozen days


def test_the_same_input_twice_gives_the_same_roster(repaired):
    assert repaired().repaired.fingerprint() == repaired(again=True).repaired.fingerprint()


def test_nobody_is_sent_home_to_save_pay(repaired):
    crowd = {f"pool-{number}": "10-14 desk,14-18 desk" for number in range(1, 5)}
    found = repaired(RepairOrder(most_cells=9), **crowd)

    assert found.freed == ()
    assert [change for change in found.changes if change.kind is ChangeKind.DROP] == []


@pytest.mark.parametrize(
    ("name", "cells"),
    [("pool-4", "10-12 desk/16-18 desk,休"), ("pool-4", "10-18 desk,10-18 desk"), ("pool-4", "早,休")],
    ids=["two shifts on a date", "more hours than the contract has", "a cell nobody can read"],
)
def test_a_row_that_was_ill_before_stays_to_the_minute(repaired, name, cells):
    found = repaired(AWAY, **{name: cells})

    assert found.held == (name,)
    assert [row for row in found.repaired.assignments if row.agent == name] == [
        row for row in found.published.assignments if row.agent == name
    ]
    assert {breach.agent for breach in found.breaches} <= {name}


def test_who_has_no_row_in_the_grid_is_given_no_shift(repaired):
    found = repaired(AWAY, **{"pool-3": None, "pool-4": None})

    assert not {"pool-3", "pool-4"} & set(found.repaired.agents)
    assert found.held == ()


@pytest.mark.parametrize(
    ("order", "key"),
    [
        (RepairOrder(absences=AWAY.absences, pins=(Cell("张伟", TUESDAY),)), "repair_pinned_absent"),
        (RepairOrder(first=date(2026, 11, 20)), "repair_no_window"),
        (RepairOrder(freeze_until=date(2026, 11, 12)), "repair_no_window"),
        (RepairOrder(pins=(Cell("李娜", date(2026, 11, 20)),)), "repair_outside"),
        (RepairOrder(absences=(Absence("李娜", date(2026, 12, 1), date(2026, 12, 2)),)), "repair_outside"),
        (RepairOrder(absences=(Absence("nobody", TUESDAY, TUESDAY),)), "unknown_name"),
        (RepairOrder(pins=(Cell("nobody", TUESDAY),)), "unknown_name"),
    ],
)  # fmt: skip
def test_orders_that_cannot_be_meant_are_refused(repaired, order, key):
    with pytest.raises(PlanningError) as error:
        repaired(order)
    assert error.value.key == key


def test_an_absence_does_not_end_before_it_begins_and_a_budget_is_not_negative():
    with pytest.raises(PlanningError):
        Absence("张伟", WEDNESDAY, TUESDAY)
    with pytest.raises(PlanningError):
        RepairOrder(most_cells=-1)


def test_the_workbook_reads_back_as_the_repaired_roster(repaired, tmp_path):
    found = repaired()
    write_repair_excel(found, tmp_path / "roster.xlsx", "zh")
    again = read_grid(tmp_path / "roster.xlsx", found.reading.scenario)

    assert again.faults == ()
    read = {(row.agent, row.date, row.start_us, row.end_us, row.groups, row.breaks or ()) for row in again.shifts}
    assert read == {
        (row.agent, row.date, row.start_us, row.end_us, (row.group,), row.breaks) for row in found.repaired.assignments
    }


def test_programs_read_every_change_and_the_curve(repaired, tmp_path):
    found = repaired()
    write_repair_json(found, tmp_path / "repair.json")
    told = json.loads((tmp_path / "repair.json").read_text(encoding="utf-8"))

    assert told["roster_fingerprint"] == found.repaired.fingerprint()
    assert [set(row["said"]) for row in told["changes"]] == [{"en", "zh"}] * len(found.changes)
    assert [point["cells"] for point in told["curve"]] == [point.cells for point in found.curve]
    assert told["order"]["absences"] == [{"agent": "张伟", "first": "2026-11-10", "last": "2026-11-11"}]


@pytest.mark.parametrize(("language", "title"), [("zh", "改多少、补回多少"), ("en", "Changes against service")])
def test_a_planner_reads_it_in_his_language(repaired, language, title):
    found = repaired(AWAY, **{"pool-4": "早,休"})
    sections = {section.title: section for section in repair_sections(found, language)}

    assert len(sections[title].rows) == len(found.curve)
    assert any("pool-4" in sentence for section in sections.values() for sentence in section.sentences)


@pytest.mark.parametrize(("language", "pay"), [("zh", "工资变化 -40 元"), ("en", "pay changes by -40 yuan")])
def test_pay_that_falls_is_told_as_a_change(repaired, monkeypatch, language, pay):
    monkeypatch.setattr(RosterRepair, "yuan", -40.0)

    assert pay in repair_sections(repaired(), language)[-1].sentences[0]


def test_on_a_date_on_which_clocks_change_a_shift_is_still_one_of_the_scenario(tmp_path):
    sunday = date(2026, 10, 25)  # of 25 hours in Berlin: ten by the clock is eleven hours after midnight
    horizon = {**SHOP["horizon"], "first_date": sunday, "zone": "Europe/Berlin"}
    shop = scenario_from({**SHOP, "horizon": horizon}, place="corner")
    grid = tmp_path / "grid.csv"
    lines = [f"{name},{cells}" for name, cells in GRID.items()]
    grid.write_text("\n".join(["姓名,10/25,10/26", *lines]), encoding="utf-8")
    training = Training(contacts_per_round=4_000)
    found = repair_roster(read_grid(grid, shop), expected_demand(shop), RepairOrder(), effect_days=6, training=training)

    assert found.held == ()
