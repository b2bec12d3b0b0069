"""The scenario: everything that is given to every step."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from scenarios.activities import Activity
from scenarios.checks import FloatArray, require_known, require_share, require_unique, require_within
from scenarios.contact_types import Channel, ContactType
from scenarios.demand import DemandUncertainty, Profile
from scenarios.errors import PlanningError
from scenarios.horizon import Horizon
from scenarios.journeys import check_journeys
from scenarios.people import Agent, Contract, ShiftTemplate, Wish
from scenarios.promo import Effect, Lever, PromoEvent, Quantity, Shock
from scenarios.rule_parts import FREE_OR_WORK
from scenarios.service import Group, Route, ServiceTarget
from scenarios.shape import FileShape
from scenarios.work_rules import WorkRules, names_in

CHAIN_MAX = 50
"""No matter needs more attempts than this."""
_NAMED = ("contact_types", "groups", "targets", "contracts", "shift_templates", "agents", "profiles", "activities")
_NO_RULES = WorkRules()
_CERTAIN = DemandUncertainty((0.0,))  # demand known exactly but for Poisson noise


class LateBreaks(StrEnum):
    """What a break becomes that begins late."""

    WHOLE = "whole"  # it lasts its full length
    PLANNED_END = "planned_end"  # it ends as planned


@dataclass(frozen=True, slots=True)
class Scenario(FileShape):
    """A shop, its people, its promises and its days.

    Parameters
    ----------
    name
        Short key.
    horizon, contact_types, groups, routes, targets, contracts, shift_templates, agents
        See their types. Every contact type has one route.
    profiles
        Intraday shapes named by contact types.
    rules, wishes
        Rules of work beyond the contracts' own figures, and what people ask for.
    activities
        What people do away from the queue, once their shifts are known.
    promo
        Promotions planned inside the horizon.
    levers, shocks
        What is switched on, and what happens.
    absence_share
        Probability that a rostered person stays away for the whole shift, independently.
    attempts_max
        Most attempts of one matter, redials and everything that follows an answer together; 1 .. 50.
    late_breaks
        What a break becomes that begins late because a contact had to be finished first.
    uncertainty
        Assumed strays of the demand where no history says better; one ``day_cv`` for all days, or one for each.
    seed
        Seed of every stream.
    assumptions
        Dotted paths of figures that no source states, each with a word on why: (path, why).
    """

    name: str
    horizon: Horizon
    contact_types: tuple[ContactType, ...]
    groups: tuple[Group, ...]
    routes: tuple[Route, ...]
    targets: tuple[ServiceTarget, ...]
    contracts: tuple[Contract, ...]
    shift_templates: tuple[ShiftTemplate, ...]
    agents: tuple[Agent, ...]
    profiles: tuple[Profile, ...] = ()
    rules: WorkRules = _NO_RULES
    wishes: tuple[Wish, ...] = ()
    activities: tuple[Activity, ...] = ()
    promo: tuple[PromoEvent, ...] = ()
    levers: tuple[Lever, ...] = ()
    shocks: tuple[Shock, ...] = ()
    absence_share: float = 0.0
    attempts_max: int = 6
    late_breaks: LateBreaks = LateBreaks.WHOLE
    uncertainty: DemandUncertainty = _CERTAIN
    seed: int = 1
    assumptions: tuple[tuple[str, str], ...] = ()
    _positions: dict[str, dict[str, int]] = field(init=False, repr=False, compare=False)
    _factors: dict[Quantity, FloatArray] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        require_share("Scenario", "absence_share", self.absence_share)
        require_within("Scenario", "attempts_max", self.attempts_max, 1, CHAIN_MAX)
        for kind in _NAMED:
            require_unique("Scenario", kind, [part.name for part in getattr(self, kind)])
        require_unique("Scenario", "routes", [route.contact_type for route in self.routes])
        for kind in ("contact_types", "groups"):
            if not getattr(self, kind):
                raise PlanningError("empty", thing="Scenario", field=kind, value="()")
        self._check_service()
        self._check_people()
        self._check_promo()
        self._check_uncertainty()
        positions = {kind: {part.name: n for n, part in enumerate(getattr(self, kind))} for kind in _NAMED}
        object.__setattr__(self, "_positions", positions)
        object.__setattr__(self, "_factors", {quantity: self._product(quantity) for quantity in Quantity})

    def _check_service(self) -> None:
        types = [kind.name for kind in self.contact_types]
        groups = {group.name: group for group in self.groups}
        require_known("Scenario", "routes.contact_type", [route.contact_type for route in self.routes], types)
        for kind in types:
            require_known("Scenario", f"routes[{kind}]", [kind], [route.contact_type for route in self.routes])
        for group in self.groups:
            require_known(f"Group({group.name})", "serves", [serve.contact_type for serve in group.serves], types)
        for route in self.routes:
            thing = f"Route({route.contact_type})"
            require_known(thing, "steps.group", route.groups, tuple(groups))
            require_known(thing, "steps.transfer_to", filter(None, [route.transfer_to]), types)
            for name in route.groups:
                if groups[name].rank_of(route.contact_type) is None:
                    raise PlanningError("group_does_not_serve", thing=thing, field="steps", value=name)
        check_journeys(self.contact_types, self.groups, self.routes)
        promised = [kind for target in self.targets for kind in target.contact_types]
        require_known("Scenario", "targets.contact_types", promised, types)
        require_unique("Scenario", "targets.contact_types", promised)
        require_known("Scenario", "contact_types.profile", [k.profile for k in self.contact_types if k.profile],
                      [profile.name for profile in self.profiles])  # fmt: skip

    def _check_people(self) -> None:
        contracts = [contract.name for contract in self.contracts]
        templates = [template.name for template in self.shift_templates]
        for contract in self.contracts:
            require_known(f"Contract({contract.name})", "shift_templates", contract.shift_templates, templates)
        skills = sorted({*self.skills, *(rule.skill for rule in self.rules.presence if rule.skill)})
        for agent in self.agents:
            require_known(f"Agent({agent.name})", "contract", [agent.contract], contracts)
            require_known(f"Agent({agent.name})", "skills", agent.skills, skills)
        self._check_rules(contracts, templates, skills)

    def _check_rules(self, contracts: Sequence[str], templates: Sequence[str], skills: Sequence[str]) -> None:
        names = [agent.name for agent in self.agents]
        known = {"contracts": contracts, "skills": skills, "agents": names, "templates": templates}
        known |= {"first": templates, "then": templates, "beside": names}
        known |= dict.fromkeys(("sequence", "wanted"), (*FREE_OR_WORK, *templates))
        if self.rules.patterns:
            for word in sorted(set(FREE_OR_WORK).intersection(templates)):
                raise PlanningError("word_taken", thing=f"ShiftTemplate({word})", field="name", value=word)
        for rule in self.rules:
            for key, named in names_in(rule):
                require_known(f"{type(rule).__name__}({rule.name})", key, named, known[key])
        for wish in self.wishes:
            thing = f"Wish({wish.agent}, {wish.date})"
            require_known(thing, "agent", [wish.agent], names)
            require_known(thing, "template", [wish.template] if wish.template else [], templates)
        for activity in self.activities:
            require_known(f"Activity({activity.name})", "agents", activity.agents, names)

    def _check_promo(self) -> None:
        for event in self.promo:
            for phase in event.phases:
                if self.horizon.us_of(phase.start) < 0 or self.horizon.us_of(phase.end) > self.horizon.end_us:
                    raise PlanningError(
                        "promo_outside", thing=f"PromoEvent({event.name})", field=f"phases[{phase.name}]",
                        value=phase.start.isoformat(), first=self.horizon.start.date(),
                        last=self.horizon.instant(self.horizon.end_us).isoformat(),
                    )  # fmt: skip
        types = [kind.name for kind in self.contact_types]
        for effect in self.effects:
            require_known("Effect", "contact_types", effect.contact_types, types)

    def _check_uncertainty(self) -> None:
        given, days = len(self.uncertainty.day_cv), len(self.horizon.days)
        if given not in {1, days}:
            raise PlanningError(
                "wrong_shape", thing="Scenario", field="uncertainty.day_cv", value=given, expected=f"1 / {days}"
            )

    def _position(self, kind: str, name: str) -> int:
        """Return where ``name`` stands in the tuple ``kind``; an unknown one is a ``PlanningError``."""
        names = self._positions[kind]
        if name not in names:
            require_known("Scenario", kind, [name], tuple(names))
        return names[name]

    @property
    def skills(self) -> tuple[str, ...]:
        """All skills some group asks for, sorted."""
        return tuple(sorted({skill for group in self.groups for skill in group.skills}))

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Effects of every lever and shock."""
        sources: Iterable[Lever | Shock] = (*self.levers, *self.shocks)
        return tuple(effect for source in sources for effect in source.effects)

    def type_index(self, contact_type: str) -> int:
        """Return the index of a contact type in ``contact_types``; an unknown one is a ``PlanningError``."""
        return self._position("contact_types", contact_type)

    def group_index(self, group: str) -> int:
        """Return the index of a group in ``groups``; an unknown one is a ``PlanningError``."""
        return self._position("groups", group)

    def contract_of(self, agent: Agent) -> Contract:
        """Return the contract of ``agent``."""
        return self.contracts[self._position("contracts", agent.contract)]

    def template(self, name: str) -> ShiftTemplate:
        """Return the shift template called ``name``; an unknown one is a ``PlanningError``."""
        return self.shift_templates[self._position("shift_templates", name)]

    def agent(self, name: str) -> Agent:
        """Return the agent called ``name``; an unknown one is a ``PlanningError``."""
        return self.agents[self._position("agents", name)]

    def target_of(self, contact_type: str) -> ServiceTarget | None:
        """Return the target that counts ``contact_type``, ``None`` when nothing is promised for it."""
        return next((target for target in self.targets if contact_type in target.contact_types), None)

    def is_live(self, contact_type: str) -> bool:
        """Return whether a buyer waits for the answer (voice or chat)."""
        return self.contact_types[self.type_index(contact_type)].channel is not Channel.TICKET

    def factor(self, quantity: Quantity) -> FloatArray:
        """Return (T, K) the product of all effects on ``quantity``, not writeable.

        An interval is hit when its start is in the effect's span.
        """
        return self._factors[quantity]

    def _product(self, quantity: Quantity) -> FloatArray:
        factors = np.ones((self.horizon.intervals, len(self.contact_types)))
        starts = np.arange(self.horizon.intervals) * self.horizon.interval_us
        for effect in self.effects:
            if effect.quantity is not quantity:
                continue
            hit = np.ones(self.horizon.intervals, dtype=np.bool_)
            if effect.start is not None:
                hit &= starts >= self.horizon.us_of(effect.start)
            if effect.end is not None:
                hit &= starts < self.horizon.us_of(effect.end)
            everybody = not effect.contact_types or quantity is Quantity.ABSENCE
            columns = np.array([everybody or kind.name in effect.contact_types for kind in self.contact_types])
            factors[np.ix_(hit, columns)] *= effect.factor
        factors.flags.writeable = False
        return factors

    def absence_at(self, start_us: int) -> float:
        """Return the absence probability of a shift that starts at ``start_us``."""
        interval = min(max(start_us // self.horizon.interval_us, 0), self.horizon.intervals - 1)
        return float(min(1.0, self.absence_share * self.factor(Quantity.ABSENCE)[interval, 0]))

    def fingerprint(self) -> str:
        """Return the SHA-256 of everything the scenario says."""
        return hashlib.sha256(repr(self).encode()).hexdigest()
