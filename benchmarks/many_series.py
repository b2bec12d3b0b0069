"""Forecast a series many times over, as a process of its own: ``many_series.py HISTORY.pkl NUMBER SEED``.

Every repetition is another series: its counts are drawn anew around the given ones. Prints the peak memory in MB.
"""

import resource
import sys

import numpy as np
import pandas as pd

from forecasting import regularise
from forecasting.ordinary.baseline import fit_baseline
from forecasting.ordinary.days import Days

INTERVAL_MIN, LEAD_DAYS = 30, 28


def main(path: str, number: int, seed: int) -> None:
    grid = regularise(pd.read_pickle(path), zone="America/New_York", interval_min=INTERVAL_MIN)  # noqa: S301  # our own
    rng = np.random.default_rng(seed)
    leads = np.arange(1, LEAD_DAYS + 1)
    counts = grid.counts[:, :, 0]
    for _ in range(number):
        drawn = np.where(np.isfinite(counts), rng.poisson(np.nan_to_num(counts)), np.nan)
        fit_baseline(Days.of(drawn, grid.weekdays(), grid.first_date)).ahead(leads)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
