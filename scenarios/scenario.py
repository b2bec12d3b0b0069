"""The scenario: everything that is given to every step."""

import hashlib
from dataclasses import dataclass

import numpy as np

from scenarios.checks import FloatArray, require_known, require_not_negative, require_share, require_unique
from scenarios.demand import DemandUncertainty
from scenarios.errors import PlanningError
from scenarios.shape import FileShape
from scenarios.horizon import Horizon
from scenarios.people import Agent, Contract, ShiftTemplate
from scenarios.promo import Effect, Lever, PromoEvent, Quantity, Shock
from scenarios.service import Channel, ContactType, Group, Route, ServiceTarget

HOURS_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class Profile(FileShape):
    """Shape of a day: 24 weights, one per clock hour, and 7 weekday weights, Monday first; only ratios matter."""

    name: str
    hour_weights: tuple[float, ...]
    weekday_weights: tuple[float, ...] = (1.0,) * 7

    def __post_init__(self) -> None:
        for field, length in (("hour_weights", HOURS_PER_DAY), ("weekday_weights", 7)):
            weights = getattr(self, field)
            if len(weights) != length or sum(weights) <= 0:
                raise PlanningError(
                    "wrong_shape", thing=f"Profile({self.name})", field=field, value=len(weights), expected=length
                )
            for weight in weights:
                require_not_negative(f"Profile({self.name})", field, weight)


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
    promo
        Promotions planned inside the horizon.
    levers, shocks
        What is switched on, and what happens.
    absence_share
        Probability that a rostered person stays away for the whole shift, independently.
    uncertainty
        Assumed strays of the demand where no history says better; one ``day_cv`` for all days.
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
    promo: tuple[PromoEvent, ...] = ()
    levers: tuple[Lever, ...] = ()
    shocks: tuple[Shock, ...] = ()
    absence_share: float = 0.0
    uncertainty: DemandUncertainty = DemandUncertainty((0.0,))
    seed: int = 1
    assumptions: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        require_share("Scenario", "absence_share", self.absence_share)
        for field in ("contact_types", "groups", "targets", "contracts", "shift_templates", "agents", "profiles"):
            require_unique("Scenario", field, [part.name for part in getattr(self, field)])
        require_unique("Scenario", "routes", [route.contact_type for route in self.routes])
        for field in ("contact_types", "groups"):
            if not getattr(self, field):
                raise PlanningError("empty", thing="Scenario", field=field, value="()")
        self._check_service()
        self._check_people()
        self._check_promo()

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
            require_known(thing, "steps.group", [step.group for step in route.steps], tuple(groups))
            for step in route.steps:
                if groups[step.group].rank_of(route.contact_type) is None:
                    raise PlanningError("group_does_not_serve", thing=thing, field="steps", value=step.group)
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
        for agent in self.agents:
            require_known(f"Agent({agent.name})", "contract", [agent.contract], contracts)
            require_known(f"Agent({agent.name})", "skills", agent.skills, self.skills)

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

    @property
    def skills(self) -> tuple[str, ...]:
        """All skills some group asks for, sorted."""
        return tuple(sorted({skill for group in self.groups for skill in group.skills}))

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Effects of every lever and shock."""
        return tuple(effect for source in (*self.levers, *self.shocks) for effect in source.effects)

    def type_index(self, contact_type: str) -> int:
        """Return the index of a contact type in ``contact_types``."""
        return [kind.name for kind in self.contact_types].index(contact_type)

    def group_index(self, group: str) -> int:
        """Return the index of a group in ``groups``."""
        return [part.name for part in self.groups].index(group)

    def contract_of(self, agent: Agent) -> Contract:
        """Return the contract of ``agent``."""
        return next(contract for contract in self.contracts if contract.name == agent.contract)

    def template(self, name: str) -> ShiftTemplate:
        """Return the shift template called ``name``."""
        return next(template for template in self.shift_templates if template.name == name)

    def agent(self, name: str) -> Agent:
        """Return the agent called ``name``; an unknown one is a ``PlanningError``."""
        require_known("Scenario", "agents", [name], [agent.name for agent in self.agents])
        return next(agent for agent in self.agents if agent.name == name)

    def target_of(self, contact_type: str) -> ServiceTarget | None:
        """Return the target that counts ``contact_type``, ``None`` when nothing is promised for it."""
        return next((target for target in self.targets if contact_type in target.contact_types), None)

    def is_live(self, contact_type: str) -> bool:
        """Return whether a buyer waits for the answer (voice or chat)."""
        return self.contact_types[self.type_index(contact_type)].channel is not Channel.TICKET

    def factor(self, quantity: Quantity) -> FloatArray:
        """Return (T, K) the product of all effects on ``quantity``; an interval is hit when its start is in the span."""
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
            columns = [number for number, kind in enumerate(self.contact_types)
                       if not effect.contact_types or kind.name in effect.contact_types]  # fmt: skip
            factors[np.ix_(hit, columns)] *= effect.factor
        return factors

    def absence_at(self, start_us: int) -> float:
        """Return the absence probability of a shift that starts at ``start_us``."""
        interval = min(max(start_us // self.horizon.interval_us, 0), self.horizon.intervals - 1)
        return float(min(1.0, self.absence_share * self.factor(Quantity.ABSENCE)[interval, 0]))

    def fingerprint(self) -> str:
        """Return the SHA-256 of everything the scenario says."""
        return hashlib.sha256(repr(self).encode()).hexdigest()
