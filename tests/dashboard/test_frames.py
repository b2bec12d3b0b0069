"""Tables behind grid and charts."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashboard import frames
from dashboard.levers import Levers
from dashboard.trial import TrialOrder, compare, planned_people
from scenarios import Assignment, Horizon, Hours, Opening, Roster
from scenarios.progress import silent

DAY = date(2026, 11, 10)


@pytest.fixture
def outcome(source, tiny, store):
    return compare(TrialOrder(source, Levers(orders_factor=2.0), replications=4), planned_people(tiny, store), silent)


def test_the_grid_holds_shift_and_times_of_everybody(plan, roster):
    text, groups = frames.grid_frame(plan, roster, "en")

    assert list(text.columns) == ["Tue 10 Nov"]
    assert text.loc["caller-01", "Tue 10 Nov"] == "09:00–12:00 morning"
    assert groups.loc["typist-01", "Tue 10 Nov"] == "chat"
    assert frames.paid_hours(roster).to_dict() == dict.fromkeys(roster.agents, 3.0)


def test_a_night_shift_stands_under_the_date_it_begins(plan, tiny, minute_us):
    start = tiny.horizon.us_at(DAY, 22 * 60)
    night = Roster((Assignment("caller-01", DAY, "night", "phone", start, start + 480 * minute_us),))

    text, _ = frames.grid_frame(plan, night, "zh")
    assert text.loc["caller-01"].tolist() == ["22:00–06:00 night"]
    assert list(text.columns) == ["11月10日 周二"]


def test_two_shifts_of_one_date_stand_in_one_cell(plan, tiny, minute_us):
    start = tiny.horizon.us_at(DAY, 9 * 60)
    begins = (start, start + 120 * minute_us)
    shifts = [Assignment("caller-01", DAY, "s", "phone", at, at + 60 * minute_us) for at in begins]

    text, _ = frames.grid_frame(plan, Roster(tuple(shifts)), "en")
    assert text.loc["caller-01"].tolist() == ["09:00–10:00 s + 11:00–12:00 s"]


def test_coverage_of_a_date_holds_its_open_intervals(plan, roster):
    frame = frames.coverage_frame(plan.requirement, roster, "phone", DAY)

    assert frame["time"].dt.strftime("%H:%M").tolist() == ["09:00", "09:30", "10:00", "10:30", "11:00", "11:30"]
    assert frame["planned"].tolist() == [5.0] * 6
    assert frame["short"].sum() == 0
    assert len(frames.coverage_frame(plan.requirement, roster, "phone", None)) == plan.requirement.horizon.intervals


def test_who_is_short_when_joins_intervals_without_a_break(plan):
    frame = frames.short_frame(plan, "en")

    assert frame.to_dict("records") == [
        {"from": "Tue 10 Nov, 09:00", "to": "Tue 10 Nov, 10:00", "group": "chat", "most": 1.0, "hours": 1.0}
    ]


def test_rounding_is_no_shortfall(plan):
    tiny_bits = np.full_like(plan.outcome.shortfall, 0.04)
    frame = frames.short_frame(replace(plan, outcome=replace(plan.outcome, shortfall=tiny_bits)), "en")

    assert frame.empty


def test_the_hour_a_clock_skips_is_skipped_on_the_axis():
    spring = Horizon(date(2026, 3, 29), 1, 60, "Europe/Berlin", Opening((Hours(0, 1440),) * 7))

    starts = frames.local_starts(spring)
    assert starts.tz is None
    assert [start.hour for start in starts[:4]] == [0, 1, 3, 4]


def test_both_sides_stand_in_the_service_frame(outcome):
    frame = frames.service_frame(outcome, "live", DAY)

    assert frame.groupby("side").size().to_dict() == {"changed": 6, "unchanged": 6}
    assert frame["time"].dtype.kind == "M"
    assert frame["time"].dt.tz is None


def test_the_hardest_date_comes_first(outcome):
    assert frames.hardest_date(outcome) == ("live", DAY)
    assert frames.date_rows(outcome, "live", DAY)["changed"]["promised"] == 0.8
    assert frames.difference_row(outcome, "live", DAY)["share"] < 0


def test_people_are_cut_to_the_days_hours(outcome):
    first, end = frames.day_bounds(outcome, DAY)
    frame = frames.people_frame(outcome, "phone", first, end)

    assert (first, end) == (pd.Timestamp("2026-11-10 09:00"), pd.Timestamp("2026-11-10 12:00"))
    assert frame.groupby("side").size().to_dict() == {"changed": 6, "unchanged": 6}
