"""Days of one's own win over the library."""

from datetime import date

import pytest

from forecasting.calendars.days import DayKind, load_calendar
from forecasting.calendars.special import special_days

OWN = """
schema = 1
country = "CN"
confirmed_years = [2027]
[[day]]
date = 2027-02-11
last = 2027-02-12
kind = "holiday"
name = "Chinese New Year (Spring Festival)"
name_zh = "春节"
why = "the notice"
[[day]]
date = 2027-02-20
kind = "workday"
name = "make-up workday"
[[day]]
date = 2027-02-22
kind = "rest"
name = "company day"
[[day]]
date = 2027-08-18
kind = "special"
name = "shop birthday"
name_zh = "店庆"
"""


@pytest.fixture
def write_own(tmp_path):
    def write(old="", new=""):
        path = tmp_path / "own.toml"
        path.write_text(OWN.replace(old, new) if old else OWN, encoding="utf-8")
        return path

    return write


def test_days_of_ones_own_win_and_confirm_a_provisional_year(write_own):
    calendar = load_calendar(str(write_own()))

    assert not calendar.is_provisional(2027)
    assert calendar.day(date(2027, 2, 12)).block.first == date(2027, 2, 5)
    assert calendar.day(date(2027, 2, 12)).block.last == date(2027, 2, 14)
    assert calendar.day(date(2027, 2, 12)).why == "the notice"
    assert calendar.day(date(2027, 2, 20)).kind is DayKind.MAKE_UP_WORKDAY
    assert calendar.day(date(2027, 2, 22)).kind is DayKind.REST_DAY
    assert calendar.day(date(2027, 2, 22)).block is None


def test_a_special_day_of_ones_own_works_as_ever_and_is_learnt_apart(write_own):
    calendar = load_calendar("CN", write_own())
    day = calendar.day(date(2027, 8, 18))

    assert (day.kind, day.title.zh, day.special) == (DayKind.WORKDAY, "店庆", True)
    assert special_days(calendar, day.date, day.date)[day.date].festival == "shop birthday"


def test_a_corrected_workday_is_no_longer_special(write_own):
    own = write_own("date = 2027-02-20", "date = 2027-10-01")

    day = load_calendar(str(own)).day(date(2027, 10, 1))

    assert (day.kind, day.block, day.special) == (DayKind.WORKDAY, None, False)


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("wrong_schema", "schema = 1", "schema = 7"),
        ("unknown_key", 'why = "the notice"', 'because = "the notice"'),
        ("not_one_of", 'kind = "rest"', 'kind = "nap"'),
        ("missing_key", 'kind = "rest"', ""),
        ("missing_key", 'country = "CN"', ""),
        ("wrong_type", "date = 2027-02-20", 'date = "soon"'),
        ("span_inverted", "last = 2027-02-12", "last = 2027-02-01"),
        ("out_of_range", "last = 2027-02-12", "last = 2029-02-12"),
        ("repeated_name", "date = 2027-02-20", "date = 2027-02-12"),
        ("empty", 'name = "company day"', 'name = " "'),
        ("not_toml", "[[day]]", "[[day"),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_its_name(write_own, refused, key, old, new):
    with refused(key, place="own.toml"):
        load_calendar(str(write_own(old, new)))


def test_two_files_and_a_missing_one_are_refused(write_own, refused, tmp_path):
    with refused("two_calendar_files"):
        load_calendar(str(write_own()), write_own())
    with refused("no_file"):
        load_calendar("CN", tmp_path / "none.toml")
