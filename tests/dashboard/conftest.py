"""A small shop, a store of its own, and a roster in it."""

import sys
from datetime import date

import numpy as np
import pytest

from dashboard.settings import STORE_VARIABLE
from dashboard.trial import Source
from scenarios import (
    US_PER_MIN,
    Assignment,
    Estimate,
    Plan,
    Provenance,
    Requirement,
    Roster,
    RosterOutcome,
    RosterStatus,
    ServiceReport,
    TargetStatement,
    Verdict,
    expected_demand,
)
from scheduler.store import open_store

DAY = date(2026, 11, 10)
TINY = """
schema = 1
name = "tiny"
absence_share = 0.1
seed = 7

[horizon]
first_date = 2026-11-10
dates = 1
interval_min = 30
zone = "Asia/Shanghai"

[horizon.opening]
weekly = "09:00-12:00"

[[contact_types]]
name = "call"
channel = "voice"
topic = "orders"
contacts_per_day = 60
work_s = { kind = "exponential", mean_s = 180 }
patience_s = { kind = "exponential", mean_s = 120 }

[[contact_types]]
name = "chat"
channel = "chat"
topic = "product"
contacts_per_day = 60
promo_response = 0.5
work_s = { kind = "exponential", mean_s = 240 }
patience_s = { kind = "exponential", mean_s = 240 }

[[groups]]
name = "phone"
skills = ["phone"]
serves = [{ contact_type = "call" }]

[[groups]]
name = "chat"
skills = ["chat"]
chat_cap = 3
session_speed = [1.0, 0.8, 0.6]
serves = [{ contact_type = "chat" }]

[[routes]]
contact_type = "call"
steps = [{ group = "phone" }]

[[routes]]
contact_type = "chat"
steps = [{ group = "chat" }]

[[targets]]
name = "live"
contact_types = ["call", "chat"]
day_share = 0.8

[[contracts]]
name = "regular"
shift_templates = ["morning"]
week_paid_h_max = 40
cost_per_paid_h_yuan = 38

[[contracts]]
name = "pool"
shift_templates = ["morning"]
week_paid_h_max = 24
cost_per_paid_h_yuan = 30
call_in = true

[[shift_templates]]
name = "morning"
length_min = 180
earliest_start = "09:00"
latest_start = "09:00"

[[teams]]
name = "caller"
count = 3
contract = "regular"
skills = ["phone"]

[[teams]]
name = "typist"
count = 2
contract = "regular"
skills = ["chat"]

[[teams]]
name = "helper"
count = 2
contract = "pool"
skills = ["phone"]
tenure_factor = 1.2
"""


@pytest.fixture(autouse=True)
def same_main(monkeypatch):
    """Give ``__main__`` back: a page that is played takes its place, and processes spawned later would run it again."""
    monkeypatch.setitem(sys.modules, "__main__", sys.modules["__main__"])


@pytest.fixture
def source():
    """The small shop's file as a planner would hand it in."""
    return Source("tiny.toml", TINY)


@pytest.fixture
def tiny(source):
    """The small shop: one morning, calls and chats, seven people."""
    return source.load()


@pytest.fixture
def address(tmp_path, monkeypatch):
    """The address of a store of this test's own; the pages show it."""
    url = f"sqlite:///{(tmp_path / 'store.db').as_posix()}"
    monkeypatch.setenv(STORE_VARIABLE, url)
    return url


@pytest.fixture
def store(address):
    """The store at ``address``, open."""
    with open_store(address) as opened:
        yield opened


@pytest.fixture
def roster(tiny):
    """Everybody of the small shop on the morning shift."""
    start, end = tiny.horizon.us_at(DAY, 9 * 60), tiny.horizon.us_at(DAY, 12 * 60)
    groups = {"caller": "phone", "helper": "phone", "typist": "chat"}
    return Roster(
        tuple(
            Assignment(agent.name, DAY, "morning", groups[agent.name.partition("-")[0]], start, end)
            for agent in tiny.agents
        )
    )


@pytest.fixture
def plan(tiny, roster):
    """A plan for the small shop: proven but for chat, one person short in the first hour."""
    shape = (tiny.horizon.intervals, 2)
    positions, shortfall = np.zeros(shape), np.zeros(shape)
    positions[18:24] = (5.0, 2.0)
    positions[18:20, 1] = 3.0
    shortfall[18:20, 1] = 1.0
    share = Estimate(0.91, 0.90, 0.92, 0.95, "ratio of sums", 60)
    statement = TargetStatement(
        target="live", date=DAY, days_simulated=60, days_met=58, share_of_days=58 / 60, bound=0.87, bound_joint=0.87,
        day_share=share, worst_hour_share=0.82, worst_hour=10 * 60, abandoned_share=share, proven=False,
    )  # fmt: skip
    return Plan(
        requirement=Requirement(tiny.horizon, ("phone", "chat"), positions),
        outcome=RosterOutcome(RosterStatus.FEASIBLE, roster, 1000.0, 950.0, shortfall),
        verdict=Verdict((), (statement,), joint_proven=False, attempt=1, error_spent=0.04, roster_fingerprint="x"),
        report=ServiceReport((), 60, "generic"),
        provenance=Provenance(7, (), (("scenario", tiny.fingerprint()),)),
    )


@pytest.fixture
def stored(store, tiny, plan):
    """The store with ``plan`` published as version 1 and the same plan as draft version 2."""
    forecast = expected_demand(tiny)
    first = store.rosters.add_draft("tiny", plan, forecast=forecast, actor="test")
    store.publish(first.id, actor="test")
    store.rosters.add_draft("tiny", plan, forecast=forecast, actor="test")
    return store


@pytest.fixture
def minute_us():
    """Microseconds of a minute."""
    return US_PER_MIN
