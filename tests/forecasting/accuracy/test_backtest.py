"""Rolling origins judge all methods alike."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecasting import Span, backtest
from forecasting.accuracy.backtest import same_weekdays
from scenarios import Hours, Opening, PlanningError

ZONE = "Asia/Shanghai"


def test_the_rivals_are_the_last_and_the_mean_of_eight_same_weekdays():
    counts = np.arange(70, dtype=float).reshape(70, 1, 1)
    counts[63] = np.nan

    naive, mean = (same_weekdays(counts, np.arange(80) % 7, slice(70, 72), most)[:, 0, 0] for most in (1, 8))

    assert naive.tolist() == [56.0, 64.0]
    assert mean.tolist() == [np.mean(np.arange(7, 57, 7)), np.mean(np.arange(15, 65, 7))]


def test_a_weekday_never_seen_is_not_forecast_by_the_rivals():
    assert np.isnan(same_weekdays(np.ones((3, 2, 1)), np.arange(10) % 7, slice(3, 4), 8)).all()


def test_all_methods_are_right_about_a_week_that_repeats(make_history):
    test = backtest(make_history(days=100), zone=ZONE)

    assert test.wape("weekly_naive") == pytest.approx(0.0)
    assert test.wape("springtide") < 0.02
    assert test.lead_days == 28
    assert test.origins[0] == date(2026, 4, 27)
    assert {(later - earlier).days for earlier, later in zip(test.origins, test.origins[1:], strict=False)} == {3}


def test_noise_hurts_the_weekly_naive_more_than_the_forecast(make_history):
    test = backtest(make_history(days=120, seed=2, day_cv=0.1), zone=ZONE)

    assert test.wape("springtide") < 0.85 * test.wape("weekly_naive")
    assert test.wape("springtide", scope="d1") < test.wape("weekly_naive", scope="d1")
    row = test.table.query("method == 'springtide' and scope == 'all' and contact_type == '*'").iloc[0]
    assert row["over_naive"] == pytest.approx(test.wape("springtide") / test.wape("weekly_naive"))
    assert abs(row["bias"]) < 0.05


def test_the_total_adds_errors_and_contacts_of_the_types(make_history):
    history = pd.concat(
        [make_history(days=90, seed=1), make_history(days=90, seed=2, per_day=200, contact_type="chat")]
    )

    test = backtest(history, zone=ZONE)

    for method in ("springtide", "mean_of_8"):
        rows = test.table.query("method == @method and scope == 'all'").set_index("contact_type")
        missed = (rows["wape"] * rows["contacts"])[["call", "chat"]].sum()
        assert test.wape(method) == pytest.approx(missed / rows.loc[["call", "chat"], "contacts"].sum())
        assert test.wape(method, "chat") > test.wape(method, "call")


def test_an_origin_sees_nothing_of_its_own_future(make_history):
    history = make_history(days=120, seed=5)
    after = (history["interval_start"] >= pd.Timestamp("2026-05-08", tz=ZONE)).to_numpy()
    changed = history.copy()
    changed.loc[after, "offered"] *= 3.0
    origins = [date(2026, 5, 1)]

    one, other = (backtest(rows, zone=ZONE, span=Span(origins=origins, lead_days=7)) for rows in (history, changed))

    pd.testing.assert_frame_equal(one.table, other.table)


def test_only_open_intervals_are_scored(make_history):
    history = make_history(days=90)
    nights = history["interval_start"].dt.hour < 8
    wild = history.copy()
    wild.loc[nights, "offered"] = np.random.default_rng(1).integers(0, 1000, int(nights.sum())).astype(float)
    opening = Opening((Hours(8 * 60, 1440),) * 7)

    assert backtest(wild, zone=ZONE, opening=opening).wape("weekly_naive") == pytest.approx(0.0)
    assert backtest(wild, zone=ZONE).wape("weekly_naive") > 0.3


def test_event_days_are_reported_apart(make_history, make_event):
    starts = ("2026-03-25 00:00", "2026-05-20 00:00")

    def lift(moment):
        return 3.0 if moment.date() in {date(2026, 3, 25), date(2026, 5, 20)} else 1.0

    history = make_history("2026-02-02", 120, lift=lift, seed=3)
    events = tuple(make_event(start, 24) for start in starts)

    test = backtest(history, zone=ZONE, past_promotions=events)

    assert test.wape("springtide", scope="event_days") < 0.4 * test.wape("mean_of_8", scope="event_days")
    plain = backtest(history, zone=ZONE)
    assert np.isnan(plain.wape("springtide", scope="event_days"))
    assert test.wape("springtide", scope="ordinary_days") < plain.wape("springtide")


def test_a_promotion_nobody_could_know_counts_as_none(make_history, make_event):
    history = make_history(days=90)

    test = backtest(history, zone=ZONE, past_promotions=(make_event("2026-05-10 00:00", 24),))

    assert test.wape("springtide", scope="event_days") < 0.02


def test_a_history_that_begins_in_a_promotion_is_scored_where_something_is_known(make_history, make_event):
    history = make_history(days=60)
    late = make_history("2026-04-20", 11, contact_type="chat")

    test = backtest(pd.concat([history, late]), zone=ZONE, past_promotions=(make_event("2026-04-20 00:00", 200),))

    assert test.wape("springtide", "call") < 0.02
    assert "chat" not in set(test.table.query("scope == 'd1'")["contact_type"])


def test_a_five_minute_history_is_compared_by_half_hours_and_an_hourly_one_by_hours(make_history):
    assert backtest(make_history(minutes=5, days=30), zone=ZONE, span=Span(lead_days=7)).interval_min == 30
    assert backtest(make_history(minutes=60, days=30), zone=ZONE, span=Span(lead_days=7)).interval_min == 60


@pytest.mark.parametrize(("days", "lead", "first"), [(21, 11, 10), (60, 28, 30), (10, 3, 7)])
def test_a_short_history_is_tested_over_fewer_days(make_history, days, lead, first):
    test = backtest(make_history(days=days), zone=ZONE)

    assert test.lead_days == lead
    assert (test.origins[0] - date(2026, 3, 2)).days == first
    assert np.isfinite(test.wape("springtide"))


def test_a_week_is_too_short_for_a_test(make_history):
    with pytest.raises(PlanningError, match="is 7 long; expected at least 8"):
        backtest(make_history(days=7), zone=ZONE)


def test_an_origin_outside_the_history_is_refused(make_history):
    with pytest.raises(PlanningError) as caught:
        backtest(make_history(days=30), zone=ZONE, span=Span(origins=[date(2027, 1, 1)]))

    assert caught.value.key == "origin_outside"


def test_an_unknown_method_is_named(make_history):
    with pytest.raises(PlanningError, match="prophet"):
        backtest(make_history(days=30), zone=ZONE).wape("prophet")


def test_progress_counts_the_origins(make_history):
    told = []
    test = backtest(make_history(days=70), zone=ZONE, progress=lambda *step: told.append(step), span=Span(lead_days=7))

    assert told == [("backtest", number + 1, len(test.origins)) for number in range(len(test.origins))]
