"""What the platforms' pages give as examples."""

from datetime import date

import numpy as np
import pytest

from scenarios import Cause, Outcome
from sim.packs.pack import load_pack, measure

# JD


def test_jd_a_session_that_starts_at_8_56_does_not_count_though_it_is_answered_at_9_01(say, at):
    early = {"messages": [(at("8:56"), at("9:01"))]}
    prompt = {"messages": [(at("9:00"), at("9:00:30"))]}

    assert say("jd", "first_reply_30s_share", early, prompt) == 1.0
    assert np.isnan(say("jd", "first_reply_30s_share", early))


def test_jd_counts_only_first_replies_and_30_s_are_still_in_time(say, at):
    session = {"messages": [(at("10:00"), at("10:00:30")), (at("10:05"), at("10:20"))]}
    late = {"messages": [(at("10:00"), at("10:00:31"))]}

    assert say("jd", "first_reply_30s_share", session, late) == 0.5
    assert say("jd", "mean_first_reply_s", session, late) == 30.5


def test_jd_a_return_within_ten_minutes_of_closing_is_the_same_session(say, at):
    first = {"buyer": 7, "messages": [(at("10:00"), at("10:00:10"))], "ended": at("10:05")}
    soon = {"buyer": 7, "messages": [(at("10:15"), at("10:17"))]}
    later = {"buyer": 7, "messages": [(at("10:15:01"), at("10:17"))]}

    assert say("jd", "first_reply_30s_share", first, soon) == 1.0
    assert say("jd", "first_reply_30s_share", first, later) == 0.5


def test_jd_what_begins_at_night_or_while_all_are_offline_is_a_message_and_measured_apart(
    say, scenario, shop, at, records, value
):
    night, day = {"messages": [(at("23:00"), at("23:00:05"))]}, {"messages": [(at("22:59:59"), at("23:01"))]}

    assert say("jd", "message_share", night, day) == 0.5
    assert say("jd", "first_reply_30s_share", night, day) == 0.0
    closed = scenario(shop.contact_types, hours=((12, 24), (12, 24)))
    offline = {"messages": [(at("10:00"), None)]}
    found = measure(load_pack("jd"), records(offline), closed)
    assert value(found, "jd.message_share") == 1.0
    assert np.isnan(value(found, "jd.first_reply_30s_share"))


def test_jd_counts_the_last_thirty_days(scenario, shop, at, records, value):
    month = scenario(shop.contact_types, hours=((0, 24),) * 31)
    old = {"messages": [(at("10:00"), at("11:00"))]}
    new = {"messages": [(at("10:00", day=1), at("10:00:10", day=1))]}

    assert value(measure(load_pack("jd"), records(old, new), month), "jd.first_reply_30s_share") == 1.0


def test_jd_service_tickets_are_reviewed_and_settled_within_twenty_minutes_of_the_day(say, at):
    prompt = {"kind": 3, "start": at("9:00"), "answered": at("9:20"), "ended": at("9:21")}
    unread = {"kind": 3, "start": at("20:59"), "answered": None, "ended": None, "outcome": Outcome.OPEN}
    night = {"kind": 3, "start": at("21:00"), "answered": at("23:00"), "ended": at("23:30")}

    assert say("jd", "review_20min_share", prompt, unread, night) == 0.5
    assert say("jd", "result_20min_share", prompt, unread, night) == 0.0


# Taobao


def test_taobao_a_repeated_question_keeps_the_first_time_stamp(say, at):
    asked = [(at("10:10:15"), None), (at("10:15:20"), at("10:18:10"))]

    # From 10:10:15 on it took 7 min 55 s: one round, and late.
    assert say("taobao", "reply_3min_share", {"messages": asked}) == 0.0
    assert say("taobao", "mean_reply_s", {"messages": asked}) == 475.0
    again = [*asked, (at("10:18:30"), at("10:19:00"))]
    assert say("taobao", "reply_3min_share", {"messages": again}) == 0.5


def test_taobao_ten_questions_without_an_answer_are_one_round_and_600_seconds(say, at):
    asked = [(at("10:00") + 10 * number, None) for number in range(10)]

    assert say("taobao", "reply_3min_share", {"messages": asked}) == 0.0
    assert say("taobao", "mean_reply_s", {"messages": asked}) == 600.0


def test_taobao_a_reply_counts_at_most_ten_minutes_in_the_mean(say, at):
    slow, quick = {"messages": [(at("10:00"), at("11:00"))]}, {"messages": [(at("10:00"), at("10:00:40"))]}

    assert say("taobao", "mean_reply_s", slow, quick) == 320.0
    assert say("taobao", "slow_reply_share", slow, quick) == 0.5


def test_taobao_who_hands_on_without_a_reply_has_left_it_unanswered(say, at):
    first = {"buyer": 1, "messages": [(at("10:00"), None)], "taken": at("10:00"), "ended": at("10:01"),
             "outcome": Outcome.ANSWERED}  # fmt: skip
    second = {"buyer": 1, "cause": Cause.TRANSFER, "messages": [(at("10:01"), at("10:01:20"))]}

    assert say("taobao", "reply_3min_share", first, second) == 0.5
    assert say("taobao", "mean_reply_s", first, second) == (600 + 20) / 2


def test_taobao_counts_from_eight_to_twenty_three_and_an_older_version_to_midnight(say, at):
    late, noon = {"messages": [(at("23:00"), None)]}, {"messages": [(at("12:00"), at("12:03"))]}
    early = {"messages": [(at("7:59:59"), None)]}

    assert say("taobao", "reply_3min_share", late, noon, early) == 1.0
    assert say("taobao", "reply_3min_share", late, noon, early, on=date(2023, 5, 26)) == 0.5
    assert say("taobao", "reply_3min_share", late, noon, early, on=date(2023, 5, 27)) == 1.0


def test_what_the_bot_keeps_and_what_is_malicious_does_not_count(say, at):
    human = {"messages": [(at("12:00"), at("12:01"))]}
    bot = {"messages": [(at("12:00"), None)], "outcome": Outcome.BOT}
    fake = {"kind": 1, "messages": [(at("12:00"), None)]}

    assert say("taobao", "reply_3min_share", human, bot, fake) == 1.0


# Douyin, Pinduoduo, generic


def test_douyin_counts_every_message_from_eight_to_twenty_three(say, at):
    asked = [(at("10:00"), None), (at("10:02"), at("10:04"))]
    night = {"messages": [(at("23:00"), None)]}

    assert say("douyin", "reply_3min_share", {"messages": asked}, night) == 0.5


def test_pinduoduo_gives_five_minutes(say, at):
    sessions = [{"messages": [(at("10:00"), at("10:05") + late)]} for late in (0, 1)]

    assert say("pinduoduo", "reply_5min_share", *sessions) == 0.5


def test_generic_figures_of_queue_replies_and_those_who_gave_up(say, at):
    waited = {
        "start": at("3:00"),
        "taken": at("3:00:50"),
        "messages": [(at("3:00"), at("3:01")), (at("3:02"), at("3:03"))],
    }
    at_once = {"start": at("4:00"), "taken": at("4:00"), "messages": [(at("4:00"), at("4:00:20"))]}
    gave_up = {"start": at("5:00"), "taken": None, "messages": [(at("5:00"), None)], "ended": at("5:02")}
    expected = {
        "mean_first_reply_s": 40.0,
        "first_reply_30s_share": 1 / 3,
        "mean_reply_s": 140 / 3,
        "reply_30s_share": 1 / 4,
        "mean_queue_s": 25.0,
        "longest_queue_s": 50.0,
        "mean_time_to_abandon_s": 120.0,
        "reply_share": 2 / 3,
        "queue_share": 2 / 3,
    }

    for key, wanted in expected.items():
        assert say("generic", key, waited, at_once, gave_up) == pytest.approx(wanted), key
    assert {one.key for one in load_pack("generic").measures} == {*expected, "satisfaction_share"}
