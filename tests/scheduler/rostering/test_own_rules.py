"""A scenario's own rules, each by a pair: one roster breaks exactly this rule, one next to it keeps it."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from scenarios import (
    US_PER_MIN,
    Agent,
    Assignment,
    Contract,
    HoursRule,
    OvertimeRule,
    Period,
    Roster,
    RunOf,
    RunRule,
    ShiftsRule,
    ShiftTemplate,
    SuccessionRule,
    Want,
    WeekendRule,
    WeeklyRestRule,
    Whom,
    Wish,
    WorkRules,
)
from scheduler.rostering import SearchBudget, build_roster, check_rules
from scheduler.rostering.line_rules import line_rules
from scheduler.rostering.shifts import shifts_of
from scheduler.rules import OFF

EASY = Contract(
    "regular", ("early", "late", "night"), 80, 40.0, rest_h_min=0, consecutive_days_max=14, days_off_per_week_min=0
)
EARLY, LATE, NIGHT = 480, 840, 1320


@pytest.fixture
def ruled(shop):
    """Make the shop of one worker, two weeks from a Monday, with some rules."""
    templates = (
        ShiftTemplate("early", 480, EARLY, EARLY),
        ShiftTemplate("late", 480, LATE, LATE),
        ShiftTemplate("night", 480, NIGHT, NIGHT),
    )

    def make(**kinds):
        scenario = shop([Agent("Lin", "regular", ("calls",))], contracts=(EASY,), templates=templates, dates=14)
        return replace(scenario, rules=WorkRules(**{kind: (rule,) for kind, rule in kinds.items()}))

    return make


def broken(scenario, line):
    """Return the rules that a line such as ``EE-N`` breaks."""
    rows = []
    for number, letter in enumerate(line):
        if letter != "-":
            template, start = {"E": ("early", EARLY), "L": ("late", LATE), "N": ("night", NIGHT)}[letter]
            begin = (number * 1440 + start) * US_PER_MIN
            day = scenario.horizon.first_date + timedelta(days=number)
            rows.append(Assignment("Lin", day, template, "phone", begin, begin + 480 * US_PER_MIN))
    return {breach.rule for breach in check_rules(scenario, Roster(tuple(rows)))}


PAIRS = [
    ("hours", HoursRule("r", Period.WEEK, most_h=24), "EEEE----------", "EEE----EEE----"),
    ("hours", HoursRule("r", Period.ROLLING, days=7, most_h=24), "-----EEEE-----", "----EEE----EEE"),
    ("hours", HoursRule("r", Period.REFERENCE, days=14, least_h=32), "EEE-----------", "EEE----E------"),
    ("hours", HoursRule("r", Period.DAY, most_h=7), "E-------------", "--------------"),
    ("hours", HoursRule("r", Period.HORIZON, most_h=16), "E----E-------E", "E------------E"),
    ("shifts", ShiftsRule("r", Period.WEEK, templates=("night",), most=1), "N--N----------", "N--L----N-----"),
    ("shifts", ShiftsRule("r", Period.WEEK, from_min=1320, to_min=1800, most=1), "N--N----------", "N--L----N-----"),
    ("shifts", ShiftsRule("r", Period.MONTH, most=2), "E--L----N-----", "E--L----------"),
    ("runs", RunRule("r", RunOf.WORK, most=3), "-EEEE---------", "-EEE-EEE------"),
    ("runs", RunRule("r", RunOf.FREE, least=2), "E-EE----------", "E--EE---------"),
    ("runs", RunRule("r", RunOf.SHIFTS, templates=("night",), most=2), "--NNN---------", "--NN-N--------"),
    ("runs", RunRule("r", RunOf.SAME_SHIFT, most=2), "--EEE---------", "--EEL---------"),
    ("weekends", WeekendRule("r", most=1), "-----E------E-", "-----EE-------"),
    ("weekends", WeekendRule("r", consecutive_most=1), "-----E-------E", "-----E--------"),
    ("weekends", WeekendRule("r", whole=True), "-----E--------", "-----EL-------"),
    ("weekends", WeekendRule("r", same_shift=True), "-----EL-------", "-----EE-------"),
    ("weekly_rest", WeeklyRestRule("r", 35), "EEEEEEEEE-----", "EEEEE--EEE----"),
    ("successions", SuccessionRule("r", rest_h=11), "-NL-----------", "-N-E----------"),
    ("successions", SuccessionRule("r", ("night",), ("early",)), "-NE-----------", "-NL-----------"),
]


@pytest.mark.parametrize(("kind", "rule", "wrong", "right"), PAIRS, ids=[f"{p[0]}-{p[2]}" for p in PAIRS])
def test_a_rule_of_the_scenario_is_checked(ruled, kind, rule, wrong, right):
    scenario = ruled(**{kind: rule})
    assert broken(scenario, wrong) == {"r"}
    assert broken(scenario, right) == set()


def test_a_rule_about_others_binds_nobody_else(ruled):
    rule = HoursRule("r", Period.WEEK, most_h=8, whom=Whom(agents=("Wu",)))
    scenario = ruled()
    agents = (*scenario.agents, Agent("Wu", "regular", ("calls",)))
    assert broken(replace(scenario, agents=agents, rules=WorkRules(hours=(rule,))), "EEE-----------") == set()
    everybody = replace(rule, whom=Whom(skills=("calls",)))
    assert broken(replace(scenario, agents=agents, rules=WorkRules(hours=(everybody,))), "EEE-----------") == {"r"}


def test_a_rule_with_a_price_is_no_breach_but_costs(ruled):
    scenario = ruled(runs=RunRule("r", RunOf.WORK, most=2, yuan_per_day=30.0))
    assert broken(scenario, "EEEE----------") == set()
    shapes = shifts_of(scenario).shapes
    (rule,) = (made for made in line_rules(scenario, scenario.agents[0], shapes) if made.name == "r")
    line = np.array([0, 0, 0, 0, *[OFF] * 10])
    assert rule.penalty(shapes, line) == 60.0


def test_overtime_costs_what_the_factor_adds_to_the_rate(ruled):
    scenario = ruled(overtime=OvertimeRule("r", Period.WEEK, beyond_h=20, pay_factor=1.5))
    shapes = shifts_of(scenario).shapes
    (rule,) = (made for made in line_rules(scenario, scenario.agents[0], shapes) if made.name == "r")
    line = np.array([0, 0, 0, *[OFF] * 11])
    assert rule.penalty(shapes, line) == pytest.approx(4 * 40.0 * 0.5)


@pytest.mark.parametrize(
    ("kind", "rule"), [(pair[0], pair[1]) for pair in PAIRS if pair[0] != "hours" or pair[1].most_h]
)
def test_the_search_keeps_every_rule_of_the_scenario(ruled, wanted, kind, rule):
    scenario = ruled(**{kind: rule})
    outcome = build_roster(scenario, wanted(scenario, 1.0), seed=1, budget=SearchBudget(polish_lines=20))
    assert outcome.roster is not None
    assert check_rules(scenario, outcome.roster) == ()


def test_a_wish_is_granted_where_nothing_speaks_against_it(ruled, wanted, day):
    scenario = ruled()
    agents = (*scenario.agents, Agent("Wu", "regular", ("calls",)))
    wishes = (Wish("Lin", day(2), Want.OFF, yuan=80.0), Wish("Wu", day(3), Want.ON, "late", yuan=900.0))
    scenario = replace(scenario, agents=agents, wishes=wishes)
    roster = build_roster(scenario, wanted(scenario, 0.0), seed=1, budget=SearchBudget(polish_lines=20)).roster
    assert [(row.agent, row.date, row.template) for row in roster.assignments] == [("Wu", day(3), "late")]
