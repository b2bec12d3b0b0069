"""Packs on runs of the floor; dated versions, files and measures of your own."""

import re
from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scenarios import NOBODY, US_PER_S, PlanningError
from sim.measures.estimates import ratio_of_sums
from sim.measures.protocol import Cases
from sim.packs.pack import Pack, load_pack, measure, measure_all, measure_title, pack_names, pack_title, read_pack
from sim.packs.satisfaction import Satisfaction
from sim.packs.timing import _first_stamps


def test_one_run_is_measured_by_date_and_type_without_an_interval(shop, runs, value):
    found = measure(load_pack("jd"), runs[0], shop)
    first, second = date(2025, 11, 10), date(2025, 11, 11)

    # Of three sessions two were answered within 20 s; the second waited for the first to end.
    assert value(found, "jd.first_reply_30s_share") == pytest.approx(2 / 3)
    assert value(found, "jd.first_reply_30s_share", day=first) == pytest.approx(1 / 2)
    assert value(found, "jd.first_reply_30s_share", day=second) == 1.0
    assert value(found, "jd.first_reply_30s_share", "chat") == pytest.approx(2 / 3)
    assert {row.scope for row in found} == {"all", "chat"}
    assert all(np.isnan([row.estimate.low, row.estimate.high]).all() for row in found)


def test_several_runs_have_an_interval(shop, runs, value):
    pack = load_pack("taobao")
    each = [measure(pack, run, shop) for run in runs]
    found = measure_all(pack, iter(runs), shop)
    rounds = np.array([4, 4, 4])  # those who give up leave one message unanswered
    replied = np.array([value(rows, "taobao.reply_3min_share") for rows in each]) * rounds

    row = next(row.estimate for row in found if row.kpi == "taobao.reply_3min_share" and row.day is None)
    expected = ratio_of_sums(replied, rounds)
    assert (row.value, row.low, row.high) == pytest.approx((expected.value, expected.low, expected.high))
    assert row.replications == 3
    assert measure_all(pack, [], shop) == ()


OWN = """
schema = 1
name = "own"
title = { en = "Our own", zh = "自定义" }

[[versions]]
valid_from = 2026-01-01
source = "the service manual"

[[versions.measures]]
key = "calls_20s_share"
clock = "first_reply"
statistic = "share_within"
channel = "voice"
within_s = 20
window = ["09:00", "18:00"]
exempt_dates = [[2025-11-11, 2025-11-11]]
title = { en = "Calls answered in 20 s", zh = "电话 20 秒接通率" }
"""


def test_a_pack_of_your_own_is_a_file(tmp_path, shop, at, records, value):
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    pack = load_pack(path)
    calls = [{"kind": 2, "start": at("9:00", day), "answered": at("9:00:20", day) + late, "ended": at("9:02", day)}
             for day, late in ((0, 0), (0, 1), (1, 9))]  # fmt: skip

    assert value(measure(pack, records(*calls), shop), "own.calls_20s_share") == 0.5
    assert measure_title(pack, pack.measures[0], "zh") == "电话 20 秒接通率"
    assert pack_title(path, "en") == "Our own"
    assert (pack.name, pack.valid_from, pack.source) == ("own", date(2026, 1, 1), "the service manual")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("within_s = 20\n", "", r"own\.toml: .*PackRule\(calls_20s_share\)\.within_s is None; expected a number of"),
        ("within_s = 20", "within_s = -1", r"within_s is -1"),
        ('statistic = "share_within"', 'statistic = "mean"', r"cap_s is None"),
        ('["09:00", "18:00"]', '["18:00", "09:00"]', r"window is 09:00; expected an end after the start 18:00"),
        ('["09:00", "18:00"]', '["nine", "18:00"]', r"nine; expected hours and minutes"),
        ("clock = ", "clok = ", r"own\.toml"),
        ('"first_reply"', '"first"', r"own\.toml: .*versions\[0\]\.measures\[0\].clock is first; expected"),
        ("valid_from = 2026-01-01", "valid_from = 1", r"own\.toml"),
        ("schema = 1", "schema = 9", r"schema"),
        ('key = "calls_20s_share"', 'key = "calls_20s_share"\nperiod_days = 0', r"period_days is 0"),
    ],
)
def test_a_pack_file_that_does_not_fit_is_refused_with_its_place(old, new, said, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN.replace(old, new), encoding="utf-8")

    with pytest.raises(PlanningError, match=said):
        load_pack(path)


def test_versions_are_in_order_and_keys_of_a_version_stand_once(tmp_path):
    path = tmp_path / "own.toml"
    version = OWN[OWN.index("[[versions]]") :]
    path.write_text(OWN + version, encoding="utf-8")
    with pytest.raises(PlanningError, match=r"Pack\(own\)\.versions"):
        load_pack(path)
    path.write_text(OWN + version[version.index("[[versions.measures]]") :], encoding="utf-8")
    with pytest.raises(PlanningError, match=r"Pack\(own\)\.measures is calls_20s_share more than once"):
        load_pack(path)
    path.write_text('schema = 1\nname = "own"\nversions = []\n', encoding="utf-8")
    with pytest.raises(PlanningError, match=r"Pack\(own\)\.versions"):
        load_pack(path)


def test_no_such_pack_no_such_file_no_such_date(tmp_path):
    with pytest.raises(PlanningError, match=r"Pack\.name is amazon; expected one of: douyin, generic, jd"):
        load_pack("amazon")
    with pytest.raises(PlanningError, match=r"nowhere\.toml does not exist"):
        load_pack(tmp_path / "nowhere.toml")
    with pytest.raises(PlanningError, match=r"Pack\(taobao\)\.valid_from is later than 2020-01-01"):
        load_pack("taobao", date(2020, 1, 1))


@dataclass(frozen=True)
class SecondReplies:
    """Share of second messages answered within a minute: a measure no file can say."""

    key: str = "second_reply_60s_share"
    unit: str = "share"
    estimator: str = "ratio of sums"

    def cases(self, logs, scenario):  # noqa: ARG002  # the protocol hands it over; this measure needs none
        second = logs.messages.number == 1
        asked, replied = logs.messages.asked_us[second], logs.messages.replied_us[second]
        in_time = (replied != NOBODY) & (replied - asked <= 60 * US_PER_S)
        kinds = logs.log.contact_type[logs.messages.entry[second]]
        return Cases(asked, kinds, in_time.astype(np.float64), np.ones(len(asked)))


def test_a_measure_of_your_own_is_a_class_with_three_names_and_a_method(shop, runs, value):
    pack = Pack("mine", (SecondReplies(),))
    found = measure_all(pack, runs, shop)

    assert value(found, "mine.second_reply_60s_share") == 1.0
    assert measure_title(pack, pack.measures[0]) == "second_reply_60s_share"


def test_a_pack_file_sets_the_curve_of_satisfaction_by_a_survey_of_its_own(shop, runs, value, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN.replace('manual"\n', 'manual"\nsatisfaction = { at_best = 0.8, unanswered = 0.1 }\n', 1))
    pack = load_pack(path)
    found = measure_all(pack, runs, shop)

    assert pack.measures[-1] == Satisfaction(at_best=0.8, unanswered=0.1)
    assert value(found, "own.satisfaction_share") == value(
        measure_all(Pack("own", (Satisfaction(at_best=0.8, unanswered=0.1),)), runs, shop), "own.satisfaction_share"
    )
    assert re.search("[一-鿿]", measure_title(pack, pack.measures[-1], "zh"))
    path.write_text(path.read_text().replace("at_best = 0.8", 'key = "mine"'))
    with pytest.raises(PlanningError, match="key"):
        load_pack(path)


def test_every_pack_that_ships_says_where_it_comes_from_and_names_its_measures_in_both_languages():
    assert pack_names() == ("douyin", "generic", "jd", "pinduoduo", "taobao")
    for name in pack_names():
        assert re.search("[一-鿿]", pack_title(name, "zh"))
        for version in read_pack(name).versions:
            assert version.source
            pack = load_pack(name, version.valid_from)
            assert pack.valid_from == version.valid_from
            for rule in pack.measures:
                assert re.search("[一-鿿]", measure_title(pack, rule, "zh"))
                assert measure_title(pack, rule, "en") != rule.key


@given(turns=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 50), st.integers(0, 60) | st.none()), max_size=12))
@settings(max_examples=100, deadline=None)
def test_a_question_is_open_until_its_first_reply(turns):
    """Against a plain rule: walk through each session, join what is asked while a question is open."""
    rows = sorted((entry, asked, NOBODY if after is None else asked + after) for entry, asked, after in turns)
    entry, asked, replied = (np.array([row[place] for row in rows], dtype=np.int64) for place in range(3))
    expected = {}
    for one in sorted({row[0] for row in rows}):
        question = None
        for _, when, answer in (row for row in rows if row[0] == one):
            if question is None or (question[1] != NOBODY and when >= question[1]):
                question = [when, answer]
                expected.setdefault(one, []).append(question)
            elif question[1] == NOBODY:
                question[1] = answer
    for count in (_first_stamps, getattr(_first_stamps, "py_func", _first_stamps)):
        until = replied.copy()
        first = count(entry, entry, asked, until)
        found = {}
        for one, when, answer in zip(entry[first], asked[first], until[first], strict=True):
            found.setdefault(int(one), []).append([int(when), int(answer)])
        assert found == expected
