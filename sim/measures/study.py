"""A study: the counts of many replications, and what they say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from scenarios import US_PER_S, Horizon, PlanningError, Scenario, ServiceReport, ServiceTarget
from scenarios.checks import FloatArray, IntArray, require_known
from sim.measures.cells import Cells, Per, cells_of
from sim.measures.counting import CELL_COUNTS, DAY_COUNTS
from sim.measures.estimates import CONFIDENCE
from sim.measures.kpis import KPIS
from sim.measures.pay import Pay
from sim.measures.report import HourFigure, hour_figures, report_of
from sim.measures.scopes import Kind, columns_of, kinds_of, scopes_of
from sim.measures.sums import Sums, placed
from sim.measures.tally import GROUP_COUNTS, Tally, is_time
from sim.measures.waits import BINS


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """Counts of R replications of a horizon with T intervals, K contact types and G groups; see ``Tally``.

    Parameters
    ----------
    per
        How fine it counts: C cells of time, the intervals, the clock hours or the service days; see ``Cells``.
    first
        Number of the first replication; they follow each other without a gap.
    tallies
        R counts, one per replication.
    """

    horizon: Horizon
    kinds: tuple[Kind, ...]
    groups: tuple[str, ...]
    targets: tuple[ServiceTarget, ...]
    per: Per
    first: int
    tallies: tuple[Tally, ...]

    @classmethod
    def of(cls, scenario: Scenario, first: int, tallies: Iterable[Tally], per: Per | str = Per.INTERVAL) -> Self:
        """Return the study of ``tallies``, which count ``per`` this piece of time; the first is replication ``first``.

        Raises
        ------
        PlanningError
            When they count another piece of time.
        """
        groups = tuple(group.name for group in scenario.groups)
        rows = tuple(tallies)
        study = cls(scenario.horizon, kinds_of(scenario), groups, scenario.targets, Per(per), first, rows)
        expected = (len(study.cells), len(study.kinds))
        for row in rows:
            if row.cells[0].shape != expected:
                found = row.cells[0].shape
                raise PlanningError("wrong_shape", thing="Study", field="tallies", value=found, expected=expected)
        return study

    def __len__(self) -> int:
        return len(self.tallies)

    def head(self, count: int) -> Self:
        """Return the study of the first ``count`` replications."""
        return replace(self, tallies=self.tallies[:count])

    def concat(self, other: Self) -> Self:
        """Return both studies as one; ``other`` must continue this one with the next replication.

        Raises
        ------
        PlanningError
            When ``other`` does not follow, or is about another scenario.
        """
        if other.first != self.first + len(self):
            expected = self.first + len(self)
            raise PlanningError("not_one_of", thing="Study", field="first", value=other.first, known=expected)
        for field in ("horizon", "kinds", "groups", "targets", "per"):
            mine, its = getattr(self, field), getattr(other, field)
            if its != mine:
                raise PlanningError("not_one_of", thing="Study", field=field, value=its, known=mine)
        return replace(self, tallies=(*self.tallies, *other.tallies))

    def equals(self, other: Self) -> bool:
        """Return whether everything is the same, number by number."""
        fields = ("horizon", "kinds", "groups", "targets", "per", "first")
        return (
            all(getattr(self, field) == getattr(other, field) for field in fields)
            and len(self) == len(other)
            and all(mine.equals(its) for mine, its in zip(self.tallies, other.tallies, strict=True))
        )

    @property
    def contact_types(self) -> tuple[str, ...]:
        """Names of the contact types."""
        return tuple(kind.name for kind in self.kinds)

    @property
    def scopes(self) -> Mapping[str, tuple[int, ...]]:
        """Contact types, targets, ``"all"`` and labels, each with the numbers of its contact types."""
        return scopes_of(self.kinds, self.targets)

    @property
    def cells(self) -> Cells:
        """The cells of time it counts in."""
        return cells_of(self.horizon, self.per)

    @property
    def nbytes(self) -> int:
        """Bytes of all counts."""
        return sum(row.nbytes for row in self.tallies)

    @property
    def offered(self) -> IntArray:
        """(R, C, K) attempts offered."""
        return self.counts("offered")

    @property
    def in_time(self) -> IntArray:
        """(R, C, K) answered in time."""
        return self.counts("in_time")

    @property
    def answered(self) -> IntArray:
        """(R, C, K) answered."""
        return self.counts("answered")

    @property
    def abandoned(self) -> IntArray:
        """(R, C, K) given up."""
        return self.counts("abandoned")

    @property
    def wait_s_sum(self) -> FloatArray:
        """(R, C, K) waits of the answered, seconds."""
        return self.counts("wait_us") / US_PER_S

    @property
    def busy_us(self) -> IntArray:
        """(R, G) time with something in hand."""
        return self.counts("busy_us")

    @property
    def at_work_us(self) -> IntArray:
        """(R, G) time between coming and leaving."""
        return self.counts("at_work_us")

    def counts(self, name: str) -> IntArray:
        """Return a count of every replication, read-only.

        Parameters
        ----------
        name
            One of ``CELL_COUNTS``: (R, C, K); of ``DAY_COUNTS``: (R, D + 1, K), the last row for what lies in no
            service day; of ``GROUP_COUNTS``: (R, G). int32, but times (µs) and counts of groups int64.

        Raises
        ------
        PlanningError
            When there is no count of this name.
        """
        require_known("Study", "counts", [name], (*CELL_COUNTS, *DAY_COUNTS, *GROUP_COUNTS))
        rows = len(self.cells) if name in CELL_COUNTS else len(self.horizon.days) + 1
        shape = (len(self.groups),) if name in GROUP_COUNTS else (rows, len(self.kinds))
        wide = is_time(name) or name in GROUP_COUNTS
        stacked = np.empty((len(self), *shape), dtype=np.int64 if wide else np.int32)
        for number, row in enumerate(self.tallies):
            stacked[number] = row.count(name) if wide else row.packed(name)
        stacked.flags.writeable = False
        return stacked

    def sums(self, name: str, scope: str, by: Per | str | None = None) -> FloatArray:
        """Return a count of one scope in every replication and place.

        Parameters
        ----------
        name
            A name of ``counts``; or ``wait_s_sum``, ``reply_s_sum``, ``reply_capped_s_sum``, ``work_s_sum``,
            ``session_s_sum``, ``close_s_sum`` in seconds, ``value_yuan_sum``, ``value_lost_yuan_sum`` (matters
            answered, and never answered, times their worth), ``at_work_h``, ``paid_h``.
        scope
            One of ``scopes``; of counts of groups: a group, or ``"all"``.
        by
            ``None``: the whole horizon, (R, 1). ``"day"``: (R, D), without what lies in no service day. As fine as the
            study counts: (R, C). What is open is that at the end of each place.

        Raises
        ------
        PlanningError
            When there is no such count or scope, or it is not counted so finely.
        """
        sums = Sums(self, None if by is None else Per(by))
        if sums.is_of_groups(name):
            return sums.of(name, sums.groups(scope))
        return sums.of(name, columns_of(self.scopes, scope))

    def parts(self, kpi: str, scope: str, by: Per | str | None = None) -> tuple[FloatArray, FloatArray | None]:
        """Return numerator and denominator, each (R, P), of a KPI that is a ratio or a mean; see ``sums``.

        The denominator of a mean over replications is ``None``. Of a scope count only the types the KPI concerns.

        Raises
        ------
        PlanningError
            When there is no such KPI or scope, or it is neither ratio nor mean, or not counted so finely.
        """
        known = tuple(key for key, definition in KPIS.items() if definition.is_sum and not definition.needs_pay)
        require_known("Study", "kpi", [kpi], known)
        return Sums(self, None if by is None else Per(by)).parts(KPIS[kpi], scope)

    def waits_of(self, columns: list[int]) -> IntArray:
        """Return (R, D + 1, BINS) the waits of the answered of some types, in the bins of ``sim.measures.waits``."""
        waits = np.empty((len(self), len(self.horizon.days) + 1, BINS), dtype=np.int64)
        for number, row in enumerate(self.tallies):
            row.waits[:, columns].sum(axis=1, out=waits[number])
        return waits

    def day_counts(self, target: ServiceTarget | str) -> tuple[IntArray, IntArray, IntArray]:
        """Return in_time, offered, abandoned, each (R, D): the contacts a target counts, by service day."""
        columns = self._columns_of(target)
        in_time, offered, abandoned = (
            placed(self, name, columns, Per.DAY).sum(axis=2).astype(np.int64)
            for name in ("in_time", "offered", "abandoned")
        )
        return in_time, offered, abandoned

    def day_share(self, target: ServiceTarget | str) -> FloatArray:
        """Return (R, D) shares in time; a day on which nothing was offered counts as 1, for it broke no promise."""
        in_time, offered, _ = self.day_counts(target)
        return np.where(offered > 0, in_time / np.maximum(offered, 1), 1.0)

    def hour_share(self, target: ServiceTarget | str) -> tuple[tuple[IntArray, ...], tuple[FloatArray, ...]]:
        """Return the clock hours of every service day and their shares in time.

        Returns
        -------
        starts_min, shares
            Per service day (H,) local starts of its open clock hours in minutes after the date's midnight, and (H,)
            ratios of sums over the replications, ``nan`` where nothing was offered. An hour the clocks repeat counts
            once.

        Raises
        ------
        PlanningError
            When there is no such target, or the study counts by day only.
        """
        columns, nothing = self._columns_of(target), np.zeros(len(self.cells), dtype=np.int64)
        in_time, offered = (
            sum((row.count(name)[:, columns].sum(axis=1) for row in self.tallies), nothing)
            for name in ("in_time", "offered")
        )
        starts, shares = [], []
        for known, cells in self.hours():
            top, bottom = (np.array([counts[span].sum() for span in cells]) for counts in (in_time, offered))
            starts.append(known)
            shares.append(np.where(bottom > 0, top / np.maximum(bottom, 1), np.nan))
        return tuple(starts), tuple(shares)

    def hours(self) -> list[tuple[IntArray, list[IntArray]]]:
        """Return, per service day, (H,) starts of its open clock hours in minutes and the cells of each hour.

        Raises
        ------
        PlanningError
            When the study counts by day only.
        """
        if self.per is Per.DAY:
            raise PlanningError("not_one_of", thing="Study", field="per", value=Per.DAY, known="interval, hour")
        found = []
        for day in range(len(self.horizon.days)):
            cells = np.flatnonzero(self.cells.day == day)
            starts = np.unique(self.cells.hour_min[cells])
            found.append((starts, [cells[self.cells.hour_min[cells] == start] for start in starts]))
        return found

    def concerns(self, kpi: str, scope: str) -> bool:
        """Return whether a KPI can be told of a scope: tickets are never abandoned.

        Raises
        ------
        PlanningError
            When the KPI or the scope is unknown.
        """
        require_known("Study", "kpi", [kpi], tuple(KPIS))
        return bool(Sums(self).columns(KPIS[kpi], scope))

    def hour_figures(self, kpi: str, scope: str, confidence: float = CONFIDENCE) -> tuple[HourFigure, ...]:
        """Return a KPI for every open clock hour; it must be made of counts that are kept so finely.

        Raises
        ------
        PlanningError
            When the KPI or the scope is unknown, or it or the study is not counted so finely.
        """
        return hour_figures(self, kpi, scope, confidence)

    def report(
        self, confidence: float = CONFIDENCE, *, intervals: bool = True, pay: Pay | None = None
    ) -> ServiceReport:
        """Return every KPI of every scope, for the horizon, each service day and, if asked, interval.

        What does not concern a scope is not in it: tickets are never abandoned. Intervals are told of contact types and
        targets, of the KPIs that ``KPIS`` tells so finely, and only if the study counts by interval.

        Parameters
        ----------
        pay
            What the roster costs; without it nothing is said of cost, and paid time is the time planned at work.
        """
        return report_of(self, confidence, intervals=intervals, pay=pay)

    def _columns_of(self, target: ServiceTarget | str) -> list[int]:
        """Return the contact types a target counts; an unknown target is a ``PlanningError``."""
        name = target if isinstance(target, str) else target.name
        for known in self.targets:
            if known.name == name:
                return [self.contact_types.index(kind) for kind in known.contact_types]
        known_names = ", ".join(known.name for known in self.targets) or "-"
        raise PlanningError("unknown_name", thing="Study", field="targets", value=name, known=known_names)
