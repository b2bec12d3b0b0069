"""Holidays in the forecast: hidden from ordinary days, learnt by festival, carried to the next year."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from forecasting import DayCalendar, Span, backtest, make_forecast, regularise
from forecasting.calendars.special import special_days
from forecasting.learning import learn
from scenarios import Hours, Opening, PlanningError

CHINA = DayCalendar("CN")
ZONE = "Asia/Shanghai"
NATIONAL = [date(2025, 10, day) for day in range(1, 9)]


@pytest.fixture(scope="module")
def festive_history(make_history):
    """From September 2024 on: days off by law are half as busy, make-up workdays like workdays."""

    def lift(moment):
        day = CHINA.day(moment.date())
        return 0.5 if day.block is not None else 1.0

    return make_history("2024-08-05", 415, minutes=60, lift=lift)  # to 2025-09-23


def by_day(forecast):
    days = forecast.expected[:, 0].reshape(-1, 24).sum(axis=1)
    return {forecast.horizon.first_date + timedelta(days=row): total for row, total in enumerate(days)}


def test_a_festival_seen_last_year_is_expected_as_busy_as_it_was(festive_history, make_scenario):
    scenario = make_scenario(date(2025, 9, 24), 21, interval_min=60)
    plain = by_day(make_forecast(festive_history, scenario))
    known = by_day(make_forecast(festive_history, scenario, calendar=CHINA))

    weekday = 1000.0  # of a Tuesday to a Thursday in the made history
    for day in (date(2025, 10, 1), date(2025, 10, 2), date(2025, 10, 7)):
        assert known[day] == pytest.approx(weekday / 2, rel=0.2)
        assert plain[day] == pytest.approx(weekday, rel=0.1)


def test_ordinary_days_do_not_learn_from_festivals(festive_history):
    grid = regularise(festive_history, zone=ZONE, interval_min=60)

    lesson = learn(grid, (), CHINA)

    hidden = {grid.first_date + timedelta(days=int(row)) for row in np.flatnonzero(
        np.isnan(lesson.ordinary.counts[:, :, 0]).all(axis=1))}  # fmt: skip
    assert hidden == set(special_days(CHINA, grid.first_date, lesson.last_date))


def test_a_make_up_workday_goes_like_a_workday(festive_history, make_scenario):
    scenario = make_scenario(date(2025, 9, 24), 21, interval_min=60)

    known = by_day(make_forecast(festive_history, scenario, calendar=CHINA))

    assert known[date(2025, 9, 28)] == pytest.approx(known[date(2025, 9, 29)], rel=0.02)  # Sunday like Monday
    assert known[date(2025, 10, 11)] == pytest.approx(known[date(2025, 10, 10)], rel=0.02)  # Saturday like Friday


def test_a_festival_without_a_past_goes_like_a_sunday(make_history, make_scenario):
    scenario = make_scenario(date(2026, 4, 27), 7, interval_min=60)
    history = make_history("2026-03-02", 56, minutes=60)  # no day off before; Qingming is hidden below
    history = history[~history["interval_start"].dt.strftime("%m-%d").between("04-03", "04-07")]

    known = by_day(make_forecast(history, scenario, calendar=CHINA))

    assert known[date(2026, 5, 1)] == pytest.approx(900, rel=0.02)  # Sundays have 900, Fridays 1100


def test_a_forecast_with_a_calendar_does_not_look_ahead(festive_history):
    dates = festive_history["interval_start"].dt.date
    later = dates >= date(2025, 4, 1)
    rng = np.random.default_rng(3)
    shuffled = festive_history.copy()
    shuffled.loc[later, "offered"] = rng.permutation(shuffled.loc[later, "offered"].to_numpy())
    lessons = [learn(regularise(rows[~later], zone=ZONE, interval_min=60), (), CHINA)
               for rows in (festive_history, shuffled)]  # fmt: skip

    one, other = (lesson.without_promotions(0, np.arange(1, 41)) for lesson in lessons)

    assert (one == other).all()


def test_a_history_of_days_inside_a_festival_keeps_them(make_history, make_scenario):
    history = make_history("2026-10-01", 8, minutes=60)

    forecast = make_forecast(history, make_scenario(date(2026, 10, 9), 2, interval_min=60), calendar=CHINA)

    assert forecast.expected.sum() > 1000


def test_a_service_closed_on_sundays_and_holidays_is_expected_like_its_own_weekday(make_history, make_scenario):
    history = make_history("2026-07-06", 84, minutes=60)
    history = history[history["interval_start"].dt.day_of_week < 5]
    opening = Opening((Hours(0, 1440),) * 5 + (None, None))

    known = by_day(make_forecast(history, make_scenario(date(2026, 9, 28), 7, interval_min=60, hours=opening),
                                 calendar=CHINA))  # fmt: skip

    assert known[date(2026, 10, 1)] == pytest.approx(1000, rel=0.02)


def test_special_days_are_less_certain_than_ordinary_ones(make_history, make_scenario):
    history = make_history("2024-08-05", 415, minutes=60, seed=5, day_cv=0.03)

    law = make_forecast(history, make_scenario(date(2025, 9, 24), 21, interval_min=60), calendar=CHINA).uncertainty

    by_date = dict(zip([date(2025, 9, 24) + timedelta(days=n) for n in range(21)], law.day_cv, strict=True))
    assert min(by_date[day] for day in NATIONAL) > 2 * by_date[date(2025, 9, 26)]


def test_a_backtest_that_knows_the_calendar_is_better_on_festivals_and_no_worse_on_ordinary_days(festive_history):
    origins = [date(2025, 9, 10)]
    tail = festive_history[festive_history["interval_start"] < pd.Timestamp("2025-09-24", tz=ZONE)]
    year = [date(2025, 4, 25), date(2025, 5, 26)]

    known = backtest(tail, zone=ZONE, calendar=CHINA, span=Span(lead_days=10, origins=[*year, *origins]))
    plain = backtest(tail, zone=ZONE, span=Span(lead_days=10, origins=[*year, *origins]))

    assert known.wape("springtide") < 0.7 * plain.wape("springtide")
    assert known.wape("springtide", scope="ordinary_days") < 0.02
    assert np.isnan(plain.wape("springtide", scope="event_days"))


def test_years_outside_the_calendar_are_refused(make_history, make_scenario):
    with pytest.raises(PlanningError, match=r"Calendar\.year"):
        make_forecast(make_history("1989-12-01", 30, minutes=60), make_scenario(date(1990, 1, 2), 2, interval_min=60),
                      calendar=CHINA)  # fmt: skip
