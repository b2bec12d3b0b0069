from zoneinfo import ZoneInfo

import pytest

from scenarios import PlanKind, load_promotions

CALENDAR = """
schema = 1
[[promo]]
name = "double11"
phases = [{ name = "day", start = 2025-11-11T00:00:00, end = 2025-11-11T12:00:00, uplift = 3.0 }]
[[promo]]
name = "double11"
phases = [{ name = "day", start = 2024-11-11T00:00:00, end = 2024-11-11T12:00:00, uplift = 2.5 }]
"""


def test_past_promotions_come_in_order_and_share_the_name_of_their_event(write_file):
    events = load_promotions(write_file("past.toml", "", "", CALENDAR), "Asia/Shanghai")

    assert [(event.name, event.phases[0].start.year) for event in events] == [("double11", 2024), ("double11", 2025)]
    assert events[0].phases[0].start.tzinfo == ZoneInfo("Asia/Shanghai")


def test_an_uplift_is_a_target_unless_the_calendar_says_that_it_is_only_expected(write_file):
    path = write_file("past.toml", "uplift = 3.0", 'uplift = 3.0, uplift_cv = 0.1, plan = "expected"', CALENDAR)

    earlier, later = load_promotions(path, "Asia/Shanghai")

    assert earlier.phases[0].plan is PlanKind.TARGET
    assert later.phases[0].plan is PlanKind.EXPECTED


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("wrong_schema", "schema = 1", ""),
        ("unknown_key", "schema = 1", "schema = 1\nyear = 2025"),
        ("unknown_key", "uplift = 3.0", "lift = 3.0"),
        ("not_positive", "uplift = 3.0", "uplift = -3.0"),
        ("not_one_of", "uplift = 3.0", 'uplift = 3.0, plan = "hoped"'),
        ("wrong_type", "start = 2025-11-11T00:00:00", 'start = "eleven"'),
        ("phases_overlap", "2024-11-11T00:00:00, end = 2024-11-11", "2025-11-10T00:00:00, end = 2025-11-11"),
        ("empty", "[{ name = \"day\", start = 2024-11-11T00:00:00, end = 2024-11-11T12:00:00, uplift = 2.5 }]", "[]"),
    ],
)  # fmt: skip
def test_a_calendar_that_cannot_be_is_refused(write_file, refused, key, old, new):
    with refused(key, place="past.toml"):
        load_promotions(write_file("past.toml", old, new, CALENDAR), "Asia/Shanghai")


def test_a_calendar_that_is_not_there_is_refused(tmp_path, refused):
    with refused("no_file"):
        load_promotions(tmp_path / "none.toml", "Asia/Shanghai")
