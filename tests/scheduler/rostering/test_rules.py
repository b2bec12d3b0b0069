"""Each rule by a pair: one roster breaks exactly this rule, one next to it keeps them all."""

from dataclasses import replace

import pytest

from scenarios import (
    US_PER_MIN,
    Agent,
    Assignment,
    Available,
    Break,
    Contract,
    PlanningError,
    Roster,
    RuleBreach,
    ShiftTemplate,
)
from scheduler.rostering import RULE_KEYS, check_rules, tell_breach

FREE = Contract("regular", ("short", "long"), 60, 40.0, days_off_per_week_min=1, consecutive_days_max=5)


@pytest.fixture
def templates():
    from scenarios import BreakRule

    return (
        ShiftTemplate("short", 240, 480, 1080, 60),
        ShiftTemplate("long", 540, 480, 780, 60, (BreakRule(60, False, 180, 240),)),
        ShiftTemplate("night", 240, 1080, 1200, 60),
    )


@pytest.fixture
def worker():
    return Agent("Lin", "regular", ("calls",))


@pytest.fixture
def one(shop, templates, worker):
    """Make the shop of one worker with contract and person changed."""

    def make(*, contract=None, dates=7, **changes):
        return shop([replace(worker, **changes)], contracts=(contract or FREE,), templates=templates, dates=dates)

    return make


@pytest.fixture
def shift(day):
    """Make a shift: date number, start in minutes, template, group."""

    def make(number, start=480, template="short", group="phone", length=None, lunch_after=180):
        begin = (number * 1440 + start) * US_PER_MIN
        length = length or {"short": 240, "long": 540, "night": 240}[template]
        breaks = ()
        if template == "long" and lunch_after is not None:
            pause = begin + lunch_after * US_PER_MIN
            breaks = (Break(pause, pause + 60 * US_PER_MIN, False),)
        return Assignment("Lin", day(number), template, group, begin, begin + length * US_PER_MIN, breaks)

    return make


def broken(scenario, *shifts):
    return {breach.rule for breach in check_rules(scenario, Roster(shifts))}


def test_an_agent_sits_only_where_all_skills_are_held(one, shift):
    assert broken(one(), shift(0, group="chat")) == {"skills"}
    assert broken(one(), shift(0, group="phone")) == set()


def test_a_date_of_leave_stays_free(one, shift, day):
    assert broken(one(leave=(day(1),)), shift(1)) == {"leave"}
    assert broken(one(leave=(day(1),)), shift(2)) == set()


def test_a_shift_lies_inside_the_windows(one, shift, day):
    windows = (Available(day(0), 480, 660), Available(day(0), 660, 720))

    assert broken(one(available=windows), shift(0, 540)) == {"availability"}
    assert broken(one(available=windows), shift(0, 480)) == set()


def test_a_contract_names_its_shifts(one, shift):
    assert broken(one(), shift(0, 1080, "night")) == {"contract_shift"}
    assert broken(one(), shift(0, 1080, "short")) == set()


def test_a_shift_has_the_length_and_the_starts_of_its_template(one, shift):
    assert broken(one(), shift(0, 510)) == {"shift_shape"}
    assert broken(one(), shift(0, length=300)) == {"shift_shape"}
    assert broken(one(), shift(0, 540)) == set()


def test_breaks_lie_in_their_windows(one, shift):
    assert broken(one(), shift(0, template="long", lunch_after=170)) == {"breaks"}
    assert broken(one(), shift(0, template="long", lunch_after=None)) == {"breaks"}
    assert broken(one(), shift(0, template="long", lunch_after=240)) == set()


def test_a_week_has_a_most_of_paid_hours(one, shift):
    contract = replace(FREE, week_paid_h_max=20)

    assert broken(one(contract=contract), *(shift(n, template="long") for n in range(3))) == {"week_hours_max"}
    assert broken(one(contract=contract), *(shift(n, template="long") for n in range(2)), shift(3)) == set()


def test_a_week_has_a_least_of_paid_hours(one, shift):
    contract = replace(FREE, week_paid_h_min=20)

    assert broken(one(contract=contract), *(shift(n) for n in range(4))) == {"week_hours_min"}
    assert broken(one(contract=contract), *(shift(n) for n in range(5))) == set()


def test_rest_lies_between_two_shifts(one, shift):
    late, early, on_time = shift(0, 1080), shift(1, 480), shift(1, 540)
    contract = replace(FREE, rest_h_min=11)

    assert broken(one(contract=contract), late, early) == {"rest"}
    assert broken(one(contract=contract), late, on_time) == set()


def test_rest_counts_from_the_last_shift_before_the_horizon(one, shift):
    scenario = one()
    eve = scenario.horizon.start

    assert broken(one(last_shift_end=eve), shift(0, 600)) == {"rest"}
    assert broken(one(last_shift_end=eve), shift(0, 660)) == set()


def test_a_date_bears_one_shift(one, shift):
    contract = replace(FREE, rest_h_min=0)

    assert broken(one(contract=contract), shift(0, 480), shift(0, 900)) == {"one_shift_per_date"}
    assert broken(one(contract=contract), shift(0, 480), shift(1, 900)) == set()


def test_working_dates_do_not_run_on(one, shift):
    assert broken(one(), *(shift(n) for n in range(6))) == {"consecutive_days"}
    assert broken(one(), *(shift(n) for n in (0, 1, 2, 4, 5, 6))) == set()


def test_dates_worked_before_the_horizon_belong_to_the_run(one, shift):
    assert broken(one(worked_days_before=3), *(shift(n) for n in range(3))) == {"consecutive_days"}
    assert broken(one(worked_days_before=3), *(shift(n) for n in range(2))) == set()


def test_a_whole_week_has_its_free_dates(one, shift):
    contract = replace(FREE, consecutive_days_max=7, days_off_per_week_min=2)

    assert broken(one(contract=contract), *(shift(n) for n in range(6))) == {"days_off"}
    assert broken(one(contract=contract), *(shift(n) for n in range(5))) == set()
    assert broken(one(contract=contract, dates=6), *(shift(n) for n in range(6))) == set()


def test_a_breach_tells_found_and_allowed(one, shift):
    (breach,) = check_rules(one(), Roster(tuple(shift(n) for n in range(6))))

    assert (breach.agent, breach.date, breach.found, breach.allowed) == ("Lin", shift(5).date, 6, 5)


@pytest.mark.parametrize("field", ["agent", "group", "template"])
def test_a_roster_of_unknown_names_is_wrong_input(one, shift, field):
    with pytest.raises(PlanningError, match=field):
        check_rules(one(), Roster((replace(shift(0), **{field: "nobody"}),)))


def test_a_roster_outside_the_horizon_is_wrong_input(one, shift):
    with pytest.raises(PlanningError, match="date"):
        check_rules(one(), Roster((shift(9),)))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_rule_can_be_told(language, day):
    for key in (*RULE_KEYS, "night cap"):
        message = tell_breach(RuleBreach(key, "Lin", day(0), 3.0, 2.0), day(0), language)
        assert "Lin" in message
    assert "night cap" in message
