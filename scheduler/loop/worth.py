"""What one more person is worth, hour by hour: one stands there on days that have been played without him."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scenarios.progress import Progress, silent
from scheduler.loop.bed import Bed
from scheduler.loop.days import Layout, Seen
from scheduler.loop.fresh import hour_starts_min
from scheduler.loop.judge import columns_of, hour_of_interval

STAGE = "worth"
"""Key of the stage under which progress is told."""
WORTH_DAYS = Layout(120, 80, 0.15)
"""Busy days, of which those that decide are taken, and days of all kinds, for means."""
_APART_H = 3
"""Hours so far apart are played together: what a person does is over an hour before the next one comes."""
_FIGURES = 4


@dataclass(frozen=True, slots=True)
class HourWorth:
    """One more person of a group in a clock hour.

    Parameters
    ----------
    start_min
        Start of the hour, minutes after the midnight of the service date.
    in_time_busy, in_time
        Contacts of all promises more in time, on the mean of the busy days and of all days.
    kept
        Contacts that do not give up on the mean of all days.
    value_yuan
        What these are worth, by ``ContactType.value_yuan``.
    pay_yuan
        Least pay of an hour in the group; ``nan`` where nobody may work in it.
    """

    start_min: int
    group: str
    in_time_busy: float
    in_time: float
    kept: float
    value_yuan: float
    pay_yuan: float


def worth_of(
    bed: Bed[Any], counts: IntArray, *, seed: int, days: Layout = WORTH_DAYS, progress: Progress = silent
) -> tuple[HourWorth, ...]:
    """Return what one more person brings beside ``counts`` (C,), for each clock hour and group.

    Counted is what changes from the interval before his hour, whose waiting contacts he takes, to the end of the next.
    """
    drawn = bed.draw(days, seed=seed, purpose="worth")
    base = bed.play(counts, drawn)
    starts, groups = hour_starts_min(bed.scenario), bed.columns.groups
    hours = hour_of_interval(bed.scenario)
    found = np.zeros((len(starts), len(groups), _FIGURES))
    for number, (group, first, ghosts) in enumerate(_visits(bed)):
        progress(STAGE, number, _APART_H * len(groups))
        seen = bed.play(counts, drawn, ghosts=ghosts)
        gain = _gain(bed, base, seen, days.hard)
        for hour in range(first, len(starts), _APART_H):
            mine = np.flatnonzero(hours == hour)
            found[hour, group] = gain[max(0, mine[0] - 1) : mine[-1] + 1 + len(mine)].sum(axis=0)
    progress(STAGE, 1, 1)
    pay = [_pay_yuan(bed, number) for number in range(len(groups))]
    return tuple(
        HourWorth(start, groups[group], busy, mean, kept, value, pay[group])
        for start, by_group in zip(starts.tolist(), found.tolist(), strict=True)
        for group, (busy, mean, kept, value) in enumerate(by_group)
    )


def _visits(bed: Bed[Any]) -> Iterator[tuple[int, int, IntArray]]:
    """Yield a group, the first hour, and (T, G) one person of the group in it and in every third hour from there."""
    hours = hour_of_interval(bed.scenario)
    for group in range(len(bed.columns.groups)):
        for first in range(_APART_H):
            ghosts = np.zeros((len(hours), len(bed.columns.groups)), dtype=np.int64)
            ghosts[(hours >= 0) & (hours % _APART_H == first), group] = 1
            yield group, first, ghosts


def _gain(bed: Bed[Any], base: Seen, seen: Seen, hard: int) -> FloatArray:
    """Return (T, 4) what ``seen`` has more than ``base``: in time on the busy days, on all, kept, their value."""
    kinds = bed.scenario.contact_types
    promised = sorted({number for target in bed.scenario.targets for number in columns_of(bed.scenario, target)})
    value = np.array([kind.value_yuan for kind in kinds])
    more = (seen.in_time - base.in_time)[:, :, promised].sum(axis=2)
    kept = base.abandoned - seen.abandoned
    return np.stack([
        more[:hard].mean(axis=0),
        np.tensordot(base.weight, more, axes=1),
        np.tensordot(base.weight, kept.sum(axis=2), axes=1),
        np.tensordot(base.weight, kept @ value, axes=1),
    ], axis=1)  # fmt: skip


def _pay_yuan(bed: Bed[Any], group: int) -> float:
    mine = bed.columns.group == group
    rates = bed.columns.cost[mine] / bed.columns.paid_h[mine]
    return float(rates.min()) if len(rates) else np.nan
