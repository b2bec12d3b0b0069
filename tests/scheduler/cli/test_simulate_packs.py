"""``springtide simulate --pack``: what a platform would measure, beside our own measures."""

import pytest

from scheduler.exits import Exit


@pytest.mark.parametrize(("language", "said"), [("en", "First reply within 30 s"), ("zh", "首次 30 秒应答率")])
def test_a_platforms_rules_are_named_with_their_date_and_its_measures_in_words(call, language, said):
    status, out, _ = call("--lang", language, "simulate", "quiet_day", "--replications", 2, "--pack", "jd")

    assert status is Exit.DONE
    assert said in out
    assert "2024-01-01" in out


def test_an_unknown_rule_book_is_answered_with_those_there_are(call):
    status, _, err = call("simulate", "quiet_day", "--replications", 2, "--pack", "nowhere")

    assert status is Exit.INPUT
    assert "jd" in err
    assert "taobao" in err
