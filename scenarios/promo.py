"""Promotions, levers and shocks: what lifts, lowers or disturbs the demand."""

import itertools
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scenarios.checks import require_moment, require_not_negative, require_positive
from scenarios.errors import PlanningError
from scenarios.shape import FileShape


class PlanKind(StrEnum):
    """What the planner's uplift of a phase is."""

    TARGET = "target"  # it wins over whatever the past says
    EXPECTED = "expected"  # one opinion: it is weighed against the past by how far each may be off


@dataclass(frozen=True, slots=True)
class PromoPhase(FileShape):
    """A phase of a promotion: orders run at ``uplift`` times the ordinary rate of the same hour.

    Parameters
    ----------
    name
        Key under which phases of different years are compared (``opening``, ``midnight``, ``day``).
    start, end
        Aware, half-open.
    uplift
        The planner's expected ratio to the ordinary rate, averaged over the phase; ``None`` leaves it to history.
    burst_half_life_min
        ``None``: the uplift is level over the phase. Otherwise an uplift above 1 decays from the phase's start towards
        the ordinary rate with this half-life, its mean over the phase staying ``uplift`` (see ``order_uplift``).
    uplift_cv
        How far the planner's uplift may be off, as a coefficient of variation; .07, the usual error of a marketing
        plan, unless told otherwise. Without an uplift the spread of past promotions counts instead.
    plan
        Whether ``uplift`` wins over what past phases of the name did (``target``) or is weighed against it
        (``expected``): the mean of the logarithms of both, each by one over its squared error.
    """

    name: str
    start: datetime
    end: datetime
    uplift: float | None = None
    burst_half_life_min: float | None = None
    uplift_cv: float = 0.07
    plan: PlanKind = PlanKind.TARGET

    def __post_init__(self) -> None:
        thing = f"PromoPhase({self.name})"
        for field in ("start", "end"):
            require_moment(thing, field, getattr(self, field))
        if not self.start < self.end:
            raise PlanningError(
                "span_inverted", thing=thing, field="end", value=self.end.isoformat(), start=self.start.isoformat()
            )
        if self.uplift is not None:
            require_positive(thing, "uplift", self.uplift)
        require_not_negative(thing, "uplift_cv", self.uplift_cv)
        if self.burst_half_life_min is not None:
            require_positive(thing, "burst_half_life_min", self.burst_half_life_min)


@dataclass(frozen=True, slots=True)
class PromoEvent(FileShape):
    """A promotion: a key shared by its years (``double11``) and its phases in time order, not overlapping."""

    name: str
    phases: tuple[PromoPhase, ...]

    def __post_init__(self) -> None:
        for earlier, later in itertools.pairwise(self.phases):
            if later.start < earlier.end:
                raise PlanningError(
                    "phases_overlap", thing=f"PromoEvent({self.name})", field="phases", value=later.name,
                    other=earlier.name,
                )  # fmt: skip


class Quantity(StrEnum):
    """What an effect multiplies."""

    VOLUME = "volume"
    WORK = "work"
    PATIENCE = "patience"
    ABSENCE = "absence"
    BOT = "bot"  # share of contacts the bot is offered
    RECONTACT = "recontact"  # share of answered contacts that come again
    FIRST_REPLY = "first_reply"  # work of the first reply of a chat, beside ``work``


@dataclass(frozen=True, slots=True)
class Effect(FileShape):
    """Multiply a quantity for some contact types during a span.

    Parameters
    ----------
    contact_types
        Empty: all types. Ignored by ``absence``.
    start, end
        Aware, half-open; ``None`` for the edge of the horizon.
    factor
        >= 0.
    """

    quantity: Quantity
    factor: float
    contact_types: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None

    def __post_init__(self) -> None:
        require_not_negative("Effect", "factor", self.factor)
        for field in ("start", "end"):
            value = getattr(self, field)
            if value is not None:
                require_moment("Effect", field, value)


@dataclass(frozen=True, slots=True)
class Lever(FileShape):
    """Something the planner can switch on (order-node notices, templates): its effects and what it costs."""

    name: str
    effects: tuple[Effect, ...]
    cost_yuan: float = 0.0

    def __post_init__(self) -> None:
        require_not_negative(f"Lever({self.name})", "cost_yuan", self.cost_yuan)


@dataclass(frozen=True, slots=True)
class Shock(FileShape):
    """Something that happens to the planner (courier delay, sick wave, slow back-end): its effects."""

    name: str
    effects: tuple[Effect, ...]
