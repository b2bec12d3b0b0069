"""A corner shop of two groups and two dates whose rosters are judged in milliseconds."""

from datetime import date

import pytest

from scenarios import Assignment, Requirement, Roster, expected_demand, scenario_from
from scheduler.judging.effects import Floor
from scheduler.judging.reading import GridReading, ReadShift

HOUR_US = 3_600_000_000
TUESDAY, WEDNESDAY = date(2026, 11, 10), date(2026, 11, 11)
LAW = {"kind": "exponential", "mean_s": 120.0}
SHOP = {
    "schema": 1,
    "name": "corner",
    "horizon": {
        "first_date": TUESDAY, "dates": 2, "interval_min": 60, "zone": "Asia/Shanghai",
        "opening": {"weekly": "10:00-18:00"},
    },
    "contact_types": [
        {"name": name, "channel": channel, "work_s": LAW, "patience_s": LAW, "contacts_per_day": count}
        for name, channel, count in (("phone", "voice", 200), ("chat", "chat", 40))
    ],
    "groups": [
        {"name": "desk", "skills": ["phone"], "serves": [{"contact_type": "phone"}]},
        {"name": "online", "skills": ["chat"], "serves": [{"contact_type": "chat"}]},
    ],
    "routes": [
        {"contact_type": "phone", "steps": [{"group": "desk"}]},
        {"contact_type": "chat", "steps": [{"group": "online"}]},
    ],
    "targets": [{"name": "phone", "contact_types": ["phone"], "day_share": 0.8, "share_of_days": 0.7}],
    "contracts": [
        {
            "name": "full", "shift_templates": ["whole"], "week_paid_h_min": 28, "week_paid_h_max": 40,
            "cost_per_paid_h_yuan": 40.0, "rest_h_min": 12,
        },
        {
            "name": "pool", "shift_templates": ["half", "whole"], "week_paid_h_max": 12, "cost_per_paid_h_yuan": 30.0,
            "call_in": True,
        },
    ],
    "shift_templates": [
        {
            "name": "whole", "length_min": 480, "earliest_start": "09:00", "latest_start": "11:00",
            "start_step_min": 60,
            "breaks": [
                {"length_min": 60, "paid": False, "earliest_after_start_min": 120, "latest_after_start_min": 300}
            ],
        },
        {"name": "half", "length_min": 240, "earliest_start": "10:00", "latest_start": "14:00", "start_step_min": 60},
    ],
    "agents": [
        {"name": "张伟", "contract": "full", "skills": ["phone", "chat"]},
        {"name": "李娜", "contract": "full", "skills": ["phone"]},
        {"name": "王芳", "contract": "pool", "skills": ["phone"]},
        {"name": "赵敏", "contract": "pool", "skills": ["phone", "chat"]},
        {"name": "孙丽", "contract": "pool", "skills": ["chat"]},
        *({"name": f"pool-{number}", "contract": "pool", "skills": ["phone", "chat"]} for number in range(1, 5)),
    ],
}  # fmt: skip


@pytest.fixture(scope="session")
def corner():
    return scenario_from(SHOP, place="corner")


@pytest.fixture(scope="session")
def demand(corner):
    return expected_demand(corner)


@pytest.fixture(scope="session")
def floor(corner, demand):
    return Floor(corner, demand, days=20)


@pytest.fixture(scope="session")
def wanted(corner):
    """Make a requirement: so many at the desk and online in every open hour."""

    def make(desk, online=0.0):
        positions = corner.horizon.open_intervals()[:, None] * [[float(desk), float(online)]]
        return Requirement(corner.horizon, ("desk", "online"), positions)

    return make


def shift(agent, start, *, day=TUESDAY, template="half", group="desk", hours=None, breaks=()):
    """A shift that starts on the hour."""
    length = hours or {"half": 4, "whole": 8}[template]
    begin = ((day - TUESDAY).days * 24 + start) * HOUR_US
    return Assignment(agent, day, template, group, begin, begin + length * HOUR_US, tuple(breaks))


def reading_of(scenario, rows, *, people=None):
    """A grid that tells the shifts of ``rows`` with groups and breaks."""
    shifts = tuple(
        ReadShift(row.agent, row.date, row.template, (row.group,), row.start_us, row.end_us, row.breaks, "grid.csv")
        for row in rows
    )
    names = tuple(agent.name for agent in scenario.agents) if people is None else people
    return GridReading(scenario, names, shifts, (), ())


@pytest.fixture
def roster():
    """Make a roster of shifts."""
    return lambda *rows: Roster(rows)
