"""How the hours of a day go together, and what known hours say about the rest."""

import numpy as np
import pytest

from forecasting.intraday.day_law import Evidence, fit_day_law, shift
from forecasting.intraday.gain import evidence_of, learn_gain

HOURS = 12


def days_of(number, *, seed, per_hour=400.0, day_cv=0.0, busyness_cv=0.0, correlation=0.0):
    """Expected contacts and those of days that stray as ``DemandUncertainty`` says."""
    rng = np.random.default_rng(seed)
    normal = rng.standard_normal((number, HOURS))
    drift = normal.copy()
    for hour in range(1, HOURS):
        drift[:, hour] = correlation * drift[:, hour - 1] + np.sqrt(1 - correlation**2) * normal[:, hour]
    factor = np.exp(day_cv * rng.standard_normal((number, 1)) + busyness_cv * drift)
    expected = np.full((number, HOURS), per_hour) * np.linspace(0.5, 1.5, HOURS)
    return expected, rng.poisson(expected * factor).astype(float)


def test_one_known_hour_moves_the_next_by_the_regression_of_the_normal_law():
    covariance = np.array([[0.04, 0.03], [0.03, 0.05]])
    told = shift(covariance, Evidence(np.array([120.0, 0.0]), np.array([100.0, 0.0]), np.array([0.0, 80.0])))

    assert told.mean == pytest.approx([0.0, 0.2 * 0.03 / (0.04 + 1 / 100)])
    assert told.prior == pytest.approx(0.05)
    assert told.explained == pytest.approx(0.03**2 / (0.04 + 1 / 100))


def test_few_contacts_say_little():
    covariance = np.full((2, 2), 0.04)

    def moved(contacts):
        known = np.array([contacts, 0.0])
        return shift(covariance, Evidence(1.2 * known, known, np.array([0.0, 50.0]))).mean[1]

    assert moved(10_000.0) == pytest.approx(0.2, rel=0.01)
    assert moved(5.0) == pytest.approx(0.2 * 0.04 / (0.04 + 0.2))


def test_the_last_hours_count_more_than_the_first_when_busyness_drifts():
    expected, came = days_of(150, seed=1, busyness_cv=0.15, correlation=0.8)
    law = fit_day_law(expected, came)
    known, rest = np.zeros((2, HOURS))
    known[:4], rest[4] = 400.0, 400.0

    early, late = known.copy(), known.copy()
    early[0] *= 1.3
    late[3] *= 1.3

    assert shift(law.covariance, Evidence(late, known, rest)).mean[4] > 0.15
    assert abs(shift(law.covariance, Evidence(early, known, rest)).mean[4]) < 0.05


@pytest.mark.parametrize("day_cv", [0.05, 0.1, 0.2])
def test_a_day_factor_is_found_again(day_cv):
    expected, came = days_of(150, seed=2, day_cv=day_cv)
    law = fit_day_law(expected, came)

    assert law.day_variance == pytest.approx(day_cv**2, rel=0.35)
    assert np.mean(law.covariance[~np.eye(HOURS, dtype=bool)]) == pytest.approx(day_cv**2, rel=0.35)


def test_days_that_stray_by_chance_alone_leave_the_rest_alone():
    expected, came = days_of(120, seed=3)
    gain = learn_gain(expected, came, 6, 1)
    loud = expected[0] * 1.1

    told = shift(gain.law.covariance, evidence_of(expected[0], loud, 6, 1))

    assert np.abs(gain.gain * told.mean).max() < 0.01


def test_updates_of_past_days_that_share_a_factor_are_taken_nearly_whole_and_leave_what_chance_leaves():
    expected, came = days_of(120, seed=4, day_cv=0.1)

    gain = learn_gain(expected, came, 6, 1)
    told = shift(gain.law.covariance, evidence_of(expected[0], expected[0] * 1.1, 6, 1))

    assert 0.9 < gain.gain <= 1.0
    assert told.mean[8] == pytest.approx(0.1, rel=0.1)
    assert gain.days == 110
    assert gain.left(told.prior, told.explained) < 0.1 * told.prior


@pytest.mark.parametrize("strays", [{"day_cv": 0.1}, {"busyness_cv": 0.15, "correlation": 0.8}, {}])
def test_four_rests_in_five_lie_within_the_band_that_is_told(strays):
    expected, came = days_of(120, seed=8, **strays)
    gain = learn_gain(expected, came, 6, 1)
    fresh, fresh_came = days_of(500, seed=9, **strays)
    inside = []
    for said, found in zip(fresh, fresh_came, strict=True):
        told = shift(gain.law.covariance, evidence_of(said, found, 6, 1))
        total = said[6:].sum()
        middle = total + gain.gain * float(told.mean @ said)
        inside.append(
            abs(found[6:].sum() - middle) <= 1.2816 * total * np.sqrt(gain.left(told.prior, told.explained) + 1 / total)
        )

    # The spread of 110 past days is itself known to about 7 %, which is 4 % of coverage.
    assert np.mean(inside) == pytest.approx(0.8, abs=0.1)


def test_hours_that_mislead_are_not_followed():
    rng = np.random.default_rng(5)
    expected = np.full((120, HOURS), 300.0)
    factor = np.ones((120, HOURS))
    factor[:, :6] = np.exp(0.3 * rng.standard_normal((120, 1)))  # mornings go their own ways

    gain = learn_gain(expected, rng.poisson(expected * factor).astype(float), 6, 1)
    told = shift(gain.law.covariance, evidence_of(expected[0], expected[0] * 1.3, 6, 1))

    assert np.abs(gain.gain * told.mean[6:]).max() < 0.05


def test_ten_days_are_too_few():
    assert learn_gain(*days_of(10, seed=6, day_cv=0.1), 6, 1) is None
    assert learn_gain(*days_of(11, seed=6, day_cv=0.1), 6, 1).days == 1


def test_one_wild_day_changes_little():
    expected, came = days_of(100, seed=7, day_cv=0.05)
    wild = came.copy()
    wild[50] *= 6

    assert fit_day_law(expected, wild).day_variance < 1.5 * fit_day_law(expected, came).day_variance


def test_a_type_nobody_asks_for_has_a_law_too():
    law = fit_day_law(np.zeros((20, HOURS)), np.zeros((20, HOURS)))

    assert np.isfinite(law.covariance).all()
