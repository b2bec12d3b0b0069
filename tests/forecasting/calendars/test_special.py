"""Special dates, and the weekday that the others go like."""

from datetime import date

from forecasting.calendars.days import DayCalendar
from forecasting.calendars.special import SpecialDay, like_weekdays, special_days

CHINA = DayCalendar("CN")


def test_a_festival_is_special_from_its_eve_to_the_first_day_back():
    found = special_days(CHINA, date(2025, 1, 20), date(2025, 2, 12))

    assert min(found) == date(2025, 1, 27)
    assert max(found) == date(2025, 2, 5)
    assert [day.offset for day in found.values()] == list(range(-2, 8))
    assert {day.festival for day in found.values()} == {"Chinese New Year (Spring Festival)"}


def test_days_off_by_law_go_like_a_sunday_and_the_others_like_themselves():
    found = special_days(CHINA, date(2025, 9, 30), date(2025, 10, 9))

    assert found[date(2025, 9, 30)] == SpecialDay("National Day", -1, is_off=False, like=1, weekday=1)
    assert found[date(2025, 10, 1)] == SpecialDay("National Day", 0, is_off=True, like=6, weekday=2)
    assert found[date(2025, 10, 4)] == SpecialDay("National Day", 3, is_off=True, like=5, weekday=5)
    assert found[date(2025, 10, 9)] == SpecialDay("National Day", 8, is_off=False, like=3, weekday=3)


def test_make_up_workdays_go_like_the_workday_next_to_them():
    week = like_weekdays(CHINA, date(2025, 9, 22), 20)

    assert week[:7].tolist() == [0, 1, 2, 3, 4, 5, 0]  # Sunday 28 September is worked
    assert week[14:].tolist() == [0, 1, 2, 3, 4, 4]  # so is Saturday 11 October


def test_without_a_calendar_every_day_goes_like_its_own_weekday():
    assert like_weekdays(None, date(2025, 9, 28), 3).tolist() == [6, 0, 1]
