"""A small shop whose plan is written by hand, and a site so small that its night takes a second."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from scenarios import (
    Assignment,
    Break,
    DemandUncertainty,
    Estimate,
    Forecast,
    Kpi,
    Plan,
    Provenance,
    Reason,
    Requirement,
    Roster,
    RosterOutcome,
    RosterStatus,
    RuleBreach,
    ServiceReport,
    TargetStatement,
    Verdict,
    scenario_from,
)
from scenarios.text import Term
from scheduler.nightly import load_site

HOUR_US = 3_600_000_000
SHOP = {
    "schema": 1,
    "name": "corner_shop",
    "horizon": {
        "first_date": date(2026, 11, 10),
        "dates": 2,
        "interval_min": 30,
        "zone": "Asia/Shanghai",
        "opening": {"weekly": "09:00-26:00"},
    },
    "contact_types": [
        {"name": "phone", "channel": "voice", "work_s": {"kind": "exponential", "mean_s": 180.0}},
        {"name": "chat", "channel": "chat", "work_s": {"kind": "exponential", "mean_s": 120.0}},
    ],
    "groups": [
        {"name": "hotline", "skills": ["phone"], "serves": [{"contact_type": "phone"}]},
        {"name": "online", "skills": ["chat"], "serves": [{"contact_type": "chat"}]},
    ],
    "routes": [
        {"contact_type": "phone", "steps": [{"group": "hotline"}]},
        {"contact_type": "chat", "steps": [{"group": "online"}]},
    ],
    "targets": [{"name": "all_in_30s", "contact_types": ["phone", "chat"]}],
    "contracts": [
        {
            "name": "full", "shift_templates": ["long", "night"], "week_paid_h_max": 40.0, "cost_per_paid_h_yuan": 30.0,
        }
    ],
    "shift_templates": [
        {
            "name": "long", "length_min": 480, "earliest_start": "09:00", "latest_start": "16:00",
            "breaks": [
                {
                    "length_min": 60, "paid": False, "earliest_after_start_min": 180, "latest_after_start_min": 300,
                }
            ],
        },
        {"name": "night", "length_min": 480, "earliest_start": "18:00", "latest_start": "18:00"},
    ],
    "agents": [
        {"name": "张伟", "contract": "full", "skills": ["phone", "chat"]},
        {"name": "=HYPERLINK(1)", "contract": "full", "skills": ["phone"]},
        {"name": "@ann/b", "contract": "full", "skills": ["chat"]},
    ],
}  # fmt: skip


@pytest.fixture(scope="session")
def shop():
    return scenario_from(SHOP, place="shop")


@pytest.fixture(scope="session")
def shop_forecast(shop):
    intervals = shop.horizon.intervals
    expected = np.linspace(0.0, 12.5, intervals * 2).reshape(intervals, 2) * shop.horizon.open_intervals()[:, None]
    law = DemandUncertainty((0.1, 0.2), 0.05, 0.8)
    return Forecast(shop.horizon, ("phone", "chat"), expected, np.full((intervals, 2), 150.0), law)


@pytest.fixture(scope="session")
def shop_roster():
    rest = (Break(13 * HOUR_US, 14 * HOUR_US, paid=False),)
    first, second = date(2026, 11, 10), date(2026, 11, 11)
    return Roster(
        (
            Assignment("张伟", first, "long", "hotline", 9 * HOUR_US, 17 * HOUR_US, rest),
            Assignment("张伟", second, "night", "online", 42 * HOUR_US, 50 * HOUR_US),
            Assignment("=HYPERLINK(1)", first, "night", "hotline", 18 * HOUR_US, 26 * HOUR_US),
            Assignment("@ann/b", first, "night", "online", 18 * HOUR_US, 26 * HOUR_US),
        )
    )


def estimate(value, low, high):
    return Estimate(value, low, high, 0.95, "ratio of sums", 300)


def statement(day, *, met=297, proven=True):
    return TargetStatement(
        target="all_in_30s",
        date=day,
        days_simulated=300,
        days_met=met,
        share_of_days=met / 300,
        bound=0.973,
        bound_joint=0.969,
        day_share=estimate(0.934, 0.931, 0.937),
        worst_hour_share=0.842,
        worst_hour=1440,
        abandoned_share=estimate(0.012, 0.011, 0.013),
        proven=proven,
    )


def report():
    kpis = []
    for kind, share in (("phone", 0.941), ("chat", 0.927)):
        kpis.append(Kpi("share_in_time", kind, estimate(share, share - 0.004, share + 0.004)))
        for day in (date(2026, 11, 10), date(2026, 11, 11)):
            kpis.append(Kpi("share_in_time", kind, estimate(share, share - 0.01, share + 0.01), day))
            kpis.append(Kpi("asa_s", kind, estimate(float("nan"), float("nan"), float("nan")), day, 3))
    return ServiceReport(tuple(kpis), 300, "springtide-1")


@pytest.fixture(scope="session")
def make_shop_plan(shop, shop_roster, shop_forecast):
    """Make the hand-written plan: proven, not proven, with a broken rule, or without a roster."""

    def make(*, proven=True, breached=False, without_roster=False):
        shape = (shop.horizon.intervals, 2)
        open_now = shop.horizon.open_intervals()[:, None]
        requirement = Requirement(shop.horizon, ("hotline", "online"), np.ones(shape) * open_now)
        provenance = Provenance(7, (("springtide", "0.1.0"),), (("scenario", shop.fingerprint()),))
        if without_roster:
            parts = (Term("clash.leave", facts=(("date", date(2026, 11, 9)),)), Term("clash.no_groups"))
            reason = Reason("reasons.no_line", (("agent", "张伟"), ("parts", parts), ("out", "")))
            outcome = RosterOutcome(
                RosterStatus.INFEASIBLE, None, float("nan"), float("inf"), np.zeros(shape), (reason,)
            )
            return Plan(requirement, outcome, None, None, provenance)
        outcome = RosterOutcome(RosterStatus.FEASIBLE, shop_roster, 1000.0, 950.0, np.full(shape, 0.25))
        breaches = (RuleBreach("rest", "张伟", date(2026, 11, 11), 8.0, 11.0),) if breached else ()
        statements = (statement(date(2026, 11, 10)), statement(date(2026, 11, 11), met=280, proven=proven))
        verdict = Verdict(breaches, statements, proven, 1, 0.035, shop_roster.fingerprint())
        notes = (Reason("reasons.time_budget", (("seconds", 90.0),)),)
        return Plan(requirement, outcome, verdict, report(), provenance, notes)

    return make


@pytest.fixture(scope="session")
def shop_plan(make_shop_plan):
    return make_shop_plan()


KIOSK = """
schema = 1
name = "kiosk"
absence_share = 0.02
seed = 5

[horizon]
first_date = 2026-11-11
dates = 1
interval_min = 60
zone = "Asia/Shanghai"
opening = { weekly = "12:00-18:00" }

[uncertainty]
day_cv = 0.05

[[contact_types]]
name = "phone"
channel = "voice"
work_s = { kind = "exponential", mean_s = 120 }
patience_s = { kind = "exponential", mean_s = 120 }
contacts_per_day = 60

[[groups]]
name = "desk"
skills = ["phone"]
serves = [{ contact_type = "phone" }]

[[routes]]
contact_type = "phone"
steps = [{ group = "desk" }]

[[targets]]
name = "most_in_60s"
contact_types = ["phone"]
answer_within_s = 60
day_share = 0.8
share_of_days = 0.7
confidence = 0.9

[[contracts]]
name = "pool"
shift_templates = ["early", "late"]
week_paid_h_max = 40
cost_per_paid_h_yuan = 25
call_in = true

[[shift_templates]]
name = "early"
length_min = 180
earliest_start = "12:00"
latest_start = "12:00"

[[shift_templates]]
name = "late"
length_min = 180
earliest_start = "15:00"
latest_start = "15:00"

[[teams]]
name = "agent"
count = {people}
contract = "pool"
skills = ["phone"]
"""
SITE = """
schema = 1
scenario = "kiosk.toml"
output = "out"
language = "en"

[history]
path = "history.csv"
zone = "Asia/Shanghai"

[plan]
roster_rounds = 1
training_contacts = 4000
training_rounds = 1
proof_days = 60
polish_lines = 0
trim_contacts = 0
backtest_weeks = 1
"""

OWN_DAY = """
schema = 1
country = "CN"
[[day]]
date = {date}
kind = "special"
name = "shop birthday"
"""


def history_rows(weeks=10, seed=3):
    rng = np.random.default_rng(seed)
    first = date(2026, 11, 11) - timedelta(weeks=weeks)
    for day in range(weeks * 7):
        for hour in range(12, 18):
            start = datetime.combine(first + timedelta(days=day), datetime.min.time()) + timedelta(hours=hour)
            yield f"{start:%Y-%m-%d %H:%M},phone,{rng.poisson(10)}"


@pytest.fixture
def make_site(tmp_path):
    """Write a site folder and return its configuration; texts may be changed on the way."""

    def make(*, people=14, site=SITE, scenario=KIOSK, weeks=10):
        (tmp_path / "kiosk.toml").write_text(scenario.replace("{people}", str(people)), encoding="utf-8")
        rows = ["interval_start,contact_type,offered", *history_rows(weeks)]
        (tmp_path / "history.csv").write_text("\n".join(rows), encoding="utf-8")
        (tmp_path / "site.toml").write_text(site, encoding="utf-8")
        return load_site(tmp_path / "site.toml")

    return make


@pytest.fixture
def site(make_site):
    return make_site()
