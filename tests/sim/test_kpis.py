"""Every KPI by a worked example; what it concerns; quantiles and pay."""

import re
from datetime import date

import numpy as np
import pytest
from scipy import stats

from scenarios import (
    US_PER_S,
    Agent,
    Assignment,
    Break,
    Cause,
    Channel,
    Contract,
    Grade,
    Group,
    Law,
    LawKind,
    Messages,
    PlanningError,
    Roster,
    Serve,
    ServiceTarget,
    ShiftTemplate,
)
from scenarios.text import text
from sim.measures.counting import CELL_COUNTS, DAY_COUNTS
from sim.measures.kpis import DEFINITIONS, KPIS, Grain
from sim.measures.pay import pay_of
from sim.measures.scopes import ALL
from sim.measures.study import Study
from sim.measures.sums import Sums
from sim.measures.tally import GROUP_COUNTS, Tally, tally
from sim.measures.waits import BINS, bin_of, edges_s, quantiles_of
from sim.model import play_readable

HOUR = 3600


def seconds(number):
    return Law(LawKind.CONSTANT, number)


@pytest.fixture(scope="module")
def shop(scenario, kind):
    """Calls worth ten yuan, chats by messages of important buyers, mail; one group that serves all."""
    kinds = (
        kind("call", topic="returns", value_yuan=10.0),
        kind(
            "chat", Channel.CHAT, work_s=seconds(20.0), customer="vip", grade=Grade.SIMPLE, language="en",
            messages=Messages(1.0, seconds(20.0), seconds(20.0), seconds(20.0)),
        ),
        kind("mail", Channel.TICKET, due_within_s=600.0, topic="returns"),
    )  # fmt: skip
    promises = (
        ServiceTarget("promise", ("call",), answer_within_s=30.0),
        ServiceTarget("chats", ("chat",), answer_within_s=30.0, reply_within_s=45.0),
    )
    people = {
        "agents": (Agent("ann", "full", ()), Agent("bob", "full", ())),
        "contracts": (Contract("full", ("day",), week_paid_h_max=40.0, cost_per_paid_h_yuan=30.0),),
        "shift_templates": (ShiftTemplate("day", 480, 0, 960),),
    }
    groups = (Group("g", (), (Serve("call"), Serve("chat", 1), Serve("mail", 5)), chat_cap=2),)
    return scenario(kinds, groups, hours=((0, 24), (0, 24)), targets=promises, **people)


DAY = (
    {"at": 0, "work": 30},  # waits 0
    # waits 20; comes again at 1000, is escalated and then handed to mail
    {"at": 10, "work": 40, "then": {"after": 930, "work": 20, "cause": Cause.RECONTACT, "then": {
        "work": 50, "cause": Cause.ESCALATION}}},
    # gives up at 35 and tries again at 95: answered at once
    {"at": 20, "work": 60, "patience": 15, "redial": [60]},
    {"at": 25, "work": 10},  # waits 45
    {"at": 30, "work": 5, "contained": True},
    {"at": 1800, "work": 900, "kind": 2, "due": 2400},  # interrupted from 2000 to 2800, done at 3500
    {"at": 2000, "kind": 1, "rounds": [720, (10, 40)], "hold": 30},  # replies after 720 and 40 s, closed at 2800
    {"at": 5000, "work": 60, "kind": 2, "due": 5600},
    {"at": 86_000, "work": 600, "kind": 2, "due": 86_300},  # to 86,600
    {"at": 172_700, "work": 600, "kind": 2, "due": 180_000},  # to 173,300, after the horizon
    {"at": 172_710, "work": 600, "kind": 2, "due": 172_750},  # never begun
)  # fmt: skip


@pytest.fixture(scope="module")
def report(shop, trace, staff):
    """The day played once by one agent who is there for both dates, and told."""
    people, day = staff([[(0, 48 * HOUR)]]), trace(*DAY)
    counts = tally(shop, day, play_readable(shop, day, people), people)
    return Study.of(shop, 0, [counts]).report(pay=pay_of(shop, Roster(())))


CALL = {
    "offered": 7.0,  # with the redial, the re-contact and the escalation
    "offered_share": 7 / 13,
    "finished": 6.0,
    "peak_finished_per_hour": 4 * 4.0,  # four ended in the first quarter of an hour
    "share_in_time": 5 / 7,
    "in_time": 5.0,
    "answered_share": 6 / 7,
    "abandoned_share": 1 / 7,
    "closed_out_share": 0.0,
    "asa_s": (20 + 45) / 6,
    "bot_contained_share": 1 / 8,
    "work_s": (30 + 40 + 10 + 60 + 20 + 50) / 6,
    "session_s": (30 + 40 + 10 + 60 + 20 + 50) / 6,
    # 30; from 10 to the end of the escalation at 1070; from 20 to 155; from 25 to 80
    "time_to_close_s": (30 + 1060 + 135 + 55) / 4,
    "first_contact_resolution_share": 3 / 4,
    "one_time_resolution_share": 3 / 4,
    "first_line_resolution_share": 3 / 4,
    "resolution_share": 1.0,
    "recontact_share": 1 / 6,
    "escalation_share": 1 / 6,
    "transfer_share": 0.0,
    "repeated_transfer_share": 0.0,
    "department_share": 0.0,
    "case_share": 0.0,
    "hand_overs_per_contact": 0.0,
    "redial_share": 1.0,
    "message_share": 0.0,
    "reopened_share": 0.0,
    "value_yuan": 40.0,
    "value_lost_yuan": 0.0,
}
CHAT = {
    "rounds": 2.0,
    "reply_within_share": 1 / 2,
    "mean_reply_s": (720 + 40) / 2,
    "mean_reply_capped_s": (600 + 40) / 2,
    "work_s": 760.0,
    "session_s": 800.0,
}
MAIL = {
    "overdue_share": 3 / 5,  # done at 3500, at 86,600, and the last one, which nobody began
    "closure_share": 4 / 5,
    "backlog": 2.0,
    "overdue_open": 1.0,
    "aged_24h_share": 0.0,
    "responded_24h_share": 1.0,  # of the three of the first day
    "closed_24h_share": 1.0,
    "hand_overs_per_contact": 0.0,
}
GROUP = {
    # calls 210, mail 900 + 60 + 600 + 600, the chat from 2000 to 2800; the last mail ends 500 s beyond the horizon
    "occupancy": (210 + 2160 + 800) / (172_800 + 500),
    "working_share": (210 + 2160 + 760) / (172_800 + 500),
    "online_h": (172_800 + 500) / 3600,
    "handled_per_hour": 11 / ((172_800 + 500) / 3600),
    "handled_per_person": 11.0,
    "paid_h": 0.0,
    "cost_yuan": 0.0,
    "cost_per_contact_yuan": 0.0,
}


@pytest.mark.parametrize(
    ("scope", "kpi", "value"),
    [
        (scope, kpi, value)
        for scope, figures in (("call", CALL), ("promise", CALL), ("chat", CHAT), ("mail", MAIL), ("g", GROUP))
        for kpi, value in figures.items()
    ],
)
def test_each_measure_is_what_its_definition_says(scope, kpi, value, report):
    found = report.find(kpi, scope)

    assert found.value == pytest.approx(value, rel=1e-9)
    assert found.estimator == KPIS[kpi].estimator
    assert np.isnan(found.low)  # one replication has no interval


def test_what_a_ticket_waits_for_two_and_three_days_is_known_only_once_they_are_over(report):
    for kpi in ("responded_48h_share", "closed_48h_share", "responded_72h_share", "closed_72h_share"):
        assert np.isnan(report.find(kpi, "mail").value)


def test_a_measure_is_told_only_of_whom_it_concerns(report):
    told = {(row.kpi, row.scope) for row in report.kpis}

    assert ("abandoned_share", "mail") not in told
    assert ("backlog", "call") not in told
    assert ("rounds", "call") not in told
    # All together: what is offered counts everybody, what is abandoned only those who wait for an answer.
    assert report.find("offered", ALL).value == 13.0
    assert report.find("abandoned_share", ALL).value == 1 / 8
    assert report.find("backlog", ALL).value == 2.0


def test_labels_that_tell_types_apart_are_scopes(report):
    scopes = {row.scope for row in report.kpis}

    assert {"channel=voice", "topic=returns", "grade=simple", "language=en", "customer=vip"} <= scopes
    assert report.find("offered", "topic=returns").value == 12.0
    assert report.find("mean_reply_s", "customer=vip").value == 380.0


def test_dates_and_intervals_are_told_as_finely_as_the_definition_says(report):
    first, second = date(2025, 11, 10), date(2025, 11, 11)

    assert report.find("backlog", "mail", second).value == 2.0
    assert report.find("backlog", "mail", first).value == 1.0
    assert report.find("backlog", "mail", None, 2).value == 1.0
    assert report.find("offered", "call", first).value == 7.0
    assert report.find("asa_s", "call", None, 0).value == 65 / 4
    assert {KPIS[row.kpi].grain for row in report.kpis if row.interval is not None} == {Grain.INTERVAL}
    assert not any(row.day for row in report.kpis if KPIS[row.kpi].grain is Grain.WHOLE)


def test_every_definition_is_complete_named_and_told(shop, trace, staff, report):
    assert {row.kpi for row in report.kpis} == set(KPIS)
    assert report.definitions == DEFINITIONS
    for key, definition in KPIS.items():
        assert key == definition.key
        assert definition.numerator
        assert definition.clock
        assert definition.unit in {
            "share", "s", "h", "yuan", "contacts", "messages", "per hour", "per contact", "per person",
        }  # fmt: skip
        assert definition.scope in {"type", "group"}
        assert re.search("[一-鿿]", text(f"kpis.{key}", "zh"))
        assert text(f"kpis.{key}", "en")


def test_without_pay_nothing_is_said_of_cost_and_paid_time_is_the_time_planned_at_work(shop, trace, staff):
    people, day = staff([[(0, HOUR), (2 * HOUR, 3 * HOUR)]]), trace({"at": 0, "work": 1800})
    study = Study.of(shop, 0, [tally(shop, day, play_readable(shop, day, people), people)])
    told = study.report(intervals=False)

    assert not [row for row in told.kpis if "cost" in row.kpi]
    assert told.find("paid_h", "g").value == 2.0
    assert told.find("utilisation", "g").value == 0.25
    assert not [row for row in told.kpis if row.interval is not None]


def test_pay_counts_paid_breaks_and_every_contract(shop, trace, staff):
    noon = 4 * HOUR * US_PER_S
    rows = (
        Assignment("ann", date(2025, 11, 10), "day", "g", 0, 2 * noon, (Break(noon, noon + 10**9, paid=False),)),
        Assignment("bob", date(2025, 11, 10), "day", "g", 0, 2 * noon, (Break(noon, noon + 10**9, paid=True),)),
    )
    pay = pay_of(shop, Roster(rows))
    day, people = trace({"at": 0, "work": 3600}), staff([[(0, 8 * HOUR)]])
    study = Study.of(shop, 0, [tally(shop, day, play_readable(shop, day, people), people)])
    told = study.report(pay=pay, intervals=False)

    assert told.find("paid_h", "g").value == pytest.approx(16 - 1000 / 3600)
    assert told.find("cost_yuan", "g").value == pytest.approx(30 * (16 - 1000 / 3600))
    assert told.find("cost_per_contact_yuan", ALL).value == pytest.approx(30 * (16 - 1000 / 3600))
    assert told.find("utilisation", "g").value == pytest.approx(1 / (16 - 1000 / 3600))
    assert np.isnan(Sums(study).of("cost_yuan", [0])).all()


def test_the_two_sums_of_a_measure_can_be_asked_for(shop, trace, staff):
    people, day = staff([[(0, 48 * HOUR)]]), trace(*DAY)
    study = Study.of(shop, 0, [tally(shop, day, play_readable(shop, day, people), people)])

    top, bottom = study.parts("asa_s", "call")
    assert (top.tolist(), bottom.tolist()) == ([[65.0]], [[6.0]])
    assert study.parts("offered", "promise", "day")[0].tolist() == [[7.0, 0.0]]
    assert study.parts("offered", "promise")[1] is None
    assert study.parts("abandoned_share", ALL)[1].tolist() == [[8.0]]
    assert study.sums("value_yuan_sum", "call").tolist() == [[40.0]]
    assert study.sums("at_work_h", ALL) == pytest.approx((172_800 + 500) / 3600)
    with pytest.raises(PlanningError, match=r"Study\.kpi is wait_p90_s"):
        study.parts("wait_p90_s", "call")
    with pytest.raises(PlanningError, match=r"Study\.scope is nobody"):
        study.parts("asa_s", "nobody")
    with pytest.raises(PlanningError, match=r"Study\.scope is nobody"):
        study.sums("busy_us", "nobody")


def test_bins_hold_every_wait_and_are_at_most_an_eighth_wide():
    edges = edges_s()
    plain = getattr(bin_of, "py_func", bin_of)

    assert len(edges) == BINS + 1
    assert (np.diff(edges) > 0).all()
    assert (np.diff(edges)[8:] <= edges[8:-1] / 8 + 1e-9).all()
    for wait_us in [0, 1, 124_999, 125_000, 999_999, 10**6, 30 * 10**6, 86_400 * 10**6, 10**13]:
        for found in (plain(wait_us), bin_of(wait_us)):
            assert edges[found] * US_PER_S <= wait_us
            assert wait_us < edges[found + 1] * US_PER_S or found == BINS - 1


def test_a_quantile_lies_within_its_bin_and_is_unknown_of_nothing():
    waits = np.random.default_rng(5).exponential(40.0, 20_000)
    counts = np.bincount([bin_of(int(wait * US_PER_S)) for wait in waits], minlength=BINS)
    pooled = np.stack([counts, np.zeros_like(counts)])
    unknown = np.full(2, np.nan)
    for probability in (0.05, 0.5, 0.9, 0.95):
        value, low, high = quantiles_of(pooled, pooled.sum(axis=1), probability, unknown)
        assert value[0] == pytest.approx(np.quantile(waits, probability), rel=0.03)
        assert np.isnan([value[1], low[0], high[0]]).all()
    # Of twice as many, half are never answered: nobody knows when 60 % would be.
    assert np.isinf(quantiles_of(pooled, 2 * pooled.sum(axis=1), 0.6, unknown)[0][0])
    least, _, _ = quantiles_of(pooled, pooled.sum(axis=1), 0.5, np.array([0.6, 0.6]))
    assert least[0] == pytest.approx(np.quantile(waits, 0.5), rel=0.03)
    assert quantiles_of(pooled, pooled.sum(axis=1), 0.5, np.array([0.6, 0.6]))[1][0] == 0.0


def study_of_waits(scenario, waits_of_each):
    """Return a study whose replications have these waits (s), all of one type, all answered."""
    rows = []
    for waits in waits_of_each:
        bins = np.zeros((2, 1, BINS), dtype=np.int64)
        np.add.at(bins[0, 0], np.searchsorted(edges_s(), waits, side="right") - 1, 1)
        cells = np.zeros((96, 1, len(CELL_COUNTS)), dtype=np.int64)
        cells[40, 0, [CELL_COUNTS.index("offered"), CELL_COUNTS.index("answered")]] = len(waits)
        days = np.zeros((2, 1, len(DAY_COUNTS)), dtype=np.int64)
        rows.append(Tally.of(cells, days, np.zeros((1, len(GROUP_COUNTS))), bins))
    return Study.of(scenario, 0, rows)


@pytest.mark.statistical
def test_the_interval_of_a_quantile_covers_the_truth_as_often_as_it_says(scenario):
    """Exponential waits of mean 60 s, 15 days of about 200: 90 % quantile; 95 % asked, .90-.99 found (error .015)."""
    rng, truth = np.random.default_rng(11), float(stats.expon.ppf(0.9, scale=60.0))
    grid, covered = scenario(), 0
    for _ in range(200):
        days = [rng.exponential(60.0, rng.poisson(200)) for _ in range(15)]
        found = study_of_waits(grid, days).report(intervals=False).find("wait_p90_s", "call")
        covered += found.low <= truth <= found.high
    assert 0.90 <= covered / 200 <= 0.99


def test_nine_in_ten_of_the_offered_is_unknown_while_fewer_are_answered(scenario, trace, staff):
    shop, people = scenario(), staff([[(0, 24 * HOUR)]])
    days = [
        trace(*[{"at": number, "work": 10, "patience": 1} for number in range(20)]),
        trace(*[{"at": 100 * number, "work": 10} for number in range(20)]),
    ]
    told = [Study.of(shop, 0, [tally(shop, day, play_readable(shop, day, people), people)]).report() for day in days]

    assert np.isnan(told[0].find("offered_90_within_s", "call").value)
    assert told[1].find("offered_90_within_s", "call").value <= 0.125
    # Of those answered one had waited a second for the call before his to end.
    assert told[0].find("wait_p50_s", "call").value == pytest.approx(1.0, abs=0.125)
