"""What contracts mean in weeks, pieces of weeks and weeks with leave."""

import pytest

from scenarios import Agent, Available, Contract, Hours
from scheduler.rostering.terms import Week, least_paid_min, most_paid_min, weeks_of, windows_of, working_days_max


@pytest.fixture
def least_h(shop):
    """Least hours in the first week of a regular of 40 hours on 8 h shifts."""

    def ask(dates=7, leave=(), weekly=None, **changes):
        terms = {"week_paid_h_min": 40, "week_paid_h_max": 44} | changes
        contract = Contract("regular", ("full",), cost_per_paid_h_yuan=40.0, **terms)
        agent = Agent("Lin", "regular", ("calls",), leave=leave)
        scenario = shop([agent], contracts=(contract,), dates=dates, weekly=weekly)
        return least_paid_min(scenario, agent, weeks_of(scenario.horizon)[0]) / 60

    return ask


def test_weeks_are_blocks_of_seven_dates_from_the_first(shop):
    assert weeks_of(shop([], dates=16).horizon) == (Week(0, 7), Week(7, 14), Week(14, 16))


def test_a_whole_week_asks_for_the_whole_least(least_h):
    assert least_h() == 40


@pytest.mark.parametrize(("dates", "hours"), [(1, 0), (2, 8), (3, 16), (5, 24), (6, 32)])
def test_a_piece_of_a_week_asks_for_whole_shifts_of_its_share(least_h, dates, hours):
    assert least_h(dates=dates) == hours


def test_leave_counts_as_worked(least_h, day):
    assert least_h(leave=(day(0), day(1), day(2))) == 16
    assert least_h(leave=tuple(day(n) for n in range(7))) == 0


def test_closed_dates_ask_for_nothing(least_h):
    weekdays = (Hours(480, 1320),) * 5 + (None, None)

    assert least_h(dates=5, weekly=weekdays) == 40
    assert least_h(dates=1, weekly=weekdays) == 8


def test_called_people_have_no_least(least_h):
    assert least_h(call_in=True) == 0


def test_decimal_hours_lose_no_minute(shop):
    contract = Contract("odd", ("full",), 37.7, 40.0)

    assert most_paid_min(contract) == 2262


def test_days_off_are_owed_in_whole_weeks_only():
    contract = Contract("regular", ("full",), 44, 40.0, days_off_per_week_min=2)

    assert working_days_max(contract, Week(0, 7)) == 5
    assert working_days_max(contract, Week(7, 10)) == 3


def test_windows_that_touch_are_one(shop, day):
    windows = (Available(day(1), 0, 120), Available(day(0), 1200, 1440), Available(day(2), 600, 700))
    agent = Agent("Lin", "pool", ("calls",), available=windows)
    spans = windows_of(shop([agent]).horizon, agent)

    assert [(start // 60_000_000, end // 60_000_000) for start, end in spans] == [(1200, 1560), (3480, 3580)]
    assert windows_of(shop([]).horizon, Agent("Wu", "pool", ())) is None
