"""Rolling origins of work content against plain means."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecasting import WORK_METHODS, backtest_work
from scenarios import Channel, ContactType, Law, LawKind, PlanningError

ZONE = "Asia/Shanghai"
CALL = ContactType("call", Channel.VOICE, Law(LawKind.EXPONENTIAL, 200.0))
CHAT = ContactType("chat", Channel.CHAT, Law(LawKind.EXPONENTIAL, 150.0))


def history_of(truth, days=120, contacts=60.0, seed=None, **more):
    """Half hours from 8 to 22 of so many contacts; ``truth`` of day and hour, exact or as means of exponentials."""
    start = pd.date_range("2026-01-05", periods=days * 48, freq="30min", tz=ZONE)
    start = start[(start.hour >= 8) & (start.hour < 22)]
    day = np.asarray((start.tz_localize(None) - pd.Timestamp("2026-01-05")).days)
    mean = truth(day, start.hour.to_numpy()) * np.ones(len(start))
    if seed is not None:
        mean = mean * np.random.default_rng(seed).standard_gamma(np.full(len(mean), contacts)) / contacts
    return pd.DataFrame(
        {"interval_start": start, "contact_type": "call", "offered": contacts, "aht_s": mean, **more}
    )  # fmt: skip


def test_work_that_never_changes_is_forecast_without_error_by_all():
    test = backtest_work(history_of(lambda _day, _hour: 200.0), (CALL,), zone=ZONE)

    assert [test.wape(method, "call") for method in WORK_METHODS] == pytest.approx([0.0] * 4, abs=1e-9)
    assert test.lead_days == 28
    assert test.origins[0] == date(2026, 3, 2)


def test_the_mean_of_eight_weeks_misses_half_of_a_step_by_its_share():
    """Ten days before the only origin work rose from 200 to 240 s: 46 days of 200 and 10 of 240 make 207.14 s."""
    history = history_of(lambda day, _hour: np.where(day >= 46, 240.0, 200.0), days=84)
    test = backtest_work(history, (CALL,), zone=ZONE, origins=[date(2026, 3, 2)])
    row = test.table.set_index("method").loc["mean_of_8_weeks"]

    assert row["wape"] == pytest.approx(1 - (46 * 200 + 10 * 240) / 56 / 240)
    assert row["bias"] == pytest.approx(-row["wape"])
    assert row["workload_wape"] == pytest.approx(row["wape"])  # contacts never change
    assert test.wape("springtide", "call") < 0.5 * row["wape"]


@pytest.mark.statistical
def test_hours_and_drift_are_forecast_better_than_by_plain_means():
    """Evenings take a quarter longer, and everything a fifth of a percent less day by day. Seeded."""
    history = history_of(lambda day, hour: 300.0 * 0.998**day * np.where(hour >= 18, 1.25, 1.0), days=200, seed=1)
    test = backtest_work(history, (CALL,), zone=ZONE)
    ours, *rivals = (test.wape(method, "call") for method in WORK_METHODS)

    # Luck alone: the mean deviation of the mean of 60 exponentials, sqrt(2 / (60 pi)) = .103.
    assert ours < min(rivals)
    assert ours == pytest.approx((2 / (60 * np.pi)) ** 0.5, rel=0.06)
    assert abs(test.table.query("method == 'springtide'")["bias"].iloc[0]) < 0.02


def test_every_quantity_that_was_measured_has_its_rows():
    history = history_of(lambda _day, _hour: 200.0, days=90, rounds=5.0, work_per_message_s=40.0)
    test = backtest_work(history.drop(columns="aht_s"), (CALL, CHAT), zone=ZONE)

    assert set(test.table["quantity"]) == {"work_s", "rounds", "work_per_message_s"}
    assert set(test.table["contact_type"]) == {"call"}
    assert test.wape("springtide", "call", "rounds") == pytest.approx(0.0, abs=1e-9)
    assert np.isnan(test.wape("springtide", "chat"))


def test_what_came_later_changes_no_forecast():
    history = history_of(lambda _day, hour: 200.0 + hour, seed=2)
    later = np.arange(len(history)) >= 100 * 28
    changed = history.assign(aht_s=np.where(later, history["aht_s"] * 9, history["aht_s"]))
    origins = [date(2026, 3, 16)]  # its 28 days end before the change
    one, other = (backtest_work(table, (CALL,), zone=ZONE, origins=origins).table for table in (history, changed))

    pd.testing.assert_frame_equal(one, other)


def test_short_histories_and_origins_outside_are_told():
    with pytest.raises(PlanningError, match=r"History\.rows"):
        backtest_work(history_of(lambda _day, _hour: 200.0, days=5), (CALL,), zone=ZONE)
    with pytest.raises(PlanningError, match="2027"):
        backtest_work(history_of(lambda _day, _hour: 200.0), (CALL,), zone=ZONE, origins=[date(2027, 1, 1)])
    none = history_of(lambda _day, _hour: np.nan, days=30)
    assert backtest_work(none, (CALL,), zone=ZONE).table.empty
