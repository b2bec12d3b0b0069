"""What is measured: every KPI by name, and the counts of one run from which all of them are computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from scenarios import NOBODY, US_PER_S, Channel, Outcome, Scenario
from scenarios.checks import BoolArray, IntArray
from sim.model import FloorRun
from sim.staff import Staff

DEFINITIONS = "generic-2026-01"
"""Name of the definition set below. A changed definition gets a new name, so that old reports keep their meaning."""
UNPROMISED_WITHIN_S = 30.0
"""A type no target counts is still tallied as in time, at the limit the shop promises elsewhere."""


@dataclass(frozen=True, slots=True)
class KpiDefinition:
    """How a measure is made.

    Parameters
    ----------
    numerator, denominator
        Names of the counts that are added up; an empty denominator is the number of replications.
    clock
        What decides into which interval an attempt is counted.
    estimator
        Name of the estimator, as it stands in every ``Estimate``.
    unit
        ``"share"``, ``"s"`` or ``"contacts"``.
    scope
        ``"type"``: per contact type, target, day and interval. ``"group"``: per group over the whole horizon.
    """

    key: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    clock: str
    estimator: str
    unit: str
    scope: str = "type"


def _ratio(key: str, numerator: str, denominator: tuple[str, ...], unit: str = "share") -> KpiDefinition:
    return KpiDefinition(key, (numerator,), denominator, "interval of offer", "ratio of sums", unit)


KPIS: Mapping[str, KpiDefinition] = MappingProxyType(
    {
        definition.key: definition
        for definition in (
            KpiDefinition("offered", ("offered",), (), "interval of offer", "mean of replications", "contacts"),
            _ratio("share_in_time", "in_time", ("offered",)),
            _ratio("abandoned_share", "abandoned", ("offered",)),
            _ratio("closed_out_share", "closed_out", ("offered",)),
            _ratio("asa_s", "wait_s_sum", ("answered",), "s"),
            _ratio("bot_contained_share", "bot_contained", ("offered", "bot_contained")),
            _ratio("overdue_share", "overdue", ("settled",)),
            KpiDefinition(
                "occupancy", ("busy_us",), ("at_work_us",), "whole horizon", "ratio of sums", "share", "group"
            ),
        )
    }
)
"""Every KPI by key, in the order in which reports show them."""

COUNTS = ("offered", "in_time", "answered", "abandoned", "closed_out", "bot_contained", "overdue", "settled")
"""Counts of a tally, each (T, K)."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of one run by interval of offer and contact type.

    A live attempt offered while the service is closed counts in the last open interval before.

    Parameters
    ----------
    offered
        (T, K) attempts that reached the human queue, returns included, those the bot kept excluded.
    in_time
        (T, K) first answered within the limit of the target that counts the type (30 s where none does).
    answered, abandoned, closed_out
        (T, K) answered at any time; given up; still waiting when the service closed.
    bot_contained
        (T, K) contacts the bot kept.
    overdue, settled
        (T, K) tickets finished after their due time or unfinished when it passed; tickets of which either is known.
    wait_us_sum
        (T, K) waits of the answered, µs.
    busy_us, at_work_us
        (G,) per group over the horizon.
    """

    offered: IntArray
    in_time: IntArray
    answered: IntArray
    abandoned: IntArray
    closed_out: IntArray
    bot_contained: IntArray
    overdue: IntArray
    settled: IntArray
    wait_us_sum: IntArray
    busy_us: IntArray
    at_work_us: IntArray


def tally(scenario: Scenario, run: FloorRun, staff: Staff) -> Tally:
    """Return the counts of ``run``."""
    return Tallier(scenario).tally(run, staff)


class Tallier:
    """What counting needs of a scenario, prepared once for many runs."""

    def __init__(self, scenario: Scenario) -> None:
        horizon = scenario.horizon
        self._shape = (horizon.intervals, len(scenario.contact_types))
        self._groups = len(scenario.groups)
        self._interval_us = horizon.interval_us
        self._end_us = horizon.end_us
        numbers = np.where(horizon.open_intervals(), np.arange(horizon.intervals), 0)
        self._last_open = np.maximum.accumulate(numbers)
        self._is_ticket = np.array([kind.channel is Channel.TICKET for kind in scenario.contact_types])
        targets = [scenario.target_of(kind.name) for kind in scenario.contact_types]
        within_s = [UNPROMISED_WITHIN_S if target is None else target.answer_within_s for target in targets]
        self._within_us = np.rint(np.array(within_s) * US_PER_S).astype(np.int64)

    def tally(self, run: FloorRun, staff: Staff) -> Tally:
        """Return the counts of one run."""
        log = run.log
        interval = np.minimum(log.offered_us // self._interval_us, self._shape[0] - 1)
        interval = np.where(self._is_ticket[log.contact_type], interval, self._last_open[interval])
        cell = interval * self._shape[1] + log.contact_type
        answered = log.answered_us != NOBODY
        wait_us = np.where(answered, log.answered_us - log.offered_us, 0)
        overdue, settled = self._lateness(run)
        counted = {
            "offered": log.outcome != Outcome.BOT,
            "in_time": answered & (wait_us <= self._within_us[log.contact_type]),
            "answered": answered,
            "abandoned": log.outcome == Outcome.ABANDONED,
            "closed_out": log.outcome == Outcome.CLOSED_OUT,
            "bot_contained": log.outcome == Outcome.BOT,
            "overdue": overdue,
            "settled": settled,
        }
        return Tally(
            **{name: self._count(cell, which) for name, which in counted.items()},
            wait_us_sum=self._sum(cell, wait_us),
            busy_us=self._by_group(staff, run.busy_us),
            at_work_us=self._by_group(staff, run.at_work_us),
        )

    def _lateness(self, run: FloorRun) -> tuple[BoolArray, BoolArray]:
        """Return which tickets were late, and of which it is known; what is not due within the horizon may be open."""
        log = run.log
        is_ticket = self._is_ticket[log.contact_type] & (log.outcome != Outcome.BOT)
        finished = log.ended_us != NOBODY
        overdue = is_ticket & np.where(finished, log.ended_us > run.due_us, run.due_us <= self._end_us)
        return overdue, is_ticket & (finished | overdue)

    def _count(self, cell: IntArray, which: BoolArray) -> IntArray:
        return np.bincount(cell[which], minlength=self._shape[0] * self._shape[1]).reshape(self._shape)

    def _sum(self, cell: IntArray, values: IntArray) -> IntArray:
        """Return (T, K) sums; exact, for float64 holds whole µs up to 285 years."""
        sums = np.bincount(cell, weights=values, minlength=self._shape[0] * self._shape[1])
        return sums.astype(np.int64).reshape(self._shape)

    def _by_group(self, staff: Staff, values: IntArray) -> IntArray:
        return np.bincount(staff.group, weights=values, minlength=self._groups).astype(np.int64)
