"""Requirement and roster: how many people are asked for, who comes, and how the search for them ended."""

import hashlib
import itertools
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scenarios.checks import FloatArray, frozen_float
from scenarios.errors import PlanningError
from scenarios.horizon import Horizon


@dataclass(frozen=True, slots=True)
class Requirement:
    """Positions needed.

    Parameters
    ----------
    groups
        G names, the order of the second axis.
    positions
        (T, G) agents at work (net of breaks and absence), >= 0, not necessarily whole.
    """

    horizon: Horizon
    groups: tuple[str, ...]
    positions: FloatArray

    def __post_init__(self) -> None:
        shape = (self.horizon.intervals, len(self.groups))
        object.__setattr__(self, "positions", frozen_float("Requirement", "positions", self.positions, shape))


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """A break of a shift, µs since the horizon's start, half-open."""

    start_us: int
    end_us: int
    paid: bool

    def __post_init__(self) -> None:
        if not self.start_us < self.end_us:
            raise PlanningError("span_inverted", thing="Break", field="end_us", value=self.end_us, start=self.start_us)


@dataclass(frozen=True, slots=True)
class Assignment:
    """An agent works a shift in a group.

    Parameters
    ----------
    date
        Service date of the shift.
    start_us, end_us
        From start to end, breaks included, µs since the horizon's start.
    breaks
        Sorted, disjoint, inside the shift.
    """

    agent: str
    date: date
    template: str
    group: str
    start_us: int
    end_us: int
    breaks: tuple[Break, ...] = ()

    def __post_init__(self) -> None:
        thing = f"Assignment({self.agent}, {self.date})"
        if not self.start_us < self.end_us:
            raise PlanningError("span_inverted", thing=thing, field="end_us", value=self.end_us, start=self.start_us)
        free_from = self.start_us
        for pause in self.breaks:
            if pause.start_us < free_from or pause.end_us > self.end_us:
                raise PlanningError("break_outside", thing=thing, field="breaks", value=pause.start_us, end=self.end_us)
            free_from = pause.end_us

    @property
    def work_spans(self) -> tuple[tuple[int, int], ...]:
        """Half-open spans (µs) at work: the shift less its breaks."""
        spans = []
        free_from = self.start_us
        for pause in self.breaks:
            if pause.start_us > free_from:
                spans.append((free_from, pause.start_us))
            free_from = pause.end_us
        if free_from < self.end_us:
            spans.append((free_from, self.end_us))
        return tuple(spans)

    @property
    def has_breaks(self) -> bool:
        """Whether breaks part the work; a shift on call is one long break and has no work."""
        return bool(self.breaks and self.work_spans)

    @property
    def paid_us(self) -> int:
        """Paid time: the length less unpaid breaks."""
        return self.end_us - self.start_us - sum(b.end_us - b.start_us for b in self.breaks if not b.paid)


@dataclass(frozen=True, slots=True)
class Roster:
    """Assignments, sorted by agent and start; shifts of one agent never overlap."""

    assignments: tuple[Assignment, ...]

    def __post_init__(self) -> None:
        ordered = tuple(sorted(self.assignments, key=lambda row: (row.agent, row.start_us)))
        object.__setattr__(self, "assignments", ordered)
        for earlier, later in itertools.pairwise(ordered):
            if earlier.agent == later.agent and later.start_us < earlier.end_us:
                raise PlanningError(
                    "shifts_overlap",
                    thing=f"Roster({later.agent})",
                    field="assignments",
                    value=later.date,
                    other=earlier.date,
                )

    @property
    def agents(self) -> tuple[str, ...]:
        """Names of the people who work at least one shift, sorted."""
        return tuple(sorted({row.agent for row in self.assignments}))

    def fingerprint(self) -> str:
        """Return the SHA-256 of the assignments."""
        return hashlib.sha256(repr(self.assignments).encode()).hexdigest()


class RosterStatus(StrEnum):
    """How a roster search ended."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INFEASIBLE = "infeasible"
    TIME_LIMIT = "time_limit"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something cannot be, as a catalogue key with its facts, so that it can be said in any language."""

    key: str
    facts: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class RosterOutcome:
    """End of a roster search.

    Parameters
    ----------
    roster
        ``None`` exactly when none was found.
    objective, bound
        Cost of the roster and proven lower bound in the same unit; ``nan`` when there is none.
    shortfall
        (T, G) positions the roster lacks against the requirement, >= 0.
    reasons
        Why it is infeasible or short.
    """

    status: RosterStatus
    roster: Roster | None
    objective: float
    bound: float
    shortfall: FloatArray
    reasons: tuple[Reason, ...] = ()

    def __post_init__(self) -> None:
        shortfall = frozen_float("RosterOutcome", "shortfall", self.shortfall, self.shortfall.shape)
        object.__setattr__(self, "shortfall", shortfall)
        found = self.status in {RosterStatus.OPTIMAL, RosterStatus.FEASIBLE}
        if found != (self.roster is not None):
            raise RuntimeError(f"status {self.status} does not fit roster {self.roster is not None}")

    @property
    def gap(self) -> float:
        """(objective - bound) / objective, as a fraction; 0 for a roster that costs nothing."""
        return (self.objective - self.bound) / self.objective if self.objective else 0.0


@dataclass(frozen=True, slots=True)
class RuleBreach:
    """One broken rule: key of the rule, whom and when it hits, and by how much (``found`` against ``allowed``)."""

    rule: str
    agent: str
    date: date | None
    found: float
    allowed: float
