"""A history on a grid: nothing invented, nothing lost."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasting import fill_quiet_intervals, grain_min, regularise
from forecasting.history.series import open_cells, wall_cells
from scenarios import Hours, Opening, PlanningError


def rows(times, offered, zone="Asia/Shanghai", contact_type="call"):
    start = pd.DatetimeIndex(times).tz_localize(zone)
    return pd.DataFrame({"interval_start": start, "contact_type": contact_type, "offered": np.array(offered, float)})


def test_six_rows_of_five_minutes_make_one_of_thirty():
    history = rows(pd.date_range("2026-03-02 09:00", periods=12, freq="5min"), range(12))

    grid = regularise(history, zone="Asia/Shanghai", interval_min=30)

    assert grid.counts[0, 18:20, 0].tolist() == [15.0, 51.0]
    assert np.isnan(grid.counts).sum() == 46


def test_an_interval_with_a_part_missing_is_unknown():
    history = rows(pd.date_range("2026-03-02 09:00", periods=12, freq="5min"), range(12)).drop(index=3)

    grid = regularise(history, zone="Asia/Shanghai", interval_min=30)

    assert np.isnan(grid.counts[0, 18, 0])
    assert grid.counts[0, 19, 0] == 51.0


def test_an_absent_date_is_unknown_not_zero(make_history):
    history = make_history(days=10)
    history = history[history["interval_start"].dt.date != date(2026, 3, 5)]

    grid = regularise(history, zone="Asia/Shanghai", interval_min=30)

    assert grid.dates == 10
    assert np.flatnonzero(np.isnan(grid.counts[:, :, 0]).any(axis=1)).tolist() == [3]


def test_a_history_in_another_zone_is_read_on_the_asked_wall_clock():
    history = rows(pd.date_range("2026-03-02 20:00", periods=2, freq="30min"), [3, 4], zone="UTC")

    grid = regularise(history, zone="Asia/Shanghai", interval_min=30)

    assert grid.first_date == date(2026, 3, 3)
    assert grid.counts[0, 8:10, 0].tolist() == [3.0, 4.0]


def test_the_hour_a_clock_skips_is_unknown_and_the_hour_it_shows_twice_is_the_mean():
    start = pd.date_range("2026-03-08", "2026-11-02", freq="30min", tz="America/New_York", inclusive="left")
    history = pd.DataFrame(
        {"interval_start": start, "contact_type": "call", "offered": np.arange(len(start), dtype=float)}
    )

    grid = regularise(history, zone="America/New_York", interval_min=30)

    assert np.flatnonzero(np.isnan(grid.counts[0, :, 0])).tolist() == [4, 5]
    autumn = grid.counts[grid.day_of(date(2026, 11, 1)), :, 0]
    assert np.isfinite(autumn).all()
    assert autumn[2] == pytest.approx(autumn[1] + 2)  # the mean of one and three intervals later
    assert (np.diff(grid.starts_us().ravel()) >= 0).all()


def test_a_history_coarser_than_the_grid_is_refused_with_the_remedy(make_history):
    with pytest.raises(PlanningError, match="steps by 60 min; expected at most the grid of 30 min"):
        regularise(make_history(minutes=60), zone="Asia/Shanghai", interval_min=30)


@pytest.mark.parametrize(
    "times",
    [
        pd.date_range("2026-03-02 09:07", periods=4, freq="30min"),
        pd.date_range("2026-03-02 09:00:30", periods=4, freq="30min"),
        pd.date_range("2026-03-02 09:00", periods=4, freq="20min"),
        pd.date_range("2026-03-02 09:00", periods=4, freq="90s"),
    ],
)
def test_rows_that_do_not_divide_the_grid_are_refused(times):
    with pytest.raises(PlanningError) as caught:
        regularise(rows(times, range(4)), zone="Asia/Shanghai", interval_min=30)

    assert caught.value.key == "history_steps"


def test_one_row_tells_no_grain():
    with pytest.raises(PlanningError) as caught:
        grain_min(rows(["2026-03-02 09:00"], [1]))

    assert caught.value.key == "history_too_short"


def test_an_export_that_left_out_its_zeros_is_refused(make_history):
    history = make_history(per_day=30.0, seed=1)
    sparse = history[history["offered"] > 0]

    with pytest.raises(PlanningError) as caught:
        regularise(sparse, zone="Asia/Shanghai", interval_min=30)

    assert caught.value.key == "zeros_left_out"


def test_quiet_intervals_are_filled_in_on_present_dates_and_open_hours_only(make_history):
    history = make_history(days=30, per_day=30.0, seed=1)
    opening = Opening((Hours(8 * 60, 24 * 60),) * 7)
    is_open = history["interval_start"].dt.hour >= 8
    absent = history["interval_start"].dt.date == date(2026, 3, 10)
    wanted = history[is_open & ~absent].reset_index(drop=True)
    sparse = wanted[wanted["offered"] > 0]

    filled = fill_quiet_intervals(sparse, zone="Asia/Shanghai", opening=opening)

    assert filled["offered"].tolist() == wanted["offered"].tolist()
    assert (filled["interval_start"] == wanted["interval_start"]).all()


def test_open_cells_follow_a_night_past_midnight():
    history = rows(pd.date_range("2026-03-02", periods=96, freq="30min"), [1] * 96)
    grid = regularise(history, zone="Asia/Shanghai", interval_min=30)
    opening = Opening((Hours(20 * 60, 26 * 60), None, None, None, None, None, None))

    cells = open_cells(grid, opening)

    assert np.flatnonzero(cells[0]).tolist() == list(range(40, 48))
    assert np.flatnonzero(cells[1]).tolist() == list(range(4))
    assert open_cells(grid, None).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 50), min_size=12, max_size=300), st.sampled_from([10, 15, 20, 30, 60]))
def test_whole_intervals_keep_every_contact(counts, interval_min):
    whole = len(counts) // 12 * 12
    history = rows(pd.date_range("2026-03-02", periods=whole, freq="5min"), counts[:whole])

    grid = regularise(history, zone="Asia/Shanghai", interval_min=interval_min)

    assert np.nansum(grid.counts) == sum(counts[:whole])
    assert np.isfinite(grid.counts).sum() == whole * 5 // interval_min


@given(
    st.integers(0, 2**20), st.sampled_from(["Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"])
)
def test_wall_cells_agree_with_the_clock(minutes, zone):
    start_us = np.array([1_767_225_600_000_000 + minutes * 60_000_000])
    wall = pd.Timestamp(start_us[0], unit="us", tz="UTC").tz_convert(zone)

    day, slot = wall_cells(start_us, zone, 30)

    assert (day[0], slot[0]) == (wall.date().toordinal(), (wall.hour * 60 + wall.minute) // 30)


def test_a_grid_that_does_not_divide_the_day_is_refused(make_history):
    with pytest.raises(PlanningError, match="interval_min is 25"):
        regularise(make_history(days=3, minutes=5), zone="Asia/Shanghai", interval_min=25)
