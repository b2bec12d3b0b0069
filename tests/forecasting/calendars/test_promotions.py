"""The promotions of the year: shipped, own, and live streams."""

from datetime import date, timedelta

import pytest

from forecasting.calendars.promotions import promo_calendar, promo_events, shipped_promotions, shipped_version
from scenarios import PromoEvent

ZONE = "Asia/Shanghai"
UNTIL = date(2026, 12, 31)
OWN = """
schema = 1
shipped = true
leave_out = ["99"]
[[promo]]
name = "double11"
phases = [{ name = "peak", start = 2025-11-08T20:00:00, end = 2025-11-12T00:00:00, uplift = 5.0 }]
[[live]]
name = "friday_show"
date = 2026-11-06
every_week = true
last = 2026-11-27
start = "23:00"
length_min = 120
uplift = 1.6
"""


@pytest.fixture
def write_own(tmp_path):
    def write(old="", new=""):
        path = tmp_path / "own.toml"
        path.write_text(OWN.replace(old, new) if old else OWN, encoding="utf-8")
        return path

    return write


def test_the_shipped_calendar_has_six_events_of_four_years_with_titles_in_both_languages():
    entries = shipped_promotions(ZONE)

    assert {(entry.event.name, entry.year) for entry in entries} == {
        (name, year) for name in ("38", "618", "99", "double11", "double12", "year_goods") for year in range(2023, 2027)
    }
    assert [entry.title for entry in entries if not (entry.title.en and entry.title.zh)] == []
    assert [entry.event.phases[0].start for entry in entries] == sorted(e.event.phases[0].start for e in entries)
    assert shipped_version() >= date(2026, 11, 1)


def test_nothing_that_ships_is_called_verified_without_a_source():
    entries = shipped_promotions(ZONE)

    assert [entry.event.name for entry in entries if entry.verified or not entry.source] == []


def test_every_year_of_a_shipped_event_shares_phases_with_another_year():
    entries = shipped_promotions(ZONE)
    by_event = {}
    for entry in entries:
        by_event.setdefault(entry.event.name, []).append({phase.name for phase in entry.event.phases})

    assert [name for name, years in by_event.items() if not set.intersection(*years)] == []


def test_an_own_event_replaces_the_shipped_one_of_its_year_and_no_other(write_own):
    entries = {(entry.event.name, entry.year): entry for entry in promo_calendar(ZONE, write_own(), UNTIL)}

    mine = entries["double11", 2025]
    assert (mine.own, mine.event.phases[0].uplift, len(mine.event.phases)) == (True, 5.0, 1)
    assert not entries["double11", 2024].own
    assert [key for key in entries if key[0] == "99"] == []


def test_a_weekly_live_stream_has_a_phase_every_week_and_runs_past_midnight(write_own):
    (show,) = [e for e in promo_calendar(ZONE, write_own(), UNTIL) if e.event.name == "friday_show"]

    assert [phase.start.date().day for phase in show.event.phases] == [6, 13, 20, 27]
    assert {phase.start.hour for phase in show.event.phases} == {23}
    assert {phase.end - phase.start for phase in show.event.phases} == {timedelta(hours=2)}
    assert {(phase.name, phase.uplift) for phase in show.event.phases} == {("live", 1.6)}


def test_a_single_live_stream_comes_once(write_own):
    entries = promo_calendar(ZONE, write_own("every_week = true\nlast = 2026-11-27\n", ""), UNTIL)

    (show,) = [entry for entry in entries if entry.event.name == "friday_show"]
    assert len(show.event.phases) == 1


def test_without_asking_for_the_shipped_calendar_only_own_events_are_there(write_own):
    entries = promo_calendar(ZONE, write_own("shipped = true", ""), UNTIL)

    assert all(entry.own for entry in entries)
    assert all(isinstance(event, PromoEvent) for event in promo_events(entries))


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("wrong_schema", "schema = 1", "schema = 9"),
        ("unknown_key", "shipped = true", "ships = true"),
        ("wrong_type", "shipped = true", 'shipped = "yes"'),
        ("wrong_type", 'leave_out = ["99"]', 'leave_out = "99"'),
        ("unknown_name", '["99"]', '["11.11"]'),
        ("not_positive", "uplift = 5.0", "uplift = -5.0"),
        ("not_a_clock", 'start = "23:00"', 'start = "eleven"'),
        ("not_positive", "length_min = 120", "length_min = 0"),
        ("span_inverted", "last = 2026-11-27", "last = 2026-10-01"),
        ("unknown_key", "every_week = true", "weekly = true"),
        ("missing_key", "length_min = 120", ""),
        ("wrong_type", "[[live]]", "[live]"),
    ],
)
def test_a_file_that_cannot_be_is_refused_with_its_name(write_own, refused, key, old, new):
    with refused(key, place="own.toml"):
        promo_calendar(ZONE, write_own(old, new), UNTIL)


def test_a_missing_file_is_refused(tmp_path, refused):
    with refused("no_file"):
        promo_calendar(ZONE, tmp_path / "none.toml", UNTIL)
