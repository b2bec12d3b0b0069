from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from scenarios import PlanningError, assumptions_of, load_scenario, title_of

SMALL = """
schema = 1
name = "small"
[title]
en = "Small"
zh = "小店"
[horizon]
first_date = 2026-11-09
dates = 2
interval_min = 30
zone = "Asia/Shanghai"
[horizon.opening]
weekly = "09:00-21:00"
exceptions = { "2026-11-10" = "08:00-26:00" }
[[contact_types]]
name = "call"
channel = "voice"
work_s = { kind = "lognormal", mean_s = 180, cv = 0.8 }
patience_s = { kind = "exponential", mean_s = 120 }
[[groups]]
name = "desk"
skills = ["talk"]
serves = [{ contact_type = "call" }]
[[routes]]
contact_type = "call"
steps = [{ group = "desk" }]
[[targets]]
name = "phone"
contact_types = ["call"]
[[contracts]]
name = "full"
shift_templates = ["long"]
week_paid_h_max = 44
cost_per_paid_h_yuan = 38
[[shift_templates]]
name = "long"
length_min = 540
earliest_start = "08:00"
latest_start = "17:00"
[[teams]]
name = "day"
count = 3
contract = "full"
skills = ["talk"]
[[shocks]]
name = "slow"
effects = [{ quantity = "work", factor = 1.5, start = 2026-11-09T10:00:00, end = 2026-11-09T03:00:00Z }]
[uncertainty]
day_cv = 0.07
[assumed]
"contact_types[call].work_s" = { en = "a guess", zh = "估计" }
"contracts[*].cost_per_paid_h_yuan" = "pay"
"""


@pytest.fixture
def write(write_file):
    """Write the small scenario file, some text of it replaced, or another one beside it."""

    def write_small(name="small.toml", old="", new="", text=SMALL):
        return write_file(name, old, new, text)

    return write_small


def test_a_file_says_everything_about_a_small_shop(write):
    scenario = load_scenario(write())

    assert [agent.name for agent in scenario.agents] == ["day-01", "day-02", "day-03"]
    assert scenario.shift_templates[0].start_minutes[0] == 480
    assert scenario.uncertainty.day_cv == (0.07, 0.07)
    assert scenario.horizon.days[1].closes_us == 50 * 3_600_000_000
    effect = scenario.effects[0]
    assert effect.start == datetime(2026, 11, 9, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert effect.end == datetime(2026, 11, 9, 3, tzinfo=UTC)
    assert scenario.assumptions == (
        ("contact_types[call].work_s", "a guess"),
        ("contracts[*].cost_per_paid_h_yuan", "pay"),
    )


def test_titles_and_reasons_are_told_in_both_languages(write):
    path = write()

    assert (title_of(path, "en"), title_of(path, "zh")) == ("Small", "小店")
    assert dict(assumptions_of(path, "zh"))["contact_types[call].work_s"] == "估计"
    assert dict(assumptions_of(path, "zh"))["contracts[*].cost_per_paid_h_yuan"] == "pay"
    assert title_of(write(old='[title]\nen = "Small"\nzh = "小店"\n'), "en") == "small"


def test_a_file_that_extends_changes_only_what_it_says(write):
    write()
    top = """
schema = 1
extends = "small"
name = "busier"
[horizon.opening.exceptions]
"2026-11-09" = ""
[[contact_types]]
name = "call"
work_s = { mean_s = 240 }
[[teams]]
name = "day"
count = 0
[[agents]]
name = "Chen"
contract = "full"
skills = ["talk"]
leave = [2026-11-10]
"""
    scenario = load_scenario(write("busier.toml", text=top))

    assert scenario.contact_types[0].work_s.mean_s == 240
    assert scenario.contact_types[0].work_s.cv == 0.8
    assert [day.date for day in scenario.horizon.days] == [date(2026, 11, 10)]
    assert [(agent.name, agent.leave) for agent in scenario.agents] == [("Chen", (date(2026, 11, 10),))]


def test_the_later_of_several_bases_lies_over_the_earlier(write):
    write()
    write("pay.toml", text='schema = 1\n[[contracts]]\nname = "full"\ncost_per_paid_h_yuan = 50\n')
    scenario = load_scenario(write("top.toml", text='schema = 1\nextends = ["small", "pay.toml"]\nname = "top"\n'))

    assert scenario.contracts[0].cost_per_paid_h_yuan == 50
    assert scenario.contracts[0].week_paid_h_max == 44
    assert scenario.name == "top"


@pytest.mark.parametrize(
    ("key", "old", "new", "said"),
    [
        ("wrong_schema", "schema = 1", "schema = 2", "small.toml"),
        ("wrong_schema", "schema = 1", "", "small.toml"),
        ("not_toml", "schema = 1", "schema = ", "small.toml"),
        ("unknown_key", "[title]", "[titel]", "Scenario.titel"),
        ("unknown_key", "mean_s = 180", "maen_s = 180", "contact_types[call].work_s.maen_s"),
        ("unknown_key", "dates = 2", "dates = 2\nday = 2", "horizon.day"),
        ("unknown_key", "weekly =", "daily =", "horizon.opening.daily"),
        ("missing_key", "dates = 2", "", "horizon.dates"),
        ("missing_key", 'channel = "voice"', "", "contact_types[call].channel"),
        ("missing_key", "count = 3", "", "teams.count"),
        ("not_one_of", '"voice"', '"fax"', "Scenario.contact_types[call].channel is fax"),
        ("wrong_type", "mean_s = 180", 'mean_s = "long"', "contact_types[call].work_s.mean_s"),
        ("wrong_type", "dates = 2", "dates = true", "horizon.dates"),
        ("wrong_type", "first_date = 2026-11-09", "first_date = 2026-11-09T00:00:00", "horizon.first_date"),
        ("wrong_type", '"2026-11-10" = "08', '"tomorrow" = "08', "horizon.opening.exceptions"),
        ("wrong_type", '"2026-11-10" = "08:00-26:00"', '"2026-11-10" = 8', "2026-11-10"),
        ("wrong_type", "count = 3", "count = -3", "teams[day].count"),
        ("wrong_shape", '"09:00-21:00"', '["09:00-21:00"]', "horizon.opening"),
        ("not_a_clock", '"08:00"', '"8 am"', "shift_templates[long].earliest_start"),
        ("not_a_clock", '"09:00-21:00"', '"09:00"', "horizon.opening.weekly"),
        ("hours_inverted", '"09:00-21:00"', '"21:00-09:00"', "horizon.opening.weekly"),
        ("unknown_zone", "Asia/Shanghai", "Asia/Atlantis", "horizon"),
        ("unknown_name", 'skills = ["talk"]\n[[shocks]]', 'skills = ["sing"]\n[[shocks]]', "Agent(day-01).skills"),
        ("not_positive", "mean_s = 180", "mean_s = nan", "contact_types[call].work_s"),
        ("negative", "factor = 1.5", "factor = -1.5", "shocks[slow].effects[0]"),
        ("assumed_nothing", "contact_types[call].work_s", "contact_types[fax].work_s", "contact_types[fax]"),
        ("assumed_nothing", "contact_types[call].work_s", "contact_types[call].redial", "redial"),
        ("wrong_type", '= "pay"', "= 3", "assumed"),
    ],
)
def test_a_mistake_in_a_file_is_told_with_file_and_key(write, refused, key, old, new, said):
    with refused(key, place="small.toml") as caught:
        load_scenario(write(old=old, new=new))
    assert said in caught.value.message("en")


def test_a_table_that_is_none_is_told(write, refused):
    top = write("top.toml", text='schema = 1\nextends = "small"\nuncertainty = "much"\ntitle = 3\n')
    write()
    with refused("wrong_type", place="top.toml: uncertainty"):
        load_scenario(top)
    with refused("wrong_type", place="top.toml: title"):
        title_of(top, "en")


def test_a_message_speaks_of_numbers_and_not_of_parsers(write):
    with pytest.raises(PlanningError) as caught:
        load_scenario(write(old="mean_s = 180", new='mean_s = "long"'))

    assert caught.value.message("en").endswith("value is long; expected a number; correct the value.")
    assert "数字" in caught.value.message("zh")


def test_an_unknown_key_is_answered_with_the_keys_of_its_own_table(write):
    with pytest.raises(PlanningError) as caught:
        load_scenario(write(old="mean_s = 180", new="maen_s = 180"))

    assert caught.value.facts["known"] == "kind, mean_s, cv"


def test_a_file_that_is_not_there_is_answered_with_the_library(refused):
    with refused("no_scenario") as caught:
        load_scenario("double12")
    assert "double11_x10" in caught.value.message("en")


def test_a_base_that_is_not_there_is_told_of_the_file_that_wants_it(write, refused):
    with refused("no_scenario", place="top.toml"):
        load_scenario(write("top.toml", text='schema = 1\nextends = "nobody"\n'))


def test_files_that_extend_each_other_are_refused(write, refused):
    write("a.toml", text='schema = 1\nextends = "b"\n')
    with refused("extends_circle"):
        load_scenario(write("b.toml", text='schema = 1\nextends = "a"\n'))


def test_extends_names_files(write, refused):
    with refused("wrong_type", place="top.toml"):
        load_scenario(write("top.toml", text="schema = 1\nextends = 7\n"))


def test_a_file_in_another_encoding_is_refused(tmp_path, refused):
    path = tmp_path / "gbk.toml"
    path.write_bytes('schema = 1\nname = "小铺"\n'.encode("gb18030"))
    with refused("not_toml", place="gbk.toml"):
        load_scenario(path)


def test_a_byte_order_mark_does_no_harm(tmp_path):
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SMALL.encode())
    assert load_scenario(path).name == "small"
