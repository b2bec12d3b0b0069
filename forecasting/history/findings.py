"""What was found in a history: values, each with its sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

import numpy as np

from forecasting.history.series import HistoryGrid
from scenarios import Reason
from scenarios.checks import BoolArray
from scenarios.horizon import MIN_PER_DAY

_LISTED_DATES = 6


class Treatment(StrEnum):
    """What is done with the intervals of a finding."""

    REPORTED = "reported"
    """Nothing: what is known is learnt and scored, what is unknown stays unknown."""
    NOT_LEARNT = "not_learnt"
    """Contacts came like this, but not on an ordinary day: scored, not learnt."""
    NOT_DEMAND = "not_demand"
    """The number does not say how many wanted to come: neither learnt nor scored."""


class FindingKind(StrEnum):
    """Kinds of findings; the catalogue's ``findings.<kind>`` is the sentence."""

    NO_CONTACTS = "no_contacts"
    SHORT = "short"
    BEGINS_LATE = "begins_late"
    NOT_YET = "not_yet"
    STOPPED = "stopped"
    MISSING_DATES = "missing_dates"
    MISSING_INTERVALS = "missing_intervals"
    ENDS_EARLY = "ends_early"
    PART_INTERVAL = "part_interval"
    CUT_OFF = "cut_off"
    SILENT_DATES = "silent_dates"
    OUTAGE = "outage"
    COLLAPSE = "collapse"
    OFTEN_SILENT = "often_silent"
    OFFLINE = "offline"
    CAPPED = "capped"
    COPIED_DATE = "copied_date"
    REPEATING = "repeating"
    TOTAL_IN_ONE = "total_in_one"
    OUTLIER = "outlier"
    UNIT = "unit"
    LEVEL_SHIFT = "level_shift"

    @property
    def treatment(self) -> Treatment:
        """What is done with intervals of this kind."""
        if self in _NOT_LEARNT:
            return Treatment.NOT_LEARNT
        return Treatment.NOT_DEMAND if self in _NOT_DEMAND else Treatment.REPORTED


# A date without any contact may have been a closed one: forecasting it was an error, so it is scored.
# A date in another unit may be a promotion nobody told of.
_NOT_LEARNT = frozenset({FindingKind.COLLAPSE, FindingKind.SILENT_DATES, FindingKind.UNIT})
_NOT_DEMAND = frozenset({
    FindingKind.NOT_YET, FindingKind.PART_INTERVAL, FindingKind.CUT_OFF, FindingKind.OUTAGE, FindingKind.OFFLINE,
    FindingKind.CAPPED, FindingKind.COPIED_DATE, FindingKind.TOTAL_IN_ONE, FindingKind.OUTLIER,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a history.

    Parameters
    ----------
    kind
        What it is.
    contact_type
        Whose rows.
    start, end
        From the start of the first to the end of the last interval it is about, local wall clock without zone.
    intervals
        How many intervals of the grid it is about.
    treatment
        What was done with them; milder than the kind's own where hiding them would leave nothing to learn from.
    facts
        What its sentence says besides.
    """

    kind: FindingKind
    contact_type: str
    start: datetime
    end: datetime
    intervals: int
    treatment: Treatment
    facts: tuple[tuple[str, object], ...] = ()

    @property
    def sentence(self) -> Reason:
        """What was found, as a key of the catalogue with its facts."""
        span = {"contact_type": self.contact_type, "start": _clock(self.start), "end": _clock(self.end)}
        last = self.end - timedelta(minutes=1)
        days = {"first": self.start.date().isoformat(), "last": last.date().isoformat()}
        facts = {**span, **days, "intervals": self.intervals, **dict(self.facts)}
        return Reason(f"findings.{self.kind}", tuple(facts.items()))

    @property
    def consequence(self) -> Reason:
        """What was done about it, as a key of the catalogue."""
        return Reason(f"treatments.{self.treatment}")


@dataclass(frozen=True, slots=True)
class Found:
    """A finding about one type before it has dates: (D, S) ``cells``, kind and facts."""

    kind: FindingKind
    cells: BoolArray
    facts: tuple[tuple[str, object], ...] = ()

    def told(self, grid: HistoryGrid, contact_type: str, treatment: Treatment) -> Finding:
        """Return the finding with its dates."""
        place = np.flatnonzero(self.cells.ravel())
        step = timedelta(minutes=grid.interval_min)
        midnight = datetime.combine(grid.first_date, datetime.min.time())
        per_day = MIN_PER_DAY // grid.interval_min
        start, last = (
            midnight + timedelta(days=int(cell) // per_day) + int(cell) % per_day * step for cell in place[[0, -1]]
        )
        return Finding(self.kind, contact_type, start, last + step, len(place), treatment, self.facts)


def listed(days: Sequence[date]) -> str:
    """Return some dates as text, the first few where they are many."""
    shown = ", ".join(day.isoformat() for day in days[:_LISTED_DATES])
    return shown if len(days) <= _LISTED_DATES else f"{shown}, …"


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"
