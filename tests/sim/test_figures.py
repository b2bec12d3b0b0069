"""All figures of a study: told for the horizon, days, hours and intervals, and each for whom it concerns."""

from datetime import date

import numpy as np
import pytest

from scenarios import Channel, PlanningError, ServiceTarget
from sim.measures.cells import Per
from sim.measures.figures import Period, Whom, figures
from sim.measures.kpis import KPIS
from sim.measures.pay import Pay
from sim.measures.study import Study
from sim.measures.tally import Tallier
from sim.model import play_readable

HOUR = 3600
FIRST = date(2025, 11, 10)


@pytest.fixture
def study(scenario, kind, trace, staff):
    """Calls and mail on a date open from 08:00 to 26:00; two days, of which the second is empty.

    Calls of a minute come at 9:00, 9:20 and 25:10; tickets of 20 minutes' work at 9:05 and 9:50, of which the one is
    done at 9:26, a call in between, and the other at 10:10.
    """
    kinds = (kind("call", topic="returns"), kind("mail", Channel.TICKET))
    floor = scenario(kinds, hours=((8, 26),), targets=(ServiceTarget("quick", ("call",)),))
    day = trace(
        {"at": 9 * HOUR, "work": 60},
        {"at": 9 * HOUR + 300, "work": 1200, "kind": 1, "due": 20 * HOUR},
        {"at": 9 * HOUR + 1200, "work": 60},
        {"at": 9 * HOUR + 3000, "work": 1200, "kind": 1, "due": 20 * HOUR},
        {"at": 25 * HOUR + 600, "work": 60},
    )
    people = staff([[(0, 48 * HOUR)]])

    def counted(per=Per.INTERVAL):
        tallier = Tallier(floor, per)
        rows = [tallier.tally(one, play_readable(floor, one, people), people) for one in (day, trace())]
        return Study.of(floor, 0, rows, per)

    return counted


def value(rows, kpi, scope, period, **where):
    (found,) = [
        row.estimate.value
        for row in rows
        if (row.kpi, row.scope, row.period) == (kpi, scope, period)
        and all(getattr(row, name) == asked for name, asked in where.items())
    ]
    return found


def test_each_period_holds_the_longer_ones(study):
    found = {period: list(figures(study(), period)) for period in Period}

    periods = list(Period)
    for number, period in enumerate(periods):
        assert {row.period for row in found[period]} == set(periods[: number + 1])
    shared = [row for row in found[Period.INTERVAL] if row.period is Period.HORIZON]
    assert repr(found[Period.HORIZON]) == repr(shared)  # nan differs from itself


def test_an_hour_holds_what_its_intervals_hold_and_what_is_open_at_its_end(study):
    rows = list(figures(study(), Period.INTERVAL))
    nine, ten = {"day": FIRST, "start_min": 9 * 60}, {"day": FIRST, "start_min": 10 * 60}

    assert value(rows, "offered", "call", Period.HOUR, **nine) == 1.0  # two calls, none on the other day
    assert value(rows, "offered", "mail", Period.HOUR, **nine) == 1.0
    assert value(rows, "offered", "call", Period.HOUR, day=FIRST, start_min=25 * 60) == 0.5
    # Open at 9:15 is one ticket, at 9:30 and 9:45 none, at 10:00 one: at the end of the hour one, not two.
    ends = [value(rows, "backlog", "mail", Period.INTERVAL, interval=number) for number in range(36, 40)]
    assert ends == [0.5, 0.0, 0.0, 0.5]
    assert value(rows, "backlog", "mail", Period.HOUR, **nine) == 0.5
    assert value(rows, "backlog", "mail", Period.HOUR, **ten) == 0.0
    assert value(rows, "offered", "all", Period.HORIZON) == 2.5


def test_hours_are_the_same_however_fine_a_study_is_and_intervals_need_a_fine_one(study):
    fine, hourly = study(), study(Per.HOUR)
    hours = [
        {(row.kpi, row.scope, row.start_min): row.estimate.value for row in figures(one, Period.HOUR)}
        for one in (fine, hourly)
    ]

    peak = {key for key in hours[0] if key[0] == "peak_finished_per_hour"}  # a peak depends on the piece of time
    assert {key: hours[0][key] for key in hours[0] if key not in peak} == pytest.approx(
        {key: hours[1][key] for key in hours[1] if key not in peak}, nan_ok=True
    )
    with pytest.raises(PlanningError, match=r"Study\.per is hour; expected one of: interval"):
        list(figures(hourly, Period.INTERVAL))


def test_each_figure_says_whom_it_is_about(study):
    pay = Pay(np.array([4 * HOUR * 1_000_000]), np.array([120.0]))
    rows = list(figures(study(), Period.DAY, pay))

    assert {(row.scope, row.whom) for row in rows} == {
        ("call", Whom.TYPE), ("mail", Whom.TYPE), ("quick", Whom.TARGET), ("all", Whom.ALL), ("g", Whom.GROUP),
        ("topic=returns", Whom.LABEL), ("channel=voice", Whom.LABEL), ("channel=ticket", Whom.LABEL),
    }  # fmt: skip
    messages = {key for key, one in KPIS.items() if one.concerns == "messages"}
    assert {row.kpi for row in rows} == set(KPIS) - messages
    assert value(rows, "cost_yuan", "g", Period.HORIZON) == 120.0
    assert {row.kpi for row in figures(study(), Period.DAY)} == set(KPIS) - messages - {
        "cost_yuan", "cost_per_contact_yuan"
    }  # fmt: skip


def test_hours_know_every_measure_whose_counts_are_kept_by_the_interval(study):
    told = {row.kpi for row in figures(study(), Period.HOUR) if row.period is Period.HOUR}

    assert {"offered", "share_in_time", "asa_s", "answered_share", "aged_24h_share", "overdue_open", "finished"} <= told
    assert told.isdisjoint({"work_s", "wait_p90_s", "occupancy", "matters", "recontact_share"})
