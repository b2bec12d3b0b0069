"""The day calendar: against the State Council's notices as another library knows them, and by worked examples."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from holidays.calendars.chinese import _ChineseLunisolar as LunarTables

from forecasting.calendars.days import DayCalendar, DayKind, calendar_of_zone, load_calendar
from forecasting.calendars.lunar import lunar_new_year, qixi, year_goods_window
from forecasting.calendars.national import national_year

CHINA = DayCalendar("CN")
NOTICED = [day for year in range(2019, 2027) for day in CHINA.days(date(year, 1, 1), date(year, 12, 31))]


def test_china_works_and_rests_as_the_notices_of_eight_years_say():
    assert len(NOTICED) == 2922
    assert [day.date for day in NOTICED if day.is_off != chinese_calendar.is_holiday(day.date)] == []


def test_make_up_workdays_are_the_worked_weekend_days_of_the_notices():
    worked = [d.date for d in NOTICED if d.date.weekday() >= 5 and chinese_calendar.is_workday(d.date)]

    assert [day.date for day in NOTICED if day.kind is DayKind.MAKE_UP_WORKDAY] == worked


def test_weekend_days_belong_to_the_block_they_lie_in():
    named = {day.date for day in NOTICED if day.is_off and chinese_calendar.get_holiday_detail(day.date)[1]}
    blocks = {day.date for day in NOTICED if day.block is not None}

    # The other library leaves the weekend before the Dragon Boat Festival of 2024 unnamed; it was part of the break.
    assert blocks - named == {date(2024, 6, 8), date(2024, 6, 9)}
    assert named <= blocks


def test_the_national_day_of_2025_from_eve_to_first_day_back():
    days = {day.date.day: day for day in CHINA.days(date(2025, 10, 1), date(2025, 10, 11))}
    eve = CHINA.day(date(2025, 9, 30))

    assert (eve.kind, eve.eve_of) == (DayKind.WORKDAY, days[1].block)
    assert [days[number].block_day for number in range(1, 10)] == [1, 2, 3, 4, 5, 6, 7, 8, 0]
    assert {days[number].block.title.zh for number in range(1, 9)} == {"国庆节"}
    assert (days[4].kind, days[4].title.zh) == (DayKind.REST_DAY, "国庆节")
    assert (days[6].kind, days[6].title.zh) == (DayKind.HOLIDAY, "中秋节")
    assert days[9].back_from == days[1].block
    assert days[11].kind is DayKind.MAKE_UP_WORKDAY


def test_blocks_are_compared_from_the_festivals_own_date():
    spring = {b.first.year: b for b in CHINA.blocks(date(2024, 1, 1), date(2025, 12, 31)) if b.title.zh == "春节"}

    assert (spring[2024].first, spring[2024].festival) == (date(2024, 2, 10), date(2024, 2, 10))
    assert (spring[2025].first, spring[2025].festival) == (date(2025, 1, 28), date(2025, 1, 29))


def test_a_block_over_the_turn_of_the_year_is_whole_on_both_sides():
    turn = DayCalendar("US").days(date(2010, 12, 31), date(2011, 1, 1))

    assert turn[0].block == turn[1].block
    assert (turn[0].block.first, turn[0].block.last) == (date(2010, 12, 31), date(2011, 1, 2))
    assert turn[0].block.festival == date(2011, 1, 1)


def test_a_year_whose_notice_is_not_out_is_provisional_and_says_so():
    assert [CHINA.is_provisional(year) for year in (2019, 2026, 2090)] == [False, False, True]
    assert CHINA.day(date(2090, 10, 1)).provisional
    assert not DayCalendar("US").is_provisional(2090)


def test_two_festivals_on_one_date_keep_their_names_in_both_languages():
    titles = [(title.en, title.zh) for title in national_year("CN", 2020).off[date(2020, 10, 1)].titles]

    assert titles == [("Mid-Autumn Festival", "中秋节"), ("National Day", "国庆节")]


@pytest.mark.parametrize("year", range(2015, 2031))
def test_qixi_lies_a_lunar_month_and_eight_days_before_the_mid_autumn_festival(year):
    mid_autumn = date(year, *LunarTables.MID_AUTUMN_DATES[year])

    assert (mid_autumn - qixi(year)).days in (29 + 8, 30 + 8)


def test_qixi_is_named_without_being_off():
    day = CHINA.day(date(2026, 8, 19))

    assert (day.kind, day.title.zh, day.special) == (DayKind.WORKDAY, "七夕节", True)
    assert qixi(2050) is None


def test_year_goods_are_bought_from_thirty_to_ten_days_before_the_lunar_new_year():
    assert lunar_new_year(2026) == date(2026, 2, 17)
    assert year_goods_window(2026) == (date(2026, 1, 18), date(2026, 2, 7))


@pytest.mark.parametrize(
    ("code", "day", "name"),
    [("US", date(2026, 11, 26), "Thanksgiving Day"), ("GB", date(2026, 12, 26), "Boxing Day"),
     ("GB-SCT", date(2026, 11, 30), "Saint Andrew's Day"), ("us", date(2026, 7, 4), "Independence Day")],
)  # fmt: skip
def test_other_countries_have_their_holidays(code, day, name):
    found = load_calendar(code).day(day)

    assert (found.kind, found.title.en) == (DayKind.HOLIDAY, name)


@pytest.mark.parametrize("code", ["XX", "US-QQ", "China", "", "CN-"])
def test_a_country_nobody_knows_is_refused(refused, code):
    with refused("unknown_country"):
        load_calendar(code)


def test_years_without_a_calendar_are_refused(refused):
    with refused("out_of_range"):
        CHINA.days(date(2095, 1, 1), date(2120, 1, 1))


def test_the_zone_of_one_country_has_its_calendar_and_that_of_several_none():
    assert calendar_of_zone("Asia/Shanghai") == CHINA
    assert calendar_of_zone("Europe/Berlin") is None


def test_every_date_comes_once_in_order():
    first = date(2024, 12, 1)
    days = CHINA.days(first, date(2026, 2, 1))

    assert [day.date for day in days] == [first + timedelta(days=number) for number in range(len(days))]
    assert days[-1].date == date(2026, 2, 1)
