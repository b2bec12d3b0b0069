"""How long the time after a phase is not ordinary: measured on the history's own phases."""

from collections.abc import Sequence

import numpy as np

from forecasting.events.timeline import AFTERMATH_H, Stretch, overlap_us, reach
from scenarios.checks import FloatArray, IntArray
from scenarios.horizon import US_PER_H

LONGEST_H = 168.0
"""Beyond a week a trace cannot be told from the drift of ordinary days."""
_DAY_H = 24.0
_TRACE = 0.03  # (log) a day this close to ordinary is one: ordinary days themselves stray by as much
_ERRORS = 2.0  # standard errors that a trace must exceed
_PHASES_LEAST = 4  # with fewer phases nobody can say


def aftermath_h(
    stretches: Sequence[Stretch], start_us: IntArray, interval_us: int, counts: FloatArray, ordinary: FloatArray
) -> float:
    """Return how many hours after a phase contacts are not ordinary: whole days, one at least, a week at most.

    It ends with the last day in a row on which the mean log ratio to ordinary contacts over all phases is neither small
    nor chance.

    Parameters
    ----------
    stretches
        Timeline with aftermaths of ``LONGEST_H``.
    start_us, counts, ordinary
        (D, S) start of the cells, contacts (``nan`` = unknown) and ordinary contacts.
    """
    days = int(LONGEST_H / _DAY_H)
    sums: dict[tuple[int, int], FloatArray] = {}
    flat = start_us.ravel()
    for stretch in stretches:
        if not stretch.aftermath:
            continue
        near = reach(stretch, flat, interval_us)
        came, usual = counts.ravel()[near], ordinary.ravel()[near]
        whole = overlap_us(stretch, flat[near], interval_us) == interval_us
        cells = whole & np.isfinite(came) & (usual > 0)
        day = ((flat[near][cells] - stretch.origin_us) / (_DAY_H * US_PER_H)).astype(np.int64)
        mine = sums.setdefault((stretch.occurrence, stretch.origin_us), np.zeros((2, days)))
        np.add.at(mine[0], day, came[cells])
        np.add.at(mine[1], day, usual[cells])
    if len(sums) < _PHASES_LEAST:
        return AFTERMATH_H
    contacts, expected = np.stack(list(sums.values()), axis=1)
    for day in range(1, days):
        seen = expected[:, day] >= 1
        if seen.sum() < _PHASES_LEAST:
            return max(day * _DAY_H, AFTERMATH_H)
        logs = np.log((contacts[seen, day] + 0.5) / (expected[seen, day] + 0.5))
        error = float(logs.std(ddof=1)) / np.sqrt(seen.sum())
        if abs(float(logs.mean())) <= max(_TRACE, _ERRORS * error):
            return day * _DAY_H
    return LONGEST_H
