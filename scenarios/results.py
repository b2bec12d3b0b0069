"""What comes out: measures, requirement, roster, verdict and the plan that holds them."""

import hashlib
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from scenarios.checks import FloatArray, frozen_float
from scenarios.errors import PlanningError
from scenarios.horizon import Horizon


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number with its interval and the name of the estimator; ``nan`` where undefined.

    Parameters
    ----------
    low, high
        Two-sided interval of ``confidence``.
    estimator
        ``"ratio of sums"``, ``"mean of days"``, ``"exact binomial"``, ...
    replications
        Number of independent replications behind it.
    """

    value: float
    low: float
    high: float
    confidence: float
    estimator: str
    replications: int


@dataclass(frozen=True, slots=True)
class Kpi:
    """One measure of one scope: ``kpi`` names its definition, ``scope`` whom or when it is about.

    ``scope`` is a contact type, target, channel or group name; ``day`` the service date or ``None`` for the whole
    horizon; ``interval`` the interval index or ``None`` for the whole day.
    """

    kpi: str
    scope: str
    estimate: Estimate
    day: date | None = None
    interval: int | None = None


@dataclass(frozen=True, slots=True)
class ServiceReport:
    """Every KPI of a study; ``definitions`` names the dated definition set the KPIs follow."""

    kpis: tuple[Kpi, ...]
    replications: int
    definitions: str

    def find(self, kpi: str, scope: str, day: date | None = None, interval: int | None = None) -> Estimate:
        """Return one estimate; ``KeyError`` when the report does not hold it."""
        for row in self.kpis:
            if (row.kpi, row.scope, row.day, row.interval) == (kpi, scope, day, interval):
                return row.estimate
        raise KeyError((kpi, scope, day, interval))


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
        for earlier, later in zip(ordered, ordered[1:], strict=False):
            if earlier.agent == later.agent and later.start_us < earlier.end_us:
                raise PlanningError(
                    "shifts_overlap", thing=f"Roster({later.agent})", field="assignments", value=later.date, other=earlier.date
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
        object.__setattr__(self, "shortfall", frozen_float("RosterOutcome", "shortfall", self.shortfall, self.shortfall.shape))
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


@dataclass(frozen=True, slots=True)
class TargetStatement:
    """What the proof says about one target on one date.

    Parameters
    ----------
    days_simulated, days_met
        Fresh days simulated, and those on which the day's share reached the target.
    share_of_days, bound
        Their ratio, and its one-sided exact binomial lower bound at the error the schedule allots to this look.
    bound_joint
        The same with the error divided by the number of statements (Bonferroni).
    day_share
        Mean share in time over the days (ratio of sums) with its two-sided interval.
    worst_hour_share, worst_hour
        Lowest clock-hour share (ratio of sums over the days) and that hour's local start minute after the date's midnight.
    abandoned_share
        Abandoned / offered (ratio of sums) with its two-sided interval.
    proven
        The bound reaches the promised share of days, and the hour floor and the abandonment bound hold.
    """

    target: str
    date: date
    days_simulated: int
    days_met: int
    share_of_days: float
    bound: float
    bound_joint: float
    day_share: Estimate
    worst_hour_share: float
    worst_hour: int
    abandoned_share: Estimate
    proven: bool


class VerdictStatus(StrEnum):
    """What the proof ended with."""

    PROVEN = "proven"
    NOT_PROVEN = "not_proven"
    RULES_BROKEN = "rules_broken"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Two authorities on a roster: its rules and its simulation; publication needs both.

    ``error_spent`` is the share of the publication's error (1 - confidence) used by looks and attempts so far.
    """

    breaches: tuple[RuleBreach, ...]
    statements: tuple[TargetStatement, ...]
    joint_proven: bool
    attempt: int
    error_spent: float
    roster_fingerprint: str

    @property
    def status(self) -> VerdictStatus:
        """Proven only when no rule is broken and every promised date is proven."""
        if self.breaches:
            return VerdictStatus.RULES_BROKEN
        proven = bool(self.statements) and all(statement.proven for statement in self.statements)
        return VerdictStatus.PROVEN if proven else VerdictStatus.NOT_PROVEN

    @property
    def publishable(self) -> bool:
        """Whether the roster may be told to people."""
        return self.status is VerdictStatus.PROVEN


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a plan comes from: seed, versions and hashes of every input."""

    seed: int
    versions: tuple[tuple[str, str], ...]
    hashes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """A roster with everything that speaks for it; never changed once published."""

    requirement: Requirement
    outcome: RosterOutcome
    verdict: Verdict
    report: ServiceReport
    provenance: Provenance
    notes: tuple[Reason, ...] = field(default=())
