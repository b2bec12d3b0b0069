"""What the router and the cap of a chat group cost: the loop is run anew under each of them.

With "fewest open sessions first" it is typing that binds, not slots, so that a larger cap buys nothing; a router that
looks for who is not typing is worth more than any roster. Whether it can be had is the platform's to say: the row of
the router in use, beside the others, says what the platform costs.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from scenarios import AgentChoice, Forecast, Group, PlanningError, Scenario, TargetStatement
from scenarios.progress import Progress, silent
from scenarios.text import text
from scheduler.loop.closing import LoopOutcome, LoopSettings
from scheduler.loop.day import day_alone
from scheduler.loop.group import CHAT_SETTINGS, close_group_loop

STAGE = "routing_price"
"""Key of the stage under which progress is told."""
CHOICES = (AgentChoice.LEAST_LOADED, AgentChoice.NOT_TYPING_FIRST)
"""The routers that are priced."""


class Routing(Protocol):
    """A way to route that may be priced."""

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario under this routing."""

    def told(self, language: str | None = None) -> str:
        """Return the routing in words."""


def chat_groups(scenario: Scenario) -> tuple[Group, ...]:
    """Return the groups that chat by messages."""
    chats = {kind.name for kind in scenario.contact_types if kind.messages is not None}
    return tuple(group for group in scenario.groups if chats & {serve.contact_type for serve in group.serves})


@dataclass(frozen=True, slots=True)
class ChatRouting:
    """Who takes a session, and how many one person has open at most, in every group that chats by messages."""

    choice: AgentChoice
    cap: int

    @classmethod
    def of(cls, scenario: Scenario) -> "ChatRouting":
        """Return the routing in use.

        Raises
        ------
        PlanningError
            When no group chats by messages, or groups that do are routed differently.
        """
        found = {cls(group.choice, group.chat_cap) for group in chat_groups(scenario)}
        if len(found) != 1:
            raise PlanningError("not_one", thing="Scenario", field="groups", value=len(found))
        return found.pop()

    def applied(self, scenario: Scenario) -> Scenario:
        """Return the scenario with its chats by messages under this routing."""
        chatting = chat_groups(scenario)
        return replace(
            scenario, groups=tuple(self._routed(group) if group in chatting else group for group in scenario.groups)
        )

    def _routed(self, group: Group) -> Group:
        speed = group.session_speed  # chat by messages does not read it
        return replace(
            group, choice=self.choice, chat_cap=self.cap,
            session_speed=speed if len(speed) in {1, self.cap} else speed[:1],
        )  # fmt: skip

    def told(self, language: str | None = None) -> str:
        """Return the routing in words."""
        return text(f"routing.choice.{self.choice}", language, cap=self.cap)


@dataclass(frozen=True, slots=True, eq=False)
class PricedRouting:
    """The cheapest roster found under a routing, and what its proof says."""

    routing: Routing
    outcome: LoopOutcome

    @property
    def cost(self) -> float:
        """Cost in yuan; ``inf`` where no roster was found."""
        return self.outcome.cost

    @property
    def people(self) -> int:
        """People who work that day."""
        return 0 if self.outcome.counts is None else int(self.outcome.counts.sum())

    @property
    def share_of_days(self) -> float:
        """Share of fresh days that kept the promise; of several targets the least."""
        return min((said.share_of_days for said in self._statements), default=0.0)

    @property
    def bound(self) -> float:
        """What the share of days is at least, with the confidence promised; of several targets the least."""
        return min((said.bound for said in self._statements), default=0.0)

    @property
    def proven(self) -> bool:
        """Whether the proof says so."""
        return self.outcome.proven

    @property
    def _statements(self) -> tuple[TargetStatement, ...]:
        return () if self.outcome.verdict is None else self.outcome.verdict.statements


@dataclass(frozen=True, slots=True, eq=False)
class RoutingPrices:
    """Rows of priced routings; the first one is the routing in use.

    Every row is a claim of its own, proven with the confidence of its target; the rows meet the same fresh days.
    """

    rows: tuple[PricedRouting, ...]

    @property
    def own(self) -> PricedRouting:
        """The row of the routing in use."""
        return self.rows[0]

    @property
    def cheapest(self) -> PricedRouting | None:
        """The cheapest row that is proven; ``None`` where none is."""
        return min((row for row in self.rows if row.proven), key=lambda row: row.cost, default=None)

    def saving(self, row: PricedRouting) -> float:
        """Return the share of the cost in use that a row saves; negative where it costs more, 0 where nobody works."""
        return 1.0 - row.cost / self.own.cost if self.own.cost else 0.0

    def told(self, language: str | None = None) -> tuple[str, ...]:
        """Return the rows and what follows from them as sentences, in ``"zh"`` or ``"en"``."""
        return (*(self._row_told(row, language) for row in self.rows), *self.advice(language))

    def advice(self, language: str | None = None) -> tuple[str, ...]:
        """Return what the routing in use costs, where another one is proven cheaper."""
        best = self.cheapest
        if best is None or best is self.own or self.own.outcome.counts is None:
            return ()
        yuan, saving = f"{self.own.cost - best.cost:,.1f}", f"{self.saving(best):.1%}"
        return (
            text("routing.platform_costs", language, routing=best.routing.told(language), saving=saving, yuan=yuan),
        )

    def _row_told(self, row: PricedRouting, language: str | None) -> str:
        routing = row.routing.told(language)
        if row.outcome.counts is None:
            return text("routing.no_roster", language, routing=routing)
        change = "" if row is self.own else text("routing.change", language, change=f"{-self.saving(row):+.1%}")
        key = "routing.proven" if row.proven else "routing.not_proven"
        return text(key, language, routing=routing, cost=f"{row.cost:,.1f}", people=row.people, change=change,
                    share=f"{row.share_of_days:.1%}", bound=f"{row.bound:.1%}")  # fmt: skip


def routings_beside(own: ChatRouting, caps: Sequence[int]) -> tuple[ChatRouting, ...]:
    """Return the routing in use, then every priced router with every one of ``caps`` and the cap in use."""
    others = (ChatRouting(choice, cap) for choice in CHOICES for cap in sorted({*caps, own.cap}))
    return (own, *(routing for routing in others if routing != own))


def price_routings(
    scenario: Scenario,
    forecast: Forecast,
    routings: Sequence[ChatRouting],
    *,
    seed: int,
    day: int = 0,
    settings: LoopSettings = CHAT_SETTINGS,
    progress: Progress = silent,
) -> RoutingPrices:
    """Return the price of each of ``routings`` on a service day: the loop run again under it.

    Parameters
    ----------
    scenario
        One group that chats.
    routings
        The routing in use first; see ``routings_beside``.

    Raises
    ------
    PlanningError
        When the scenario has several groups.
    """
    alone, law = day_alone(scenario, forecast, day)

    def close(under: Scenario) -> LoopOutcome:
        return close_group_loop(under, law, seed=seed, settings=settings)

    return priced(alone, routings, close, progress)


def priced(
    scenario: Scenario, routings: Sequence[Routing], close: Callable[[Scenario], LoopOutcome], progress: Progress
) -> RoutingPrices:
    """Return the price of each of ``routings``: the loop that ``close`` runs, once under each of them."""
    rows = []
    for number, routing in enumerate(routings):
        progress(STAGE, number, len(routings))
        rows.append(PricedRouting(routing, close(routing.applied(scenario))))
    progress(STAGE, len(routings), len(routings))
    return RoutingPrices(tuple(rows))
