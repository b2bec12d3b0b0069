"""A forecast after the first hours of its day."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from forecasting import UpdateReason, day_lessons, make_forecast, update_forecast
from forecasting.history.series import grid_of
from forecasting.intraday.past_days import past_days
from scenarios import Hours, PlanningError, check_history

ZONE = "Asia/Shanghai"
FIRST = date(2026, 5, 25)
DAY = pd.Timestamp(FIRST, tz=ZONE)


@pytest.fixture(scope="module")
def history(make_history):
    """Twelve weeks whose days share a factor, and one day more: the day to update, 30 % busier than it should be."""
    return make_history(days=85, seed=1, day_cv=0.1, per_day=6000.0)


@pytest.fixture(scope="module")
def scenario(make_scenario):
    return make_scenario(FIRST, 2)


@pytest.fixture(scope="module")
def forecast(history, scenario):
    return make_forecast(history, scenario)


def on_day(history, forecast, factor, until="23:59", day=0):
    """The history with the day as it was forecast, times ``factor``, up to a time."""
    today = history["interval_start"].dt.normalize() == DAY
    start = day * 48
    rows = history.copy()
    rows.loc[today, "offered"] = np.round(factor * forecast.expected[start : start + 48, 0])
    return rows[~today | (rows["interval_start"] < DAY + pd.Timedelta(f"{until}:00"))]


def test_a_day_that_begins_busy_goes_on_busy(history, scenario, forecast):
    done = update_forecast(forecast, on_day(history, forecast, 1.3, "14:00"), scenario)
    row = done.types[0]

    assert row.reason is UpdateReason.UPDATED
    assert row.ratio == pytest.approx(1.3, abs=0.01)
    assert 1.2 < row.factor < 1.32
    assert done.now == 28
    assert done.after.expected[:28, 0] == pytest.approx(1.3 * forecast.expected[:28, 0], abs=0.5)
    assert done.after.expected[28:48, 0].sum() == pytest.approx(row.rest_after)
    assert np.array_equal(done.after.expected[48:], forecast.expected[48:])
    assert np.array_equal(done.after.work_s, forecast.work_s)


def test_what_is_known_narrows_the_rest_of_the_day_and_no_other_day(history, scenario, forecast):
    done = update_forecast(forecast, on_day(history, forecast, 1.0, "14:00"), scenario)
    before, after = forecast.uncertainty, done.after.uncertainty

    assert after.day_cv[0] < 0.6 * before.day_cv[0]
    assert after.day_cv[1] == before.day_cv[1]
    assert after.busyness_cv == before.busyness_cv


def test_nothing_of_the_rest_or_later_is_looked_at(history, scenario, forecast):
    known = on_day(history, forecast, 1.2)
    later = (known["interval_start"] >= DAY + pd.Timedelta(hours=14)).to_numpy()
    shuffled = known.copy()
    shuffled.loc[later, "offered"] = np.random.default_rng(1).permutation(known.loc[later, "offered"]) * 5

    told = [
        update_forecast(forecast, rows, scenario, day=FIRST, at_min=14 * 60)
        for rows in (known, shuffled, known[~later])
    ]

    assert told[0].after.fingerprint() == told[1].after.fingerprint() == told[2].after.fingerprint()


def test_a_past_day_is_forecast_from_the_days_before_it(make_history):
    rows = check_history(make_history(days=100, seed=3, day_cv=0.1))
    cut = pd.Timestamp("2026-05-11", tz=ZONE)
    whole, first = (
        past_days(grid_of(part, zone=ZONE, interval_min=30), 0, lead=2, width=48, since=date(2026, 4, 1).toordinal())
        for part in (rows, rows[rows["interval_start"] < cut])
    )

    before = whole.before(cut.date().toordinal())
    assert len(before.days) > 30
    assert np.array_equal(before.days, first.days)
    assert np.array_equal(before.expected, first.expected)
    assert np.array_equal(before.came, first.came)


def test_lessons_kept_from_the_morning_serve_all_day(history, scenario, forecast):
    kept = day_lessons(history, scenario, FIRST)
    known = on_day(history, forecast, 1.1, "16:00")

    with_them, without = (update_forecast(forecast, known, scenario, lessons=lessons) for lessons in (kept, None))

    assert with_them.after.fingerprint() == without.after.fingerprint()


def test_before_opening_nothing_changes(history, make_scenario):
    scenario = make_scenario(FIRST, 1, hours=Hours(9 * 60, 22 * 60))
    forecast = make_forecast(history, scenario)

    done = update_forecast(forecast, history, scenario, day=FIRST, at_min=7 * 60)

    assert done.types[0].reason is UpdateReason.NOTHING_SO_FAR
    assert done.after.fingerprint() == forecast.fingerprint()


def test_hours_in_which_nobody_was_expected_say_nothing(history, scenario, forecast):
    expected = np.array(forecast.expected)
    expected[:16] = 0.0
    night = replace(forecast, expected=expected)

    done = update_forecast(night, history, scenario, day=FIRST, at_min=8 * 60)

    assert done.types[0].reason is UpdateReason.NOTHING_SO_FAR
    assert done.types[0].factor == 1.0
    assert np.isnan(done.types[0].ratio)


def test_a_rest_in_which_nobody_is_expected_stays_empty(history, scenario, forecast):
    expected = np.array(forecast.expected)
    expected[40:48] = 0.0

    done = update_forecast(replace(forecast, expected=expected), history, scenario, day=FIRST, at_min=20 * 60)

    assert done.types[0].reason is UpdateReason.NOTHING_LEFT
    assert done.after.expected[40:48].sum() == 0.0
    assert done.after.uncertainty == forecast.uncertainty


def test_an_outage_is_reported_and_not_believed(history, scenario, forecast):
    known = on_day(history, forecast, 1.2, "14:00")
    dead = known["interval_start"].between(DAY + pd.Timedelta(hours=10), DAY + pd.Timedelta(hours=11))
    known.loc[dead, "offered"] = 0.0

    done = update_forecast(forecast, known, scenario)
    row = done.types[0]

    assert row.silent == ((20, 23),)
    assert row.ratio == pytest.approx(1.2, abs=0.01)
    assert row.factor > 1.1
    assert done.after.expected[20:23] == pytest.approx(forecast.expected[20:23])


def test_a_day_without_any_contact_is_an_outage_and_not_a_quiet_day(history, scenario, forecast):
    done = update_forecast(forecast, on_day(history, forecast, 0.0, "14:00"), scenario)

    assert done.types[0].reason is UpdateReason.SILENT
    assert done.after.expected == pytest.approx(forecast.expected)


def test_zeros_of_a_small_type_are_no_outage(make_history, make_scenario):
    rows = make_history(days=85, seed=5, per_day=20.0)
    scenario = make_scenario(FIRST, 1)

    done = update_forecast(make_forecast(rows, scenario), rows, scenario, day=FIRST, at_min=14 * 60)

    assert done.types[0].silent == ()
    assert done.types[0].factor == pytest.approx(1.0, abs=0.1)


def test_a_day_far_off_is_said_to_be_unlike_the_others(history, scenario, forecast):
    far, usual = (
        update_forecast(forecast, on_day(history, forecast, factor, "14:00"), scenario).types[0].unusual
        for factor in (2.5, 1.1)
    )

    assert (far, usual) == (True, False)


def test_a_short_history_leaves_the_forecast_as_it_is(make_history, scenario, forecast):
    rows = make_history("2026-05-15", 11, seed=2)

    done = update_forecast(forecast, rows, scenario, day=FIRST, at_min=14 * 60)

    assert done.types[0].reason is UpdateReason.TOO_FEW_DAYS
    assert done.after.expected[28:] == pytest.approx(forecast.expected[28:])
    assert done.after.uncertainty == forecast.uncertainty


def test_a_phase_that_has_begun_is_corrected_and_one_to_come_is_not(make_history, make_scenario, make_event):
    rows = make_history(days=85, seed=8, per_day=6000.0)  # ordinary days hardly stray
    plan = {"uplift": 3.0, "uplift_cv": 0.3}

    def factor(starts):
        scenario = make_scenario(FIRST, 2, promo=(make_event(f"2026-05-25 {starts}", 12, **plan),))
        forecast = make_forecast(rows, scenario)
        return update_forecast(forecast, on_day(rows, forecast, 1.3, "13:00"), scenario).types[0].factor

    running, coming = factor("10:00"), factor("14:00")

    assert running > 1.2
    assert abs(coming - 1) < 0.08


@pytest.mark.parametrize("seed", [0, 9, 11])
def test_on_a_promotion_of_a_series_that_strays_by_chance_alone_the_rest_strays_no_more_than_planned(
    make_history, make_scenario, make_event, seed
):
    rows = make_history(days=85, seed=seed, per_day=60.0)
    event = make_event("2026-05-25 10:00", 12, uplift=3.0, uplift_cv=0.1)
    scenario = make_scenario(FIRST, 1, promo=(event,))
    forecast = make_forecast(rows, scenario)

    done = update_forecast(forecast, on_day(rows, forecast, 1.0, "13:00"), scenario)

    assert done.after.uncertainty.day_cv[0] < 0.3


def test_a_phase_told_as_past_and_as_planned_counts_once(make_history, make_scenario, make_event):
    rows = make_history(days=85, seed=8, per_day=6000.0)
    event = make_event("2026-05-25 10:00", 12, uplift=3.0, uplift_cv=0.3)
    scenario = make_scenario(FIRST, 1, promo=(event,))
    forecast = make_forecast(rows, scenario)
    known = on_day(rows, forecast, 1.3, "13:00")

    once, twice = (update_forecast(forecast, known, scenario, past_promotions=past) for past in ((), (event,)))

    assert once.after.fingerprint() == twice.after.fingerprint()


def test_a_service_day_that_ends_past_midnight_is_updated_to_its_end(make_history, make_scenario):
    rows = make_history(days=86, seed=6, day_cv=0.15, per_day=6000.0)
    scenario = make_scenario(FIRST, 1, hours=Hours(10 * 60, 26 * 60))
    forecast = make_forecast(rows, scenario)
    known = on_day(rows, forecast, 1.3)

    evening = update_forecast(forecast, known, scenario, day=FIRST, at_min=20 * 60)
    night = update_forecast(forecast, known, scenario, day=FIRST, at_min=25 * 60)

    assert evening.after.expected[48:52].sum() > 1.1 * forecast.expected[48:52].sum()
    assert np.array_equal(night.after.expected[:20], forecast.expected[:20])
    assert night.now == 50


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
def test_days_on_which_the_clock_changes_are_updated(make_history, make_scenario, day):
    rows = make_history(day - pd.Timedelta(days=70), 71, seed=4, day_cv=0.1, zone="Europe/Berlin", per_day=4000.0)
    scenario = make_scenario(day, 1, zone="Europe/Berlin")
    forecast = make_forecast(rows, scenario)

    done = update_forecast(forecast, rows, scenario, day=day, at_min=12 * 60)

    assert done.now == (22 if day.month == 3 else 26)
    assert np.isfinite(done.after.expected).all()
    assert done.types[0].reason is UpdateReason.UPDATED


def test_a_finer_history_is_known_up_to_its_last_whole_interval(make_history, make_scenario):
    rows = make_history(days=85, minutes=10, seed=1, per_day=6000.0)
    scenario = make_scenario(FIRST, 1)
    forecast = make_forecast(rows, scenario)

    done = update_forecast(forecast, rows[rows["interval_start"] < DAY + pd.Timedelta("14:20:00")], scenario)

    assert done.now == 28


def refused(forecast, rows, scenario, **when):
    with pytest.raises(PlanningError) as caught:
        update_forecast(forecast, rows, scenario, **when)
    return caught.value.key


def test_what_cannot_be_updated_is_refused(history, scenario, forecast):
    known = on_day(history, forecast, 1.0, "14:00")
    nine = DAY + pd.Timedelta(hours=9)

    assert refused(forecast, known[known["interval_start"] < DAY], scenario) == "intraday_other_day"
    assert refused(forecast, known, scenario, day=date(2026, 7, 1)) == "intraday_other_day"
    assert refused(forecast, known[known["interval_start"] < DAY], scenario, day=FIRST) == "intraday_no_actuals"
    assert refused(forecast, known[known["interval_start"] < DAY], scenario, day=FIRST, at_min=600) == (
        "intraday_no_actuals"
    )
    assert refused(forecast, known[known["interval_start"] != nine], scenario) == "intraday_gap"
    assert refused(forecast, known, scenario, day=FIRST, at_min=15 * 60) == "intraday_gap"
    assert refused(forecast, history, scenario) == "intraday_day_over"
    assert refused(forecast, known, scenario, at_min=24 * 60) == "intraday_day_over"
    assert refused(forecast, known.assign(contact_type="chat"), scenario) == "unknown_name"


def test_the_message_of_a_gap_names_its_first_interval(history, scenario, forecast):
    known = on_day(history, forecast, 1.0, "14:00")

    with pytest.raises(PlanningError, match="miss 2 open intervals, the first at 2026-05-25 09:00"):
        update_forecast(
            forecast,
            known[~known["interval_start"].isin([DAY + pd.Timedelta(hours=h) for h in (9, 10)])],
            scenario,
        )


def test_progress_counts_the_types(history, scenario, forecast):
    told = []
    update_forecast(forecast, history, scenario, day=FIRST, at_min=600, progress=lambda *step: told.append(step))

    assert told == [("intraday", 1, 1)]
