"""What was found in a history, as a planner reads it."""

from datetime import datetime, timedelta

import pytest

from forecasting import Finding, FindingKind, Treatment
from scenarios.text import use_language
from scheduler.commands.show_history import show_findings


@pytest.fixture
def outages():
    """Eight outages of one type, a day apart."""
    first = datetime(2026, 3, 2, 10)
    starts = [first + timedelta(days=number) for number in range(8)]
    facts = (("found", "0"), ("usual", "80"))
    return [
        Finding(FindingKind.OUTAGE, "chat", start, start + timedelta(hours=2), 4, Treatment.NOT_DEMAND, facts)
        for start in starts
    ]


def test_a_finding_says_what_it_is_and_what_was_done(outages, capsys):
    show_findings(outages[:1])

    said = capsys.readouterr().out
    assert "chat, 2026-03-02 10:00 to 2026-03-02 12:00: 0 contacts where about 80 were usual; an outage." in said
    assert "Neither learnt from nor scored." in said


def test_many_of_a_kind_are_counted_after_the_fifth(outages, capsys):
    show_findings(outages)

    said = capsys.readouterr().out
    assert said.count("an outage.") == 5
    assert "3 more of this kind" in said


def test_findings_are_told_in_chinese_too(outages, capsys):
    use_language("zh")

    show_findings(outages[:1])

    assert "系统中断" in capsys.readouterr().out


def test_of_a_sound_history_nothing_is_said(capsys):
    show_findings([])

    assert capsys.readouterr().out == ""
