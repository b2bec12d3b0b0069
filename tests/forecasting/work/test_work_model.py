"""Levels, hours and promotions of handling work."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting.work.level import fit_level
from forecasting.work.shrink import shrunk

MONDAY = "2026-05-25"  # the first day after twelve weeks from 2 March


def day_of(moment):
    return (moment.tz_localize(None) - pd.Timestamp("2026-03-02")).days


def test_steady_work_is_expected_to_stay_as_it_was(measured_days, fit, ahead):
    model = fit(measured_days(lambda _: 300.0))

    assert ahead(model, f"{MONDAY} 09:00", f"{MONDAY} 03:00", "2026-06-21 21:30") == pytest.approx(300.0)
    assert (model.level.cv(np.array([1.0, 28.0])) < 0.03).all()


def test_hours_and_weekdays_of_their_own_are_learnt(measured_days, fit, ahead):
    def truth(moment):
        return 200.0 * (1.3 if moment.hour >= 20 else 1.0) * (1.1 if moment.day_of_week == 6 else 1.0)

    model = fit(measured_days(truth, seed=1))

    # 12 weeks of 40 contacts an hour: a weekday's hour has a standard error of 5 %, an hour's of 2 %.
    found = ahead(model, f"{MONDAY} 10:00", f"{MONDAY} 21:00", "2026-05-31 10:00", "2026-05-31 21:00")
    assert found == pytest.approx([200.0, 260.0, 220.0, 286.0], rel=0.05)


def test_hours_that_differ_by_luck_alone_are_shrunk_to_their_mean(measured_days, fit):
    model = fit(measured_days(lambda _: 200.0, contacts=3.0, seed=2))
    open_hours = model.profile.reshape(7, 24)[:, 8:22]

    # Of 168 cells, raw means of 72 contacts would stray by 1 / sqrt(72) = .12.
    assert open_hours.std() < 0.03


def test_a_level_that_has_changed_is_followed_within_days(measured_days, fit, ahead):
    """A new process takes a fifth longer since twelve days; the mean of eight weeks would say 209 s."""
    model = fit(measured_days(lambda moment: 240.0 if day_of(moment) >= 72 else 200.0, seed=3))

    assert ahead(model, f"{MONDAY} 10:00") == pytest.approx([240.0], rel=0.04)


def test_a_day_that_strays_moves_the_level_little(measured_days, fit, ahead):
    history = measured_days(lambda moment: 280.0 if day_of(moment) == 83 else 200.0, seed=4)

    assert ahead(fit(history), f"{MONDAY} 10:00")[0] < 240.0


def test_a_trend_that_lasted_is_carried_on_and_luck_is_not(measured_days, fit, ahead):
    better = fit(measured_days(lambda moment: 300.0 * 0.998 ** day_of(moment), days=200, seed=5))
    steady = fit(measured_days(lambda _: 300.0, days=200, seed=5))
    two_weeks_on = "2026-10-01 10:00"  # day 213

    assert ahead(better, two_weeks_on) == pytest.approx([300.0 * 0.998**213], rel=0.02)
    assert ahead(steady, two_weeks_on) == pytest.approx([300.0], rel=0.02)


def test_a_forgotten_session_is_cut_down(measured_days, fit, ahead):
    history = measured_days(lambda _: 200.0, seed=6)
    spoilt = history.copy()
    spoilt.loc[spoilt.index[-60::7], "aht_s"] += 6 * 3600 / 20.0

    plain, found = (ahead(fit(table), f"{MONDAY} 10:00")[0] for table in (history, spoilt))
    assert found == pytest.approx(plain, rel=0.05)


@pytest.fixture
def two_sales(make_event):
    """Two sales of the past and a coming one, each of a day and a half."""
    return [make_event(f"2026-{day} 00:00", 36.0) for day in ("03-20", "04-28", "05-26")]


def in_sale(moment, sales):
    return any(sale.phases[0].start <= moment < sale.phases[0].end for sale in sales)


def test_promotions_have_work_of_their_own_and_leave_ordinary_days_alone(measured_days, fit, ahead, two_sales):
    history = measured_days(lambda moment: 260.0 if in_sale(moment, two_sales) else 200.0, seed=7)
    model = fit(history, two_sales[:2])
    sale, ordinary = "2026-05-26 10:00", "2026-06-04 10:00"

    assert ahead(model, sale, ordinary, events=two_sales) == pytest.approx([260.0, 200.0], rel=0.04)
    assert ahead(model, sale) == pytest.approx([200.0], rel=0.03)


def test_a_phase_nobody_has_seen_is_about_as_others_were(measured_days, fit, ahead, two_sales, make_event):
    history = measured_days(lambda moment: 260.0 if in_sale(moment, two_sales) else 200.0, seed=7)
    other = [make_event("2026-05-26 00:00", phase="opening")]
    found = ahead(fit(history, two_sales[:2]), "2026-05-26 10:00", events=other)[0]

    assert 210.0 < found < 250.0
    assert ahead(fit(history), "2026-05-26 10:00", events=other)[0] < 215.0


def test_a_history_of_nothing_but_promotions_still_says_something(measured_days, fit, ahead, make_event):
    whole = [make_event("2026-03-02 00:00", 24.0 * 90)]
    model = fit(measured_days(lambda _: 250.0, days=5), whole)

    assert ahead(model, "2026-03-10 10:00") == pytest.approx([250.0], rel=0.01)


@given(st.integers(1, 40), st.floats(0.001, 1e5), st.integers(0, 99), st.booleans())
@settings(max_examples=40, deadline=None)
def test_any_history_gives_finite_positive_work_inside_what_was_seen(
    measured_days, fit, ahead, days, scale, seed, some
):
    rng = np.random.default_rng(seed)
    history = measured_days(lambda _: scale * (0.2 + rng.random()), days=days, contacts=float(rng.integers(1, 50)))
    if some:
        history = history[rng.random(len(history)) < 0.2].head(1 + seed)
    if not len(history):
        return
    model = fit(history)
    found = ahead(model, *pd.date_range("2026-06-01", periods=168, freq="h"))

    assert np.isfinite(found).all()
    assert (found > 0).all()
    assert found.max() < 2.0 * history["aht_s"].max()
    assert np.isfinite(model.level.cv(np.array([1.0, 400.0]))).all()


# The parts


def test_the_level_is_as_sure_as_it_was_shown_to_be():
    """Random walks of .6 % a day seen with 2 %: the day 14 ahead lies in its 80 % range as often as that says."""
    rng, inside = np.random.default_rng(8), 0
    for _ in range(200):
        level = 1.0 + np.cumsum(rng.normal(0, 0.006, 134))
        days = level + rng.normal(0, 0.02, 134)
        found = fit_level(days[:120], np.zeros(120))
        lead = np.array([14.0])
        inside += abs(days[133] / found.ahead(lead)[0] - 1.0) <= 1.2816 * found.cv(lead)[0]

    assert 0.80 - 4 * (0.16 / 200) ** 0.5 <= inside / 200 <= 0.80 + 4 * (0.16 / 200) ** 0.5


def test_days_without_contacts_make_the_level_less_sure_and_nothing_else():
    days = np.ones(60)
    gap = np.where(np.arange(60) >= 40, np.nan, 1.0)
    known, unknown = (fit_level(series, np.full(60, 1e-4)) for series in (days, gap))

    assert unknown.last == pytest.approx(1.0)
    assert unknown.cv(np.array([1.0])) > known.cv(np.array([1.0]))


def test_effects_that_luck_explains_vanish_and_clear_ones_stay():
    luck = shrunk(np.array([0.98, 1.0, 1.02]), np.full(3, 0.01), 1.0)
    clear = shrunk(np.array([0.7, 1.0, 1.3]), np.full(3, 1e-4), 1.0)
    unknown = shrunk(np.array([0.7, 1.3, 5.0]), np.array([1e-4, 1e-4, np.inf]))

    assert luck == pytest.approx(np.ones(3))
    assert clear == pytest.approx([0.7, 1.0, 1.3], abs=0.002)
    assert unknown[2] == pytest.approx(1.0)


@given(st.lists(st.tuples(st.floats(0.1, 5), st.floats(1e-6, 1)), min_size=1, max_size=12))
def test_a_shrunk_effect_lies_between_what_was_measured_and_the_mean(rows):
    values, variances = map(np.array, zip(*rows, strict=True))
    found = shrunk(values, variances, 1.0)

    assert ((found - 1.0) * (values - 1.0) >= 0).all()
    assert (np.abs(found - 1.0) <= np.abs(values - 1.0) + 1e-12).all()
