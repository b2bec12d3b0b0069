"""The rules of one person's line: the contract's figures and the scenario's own rules as rule objects.

Weeks of a contract are blocks of seven dates from the horizon's first (``terms``); weeks and months of the scenario's
own rules are those of the calendar. Frames must be made by ``shifts.frame_of``: rules that speak of some shifts only
find them by the tags set there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from scenarios import (
    Agent,
    HeadsRule,
    HoursRule,
    OvertimeRule,
    PatternRule,
    Period,
    RunOf,
    RunRule,
    Scenario,
    ShiftsRule,
    SuccessionRule,
    WeekendRule,
    WeeklyRestRule,
    Whom,
)
from scenarios.rule_parts import WEEKDAYS
from scenarios.work_rules import AnyRule
from scheduler.rostering.terms import MIN_PER_H, at_least_min, at_most_min, least_paid_min, most_paid_min, weeks_of
from scheduler.rules import (
    FREE,
    FREE_DATES,
    HARD,
    OFF,
    PAID_MIN,
    SHIFTS,
    UNKNOWN,
    WORK,
    Count,
    Follows,
    Frame,
    History,
    LineRule,
    Measure,
    Pattern,
    Rest,
    RollingCount,
    Run,
    SameWeekend,
    WeekendCount,
    WeekendRun,
    WeeklyRest,
    Weight,
    WholeWeekend,
    blocks,
    each_date,
    limited,
    months,
    weeks,
    whole,
)
from scheduler.rules import Period as Span

WEEK_HOURS = "week_hours"
"""Name of the rule of a contract's week, least and most."""


def line_rules(scenario: Scenario, agent: Agent, frame: Frame) -> tuple[LineRule, ...]:
    """Return the rules that the line of ``agent`` on ``frame`` must keep or pays for; equal rules are equal objects."""
    writer = _Writer(scenario, frame, scenario.contract_of(agent).cost_per_paid_h_yuan / MIN_PER_H)
    mine = (rule for rule in scenario.rules if is_about(getattr(rule, "whom", Whom()), agent))
    return (*_contract_rules(scenario, agent), *(made for rule in mine for made in writer.of(rule)))


def history_of(agent: Agent) -> History:
    """Return what ``agent`` brings into the horizon; when the last shift ended is kept out, it bars shifts instead."""
    return History((OFF, *(UNKNOWN,) * agent.worked_days_before))


def in_minutes(rule: LineRule) -> bool:
    """Return whether a rule finds and allows minutes."""
    return isinstance(rule, Rest) or getattr(rule, "measure", None) == PAID_MIN


def keyed(rule: LineRule, *, below: bool) -> str:
    """Return the key of a breach of ``rule``: the week's hours have two, one for each side."""
    if rule.name != WEEK_HOURS:
        return rule.name
    return f"{WEEK_HOURS}_min" if below else f"{WEEK_HOURS}_max"


def tags_of(scenario: Scenario, template: str, start_min: int, end_min: int) -> frozenset[str]:
    """Return what rules call a shift of ``template`` from ``start_min`` to ``end_min`` after midnight."""
    own = (_tag_of(rule) for rule in scenario.rules.shifts if _counts(rule, template, start_min, end_min))
    of_team = (tag_of_heads(rule) for rule in scenario.rules.heads if template in rule.templates)
    return frozenset({template, *own, *of_team})


def _tag_of(rule: ShiftsRule) -> str:
    return f"rule {rule.name}"


def tag_of_heads(rule: HeadsRule) -> str:
    """Return the tag of the shifts that ``rule`` names."""
    return f"heads {rule.name}"


def numbers_of(weekdays: tuple[str, ...]) -> tuple[int, ...]:
    """Return the numbers of weekdays, Monday 0."""
    return tuple(WEEKDAYS.index(day) for day in weekdays)


def _counts(rule: ShiftsRule, template: str, start_min: int, end_min: int) -> bool:
    if rule.templates and template not in rule.templates:
        return False
    if rule.from_min is None or rule.to_min is None:
        return True
    day = 24 * MIN_PER_H
    spans = [(rule.from_min + shift, rule.to_min + shift) for shift in (-day, 0, day)]
    inside = sum(max(0, min(end, end_min) - max(start, start_min)) for start, end in spans)
    return inside >= rule.minutes


def is_about(whom: Whom, agent: Agent) -> bool:
    """Return whether a rule about ``whom`` binds ``agent``."""
    if not (whom.contracts or whom.skills or whom.agents):
        return True
    return agent.contract in whom.contracts or agent.name in whom.agents or bool(set(whom.skills) & set(agent.skills))


def _contract_rules(scenario: Scenario, agent: Agent) -> Iterator[LineRule]:
    contract = scenario.contract_of(agent)
    spans = weeks_of(scenario.horizon)
    most = most_paid_min(contract)
    least = [least_paid_min(scenario, agent, week) for week in spans]
    hours = tuple(Span(week.first, week.end, low or None, most) for week, low in zip(spans, least, strict=True))
    yield Count(hours, PAID_MIN, name=WEEK_HOURS)
    yield Rest(at_least_min(contract.rest_h_min), name="rest")
    yield Run(most=contract.consecutive_days_max, name="consecutive_days")
    if contract.days_off_per_week_min:
        free = tuple(Span(w.first, w.end, contract.days_off_per_week_min) for w in spans if w.whole)
        yield Count(free, FREE_DATES, name="days_off")


@dataclass(frozen=True, slots=True)
class _Writer:
    """Turns the scenario's own rules into objects for the people of one contract."""

    scenario: Scenario
    frame: Frame
    rate_yuan_per_min: float

    def of(self, rule: AnyRule) -> Iterator[LineRule]:
        """Yield the objects of one rule; those about the team as a whole have none."""
        match rule:
            case HoursRule():
                yield self._hours(rule)
            case OvertimeRule():
                yield self._overtime(rule)
            case ShiftsRule():
                yield self._shifts(rule)
            case RunRule():
                yield from self._runs(rule)
            case WeekendRule():
                yield from self._weekends(rule)
            case WeeklyRestRule():
                weight = Weight(rule.yuan_per_window)
                yield WeeklyRest(at_least_min(rule.least_h), rule.days, weight=weight, name=rule.name)
            case SuccessionRule():
                yield from _successions(rule)
            case PatternRule():
                yield from self._patterns(rule)

    def _hours(self, rule: HoursRule) -> LineRule:
        least = None if rule.least_h is None else at_least_min(rule.least_h)
        most = None if rule.most_h is None else at_most_min(rule.most_h)
        weight = HARD if rule.yuan_per_h is None else Weight(rule.yuan_per_h / MIN_PER_H)
        return self._counted(rule, PAID_MIN, (least, most), weight)

    def _overtime(self, rule: OvertimeRule) -> LineRule:
        beyond = at_most_min(rule.beyond_h)
        weight = Weight((rule.pay_factor - 1) * self.rate_yuan_per_min)
        dates = frozenset(self.frame.dates_on(numbers_of(rule.weekdays))) if rule.weekdays else None
        return self._counted(rule, PAID_MIN, (None, beyond), weight, dates)

    def _shifts(self, rule: ShiftsRule) -> LineRule:
        measure = Measure(tag=_tag_of(rule)) if rule.templates or rule.from_min is not None else SHIFTS
        return self._counted(rule, measure, (rule.least, rule.most), Weight(rule.yuan_per_shift))

    def _runs(self, rule: RunRule) -> Iterator[LineRule]:
        weight, least = Weight(rule.yuan_per_day), rule.least or 1
        if rule.of in (RunOf.WORK, RunOf.FREE):
            yield Run(least, rule.most, free=rule.of is RunOf.FREE, weight=weight, name=rule.name)
        else:
            for template in rule.templates or self._templates():
                yield Run(least, rule.most, template, weight=weight, name=rule.name)

    def _weekends(self, rule: WeekendRule) -> Iterator[LineRule]:
        weight, days = Weight(rule.yuan_per_weekend), numbers_of(rule.weekdays)
        if rule.most is not None:
            yield WeekendCount(most=rule.most, weekdays=days, weight=weight, name=rule.name)
        if rule.consecutive_most is not None:
            yield WeekendRun(most=rule.consecutive_most, weekdays=days, weight=weight, name=rule.name)
        if rule.whole:
            yield WholeWeekend(days, weight, rule.name)
        if rule.same_shift:
            yield SameWeekend(self._templates(), days, weight, rule.name)

    def _patterns(self, rule: PatternRule) -> Iterator[LineRule]:
        """Yield the sequence itself, or for each date wanted after it the one that is followed up to there only."""
        weekdays = frozenset(numbers_of(rule.weekdays)) if rule.weekdays else None
        weight = Weight(rule.yuan_per_time)
        if not rule.wanted:
            yield Pattern(rule.sequence, weekdays, weight, rule.name)
        for kept, place in enumerate(rule.wanted):
            begun = (*rule.sequence, *rule.wanted[:kept])
            yield Pattern((*begun, self._other_than(place)), weekdays, weight, rule.name)

    def _other_than(self, place: str) -> tuple[str, ...]:
        """Return everything that a date can be and that does not fit ``place`` of a pattern."""
        if place in (FREE, WORK):
            return (WORK,) if place == FREE else (FREE,)
        return (FREE, *(template for template in self._templates() if template != place))

    def _templates(self) -> tuple[str, ...]:
        return tuple(template.name for template in self.scenario.shift_templates)

    def _counted(
        self,
        rule: HoursRule | OvertimeRule | ShiftsRule,
        measure: Measure,
        limits: tuple[int | None, int | None],
        weight: Weight,
        dates: frozenset[int] | None = None,
    ) -> LineRule:
        if rule.period is Period.ROLLING:
            return RollingCount(rule.days, *limits, measure, weight, rule.name)
        return Count(limited(self._spans(rule.period, rule.days), *limits), measure, weight, rule.name, dates)

    def _spans(self, period: Period, days: int) -> tuple[Span, ...]:
        """Return the periods of fixed length of the horizon."""
        match period:
            case Period.DAY:
                return each_date(self.frame)
            case Period.WEEK:
                return weeks(self.frame)
            case Period.MONTH:
                return months(self.frame, self.scenario.horizon.first_date)
            case Period.REFERENCE:
                return blocks(self.frame, days)
        return whole(self.frame)


def _successions(rule: SuccessionRule) -> Iterator[LineRule]:
    if rule.rest_h is not None:
        price = None if rule.yuan_per_time is None else rule.yuan_per_time / MIN_PER_H
        yield Rest(at_least_min(rule.rest_h), Weight(price), rule.name)
    if rule.first:
        yield Follows(tuple(product(rule.first, rule.then)), Weight(rule.yuan_per_time), rule.name)
