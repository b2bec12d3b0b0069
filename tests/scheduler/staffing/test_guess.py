"""The first guess: closed forms group by group."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.staffing import first_guess, human_rates_per_s
from sim import min_agents_a, slot_chat


def positions_at(requirement, clock_h):
    return requirement.positions[int(clock_h * 60 / requirement.horizon.interval_min)]


def test_level_calls_need_what_erlang_a_says(plain_table, scenario_of, forecast_of):
    scenario = scenario_of(plain_table)
    needed = first_guess(scenario, forecast_of(scenario, [150.0]))
    # 150 calls an hour of 240 s are 10 erlangs; by noon the load has long been level.
    assert positions_at(needed, 12)[0] == min_agents_a(10.0, 240.0, 90.0, 30.0, 0.9)


def test_load_lags_behind_the_first_calls_of_the_day(plain_table, scenario_of, forecast_of):
    scenario = scenario_of(plain_table)
    needed = first_guess(scenario, forecast_of(scenario, [900.0]))
    assert positions_at(needed, 9)[0] < positions_at(needed, 10)[0]


def test_nobody_is_needed_while_the_shop_is_closed_and_somebody_whenever_it_is_open(
    plain_table, scenario_of, forecast_of
):
    scenario = scenario_of(plain_table)
    needed = first_guess(scenario, forecast_of(scenario, [0.0]))
    assert positions_at(needed, 8)[0] == 0
    assert positions_at(needed, 12)[0] == 1


def test_abandonment_bound_asks_for_more_than_the_share_in_time(plain_table, scenario_of, forecast_of):
    loose = scenario_of(plain_table)
    plain_table["targets"][0]["abandoned_share_max"] = 0.001
    strict = scenario_of(plain_table)
    forecast = forecast_of(loose, [300.0])
    assert positions_at(first_guess(strict, forecast), 12)[0] > positions_at(first_guess(loose, forecast), 12)[0]


def test_contacts_kept_by_the_bot_need_nobody(plain_table, scenario_of, forecast_of):
    plain_table["contact_types"][0]["bot"] = {"offered_share": 0.5, "containment_share": 0.4}
    scenario = scenario_of(plain_table)
    rates = human_rates_per_s(scenario, forecast_of(scenario, [100.0]))
    assert rates[24, 0] * 3600 == pytest.approx(80.0)


def test_chats_share_their_agents(plain_table, scenario_of, forecast_of):
    plain_table["contact_types"][0] |= {"channel": "chat"}
    plain_table["groups"][0] |= {"chat_cap": 3, "session_speed": [1.0, 0.85, 0.83]}
    scenario = scenario_of(plain_table)
    needed = int(positions_at(first_guess(scenario, forecast_of(scenario, [150.0])), 12)[0])
    enough = slot_chat(needed, 3, (1.0, 0.85, 0.83), 150 / 3600, 240.0, 90.0, 30.0)
    fewer = slot_chat(needed - 1, 3, (1.0, 0.85, 0.83), 150 / 3600, 240.0, 90.0, 30.0)
    assert fewer.share_in_time < 0.9 <= enough.share_in_time
    assert needed < min_agents_a(10.0, 240.0, 90.0, 30.0, 0.9)


def test_tickets_fill_idle_time_before_they_need_people(plain_table, scenario_of, forecast_of):
    plain_table["contact_types"].append(
        {
            "name": "mail",
            "channel": "ticket",
            "work_s": {"kind": "exponential", "mean_s": 300.0},
            "due_within_s": 86400.0,
        }
    )
    plain_table["groups"][0]["serves"].append({"contact_type": "mail", "priority": 9})
    plain_table["routes"].append({"contact_type": "mail", "steps": [{"group": "phone"}]})
    scenario = scenario_of(plain_table)
    alone = first_guess(scenario, forecast_of(scenario, [150.0, 0.0]))
    few = first_guess(scenario, forecast_of(scenario, [150.0, 6.0]))
    many = first_guess(scenario, forecast_of(scenario, [150.0, 120.0]))
    np.testing.assert_array_equal(few.positions, alone.positions)
    assert many.positions.sum() > alone.positions.sum()


@given(low=st.floats(0.2, 3.0), more=st.floats(0.0, 2.0), per_hour=st.floats(1.0, 400.0))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_more_contacts_never_need_fewer_people(plain_table, scenario_of, forecast_of, low, more, per_hour):
    scenario = scenario_of(plain_table)
    forecast = forecast_of(scenario, [per_hour])
    shape = (scenario.horizon.intervals, 1)
    fewer = first_guess(scenario, forecast, rate_factor=np.full(shape, low))
    larger = first_guess(scenario, forecast, rate_factor=np.full(shape, low + more))
    assert (larger.positions >= fewer.positions).all()
