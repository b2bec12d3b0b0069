"""A small day of calls: six hours, about forty contacts an hour, shifts of three and four hours."""

from datetime import date

import numpy as np
import pytest

from scenarios import (
    BreakRule,
    Channel,
    ContactType,
    Contract,
    DemandUncertainty,
    Forecast,
    Group,
    Horizon,
    Hours,
    Law,
    LawKind,
    Opening,
    Route,
    RouteStep,
    Scenario,
    Serve,
    ServiceTarget,
    ShiftTemplate,
)
from scheduler.loop.bed import CallBed
from scheduler.loop.closing import day_factor_of
from scheduler.loop.columns import day_columns
from scheduler.loop.voice import VoiceSurrogate

OPENS_MIN, CLOSES_MIN = 9 * 60, 15 * 60


def small_scenario(**changes: object) -> Scenario:
    horizon = Horizon(date(2025, 11, 11), 1, 15, "Asia/Shanghai", Opening((Hours(OPENS_MIN, CLOSES_MIN),) * 7))
    calls = ContactType("call", Channel.VOICE, Law(LawKind.LOGNORMAL, 240.0), Law(LawKind.EXPONENTIAL, 150.0))
    fields = {
        "name": "small", "horizon": horizon, "contact_types": (calls,),
        "groups": (Group("g", (), (Serve("call"),)),), "routes": (Route("call", (RouteStep("g"),)),),
        "targets": (ServiceTarget("calls", ("call",), 30.0, 0.8, 0.9, 0.95, hour_share_floor=0.6),),
        "contracts": (Contract("any", ("short", "long"), 40.0, 1.0),),
        "shift_templates": (
            ShiftTemplate("short", 180, OPENS_MIN, CLOSES_MIN - 180, 30),
            ShiftTemplate("long", 240, OPENS_MIN, CLOSES_MIN - 240, 30, (BreakRule(30, False, 90, 120),)),
        ),
        "agents": (), "absence_share": 0.05,
    } | changes  # fmt: skip
    return Scenario(**fields)  # type: ignore[arg-type]  # changes are checked by the scenario itself


def small_forecast(scenario: Scenario, per_interval: float = 10.0) -> Forecast:
    horizon = scenario.horizon
    expected = np.where(horizon.open_intervals(), per_interval, 0.0)[:, None]
    return Forecast(horizon, ("call",), expected, np.full_like(expected, 240.0), DemandUncertainty((0.1,)))


@pytest.fixture
def scenario() -> Scenario:
    return small_scenario()


@pytest.fixture
def forecast(scenario: Scenario) -> Forecast:
    return small_forecast(scenario)


@pytest.fixture
def bed(scenario: Scenario, forecast: Forecast) -> CallBed:
    return CallBed(scenario, forecast, day_columns(scenario))


@pytest.fixture
def surrogate(bed: CallBed) -> VoiceSurrogate:
    return VoiceSurrogate(bed.scenario, bed.forecast, bed.columns, day_factor_of(bed.forecast))
