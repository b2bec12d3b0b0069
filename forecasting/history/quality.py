"""What is wrong with a history: found, told, and kept out of what is learnt.

Only what demand cannot make by itself, or hardly ever, is a finding: promotions (many contacts) and holidays (few) are
none. What is hidden becomes unknown, like a missing row; nothing is filled in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from forecasting.history.ceilings import ceilings
from forecasting.history.copies import copied_dates, day_levels, monstrous, other_sizes, totals_in_one
from forecasting.history.findings import Finding, FindingKind, Found, Treatment, listed
from forecasting.history.gaps import cut_off, existing, level_shifts, missing
from forecasting.history.series import HistoryGrid
from forecasting.history.silences import silences, silent_dates
from forecasting.history.yardstick import Yardstick, unlikely, yardstick
from scenarios.checks import BoolArray, FloatArray, IntArray

_SHORT_DAYS = 21  # three of every weekday: below, a weekday's habit is told from chance by nothing
_LATE_DAYS = 7
_OFTEN_DAYS = 7  # silences more often than weekly are the habit of the series
_OFTEN_LEAST = 3
_HIDDEN_MOST = 1 / 3  # what takes more than a third of a type's intervals is not the exception
_NONE_SHARE = 0.005  # an outage lets nothing through but what was in progress; more is a collapse of demand


@dataclass(frozen=True, slots=True)
class Examination:
    """A history that was looked through.

    Parameters
    ----------
    grid
        The history with what is not to be learnt unknown.
    findings
        In order of type and time.
    not_demand
        (D, S, K) cells whose number does not say how many wanted to come; not writeable.
    """

    grid: HistoryGrid
    findings: tuple[Finding, ...]
    not_demand: BoolArray


@dataclass(frozen=True, slots=True)
class _Series:
    """One type on its way through the examination."""

    grid: HistoryGrid
    counts: FloatArray
    weekdays: IntArray
    is_open: BoolArray
    unlike: BoolArray
    quiet: BoolArray
    hours_known: bool
    answered: FloatArray | None

    def measured(self, strange: BoolArray, *, mixed: bool = False) -> Yardstick:
        unlike = np.asarray(self.unlike | strange, dtype=np.bool_)
        return yardstick(self.counts, self.weekdays, unlike=unlike, mixed=mixed or self.hours_known)

    def of_rows(self, rows: IntArray) -> BoolArray:
        cells = np.zeros(self.counts.shape, dtype=np.bool_)
        cells[rows] = True
        return cells & np.isfinite(self.counts)


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at a series when some of its cells have been found ``strange`` already."""

    series: _Series
    strange: BoolArray
    measure: Yardstick

    @classmethod
    def at(cls, series: _Series, strange: BoolArray) -> "_Look":
        return cls(series, strange, series.measured(strange))

    @property
    def sound(self) -> FloatArray:
        """The counts that are not strange."""
        return np.where(self.strange, np.nan, self.series.counts)


def examine(
    grid: HistoryGrid, *, is_open: BoolArray | None = None, unlike: BoolArray | None = None,
    quiet: BoolArray | None = None, answered: HistoryGrid | None = None,
) -> Examination:  # fmt: skip
    """Return what is wrong with a history, and the history without it.

    Parameters
    ----------
    is_open
        (D, S) open cells, where opening hours are known: only there silence is strange.
    unlike
        (D, S) cells of known promotions and their aftermath: no measure for other days.
    quiet
        (D,) dates known to be quiet (holidays): never called silent.
    answered
        Answered contacts on the same dates, for types where they are known.
    """
    shape = grid.counts.shape[:2]
    no_cell = np.zeros(shape, dtype=np.bool_)
    quiet_cells = no_cell if quiet is None else np.asarray(no_cell | quiet[:, None], dtype=np.bool_)
    opened = np.ones(shape, dtype=np.bool_) if is_open is None else is_open
    exists = existing(grid)
    counts, not_demand = grid.counts.copy(), np.zeros(grid.counts.shape, dtype=np.bool_)
    findings: list[Finding] = []
    for column, name in enumerate(grid.contact_types):
        series = _Series(
            grid, grid.counts[:, :, column], grid.weekdays(), opened, no_cell if unlike is None else unlike,
            quiet_cells, is_open is not None, _answered(answered, name),
        )  # fmt: skip
        if not np.isfinite(series.counts).any():
            continue
        found = list(_of_gaps(series, exists))
        if np.nansum(series.counts) > 0:
            found += _of_values(series)
        hidden, lost = no_cell.copy(), no_cell.copy()
        for one in found:
            treatment = _bearable(one, hidden, series)
            findings.append(one.told(grid, name, treatment))
            if treatment is not Treatment.REPORTED:
                hidden |= one.cells
            if treatment is Treatment.NOT_DEMAND:
                lost |= one.cells
        counts[hidden, column] = np.nan
        not_demand[:, :, column] = lost
    not_demand.flags.writeable = False
    cleaned = HistoryGrid(grid.zone, grid.interval_min, grid.first_date, grid.contact_types, counts)
    ordered = sorted(findings, key=lambda finding: (finding.contact_type, finding.start, finding.kind))
    return Examination(cleaned, tuple(ordered), not_demand)


def _answered(answered: HistoryGrid | None, name: str) -> FloatArray | None:
    if answered is None or name not in answered.contact_types:
        return None
    return answered.counts[:, :, answered.contact_types.index(name)]


def _bearable(found: Found, hidden: BoolArray, series: _Series) -> Treatment:
    """Return the treatment of a finding; reported only, where hiding it would leave too little to learn from."""
    wanted = found.kind.treatment
    if wanted is Treatment.REPORTED:
        return wanted
    known = np.isfinite(series.counts) & ~series.unlike
    left = known & ~hidden & ~found.cells
    if left.sum() < (1 - _HIDDEN_MOST) * known.sum() and found.kind is not FindingKind.NOT_YET:
        return Treatment.REPORTED
    slots_kept = left.any(axis=0) | ~known.any(axis=0)
    days = series.weekdays
    weekdays_kept = all(left[days == day].any() or not known[days == day].any() for day in range(7))
    return (
        wanted if slots_kept.all() and (weekdays_kept or known.any(axis=1).sum() <= _SHORT_DAYS) else Treatment.REPORTED
    )


def _of_gaps(series: _Series, exists: BoolArray) -> Iterator[Found]:
    """Yield what the history lacks."""
    counts, grid = series.counts, series.grid
    known = np.isfinite(counts)
    total = np.where(known, counts, 0.0)
    if total.sum() == 0:
        yield Found(FindingKind.NO_CONTACTS, known)
        return
    rows = np.flatnonzero(known.any(axis=1))
    if len(rows) < _SHORT_DAYS:
        yield Found(FindingKind.SHORT, known, (("days", len(rows)), ("expected", _SHORT_DAYS)))
    first, last = int(rows[0]), int(rows[-1])
    everywhere = np.flatnonzero(np.isfinite(grid.counts).any(axis=(1, 2)))
    if first - everywhere[0] >= _LATE_DAYS:
        yield Found(FindingKind.BEGINS_LATE, series.of_rows(np.array([first])))
    if everywhere[-1] - last >= _LATE_DAYS:
        since = grid.first_date + timedelta(days=last + 1)
        yield Found(FindingKind.STOPPED, series.of_rows(np.array([last])), (("since", since.isoformat()),))
    dates, absent = missing(known, series.weekdays, exists)
    if len(dates):
        cells = np.zeros_like(known)
        cells[dates] = True
        named = listed([grid.first_date + timedelta(days=int(row)) for row in dates])
        yield Found(FindingKind.MISSING_DATES, cells, (("count", len(dates)), ("dates", named)))
    if absent.any():
        days = int(absent.any(axis=1).sum())
        yield Found(FindingKind.MISSING_INTERVALS, absent, (("days", days),))


def _of_values(series: _Series) -> Iterator[Found]:
    """Yield what is strange about the numbers; later searches do not measure by what earlier ones found."""
    look = _Look.at(series, np.zeros(series.counts.shape, dtype=np.bool_))
    for search in _SEARCHES:
        strange = look.strange.copy()
        for found in search(look):
            if found.kind.treatment is not Treatment.REPORTED:
                strange |= found.cells
            yield found
        if strange.sum() > look.strange.sum():
            look = _Look.at(series, strange)


def _monsters(look: _Look) -> Iterator[Found]:
    measure = look.series.measured(look.strange, mixed=True)  # of whatever weekday: a hundredfold is no habit
    for row, slot in np.argwhere(monstrous(look.series.counts, measure) & ~look.series.unlike & ~look.strange):
        cells = np.zeros_like(look.strange)
        cells[row, slot] = True
        facts = (("found", f"{look.series.counts[row, slot]:,.0f}"), ("usual", f"{measure.usual[row, slot]:,.1f}"))
        yield Found(FindingKind.OUTLIER, cells, facts)


def _copies(look: _Look) -> Iterator[Found]:
    copies, too_many = copied_dates(look.sound, look.measure)
    if too_many:
        cells = look.series.of_rows(np.array([one.row for one in copies]))
        yield Found(FindingKind.REPEATING, cells, (("count", len(copies)),))
        return
    for one in copies:
        source = look.series.grid.first_date + timedelta(days=one.source)
        cells = look.series.of_rows(np.array([one.row]))
        yield Found(FindingKind.COPIED_DATE, cells, (("source", source.isoformat()),))


def _sizes(look: _Look) -> Iterator[Found]:
    bare = np.where(look.strange | monstrous(look.series.counts, look.measure), np.nan, look.series.counts)
    for rows, ratio in other_sizes(day_levels(bare, look.series.weekdays)):
        cells = look.series.of_rows(rows)
        if ratio > 1 and not look.series.unlike[cells].any():
            yield Found(FindingKind.UNIT, cells, (("ratio", f"{ratio:,.0f}"),))
        elif ratio < 1 and not look.series.quiet[rows].any():
            found = float(look.series.counts[cells].sum())
            if unlikely(found, found / ratio, look.measure.day_variance + look.measure.interval_variance):
                yield Found(FindingKind.COLLAPSE, cells, _found_and_usual(found, found / ratio))


def _dates_without(look: _Look) -> Iterator[Found]:
    counts = np.where(look.series.is_open & ~look.strange, look.series.counts, np.nan)
    quiet = np.asarray(look.series.quiet.any(axis=1), dtype=np.bool_)
    for run in silent_dates(counts, look.series.weekdays, look.measure, look.series.unlike, quiet=quiet):
        kind = FindingKind.SILENT_DATES
        if run.opens and len(run.rows) >= _LATE_DAYS:
            kind = FindingKind.NOT_YET
        if run.ends and run.rows[-1] - run.rows[0] >= _LATE_DAYS - 1:
            kind = FindingKind.STOPPED
        since = look.series.grid.first_date + timedelta(days=int(run.rows[0]))
        facts = (("count", len(run.rows)), ("usual", f"{run.usual:,.0f}"), ("since", since.isoformat()))
        yield Found(kind, look.series.of_rows(run.rows), facts)


def _totals(look: _Look) -> Iterator[Found]:
    counts = look.sound
    for row in totals_in_one(counts, look.measure):
        cells = look.series.of_rows(np.array([row]))
        yield Found(FindingKind.TOTAL_IN_ONE, cells, (("found", f"{np.nansum(counts[row]):,.0f}"),))


def _ceilings(look: _Look) -> Iterator[Found]:
    for cells in ceilings(look.series.counts, look.series.is_open & ~look.strange):
        yield Found(FindingKind.CAPPED, cells, (("found", f"{look.series.counts[cells][0]:,.0f}"),))


def _unanswered(look: _Look) -> Iterator[Found]:
    """Yield when nobody answered: the silences of the answered contacts, whatever was offered."""
    answered = look.series.answered
    if answered is None or not np.nansum(answered) > 0:
        return
    unlike = look.series.unlike | look.strange
    own = yardstick(answered, look.series.weekdays, unlike=unlike, mixed=look.series.hours_known)
    for silence in silences(answered, own, look.series.is_open & ~look.strange & ~look.series.quiet):
        offered = np.nansum(look.series.counts[silence.cells])
        facts = (*_found_and_usual(silence.found, silence.usual), ("offered", f"{offered:,.0f}"))
        yield Found(FindingKind.OFFLINE, silence.cells & np.isfinite(look.series.counts), facts)


def _silences(look: _Look) -> Iterator[Found]:
    counts, asked = look.series.counts, look.series.is_open & ~look.strange & ~look.series.quiet
    known = np.flatnonzero(np.isfinite(counts) & (np.nan_to_num(look.measure.usual) > 0))
    found = silences(counts, look.measure, asked)
    if len(found) > max(_OFTEN_LEAST, np.isfinite(counts).any(axis=1).sum() / _OFTEN_DAYS):
        cells = np.any([silence.cells for silence in found], axis=0)
        yield Found(FindingKind.OFTEN_SILENT, cells, (("count", len(found)),))
        return
    for silence in found:
        kind = FindingKind.OUTAGE if silence.found <= _NONE_SHARE * silence.usual else FindingKind.COLLAPSE
        if np.flatnonzero(silence.cells)[-1] == known[-1]:
            kind = FindingKind.CUT_OFF
        yield Found(kind, silence.cells, _found_and_usual(silence.found, silence.usual))


def _end(look: _Look) -> Iterator[Found]:
    cut = cut_off(look.series.counts, look.measure)
    if cut is not None and not look.strange[cut.row].any():
        cells = np.zeros_like(look.strange)
        cells[cut.row, cut.slot] = True
        yield Found(FindingKind.PART_INTERVAL if cut.partial else FindingKind.ENDS_EARLY, cells)


def _shifts(look: _Look) -> Iterator[Found]:
    counts = np.where(look.strange | look.series.unlike, np.nan, look.series.counts)
    for row, ratio in level_shifts(day_levels(counts, look.series.weekdays)):
        yield Found(FindingKind.LEVEL_SHIFT, look.series.of_rows(np.array([row])), (("ratio", f"{ratio:,.2f}"),))


def _found_and_usual(found: float, usual: float) -> tuple[tuple[str, object], ...]:
    return ("found", f"{found:,.0f}"), ("usual", f"{usual:,.0f}")


_SEARCHES = (_totals, _sizes, _monsters, _copies, _dates_without, _ceilings, _unanswered, _silences, _end, _shifts)
"""The grossest faults first: what they hide bends no yardstick of the later ones."""
