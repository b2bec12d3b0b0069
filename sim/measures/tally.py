"""The counts of one run, from which every measure is computed; taken straight from the engine's columns."""

from dataclasses import dataclass

import numpy as np

from scenarios import US_PER_S, Channel, ContactTrace, PlanningError, Scenario, ServiceTarget
from scenarios.checks import FloatArray, IntArray
from sim.floor.clock import all_in_ppm
from sim.floor.memory import empty
from sim.floor.played import Played
from sim.floor.staff import Staff
from sim.floor.trace_rows import A_FIELDS, A_ROUND_END
from sim.measures.cells import Cells, Per, cells_of, last_open_interval
from sim.measures.counting import CELL_COUNTS, DAY_COUNTS, FIELDS, Attempts, Day, count
from sim.measures.waits import BINS

UNPROMISED_WITHIN_S = 30.0
"""A type no target counts is still tallied as in time, at the limit the shop promises elsewhere."""
STATES = frozenset({"backlog", "overdue_open", "aged_24h", "aged_48h", "aged_72h"})
"""Counts of what is open at the end of a cell; all others count what happened in it."""
GROUP_COUNTS = ("handled_by_group", "people", "busy_us", "working_us", "at_work_us", "paid_us")
"""Counts per group over the whole horizon."""
_US_PER_MS = 1000
_NO_TABLE: IntArray = np.zeros((0, A_FIELDS), dtype=np.int64)
_NO_TABLE.flags.writeable = False
_SMALL = (np.int8, np.int16, np.int32, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Counts of one run.

    An attempt counts in the cell of its offer, a round in that of the buyer's message, a matter in that of its first
    offer; a live one while the service is closed, in the last open cell before. Every count is kept in the smallest
    whole numbers that hold it, sums of times in milliseconds; ``count`` gives them back in full.

    Parameters
    ----------
    cells
        Per name of ``CELL_COUNTS`` a (C, K) array:

        - ``offered``: attempts that reached the human queue, later ones included, those the bot kept excluded;
        - ``in_time``: first answered within the limit of the target that counts the type (30 s where none does);
        - ``answered``, ``abandoned``, ``closed_out``: answered at any time; given up; still waiting at closing. A chat
          by messages is answered at the end of its first reply, a ticket when it is first begun;
        - ``bot_contained``: contacts the bot kept;
        - ``overdue``, ``settled``: tickets finished after their due time or unfinished when it passed; tickets of which
          either is known;
        - ``finished``: attempts that ended in the cell, an agent having dealt with them;
        - ``rounds``, ``replied``, ``replies_in_time``: messages written in chats by messages; those replied to, and
          within the target's ``reply_within_s``;
        - ``backlog``, ``overdue_open``, ``aged_24h``, ``aged_48h``, ``aged_72h``: tickets open at the end of the cell;
          of them those past their due time, and those open for longer than 24, 48, 72 hours;
        - ``wait_us``, ``reply_us``: waits of the answered; times from message to reply.
    days
        Per name of ``DAY_COUNTS`` a (D + 1, K) array, the last row for what lies in no service day:

        - ``redials`` ... ``cases``: attempts that were followed by one of this cause;
        - ``handled``: attempts an agent has dealt with to their end; ``hops``: changes of hands and lines;
          ``transferred``: attempts moved to another line while waiting, or handed on after the answer;
        - ``matters``: root contacts that reached the human queue, and of them those that were ever answered; answered
          once and no more; answered without the buyer asking again; answered without being handed on; whose last
          attempt was handled to its end; transferred twice or more;
        - ``watched_24h`` ...: tickets offered that long before the end of the horizon; of them those begun, and those
          finished, within 24, 48, 72 hours;
        - ``reply_capped_us``, ``work_us``, ``session_us``, ``close_us``: replies with a cap of 600 s, which also stands
          for a message without a reply; work of the handled; from taking to end; from the first offer of a matter to
          its end.
    groups
        (G, 6) as ``GROUP_COUNTS``.
    waits
        (D + 1, K, BINS) waits of the answered in the bins of ``sim.measures.waits``.
    """

    cells: tuple[IntArray, ...]
    days: tuple[IntArray, ...]
    groups: IntArray
    waits: IntArray

    @classmethod
    def of(cls, per_cell: IntArray, per_day: IntArray, groups: IntArray, waits: IntArray) -> "Tally":
        """Return the tally of counts in full: (C, K, names), (D + 1, K, names), (G, names), (D + 1, K, BINS)."""
        return cls(_packed(per_cell, CELL_COUNTS), _packed(per_day, DAY_COUNTS), _sealed(groups), _smallest(waits))

    def count(self, name: str) -> IntArray:
        """Return a count by its name, in full: (C, K), (D + 1, K) or (G,) int64; sums of times in µs.

        Sums are kept to the millisecond, so that they may be off by half of one.
        """
        packed = self.packed(name)
        return packed.astype(np.int64) * (_US_PER_MS if is_time(name) else 1)

    def packed(self, name: str) -> IntArray:
        """Return a count as it is kept: small whole numbers, sums of times in milliseconds but those of groups."""
        if name in CELL_COUNTS:
            return self.cells[CELL_COUNTS.index(name)]
        if name in DAY_COUNTS:
            return self.days[DAY_COUNTS.index(name)]
        return self.groups[:, GROUP_COUNTS.index(name)]

    def equals(self, other: "Tally") -> bool:
        """Return whether every number is the same."""
        mine, its = ((*row.cells, *row.days, row.groups, row.waits) for row in (self, other))
        return all(np.array_equal(one, another) for one, another in zip(mine, its, strict=True))

    @property
    def nbytes(self) -> int:
        """Bytes of all counts."""
        return sum(part.nbytes for part in (*self.cells, *self.days, self.groups, self.waits))


def is_time(name: str) -> bool:
    """Return whether a count of cells or days is a sum of times."""
    return name.endswith("_us") and name not in GROUP_COUNTS


def tally(scenario: Scenario, trace: ContactTrace, played: Played, staff: Staff) -> Tally:
    """Return the counts of one run, per interval."""
    return Tallier(scenario).tally(trace, played, staff)


class Tallier:
    """What counting needs of a scenario, prepared once for many runs.

    Parameters
    ----------
    per
        How fine to count. A study of 28 days keeps four times less per clock hour and a hundred times less per day;
        ``"day"`` knows no hours.
    """

    def __init__(self, scenario: Scenario, per: Per | str = Per.INTERVAL) -> None:
        horizon = scenario.horizon
        self.cells: Cells = cells_of(horizon, _per_of(per))
        self._interval_us = horizon.interval_us
        self._last_open = _sealed(last_open_interval(horizon))
        self._shape = (horizon.intervals, len(scenario.contact_types))
        self._groups = len(scenario.groups)
        self._kinds = _kinds(scenario)
        self._days = cells_of(horizon, Per.DAY)
        self._last_planned: tuple[Staff, IntArray] | None = None
        self._day_of = _sealed(self._days.of_interval)

    def tally(self, trace: ContactTrace, played: Played, staff: Staff, paid_us: IntArray | None = None) -> Tally:
        """Return the counts of one run.

        Parameters
        ----------
        paid_us
            (G,) paid time per group; ``None`` for the time planned at work.
        """
        table, waits, handled = self._counted(trace, played, staff)
        per_cell = self.cells.summed(table[:, :, : len(CELL_COUNTS)])
        per_day = self._days.summed(table[:, :, len(CELL_COUNTS) :])
        states = [place for place, name in enumerate(CELL_COUNTS) if name in STATES]
        per_cell[:, :, states] = table[self.cells.last_interval][:, :, states]
        planned_us = self._planned_us(staff) if paid_us is None else paid_us
        by_group = (
            handled,
            _by_group(staff, np.sign(played.at_work_us), self._groups),
            *(_by_group(staff, us, self._groups) for us in (played.busy_us, played.working_us, played.at_work_us)),
            planned_us,
        )
        return Tally.of(per_cell, per_day, np.stack(by_group, axis=1), waits)

    def _planned_us(self, staff: Staff) -> IntArray:
        """Return (G,) the time planned at work; of a staff that plays day after day it is summed once."""
        last = self._last_planned  # read once: another thread may replace it
        if last is None or last[0] is not staff:
            last = staff, _by_group(staff, staff.scheduled_us(), self._groups)
            self._last_planned = last
        return last[1]

    def _counted(self, trace: ContactTrace, played: Played, staff: Staff) -> tuple[IntArray, IntArray, IntArray]:
        """Return the counts (T, K, F), the waits (D + 1, K, BINS) and the handled of each group (G,)."""
        within, reply_within, is_ticket = self._kinds
        intervals, types = self._shape
        table = np.zeros((intervals * types, FIELDS), dtype=np.int64)
        waits = np.zeros((len(self._days), self._shape[1], BINS), dtype=np.int64)
        handled = np.zeros(self._groups, dtype=np.int64)
        day = Day(
            within=within, reply_within=reply_within, is_ticket=is_ticket, last_open=self._last_open,
            day_of=self._day_of, interval_us=self._interval_us, table=table, waits=waits, by_group=handled,
            cell=empty(len(played.row)), matters=empty(trace.roots),
        )  # fmt: skip
        count(_attempts(trace, played, staff), day)
        return table.reshape(intervals, types, FIELDS), waits, handled


def _per_of(per: Per | str) -> Per:
    try:
        return Per(per)
    except ValueError as error:
        known = ", ".join(Per)
        raise PlanningError("not_one_of", thing="Tallier", field="per", value=per, known=known) from error


def answer_limits_us(scenario: Scenario) -> IntArray:
    """Return (K,) the limit within which a first answer to each contact type counts as in time."""
    return _kinds(scenario)[0]


def reply_limits_us(scenario: Scenario) -> IntArray:
    """Return (K,) the limit within which a reply to a message of each contact type counts as in time."""
    return _kinds(scenario)[1]


def _kinds(scenario: Scenario) -> tuple[IntArray, IntArray, IntArray]:
    """Return (K,) limits of the first answer and of a reply, and 1 for tickets."""
    targets = [scenario.target_of(kind.name) for kind in scenario.contact_types]
    within_s = [_limits_s(target) for target in targets]
    answer_us, reply_us = (np.rint(np.array(limits) * US_PER_S) for limits in zip(*within_s, strict=True))
    is_ticket = np.array([kind.channel is Channel.TICKET for kind in scenario.contact_types])
    return _sealed(answer_us), _sealed(reply_us), _sealed(is_ticket)


def _limits_s(target: ServiceTarget | None) -> tuple[float, float]:
    """Return the limits of the first answer and of a reply."""
    if target is None:
        return UNPROMISED_WITHIN_S, UNPROMISED_WITHIN_S
    reply_s = target.answer_within_s if target.reply_within_s is None else target.reply_within_s
    return target.answer_within_s, reply_s


def _attempts(trace: ContactTrace, played: Played, staff: Staff) -> Attempts:
    """Return what is counted. Columns of a table are read where they stand; of most rows nothing is ever read."""
    table = _NO_TABLE if trace.table is None else trace.table
    round_end = trace.first_round[1:] if trace.table is None else table[:-1, A_ROUND_END]
    rows = (
        trace.contact_type, trace.due_after_us, trace.work_us, trace.patience_us, trace.cause, trace.root,
        trace.first_round[:-1], round_end,
    )  # fmt: skip
    rounds = (trace.round_work_us, trace.think_us, played.replied_us)
    attempts = (
        played.row, played.before, played.offered_us, played.limit_us, played.taken_us, played.ended_us, played.agent,
        played.hops,
    )  # fmt: skip
    people = (all_in_ppm(staff.tenure_factor), staff.group)
    return Attempts(table, *rows, trace.contained, trace.arrival_us, *map(_sealed, (*rounds, *attempts, *people)))


def _by_group(staff: Staff, values: IntArray | FloatArray, groups: int) -> IntArray:
    """Return (G,) sums; exact, for float64 holds whole µs up to 285 years."""
    return np.bincount(staff.group, weights=values, minlength=groups).astype(np.int64)


def _sealed(values: IntArray | FloatArray) -> IntArray:
    """Return a read-only int64 view: the counting loop is compiled for one kind of array only."""
    column: IntArray = np.ascontiguousarray(values, dtype=np.int64).view()
    column.flags.writeable = False
    return column


def _packed(counts: IntArray, names: tuple[str, ...]) -> tuple[IntArray, ...]:
    """Return one small array per name of the last axis, times in milliseconds."""
    return tuple(
        _smallest((counts[..., place] + _US_PER_MS // 2) // _US_PER_MS if is_time(name) else counts[..., place])
        for place, name in enumerate(names)
    )


def _smallest(counts: IntArray) -> IntArray:
    """Return ``counts``, which are not negative, in the smallest whole numbers that hold them, read-only."""
    most = counts.max(initial=0)
    fitting = next(kind for kind in _SMALL if most <= np.iinfo(kind).max)
    small: IntArray = counts.astype(fitting)
    small.flags.writeable = False
    return small
