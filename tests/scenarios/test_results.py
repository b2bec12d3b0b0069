from datetime import date

import numpy as np
import pytest

from scenarios import (
    Assignment,
    Break,
    Estimate,
    Kpi,
    Requirement,
    Roster,
    RosterOutcome,
    RosterStatus,
    RuleBreach,
    ServiceReport,
    TargetStatement,
    Verdict,
    VerdictStatus,
)

DAY = date(2026, 11, 10)
HOUR = 3_600_000_000


def shift(start_h=9, end_h=18, agent="Chen", breaks=((12, 13, False),)):
    pauses = tuple(Break(begin * HOUR, end * HOUR, paid) for begin, end, paid in breaks)
    return Assignment(agent, DAY, "long", "desk", start_h * HOUR, end_h * HOUR, pauses)


def test_a_shift_is_at_work_outside_its_breaks_and_paid_but_for_the_unpaid_ones():
    row = shift(breaks=((12, 13, False), (15, 16, True)))

    assert row.work_spans == ((9 * HOUR, 12 * HOUR), (13 * HOUR, 15 * HOUR), (16 * HOUR, 18 * HOUR))
    assert row.paid_us == 8 * HOUR
    assert shift(9, 10, breaks=((9, 10, True),)).work_spans == ()


def test_shifts_and_breaks_that_cannot_be_are_refused(refused):
    with refused("span_inverted"):
        shift(9, 9, breaks=())
    with refused("span_inverted"):
        Break(5, 5, paid=True)
    for breaks in (((8, 10, False),), ((17, 19, False),), ((12, 14, True), (13, 15, True))):
        with refused("break_outside"):
            shift(breaks=breaks)
    with refused("shifts_overlap"):
        Roster((shift(9, 18), shift(17, 20, breaks=())))


def test_a_roster_is_sorted_whatever_the_order_it_is_given_in():
    rows = (shift(agent="Wang"), shift(19, 22, breaks=()), shift())
    roster, other = Roster(rows), Roster(rows[::-1])

    assert roster == other
    assert roster.fingerprint() == other.fingerprint()
    assert roster.agents == ("Chen", "Wang")
    assert roster.fingerprint() != Roster(rows[:2]).fingerprint()


def test_an_outcome_has_a_roster_exactly_when_its_status_says_so():
    short = np.zeros((2, 1))
    found = RosterOutcome(RosterStatus.FEASIBLE, Roster(()), 100.0, 90.0, short)

    assert found.gap == pytest.approx(0.1)
    assert not found.shortfall.flags.writeable
    assert RosterOutcome(RosterStatus.OPTIMAL, Roster(()), 0.0, 0.0, short).gap == 0.0
    for status, roster in ((RosterStatus.INFEASIBLE, Roster(())), (RosterStatus.OPTIMAL, None)):
        with pytest.raises(RuntimeError):
            RosterOutcome(status, roster, 0.0, 0.0, short)


def test_a_requirement_covers_its_horizon(make_horizon, refused):
    horizon = make_horizon()

    assert Requirement(horizon, ("desk",), np.ones((horizon.intervals, 1))).positions.sum() == horizon.intervals
    with refused("wrong_shape"):
        Requirement(horizon, ("desk", "chat"), np.ones((horizon.intervals, 1)))
    with refused("negative"):
        Requirement(horizon, ("desk",), np.full((horizon.intervals, 1), -1.0))


MEAN = Estimate(0.93, 0.92, 0.94, 0.95, "ratio of sums", 300)


def statement(proven):
    return TargetStatement("phone", DAY, 300, 297, 0.99, 0.97, 0.96, MEAN, 0.85, 1200, MEAN, proven)


@pytest.mark.parametrize(
    ("breaches", "statements", "status"),
    [
        ((), (statement(True), statement(True)), VerdictStatus.PROVEN),
        ((), (statement(True), statement(False)), VerdictStatus.NOT_PROVEN),
        ((), (), VerdictStatus.NOT_PROVEN),
        ((RuleBreach("rest", "Chen", DAY, 9.0, 11.0),), (statement(True),), VerdictStatus.RULES_BROKEN),
    ],
)
def test_a_verdict_needs_rules_kept_and_every_date_proven(breaches, statements, status):
    verdict = Verdict(breaches, statements, joint_proven=True, attempt=1, error_spent=0.04, roster_fingerprint="f")

    assert verdict.status is status
    assert verdict.publishable == (status is VerdictStatus.PROVEN)


def test_a_report_finds_one_estimate_or_says_that_it_has_none():
    report = ServiceReport((Kpi("asa_s", "phone", MEAN), Kpi("asa_s", "phone", MEAN, DAY, 3)), 300, "2026-11")

    assert report.find("asa_s", "phone", DAY, 3) is MEAN
    with pytest.raises(KeyError):
        report.find("asa_s", "chat")
