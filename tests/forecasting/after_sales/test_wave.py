"""The after-sales wave, on shops whose delays are known."""

import numpy as np
import pytest

from forecasting.after_sales.kernels import CAUSES, CONTACTS_PER_ORDER, LAGS, DelayKernel, bump
from forecasting.after_sales.wave import LEARNT_FROM_DAYS, fit_wave
from scenarios import AfterSales

SLOTS = 24
HOURS = np.array([0.2] * 8 + [2.0] * 12 + [1.0] * 4) / (8 * 0.2 + 12 * 2.0 + 4 * 1.0)
WEEKDAY = np.array([1.2, 1.1, 1.0, 1.0, 1.0, 0.85, 0.85])


def shop_orders(days, seed, bursts=()):
    """Orders of each day: about 5,000, of a wandering level, with promotions of three days (day, height)."""
    rng = np.random.default_rng(seed)
    level = np.exp(np.cumsum(rng.normal(0, 0.02, days)))
    orders = 5000 * level / level.mean() * rng.lognormal(0, 0.06, days)
    for day, height in bursts:
        orders[day : day + 3] *= height
    return rng.poisson(orders).astype(float)


def contacts_of(orders, mean_days, cv, per_order, seed, weekday=WEEKDAY):
    """(D, S) contacts that (D,) orders bring by a delay of a gamma law, Poisson; days before had the mean orders."""
    rng = np.random.default_rng(seed + 1000)
    led = np.concatenate([np.full(LAGS - 1, np.median(orders[:28])), orders])
    expected = np.convolve(led, per_order * bump(mean_days, cv), mode="valid") * weekday[np.arange(len(orders)) % 7]
    return rng.poisson(expected[:, None] * HOURS).astype(float)


def test_contacts_of_one_day_of_orders_come_after_the_delay_and_all_of_them_come():
    kernel = DelayKernel(np.concatenate([[0.01, 0.0, 0.02], np.zeros(LAGS - 3)]))
    orders = np.zeros(LAGS - 1 + 5)
    orders[LAGS - 1] = 1000

    assert kernel.contacts(orders) == pytest.approx([10, 0, 20, 0, 0])
    assert kernel.contacts_per_order == pytest.approx(0.03)
    assert kernel.mean_days == pytest.approx(4 / 3)


@pytest.mark.parametrize("mean_days", [0.5, 3.5, 10.5, 27.0])
def test_a_bump_keeps_the_mean_of_its_law_and_adds_up_to_one(mean_days):
    shares = bump(mean_days)

    assert shares.sum() == pytest.approx(1.0)
    assert (shares >= 0).all()
    assert shares @ np.arange(LAGS) == pytest.approx(mean_days, rel=0.01)


def test_a_kernel_that_brings_nothing_has_no_mean_delay():
    assert np.isnan(DelayKernel(np.zeros(LAGS)).mean_days)


def test_delays_that_are_assumed_are_those_the_reports_give():
    """Returns peak two to four weeks after the sale, refunds one to two; order status is 25 to 35 % of all contacts."""
    peak = {cause: int(np.argmax(taken.per_order)) for cause, taken in CAUSES.items()}

    assert 14 <= peak[AfterSales.RETURNS] <= 28
    assert 7 <= peak[AfterSales.REFUNDS] <= 14
    assert 0.25 <= CAUSES[AfterSales.ORDER_STATUS].per_order.sum() / CONTACTS_PER_ORDER <= 0.35
    assert 0.15 <= CAUSES[AfterSales.RETURNS].per_order.sum() / CONTACTS_PER_ORDER <= 0.25


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(("mean_days", "cause"), [(3.0, AfterSales.ORDER_STATUS), (12.0, AfterSales.REFUNDS)])
def test_a_history_gives_back_the_delay_the_number_and_the_weekdays_it_was_made_with(mean_days, cause, seed):
    """Over a hundred seeds the mean delay was 6 % (12 days: 2 %) off on average, the number per order at most 2 %."""
    orders = shop_orders(200, seed, bursts=[(60, 4.0), (140, 5.0)])
    counts = contacts_of(orders, mean_days, 0.6, 0.08, seed)

    wave = fit_wave(orders, counts, np.arange(200) % 7, cause)

    assert wave.learnt
    assert wave.kernel.mean_days == pytest.approx(mean_days, rel=0.2)
    assert wave.kernel.contacts_per_order == pytest.approx(0.08, rel=0.05)
    assert wave.weekday == pytest.approx(WEEKDAY / WEEKDAY.mean(), abs=0.05)


def test_complaints_four_weeks_after_a_sale_are_foreseen_three_days_after_it():
    """Six shops, orders to come at their usual number: under half the weekly error of the mean of 28 days."""
    sale, known = 270, 273
    missed, naive_missed, peaks = 0.0, 0.0, []
    for seed in range(6):
        orders = shop_orders(sale + 49, seed, bursts=[(70, 4.0), (170, 3.0), (sale, 6.0)])
        counts = contacts_of(orders, 27.0, 0.42, 0.004, seed)

        wave = fit_wave(orders[:known], counts[:known], np.arange(known) % 7, AfterSales.COMPLAINTS)
        ahead = wave.ahead(np.full(42, orders[known - 33 : known - 3].mean()), np.arange(known, known + 42) % 7)

        came, said = (rows.sum(axis=1).reshape(6, 7).sum(axis=1) for rows in (counts[known : known + 42], ahead))
        missed += np.abs(said - came).sum()
        naive_missed += np.abs(counts[known - 28 : known].sum() / 4 - came).sum()
        peaks.append(int(np.argmax(said)))
    assert missed < 0.5 * naive_missed
    assert sorted(peaks)[1:5] == pytest.approx([3, 3, 3, 3], abs=1)


def test_a_history_of_fewer_than_forty_days_takes_the_delays_of_the_cause_and_measures_the_number():
    days = LEARNT_FROM_DAYS - 1
    orders = np.full(days, 5000.0)
    counts = contacts_of(orders, 10.5, 0.4, 0.05, 1)

    wave = fit_wave(orders, counts, np.arange(days) % 7, AfterSales.REFUNDS)

    assert not wave.learnt
    assert wave.kernel.mean_days == pytest.approx(DelayKernel(CAUSES[AfterSales.REFUNDS].per_order).mean_days)
    assert wave.kernel.contacts_per_order == pytest.approx(0.05, rel=0.03)


def test_unknown_days_and_hours_teach_nothing():
    orders = shop_orders(120, 5, bursts=[(60, 4.0)])
    counts = contacts_of(orders, 3.0, 0.6, 0.08, 5)
    holed = counts.copy()
    holed[40:45] = np.nan
    holed[80:84, :12] = np.nan

    whole, patched = (fit_wave(orders, rows, np.arange(120) % 7, AfterSales.ORDER_STATUS) for rows in (counts, holed))

    assert patched.kernel.contacts_per_order == pytest.approx(whole.kernel.contacts_per_order, rel=0.02)


def test_a_type_nobody_asked_about_yet_brings_nothing():
    wave = fit_wave(np.full(60, 100.0), np.zeros((60, SLOTS)), np.arange(60) % 7, AfterSales.RETURNS)

    assert (wave.ahead(np.full(7, 100.0), np.arange(7)) == 0).all()


def test_half_of_what_the_last_four_weeks_stray_is_believed():
    """Contacts per order double for the last four of 52 weeks; a year's memory moves the kernel by little."""
    orders = np.full(364, 5000.0)
    counts = contacts_of(orders, 3.0, 0.6, 0.02, 1, weekday=np.ones(7))
    counts[-28:] *= 2

    wave = fit_wave(orders, counts, np.arange(364) % 7, AfterSales.ORDER_STATUS)

    assert 0.028 < wave.kernel.contacts_per_order < 0.034
