"""Histories whose truth is known, and the least scenario around a horizon."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from scenarios import (
    Channel,
    ContactType,
    Group,
    Horizon,
    Hours,
    Law,
    LawKind,
    Opening,
    PromoEvent,
    PromoPhase,
    Route,
    RouteStep,
    Scenario,
    Serve,
)

ZONE = "Asia/Shanghai"
ALWAYS = Hours(0, 1440)
HOUR_SHAPE = np.array([0.1] * 8 + [1, 2, 4, 3, 2, 3, 4, 4, 3, 2, 2, 3, 3, 2, 1, 0.5])
WEEKDAY_SHAPE = np.array([1.2, 1.0, 1.0, 1.0, 1.1, 0.8, 0.9])


@pytest.fixture(scope="session")
def make_history() -> Callable[..., pd.DataFrame]:
    """Return a maker of histories: the rate of an hour, times what ``lift`` says of an instant, Poisson or exact."""

    def make(
        first="2026-03-02", days=84, *, minutes=30, per_day=1000.0, zone=ZONE, contact_type="call", **strays
    ):  # fmt: skip
        """``strays``: ``seed`` (none: exact rates), ``lift`` (what multiplies the rate of an instant), ``day_cv``."""
        seed, lift, day_cv = strays.get("seed"), strays.get("lift"), strays.get("day_cv", 0.0)
        start = pd.date_range(first, periods=days * 1440 // minutes, freq=f"{minutes}min", tz=zone)
        share = HOUR_SHAPE[start.hour] / HOUR_SHAPE.sum() * minutes / 60
        rate = per_day * share * WEEKDAY_SHAPE[start.day_of_week]
        if lift is not None:
            rate = rate * np.array([lift(moment) for moment in start])
        if day_cv:
            spread = np.sqrt(np.log1p(day_cv**2))
            normals = np.random.default_rng(seed).standard_normal(days + 1)
            day = np.asarray((start.tz_localize(None) - pd.Timestamp(first)).days)
            rate = rate * np.exp(spread * normals - spread**2 / 2)[day]
        offered = rate if seed is None else np.random.default_rng(seed).poisson(rate).astype(float)
        return pd.DataFrame({"interval_start": start, "contact_type": contact_type, "offered": offered})

    return make


@pytest.fixture(scope="session")
def make_scenario() -> Callable[..., Scenario]:
    """Return a maker of scenarios with one group for all types."""

    def make(first=date(2026, 5, 25), dates=7, *, interval_min=30, zone=ZONE, hours=ALWAYS, types=("call",), **more):
        kinds = tuple(
            kind if isinstance(kind, ContactType) else ContactType(kind, Channel.VOICE, Law(LawKind.EXPONENTIAL, 200.0))
            for kind in types
        )
        names = [kind.name for kind in kinds]
        opening = hours if isinstance(hours, Opening) else Opening((hours,) * 7)
        return Scenario(
            name="test",
            horizon=Horizon(first, dates, interval_min, zone, opening),
            contact_types=kinds,
            groups=(Group("floor", (), tuple(Serve(name) for name in names)),),
            routes=tuple(Route(name, (RouteStep("floor"),)) for name in names),
            targets=(), contracts=(), shift_templates=(), agents=(), **more,
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def make_event() -> Callable[..., PromoEvent]:
    """Return a maker of one-phase events: local start, hours, and what the plan says."""

    def make(start, hours=28.0, *, name="sale", phase="peak", zone=ZONE, **plan):
        begin = pd.Timestamp(start, tz=zone)
        end = begin + pd.Timedelta(hours=hours)
        return PromoEvent(name, (PromoPhase(phase, begin.to_pydatetime(), end.to_pydatetime(), **plan),))

    return make
