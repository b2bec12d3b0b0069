"""Counts of shifts with breaks, played on days drawn once.

A *bed* knows how to draw days and how to play counts on them. ``CallBed`` plays calls on the compiled loop over stored
days; a channel with another floor brings a bed of its own with the same two methods.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from scenarios import Forecast, PlanningError, Scenario, stream
from scenarios.checks import BoolArray, FloatArray, IntArray
from scheduler.loop.columns import DayColumns, anonymous_roster
from scheduler.loop.days import Layout, Seen
from scheduler.loop.ghosts import with_ghosts
from sim import AbsenceLaw, Sampler, Staff, call_days_of, day_levels

D = TypeVar("D")

BLOCK = 64
"""Ordinals whose absences are drawn together: more people of one start only ever add blocks."""
_CHUNK = 50
"""Proof days kept in memory at once."""


class Bed(Protocol[D]):
    """Where counts meet days; ``D`` is what it keeps of drawn days.

    Attributes
    ----------
    scenario, forecast
        One service day alone.
    columns
        What is counted.
    """

    scenario: Scenario
    forecast: Forecast
    columns: DayColumns

    def draw(self, layout: Layout, *, seed: int, purpose: str) -> D:
        """Return days drawn for ``purpose``; different purposes share no day."""

    def play(self, counts: IntArray, days: D, chosen: IntArray | None = None, ghosts: IntArray | None = None) -> Seen:
        """Return what happened to ``counts`` (C,) people on the ``chosen`` days, all of them by default.

        The same counts see the same on the same days, whoever else is played before. ``ghosts`` (T, G) more people are
        present in each interval, which is how the worth of a person is measured.
        """

    def prove(self, counts: IntArray, *, first: int, days: int, strata: int, seed: int, purpose: str) -> Seen:
        """Return fresh days of the forecast's own law, ``strata`` equally likely slices of it, from number ``first``.

        They are the days that ``scheduler.proof`` plays with the roster of ``anonymous_roster``.
        """


class PlayedAgain(Protocol):
    """Contacts of days, laid out for a compiled loop, as ``CallDays`` and ``ChatDays``."""

    def __len__(self) -> int:
        """Return the number of days."""

    def play(self, staff: Staff, absent: BoolArray, chosen: IntArray | None = None) -> IntArray:
        """Return counts as ``CallDays.play`` does; there may be more columns behind those of the groups."""


@dataclass(frozen=True, slots=True, eq=False)
class StoredDays:
    """Drawn days: contacts, weights, and who stays away.

    Parameters
    ----------
    calls
        The contacts, laid out for the compiled loop.
    weight
        (D,) probability each day stands for.
    seed, purpose
        Key of the streams.
    """

    calls: PlayedAgain
    weight: FloatArray
    seed: int
    purpose: str


class CallBed:
    """Bed of calls: one at a time, nobody comes back, any number of types and groups.

    Raises
    ------
    PlanningError
        When the scenario has anything but calls of the plain kind.
    """

    def __init__(self, scenario: Scenario, forecast: Forecast, columns: DayColumns) -> None:
        self.scenario, self.forecast, self.columns = scenario, forecast, columns
        self._sampler = Sampler(scenario, forecast)
        self._absences = Absences(scenario, columns)

    def draw(self, layout: Layout, *, seed: int, purpose: str) -> StoredDays:
        """Return days drawn for ``purpose``."""
        levels, weight = layout.levels(seed, purpose)
        days = ((number, np.array([level])) for number, level in enumerate(levels.tolist()))
        return StoredDays(self._drawn(days, seed, purpose), weight, seed, purpose)

    def play(
        self, counts: IntArray, days: StoredDays, chosen: IntArray | None = None, ghosts: IntArray | None = None
    ) -> Seen:
        """Return what happened to ``counts`` on the ``chosen`` days."""
        absent = self._absences.of(counts, seed=days.seed, purpose=days.purpose, days=len(days.calls))
        weight = days.weight if chosen is None else days.weight[chosen]
        staff = self.columns.staff(counts)
        if ghosts is not None:
            staff = with_ghosts(staff, ghosts, self.scenario.horizon.interval_us)
            absent = np.pad(absent, ((0, 0), (0, len(staff) - absent.shape[1])))
        return self._seen(days.calls.play(staff, absent, chosen), weight)

    def prove(self, counts: IntArray, *, first: int, days: int, strata: int, seed: int, purpose: str) -> Seen:
        """Return fresh days, chunk by chunk."""
        everybody, roster = anonymous_roster(self.scenario, self.columns, counts)
        law, staff = AbsenceLaw(everybody, roster), self.columns.staff(counts)
        fresh = self.forecast.sampled(busiest=1.0, strata=strata)
        parts = []
        for numbers in _chunks(first, days):
            levels = ((n, day_levels(fresh, seed=seed, replication=n, purpose=purpose)) for n in numbers)
            drawn = self._drawn(levels, seed, purpose)
            absent = np.zeros((len(numbers), len(staff)), dtype=np.bool_)
            for place, number in enumerate(numbers):
                absent[place, list(law.draw(seed=seed, replication=number, purpose=purpose))] = True
            parts.append(drawn.play(staff, absent))
        return self._seen(np.concatenate(parts), np.full(days, 1.0 / days))

    def _seen(self, counts: IntArray, weight: FloatArray) -> Seen:
        return Seen(counts[..., 0], counts[..., 1], counts[..., 2], counts[..., 3:], weight)

    def _drawn(self, days: Iterable[tuple[int, FloatArray]], seed: int, purpose: str) -> PlayedAgain:
        """Return days of these numbers and levels."""
        traces = (
            self._sampler.trace(seed=seed, replication=number, purpose=purpose, levels=levels)
            for number, levels in days
        )
        drawn = call_days_of(self.scenario, traces)
        if drawn is None:
            raise PlanningError("not_only_calls", thing="Scenario", field="contact_types", value=self.scenario.name)
        return drawn


class Absences:
    """Who stays away on training days: drawn by (shift, start, group) and ordinal among those who share them."""

    def __init__(self, scenario: Scenario, columns: DayColumns) -> None:
        self._columns = columns
        _, first = np.unique(columns.kind, return_index=True)
        self._likely = np.array([scenario.absence_at(int(columns.start_us[place])) for place in first])
        self._drawn: dict[tuple[int, str, int, int], BoolArray] = {}

    def of(self, counts: IntArray, *, seed: int, purpose: str, days: int) -> BoolArray:
        """Return (D, M) who of ``DayColumns.staff`` stays away."""
        people = np.repeat(np.arange(len(self._columns)), counts)
        if not self._likely.any():
            return np.zeros((days, len(people)), dtype=np.bool_)
        kind = self._columns.kind[people]
        ordinal = _ordinals(kind)
        blocks = int(ordinal.max(initial=0)) // BLOCK + 1
        drawn = [self._block(seed, purpose, days, block) for block in range(blocks)]
        return np.concatenate(drawn, axis=2)[:, kind, ordinal]

    def _block(self, seed: int, purpose: str, days: int, block: int) -> BoolArray:
        """Return (D, kinds, BLOCK) who stays away of one block of ordinals."""
        key = (seed, purpose, days, block)
        if key not in self._drawn:
            shape = (len(self._likely), BLOCK)
            self._drawn[key] = np.array([
                stream(seed, purpose, day, f"absence/block-{block}").random(shape) < self._likely[:, None]
                for day in range(days)
            ])  # fmt: skip
        return self._drawn[key]


def _ordinals(kind: IntArray) -> IntArray:
    """Return (M,) the number of each person among those of the same kind, in order."""
    order = np.argsort(kind, kind="stable")
    ordered = kind[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(kind) else np.zeros(0, dtype=np.int64)
    found = np.empty(len(kind), dtype=np.int64)
    found[order] = np.arange(len(kind)) - np.repeat(starts, np.diff(np.r_[starts, len(kind)]))
    return found


def _chunks(first: int, days: int) -> Iterator[range]:
    for start in range(first, first + days, _CHUNK):
        yield range(start, min(start + _CHUNK, first + days))
