"""Clashes as sentences: what cannot hold together, by how much, and what a way out costs."""

from collections.abc import Sequence

from scenarios import Reason, Scenario
from scenarios.text import Term
from scheduler.rostering.clashes.parts import Bar, Bound, Part
from scheduler.rostering.clashes.repairs import PersonClash, Repair, Way
from scheduler.rostering.clashes.team import TeamClash, TeamRepair, TeamWay
from scheduler.rostering.line_rules import WEEK_HOURS, in_minutes
from scheduler.rostering.terms import MIN_PER_H, date_at, groups_of
from scheduler.rules import Count, Period, Rest, Run

PEOPLE_TOLD = 5
"""So many of those kept away are named."""
WAYS_NAMED = 3
"""So many single ways out are told, the cheapest first."""


def person_reason(bound: Bound, clash: PersonClash) -> Reason:
    """Return one sentence about a person without a legal line: the clash, and the cheapest ways out with their price.

    Parameters
    ----------
    bound
        The person as ``clash`` found him.
    """
    parts = tuple(_part(bound, clash, part) for part in clash.parts)
    return Reason("reasons.no_line", (("agent", clash.agent), ("parts", parts), ("out", _out(clash))))


def presence_reason(scenario: Scenario, rule: str, clash: TeamClash) -> Reason:
    """Return one sentence about a rule of presence that nobody could keep."""
    horizon = scenario.horizon
    start = horizon.instant(clash.interval * horizon.interval_us)
    facts = (
        ("rule", rule), ("date", start.date().isoformat()), ("start", start.strftime("%H:%M")),
    )  # fmt: skip
    return Reason("reasons.presence_impossible", (*facts, *_team_facts(clash)))


def team_reason(facts: tuple[tuple[str, object], ...], clash: TeamClash) -> Reason:
    """Return one sentence about hours that the team cannot fill; ``facts`` say which and how many are short."""
    groups = ("groups", ", ".join(clash.groups))
    return Reason("reasons.too_few_people", (*facts, groups, *_team_facts(clash)))


def way_reason(repair: Repair | TeamRepair) -> Reason:
    """Return one repair and its price as a sentence."""
    if isinstance(repair, TeamRepair):
        way = _team_way(repair)
    else:
        way = _term("for_one", agent=repair.agent, way=_way(repair))
    return Reason("clash.priced", (("way", way), ("yuan", repair.price_yuan)))


def _team_facts(clash: TeamClash) -> tuple[tuple[str, object], ...]:
    shown = [
        _term(f"barred_{bar}", count=len(names), names=", ".join(names[:PEOPLE_TOLD])) for bar, names in clash.barred
    ]
    barred: tuple[Term, ...] = tuple(shown) or (_term("barred_nobody"),)
    ways = [_term("priced", way=_team_way(way), yuan=way.price_yuan) for way in clash.ways[:WAYS_NAMED]]
    return (
        ("needed", clash.need), ("able", clash.able),
        ("barred", (_term("unreached"),) if clash.unreached else barred), ("out", _cheapest(ways)),
    )  # fmt: skip


def _team_way(repair: TeamRepair) -> Term | tuple[Term, ...]:
    if repair.way is TeamWay.PEOPLE:
        return tuple(_term("for_one", agent=step.agent, way=_way(step)) for step in repair.steps)
    if repair.way is TeamWay.CALL_IN:
        return _term("way_call_in", count=len(repair.hired), what=repair.what)
    return _term("way_starts", what=repair.what, at=f"{repair.start_min // 60:02d}:{repair.start_min % 60:02d}")


def _cheapest(ways: Sequence[Term]) -> Term:
    if not ways:
        return _term("out_hire")
    first, *others = ways
    return _term("out_or", first=first, others=tuple(others)) if others else _term("out", first=first)


def _out(clash: PersonClash) -> Term:
    if not clash.chain:
        return _term("out_none")
    if len(clash.chain) > 1:
        steps = tuple(_way(repair) for repair in clash.chain)
        return _term("out_all", yuan=sum(repair.price_yuan for repair in clash.chain), steps=steps)
    return _cheapest([_term("priced", way=_way(way), yuan=way.price_yuan) for way in clash.ways[:WAYS_NAMED]])


def _way(repair: Repair) -> Term:
    facts = {"before": repair.before, "after": repair.after, "rule": repair.rule, "what": repair.what}
    day = "" if repair.day is None else repair.day.isoformat()
    named = f"way_{repair.what}" if repair.way is Way.CONTRACT else f"way_{repair.way}"
    return _term(named, **facts, day=day)


def _part(bound: Bound, clash: PersonClash, part: Part) -> Term:
    rule = part.rule
    if rule is None:
        return _bar(bound, part)
    if isinstance(rule, Count) and len(rule.periods) == 1:
        return _count(bound, clash, part, rule, rule.periods[0])
    if rule.name == "rest" and isinstance(rule, Rest):
        return _term("rest", least=rule.least_min / MIN_PER_H)
    if rule.name == "consecutive_days" and isinstance(rule, Run):
        return _term("consecutive_days", most=rule.most)
    return _term("rule", rule=rule.name)


def _count(bound: Bound, clash: PersonClash, part: Part, rule: Count, period: Period) -> Term:
    horizon = bound.scenario.horizon
    first, last = (date_at(horizon, number).isoformat() for number in (period.first, period.end - 1))
    of_week = rule.name == WEEK_HOURS
    if rule.name == "days_off":
        return _term("days_off", least=period.least, first=first)
    if not in_minutes(rule):
        side, figure = ("least", "asked") if period.most is None else ("most", "allowed")
        limit = period.least if period.most is None else period.most
        return _term(f"rule_{side}", rule=rule.name, first=first, last=last, **{figure: limit})
    if period.most is not None:
        key = "week_most" if of_week else "rule_most_h"
        return _term(key, rule=rule.name, first=first, last=last, allowed=period.most / MIN_PER_H)
    others = [other for other in clash.parts if other is not part]
    asked, reachable = (period.least or 0) / MIN_PER_H, bound.most_paid_min(others, period) / MIN_PER_H
    return _term(
        "week_least" if of_week else "rule_least_h",
        rule=rule.name, first=first, last=last, asked=asked, reachable=reachable, missing=asked - reachable,
    )  # fmt: skip


def _bar(bound: Bound, part: Part) -> Term:
    scenario, agent = bound.scenario, bound.agent
    match part.bar:
        case Bar.LEAVE:
            return _term("leave", date="" if part.day is None else part.day.isoformat())
        case Bar.WINDOWS:
            dates = int(bound.may([part])[:, 1:].any(axis=1).sum())
            return _term("availability", dates=dates, of=scenario.horizon.dates)
        case Bar.TEMPLATES:
            return _term("contract_shift", shifts=_listed(scenario.contract_of(agent).shift_templates, "no_shifts"))
        case Bar.SKILLS:
            return _term("skills", groups=_listed(groups_of(scenario, agent), "no_groups"))
    ends = agent.last_shift_end
    return _term("last_shift", end="" if ends is None else ends.strftime("%Y-%m-%d %H:%M"))


def _listed(names: Sequence[str], nothing: str) -> str | Term:
    return ", ".join(names) if names else _term(nothing)


def _term(key: str, **facts: object) -> Term:
    return Term(f"clash.{key}", facts=tuple(facts.items()))
