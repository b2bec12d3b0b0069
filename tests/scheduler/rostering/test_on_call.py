"""Shifts on call: they are held, bar other shifts and are paid in part, and nobody who holds one is at work."""

from dataclasses import replace

import pytest

from scenarios import (
    US_PER_H,
    Agent,
    Break,
    Contract,
    HeadsRule,
    PresenceRule,
    Roster,
    ShiftTemplate,
    WorkRules,
)
from scheduler.covering import replan_day
from scheduler.exchange.roster_grid import cell_text
from scheduler.loop.columns import day_columns
from scheduler.rostering import SearchBudget, build_roster, check_rules, coverage
from scheduler.rostering.costs import demand_of
from scheduler.rostering.shifts import shifts_of
from scheduler.rostering.team import team_of
from sim.floor.roster_staff import staff_from_roster

CALL = ShiftTemplate("call", 600, 1320, 1320, on_call=True, paid_share=0.17)  # 22:00-08:00, outside the opening hours
DAY = ShiftTemplate("day", 480, 480, 720, 240)
NIGHTLY = HeadsRule("somebody on call", templates=("call",))


@pytest.fixture
def home(shop):
    """Make a week of three people who work by day or are on call by night, one of them each night."""

    def make(**rules):
        contract = Contract("regular", ("day", "call"), 40, 40.0)
        agents = [Agent(name, "regular", ("calls",)) for name in ("Lin", "Wu", "Xu")]
        scenario = shop(agents, contracts=(contract,), templates=(DAY, CALL))
        return replace(scenario, rules=WorkRules(**rules))

    return make


def held(scenario, *cells):
    """Return the roster of (agent, date number, template, start) at the phone."""
    shifts = shifts_of(scenario)
    number_of = {
        (scenario.shift_templates[kind].name, start): number
        for number, (kind, start) in enumerate(zip(shifts.template, shifts.start_min(), strict=True))
        if shifts.group[number] == 0
    }
    return Roster(
        tuple(shifts.assignment(scenario, agent, date, number_of[kind, start]) for agent, date, kind, start in cells)
    )


def test_a_shift_on_call_is_paid_in_part_and_has_no_work(home):
    (row,) = held(home(), ("Lin", 0, "call", 1320)).assignments
    assert (row.work_spans, row.has_breaks, row.paid_us / US_PER_H) == ((), False, 1.7)
    assert CALL.paid_min == 102
    unpaid, whole = replace(CALL, paid_share=0.0), replace(CALL, paid_share=1.0)
    assert (unpaid.paid_min, whole.paid_min, len(unpaid.breaks), len(whole.breaks)) == (0, 600, 1, 1)


def test_somebody_is_on_call_each_night_and_the_day_is_covered_by_others(home, wanted):
    scenario = home(heads=(NIGHTLY,))
    outcome = build_roster(scenario, wanted(scenario, 0.0), seed=1, budget=SearchBudget(polish_lines=50))
    assert [row.date for row in sorted(outcome.roster.assignments, key=lambda row: row.date)] == [
        day.date for day in scenario.horizon.days
    ]
    assert outcome.objective == pytest.approx(7 * 1.7 * 40.0)
    assert check_rules(scenario, outcome.roster) == ()
    assert coverage(scenario.horizon, ("phone", "chat"), outcome.roster).sum() == 0.0
    assert [spans for _, spans, _ in staff_rows(scenario, outcome.roster)] == [()] * len(outcome.roster.agents)


def staff_rows(scenario, roster):
    staff = staff_from_roster(scenario, roster)
    return list(zip(staff.names, staff.spans, staff.shift_ends, strict=True))


def test_being_on_call_counts_for_rest_and_dates_and_not_for_presence(home):
    scenario = home(presence=(PresenceRule("Lin at eight", agents=("Lin",), from_min=480, to_min=540),))
    nights = [("Lin", date, "call", 1320) for date in range(7)]
    found = check_rules(scenario, held(scenario, *nights))
    assert {breach.rule for breach in found} == {"consecutive_days", "days_off", "Lin at eight"}
    tired = held(home(), ("Lin", 0, "call", 1320), ("Lin", 1, "day", 720))  # 08:00 to 12:00
    assert [(breach.rule, breach.found) for breach in check_rules(home(), tired)] == [("rest", 4.0)]


def test_breaks_of_a_shift_on_call_are_those_of_its_template(home):
    (row,) = held(home(), ("Lin", 0, "call", 1320)).assignments
    at_work = replace(row, breaks=())
    paid = replace(row, breaks=(Break(row.start_us, row.end_us, paid=True),))
    for wrong in (at_work, paid):
        assert "breaks" in {breach.rule for breach in check_rules(home(), Roster((wrong,)))}


def test_the_grid_of_the_search_is_that_of_the_shifts_at_work(home, wanted):
    scenario = home(heads=(NIGHTLY,))
    assert team_of(scenario, demand_of(scenario, wanted(scenario, 1.0))).grid_min == 60  # not 102 and 498 minutes


def test_plans_of_a_day_leave_shifts_on_call_as_they_are(home, wanted):
    scenario = home()
    roster = held(scenario, ("Lin", 0, "call", 1320), ("Wu", 0, "day", 480))
    planned = replan_day(scenario, wanted(scenario, 1.0), roster, scenario.horizon.first_date)
    assert planned.roster == roster
    assert set(day_columns(scenario).templates) == {"day"}
    assert "(" not in cell_text(roster.assignments[0], scenario.horizon)
