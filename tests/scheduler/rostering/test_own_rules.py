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
    FairnessRule,
    HeadsRule,
    HoursRule,
    OvertimeRule,
    PatternRule,
    Period,
    PresenceRule,
    Requirement,
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
from scenarios.text import fill
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
    ("weekly_rest", WeeklyRestRule("r", 35), "EEEEEEEEE-----", "EEEE--EEE-----"),
    ("successions", SuccessionRule("r", rest_h=11), "-NL-----------", "-N-E----------"),
    ("successions", SuccessionRule("r", ("night",), ("early",)), "-NE-----------", "-NL-----------"),
    ("patterns", PatternRule("r", ("late", "free", "early")), "--L-E---------", "--L-L--E------"),
    ("patterns", PatternRule("r", ("work", "free", "work")), "EE-E----------", "EE--E---------"),
    ("patterns", PatternRule("r", ("night", "free", "free"), weekdays=("fri",)), "----N---------", "N--NL-----E---"),
    ("patterns", PatternRule("r", ("night",), wanted=("free", "free")), "-NN---E-------", "-N--N--------N"),
    ("patterns", PatternRule("r", ("night",), wanted=("free", "free")), "-N-E----------", "-N--E---------"),
    ("patterns", PatternRule("r", ("work",), ("work",), ("sat",)), "-----E--------", "E----EL------E"),
    ("patterns", PatternRule("r", ("early",), ("late",), ("mon",)), "EE------------", "EL-----LE-----"),
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


def test_a_wanted_pattern_costs_once_wherever_it_is_not_followed(ruled):
    scenario = ruled(patterns=PatternRule("r", ("night",), wanted=("free", "free"), yuan_per_time=25.0))
    assert broken(scenario, "NE------------") == set()
    shapes = shifts_of(scenario).shapes
    rules = [made for made in line_rules(scenario, scenario.agents[0], shapes) if made.name == "r"]
    early, night = 0, 2
    # not followed: by a night at once, by an early shift after one free date; the last night's dates lie outside
    line = np.array([night, night, OFF, early, *[OFF] * 9, night])
    assert sum(rule.penalty(shapes, line) for rule in rules) == 50.0


def test_a_shift_before_the_horizon_that_is_not_known_is_taken_for_no_kind_of_shift(ruled):
    scenario = ruled(patterns=PatternRule("r", ("night", "night")))
    scenario = replace(scenario, agents=(replace(scenario.agents[0], worked_days_before=1),))
    assert broken(scenario, "N-------------") == set()
    assert broken(replace(scenario, rules=WorkRules(patterns=(PatternRule("r", ("work", "night")),))), "N---") == {"r"}


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


@pytest.fixture
def led(shop):
    """Make a shop of two leads and three others whose phone needs a lead in some hours."""

    def make(*, leave=(), **rule):
        agents = [
            Agent(f"lead-{number}", "regular", ("calls", "lead"), leave=leave if number == 0 else ())
            for number in (0, 1)
        ]
        agents += [Agent(f"other-{number}", "regular", ("calls",)) for number in range(3)]
        scenario = shop([], dates=7)
        rules = WorkRules(presence=(PresenceRule("a lead", skill="lead", **rule),))
        return replace(scenario, agents=tuple(agents), rules=rules)

    return make


def test_a_lead_is_there_in_every_hour_that_asks_for_one(led, wanted):
    scenario = led(from_min=600, to_min=720)
    outcome = build_roster(scenario, wanted(scenario, 1.0), seed=1, budget=SearchBudget(polish_lines=200))
    assert check_rules(scenario, outcome.roster) == ()
    assert not [reason for reason in outcome.reasons if reason.key == "reasons.presence"]


def test_an_hour_no_lead_can_cover_is_told_and_still_there_is_a_roster(led, wanted):
    scenario = led(least=3, from_min=600, to_min=720)
    outcome = build_roster(scenario, wanted(scenario, 1.0), seed=1, budget=SearchBudget(polish_lines=50))
    told = [dict(reason.facts) for reason in outcome.reasons if reason.key == "reasons.presence_impossible"]
    assert {fact["rule"] for fact in told} == {"a lead"}
    assert {(fact["needed"], fact["able"]) for fact in told} == {(3, 2)}
    assert {breach.rule for breach in check_rules(scenario, outcome.roster)} == {"a lead"}


def test_a_rule_of_presence_that_leave_breaks_is_told_with_who_is_away_and_the_way_out(led, wanted, monday):
    scenario = led(least=2, from_min=600, to_min=720, leave=(monday,))
    outcome = build_roster(scenario, wanted(scenario, 1.0), seed=1, budget=SearchBudget(polish_lines=50))
    (reason,) = [reason for reason in outcome.reasons if reason.key == "reasons.presence_impossible"]

    assert fill(reason.key, dict(reason.facts), "en") == (
        "2026-11-09 10:00: rule “a lead” asks for 2 present and only 1 of those who count can be at work then: "
        "1 on leave (lead-0). Cheapest way out: lead-0: take back the leave on 2026-11-09 (1600 yuan)."
    )


def test_a_trainee_works_beside_a_mentor(shop, day):
    agents = [Agent(name, "pool", ("calls",)) for name in ("Mentor", "Trainee")]
    rule = PresenceRule("mentor", agents=("Mentor",), beside=("Trainee",))
    scenario = replace(shop(agents), rules=WorkRules(presence=(rule,)))

    def shift(name, start):
        begin = start * 60 * US_PER_MIN
        return Assignment(name, day(0), "part", "phone", begin, begin + 240 * US_PER_MIN)

    beside = Roster((shift("Mentor", 9), shift("Trainee", 9)))
    apart = Roster((shift("Mentor", 9), shift("Trainee", 11)))
    assert check_rules(scenario, beside) == ()
    (breach,) = check_rules(scenario, apart)
    assert (breach.rule, breach.agent, breach.date, breach.found, breach.allowed) == ("mentor", "Trainee", day(0), 0, 1)


@pytest.fixture
def manned(shop):
    """Make a week of two people who are asked to hold part shifts at the weekend, and a third who does not count."""

    def make(*, leave=(), **rule):
        agents = [Agent(name, "pool", ("calls",), leave=leave if name == "Lin" else ()) for name in ("Lin", "Wu", "Xu")]
        two = Whom(agents=("Lin", "Wu"))
        heads = HeadsRule("weekend", templates=("part",), weekdays=("sat", "sun"), whom=two, **rule)
        return replace(shop(agents), rules=WorkRules(heads=(heads,)))

    return make


def test_so_many_people_hold_a_shift_on_the_dates_that_ask_for_them(manned, wanted, day):
    scenario = manned(least=2)
    outcome = build_roster(scenario, wanted(scenario, 0.0), seed=1, budget=SearchBudget(polish_lines=50))
    held = {(row.agent, row.date) for row in outcome.roster.assignments}
    assert held == {("Lin", day(5)), ("Wu", day(5)), ("Lin", day(6)), ("Wu", day(6))}
    assert check_rules(scenario, outcome.roster) == ()
    less = Roster(tuple(row for row in outcome.roster.assignments if (row.agent, row.date) != ("Wu", day(6))))
    (breach,) = check_rules(scenario, less)
    assert (breach.rule, breach.agent, breach.date, breach.found, breach.allowed) == ("weekend", "part", day(6), 1, 2)


def test_heads_that_leave_keeps_away_are_told_and_still_there_is_a_roster(manned, wanted, day):
    scenario = manned(least=2, leave=(day(5),))
    outcome = build_roster(scenario, wanted(scenario, 0.0), seed=1, budget=SearchBudget(polish_lines=50))
    (reason,) = [reason for reason in outcome.reasons if reason.key == "reasons.heads"]
    assert fill(reason.key, dict(reason.facts), "en") == (
        "2026-11-14: rule “weekend” is not kept: 1 people hold the shift where 2 are asked for (part); "
        "give more people the shift, or free them on the date."
    )


@pytest.mark.parametrize(("yuan", "shifts"), [(100.0, 0), (200.0, 2)])
def test_heads_with_a_price_are_held_where_a_shift_costs_less(manned, wanted, yuan, shifts):
    scenario = manned(least=1, yuan_per_person=yuan)  # a part shift costs 4 h at 32 yuan
    outcome = build_roster(scenario, wanted(scenario, 0.0), seed=1, budget=SearchBudget(polish_lines=50))
    assert len(outcome.roster.assignments) == shifts
    assert outcome.objective == pytest.approx(min(2 * yuan, 2 * 4 * 32.0))


def test_weekends_are_shared_with_what_the_past_has_brought(shop, wanted, day):
    agents = [Agent("Lin", "pool", ("calls",), weekends_before=3), Agent("Wu", "pool", ("calls",))]
    fair = WorkRules(fairness=(FairnessRule("fair", "weekends", 40.0),))
    scenario = replace(shop(agents), rules=fair)
    need = np.zeros_like(wanted(scenario, 1.0).positions)
    need[5 * 24 + 9 : 5 * 24 + 13, 0] = 1.0  # Saturday, four hours
    requirement = Requirement(scenario.horizon, ("phone", "chat"), need)
    roster = build_roster(scenario, requirement, seed=1, budget=SearchBudget(polish_lines=50)).roster
    assert [(row.agent, row.date) for row in roster.assignments] == [("Wu", day(5))]
