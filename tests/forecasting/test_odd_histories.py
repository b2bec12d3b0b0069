"""Histories as people really have them: short, torn, silent, doubled, tiny: forecast, or refused with the reason."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from forecasting import FindingKind, Span, backtest, count_paths, examine_history, make_forecast
from scenarios import Hours, Opening, PlanningError

WEEK = 7000.0
"""Contacts of a week in ``make_history`` at its 1,000 a day; its weekday factors add up to seven."""
OPEN = Opening((Hours(0, 1440),) * 7)


@pytest.fixture
def forecast_week(make_scenario):
    """Forecast the seven days after a history (plus ``gap`` days) and hold what every forecast must be."""

    def week_after(history, *, gap=0, types=("call",), interval_min=30, **scenario):
        zone = scenario.get("zone", "Asia/Shanghai")
        last = history["interval_start"].max().tz_convert(zone).date()
        wanted = make_scenario(last + timedelta(days=1 + gap), 7, interval_min=interval_min, types=types, **scenario)
        forecast = make_forecast(history, wanted)
        assert np.isfinite(forecast.expected).all()
        assert (forecast.expected >= 0).all()
        paths = count_paths(forecast, replications=50, seed=1)
        drawn, expected = paths.sum(axis=(1, 2)).mean(), forecast.expected.sum()
        assert abs(drawn - expected) <= 0.2 * expected + 5
        return forecast.expected.sum(axis=0)

    return week_after


def kinds(history, **more):
    return {finding.kind for finding in examine_history(history, zone="Asia/Shanghai", **more).findings}


@pytest.mark.parametrize(
    ("days", "tolerance"), [(3, 0.15), (8, 0.06), (21, 0.04), (396, 0.03), (761, 0.03)],
    ids=["3 days", "8 days", "3 weeks", "13 months", "25 months"],
)  # fmt: skip
def test_a_history_of_any_length_forecasts_a_week_near_the_truth(make_history, forecast_week, days, tolerance):
    """A Monday is a fifth busier: three days cannot know, and err by a twentieth by that alone."""
    history = make_history(days=days, seed=1)

    assert forecast_week(history)[0] == pytest.approx(WEEK, rel=tolerance)
    assert (FindingKind.SHORT in kinds(history)) == (days < 21)


def test_from_eight_days_on_a_history_is_tested_against_its_own_past(make_history):
    with pytest.raises(PlanningError, match="expected at least 8"):
        backtest(make_history(days=7, seed=1), zone="Asia/Shanghai")

    assert backtest(make_history(days=8, seed=1), zone="Asia/Shanghai").wape("springtide") < 0.25


@pytest.mark.parametrize(("minutes", "per_day"), [(30, 1000.0), (30, 60.0), (5, 1000.0)])
def test_a_fifth_of_the_rows_missing_at_random_changes_little(make_history, forecast_week, minutes, per_day):
    history = make_history(days=84, seed=1, minutes=minutes, per_day=per_day)
    torn = history[np.random.default_rng(2).random(len(history)) >= 0.2]

    assert forecast_week(torn)[0] == pytest.approx(WEEK * per_day / 1000, rel=0.05)
    assert kinds(torn) == {FindingKind.MISSING_INTERVALS}
    assert np.isfinite(backtest(torn, zone="Asia/Shanghai").wape("springtide"))


def test_a_small_export_without_zeros_is_refused_and_a_busy_one_with_lost_rows_is_not(make_history, forecast_week):
    small = make_history(days=84, seed=1, per_day=30.0)
    with pytest.raises(PlanningError) as caught:
        forecast_week(small[small["offered"] > 0])
    assert caught.value.key == "zeros_left_out"

    busy = make_history(days=84, seed=1, per_day=5000.0)
    busy = busy[(busy["offered"] > 0) & (np.random.default_rng(2).random(len(busy)) >= 0.4)]
    assert forecast_week(busy)[0] == pytest.approx(5 * WEEK, rel=0.05)


def test_nothing_but_zeros_forecasts_nothing(make_history, forecast_week):
    silent = make_history(days=84).assign(offered=0.0)

    assert forecast_week(silent)[0] == 0.0
    assert kinds(silent) == {FindingKind.NO_CONTACTS}
    assert backtest(silent, zone="Asia/Shanghai").table.empty


def test_one_silent_type_does_not_disturb_the_other(make_history, forecast_week):
    both = pd.concat([make_history(seed=1), make_history(contact_type="chat").assign(offered=0.0)])

    call, chat = forecast_week(both, types=("call", "chat"))

    assert call == pytest.approx(forecast_week(make_history(seed=1))[0])
    assert chat == 0.0


def test_a_copied_sunday_is_not_learnt_as_a_wednesday(make_history, forecast_week):
    history = make_history(seed=1, per_day=3000.0)
    day = history["interval_start"].dt.date
    sunday = history.loc[day == date(2026, 5, 17), "offered"].to_numpy()
    history.loc[day == date(2026, 5, 20), "offered"] = sunday

    assert kinds(history) == {FindingKind.COPIED_DATE}
    assert forecast_week(history)[0] == pytest.approx(3 * WEEK, rel=0.02)


@pytest.mark.parametrize("first", ["2025-01-20", "2025-09-01"], ids=["spring", "autumn"])
def test_a_clock_change_is_no_fault_of_the_history(make_history, forecast_week, first):
    history = make_history(first, seed=1, zone="America/New_York")

    assert forecast_week(history, zone="America/New_York")[0] == pytest.approx(WEEK, rel=0.03)
    found = {finding.kind for finding in examine_history(history, zone="America/New_York").findings}
    assert found <= {FindingKind.ENDS_EARLY}  # in spring the last row stands an hour past a midnight


def test_constant_counts_are_forecast_as_they_are(make_history, forecast_week):
    assert forecast_week(make_history().assign(offered=7.0))[0] == pytest.approx(7 * 48 * 7.0)


@pytest.mark.parametrize("days", [10, 84])
def test_one_value_a_thousand_times_too_large_is_not_learnt(make_history, forecast_week, days):
    history = make_history(days=days, seed=1)
    history.loc[7 * 48 + 24, "offered"] *= 1000

    assert FindingKind.OUTLIER in kinds(history)
    assert forecast_week(history)[0] == pytest.approx(WEEK, rel=0.04)


def test_outages_do_not_lower_the_forecast(make_history, forecast_week):
    """Eight busy hours of four days in three weeks: a Monday, a Friday, a Thursday, a Wednesday."""
    history = make_history(seed=1)
    sound = forecast_week(history)[0]
    start = history["interval_start"]
    for day in ("2026-05-04", "2026-05-08", "2026-05-14", "2026-05-20"):
        history.loc[(start >= f"{day} 09:00+08:00") & (start < f"{day} 17:00+08:00"), "offered"] = 0.0

    assert kinds(history) == {FindingKind.OUTAGE}
    assert forecast_week(history)[0] == pytest.approx(sound, rel=0.01)


def test_a_backtest_neither_learns_nor_scores_an_outage_and_its_rivals_learn_it(make_history):
    history = make_history(days=100, seed=1)
    start = history["interval_start"]
    torn = history.copy()
    torn.loc[(start >= "2026-05-20 09:00+08:00") & (start < "2026-05-20 17:00+08:00"), "offered"] = 0.0
    origins = [date(2026, 5, 25)]

    sound, odd = (
        backtest(table, zone="Asia/Shanghai", span=Span(lead_days=7, origins=origins)) for table in (history, torn)
    )  # fmt: skip
    scored = backtest(torn, zone="Asia/Shanghai", span=Span(lead_days=7, origins=[date(2026, 5, 18)]))

    assert odd.wape("springtide") == pytest.approx(sound.wape("springtide"), rel=0.05)
    assert odd.wape("weekly_naive") > 1.2 * sound.wape("weekly_naive")
    lost = history.loc[start.isin(torn.loc[history["offered"] != torn["offered"], "interval_start"]), "offered"].sum()
    whole = backtest(history, zone="Asia/Shanghai", span=Span(lead_days=7, origins=[date(2026, 5, 18)]))
    tables = [one.table.query("contact_type == '*' and scope == 'all'") for one in (whole, scored)]
    contacts = [float(table["contacts"].iloc[0]) for table in tables]
    assert contacts[0] - contacts[1] == lost


def test_what_an_origin_learns_does_not_depend_on_what_comes_later(make_history):
    history = make_history(days=100, seed=1)
    changed = history.copy()
    later = changed["interval_start"] >= "2026-06-01 00:00+08:00"
    changed.loc[later, "offered"] = changed.loc[later, "offered"].sample(frac=1.0, random_state=1).to_numpy()
    origins = [date(2026, 5, 18)]

    assert backtest(history, zone="Asia/Shanghai", span=Span(lead_days=7, origins=origins)).table.equals(
        backtest(changed, zone="Asia/Shanghai", span=Span(lead_days=7, origins=origins)).table
    )


def test_weekdays_without_history_are_refused_where_the_plan_opens_them(make_history, forecast_week):
    history = make_history(seed=1)
    history = history[history["interval_start"].dt.day_of_week < 5]

    with pytest.raises(PlanningError) as caught:
        forecast_week(history)
    assert caught.value.key == "weekday_without_history"

    weekdays = Opening((*(Hours(0, 1440),) * 5, None, None))
    assert forecast_week(history, hours=weekdays)[0] == pytest.approx(5300, rel=0.03)


def test_a_service_open_one_hour_a_day_is_forecast(make_history, forecast_week):
    history = make_history(seed=1)
    history = history[history["interval_start"].dt.hour == 10]

    week = forecast_week(history, hours=Opening((Hours(600, 660),) * 7))

    assert week[0] == pytest.approx(WEEK * 4 / 40.3, rel=0.05)
    assert kinds(history) == set()


@pytest.mark.parametrize("zeros", [True, False], ids=["zeros before", "no rows before"])
def test_a_type_that_is_eleven_days_old_is_forecast_at_its_own_level(make_history, forecast_week, zeros):
    chat = make_history(seed=4, contact_type="chat")
    old = chat["interval_start"] < "2026-05-14 00:00+08:00"
    chat = chat.assign(offered=chat["offered"].mask(old, 0.0)) if zeros else chat[~old]

    _, week = forecast_week(pd.concat([make_history(seed=1), chat]), types=("call", "chat"))

    assert week == pytest.approx(WEEK, rel=0.05)


@pytest.mark.parametrize("gap", [7, 14, 60])
def test_a_history_that_ends_days_before_the_horizon_still_forecasts_it(make_history, forecast_week, gap):
    assert forecast_week(make_history(seed=1), gap=gap)[0] == pytest.approx(WEEK, rel=0.03)


@pytest.mark.parametrize("rest", ["zeros", "no rows"])
def test_a_last_date_cut_off_at_two_in_the_afternoon_does_not_lower_the_forecast(make_history, forecast_week, rest):
    history = make_history(seed=1)
    late = history.index >= len(history) - 20
    cut = history.assign(offered=history["offered"].mask(late, 0.0)) if rest == "zeros" else history[~late]

    assert forecast_week(cut)[0] == pytest.approx(forecast_week(history)[0], rel=0.01)


@pytest.mark.parametrize("minutes", [5, 10, 15, 30, 60])
def test_every_grain_gives_the_same_week(make_history, forecast_week, minutes):
    history = make_history(days=60, minutes=minutes, seed=1)

    assert forecast_week(history, interval_min=minutes)[0] == pytest.approx(WEEK, rel=0.03)
    assert backtest(history, zone="Asia/Shanghai").wape("springtide") < 0.2


def test_types_may_have_grains_of_their_own(make_history, forecast_week):
    mixed = pd.concat([make_history(minutes=5, seed=1), make_history(seed=2, contact_type="chat")])

    assert forecast_week(mixed, types=("call", "chat")) == pytest.approx([WEEK, WEEK], rel=0.03)


def test_an_export_that_became_finer_keeps_what_was_before(make_history, forecast_week):
    coarse = make_history("2026-03-02", 60, seed=1)
    fine = make_history("2026-05-01", 24, minutes=5, seed=2)
    history = pd.concat([coarse, fine])

    grid = examine_history(history, zone="Asia/Shanghai").grid

    assert np.isfinite(grid.counts).all()
    assert forecast_week(history)[0] == pytest.approx(WEEK, rel=0.03)


def test_the_order_of_the_rows_does_not_matter(make_history, forecast_week):
    history = make_history(seed=1)

    assert forecast_week(history.sample(frac=1.0, random_state=1))[0] == forecast_week(history)[0]


def test_counts_need_not_be_whole_numbers(make_history, forecast_week):
    history = make_history(seed=1)
    history["offered"] = history["offered"] * 0.37

    assert forecast_week(history)[0] == pytest.approx(0.37 * WEEK, rel=0.03)


def test_a_million_contacts_an_interval_are_forecast(make_history, forecast_week):
    history = make_history(seed=1, per_day=4.8e7)

    assert forecast_week(history)[0] == pytest.approx(4.8e4 * WEEK, rel=0.001)
    assert kinds(history) == set()


def test_three_contacts_a_day_are_forecast_without_bias(make_history, forecast_week):
    """Thirty seeds: the mean of the weeks has a standard error of about 2 %."""
    weeks = [forecast_week(make_history(per_day=3.0, seed=seed))[0] for seed in range(30)]

    assert np.mean(weeks) == pytest.approx(21.0, rel=0.08)
