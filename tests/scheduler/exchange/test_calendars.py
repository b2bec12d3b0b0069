from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from scheduler.exchange import write_ics
from scheduler.exchange.calendars import file_name

STAMP = datetime(2026, 11, 9, 12, tzinfo=UTC)


@pytest.fixture
def calendars(tmp_path, shop):
    def write_and_read(plan, version=1, language="en"):
        paths = write_ics(plan, shop, tmp_path / "ics", version=version, stamp=STAMP, language=language)
        return {path.stem: Calendar.from_ical(path.read_bytes()) for path in paths}

    return write_and_read


def test_there_is_a_calendar_for_everybody_and_one_per_person(calendars, shop_plan):
    found = calendars(shop_plan)

    assert len(found) == 4
    assert next(iter(found)) == "everyone"
    assert len(found["everyone"].events) == 4
    assert len(found["张伟"].events) == 2


def test_an_event_says_when_what_and_where_in_local_time(calendars, shop_plan):
    calendar = calendars(shop_plan, version=5)["张伟"]
    first, second = calendar.events

    assert first.start == datetime(2026, 11, 10, 1, tzinfo=UTC)
    assert first.start.utcoffset() == timedelta(hours=8)
    assert (first["summary"], first["description"]) == ("long · hotline", "Breaks: 13:00-14:00")
    assert second.end == datetime(2026, 11, 11, 18, tzinfo=UTC)
    assert first["sequence"] == 5
    assert first["dtstamp"].dt == STAMP
    assert [str(zone["tzid"]) for zone in calendar.timezones] == ["Asia/Shanghai"]


def test_the_combined_calendar_names_the_person(calendars, shop_plan):
    summaries = {str(event["summary"]) for event in calendars(shop_plan)["everyone"].events}

    assert "张伟: long · hotline" in summaries


def test_a_shift_keeps_its_identity_from_version_to_version(calendars, shop_plan):
    first, second = (calendars(shop_plan, version=version)["everyone"].events for version in (1, 2))

    assert [event["uid"] for event in first] == [event["uid"] for event in second]
    assert {int(event["sequence"]) for event in second} == {2}
    assert len({event["uid"] for event in first}) == 4


def test_equal_input_gives_equal_bytes(tmp_path, shop, shop_plan):
    written = []
    for _ in range(2):
        paths = write_ics(shop_plan, shop, tmp_path, version=1, stamp=STAMP, language="zh")
        written.append([path.read_bytes() for path in paths])

    assert written[0] == written[1]


def test_without_a_roster_there_is_one_empty_calendar(calendars, make_shop_plan):
    found = calendars(make_shop_plan(without_roster=True))

    assert list(found) == ["everyone"]
    assert found["everyone"].events == []


@pytest.mark.parametrize("agent", ["a/b", "a\\b", "../up", "con", "everyone", "", "a" * 200, "=1", "a:b"])
def test_awkward_names_become_file_names_that_any_system_allows(agent):
    name = file_name(agent)

    assert name not in {"con", "everyone", ""}
    assert not set(name) & set('/\\:*?"<>|=')
    assert len(name) < 80


def test_different_people_never_share_a_file():
    assert len({file_name(agent) for agent in ("a/b", "a\\b", "a_b", "a b")}) == 4
