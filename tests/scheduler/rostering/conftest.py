"""Small shops, and the kernels as plain Python."""

from datetime import date, timedelta

import numpy as np
import pytest

from scenarios import (
    Agent,
    BreakRule,
    Channel,
    ContactType,
    Contract,
    Group,
    Horizon,
    Hours,
    Law,
    LawKind,
    Opening,
    Requirement,
    Route,
    RouteStep,
    Scenario,
    Serve,
    ShiftTemplate,
)

MONDAY = date(2026, 11, 9)
LUNCH = BreakRule(60, False, 180, 240)
TEA = BreakRule(15, True, 60, 120)


def _groups():
    return (Group("phone", ("calls",), (Serve("call"),)), Group("chat", ("chats",), (Serve("talk"),)))


def _types():
    work = Law(LawKind.EXPONENTIAL, 180.0)
    return (ContactType("call", Channel.VOICE, work), ContactType("talk", Channel.CHAT, work))


@pytest.fixture
def shop():
    """Make a scenario: open 08:00-22:00, full shifts of 8 h with tea and lunch, part shifts of 4 h."""

    def make(agents, *, dates=7, contracts=None, templates=None, interval_min=60, step=60, weekly=None):
        full = ShiftTemplate("full", 540, 480, 780, step, (TEA, LUNCH))
        part = ShiftTemplate("part", 240, 480, 1080, step)
        opening = Opening(weekly or (Hours(480, 1320),) * 7)
        known = contracts or (
            Contract("regular", ("full",), 44, 40.0, week_paid_h_min=32, days_off_per_week_min=1),
            Contract("pool", ("part",), 20, 32.0, call_in=True),
        )
        return Scenario(
            name="shop",
            horizon=Horizon(MONDAY, dates, interval_min, "Asia/Shanghai", opening),
            contact_types=_types(),
            groups=_groups(),
            routes=(Route("call", (RouteStep("phone"),)), Route("talk", (RouteStep("chat"),))),
            targets=(),
            contracts=known,
            shift_templates=templates or (full, part),
            agents=tuple(agents),
        )

    return make


@pytest.fixture
def team_members():
    """Make a mixed team: regulars and pool, phones, chats and both."""

    def make(regulars, pool):
        skills = (("calls",), ("chats",), ("calls", "chats"))
        kinds = ["regular"] * regulars + ["pool"] * pool
        return [Agent(f"{kind}-{number:02d}", kind, skills[number % 3]) for number, kind in enumerate(kinds)]

    return make


@pytest.fixture
def wanted():
    """Make a requirement: the same positions in every open interval, or given ones."""

    def make(scenario, phone, chat=0.0):
        positions = np.zeros((scenario.horizon.intervals, 2))
        positions[scenario.horizon.open_intervals()] = (phone, chat)
        return Requirement(scenario.horizon, ("phone", "chat"), positions)

    return make


@pytest.fixture
def monday():
    """First date of the shops."""
    return MONDAY


@pytest.fixture
def day():
    """Make the n-th date of the shops."""
    return lambda number: MONDAY + timedelta(days=number)
