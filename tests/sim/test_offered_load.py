"""The load lags behind the rates."""

import numpy as np
import pytest

from scenarios import Law, LawKind
from sim import load_at_erlangs, offered_load_erlangs

QUARTER_S = 900.0
HOURLY = {8: 3, 9: 4.5, 10: 6.75, 11: 6.75, 12: 5, 13: 4.25, 14: 5, 15: 6.75, 16: 6.75, 17: 5.25, 18: 4.5, 19: 5.5}


@pytest.fixture
def flash_rates_per_s():
    """A promotion day from 08:00 to 02:00, per quarter in 60/13ths of a contact: the day of the exact values."""
    late = [13, 10.5, 8.5, 7.25, *np.repeat([6.5, 5.5, 5], 4).tolist(), 9, 7.5, 6, 6, *[2.5] * 4]
    weights = [*np.repeat(list(HOURLY.values()), 4).tolist(), *late]
    return np.round(60 / 13 * np.array(weights), 4) / QUARTER_S


def test_the_load_of_a_flash_day_has_the_known_values(flash_rates_per_s):
    minutes = np.array([120, 480, 720, 735, 750, 765, 960, 1020])
    found = load_at_erlangs(minutes * 60.0, flash_rates_per_s, QUARTER_S, Law(LawKind.EXPONENTIAL, 240.0))

    exact = [5.538453, 8.307679, 6.769226, 15.782913, 12.990324, 10.521018, 6.153840, 7.385657]
    assert found == pytest.approx(exact, abs=5.1e-7)


@pytest.mark.parametrize("kind", [kind for kind in LawKind if kind is not LawKind.NEVER])
def test_a_constant_rate_ends_in_rate_times_work(kind):
    load = offered_load_erlangs(np.full(200, 0.1), QUARTER_S, Law(kind, 240.0, 0.8))

    assert load[-1] == pytest.approx(24.0, rel=1e-6)
    assert (np.diff(load) >= -1e-9).all()


@pytest.mark.parametrize("kind", [kind for kind in LawKind if kind is not LawKind.NEVER])
def test_the_load_of_a_law_is_that_of_drawn_work(kind):
    rng = np.random.default_rng(5)
    law = Law(kind, 600.0, 0.7)
    spread = np.sqrt(np.log1p(0.49))
    work = {
        LawKind.EXPONENTIAL: lambda n: rng.exponential(600.0, n),
        LawKind.LOGNORMAL: lambda n: rng.lognormal(np.log(600.0) - spread**2 / 2, spread, n),
        LawKind.GAMMA: lambda n: rng.gamma(1 / 0.49, 600.0 * 0.49, n),
        LawKind.CONSTANT: lambda n: np.full(n, 600.0),
    }[kind](400_000)
    rates = np.array([1.0, 0.2, 2.0])
    for time_s in (700.0, 1500.0, 2650.0):
        start = np.arange(3) * QUARTER_S
        # A contact of an interval is in the system at time t when its age, uniform in the interval, is below its work.
        drawn = sum(
            rate * length * np.mean(rng.random(len(work)) * length + (time_s - begin - length) < work)
            for rate, begin in zip(rates, start, strict=True)
            if (length := min(QUARTER_S, time_s - begin)) > 0
        )
        # Standard error below .2 %; six of them leave an error rate below 1e-8.
        assert load_at_erlangs(np.array([time_s]), rates, QUARTER_S, law)[0] == pytest.approx(drawn, rel=0.012)


def test_the_mean_load_of_an_interval_lies_between_its_ends(flash_rates_per_s):
    law = Law(LawKind.EXPONENTIAL, 240.0)
    mean = offered_load_erlangs(flash_rates_per_s, QUARTER_S, law)
    ends = load_at_erlangs(np.arange(73) * QUARTER_S, flash_rates_per_s, QUARTER_S, law)

    assert (mean >= np.minimum(ends[:-1], ends[1:]) - 1e-12).all()
    assert (mean <= np.maximum(ends[:-1], ends[1:]) + 1e-12).all()


def test_endless_work_piles_up():
    assert load_at_erlangs(np.array([900.0]), np.array([0.5]), QUARTER_S, Law(LawKind.NEVER))[0] == 450.0
