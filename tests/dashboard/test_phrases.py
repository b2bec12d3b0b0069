"""Figures in words, as a planner says them."""

from dataclasses import replace
from datetime import date

import pytest

from dashboard import phrases
from scenarios import Reason

ROW = {
    "target": "chat", "date": "2026-11-10", "within_s": 30.0, "promised": 0.9, "promised_days": 0.95, "met": 0.5,
    "share": 0.85, "share_low": 0.84, "share_high": 0.86,
}  # fmt: skip


def plain(said):
    """A text with ordinary spaces for those that keep a figure and its unit on one line."""
    return said.replace("\u00a0", " ")


@pytest.mark.parametrize(("language", "said"), [("en", "91.3 %"), ("zh", "91.3%")])
def test_shares_become_percent_on_screen(language, said):
    assert plain(phrases.percent(0.9128, language)) == said


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_what_is_undefined_is_a_dash(missing):
    assert phrases.percent(missing, "en") == "–"
    assert phrases.percent_range(missing, 0.5, "en") == "–"
    assert phrases.duration(missing, "en") == "–"
    assert phrases.points(None, "zh") == "–"


@pytest.mark.parametrize(("share", "said"), [(0.9, "90 %"), (0.925, "92.5 %"), (0.29, "29 %")])
def test_a_promise_has_no_needless_decimals(share, said):
    assert plain(phrases.promised(share, "en")) == said


@pytest.mark.parametrize(("seconds", "said"), [(4.4, "4 s"), (119.0, "119 s"), (150.0, "2.5 min")])
def test_long_waits_are_told_in_minutes(seconds, said):
    assert plain(phrases.duration(seconds, "en")) == said


def test_a_date_bears_its_weekday():
    assert phrases.date_text(date(2026, 11, 11), "en") == "Wed 11 Nov"
    assert phrases.date_text(date(2026, 11, 11), "zh") == "11月11日 周三"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "**missed**"),
        ({"share": 0.93}, "holds on only 50 % of days"),
        ({"share": 0.93, "met": 0.97}, "**kept**"),
        ({"share": None}, "nobody contacts"),
    ],
)
def test_the_headline_says_whether_the_promise_is_kept(changes, said):
    assert said in plain(phrases.headline(ROW | changes, "en"))
    assert phrases.headline(ROW | changes, "zh").startswith("11月10日 周二")


def test_the_difference_is_told_in_points_with_its_interval():
    row = {"share": -0.219, "share_low": -0.252, "share_high": -0.185}

    assert (
        phrases.difference_text(row, "en") == "That is -21.9 points against the plan (paired interval -25.2 to -18.5)."
    )
    assert phrases.difference_text(row | {"share": None}, "en") == ""


def test_a_scenario_is_told_in_one_line(tiny):
    said = plain(phrases.facts_text(tiny, "en"))

    assert said == "Tue 10 Nov · 7 people on the books · promise: live: 80 % answered within 30 s on 95 % of days"
    assert "在册 7 人" in phrases.facts_text(tiny, "zh")


def test_a_statement_names_days_bound_and_worst_hour(plan, tiny):
    (statement,) = plan.verdict.statements
    said = plain(phrases.statement_text(statement, tiny.targets[0], "en"))

    assert "on 58 of 60 fresh days at least 80 % were answered within 30 s" in said
    assert "shows only 87.0 % of days (95 % promised)" in said
    assert "worst hour 10:00: 82.0 %" in said


def test_a_statement_whose_bound_holds_blames_hour_or_abandonment(plan, tiny):
    (statement,) = plan.verdict.statements

    assert "the floor of each hour" in phrases.statement_text(replace(statement, bound=0.96), tiny.targets[0], "en")


def test_a_proven_statement_gives_its_confidence(plan, tiny):
    (statement,) = plan.verdict.statements
    proven = replace(statement, proven=True, bound=0.97, worst_hour=25 * 60)

    said = phrases.statement_text(proven, tiny.targets[0], "zh")
    assert "以 95% 的把握" in said
    assert "01:00" in said


def test_without_its_target_a_statement_still_says_its_figures(plan):
    (statement,) = plan.verdict.statements

    assert "held on 58 of 60 fresh days" in phrases.statement_text(statement, None, "en")


def test_reasons_are_told_from_the_shared_catalogue():
    assert "12 s" in phrases.reason_text(Reason("reasons.time_budget", (("seconds", 12),)), "en")
