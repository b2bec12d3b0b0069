"""Ciw on the beds of calls: one node, first come, first served, with reneging."""

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

import ciw

from benchmarks.beds import DAY_MIN, PATIENCE_S, WORK_A_S, Bed
from scenarios import NOBODY, US_PER_S

_LONG_S = 100 * (WORK_A_S + PATIENCE_S)
"""So long after the last contact nobody is left."""


class _Own(ciw.dists.Distribution):  # type: ignore[misc]  # untyped
    """What belongs to each contact, by its number."""

    def __init__(self, values_us: Sequence[int]) -> None:
        self._values_s: list[float] = [value / US_PER_S for value in values_us]

    def sample(self, t: Any = None, ind: Any = None) -> float:
        """Return what belongs to the individual ``ind``."""
        del t
        value: float = self._values_s[ind.id_number - 1]
        return value


class _Gaps(ciw.dists.Distribution):  # type: ignore[misc]  # untyped
    """Times between arrivals."""

    def __init__(self, arrival_us: Sequence[int]) -> None:
        self._gaps_s = iter([(later - former) / US_PER_S for former, later in pairwise([0, *arrival_us])])

    def sample(self, t: Any = None, ind: Any = None) -> float:
        """Return the next one; after the last contact nobody comes."""
        del t, ind
        return next(self._gaps_s, float("inf"))


def always_on(bed: Bed) -> Any:
    """Play bed (a) and return the simulation."""
    return _play(bed, len(bed.staff))


def on_duty(bed: Bed) -> Any:
    """Play bed (b) with as many servers as people are on duty; who is served when they fall is finished."""
    steps: Counter[int] = Counter()
    for own in bed.staff.spans:
        for start_us, end_us in own:
            steps[start_us] += 1
            steps[end_us] -= 1
    moments = sorted(steps)
    servers = list(accumulate(steps[moment] for moment in moments))
    ends_s = [moment / US_PER_S for moment in moments[1:]] + [2.0 * DAY_MIN * 60 + _LONG_S]
    return _play(bed, ciw.Schedule(numbers_of_servers=servers, shift_end_dates=ends_s))


def waits_s(simulation: Any) -> list[float]:
    """Return how long every contact waited, ``NOBODY`` for who gave up."""
    records = sorted(simulation.get_all_records(), key=lambda row: row.id_number)
    return [row.waiting_time if row.record_type == "service" else float(NOBODY) for row in records]


def _play(bed: Bed, servers: Any) -> Any:
    arrival_us, patience_us, work_us, _ = bed.columns()
    network = ciw.create_network(
        arrival_distributions=[_Gaps(arrival_us)],
        service_distributions=[_Own(work_us)],
        reneging_time_distributions=[_Own(patience_us)],
        number_of_servers=[servers],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(arrival_us[-1] / US_PER_S + _LONG_S)
    return simulation
