"""Order plans: what marketing means to sell in each phase of a promotion, and the enquiries it takes.

A plan is a TOML file: ``scenarios/library/plans`` holds those that ship, a path names one of your own. The arithmetic
is the planners' own: turnover over basket gives orders; the share of them that goes through service, over the share of
enquiries that end in an order, gives enquiries (500,000 yuan / 100 = 5,000 orders; x 20 % / 40 % = 2,500 enquiries;
39zn.cn/article/89975).
"""

from dataclasses import dataclass, field
from pathlib import Path

from scenarios.checks import require_not_negative, require_positive, require_share, require_unique
from scenarios.errors import PlanningError
from scenarios.merge import LIBRARY
from scenarios.plan_files import names_in, read_plan
from scenarios.shape import FileShape

PLANS = LIBRARY / "plans"
_SHARES_TOLERANCE = 0.001  # thirds written with three digits add up to 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class PhasePlan(FileShape):
    """What one phase is to sell: ``gmv_yuan`` or ``orders``; its other figures are the plan's where it has none.

    Parameters
    ----------
    event, name
        The phase of a scenario's ``promo`` that is meant.
    orders
        Orders of the phase, in all.
    gmv_yuan
        Turnover of the phase (paid orders); divided by the basket it gives the orders.
    basket_yuan
        Yuan per order.
    through_service_share
        Share of the orders whose buyers ask before they buy.
    conversion_share
        Share of those who ask that buy.
    """

    event: str
    name: str
    orders: float | None = None
    gmv_yuan: float | None = None
    basket_yuan: float | None = None
    through_service_share: float | None = None
    conversion_share: float | None = None

    def __post_init__(self) -> None:
        if (self.orders is None) == (self.gmv_yuan is None):
            raise PlanningError("orders_or_gmv", thing=self.thing, field="orders", value=self.orders)
        for name in ("orders", "gmv_yuan"):
            value = getattr(self, name)
            if value is not None:
                require_not_negative(self.thing, name, value)
        _check_rates(self.thing, self.basket_yuan, self.through_service_share, self.conversion_share)

    @property
    def thing(self) -> str:
        """How messages call it."""
        return f"PhasePlan({self.event}/{self.name})"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlan(FileShape):
    """An order plan.

    Parameters
    ----------
    title
        By language.
    phases
        Phases with a target; others of the scenario keep their uplift.
    basket_yuan, through_service_share, conversion_share
        For phases that do not say otherwise.
    enquiries
        Contact types the enquiries come as, with their shares, which add up to 1; empty: not told apart.
    ordinary_orders_per_day
        Orders of an ordinary day, for a shop whose history has no column ``orders``.
    """

    schema: int
    name: str
    title: dict[str, str]
    phases: tuple[PhasePlan, ...]
    basket_yuan: float | None = None
    through_service_share: float | None = None
    conversion_share: float | None = None
    enquiries: dict[str, float] = field(default_factory=dict)
    ordinary_orders_per_day: float | None = None

    def __post_init__(self) -> None:
        thing = f"OrderPlan({self.name})"
        if not self.phases:
            raise PlanningError("empty", thing=thing, field="phases", value="()")
        require_unique(thing, "phases", (f"{phase.event}/{phase.name}" for phase in self.phases))
        _check_rates(thing, self.basket_yuan, self.through_service_share, self.conversion_share)
        if self.ordinary_orders_per_day is not None:
            require_positive(thing, "ordinary_orders_per_day", self.ordinary_orders_per_day)
        for name, share in self.enquiries.items():
            require_share(thing, f"enquiries.{name}", share)
        together = sum(self.enquiries.values())
        if self.enquiries and abs(together - 1.0) > _SHARES_TOLERANCE:
            raise PlanningError("shares_not_one", thing=thing, field="enquiries", value=round(together, 4))
        for phase in self.phases:
            self.orders_of(phase)

    def orders_of(self, phase: PhasePlan) -> float:
        """Return the orders of ``phase``: told, or turnover over basket."""
        if phase.orders is not None:
            return phase.orders
        return (phase.gmv_yuan or 0.0) / self._rate(phase, "basket_yuan")

    def enquiries_of(self, phase: PhasePlan) -> float | None:
        """Return the pre-sale contacts of ``phase`` by the hand formula; ``None`` where the plan has no rates for it.

        orders x share through service / conversion: each order through service took 1 / conversion enquiries.
        """
        rates = ("through_service_share", "conversion_share")
        if all(getattr(phase, name) is None and getattr(self, name) is None for name in rates):
            return None
        through, conversion = (self._rate(phase, name) for name in rates)
        return self.orders_of(phase) * through / conversion

    def _rate(self, phase: PhasePlan, name: str) -> float:
        own = getattr(phase, name)
        value = getattr(self, name) if own is None else own
        if value is None:
            raise PlanningError("plan_lacks", thing=phase.thing, field=name, value="-")
        return float(value)


def plan_names() -> tuple[str, ...]:
    """Return the names of the order plans that ship, sorted."""
    return names_in(PLANS)


def load_order_plan(source: str | Path) -> OrderPlan:
    """Return the order plan of a library name or of a TOML file of your own.

    Raises
    ------
    PlanningError
        When there is none, or the file does not read as one.
    """
    return read_plan(OrderPlan, PLANS, source, "no_plan")


def _check_rates(thing: str, basket_yuan: float | None, through: float | None, conversion: float | None) -> None:
    if basket_yuan is not None:
        require_positive(thing, "basket_yuan", basket_yuan)
    if through is not None:
        require_share(thing, "through_service_share", through)
    if conversion is not None:
        require_share(thing, "conversion_share", conversion)
        require_positive(thing, "conversion_share", conversion)
