"""How long the time after a phase is not ordinary."""

import numpy as np
import pytest

from forecasting.events.aftermath import LONGEST_H, aftermath_h
from forecasting.events.timeline import AFTERMATH_H, US_PER_H, epoch_us, timeline

HALF_H = US_PER_H // 2
WEEKS = 30


def measured(make_event, dip_h, *, events=12, seed=1, depth=0.8):
    starts = [f"2026-{1 + n // 2:02d}-{1 + 14 * (n % 2):02d} 20:00" for n in range(events)]
    sales = [make_event(start, 28) for start in starts]
    start_us = epoch_us(sales[0].phases[0].start) + np.arange(WEEKS * 7 * 48) * HALF_H
    rate = np.full(start_us.shape, 40.0)
    for sale in sales:
        end = epoch_us(sale.phases[0].end)
        rate[(start_us >= end) & (start_us < end + dip_h * US_PER_H)] *= depth
    counts = np.random.default_rng(seed).poisson(rate).astype(float)
    stretches = timeline(sales, aftermath_h=LONGEST_H)
    return aftermath_h(stretches, start_us, HALF_H, counts, np.full(start_us.shape, 40.0))


@pytest.mark.parametrize("dip_h", [24, 48, 96, 144])
def test_its_length_is_measured(make_event, dip_h):
    assert measured(make_event, dip_h) == dip_h


def test_without_any_trace_it_is_the_least_a_day(make_event):
    assert measured(make_event, 0) == 24


def test_it_never_exceeds_a_week(make_event):
    assert measured(make_event, 300) == LONGEST_H


def test_a_surge_afterwards_counts_as_a_dip_does(make_event):
    assert measured(make_event, 96, depth=1.3) == 96


def test_three_promotions_cannot_say(make_event):
    assert measured(make_event, 0, events=3) == AFTERMATH_H
