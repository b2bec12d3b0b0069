"""Rules of work beyond a contract's own figures, as a planner writes them in the scenario file.

Every rule says whom it is about (``Whom``) and what a unit beyond the limit costs: nothing given means it must hold.
Presets of law (``rules.presets``) are files of the same vocabulary. What the words mean exactly is said by the checker
of rosters; this file only holds what was written, and refuses what makes no sense.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from scenarios.checks import require_not_negative, require_unique, require_within
from scenarios.errors import PlanningError
from scenarios.rule_parts import (
    EVERYBODY,
    PATTERN_DATES_MAX,
    Period,
    RunOf,
    Whom,
    check_limits,
    check_period,
    check_price,
    check_span,
    check_weekdays,
)
from scenarios.shape import FileShape
from scenarios.team_rules import FairnessRule, HeadsRule, PresenceRule


@dataclass(frozen=True, slots=True)
class HoursRule(FileShape):
    """Paid hours in a period.

    Parameters
    ----------
    days
        Dates of a rolling window or a reference period; other periods know their own.
    least_h, most_h
        Limits, at least one of them.
    yuan_per_h
        What an hour beyond a limit costs, as overtime does; ``None``: the limit must hold.
    """

    name: str
    period: Period
    days: int = 7
    least_h: float | None = None
    most_h: float | None = None
    yuan_per_h: float | None = None
    whom: Whom = EVERYBODY
    source: str = ""

    def __post_init__(self) -> None:
        check_limits(f"HoursRule({self.name})", ("least_h", self.least_h), ("most_h", self.most_h))
        check_period(f"HoursRule({self.name})", self.days)
        check_price(f"HoursRule({self.name})", "yuan_per_h", self.yuan_per_h)


@dataclass(frozen=True, slots=True)
class OvertimeRule(FileShape):
    """Hours beyond a threshold are paid at a multiple of the contract's rate.

    Parameters
    ----------
    beyond_h
        Paid hours of the period from which on time is overtime.
    pay_factor
        1.5 for 150 %: the hour costs that many times the contract's rate in all.
    weekdays
        Only shifts that bear these weekdays count (``sat``, ``sun`` ...); empty: all.
    """

    name: str
    period: Period
    beyond_h: float
    pay_factor: float
    days: int = 7
    weekdays: tuple[str, ...] = ()
    whom: Whom = EVERYBODY
    source: str = ""

    def __post_init__(self) -> None:
        thing = f"OvertimeRule({self.name})"
        require_not_negative(thing, "beyond_h", self.beyond_h)
        require_within(thing, "pay_factor", self.pay_factor, 1.0, 10.0)
        check_period(thing, self.days)
        check_weekdays(thing, self.weekdays)


@dataclass(frozen=True, slots=True)
class ShiftsRule(FileShape):
    """Shifts (working dates) in a period: night caps, days off, totals.

    Parameters
    ----------
    templates
        Shifts that count; empty: all.
    from_min, to_min
        Only shifts that work at least ``minutes`` inside this span of the clock count (night work); ``None``: all.
    """

    name: str
    period: Period
    days: int = 7
    templates: tuple[str, ...] = ()
    from_min: int | None = None
    to_min: int | None = None
    minutes: int = 1
    least: int | None = None
    most: int | None = None
    yuan_per_shift: float | None = None
    whom: Whom = EVERYBODY
    source: str = ""

    def __post_init__(self) -> None:
        thing = f"ShiftsRule({self.name})"
        check_limits(thing, ("least", self.least), ("most", self.most))
        check_period(thing, self.days)
        check_price(thing, "yuan_per_shift", self.yuan_per_shift)
        check_span(thing, self.from_min, self.to_min)


@dataclass(frozen=True, slots=True)
class RunRule(FileShape):
    """Length of runs of dates: working, free, on certain shifts, on one and the same shift.

    A run that touches the end of the horizon is not asked for its least length; one that comes in from before is.
    """

    name: str
    of: RunOf
    templates: tuple[str, ...] = ()
    least: int | None = None
    most: int | None = None
    yuan_per_day: float | None = None
    whom: Whom = EVERYBODY
    source: str = ""

    def __post_init__(self) -> None:
        thing = f"RunRule({self.name})"
        check_limits(thing, ("least", self.least), ("most", self.most))
        check_price(thing, "yuan_per_day", self.yuan_per_day)
        if (self.of is RunOf.SHIFTS) != bool(self.templates):
            named = ", ".join(self.templates) or "()"
            raise PlanningError("run_templates", thing=thing, field="templates", value=named)


@dataclass(frozen=True, slots=True)
class WeekendRule(FileShape):
    """Weekends: how many are worked, and how.

    Parameters
    ----------
    weekdays
        The dates of a weekend, one after the other.
    most
        Most weekends worked (on any of their dates) in the horizon.
    consecutive_most
        Most weekends worked in a row.
    whole
        Both dates are worked or both are free.
    same_shift
        One template in a weekend.
    """

    name: str
    weekdays: tuple[str, ...] = ("sat", "sun")
    most: int | None = None
    consecutive_most: int | None = None
    whole: bool = False
    same_shift: bool = False
    yuan_per_weekend: float | None = None
    whom: Whom = EVERYBODY
    source: str = ""

    def __post_init__(self) -> None:
        thing = f"WeekendRule({self.name})"
        check_weekdays(thing, self.weekdays)
        for field in ("most", "consecutive_most"):
            if getattr(self, field) is not None:
                require_not_negative(thing, field, getattr(self, field))
        if self.most is None and self.consecutive_most is None and not (self.whole or self.same_shift):
            raise PlanningError("says_nothing", thing=thing, field="most", value=None)
        check_price(thing, "yuan_per_weekend", self.yuan_per_weekend)


@dataclass(frozen=True, slots=True)
class WeeklyRestRule(FileShape):
    """One uninterrupted free span of ``least_h`` hours in every window of ``days`` dates."""

    name: str
    least_h: float
    days: int = 7
    yuan_per_window: float | None = None
    whom: Whom = EVERYBODY
    source: str = ""

    def __post_init__(self) -> None:
        thing = f"WeeklyRestRule({self.name})"
        require_within(thing, "least_h", self.least_h, 1.0, 24.0 * self.days)
        check_period(thing, self.days)
        check_price(thing, "yuan_per_window", self.yuan_per_window)


@dataclass(frozen=True, slots=True)
class SuccessionRule(FileShape):
    """After a shift of ``first`` comes none of ``then`` on the next date; no names: the rest of ``rest_h`` alone."""

    name: str
    first: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    rest_h: float | None = None
    yuan_per_time: float | None = None
    whom: Whom = EVERYBODY
    source: str = ""

    def __post_init__(self) -> None:
        thing = f"SuccessionRule({self.name})"
        if self.rest_h is not None:
            require_within(thing, "rest_h", self.rest_h, 0.0, 48.0)
        if self.rest_h is None and not (self.first and self.then):
            raise PlanningError("says_nothing", thing=thing, field="rest_h", value=None)
        check_price(thing, "yuan_per_time", self.yuan_per_time)


@dataclass(frozen=True, slots=True)
class PatternRule(FileShape):
    """Dates in a row that nobody wants, or that want certain others after them.

    Parameters
    ----------
    sequence
        Of each date a shift template, ``free`` (no shift) or ``work`` (any).
    wanted
        Of each date after it likewise: every ``sequence`` is to be followed by these. Empty: it is not to stand at all.
    weekdays
        Only what begins on one of these counts (``fri`` ...); empty: on any.
    yuan_per_time
        What each time costs that the sequence stands, or is not followed as wanted; ``None``: it must not happen.
    """

    name: str
    sequence: tuple[str, ...]
    wanted: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    yuan_per_time: float | None = None
    whom: Whom = EVERYBODY
    source: str = ""

    def __post_init__(self) -> None:
        thing = f"PatternRule({self.name})"
        if not self.sequence:
            raise PlanningError("empty", thing=thing, field="sequence", value="()")
        require_within(thing, "dates", len(self.sequence) + len(self.wanted), 1, PATTERN_DATES_MAX)
        check_weekdays(thing, self.weekdays)
        check_price(thing, "yuan_per_time", self.yuan_per_time)


AnyRule = (
    HoursRule
    | OvertimeRule
    | ShiftsRule
    | RunRule
    | WeekendRule
    | WeeklyRestRule
    | SuccessionRule
    | PatternRule
    | PresenceRule
    | HeadsRule
    | FairnessRule
)


@dataclass(frozen=True, slots=True)
class WorkRules(FileShape):
    """All rules of a scenario beside its contracts; ``presets`` names files of law that add theirs."""

    presets: tuple[str, ...] = ()
    hours: tuple[HoursRule, ...] = ()
    overtime: tuple[OvertimeRule, ...] = ()
    shifts: tuple[ShiftsRule, ...] = ()
    runs: tuple[RunRule, ...] = ()
    weekends: tuple[WeekendRule, ...] = ()
    weekly_rest: tuple[WeeklyRestRule, ...] = ()
    successions: tuple[SuccessionRule, ...] = ()
    patterns: tuple[PatternRule, ...] = ()
    presence: tuple[PresenceRule, ...] = ()
    heads: tuple[HeadsRule, ...] = ()
    fairness: tuple[FairnessRule, ...] = ()

    def __post_init__(self) -> None:
        for kind in fields(self):
            if kind.name != "presets":
                require_unique("Scenario", f"rules.{kind.name}", [rule.name for rule in getattr(self, kind.name)])

    def __iter__(self) -> Iterator[AnyRule]:
        for kind in fields(self):
            if kind.name != "presets":
                yield from getattr(self, kind.name)

    @property
    def names_of_team(self) -> frozenset[str]:
        """Names of the rules that a roster may break: what is asked of the team although nobody could do it."""
        return frozenset({rule.name for rule in self.presence} | {rule.name for rule in self.heads})


def names_in(rule: AnyRule) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (kind of thing, names) of everything a rule speaks of: contracts, skills, agents, templates ..."""
    for key in ("templates", "first", "then", "sequence", "wanted", "agents", "beside"):
        yield key, getattr(rule, key, ())
    whom = getattr(rule, "whom", EVERYBODY)
    yield from (("contracts", whom.contracts), ("skills", whom.skills), ("agents", whom.agents))
