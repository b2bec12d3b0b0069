"""What is measured: every KPI by name, with its numerator, denominator, clock, window, exclusions and estimator."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from sim.measures.counting import AGES_H
from sim.measures.estimates import MEAN_OF_REPLICATIONS as MEAN
from sim.measures.estimates import RATIO_OF_SUMS as RATIO

DEFINITIONS = "generic-2026-02"
"""Name of the definition set below. A changed definition gets a new name, so that old reports keep their meaning."""
QUANTILE = "quantile of pooled waits"
LARGEST = "mean of each replication's largest cell"
"""Names of estimators, as they stand in every ``Estimate``."""
OFFER = "interval of offer"
MESSAGE = "interval of the buyer's message"
MATTER = "interval of the matter's first offer"
END = "interval of the end"
STATE = "end of the interval, hour, day or horizon"
WHOLE = "whole horizon"
"""Clocks: what decides in which interval, and so on which day, something counts."""


class Grain(StrEnum):
    """The finest piece of time a KPI is told for."""

    INTERVAL = "interval"
    DAY = "day"
    WHOLE = "whole"


class Concerns(StrEnum):
    """Which contact types a KPI is about; of others it is not told."""

    ALL = "all"
    LIVE = "live"
    TICKETS = "tickets"
    MESSAGES = "messages"  # chats by messages


@dataclass(frozen=True, slots=True)
class KpiDefinition:
    """How a measure is made.

    Parameters
    ----------
    numerator, denominator
        Names of the counts that are added up (``Study.sums`` knows them); an empty denominator is the number of
        replications.
    clock
        What decides into which interval an attempt is counted.
    estimator
        Name of the estimator, as it stands in every ``Estimate``.
    unit
        ``"share"``, ``"s"``, ``"h"``, ``"yuan"``, ``"contacts"``, ``"messages"``, ``"per hour"``, ``"per contact"`` or
        ``"per person"``.
    scope
        ``"type"``: per contact type, target and label. ``"group"``: per group.
    grain
        The finest piece of time it is told for.
    concerns
        Which contact types it is about.
    exclusions
        What is left out of numerator and denominator, in words.
    probability
        Of a quantile: which.
    headline
        Whether it belongs on a first page.
    """

    key: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    clock: str
    estimator: str
    unit: str
    scope: str = "type"
    grain: Grain = Grain.DAY
    concerns: Concerns = Concerns.ALL
    exclusions: str = "contacts the bot kept"
    probability: float = 0.0
    headline: bool = False

    @property
    def is_sum(self) -> bool:
        """Whether it is made of a numerator and a denominator that are sums, see ``Study.parts``."""
        return self.estimator in (RATIO, MEAN)

    @property
    def needs_pay(self) -> bool:
        """Whether it can be told only where it is known what the roster costs."""
        return "cost_yuan" in self.numerator


_NO_BOT = "contacts the bot kept"


def _ratio(key: str, numerator: str, denominator: str, clock: str = OFFER, unit: str = "") -> KpiDefinition:
    """Return a ratio of sums; several counts of the denominator stand in one string."""
    unit = unit or ("s" if key.endswith("_s") else "share")
    return KpiDefinition(key, (numerator,), tuple(denominator.split()), clock, RATIO, unit)


def _mean(key: str, count: str, clock: str = OFFER, unit: str = "contacts") -> KpiDefinition:
    return KpiDefinition(key, (count,), (), clock, MEAN, unit)


def _quantile(key: str, probability: float, total: str) -> KpiDefinition:
    return KpiDefinition(key, ("waits",), (total,), OFFER, QUANTILE, "s", probability=probability)


def _about(concerns: Concerns, *definitions: KpiDefinition) -> tuple[KpiDefinition, ...]:
    return tuple(replace(definition, concerns=concerns) for definition in definitions)


def _of_groups(*definitions: KpiDefinition) -> tuple[KpiDefinition, ...]:
    return tuple(
        replace(definition, scope="group", grain=Grain.WHOLE, clock=WHOLE, exclusions="") for definition in definitions
    )


_VOLUME = (
    _mean("offered", "offered"),
    _ratio("offered_share", "offered", "offered_all"),
    _mean("finished", "finished", END),
    KpiDefinition("peak_finished_per_hour", ("finished_per_hour",), (), END, LARGEST, "per hour"),
)
_ANSWERS = (
    _ratio("share_in_time", "in_time", "offered"),
    _mean("in_time", "in_time"),
    _ratio("answered_share", "answered", "offered"),
    *_about(
        Concerns.LIVE,
        _ratio("abandoned_share", "abandoned", "offered"),
        _ratio("closed_out_share", "closed_out", "offered"),
    ),
    replace(_ratio("asa_s", "wait_s_sum", "answered"), exclusions=f"{_NO_BOT}; those never answered"),
    _quantile("wait_p50_s", 0.5, "answered"),
    _quantile("wait_p80_s", 0.8, "answered"),
    _quantile("wait_p90_s", 0.9, "answered"),
    _quantile("wait_p95_s", 0.95, "answered"),
    _quantile("offered_90_within_s", 0.9, "offered"),
    replace(_ratio("bot_contained_share", "bot_contained", "offered bot_contained"), exclusions=""),
)
_REPLIES = _about(
    Concerns.MESSAGES,
    _mean("rounds", "rounds", MESSAGE, "messages"),
    _ratio("reply_within_share", "replies_in_time", "rounds", MESSAGE),
    _ratio("mean_reply_s", "reply_s_sum", "replied", MESSAGE),
    _ratio("mean_reply_capped_s", "reply_capped_s_sum", "rounds", MESSAGE),
)
_HANDLING = (
    _ratio("work_s", "work_s_sum", "handled"),
    _ratio("session_s", "session_s_sum", "handled"),
    _ratio("time_to_close_s", "close_s_sum", "matters_resolved", MATTER),
    _ratio("first_contact_resolution_share", "matters_first", "matters_answered", MATTER),
    _ratio("one_time_resolution_share", "matters_once", "matters_answered", MATTER),
    _ratio("first_line_resolution_share", "matters_first_line", "matters_answered", MATTER),
    _ratio("resolution_share", "matters_resolved", "matters", MATTER),
    _ratio("recontact_share", "recontacts", "handled"),
    _ratio("escalation_share", "escalations", "handled"),
    _ratio("transfer_share", "transferred", "offered"),
    _ratio("repeated_transfer_share", "matters_retransferred", "matters", MATTER),
    _ratio("department_share", "departments", "handled"),
    _ratio("case_share", "cases", "handled"),
    _ratio("hand_overs_per_contact", "hops", "offered", unit="per contact"),
    *_about(
        Concerns.LIVE,
        _ratio("redial_share", "redials", "abandoned"),
        _ratio("message_share", "messages_left", "offered"),
        _ratio("reopened_share", "reopened", "handled"),
    ),
    _mean("value_yuan", "value_yuan_sum", MATTER, "yuan"),
    _mean("value_lost_yuan", "value_lost_yuan_sum", MATTER, "yuan"),
)
_CASES = _about(
    Concerns.TICKETS,
    _ratio("overdue_share", "overdue", "settled"),
    _ratio("closure_share", "handled", "offered"),
    _mean("backlog", "backlog", STATE),
    _mean("overdue_open", "overdue_open", STATE),
    *(_ratio(f"aged_{age}h_share", f"aged_{age}h", "backlog", STATE) for age in AGES_H),
    *(_ratio(f"responded_{age}h_share", f"responded_{age}h", f"watched_{age}h") for age in AGES_H),
    *(_ratio(f"closed_{age}h_share", f"closed_{age}h", f"watched_{age}h") for age in AGES_H),
)
_PEOPLE = _of_groups(
    _ratio("occupancy", "busy_us", "at_work_us"),
    _ratio("working_share", "working_us", "at_work_us"),
    _ratio("utilisation", "busy_us", "paid_us"),
    _mean("online_h", "at_work_h", unit="h"),
    _mean("paid_h", "paid_h", unit="h"),
    _ratio("handled_per_hour", "handled_by_group", "at_work_h", unit="per hour"),
    _ratio("handled_per_person", "handled_by_group", "people", unit="per person"),
    _mean("cost_yuan", "cost_yuan", unit="yuan"),
    _ratio("cost_per_contact_yuan", "cost_yuan", "handled_by_group", unit="yuan"),
)
_HEADLINES = frozenset({
    "offered", "share_in_time", "abandoned_share", "closed_out_share", "asa_s", "bot_contained_share", "overdue_share",
    "occupancy",
})  # fmt: skip
"""What belongs on a first page."""
_BY_INTERVAL = (_HEADLINES - {"occupancy"}) | {"reply_within_share", "mean_reply_s", "backlog"}
"""What is also told interval by interval: what a planner looks at by the quarter of an hour."""


def _finished(definition: KpiDefinition) -> KpiDefinition:
    grain = Grain.INTERVAL if definition.key in _BY_INTERVAL else definition.grain
    return replace(definition, grain=grain, headline=definition.key in _HEADLINES)


KPIS: Mapping[str, KpiDefinition] = MappingProxyType(
    {
        definition.key: _finished(definition)
        for definition in (*_VOLUME, *_ANSWERS, *_REPLIES, *_HANDLING, *_CASES, *_PEOPLE)
    }
)
"""Every KPI by key, in the order in which reports show them."""
