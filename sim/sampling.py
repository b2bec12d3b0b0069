"""From a forecast to the contacts of one replication, drawn column by column before the floor opens."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scenarios import (
    NEVER_US,
    NOBODY,
    US_PER_S,
    Channel,
    ContactTrace,
    ContactType,
    Forecast,
    Law,
    LawKind,
    PlanningError,
    Quantity,
    Roster,
    Scenario,
    stream,
)  # fmt: skip
from scenarios.checks import BoolArray, FloatArray, IntArray


def draw_trace(scenario: Scenario, forecast: Forecast, *, seed: int, replication: int, purpose: str) -> ContactTrace:
    """Return every contact of one replication.

    Rates are a sample path of the forecast times the scenario's volume effects; counts are Poisson given the rates, and
    arrivals are uniform in their interval. Live contacts (voice, chat) expected while the service is closed are not
    offered; tickets arrive around the clock. See ``docs/simulation.md``.

    Raises
    ------
    PlanningError
        When the forecast does not cover the scenario's contact types and horizon.
    """
    return Sampler(scenario, forecast).trace(seed=seed, replication=replication, purpose=purpose)


def draw_absence(scenario: Scenario, roster: Roster, *, seed: int, replication: int, purpose: str) -> frozenset[int]:
    """Return the indices of ``roster.assignments`` whose people stay away.

    A person's number of a date is drawn by the person's place in the scenario, so that editing the roster leaves the
    absences of everybody else as they are.
    """
    return AbsenceLaw(scenario, roster).draw(seed=seed, replication=replication, purpose=purpose)


def draw_us(law: Law, mean_s: FloatArray, rng: np.random.Generator) -> IntArray:
    """Return one duration in µs (>= 1) per entry of ``mean_s``: the law's kind and cv around that mean."""
    count = len(mean_s)
    if law.kind is LawKind.NEVER:
        return np.full(count, NEVER_US, dtype=np.int64)
    match law.kind:
        case LawKind.EXPONENTIAL:
            ratio = rng.standard_exponential(count)
        case LawKind.LOGNORMAL:
            spread = math.sqrt(math.log1p(law.cv**2))
            ratio = np.exp(spread * rng.standard_normal(count) - spread**2 / 2)
        case LawKind.GAMMA:
            ratio = rng.standard_gamma(1 / law.cv**2, count) * law.cv**2
        case _:
            ratio = np.ones(count)
    return np.maximum(1, np.rint(ratio * mean_s * US_PER_S).astype(np.int64))


def day_levels(forecast: Forecast, *, seed: int, replication: int, purpose: str) -> FloatArray:
    """Return (D,) where in its law each day factor of a replication stands, in (0, 1): .5 is the median day.

    A Latin hypercube over ``uncertainty.strata`` consecutive replications; levels below ``1 - upper_tail`` do not
    occur.
    """
    law = forecast.uncertainty
    block, place = divmod(replication, law.strata)
    days = len(law.day_cv)
    order = np.argsort(stream(seed, purpose, block, "strata").random((days, law.strata)), axis=1)
    inside = stream(seed, purpose, replication, "level").random(days)
    return 1.0 - law.upper_tail * (1.0 - (order[:, place] + inside) / law.strata)


class AbsenceLaw:
    """Who may stay away, and how likely: prepared once, drawn per replication."""

    def __init__(self, scenario: Scenario, roster: Roster) -> None:
        place = {agent.name: number for number, agent in enumerate(scenario.agents)}
        likely = {start: scenario.absence_at(start) for start in {row.start_us for row in roster.assignments}}
        self._people = len(scenario.agents)
        self._dates = sorted({row.date for row in roster.assignments})
        self._date = np.array([self._dates.index(row.date) for row in roster.assignments], dtype=np.int64)
        self._place = np.array([place[row.agent] for row in roster.assignments], dtype=np.int64)
        self._likely = np.array([likely[row.start_us] for row in roster.assignments])

    def draw(self, *, seed: int, replication: int, purpose: str) -> frozenset[int]:
        """Return the indices of the assignments whose people stay away in this replication."""
        if not self._likely.any():
            return frozenset()
        columns = [stream(seed, purpose, replication, f"absence/{day}").random(self._people) for day in self._dates]
        numbers = np.array(columns)[self._date, self._place]
        return frozenset(np.flatnonzero(numbers < self._likely).tolist())


@dataclass(slots=True)
class _Drawn:
    """Columns of one contact type, not yet merged."""

    arrival_us: IntArray
    contained: BoolArray
    due_us: IntArray
    work_us: IntArray
    patience_us: IntArray
    redial_after_us: IntArray


class Sampler:
    """Everything about a scenario and its forecast that does not change from replication to replication."""

    def __init__(self, scenario: Scenario, forecast: Forecast) -> None:
        columns = [forecast.column(kind.name) for kind in scenario.contact_types]
        if forecast.horizon != scenario.horizon:
            raise PlanningError(
                "wrong_shape", thing="Forecast", field="horizon", value=forecast.expected.shape,
                expected=(scenario.horizon.intervals, len(columns)),
            )  # fmt: skip
        self._kinds = scenario.contact_types
        self._forecast = forecast
        self._columns = columns
        self._interval_us = scenario.horizon.interval_us
        live = np.array([kind.channel is not Channel.TICKET for kind in self._kinds])
        offered = scenario.horizon.open_intervals()[:, None] | ~live[None, :]
        self._volume = scenario.factor(Quantity.VOLUME) * offered
        self._work_s = forecast.work_s[:, columns] * scenario.factor(Quantity.WORK)
        self._patience_factor = scenario.factor(Quantity.PATIENCE)
        self._attempts = 1 + max(kind.redial.attempts_max if kind.redial else 0 for kind in self._kinds)

    def trace(self, *, seed: int, replication: int, purpose: str) -> ContactTrace:
        """Return every contact of one replication, as ``draw_trace`` describes."""
        levels = day_levels(self._forecast, seed=seed, replication=replication, purpose=purpose)
        path = self._forecast.rate_path(stream(seed, purpose, replication, "rates"), levels)
        rates = path[:, self._columns] * self._volume
        parts = [self._draw_type(number, rates[:, number], (seed, purpose, replication)) for number in self._numbers]
        return self._merged(parts)

    @property
    def _numbers(self) -> range:
        return range(len(self._kinds))

    def _draw_type(self, number: int, rates: FloatArray, key: tuple[int, str, int]) -> _Drawn:
        """Return the contacts of one type, given its (T,) rates, in order of arrival."""
        kind = self._kinds[number]

        def column(name: str) -> np.random.Generator:
            return stream(*key, f"{kind.name}/{name}")

        counts = column("count").poisson(rates)
        interval = np.repeat(np.arange(len(rates)), counts)
        offsets = column("arrival").integers(0, self._interval_us, len(interval))
        arrival_us = np.sort(interval * self._interval_us + offsets)
        patience_s = kind.patience_s.mean_s * self._patience_factor[interval, number]
        contained, delay_us = _bot_stage(kind, column("bot"), len(interval))
        return _Drawn(
            contained=contained,
            arrival_us=arrival_us + delay_us,
            due_us=_due_us(kind, arrival_us),
            work_us=draw_us(kind.work_s, self._work_s[interval, number], column("work")),
            patience_us=np.stack([
                draw_us(kind.patience_s, patience_s, column(f"patience/{attempt}")) for attempt in range(self._attempts)
            ]),
            redial_after_us=self._redials(kind, len(interval), column),
        )  # fmt: skip

    def _redials(self, kind: ContactType, count: int, column: Callable[[str], np.random.Generator]) -> IntArray:
        """Return (A, N) delays after which a buyer who gave up tries again, ``NOBODY`` where he does not."""
        after_us = np.full((self._attempts, count), NOBODY, dtype=np.int64)
        if kind.redial is None:
            return after_us
        mean_s = np.full(count, kind.redial.delay_s.mean_s)
        for attempt in range(kind.redial.attempts_max):
            again = column(f"redial/{attempt}").random(count) < kind.redial.share
            delay_us = draw_us(kind.redial.delay_s, mean_s, column(f"redial_delay/{attempt}"))
            after_us[attempt] = np.where(again, delay_us, NOBODY)
        return after_us

    def _merged(self, parts: list[_Drawn]) -> ContactTrace:
        """Return the columns of all types in order of arrival, ties by the type's place in the scenario."""
        arrival_us = np.concatenate([part.arrival_us for part in parts])
        order = np.argsort(arrival_us, kind="stable")
        kinds = np.repeat(np.arange(len(parts)), [len(part.arrival_us) for part in parts])
        work_us = np.concatenate([part.work_us for part in parts])[order]
        return ContactTrace(
            contact_type=kinds[order],
            arrival_us=arrival_us[order],
            contained=np.concatenate([part.contained for part in parts])[order],
            due_us=np.concatenate([part.due_us for part in parts])[order],
            # The matter stays the same however often the buyer tries.
            work_us=np.broadcast_to(work_us, (self._attempts, len(order))),
            patience_us=np.concatenate([part.patience_us for part in parts], axis=1)[:, order],
            redial_after_us=np.concatenate([part.redial_after_us for part in parts], axis=1)[:, order],
        )


def _bot_stage(kind: ContactType, rng: np.random.Generator, count: int) -> tuple[BoolArray, IntArray]:
    """Return which contacts the bot keeps, and by how many µs it delays the others."""
    if kind.bot is None:
        return np.zeros(count, dtype=np.bool_), np.zeros(count, dtype=np.int64)
    numbers = rng.random(count)
    contained = numbers < kind.bot.offered_share * kind.bot.containment_share
    handed_over = ~contained & (numbers < kind.bot.offered_share)
    return contained, np.where(handed_over, round(kind.bot.hand_over_delay_s * US_PER_S), 0)


def _due_us(kind: ContactType, arrival_us: IntArray) -> IntArray:
    if kind.due_within_s is None:
        return np.full(len(arrival_us), NEVER_US, dtype=np.int64)
    return arrival_us + round(kind.due_within_s * US_PER_S)
