"""The cheapest ways out of a person's clash: what to loosen, by how much, and what it costs.

Prices order the ways out; they are yuan where money flows (hours paid and not worked, overtime) and a weight where none
does: leave is dearer than overtime, rest dearer than a window. Personal exceptions never touch anybody else: they
become a contract, or a rule, of that person's own.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any

from scenarios import Agent, Available, Contract, PlanningError, Scenario, WeeklyRestRule, Whom, WorkRules
from scenarios.work_rules import AnyRule
from scheduler.rostering.clashes.parts import Bar, Bound, Part, smallest
from scheduler.rostering.line_rules import WEEK_HOURS, is_about
from scheduler.rostering.terms import date_at, groups_of, templates_of
from scheduler.rules import Count

DAY_H = 8.0
"""An ordinary day's paid hours, in prices."""
OVERTIME_FACTOR = 1.5
LEAVE_DAYS, WINDOW_DAYS, SKILL_DAYS = 5.0, 2.0, 5.0
"""Days of pay that it weighs to take back a date of leave, to ask for a date outside the windows, to train a skill."""
REST_YUAN_PER_H, TEMPLATE_YUAN, PAIR_YUAN = 50.0, 100.0, 100.0
STEPS_MAX = 14
"""So many steps a limit is loosened before the way out is given up."""
REPAIRS_MAX = 6
"""A person who needs more exceptions than this at once has a wrong contract, not a clash."""
_WHOLE_DATE = (0, 36 * 60)


class Way(StrEnum):
    """What a repair changes."""

    CONTRACT = "contract"  # a figure of the contract, for this person
    RULE = "rule"  # a figure of a rule of the scenario, for this person
    LIFTED = "lifted"  # a rule of the scenario, not for this person
    LEAVE = "leave"
    WINDOW = "window"
    TEMPLATE = "template"
    SKILL = "skill"


@dataclass(frozen=True, slots=True)
class Repair:
    """One way out of a clash.

    Parameters
    ----------
    what
        Field of the contract or rule, the template, the group whose skills are learnt; empty where ``day`` says all.
    rule
        Name of the scenario's rule, where it is one.
    before, after
        Value of the field.
    verified
        Whether a second, independent solve found a line once everything before and this is done.
    """

    agent: str
    way: Way
    price_yuan: float
    what: str = ""
    rule: str = ""
    before: float | None = None
    after: float | None = None
    day: date | None = None
    verified: bool = False

    def applied_to(self, scenario: Scenario) -> Scenario:
        """Return ``scenario`` with the repair made, for this person alone."""
        agent = scenario.agent(self.agent)
        match self.way:
            case Way.CONTRACT:
                return _with_contract(scenario, agent, {self.what: _like(self.after, self.before)})
            case Way.RULE:
                return _with_exception(scenario, agent, self.rule, {self.what: _like(self.after, self.before)})
            case Way.LIFTED:
                return _with_exception(scenario, agent, self.rule, None)
            case Way.TEMPLATE:
                names = (*scenario.contract_of(agent).shift_templates, self.what)
                return _with_contract(scenario, agent, {"shift_templates": names})
            case Way.SKILL:
                group = scenario.groups[scenario.group_index(self.what)]
                return _with_agent(scenario, replace(agent, skills=tuple(sorted({*agent.skills, *group.skills}))))
            case Way.LEAVE:
                return _with_agent(scenario, replace(agent, leave=tuple(d for d in agent.leave if d != self.day)))
        if self.day is None:
            raise PlanningError("empty", thing="Repair", field="day", value=None)
        opened = Available(self.day, *_WHOLE_DATE)
        return _with_agent(scenario, replace(agent, available=(*agent.available, opened)))


@dataclass(frozen=True, slots=True)
class PersonClash:
    """Why one person has no legal line, and what it takes.

    Parameters
    ----------
    parts
        A smallest set that clashes, see ``parts.smallest``.
    ways
        Each the cheapest of its kind that resolves this clash, the cheapest first.
    chain
        Repairs that, all made, give the person a line; empty when none was found.
    """

    agent: str
    parts: tuple[Part, ...]
    ways: tuple[Repair, ...]
    chain: tuple[Repair, ...]


def clash_of(bound: Bound) -> PersonClash | None:
    """Return why a person has no legal line; ``None`` when there is one."""
    parts = smallest(bound)
    if not parts:
        return None
    ways = _ways_out(bound, parts)
    return PersonClash(bound.agent.name, parts, ways, _chain(bound, parts, ways))


def _chain(bound: Bound, parts: tuple[Part, ...], ways: tuple[Repair, ...]) -> tuple[Repair, ...]:
    """Return the cheapest way out of this clash, then of the next, until a line appears; checked by a second solve."""
    chain: list[Repair] = []
    while parts:
        if not ways or len(chain) == REPAIRS_MAX:
            return ()
        chain.append(ways[0])
        scenario = ways[0].applied_to(bound.scenario)
        bound = Bound.of(scenario, scenario.agent(bound.agent.name))
        parts = smallest(bound)
        ways = _ways_out(bound, parts) if parts else ()
    if not bound.possible_again():
        raise RuntimeError(f"two solvers disagree on whether {bound.agent.name} has a line")
    return tuple(replace(repair, verified=True) for repair in chain)


def _ways_out(bound: Bound, parts: tuple[Part, ...]) -> tuple[Repair, ...]:
    """Return for each part of a clash the smallest loosening that resolves it, the cheapest first."""
    name = bound.agent.name
    keys = {_key(part, name) for part in parts}

    def resolves(repair: Repair) -> bool:
        scenario = repair.applied_to(bound.scenario)
        after = Bound.of(scenario, scenario.agent(name))
        return after.possible([part for part in after.parts if _key(part, name) in keys])

    found = (next(filter(resolves, steps), None) for part in parts for steps in _loosenings(bound, part))
    unlike = {replace(way, day=None): way for way in reversed([way for way in found if way is not None])}
    return tuple(sorted(unlike.values(), key=lambda way: (way.price_yuan, way.way, way.what, way.rule)))


def _key(part: Part, agent: str) -> object:
    """Return what names a part before and after its limit has moved for ``agent``."""
    rule = part.rule
    if rule is None:
        return part.bar, part.day
    name = rule.name.removesuffix(_own("", agent))
    if isinstance(rule, Count) and len(rule.periods) == 1:
        return name, rule.periods[0].first, rule.periods[0].most is None
    return name, type(rule)


def _own(name: str, agent: str) -> str:
    """Return what a contract or rule is called that is one agent's own."""
    return name if name.endswith(f" ({agent})") and name else f"{name} ({agent})"


def _loosenings(bound: Bound, part: Part) -> Iterator[Iterator[Repair]]:
    """Yield the ways to loosen a part, each as repairs of rising price."""
    if part.rule is None:
        yield from _of_bar(bound, part)
        return
    name = part.rule.name
    own = next((rule for rule in bound.scenario.rules if rule.name == name), None)
    if own is not None:
        yield from _of_rule(bound, own)
    else:
        yield from _of_contract(bound, part.rule.name, least=_least_side(part))


def _least_side(part: Part) -> bool:
    return isinstance(part.rule, Count) and part.rule.periods[0].most is None


def _of_bar(bound: Bound, part: Part) -> Iterator[Iterator[Repair]]:
    scenario, agent = bound.scenario, bound.agent
    day_yuan = DAY_H * scenario.contract_of(agent).cost_per_paid_h_yuan
    match part.bar:
        case Bar.LEAVE:
            yield iter([Repair(agent.name, Way.LEAVE, LEAVE_DAYS * day_yuan, day=part.day)])
        case Bar.WINDOWS:
            days = [date_at(scenario.horizon, number) for number in range(scenario.horizon.dates)]
            yield (Repair(agent.name, Way.WINDOW, WINDOW_DAYS * day_yuan, day=day) for day in days)
        case Bar.TEMPLATES:
            others = [
                t.name for t in scenario.shift_templates if t.name not in scenario.contract_of(agent).shift_templates
            ]
            yield (Repair(agent.name, Way.TEMPLATE, TEMPLATE_YUAN, what=name) for name in others)
        case Bar.SKILLS:
            known = groups_of(scenario, agent)
            others = [group.name for group in scenario.groups if group.name not in known]
            yield (Repair(agent.name, Way.SKILL, SKILL_DAYS * day_yuan, what=name) for name in others)


def _of_contract(bound: Bound, name: str, *, least: bool) -> Iterator[Iterator[Repair]]:
    contract = bound.scenario.contract_of(bound.agent)
    hour = contract.cost_per_paid_h_yuan
    lengths = [template.paid_min / 60 for template in templates_of(bound.scenario, contract)]
    step = min(lengths, default=1.0)
    day = DAY_H * hour
    if name == WEEK_HOURS and least:
        yield _steps(bound, Way.CONTRACT, "week_paid_h_min", (contract.week_paid_h_min, -step, 0.0), hour)
    elif name == WEEK_HOURS:
        yield _steps(
            bound, Way.CONTRACT, "week_paid_h_max", (contract.week_paid_h_max, step, 168.0), OVERTIME_FACTOR * hour
        )
    elif name == "rest":
        yield _steps(bound, Way.CONTRACT, "rest_h_min", (contract.rest_h_min, -1.0, 0.0), REST_YUAN_PER_H)
    elif name == "consecutive_days":
        yield _steps(bound, Way.CONTRACT, "consecutive_days_max", (contract.consecutive_days_max, 1.0, 366.0), day)
    elif name == "days_off":
        yield _steps(bound, Way.CONTRACT, "days_off_per_week_min", (contract.days_off_per_week_min, -1.0, 0.0), 2 * day)


_STEPS: dict[str, tuple[float, float, float]] = {
    "least_h": (-1.0, 0.0, 1.0), "most_h": (1.0, 168.0 * 53, OVERTIME_FACTOR), "least": (-1.0, 0.0, DAY_H),
    "most": (1.0, 366.0, DAY_H), "consecutive_most": (1.0, 53.0, 2 * DAY_H),
}  # fmt: skip
"""Per field of a scenario's rule: step, end, and hours of pay a unit weighs."""


def _of_rule(bound: Bound, rule: AnyRule) -> Iterator[Iterator[Repair]]:
    hour = bound.scenario.contract_of(bound.agent).cost_per_paid_h_yuan
    for part in fields(rule):
        value = getattr(rule, part.name)
        if value is None:
            continue
        if part.name == "rest_h" or (part.name == "least_h" and isinstance(rule, WeeklyRestRule)):
            yield _steps(bound, Way.RULE, part.name, (value, -1.0, 1.0), REST_YUAN_PER_H, rule.name)
        elif part.name in _STEPS:
            step, end, hours = _STEPS[part.name]
            yield _steps(bound, Way.RULE, part.name, (value, step, end), hours * hour, rule.name)
    yield iter([Repair(bound.agent.name, Way.LIFTED, PAIR_YUAN + 2 * DAY_H * hour, rule=rule.name)])


def _steps(
    bound: Bound, way: Way, what: str, from_by_to: tuple[float, float, float], unit_yuan: float, rule: str = ""
) -> Iterator[Repair]:
    """Yield repairs that move a figure step by step, priced by how far."""
    start, step, end = from_by_to
    for number in range(1, STEPS_MAX + 1):
        value = start + number * step
        value = max(value, end) if step < 0 else min(value, end)
        if value == start:
            return
        yield Repair(bound.agent.name, way, abs(value - start) * unit_yuan, what, rule, start, value)
        if value == end:
            return


def _like(value: float | None, other: object) -> float | None:
    """Return ``value`` as a whole number where ``other`` is one."""
    return value if value is None or not isinstance(other, int) else round(value)


def _with_agent(scenario: Scenario, agent: Agent) -> Scenario:
    return replace(scenario, agents=tuple(agent if other.name == agent.name else other for other in scenario.agents))


def _with_contract(scenario: Scenario, agent: Agent, changes: dict[str, object]) -> Scenario:
    """Return the scenario with a contract of the agent's own; rules about the old one go on to hold for it."""
    old = scenario.contract_of(agent)
    own: Contract = _replaced(old, name=_own(old.name, agent.name), **changes)
    contracts = (*(part for part in scenario.contracts if part.name != own.name), own)
    rules = _with_rules(scenario.rules, lambda rule: [_followed(rule, old.name, own.name)])
    return replace(_with_agent(replace(scenario, contracts=contracts), replace(agent, contract=own.name)), rules=rules)


def _followed(rule: AnyRule, old: str, new: str) -> AnyRule:
    whom = getattr(rule, "whom", Whom())
    if old not in whom.contracts or new in whom.contracts:
        return rule
    followed: AnyRule = _replaced(rule, whom=replace(whom, contracts=(*whom.contracts, new)))
    return followed


def _with_exception(scenario: Scenario, agent: Agent, name: str, changes: dict[str, object] | None) -> Scenario:
    """Return the scenario with a rule that spares the agent, and with one of his own where ``changes`` say which."""

    def divided(rule: AnyRule) -> list[AnyRule]:
        if rule.name != name:
            return [rule]
        whom = getattr(rule, "whom", Whom())
        others = tuple(o.name for o in scenario.agents if o.name != agent.name and is_about(whom, o))
        spared = [_replaced(rule, whom=Whom(agents=others))] if others else []
        if changes is None:
            return spared
        return [*spared, _replaced(rule, name=_own(name, agent.name), whom=Whom(agents=(agent.name,)), **changes)]

    return replace(scenario, rules=_with_rules(scenario.rules, divided))


def _with_rules(rules: WorkRules, change: Callable[[AnyRule], list[AnyRule]]) -> WorkRules:
    kinds = [part.name for part in fields(rules) if part.name != "presets"]
    changed = {kind: tuple(new for rule in getattr(rules, kind) for new in change(rule)) for kind in kinds}
    made: WorkRules = _replaced(rules, **changed)
    return made


_replaced: Callable[..., Any] = replace  # fields by name, which no type says
