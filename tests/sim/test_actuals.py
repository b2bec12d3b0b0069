"""What was measured, on the grid of a scenario, and what measured contacts hold already."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from scenarios import (
    BotStage,
    Channel,
    Effect,
    FollowUp,
    FollowUpKind,
    Law,
    LawKind,
    Lever,
    Missorted,
    PlanningError,
    Quantity,
    Redial,
    Shock,
)
from sim import actuals_of, as_measured, demand_as_it_was, staff_always_on, validate, without_effects
from sim.explaining.actuals import Measured

LAW = Law(LawKind.EXPONENTIAL, 60.0)
IN_TIME = Measured.ANSWERED_IN_TIME


@pytest.fixture
def shop(scenario, kind):
    return scenario([kind("call"), kind("mail2")], hours=((8, 9), (8, 9)))


@pytest.fixture
def history(shop):
    """Four quarters of an hour on each of two dates, ten calls in each."""
    starts = [shop.horizon.instant(day * 24 * 3600 * 10**6 + 8 * 3600 * 10**6 + quarter * 900 * 10**6)
              for day in range(2) for quarter in range(4)]  # fmt: skip
    return pd.DataFrame(
        {"interval_start": starts, "contact_type": "call", "offered": 10.0, "aht_s": 120.0, "answered_in_time": 9.0}
    )


def test_handling_times_are_weighed_by_contacts_and_empty_rows_say_nothing(history, shop):
    rows = pd.concat([
        history.iloc[:1], history.iloc[:1].assign(offered=30.0, aht_s=200.0),
        history.iloc[:1].assign(offered=0.0, aht_s=np.nan, answered_in_time=np.nan),
    ])  # fmt: skip
    found = actuals_of(rows, shop)

    assert found.offered[32].tolist() == [40.0, 0.0]
    assert found.work_s[32, 0] == (10 * 120 + 30 * 200) / 40
    assert np.isnan(found.work_s[32, 1])
    assert found.outcomes[IN_TIME][32, 0] == 18.0


def test_work_is_read_from_its_own_column_first(history, shop):
    found = actuals_of(history.assign(work_s=90.0), shop)

    assert found.work_s[32, 0] == 90.0


def test_answered_contacts_are_those_measured_else_those_who_did_not_give_up_else_all(history, shop):
    def answered(**columns):
        return actuals_of(history.assign(**columns), shop).answered[32, 0]

    assert answered(answered=7.0, abandoned=2.0) == 7.0
    assert answered(abandoned=2.0) == 8.0
    assert answered(abandoned=np.nan) == answered() == 10.0


def test_lengths_of_sessions_are_added_up_by_contacts(history, shop):
    twice = pd.concat([history.assign(session_s=300.0), history.assign(session_s=500.0, offered=30.0)])
    found = actuals_of(twice, shop)

    assert found.outcomes[Measured.SESSION][32, 0] == 10 * 300 + 30 * 500


def test_the_length_of_a_chats_session_is_refused_where_its_work_belongs(history, scenario, kind):
    """Work of 120 s is plausible beside a belief of 88 s; 366 s are the session with the buyer's thinking in it."""
    chat = scenario([kind("call", Channel.CHAT, work_s=Law(LawKind.EXPONENTIAL, 88.0))], hours=((8, 9), (8, 9)))

    assert np.nanmax(actuals_of(history, chat).work_s) == 120.0
    long = history.assign(aht_s=366.0)
    with pytest.raises(PlanningError, match=r"aht_s of call is 366 s .* 88 s of work.*session_s"):
        actuals_of(long, chat)
    assert np.nanmax(actuals_of(long.rename(columns={"aht_s": "work_s"}), chat).work_s) == 366.0
    assert np.isnan(actuals_of(long.rename(columns={"aht_s": "session_s"}), chat).work_s).all()


def test_demand_as_it_was_strays_no_more_and_keeps_the_believed_work_where_none_was_measured(history, shop, forecast):
    believed = forecast(shop, 3.0, 77.0)
    demand = demand_as_it_was(actuals_of(history, shop), believed)

    assert demand.expected.sum() == 80.0
    assert set(demand.work_s[:, 0].tolist()) == {77.0, 120.0}
    assert set(demand.work_s[:, 1].tolist()) == {77.0}
    assert demand.uncertainty.day_cv == (0.0, 0.0)


def test_a_day_with_a_gap_in_its_outcomes_is_left_out_and_the_others_are_compared(history, shop):
    gap = history.copy()
    gap.loc[1, "answered_in_time"] = np.nan
    people = staff_always_on(shop, {"g": 6})
    found = validate(shop, actuals_of(gap, shop), people, replications=10, seed=1, tolerance=1.0)

    assert [check.date.day for check in found.days] == [11]
    assert len(found.intervals) == 7
    gap["answered_in_time"] = np.nan
    with pytest.raises(PlanningError, match="no day of calls or chats"):
        validate(shop, actuals_of(gap, shop), people, replications=2, seed=1)


def test_measured_contacts_hold_bot_wrong_lines_redials_and_follow_ups_already(scenario, kind):
    rich = kind(
        "call", bot=BotStage(0.5, 0.5), redial=Redial(0.5, LAW), missorted=Missorted(0.1, "other", LAW),
        follow_ups=(FollowUp(FollowUpKind.RECONTACT, 0.1),),
    )  # fmt: skip

    assert as_measured(scenario([rich, kind("other")])).contact_types == (kind("call"), kind("other"))


def test_only_the_effects_named_are_taken_off(scenario):
    effects = tuple(Effect(quantity, 2.0) for quantity in Quantity)
    floor = scenario(levers=(Lever("l", effects),), shocks=(Shock("s", effects),))
    calm = without_effects(floor, Quantity.VOLUME, Quantity.WORK)

    for quantity in Quantity:
        taken_off = quantity in (Quantity.VOLUME, Quantity.WORK)
        assert calm.factor(quantity).max() == (1.0 if taken_off else 4.0)
    assert replace(calm, levers=(), shocks=()) == replace(floor, levers=(), shocks=())
