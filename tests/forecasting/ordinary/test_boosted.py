"""LightGBM on top of the small models: it moves contacts within a day where that has helped, and nothing else."""

import sys
from datetime import date, timedelta

import numpy as np
import pytest

from forecasting import Models, Span, backtest
from forecasting.ordinary.baseline import fit_baseline
from forecasting.ordinary.days import Days, month_phase
from scenarios import PlanningError

SLOTS = 24
FIRST = date(2026, 1, 5)
LEADS = np.arange(1, 29)


def a_shop(days=170, *, seed=1, busy_evenings=0.0):
    """Counts of a shop; on the first days of a month evenings are busier, at the price of the mornings."""
    rng = np.random.default_rng(seed)
    slot = np.arange(SLOTS)
    shape = np.exp(-(((slot - 13) / 5) ** 2))
    tilt = np.where(slot >= 18, busy_evenings, np.where(slot < 12, -busy_evenings, 0.0))
    shape = shape * np.exp(tilt * (month_phase(FIRST, days) < 0.2)[:, None])
    weekdays = np.arange(days) % 7
    level = 3000 * np.array([1.1, 1.0, 1.0, 1.0, 1.05, 0.7, 0.6])[weekdays]
    counts = rng.poisson(level[:, None] * shape / shape.sum(axis=1, keepdims=True)).astype(float)
    counts[:, :6] = 0.0  # closed at night
    return Days.of(counts, weekdays, FIRST)


def wape(days, models, origins):
    missed = came = 0.0
    for origin in origins:
        ahead = fit_baseline(days.until(origin), models).ahead(LEADS)
        actual = days.counts[origin : origin + len(LEADS)]
        missed += float(np.abs(ahead - actual).sum())
        came += float(actual.sum())
    return missed / came


def test_evenings_that_are_busy_at_the_start_of_months_are_learnt():
    days = a_shop(busy_evenings=0.5)
    origins = (114, 128, 142)

    assert wape(days, Models(boosted=True), origins) < 0.95 * wape(days, Models(), origins)


@pytest.mark.statistical
@pytest.mark.parametrize("seed", [2, 3])
def test_where_days_keep_their_shape_it_costs_no_more_than_one_percent(seed):
    days = a_shop(seed=seed)
    origins = (100, 121, 142)

    assert wape(days, Models(boosted=True), origins) < 1.01 * wape(days, Models(), origins)


def test_totals_of_days_and_closed_hours_stay_as_they_are():
    days = a_shop(busy_evenings=0.5)

    plain, boosted = (fit_baseline(days, Models(boosted=asked)).ahead(LEADS) for asked in (False, True))

    assert boosted.sum(axis=1) == pytest.approx(plain.sum(axis=1))
    assert (boosted[:, :6] == 0).all()
    assert not np.allclose(boosted, plain, rtol=0.01)


def test_the_same_history_makes_the_same_forecast_whatever_was_said_before():
    days = a_shop(busy_evenings=0.5)
    models = Models(boosted=True)
    fit_baseline(days.until(140), models)

    one, other = (fit_baseline(days, used).ahead(LEADS) for used in (models, Models(boosted=True)))

    assert (one == other).all()


def test_a_future_that_is_shuffled_changes_nothing():
    days, origin = a_shop(busy_evenings=0.5), 142
    shuffled = days.counts.copy()
    shuffled[origin:] = np.random.default_rng(5).permuted(shuffled[origin:], axis=None).reshape(-1, SLOTS)
    other = Days.of(shuffled, days.weekdays, FIRST)

    one, two = (fit_baseline(known.until(origin), Models(boosted=True)).ahead(LEADS) for known in (days, other))

    assert (one == two).all()


def test_a_backtest_sees_nothing_behind_its_origin(make_history):
    history = make_history(days=120, seed=5)
    origin = date.fromisoformat(str(history["interval_start"].iloc[0].date())) + timedelta(days=90)
    later = (history["interval_start"].dt.date >= origin + timedelta(days=7)).to_numpy()
    changed = history.copy()
    changed.loc[later, "offered"] *= 3.0
    span = Span(origins=[origin], lead_days=7)
    zone = str(history["interval_start"].dt.tz)

    one, other = (
        backtest(rows, zone=zone, span=span, models=Models(boosted=True)).wape("springtide")
        for rows in (history, changed)
    )

    assert one == other


@pytest.mark.parametrize("days", [3, 21, 50])
def test_a_history_with_too_few_origins_is_forecast_without_it(days):
    short = a_shop(days, busy_evenings=0.5)

    with_it, without = (fit_baseline(short, Models(boosted=asked)) for asked in (True, False))

    assert with_it.boosted is None
    assert (with_it.ahead(LEADS) == without.ahead(LEADS)).all()


def test_days_of_zeros_teach_it_nothing():
    nothing = Days.of(np.zeros((100, SLOTS)), np.arange(100) % 7, FIRST)

    assert (fit_baseline(nothing, Models(boosted=True)).ahead(LEADS) == 0).all()


def test_asked_for_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)

    with pytest.raises(PlanningError, match=r"pip install springtide\[gbm\]"):
        Models(boosted=True)


def test_not_asked_for_it_is_not_even_loaded(monkeypatch):
    monkeypatch.setitem(sys.modules, "lightgbm", None)  # an import would fail

    assert fit_baseline(a_shop(100)).boosted is None
