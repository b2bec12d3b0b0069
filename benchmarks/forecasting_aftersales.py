"""After-sales contacts from orders, against last week, the mean of four and last year, on a simulated contact centre.

Reference file: ``data/forecasting/simulated_promo_contacts_30min.csv`` with local wall clock ``ts``, ``orders``,
``aftersale`` and ``event`` (event|year|phase). Every day of two promotion seasons is forecast 14 days ahead; the orders
to come are forecast by the same origin. The file has no marketing plan: one is made from the truth with an error of 7 %
for each phase, as the orders of an order plan.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from forecasting import HistoryGrid, Models, regularise
from forecasting.after_sales.plan import plan_phases, with_targets
from forecasting.following import OrderHistory, contacts_ahead
from forecasting.learning import learn
from scenarios import AfterSales, OrderPlan, PhasePlan, PromoEvent, PromoPhase
from scenarios.checks import BoolArray, FloatArray, IntArray
from scenarios.horizon import zone_of

FILE = "simulated_promo_contacts_30min.csv"
ZONE = "Asia/Shanghai"
INTERVAL_MIN = 30
SLOTS = 48
LEAD_DAYS = 14
PHASE_DAYS_MOST = 7
SEASONS = ((date(2025, 5, 13), date(2025, 6, 28)), (date(2025, 10, 15), date(2025, 11, 30)))
PLAN_ERROR = 0.07
PLAN_SEED = 1
WAPE_MOST = 0.135


@dataclass(frozen=True, slots=True)
class Centre:
    """The simulated contact centre: its series on a grid, and its promotions with the orders they really had."""

    orders: HistoryGrid
    contacts: HistoryGrid
    promotions: tuple[PromoEvent, ...]
    event_orders: Mapping[tuple[str, datetime], float]
    event_days: BoolArray

    def days(self) -> IntArray:
        """Return the rows that are forecast."""
        rows = [np.arange(self.orders.day_of(first), self.orders.day_of(last) + 1) for first, last in SEASONS]
        return np.concatenate(rows)


def read(path: Path) -> Centre:
    """Return the reference file."""
    table = pd.read_csv(path, parse_dates=["ts"])
    start = table["ts"].dt.tz_localize(ZONE)
    orders, contacts = (
        regularise(
            pd.DataFrame({"interval_start": start, "contact_type": name, "offered": table[name].astype(float)}),
            zone=ZONE, interval_min=INTERVAL_MIN,
        )
        for name in ("orders", "aftersale")
    )  # fmt: skip
    marks = table["event"].fillna("")
    events: dict[tuple[str, str], list[PromoPhase]] = {}
    had: dict[tuple[str, datetime], float] = {}
    step = pd.Timedelta(minutes=INTERVAL_MIN)
    for mark, rows in table[marks != ""].groupby(marks[marks != ""], sort=False):
        event, year, phase = str(mark).split("|")
        first, last = (rows["ts"].iloc[row].tz_localize(zone_of(ZONE)) for row in (0, -1))
        events.setdefault((event, year), []).append(
            PromoPhase(phase, first.to_pydatetime(), (last + step).to_pydatetime())
        )
        had[event, first.to_pydatetime()] = float(rows["orders"].sum())
    promotions = tuple(PromoEvent(event, tuple(phases)) for (event, _), phases in events.items())
    eventful = (marks.to_numpy() != "").reshape(-1, SLOTS).any(axis=1)
    return Centre(orders, contacts, promotions, had, eventful)


def forecast(
    centre: Centre, day: int, noise: Mapping[tuple[str, datetime], float] | None, models: Models
) -> FloatArray:
    """Return (S,) the contacts of row ``day`` as they are forecast ``LEAD_DAYS`` before, with a plan or without."""
    known = day - LEAD_DAYS + 1
    past, contacts = (grid.until(known) for grid in (centre.orders, centre.contacts))
    orders = OrderHistory(past, learn(past, centre.promotions, models=models))
    coming = centre.promotions
    if noise is not None:
        coming = _with_plan(centre, orders, noise)
    by_day = orders.by_day(LEAD_DAYS, _only_seen(coming, orders))
    ahead = contacts_ahead(orders, by_day, contacts, "aftersale", AfterSales.ORDER_STATUS)
    return np.asarray(ahead[-1], dtype=np.float64)


def _only_seen(events: tuple[PromoEvent, ...], orders: OrderHistory) -> tuple[PromoEvent, ...]:
    """Return the events without phases that have neither an uplift nor a past."""
    seen = {name for name, _ in orders.lesson.past[0].groups}
    return tuple(
        PromoEvent(event.name, tuple(phase for phase in event.phases if phase.uplift or phase.name in seen))
        for event in events
    )


def _with_plan(
    centre: Centre, orders: OrderHistory, noise: Mapping[tuple[str, datetime], float]
) -> tuple[PromoEvent, ...]:
    """Return the promotions with the uplift that a plan of their orders, off by ``noise``, asks for."""
    ordinary = orders.ordinary(LEAD_DAYS + PHASE_DAYS_MOST)
    first_us = int(ordinary.start_us[orders.grid.dates, 0])
    end_us = int(ordinary.start_us[orders.grid.dates + LEAD_DAYS, 0])
    told: list[PromoEvent] = []
    for event in centre.promotions:
        phases = [
            PhasePlan(event=event.name, name=phase.name, orders=centre.event_orders[key] * noise[key])
            for phase in event.phases
            if first_us < phase.end.timestamp() * 1e6 and phase.start.timestamp() * 1e6 < end_us
            for key in [(event.name, phase.start)]
        ]
        rows = (
            plan_phases(OrderPlan(schema=1, name="p", title={}, phases=tuple(phases)), (event,), ordinary)
            if phases
            else ()
        )
        told.extend(with_targets((event,), rows))
    return tuple(told)


def rivals(centre: Centre, day: int) -> dict[str, FloatArray]:
    """Return (S,) what last week, the mean of four weeks and last year say of row ``day`` on the same origin."""
    counts = centre.contacts.counts[:, :, 0]
    weeks = [day - LEAD_DAYS - 7 * number for number in range(4)]
    return {"weekly_naive": counts[weeks[0]], "mean_of_4": counts[weeks].mean(axis=0), "last_year": counts[day - 365]}


@dataclass(frozen=True, slots=True)
class AftersalesPart:
    """The benchmark of the after-sales wave."""

    name: str = "aftersales"
    room: str = "forecasting"

    @property
    def expected(self) -> Mapping[str, tuple[float, float]]:
        """What must hold on every machine."""
        return {"sim_aftersales_wape": (0.0, WAPE_MOST), "sim_aftersales_wape_plan": (0.0, WAPE_MOST)}

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Measure WAPE by interval and by day, on event days and others, with bias, beside three rivals."""
        centre = read(reference / "data" / "forecasting" / FILE)
        rng = np.random.default_rng(PLAN_SEED)
        noise = {key: float(np.exp(rng.normal(0.0, PLAN_ERROR))) for key in centre.event_orders}
        days = centre.days()
        said: dict[str, list[FloatArray]] = {}
        models, boosted = Models(), Models(boosted=True)  # what is said of a past serves every day after it
        for day in days.tolist():
            ways = {
                "from_orders": forecast(centre, day, None, models),
                "from_orders_plan": forecast(centre, day, noise, models),
                "from_orders_gbm": forecast(centre, day, None, boosted),
            }
            for way, counts in (ways | rivals(centre, day)).items():
                said.setdefault(way, []).append(counts)
        came = centre.contacts.counts[days, :, 0]
        eventful = centre.event_days[days]
        report(f"{'method':18} {'WAPE':>7} {'event':>7} {'other':>7} {'daily':>7} {'bias event':>11} {'other':>7}")
        figures: dict[str, float] = {}
        for way, rows in said.items():
            told = np.array(rows)
            scores = _scores(told, came, eventful)
            report(
                f"{way:18} "
                + " ".join(f"{value:7.4f}" for value in scores[:4])
                + f" {scores[4]:+11.3f} {scores[5]:+7.3f}"
            )
            name = "sim_aftersales_" + way.removeprefix("from_orders").lstrip("_")
            figures |= _named(name.rstrip("_"), way, scores)
        return figures


def _scores(told: FloatArray, came: FloatArray, eventful: BoolArray) -> tuple[float, ...]:
    """Return WAPE of all, event and other days' intervals and of day totals; bias of event and of other days."""
    missed, other = np.abs(told - came), ~eventful
    wapes = [float(missed[rows].sum() / came[rows].sum()) for rows in (eventful | other, eventful, other)]
    daily = float(np.abs(told.sum(axis=1) - came.sum(axis=1)).sum() / came.sum())
    return (*wapes, daily, *(float(told[rows].sum() / came[rows].sum() - 1) for rows in (eventful, other)))


def _named(name: str, way: str, scores: tuple[float, ...]) -> dict[str, float]:
    """Return the figures of a method; ours are called as the goals are, with ``_plan`` or ``_gbm`` at the end."""
    measures = ("wape", "event_wape", "other_wape", "daily_wape", "event_bias", "other_bias")
    if way in {"from_orders_plan", "from_orders_gbm"}:
        ending = way.removeprefix("from_orders")
        return {f"sim_aftersales_{measure}{ending}": score for measure, score in zip(measures, scores, strict=True)}
    return {f"{name}_{measure}": score for measure, score in zip(measures, scores, strict=True)}


PART = AftersalesPart()
