"""Rosters from end to end."""

from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scenarios import (
    US_PER_MIN,
    US_PER_S,
    Agent,
    Available,
    Contract,
    Horizon,
    Hours,
    Opening,
    PlanningError,
    Requirement,
    Roster,
    RosterStatus,
    ShiftTemplate,
)
from scenarios.text import text
from scheduler.rostering import SearchBudget, appraise, build_roster, check_rules, coverage

QUICK = SearchBudget(polish_lines=60)


def told(outcome, language):
    return [text(reason.key, language, **dict(reason.facts)) for reason in outcome.reasons]


def test_regulars_reach_their_least_and_nobody_is_called_without_need(shop, team_members, wanted):
    scenario = shop(team_members(3, 3))
    outcome = build_roster(scenario, wanted(scenario, 0.0), seed=1, budget=QUICK)

    assert outcome.roster.agents == ("regular-00", "regular-01", "regular-02")
    assert outcome.status is RosterStatus.OPTIMAL
    assert outcome.objective == pytest.approx(3 * 32 * 40.0)
    assert outcome.reasons == ()
    assert not outcome.shortfall.any()


def test_the_pool_is_called_where_regulars_do_not_reach(shop, team_members, wanted):
    scenario = shop(team_members(3, 12))
    outcome = build_roster(scenario, wanted(scenario, 2.0, 1.0), seed=1, budget=SearchBudget(polish_lines=600))

    assert any(name.startswith("pool") for name in outcome.roster.agents)
    assert outcome.shortfall.max() < 2
    assert outcome.bound <= outcome.objective


def test_equal_arguments_give_equal_rosters(shop, team_members, wanted):
    scenario = shop(team_members(4, 6))
    budget = SearchBudget(polish_lines=300)
    first, second = (build_roster(scenario, wanted(scenario, 2.0, 1.0), seed=9, budget=budget) for _ in range(2))

    assert first.roster.fingerprint() == second.roster.fingerprint()
    assert (first.objective, first.bound) == (second.objective, second.bound)


def test_shortage_is_named_with_date_hours_and_people(shop, team_members, wanted):
    scenario = shop(team_members(3, 0))
    outcome = build_roster(scenario, wanted(scenario, 6.0), seed=1, budget=QUICK)

    assert outcome.roster is not None
    assert {reason.key for reason in outcome.reasons} == {"reasons.hours_short", "reasons.too_few_people"}
    assert any("2026-11-09" in line and "phone" in line for line in told(outcome, "en"))
    assert all("{" not in line for line in told(outcome, "zh"))


def test_a_gap_that_people_could_fill_is_told_apart(shop, team_members, wanted):
    contract = Contract("regular", ("full",), 8, 40.0, week_paid_h_min=8)
    agents = [Agent("Lin", "regular", ("calls",)), Agent("Wu", "regular", ("calls",))]
    scenario = shop(agents, contracts=(contract,))
    outcome = build_roster(scenario, wanted(scenario, 1.0), seed=1, budget=QUICK)

    assert "reasons.short" in {reason.key for reason in outcome.reasons}


def test_who_cannot_reach_the_least_is_named(shop, wanted, day):
    windows = (Available(day(0), 480, 1320), Available(day(1), 480, 1320))
    agents = [Agent("Lin", "regular", ("calls",), available=windows), Agent("Wu", "regular", ("calls",))]
    scenario = shop(agents)
    outcome = build_roster(scenario, wanted(scenario, 1.0), seed=1, budget=QUICK)

    assert (outcome.status, outcome.roster) == (RosterStatus.INFEASIBLE, None)
    assert np.isnan(outcome.objective)
    (reason,) = outcome.reasons
    assert reason.key == "reasons.no_line"
    assert told(outcome, "en")[0] == (
        "Lin has no legal line, because these cannot all hold: the week of 2026-11-09 asks for at least 32 h where no "
        "more than 16 h can be had (16 h missing); the hours to work leave a shift on 2 of 7 dates. "
        "Cheapest way out: lower the least weekly hours from 32 to 16 (640 yuan)."
    )
    assert "最多只能排到 16 小时" in told(outcome, "zh")[0]


def test_weeks_that_only_clash_together_are_told_so(shop, wanted, day):
    contract = Contract("regular", ("full",), 44, 40.0, week_paid_h_min=32, consecutive_days_max=4)
    windows = tuple(Available(day(n), 480, 1320) for n in (3, 4, 5, 6, 7, 8, 9, 10))
    scenario = shop([Agent("Lin", "regular", ("calls",), available=windows)], contracts=(contract,), dates=14)
    outcome = build_roster(scenario, wanted(scenario, 1.0), seed=1, budget=QUICK)

    (sentence,) = told(outcome, "en")
    assert "the week of 2026-11-09 asks for at least 32 h where no more than" in sentence
    assert "the week of 2026-11-16 asks for at least 32 h where no more than" in sentence
    assert "at most 4 working dates in a row" in sentence


def test_a_regular_without_any_group_is_named(shop, wanted):
    scenario = shop([Agent("Lin", "regular", ())])
    outcome = build_roster(scenario, wanted(scenario, 1.0), seed=1, budget=QUICK)

    (sentence,) = told(outcome, "en")
    assert "the skills suffice for no group" in sentence
    assert "train for group “phone”" in sentence


def test_leave_of_a_whole_week_is_no_contradiction(shop, wanted, day):
    scenario = shop([Agent("Lin", "regular", ("calls",), leave=tuple(day(n) for n in range(7)))])
    outcome = build_roster(scenario, wanted(scenario, 1.0), seed=1, budget=SearchBudget(polish_lines=10))

    assert outcome.roster.assignments == ()


def test_a_requirement_of_another_horizon_is_wrong_input(shop, wanted):
    with pytest.raises(PlanningError, match="horizon"):
        build_roster(shop([]), wanted(shop([], dates=3), 1.0), seed=1, budget=QUICK)


def test_a_requirement_of_an_unknown_group_is_wrong_input(shop):
    scenario = shop([])
    requirement = Requirement(scenario.horizon, ("mail",), np.zeros((scenario.horizon.intervals, 1)))

    with pytest.raises(PlanningError, match="mail"):
        build_roster(scenario, requirement, seed=1, budget=QUICK)


def test_shortfall_follows_the_order_of_the_requirement(shop, wanted):
    scenario = shop([])
    positions = wanted(scenario, 3.0, 1.0).positions
    turned = Requirement(scenario.horizon, ("chat", "phone"), positions[:, ::-1])
    outcome = build_roster(scenario, turned, seed=1, budget=QUICK)

    assert outcome.shortfall == pytest.approx(turned.positions)


def test_an_earlier_roster_is_kept_where_it_serves(shop, team_members, wanted):
    scenario = shop(team_members(3, 6))
    longer = SearchBudget(polish_lines=2000)
    first = build_roster(scenario, wanted(scenario, 2.0, 1.0), seed=1, budget=longer)
    again = build_roster(scenario, wanted(scenario, 2.0, 1.0), seed=2, budget=QUICK, warm_start=first.roster)

    assert again.objective <= first.objective + 1e-6


def test_an_earlier_roster_that_no_longer_fits_is_built_anew(shop, team_members, wanted, day):
    agents = team_members(3, 6)
    scenario = shop(agents)
    first = build_roster(scenario, wanted(scenario, 2.0, 1.0), seed=1, budget=QUICK)
    changed = [replace(agents[0], leave=(day(0), day(1))), *agents[2:]]
    later = shop(changed)
    outcome = build_roster(later, wanted(later, 2.0, 1.0), seed=1, budget=QUICK, warm_start=first.roster)

    assert check_rules(later, outcome.roster) == ()
    assert agents[1].name not in outcome.roster.agents


def test_an_earlier_shift_of_a_template_that_is_gone_is_not_kept(shop, team_members, wanted):
    scenario = shop(team_members(1, 3))
    first = build_roster(scenario, wanted(scenario, 2.0, 1.0), seed=1, budget=QUICK)
    moved = replace(scenario.shift_templates[0], earliest_start_min=495, latest_start_min=795)
    later = shop(team_members(1, 3), templates=(moved, scenario.shift_templates[1]))
    outcome = build_roster(later, wanted(later, 2.0, 1.0), seed=1, budget=QUICK, warm_start=first.roster)

    assert check_rules(later, outcome.roster) == ()


def test_rest_after_the_last_shift_before_the_horizon_is_kept(shop, wanted, monday):
    late = datetime.combine(monday, time(2), ZoneInfo("Asia/Shanghai"))  # 11 hours later it is 13:00
    scenario = shop([Agent("Lin", "regular", ("calls",), last_shift_end=late)])
    outcome = build_roster(scenario, wanted(scenario, 1.0), seed=1, budget=QUICK)
    first = outcome.roster.assignments[0]

    assert first.date > monday or first.start_us >= 13 * 3_600 * US_PER_S
    assert check_rules(scenario, outcome.roster) == ()


def test_a_night_across_the_change_of_the_clocks_is_legal(wanted, shop):
    """On 25 October 2026 Berlin has 25 hours: shifts keep their length, starts keep their clock."""
    scenario = shop([Agent("Lin", "regular", ("calls",)), Agent("Wu", "pool", ("calls",))])
    horizon = Horizon(date(2026, 10, 22), 7, 30, "Europe/Berlin", Opening((Hours(480, 1560),) * 7))
    night = ShiftTemplate("full", 540, 480, 1020, 60, scenario.shift_templates[0].breaks)
    scenario = replace(scenario, horizon=horizon, shift_templates=(night, scenario.shift_templates[1]))
    outcome = build_roster(scenario, wanted(scenario, 1.0), seed=1, budget=QUICK)

    assert check_rules(scenario, outcome.roster) == ()
    assert {row.end_us - row.start_us for row in outcome.roster.assignments} <= {540 * US_PER_MIN, 240 * US_PER_MIN}
    assert {horizon.instant(row.start_us).minute for row in outcome.roster.assignments} == {0}
    again = appraise(scenario, wanted(scenario, 1.0), outcome.roster, passes=QUICK.bound_passes)
    assert again.objective == pytest.approx(outcome.objective)
    assert again.roster == outcome.roster
    np.testing.assert_allclose(again.shortfall, outcome.shortfall)


def test_the_wall_clock_is_told_when_it_bites(shop, team_members, wanted):
    scenario = shop(team_members(3, 6))
    outcome = build_roster(scenario, wanted(scenario, 2.0), seed=1, budget=SearchBudget(wall_s=1e-9))

    assert outcome.reasons[-1].key == "reasons.wall_clock"
    assert check_rules(scenario, outcome.roster) == ()


def test_progress_tells_every_stage(shop, team_members, wanted):
    scenario = shop(team_members(3, 3))
    stages = []
    build_roster(
        scenario, wanted(scenario, 1.0), seed=1, budget=SearchBudget(polish_lines=20),
        progress=lambda *told: stages.append(told[0]),
    )  # fmt: skip

    for stage in dict.fromkeys(stages):
        assert text(f"stages.{stage}", "zh")
    assert list(dict.fromkeys(stages))[-1] == "roster_polish"


def test_a_breach_of_our_own_search_is_a_broken_invariant(shop, team_members, wanted, monkeypatch):
    scenario = shop(team_members(2, 0))
    monkeypatch.setattr("scheduler.rostering.build.as_roster", lambda *_: Roster(()))

    with pytest.raises(RuntimeError, match="week_hours_min"):
        build_roster(scenario, wanted(scenario, 1.0), seed=1, budget=QUICK)


@st.composite
def people(draw):
    """Agents with contracts, skills, leave, windows and pasts of all sorts."""
    names = [f"a{number}" for number in range(draw(st.integers(1, 5)))]
    skills = st.sampled_from([("calls",), ("chats",), ("calls", "chats")])
    dates = st.lists(st.integers(0, 9), max_size=3, unique=True)
    contracts = st.sampled_from(["regular", "pool"])
    return [(name, draw(contracts), draw(skills), draw(dates), draw(dates), draw(st.integers(0, 7))) for name in names]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=people(), need=st.tuples(st.floats(0, 4), st.floats(0, 3)), dates=st.integers(1, 10), seed=st.integers(0, 99)
)
def test_no_roster_of_the_search_ever_breaks_a_rule(shop, wanted, day, rows, need, dates, seed):
    agents = [
        Agent(
            name, contract, skills, leave=tuple(day(n) for n in leave), worked_days_before=before,
            available=tuple(Available(day(n), 420, 1500) for n in windows if contract == "pool"),
        )
        for name, contract, skills, leave, windows, before in rows
    ]  # fmt: skip
    scenario = shop(agents, dates=dates)
    budget = SearchBudget(passes=2, polish_lines=30)
    outcome = build_roster(scenario, wanted(scenario, *need), seed=seed, budget=budget)

    if outcome.roster is None:
        assert outcome.status is RosterStatus.INFEASIBLE
        assert outcome.reasons
    else:
        assert check_rules(scenario, outcome.roster) == ()
        assert outcome.bound <= outcome.objective
        cover = coverage(scenario.horizon, ("phone", "chat"), outcome.roster)
        assert outcome.shortfall == pytest.approx(np.maximum(wanted(scenario, *need).positions - cover, 0))
