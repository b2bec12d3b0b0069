"""The reference chat day as a scenario of ours: one type by messages, one group."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np

from scenarios import (
    AgentChoice,
    Channel,
    ContactType,
    DemandUncertainty,
    Forecast,
    Group,
    Horizon,
    Hours,
    Law,
    LawKind,
    Messages,
    Opening,
    Route,
    RouteStep,
    Scenario,
    Serve,
    ServiceTarget,
)

OPENS_MIN = 8 * 60


def chat_day(day: Mapping[str, Any], choice: AgentChoice) -> Scenario:
    """Return the floor of a reference chat day: one type by messages, one group."""
    said = day["session"]
    kind = ContactType(
        "chat",
        Channel.CHAT,
        Law(LawKind.LOGNORMAL, said["first_reply_work_s"]["mean"] + 4 * said["reply_work_s"]["mean"]),
        Law(LawKind.EXPONENTIAL, said["slot_patience_s"]["mean"]),
        messages=Messages(
            said["rounds"]["mean"],
            Law(LawKind.LOGNORMAL, said["first_reply_work_s"]["mean"], said["first_reply_work_s"]["cv"]),
            Law(LawKind.LOGNORMAL, said["reply_work_s"]["mean"], said["reply_work_s"]["cv"]),
            Law(LawKind.EXPONENTIAL, said["think_s"]["mean"]),
            said["silence_close_s"],
        ),
    )
    group = Group("g", (), (Serve("chat"),), said["cap"], choice=choice)
    target = ServiceTarget("chat", ("chat",), 30.0, 0.9)
    hours = Hours(OPENS_MIN, OPENS_MIN + day["intervals"] * day["interval_min"])
    grid = Horizon(date(2025, 1, 1), 1, day["interval_min"], "UTC", Opening((hours,) * 7))
    return Scenario("chat", grid, (kind,), (group,), (Route("chat", (RouteStep("g"),)),), (target,), (), (), ())


def forecast_of(scenario: Scenario, day: Mapping[str, Any]) -> Forecast:
    """Return the forecast of a reference day: all of it to the first type."""
    expected = np.zeros((scenario.horizon.intervals, len(scenario.contact_types)))
    first = OPENS_MIN // day["interval_min"]
    expected[first : first + day["intervals"], 0] = day["mean_offered_per_interval"]
    names = tuple(kind.name for kind in scenario.contact_types)
    work = np.broadcast_to([kind.work_s.mean_s for kind in scenario.contact_types], expected.shape)
    return Forecast(scenario.horizon, names, expected, work, DemandUncertainty((0.1,)))
