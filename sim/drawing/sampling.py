"""From a forecast to the contacts of one replication, drawn column by column before the floor opens."""

from functools import lru_cache
from typing import Any

import numpy as np

from scenarios import (
    NOBODY,
    ROW_COLUMNS,
    Channel,
    ContactTrace,
    Forecast,
    PlanningError,
    Quantity,
    Roster,
    Scenario,
    stream,
)
from scenarios.checks import FloatArray, IntArray
from scenarios.streams import stream_key
from sim.drawing.arrivals import counts_of, roots_of
from sim.drawing.forest import grown_forest
from sim.drawing.kinds import kinds_of
from sim.drawing.plain import D_CONTAINED, D_DUE, D_PATIENCE, D_TYPE, D_WORK, is_plain, plain_columns
from sim.drawing.rows import G_ROUNDS, G_ROWS, T_THINK, T_WORK, Forest
from sim.drawing.talks import is_talk, talks
from sim.floor.trace_rows import A_FIRST_ROUND

_HALF_BITS = 64
_HALF = 2**_HALF_BITS - 1
_AT_FIRST = 4.0
_MORE, _SPARE = 1.03, 100  # a replication gets a little more room than the one before needed


def draw_trace(scenario: Scenario, forecast: Forecast, *, seed: int, replication: int, purpose: str) -> ContactTrace:
    """Return every contact of one replication, and every later attempt that may follow from it.

    Rates are a sample path of the forecast times the scenario's volume effects; counts are Poisson given the rates, and
    arrivals are uniform in their interval. Live contacts (voice, chat) expected while the service is closed are not
    offered; tickets arrive around the clock. See ``docs/simulation.md``.

    Every draw is a pure function of (seed, purpose, replication, contact type, interval, number of the contact within
    both, path of attempts, column). Counts are quantiles of one uniform, so where the rate rises contacts are added and
    the others stay as they are.

    Raises
    ------
    PlanningError
        When the forecast does not cover the scenario's contact types and horizon.

    Notes
    -----
    What the draws decide:

    * After a loss a buyer redials with the share of his type, as long as he has not tried ``Redial.attempts_max`` times
      again in a row and ``Scenario.attempts_max`` allows; if not, he leaves a message with its share. A redial has the
      work, the rounds and the follow-up of the attempt before, and a new patience.
    * After an answer at most one follow-up happens. Of one uniform the fixed shares take the first part, in the order
      of the file, and the shares by tenure together the rest: with S their sum, one of them happens when
      (u - fixed) / S is less than the tenure factor (at most 3), and a second uniform picks it in proportion to its
      share. Effects on re-contacts multiply their shares, each up to 1.
    * A session that is cut by a long think goes on as another attempt; what follows an answer follows its last part.
    * A contact in a wrong line takes the work of finding out there, one round of a chat, and is then transferred with
      the work it would have had.
    * Effects are those of the interval in which the root contact arrives before the bot, for all of its attempts.
    * Work is the forecast's mean times a draw of the type's law; of a chat by messages every reply is scaled alike.
    """
    return Sampler(scenario, forecast).trace(seed=seed, replication=replication, purpose=purpose)


def draw_absence(scenario: Scenario, roster: Roster, *, seed: int, replication: int, purpose: str) -> frozenset[int]:
    """Return the indices of ``roster.assignments`` whose people stay away.

    A person's number of a date is drawn by the person's place in the scenario, so that editing the roster leaves the
    absences of everybody else as they are.
    """
    return AbsenceLaw(scenario, roster).draw(seed=seed, replication=replication, purpose=purpose)


def day_levels(forecast: Forecast, *, seed: int, replication: int, purpose: str) -> FloatArray:
    """Return (D,) where in its law each day factor of a replication stands, in (0, 1): .5 is the median day.

    A Latin hypercube over ``uncertainty.strata`` consecutive replications; levels below ``1 - upper_tail`` do not
    occur.
    """
    law = forecast.uncertainty
    block, place = divmod(replication, law.strata)
    days = len(law.day_cv)
    order = _strata(seed, purpose, block, (days, law.strata))
    inside = stream(seed, purpose, replication, "level").random(days)
    return 1.0 - law.upper_tail * (1.0 - (order[:, place] + inside) / law.strata)


@lru_cache(maxsize=4)
def _strata(seed: int, purpose: str, block: int, shape: tuple[int, int]) -> IntArray:
    """Return (D, strata) the order in which the replications of a block meet the strata: drawn once for all of them."""
    return _fixed(np.argsort(stream(seed, purpose, block, "strata").random(shape), axis=1))


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


class Sampler:
    """Everything about a scenario and its forecast that does not change from replication to replication."""

    def __init__(self, scenario: Scenario, forecast: Forecast) -> None:
        columns = [forecast.column(kind.name) for kind in scenario.contact_types]
        if forecast.horizon != scenario.horizon:
            raise PlanningError(
                "wrong_shape", thing="Forecast", field="horizon", value=forecast.expected.shape,
                expected=(scenario.horizon.intervals, len(columns)),
            )  # fmt: skip
        self._forecast = forecast
        self._columns = columns
        self._names = [f"contacts/{kind.name}" for kind in scenario.contact_types]
        self._interval_us = scenario.horizon.interval_us
        self._attempts_max = scenario.attempts_max
        live = np.array([kind.channel is not Channel.TICKET for kind in scenario.contact_types])
        offered = scenario.horizon.open_intervals()[:, None] | ~live[None, :]
        self._volume = scenario.factor(Quantity.VOLUME) * offered
        self._kinds = kinds_of(scenario, forecast)
        self._is_plain = is_plain(self._kinds)
        self._shared = _Shared()
        self._spread = (_AT_FIRST, _AT_FIRST)  # rows and rounds per root contact; changes speed, never a number

    def trace(self, *, seed: int, replication: int, purpose: str, levels: FloatArray | None = None) -> ContactTrace:
        """Return every contact of one replication, as ``draw_trace`` describes.

        ``levels`` (D,) sets where in its law each day factor stands; ``None`` for where ``day_levels`` has it.
        """
        arrival_us, born, keys = self._roots(seed, replication, purpose, levels)
        if self._is_plain:
            return self._plain_trace(arrival_us, plain_columns(born, keys, self._kinds))
        room = [int(spread * len(born)) + _SPARE for spread in self._spread]
        forest = grown_forest(born, keys, self._kinds, self._attempts_max, (room[0], room[1]))
        used = forest.grown[[G_ROWS, G_ROUNDS]] / max(1, len(born))
        self._spread = (_MORE * float(used[0]), _MORE * float(used[1]))
        return _trace_of(arrival_us, forest)

    def talks(
        self, *, seed: int, replication: int, purpose: str, levels: FloatArray | None = None
    ) -> tuple[IntArray, Any] | None:
        """Return sessions and rounds of the chats that ``trace`` would return, as ``sim.floor.chat_rows`` has them.

        ``None`` where there is anything but chat by messages that nothing follows, or a round is too long to be stored.
        """
        if not is_talk(self._kinds):
            return None
        return talks(*self._roots(seed, replication, purpose, levels), self._kinds)

    def _roots(
        self, seed: int, replication: int, purpose: str, levels: FloatArray | None
    ) -> tuple[IntArray, IntArray, IntArray]:
        """Return arrivals and packed numbers of the root contacts, and the keys of the types."""
        if levels is None:
            levels = day_levels(self._forecast, seed=seed, replication=replication, purpose=purpose)
        path = self._forecast.rate_path(stream(seed, purpose, replication, "rates"), levels)
        rates = path[:, self._columns] * self._volume
        keys = _keys([stream_key(seed, purpose, replication, name) for name in self._names])
        arrival_us, born = roots_of(counts_of(rates, keys), keys, self._kinds, self._interval_us)
        return arrival_us, born, keys

    def _plain_trace(self, arrival_us: IntArray, drawn: IntArray) -> ContactTrace:
        """Return a trace of root contacts alone."""
        count, shared = len(arrival_us), self._shared
        zeros, nobody, kinds = shared.zeros(count), shared.nobody(count), _fixed(drawn[D_TYPE])
        return ContactTrace(
            arrival_us=_fixed(arrival_us), contained=drawn[D_CONTAINED] > 0, root=shared.numbers(count), number=zeros,
            cause=zeros, contact_type=kinds, line=kinds, delay_us=zeros, due_after_us=_fixed(drawn[D_DUE]),
            work_us=_fixed(drawn[D_WORK]), patience_us=_fixed(drawn[D_PATIENCE]), if_lost=nobody, if_answered=nobody,
            need_ppm=zeros, first_round=shared.zeros(count + 1), round_work_us=zeros[:0], think_us=zeros[:0],
            hold_us=zeros, checked=True,
        )  # fmt: skip


class _Shared:
    """Columns that are the same in every replication: cut from arrays that cannot be written to, made only once."""

    def __init__(self) -> None:
        self._zeros = self._nobody = self._numbers = np.zeros(0, dtype=np.int64)

    def zeros(self, count: int) -> IntArray:
        if len(self._zeros) < count:
            self._zeros = _fixed(np.zeros(2 * count, dtype=np.int64))
        return self._zeros[:count]

    def nobody(self, count: int) -> IntArray:
        if len(self._nobody) < count:
            self._nobody = _fixed(np.full(2 * count, NOBODY, dtype=np.int64))
        return self._nobody[:count]

    def numbers(self, count: int) -> IntArray:
        if len(self._numbers) < count:
            self._numbers = _fixed(np.arange(2 * count, dtype=np.int64))
        return self._numbers[:count]


def _trace_of(arrival_us: IntArray, forest: Forest) -> ContactTrace:
    """Return what has grown as a trace; columns that cannot be written to are taken without a copy."""
    rows, rounds = int(forest.grown[G_ROWS]), int(forest.grown[G_ROUNDS])
    table = _fixed(forest.rows[: rows + 1])
    columns = {name: table[:rows, place] for place, name in enumerate(ROW_COLUMNS)}
    columns["first_round"] = table[:, A_FIRST_ROUND]
    return ContactTrace(
        arrival_us=_fixed(arrival_us),
        contained=forest.contained > 0,
        delay_us=_fixed(forest.delays_us[:rows]),
        round_work_us=_fixed(forest.turns[T_WORK, :rounds]),
        think_us=_fixed(forest.turns[T_THINK, :rounds]),
        table=table,
        checked=True,
        **columns,
    )


def _fixed(column: IntArray) -> IntArray:
    column.flags.writeable = False
    return column


def _keys(numbers: list[int]) -> IntArray:
    """Return (K, 2) the halves of keys of 128 bits, the lower first."""
    return np.array([[key & _HALF, key >> _HALF_BITS] for key in numbers], dtype=np.uint64).view(np.int64)
