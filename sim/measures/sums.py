"""Counts of a study, place by place, and the two sums of which a KPI is made."""

from typing import TYPE_CHECKING

import numpy as np

from scenarios import US_PER_H, US_PER_S, PlanningError
from scenarios.checks import FloatArray, IntArray, require_known
from sim.measures.cells import Per
from sim.measures.counting import CELL_COUNTS
from sim.measures.kpis import KpiDefinition
from sim.measures.pay import Pay
from sim.measures.scopes import ALL, columns_of
from sim.measures.tally import GROUP_COUNTS, STATES

if TYPE_CHECKING:
    from sim.measures.study import Study

_IN_SECONDS = {
    "wait_s_sum": "wait_us", "reply_s_sum": "reply_us", "reply_capped_s_sum": "reply_capped_us",
    "work_s_sum": "work_us", "session_s_sum": "session_us", "close_s_sum": "close_us",
}  # fmt: skip
_IN_HOURS = {"at_work_h": "at_work_us", "paid_h": "paid_us"}
_OF_GROUPS = frozenset({*GROUP_COUNTS, *_IN_HOURS, "cost_yuan"})


class Sums:
    """Counts of a study at the P places of one fineness; each is put together once.

    Parameters
    ----------
    by
        ``None``: the whole horizon is one place. ``"day"``: the D service days, without what lies in none. As fine as
        the study counts: its C cells. What is open is that at the end of each place.
    pay
        What the roster costs; without it paid time is the time planned at work, and cost unknown.
    """

    def __init__(self, study: "Study", by: Per | None = None, pay: Pay | None = None) -> None:
        self._study = study
        self._by = by
        self._pay = pay
        self._tables: dict[str, FloatArray] = {}
        self._latest: tuple[tuple[int, ...], dict[str, FloatArray]] = ((), {})

    def of(self, name: str, columns: list[int]) -> FloatArray:
        """Return (R, P) of a count, summed over some contact types or groups; see ``Study.sums``.

        Raises
        ------
        PlanningError
            When there is no such count, or it is not counted so finely.
        """
        if self._by in (None, Per.DAY):
            total: FloatArray = self.table(name)[:, :, columns].sum(axis=2)
            return total
        # A table of all types and intervals is large: only the sums of the scope asked for last are kept.
        if self._latest[0] != tuple(columns):
            self._latest = (tuple(columns), {})
        if name not in self._latest[1]:
            self._latest[1][name] = self._made(name, columns).sum(axis=2)
        return self._latest[1][name]

    def table(self, name: str) -> FloatArray:
        """Return (R, P, K) of a count by contact type, or (R, 1, G) of one by group."""
        if name not in self._tables:
            self._tables[name] = self._made(name, list(range(len(self._study.kinds))))
        return self._tables[name]

    def parts(self, definition: KpiDefinition, scope: str) -> tuple[FloatArray, FloatArray | None]:
        """Return numerator and denominator of a ratio or a mean, see ``Study.parts``."""
        columns = self.columns(definition, scope)
        top, bottom = (
            [self._of_all(name) if name == "offered_all" else self.of(name, columns) for name in names]
            for names in (definition.numerator, definition.denominator)
        )
        return np.sum(top, axis=0), np.sum(bottom, axis=0) if bottom else None

    def columns(self, definition: KpiDefinition, scope: str) -> list[int]:
        """Return the contact types of a scope that a KPI concerns, or the groups, by number.

        Raises
        ------
        PlanningError
            When there is no such scope.
        """
        if definition.scope == "group":
            return self.groups(scope)
        columns, kinds = columns_of(self._study.scopes, scope), self._study.kinds
        return [number for number in columns if kinds[number].is_concerned(definition.concerns)]

    def groups(self, scope: str) -> list[int]:
        """Return the number of a group, or all of them for ``"all"``; an unknown one is a ``PlanningError``."""
        names = self._study.groups
        require_known("Study", "scope", [scope], (ALL, *names))
        return list(range(len(names))) if scope == ALL else [names.index(scope)]

    @staticmethod
    def is_fine(definition: KpiDefinition) -> bool:
        """Return whether a KPI is made of counts that are kept cell by cell, so that hours and intervals have it."""
        names = (name.removesuffix("_all") for name in (*definition.numerator, *definition.denominator))
        return definition.is_sum and all(_IN_SECONDS.get(name, name) in CELL_COUNTS for name in names)

    @staticmethod
    def is_of_groups(name: str) -> bool:
        """Return whether a count is one of groups."""
        return name in _OF_GROUPS

    def _of_all(self, name: str) -> FloatArray:
        return self.of(name.removesuffix("_all"), list(range(len(self._study.kinds))))

    def _made(self, name: str, columns: list[int]) -> FloatArray:
        """Return (R, P, ...) of a count of some contact types, or of all groups."""
        study = self._study
        if name in _OF_GROUPS:
            return self._of_groups(name)
        if name in _IN_SECONDS:
            return self._made(_IN_SECONDS[name], columns) / US_PER_S
        if name in ("value_yuan_sum", "value_lost_yuan_sum"):
            answered = self._made("matters_answered", columns)
            matters = answered if name == "value_yuan_sum" else self._made("matters", columns) - answered
            worth: FloatArray = matters * np.array([study.kinds[number].value_yuan for number in columns])
            return worth
        if name in CELL_COUNTS:
            return placed(study, name, columns, self._by)
        counts = study.counts(name)[:, :, columns]
        if self._by is None:
            return np.asarray(counts.sum(axis=1, keepdims=True), dtype=np.float64)
        if self._by is not Per.DAY:
            raise PlanningError("not_one_of", thing="Study", field=name, value=self._by, known=Per.DAY)
        return counts[:, :-1].astype(np.float64)

    def _of_groups(self, name: str) -> FloatArray:
        if self._by is not None:
            raise PlanningError("not_one_of", thing="Study", field=name, value=self._by, known="-")
        if name in _IN_HOURS:
            return self._of_groups(_IN_HOURS[name]) / US_PER_H
        shape = (len(self._study), 1, len(self._study.groups))
        if self._pay is not None and name in ("paid_us", "cost_yuan"):
            return np.broadcast_to(getattr(self._pay, name).astype(np.float64), shape)
        if name == "cost_yuan":
            return np.full(shape, np.nan)
        return self._study.counts(name).reshape(shape).astype(np.float64)


def placed(study: "Study", name: str, columns: list[int], by: Per | None) -> FloatArray:
    """Return (R, P, ...) of a count that is kept by cells, for some contact types.

    Replications are cut one by one: all their cells in full would be larger than the study.

    Raises
    ------
    PlanningError
        When the study does not count so finely.
    """
    if by not in (None, Per.DAY, study.per):
        raise PlanningError("not_one_of", thing="Study", field="per", value=by, known=study.per)
    spans = _spans(study, by)
    # What lies in no service day stands last among the cells, but need not be last in time.
    lasts = spans[:, 1] - 1 if by is not None else [int(np.argmax(study.cells.last_interval))]
    found = np.empty((len(study), len(spans), len(columns)))
    for number, row in enumerate(study.tallies):
        counts = row.count(name)[:, columns]
        if by is not None and by is study.per and by is not Per.DAY:
            found[number] = counts
        elif name in STATES:
            found[number] = counts[lasts]
        else:
            until = np.concatenate([np.zeros((1, len(columns)), dtype=np.int64), np.cumsum(counts, axis=0)])
            found[number] = until[spans[:, 1]] - until[spans[:, 0]]
    return found


def _spans(study: "Study", by: Per | None) -> IntArray:
    """Return (P, 2) first cell and end of each place; those of a service day lie side by side."""
    cells = study.cells
    if by is None:
        return np.array([[0, len(cells)]])
    if by is not Per.DAY:
        return np.stack([np.arange(len(cells)), np.arange(1, len(cells) + 1)], axis=1)
    own = [np.flatnonzero(cells.day == day) for day in range(len(study.horizon.days))]
    return np.array([[span[0], span[-1] + 1] for span in own], dtype=np.int64)
