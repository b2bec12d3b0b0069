"""Trimming: who is not needed stays at home, who is missing comes, and whom a contract owes hours is left alone."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from scenarios import (
    Assignment,
    DemandUncertainty,
    Forecast,
    Requirement,
    Roster,
    Scenario,
    ShiftTemplate,
    scenario_from,
)
from scheduler.judging.desk import Desk
from scheduler.proof import Look, ProofSchedule, prove
from scheduler.rostering import check_rules
from scheduler.rostering.shifts import breaks_at
from scheduler.trimming import Trimmed, TrimSettings, trim
from scheduler.trimming.day import NamedDay, named_day
from scheduler.trimming.names import give_names
from sim import pay_of

HOUR_US = 3_600_000_000
SCENARIO = {
    "schema": 1, "name": "two_days",
    "horizon": {
        "first_date": date(2026, 11, 10), "dates": 2, "interval_min": 30, "zone": "Asia/Shanghai",
        "opening": {"weekly": "09:00-17:00"},
    },
    "contact_types": [
        {
            "name": "call", "channel": "voice", "work_s": {"kind": "exponential", "mean_s": 240.0},
            "patience_s": {"kind": "exponential", "mean_s": 90.0},
        }
    ],
    "groups": [{"name": "phone", "skills": ["phone"], "serves": [{"contact_type": "call"}]}],
    "routes": [{"contact_type": "call", "steps": [{"group": "phone"}]}],
    "targets": [{"name": "calls", "contact_types": ["call"], "answer_within_s": 30, "day_share": 0.9}],
    "contracts": [
        {
            "name": "staff", "shift_templates": ["whole"], "week_paid_h_max": 40.0, "week_paid_h_min": 8.0,
            "cost_per_paid_h_yuan": 40.0,
        },
        {"name": "pool", "shift_templates": ["half"], "week_paid_h_max": 40.0, "cost_per_paid_h_yuan": 30.0},
    ],
    "shift_templates": [
        {"name": "whole", "length_min": 480, "earliest_start": "09:00", "latest_start": "09:00"},
        {"name": "half", "length_min": 240, "earliest_start": "09:00", "latest_start": "13:00", "start_step_min": 240},
    ],
    "teams": [
        {"name": "staff", "count": 4, "contract": "staff", "skills": ["phone"]},
        {"name": "pool", "count": 16, "contract": "pool", "skills": ["phone"]},
    ],
}  # fmt: skip
SCHEDULE = ProofSchedule((Look(300, 1.0),), (1.0,))
POOL_BUT_TWO = tuple(f"pool-{number:02d}" for number in range(3, 17))
QUICK = TrimSettings(rounds=3, contacts=400_000, days_contacts=40_000, effective_days=400)


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return scenario_from(SCENARIO, place="test")


@pytest.fixture(scope="module")
def forecast(scenario: Scenario) -> Forecast:
    expected = np.full((scenario.horizon.intervals, 1), 30.0) * scenario.horizon.open_intervals()[:, None]
    return Forecast(
        scenario.horizon, ("call",), expected, np.full_like(expected, 240.0), DemandUncertainty((0.05, 0.05))
    )  # fmt: skip


def shift(scenario: Scenario, agent: str, day: int, start_h: int, length_h: int) -> Assignment:
    begun = scenario.horizon.us_at(date(2026, 11, 10 + day), start_h * 60)
    template = "whole" if length_h == 8 else "half"
    return Assignment(agent, date(2026, 11, 10 + day), template, "phone", begun, begun + length_h * HOUR_US)


def roster_of(scenario: Scenario, called_in: int, days: Iterable[int] = (0, 1)) -> Roster:
    """Return a roster with all staff and so many of the pool for each half of each day."""
    names = {team: [agent.name for agent in scenario.agents if agent.contract == team] for team in ("staff", "pool")}
    rows = [shift(scenario, agent, day, 9, 8) for day in days for agent in names["staff"]]
    for day in days:
        for half in (0, 1):
            some = names["pool"][half * called_in : (half + 1) * called_in]
            rows += [shift(scenario, agent, day, 9 + 4 * half, 4) for agent in some]
    return Roster(tuple(rows))


def trimmed(scenario: Scenario, forecast: Forecast, roster: Roster, **changes: int) -> Trimmed:
    return trim(scenario, forecast, roster, SCHEDULE, settings=QUICK, **changes)


def rows_of(scenario: Scenario, roster: Roster, contract: str) -> set[Assignment]:
    return {row for row in roster.assignments if scenario.contract_of(scenario.agent(row.agent)).name == contract}


def cost_of(scenario: Scenario, roster: Roster) -> float:
    return float(pay_of(scenario, roster).cost_yuan.sum())


def test_who_is_not_needed_stays_at_home_and_the_rest_still_prove_the_promise(
    scenario: Scenario, forecast: Forecast
) -> None:
    full = roster_of(scenario, called_in=8)
    found = trimmed(scenario, forecast, full)
    assert found.passing.all()
    assert cost_of(scenario, found.roster) < cost_of(scenario, full)
    assert rows_of(scenario, found.roster, "staff") == rows_of(scenario, full, "staff")
    assert check_rules(scenario, found.roster) == ()
    assert prove(scenario, forecast, found.roster, schedule=SCHEDULE)[0].publishable


def test_a_date_with_too_few_people_gets_some_called_in(scenario: Scenario, forecast: Forecast) -> None:
    short = roster_of(scenario, called_in=1)
    assert not prove(scenario, forecast, short, schedule=SCHEDULE)[0].publishable
    found = trimmed(scenario, forecast, short)
    assert found.passing.all()
    assert rows_of(scenario, found.roster, "staff") == rows_of(scenario, short, "staff")
    assert len(found.roster.assignments) > len(short.assignments)
    assert prove(scenario, forecast, found.roster, schedule=SCHEDULE)[0].publishable


def test_a_higher_aim_asks_for_no_fewer_people(scenario: Scenario, forecast: Forecast) -> None:
    full = roster_of(scenario, called_in=8)
    plain = trimmed(scenario, forecast, full)
    careful = trim(scenario, forecast, full, SCHEDULE, settings=QUICK, raised={0: 0.02, 1: 0.02})
    assert cost_of(scenario, careful.roster) >= cost_of(scenario, plain.roster)


def test_dates_that_are_not_asked_for_stay_as_they_are(scenario: Scenario, forecast: Forecast) -> None:
    full = roster_of(scenario, called_in=8)
    found = trim(scenario, forecast, full, SCHEDULE, settings=QUICK, raised={1: 0.0})
    assert found.passing.tolist() == [False, True]
    assert {row for row in full.assignments if row.date.day == 10} <= set(found.roster.assignments)
    assert cost_of(scenario, found.roster) < cost_of(scenario, full)


@pytest.mark.slow
def test_the_same_input_gives_the_same_roster_with_one_process_or_two(scenario: Scenario, forecast: Forecast) -> None:
    full = roster_of(scenario, called_in=8)
    one, two = (trimmed(scenario, forecast, full, workers=workers) for workers in (1, 2))
    assert one.roster.fingerprint() == two.roster.fingerprint()
    assert one.passing.tolist() == two.passing.tolist()


def test_where_every_contract_owes_hours_nothing_is_trimmed(scenario: Scenario, forecast: Forecast) -> None:
    owed = replace(scenario, contracts=tuple(replace(each, week_paid_h_min=4.0) for each in scenario.contracts))
    full = roster_of(scenario, called_in=8)
    found = trimmed(owed, forecast, full)
    assert found.roster == full
    assert not found.passing.any()


def the_day(scenario: Scenario, forecast: Forecast, roster: Roster) -> NamedDay:
    day = named_day(scenario, forecast, roster, 0)
    assert day is not None
    return day


def test_people_on_call_are_neither_sent_home_nor_called_in(scenario: Scenario, forecast: Forecast) -> None:
    waiting = ShiftTemplate("waiting", 240, 540, 540, on_call=True, paid_share=0.25)
    contracts = [replace(each, shift_templates=(*each.shift_templates, "waiting")) for each in scenario.contracts]
    on_call = replace(
        scenario, shift_templates=(*scenario.shift_templates, waiting), contracts=tuple(contracts)
    )  # fmt: skip
    one, *others = sorted(rows_of(scenario, roster_of(scenario, called_in=2), "pool"), key=lambda row: row.date)
    pauses = breaks_at(waiting, one.start_us, np.array([0, 60]))
    held = replace(one, template="waiting", end_us=one.start_us + 4 * HOUR_US, breaks=pauses)
    day = the_day(on_call, forecast, Roster((held, *others)))
    (number,) = [number for number, template in enumerate(day.columns.templates) if template == "waiting"]
    assert (day.movable[number], day.rows[number]) == (False, (held,))


def desk_of(scenario: Scenario, roster: Roster) -> Desk:
    return Desk(scenario, roster, Requirement(scenario.horizon, ("phone",), np.zeros((scenario.horizon.intervals, 1))))


def half_columns(day: NamedDay) -> list[int]:
    """Return the columns of a morning and an afternoon that anybody of the pool could work."""
    menu = [number for number in range(len(day.columns)) if not day.rows[number]]
    return sorted(menu, key=lambda number: int(day.columns.start_us[number]))


def test_more_people_of_a_shift_are_those_with_fewest_hours(scenario: Scenario, forecast: Forecast) -> None:
    roster = roster_of(scenario, called_in=2)
    day = the_day(scenario, forecast, roster)
    desk = desk_of(scenario, roster)
    counts = day.counts.copy()
    counts[half_columns(day)[0]] += 3
    assert give_names(desk, day, counts)
    came = set(desk.roster.assignments) - set(roster.assignments)
    assert len(came) == 3
    assert {row.start_us for row in came} == {9 * HOUR_US}
    assert not {row.agent for row in came} & {row.agent for row in roster.assignments}
    assert check_rules(scenario, desk.roster) == ()


def test_who_is_freed_works_the_other_shift_before_anybody_else_is_called_in(
    scenario: Scenario, forecast: Forecast
) -> None:
    roster = roster_of(scenario, called_in=1, days=(0,))
    day = the_day(scenario, forecast, roster)
    desk = desk_of(scenario, roster)
    mornings = [
        n for n in range(len(day.columns)) if day.rows[n] and day.movable[n] and day.columns.start_us[n] == 9 * HOUR_US
    ]
    counts = day.counts.copy()
    counts[mornings[0]] -= 1
    counts[half_columns(day)[-1]] += 1
    assert give_names(desk, day, counts)
    assert {row.agent for row in desk.roster.assignments} == {row.agent for row in roster.assignments}
    assert sum(row.start_us == 13 * HOUR_US for row in desk.roster.assignments) == 2


def test_what_nobody_may_work_leaves_the_roster_as_it_was(scenario: Scenario, forecast: Forecast) -> None:
    roster = roster_of(scenario, called_in=8)
    day = the_day(scenario, forecast, roster)
    desk = desk_of(scenario, roster)
    counts = day.counts.copy()
    counts[half_columns(day)[0]] += 1  # all sixteen of the pool have a shift on the date already
    assert not give_names(desk, day, counts)
    assert desk.roster == roster


def test_a_date_without_contacts_and_a_promise_without_contacts_change_nothing_else(
    scenario: Scenario, forecast: Forecast
) -> None:
    first_day = scenario.horizon.day_of_interval() == 0
    quiet = replace(forecast, expected=np.where(first_day[:, None], forecast.expected, 0.0))
    full = roster_of(scenario, called_in=8)
    found = trimmed(scenario, quiet, full)
    assert found.passing.tolist() == [True, False]
    assert {row for row in full.assignments if row.date.day == 11} <= set(found.roster.assignments)


def test_no_more_people_are_called_in_than_there_are(scenario: Scenario, forecast: Forecast) -> None:
    few = replace(scenario, agents=tuple(agent for agent in scenario.agents if agent.name not in POOL_BUT_TWO))
    short = Roster(tuple(row for row in roster_of(few, called_in=0).assignments))
    found = trimmed(few, forecast, short)
    assert not found.passing.any()
    assert found.roster == short


def test_a_date_on_which_nobody_works_yet_gets_people_called_in(scenario: Scenario, forecast: Forecast) -> None:
    many = replace(scenario, agents=tuple(
        replace(agent, contract="pool") for agent in scenario.agents
    ))  # fmt: skip
    mild = replace(forecast, expected=forecast.expected / 3)
    found = trimmed(many, mild, Roster(()))
    assert found.passing.all()
    assert check_rules(many, found.roster) == ()
