"""Work, rounds and work per message of a forecast, from whichever of them a history has."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting import expected_work, make_forecast, work_content
from forecasting.events.timeline import epoch_us
from scenarios import Hours, PlanningError, check_history

ZONE = "Asia/Shanghai"
OPEN = Hours(8 * 60, 22 * 60)
STARTS = np.array([epoch_us(pd.Timestamp(f"2026-05-25 {hour}:00", tz=ZONE).to_pydatetime()) for hour in (9, 15, 21)])


@pytest.fixture
def content(chat):
    def make(history):
        return work_content(history, chat, STARTS, zone=ZONE)

    return make


@pytest.fixture
def chats(measured_days):
    """A history of chats with the columns given, each the same in every row."""

    def make(**columns):
        return measured_days(lambda _: np.nan, column="session_s", contact_type="chat", **columns)

    return make


@pytest.mark.parametrize(
    ("columns", "work_s", "rounds", "message_s"),
    [
        ({"work_s": 180.0, "rounds": 6.0}, 180.0, 6.0, 30.0),
        ({"work_s": 180.0, "work_per_message_s": 30.0}, 180.0, 6.0, 30.0),
        ({"rounds": 6.0, "work_per_message_s": 30.0}, 180.0, 6.0, 30.0),
        ({"work_s": 180.0, "rounds": 6.0, "work_per_message_s": 99.0}, 180.0, 6.0, 30.0),
        ({"rounds": 3.0}, 8.0 + 2 * 30.0, 3.0, 68.0 / 3),
        ({"work_per_message_s": 40.0}, 200.0, np.nan, np.nan),
        ({"work_s": 180.0}, 180.0, np.nan, np.nan),
        ({}, 128.0, np.nan, np.nan),
    ],
)
def test_what_was_not_measured_follows_from_what_was(content, chats, columns, work_s, rounds, message_s):
    """The type has five rounds, 8 s the first and 30 s each later one."""
    found = content(chats(**columns))

    assert found.work_s == pytest.approx(work_s, rel=1e-6)
    assert found.rounds == pytest.approx(rounds, rel=1e-6, nan_ok=True)
    assert found.work_per_message_s == pytest.approx(message_s, rel=1e-6, nan_ok=True)


def test_only_measured_work_has_a_spread(content, chats):
    assert np.isnan(content(chats()).work_cv).all()
    known = content(chats(work_s=180.0)).work_cv
    assert ((known > 0) & (known < 0.1)).all()


def test_sessions_are_never_of_less_than_one_round(content, chats):
    assert (content(chats(work_s=30.0, work_per_message_s=60.0)).rounds == 1.0).all()
    assert (content(chats(rounds=0.5)).rounds == 1.0).all()


def test_rounds_of_the_evening_are_forecast_for_the_evening(measured_days, content):
    history = measured_days(
        lambda moment: 8.0 if moment.hour >= 20 else 5.0, column="rounds", contact_type="chat", work_s=150.0
    )

    assert content(history).rounds == pytest.approx([5.0, 5.0, 8.0], rel=0.02)


def test_answered_contacts_weigh_where_they_are_counted(measured_days, content):
    """Half of the rows have all answered and take 100 s, the others next to nobody and 300 s."""
    history = measured_days(lambda _: 100.0, column="work_s", contact_type="chat")
    few = np.arange(len(history)) % 2 == 1
    history["work_s"] = np.where(few, 300.0, 100.0)
    history["answered"] = np.where(few, 0.02, 20.0)

    assert content(history).work_s == pytest.approx(100.0, rel=0.05)


def test_a_forecast_carries_rounds_and_the_spread_grows_with_the_lead(chats, chat, make_scenario):
    history, scenario = chats(work_s=180.0, rounds=6.0), make_scenario(types=(chat,), hours=OPEN)
    forecast, (content,) = make_forecast(history, scenario), expected_work(history, scenario)

    assert forecast.rounds == pytest.approx(6.0)
    assert forecast.work_per_message_s == pytest.approx(30.0)
    assert np.array_equal(forecast.work_s[:, 0], content.work_s)
    assert np.array_equal(forecast.rounds[:, 0], content.rounds)
    assert content.work_cv[-1] >= content.work_cv[0]


def test_a_history_without_rounds_forecasts_none(chats, chat, make_scenario):
    scenario = make_scenario(types=(chat,), hours=OPEN)

    assert make_forecast(chats(work_s=180.0), scenario).rounds is None


@pytest.mark.parametrize("column", ["rounds", "work_per_message_s"])
@pytest.mark.parametrize("wrong", [-1.0, np.inf, "many"])
def test_impossible_rounds_are_told_with_their_row(chats, column, wrong):
    history = chats().astype({"session_s": object})
    history[column] = pd.Series([5.0] * len(history), dtype=object)
    history.loc[2, column] = wrong

    with pytest.raises(PlanningError, match=f"{column} in row 3"):
        check_history(history)


@given(st.floats(1, 60), st.floats(0.5, 900), st.integers(0, 9))
@settings(max_examples=20, deadline=None)
def test_work_is_always_rounds_times_the_work_of_one(measured_days, chat, rounds, message_s, seed):
    rng = np.random.default_rng(seed)
    history = measured_days(
        lambda _: rounds * (0.5 + rng.random()), days=9, column="rounds", contact_type="chat",
        work_per_message_s=message_s,
    )  # fmt: skip
    found = work_content(history, chat, STARTS, zone=ZONE)

    assert found.rounds * found.work_per_message_s == pytest.approx(found.work_s)
    assert (found.rounds >= 1.0).all()


def test_nothing_after_the_origin_changes_the_forecast(measured_days, call):
    """Leak test: rows from the first forecast instant on are shuffled."""
    history = measured_days(lambda moment: 200.0 + moment.hour, seed=1)
    later = history["interval_start"] >= pd.Timestamp("2026-05-01", tz=ZONE)
    shuffled = history.copy()
    values = history.loc[later, "aht_s"].to_numpy()
    shuffled.loc[later, "aht_s"] = np.random.default_rng(1).permutation(values) * 3
    one, other = (work_content(table[~later], call, STARTS, zone=ZONE).work_s for table in (history, shuffled))

    assert np.array_equal(one, other)
