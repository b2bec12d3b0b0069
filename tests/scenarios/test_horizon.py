import itertools
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import Horizon, Hours, Opening, PlanningError, clock_to_min, min_to_clock

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia",
         "America/Sao_Paulo", "Asia/Beirut")  # fmt: skip


def test_a_night_belongs_to_the_date_on_which_it_opens(make_horizon):
    horizon = make_horizon(exceptions=[(date(2026, 11, 10), (480, 1560))])

    eve, night, morning_after = horizon.days
    assert (night.date, night.opens_us // 3_600_000_000, night.closes_us // 3_600_000_000) == (
        date(2026, 11, 10),
        32,
        50,
    )
    assert horizon.instant(night.closes_us) == datetime(2026, 11, 11, 2, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert eve.end_interval < night.first_interval < night.end_interval < morning_after.first_interval
    assert list(np.flatnonzero(horizon.day_of_interval() == 1)) == list(range(night.first_interval, night.end_interval))


def test_the_grid_goes_on_until_a_night_that_closes_after_the_last_midnight(make_horizon):
    assert make_horizon(dates=1).intervals == 48
    assert make_horizon(dates=1, hours=(540, 1560)).intervals == 52


def test_a_day_with_the_clock_put_forward_is_an_hour_shorter(make_horizon):
    spring = make_horizon(first=date(2026, 3, 29), dates=1, zone="Europe/Berlin", hours=(0, 1440))
    autumn = make_horizon(first=date(2026, 10, 25), dates=1, zone="Europe/Berlin", hours=(0, 1440))

    assert (spring.intervals, autumn.intervals) == (46, 50)
    assert [moment.hour for moment in autumn.interval_starts()[3:8]] == [1, 2, 2, 2, 2]


def test_an_opening_inside_the_hour_that_the_clock_skips_is_refused(make_horizon, refused):
    with refused("hours_skipped"):
        make_horizon(first=date(2026, 3, 29), dates=1, zone="Europe/Berlin", hours=(120, 180))


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("not_one_of", {"interval_min": 7}),
        ("out_of_range", {"dates": 0}),
        ("out_of_range", {"dates": 10**9}),
        ("out_of_range", {"first": date(1905, 1, 1)}),
        ("unknown_zone", {"zone": "Asia/Atlantis"}),
        ("unknown_zone", {"zone": "../etc/passwd"}),
        ("unknown_zone", {"zone": ""}),
        ("hours_inverted", {"hours": (600, 600)}),
        ("hours_inverted", {"hours": (600, 37 * 60)}),
        ("off_the_grid", {"hours": (545, 1260)}),
        ("days_overlap", {"hours": (540, 34 * 60)}),
        ("never_open", {"hours": None}),
    ],
)
def test_a_horizon_that_cannot_be_is_refused(make_horizon, refused, key, changes):
    with refused(key):
        make_horizon(**changes)


def test_an_opening_has_seven_weekdays(refused):
    with refused("wrong_shape"):
        Opening((Hours(540, 600),) * 6)


def test_a_time_without_a_zone_is_refused(make_horizon, refused):
    with refused("naive_time"):
        make_horizon().us_of(datetime(2026, 11, 9))


def test_a_closed_date_has_no_service_day(make_horizon, refused):
    horizon = make_horizon(exceptions=[(date(2026, 11, 10), None)])

    assert [day.date.day for day in horizon.days] == [9, 11]
    assert horizon.day_index(date(2026, 11, 11)) == 1
    with refused("unknown_name"):
        horizon.day_index(date(2026, 11, 10))


@pytest.mark.parametrize("clock", ["", "8", "8:5", "08:60", "a:00", "-1:00", "08:00:00"])
def test_what_is_no_clock_is_refused(refused, clock):
    with refused("not_a_clock"):
        clock_to_min(clock)


@given(st.integers(0, 36 * 60))
def test_clocks_and_minutes_are_inverse(minutes):
    assert clock_to_min(min_to_clock(minutes)) == minutes


@given(
    first=st.dates(date(1990, 1, 1), date(2040, 1, 1)),
    dates=st.integers(1, 12),
    interval_min=st.sampled_from((5, 10, 15, 20, 30, 60)),
    zone=st.sampled_from(ZONES),
    opens=st.integers(0, 47),
    length=st.integers(1, 52),
    closed=st.frozensets(st.integers(0, 6), max_size=6),
)
def test_every_horizon_that_is_made_keeps_its_promises(first, dates, interval_min, zone, opens, length, closed):
    try:
        hours = Hours(opens * 30, (opens + length) * 30)
        weekly = tuple(None if weekday in closed else hours for weekday in range(7))
        horizon = Horizon(first, dates, interval_min, zone, Opening(weekly))
    except PlanningError:
        return

    starts = horizon.interval_starts()
    assert len(starts) == horizon.intervals
    assert starts[0] == horizon.start
    gaps = {later.astimezone(UTC) - earlier.astimezone(UTC) for earlier, later in itertools.pairwise(starts)}
    assert gaps <= {timedelta(minutes=interval_min)}
    free_from = 0
    for day in horizon.days:
        assert free_from <= day.opens_us < day.closes_us <= horizon.end_us
        assert (day.first_interval * horizon.interval_us, day.end_interval * horizon.interval_us) == (
            day.opens_us,
            day.closes_us,
        )
        free_from = day.closes_us
    assert horizon.open_intervals().sum() == sum(day.end_interval - day.first_interval for day in horizon.days)
    assert all(horizon.us_of(moment) == number * horizon.interval_us for number, moment in enumerate(starts))
