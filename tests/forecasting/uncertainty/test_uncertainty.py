"""The measured strays are those that were put in."""

from datetime import date

import numpy as np
import pytest

from forecasting import count_paths, rate_paths
from forecasting.ordinary.baseline import fit_baseline
from forecasting.ordinary.days import Days
from forecasting.uncertainty.strays import LEAD_EDGES, Strays, measure
from scenarios import DemandUncertainty, Forecast, Horizon, Hours, Opening, PlanningError

SLOTS = 48


def strays_of(counts):
    """Strays of (D, S, K) counts from a Monday on."""
    weekdays = np.arange(len(counts)) % 7
    return measure([fit_baseline(Days.of(counts[:, :, kind], weekdays)) for kind in range(counts.shape[2])])


def drawn(days, day_cv, busyness_cv, correlation, per_interval=400.0, seed=1):
    """Counts of a flat forecast that strays as ``DemandUncertainty`` says."""
    horizon = Horizon(date(2025, 1, 6), days, 30, "UTC", Opening((Hours(0, 1440),) * 7))
    law = DemandUncertainty((day_cv,) * days, busyness_cv, correlation)
    flat = np.full((days * SLOTS, 1), per_interval)
    forecast = Forecast(horizon, ("call",), flat, flat, law)
    return count_paths(forecast, replications=1, seed=seed)[0].reshape(days, SLOTS, 1).astype(float)


@pytest.mark.statistical
def test_day_factor_and_busyness_are_found_again():
    # 16 origins share about 100 days: the measured spread of a day factor has a relative error near 1/sqrt(200) = .07,
    # and a forecast's own error adds; bounds are beyond three of those (error rate < .01, fixed seed).
    strays = strays_of(drawn(200, 0.15, 0.08, 0.7))

    assert strays.day_cv(1) == pytest.approx(0.155, rel=0.3)
    assert strays.day_cv(28) == pytest.approx(0.155, rel=0.3)
    assert np.sqrt(strays.busyness_variance) == pytest.approx(0.08, rel=0.2)
    assert strays.busyness_correlation == pytest.approx(0.7, abs=0.1)


@pytest.mark.statistical
def test_pure_chance_is_not_taken_for_strays():
    # Poisson alone: day totals vary by .7 %, intervals by 5 %; both must be taken out (error rate < .01, fixed seed).
    strays = strays_of(drawn(150, 0.0, 0.0, 0.0))

    assert strays.day_cv(7) < 0.01
    assert np.sqrt(strays.busyness_variance) < 0.015


def test_spread_never_falls_with_the_lead():
    strays = strays_of(drawn(120, 0.1, 0.05, 0.5, seed=4))

    assert strays.day_cv(1) <= strays.day_cv(7) <= strays.day_cv(20) == strays.day_cv(300)
    assert len(strays.day_variance) == len(LEAD_EDGES)


@pytest.mark.parametrize("days", [3, 28])
def test_a_short_history_has_no_measured_strays(days):
    strays = strays_of(drawn(days, 0.1, 0.0, 0.0))

    assert strays.day_variance is None
    with pytest.raises(RuntimeError):
        strays.day_cv(1)


def test_zeros_have_no_strays():
    assert strays_of(np.zeros((100, SLOTS, 1))) == Strays(None, 0.0, 0.0)


def test_a_series_that_fell_silent_has_no_strays():
    silent = np.concatenate([drawn(40, 0.1, 0.0, 0.0), np.zeros((160, SLOTS, 1))])

    assert strays_of(silent) == Strays(None, 0.0, 0.0)


def test_types_count_by_their_volume():
    big, small = drawn(120, 0.05, 0.0, 0.0, 2000.0), drawn(120, 0.5, 0.0, 0.0, 2.0, seed=9)

    both = strays_of(np.concatenate([big, small], axis=2))

    assert both.day_cv(20) < 1.3 * strays_of(big).day_cv(20)


# Paths


@pytest.fixture
def forecast(make_history, make_scenario):
    horizon = make_scenario(dates=3).horizon
    expected = np.linspace(0.0, 50.0, 3 * SLOTS)[:, None] * [1.0, 0.2]
    return Forecast(horizon, ("call", "chat"), expected, expected, DemandUncertainty((0.2,) * 3, 0.1, 0.6))


def test_a_path_does_not_depend_on_how_many_are_drawn(forecast):
    all_rates, all_counts = (draw(forecast, replications=5, seed=3) for draw in (rate_paths, count_paths))

    assert all_rates.shape == (5, 3 * SLOTS, 2)
    assert (rate_paths(forecast, replications=2, seed=3, first=3) == all_rates[3:]).all()
    assert (count_paths(forecast, replications=2, seed=3) == all_counts[:2]).all()
    assert (rate_paths(forecast, replications=5, seed=4) != all_rates).any()


@pytest.mark.statistical
def test_paths_have_the_forecast_as_their_mean(forecast):
    # 2,000 paths of total cv .12: the mean of totals has a relative standard error of .003; bound 4 of them (< 1e-4).
    totals = count_paths(forecast, replications=2000, seed=5).sum(axis=(1, 2))

    assert totals.mean() == pytest.approx(forecast.expected.sum(), rel=0.012)


def test_no_path_is_no_answer(forecast):
    with pytest.raises(PlanningError):
        rate_paths(forecast, replications=0, seed=1)
