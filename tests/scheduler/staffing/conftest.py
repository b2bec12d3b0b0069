"""One quiet day of one kind of call, as a table that tests change."""

import copy
from datetime import date

import numpy as np
import pytest

from scenarios import DemandUncertainty, Forecast, scenario_from

PLAIN = {
    "schema": 1,
    "name": "one_day",
    "horizon": {
        "first_date": date(2026, 11, 10), "dates": 1, "interval_min": 30, "zone": "Asia/Shanghai",
        "opening": {"weekly": "09:00-17:00"},
    },
    "contact_types": [
        {
            "name": "call", "channel": "voice", "work_s": {"kind": "exponential", "mean_s": 240.0},
            "patience_s": {"kind": "exponential", "mean_s": 90.0},
        }
    ],
    "groups": [{"name": "phone", "skills": ["phone"], "serves": [{"contact_type": "call"}]}],
    "routes": [{"contact_type": "call", "steps": [{"group": "phone"}]}],
    "targets": [{"name": "calls", "contact_types": ["call"], "answer_within_s": 30, "day_share": 0.9}],
    "contracts": [
        {"name": "day", "shift_templates": ["whole", "half"], "week_paid_h_max": 40.0, "cost_per_paid_h_yuan": 30.0}
    ],
    "shift_templates": [
        {"name": "whole", "length_min": 480, "earliest_start": "09:00", "latest_start": "09:00"},
        {"name": "half", "length_min": 240, "earliest_start": "09:00", "latest_start": "13:00"},
    ],
    "teams": [{"name": "team", "count": 12, "contract": "day", "skills": ["phone"]}],
}  # fmt: skip


@pytest.fixture
def plain_table():
    return copy.deepcopy(PLAIN)


@pytest.fixture(scope="session")
def scenario_of():
    return lambda table: scenario_from(table, place="test")


@pytest.fixture(scope="session")
def forecast_of():
    def make(scenario, per_hour, *, day_cv=0.0, work_s=None):
        """Level rates: ``per_hour`` contacts of each type in every open hour."""
        horizon = scenario.horizon
        open_now = horizon.open_intervals()[:, None]
        expected = open_now * np.array(per_hour, dtype=np.float64)[None, :] * horizon.interval_min / 60
        means = [kind.work_s.mean_s for kind in scenario.contact_types] if work_s is None else work_s
        return Forecast(
            horizon, tuple(kind.name for kind in scenario.contact_types), expected,
            np.tile(np.array(means, dtype=np.float64), (horizon.intervals, 1)),
            DemandUncertainty((day_cv,) * len(horizon.days)),
        )  # fmt: skip

    return make
