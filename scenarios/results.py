"""What comes out: measures, verdict and the plan that holds them."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from scenarios.rosters import Reason, Requirement, RosterOutcome, RuleBreach


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
        Lowest clock-hour share (ratio of sums over the days) and that hour's local start minute after the date's
        midnight.
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
    """A roster with everything that speaks for it; never changed once published.

    ``verdict`` and ``report`` are ``None`` exactly when no roster was found.
    """

    requirement: Requirement
    outcome: RosterOutcome
    verdict: Verdict | None
    report: ServiceReport | None
    provenance: Provenance
    notes: tuple[Reason, ...] = field(default=())
