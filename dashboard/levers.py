"""The planner's levers: what a promotion day would be if orders, bot, notices, chat cap or absence were others.

Everything here takes a scenario or a forecast and returns another; nothing knows of pages.
"""

from dataclasses import dataclass, replace

import numpy as np

from scenarios import (
    BotStage,
    Channel,
    ContactType,
    Effect,
    Forecast,
    Group,
    Lever,
    Quantity,
    Scenario,
    contact_uplift,
    order_uplift,
    with_cap,
)
from scenarios.checks import require_positive, require_share

NOTICES = "order_notices"
"""Name of the lever "buyers are told about their orders before they ask"."""
NOTICES_TOPIC = "orders"
"""Topic of the contacts notices can save where no such lever is declared."""
NOTICES_SAVE_SHARE = 0.6
"""Share of contacts about an order that a notice at its nodes (shipped, cleared) saves, as service reports state it."""


@dataclass(frozen=True, slots=True)
class Levers:
    """Settings of one trial; ``None`` leaves the scenario as it is.

    Parameters
    ----------
    orders_factor
        Orders against the scenario's, > 0. A contact type follows with its ``promo_response``.
    bot_offered_share, bot_containment_share
        Share of contacts the bot meets first, and share of those it keeps; for the types of ``bot_types``.
    notices_coverage
        Share of orders whose buyers get notices; 0 switches them off.
    chat_cap
        Sessions an agent may hold, for every group that chats.
    absence_share
        Probability that a rostered person stays away.
    """

    orders_factor: float = 1.0
    bot_offered_share: float | None = None
    bot_containment_share: float | None = None
    notices_coverage: float | None = None
    chat_cap: int | None = None
    absence_share: float | None = None

    def __post_init__(self) -> None:
        require_positive("Levers", "orders_factor", self.orders_factor)
        for field in ("bot_offered_share", "bot_containment_share", "notices_coverage", "absence_share"):
            value = getattr(self, field)
            if value is not None:
                require_share("Levers", field, value)
        if self.chat_cap is not None:
            require_positive("Levers", "chat_cap", self.chat_cap)

    def applied_to(self, scenario: Scenario) -> Scenario:
        """Return ``scenario`` as it would be with these settings; equal settings leave it equal."""
        return replace(
            scenario,
            contact_types=self._contact_types(scenario),
            groups=self._groups(scenario),
            levers=self._levers(scenario),
            absence_share=scenario.absence_share if self.absence_share is None else self.absence_share,
        )

    def _contact_types(self, scenario: Scenario) -> tuple[ContactType, ...]:
        if self.bot_offered_share is None and self.bot_containment_share is None:
            return scenario.contact_types
        served = bot_types(scenario)
        return tuple(
            replace(kind, bot=self._bot(kind.bot)) if kind.name in served else kind for kind in scenario.contact_types
        )

    def _bot(self, declared: BotStage | None) -> BotStage:
        bot = declared or BotStage(0.0, 0.0)
        offered = bot.offered_share if self.bot_offered_share is None else self.bot_offered_share
        kept = bot.containment_share if self.bot_containment_share is None else self.bot_containment_share
        return BotStage(offered, kept, bot.hand_over_delay_s)

    def _groups(self, scenario: Scenario) -> tuple[Group, ...]:
        cap = self.chat_cap
        if cap is None:
            return scenario.groups
        return tuple(with_cap(group, cap) if chats(scenario, group) else group for group in scenario.groups)

    def _levers(self, scenario: Scenario) -> tuple[Lever, ...]:
        coverage, served = self.notices_coverage, notices_types(scenario)
        if coverage is None or not served:
            return scenario.levers
        others = tuple(lever for lever in scenario.levers if lever.name != NOTICES)
        effect = Effect(Quantity.VOLUME, 1.0 - NOTICES_SAVE_SHARE * coverage, served)
        return (*others, Lever(NOTICES, (effect,))) if coverage else others

    def forecast_for(self, scenario: Scenario, forecast: Forecast) -> Forecast:
        """Return ``forecast`` with the contacts the changed orders bring.

        A type's contacts are 1 + response x (order ratio - 1) times the ordinary ones, during a promotion the order
        ratio being the promotion's; phases that leave their uplift to history count as ordinary here.
        """
        if self.orders_factor == 1.0:
            return forecast
        horizon = scenario.horizon
        stated = [
            replace(event, phases=tuple(phase for phase in event.phases if phase.uplift is not None))
            for event in scenario.promo
        ]
        orders = order_uplift(stated, horizon.start, horizon.intervals, horizon.interval_min)
        planned = contact_uplift(orders, scenario.contact_types)
        changed = contact_uplift(orders * self.orders_factor, scenario.contact_types)
        ratio = np.divide(changed, planned, out=np.ones_like(planned), where=planned > 0)
        columns = [forecast.column(kind.name) for kind in scenario.contact_types]
        expected = forecast.expected.copy()
        expected[:, columns] *= ratio
        return replace(forecast, expected=expected)


def bot_types(scenario: Scenario) -> frozenset[str]:
    """Return the contact types the bot lever moves: those with a bot, or all chats where there is none yet."""
    with_bot = frozenset(kind.name for kind in scenario.contact_types if kind.bot is not None)
    return with_bot or frozenset(kind.name for kind in scenario.contact_types if kind.channel is Channel.CHAT)


def bot_shares(scenario: Scenario) -> tuple[float, float]:
    """Return the mean shares (offered to the bot, kept by it) over the types of ``bot_types``; zeros without any."""
    bots = [kind.bot or BotStage(0.0, 0.0) for kind in scenario.contact_types if kind.name in bot_types(scenario)]
    if not bots:
        return 0.0, 0.0
    return float(np.mean([b.offered_share for b in bots])), float(np.mean([b.containment_share for b in bots]))


def chats(scenario: Scenario, group: Group) -> bool:
    """Return whether ``group`` takes chats."""
    kinds = {kind.name for kind in scenario.contact_types if kind.channel is Channel.CHAT}
    return any(serve.contact_type in kinds for serve in group.serves)


def chat_cap_of(scenario: Scenario) -> int | None:
    """Return the largest chat cap in force, ``None`` where nobody chats."""
    return max((group.chat_cap for group in scenario.groups if chats(scenario, group)), default=None)


def notices_types(scenario: Scenario) -> tuple[str, ...]:
    """Return the contact types notices can save: those the declared lever names, else all about orders."""
    declared = _declared_notices(scenario)
    if declared and declared.contact_types:
        return declared.contact_types
    return tuple(kind.name for kind in scenario.contact_types if kind.topic == NOTICES_TOPIC)


def notices_coverage_of(scenario: Scenario) -> float:
    """Return the share of orders covered by the notices the scenario declares, 0 without any."""
    declared = _declared_notices(scenario)
    return 0.0 if declared is None else min(1.0, max(0.0, (1.0 - declared.factor) / NOTICES_SAVE_SHARE))


def _declared_notices(scenario: Scenario) -> Effect | None:
    effects = (effect for lever in scenario.levers if lever.name == NOTICES for effect in lever.effects)
    return next((effect for effect in effects if effect.quantity is Quantity.VOLUME), None)
