"""A history table is examined with all it says: answered and abandoned contacts, opening hours, promotions."""

from datetime import date

import numpy as np
import pytest

from forecasting import FindingKind, Treatment, examine_history, make_forecast
from forecasting.cleaning import Examiner
from forecasting.history.series import grid_of
from scenarios import Hours, Opening, check_history

ZONE = "Asia/Shanghai"


def afternoon(history, day, first="12:00", last="16:00"):
    start = history["interval_start"]
    return (start >= f"{day} {first}+08:00") & (start < f"{day} {last}+08:00")


def kinds(examination):
    return [finding.kind for finding in examination.findings]


@pytest.mark.parametrize("column", ["answered", "abandoned"])
def test_an_afternoon_with_everyone_offline_is_seen_from_answered_or_abandoned_contacts(make_history, column):
    history = make_history(seed=1)
    away = afternoon(history, "2026-05-13")
    history["offered"] = history["offered"].mask(away, np.floor(history["offered"] / 3))
    answered = np.floor(history["offered"] * 0.95).mask(away, 0.0)
    history[column] = answered if column == "answered" else history["offered"] - answered

    looked = examine_history(history, zone=ZONE)

    assert kinds(looked) == [FindingKind.OFFLINE]
    assert looked.findings[0].intervals == 8
    assert looked.findings[0].treatment is Treatment.NOT_DEMAND


def test_an_answered_column_that_is_empty_says_nothing(make_history):
    assert kinds(examine_history(make_history(seed=1).assign(answered=np.nan), zone=ZONE)) == []
    assert kinds(examine_history(make_history(seed=1).assign(answered=0.0), zone=ZONE)) == []


def test_what_everyone_offline_left_does_not_lower_the_forecast(make_history, make_scenario):
    history = make_history(seed=1)
    history["answered"] = history["offered"]
    expected = make_forecast(history, make_scenario()).expected.sum()
    for day in ("2026-05-05", "2026-05-13", "2026-05-16", "2026-05-19", "2026-05-22"):
        away = afternoon(history, day, "09:00", "18:00")
        history.loc[away, "offered"] = np.floor(history.loc[away, "offered"] / 3)
        history.loc[away, "answered"] = 0.0

    assert make_forecast(history, make_scenario()).expected.sum() == pytest.approx(expected, rel=0.01)
    blind = make_forecast(history.drop(columns="answered"), make_scenario()).expected.sum()
    assert blind < 0.98 * expected


def test_silence_outside_the_opening_hours_is_no_outage(make_history):
    history = make_history(seed=1)
    history.loc[afternoon(history, "2026-05-13"), "offered"] = 0.0
    mornings = Opening((Hours(8 * 60, 12 * 60),) * 7)

    assert kinds(examine_history(history, zone=ZONE)) == [FindingKind.OUTAGE]
    assert kinds(examine_history(history, zone=ZONE, opening=mornings)) == []


def test_opening_hours_let_the_outage_of_a_five_day_history_be_told(make_history):
    history = make_history(days=5, seed=1)
    history.loc[afternoon(history, "2026-03-04"), "offered"] = 0.0
    always = Opening((Hours(0, 1440),) * 7)

    assert kinds(examine_history(history, zone=ZONE)) == [FindingKind.SHORT]
    assert set(kinds(examine_history(history, zone=ZONE, opening=always))) == {FindingKind.SHORT, FindingKind.OUTAGE}


def test_a_promotion_of_the_calendar_is_no_wrong_unit(make_history, make_event):
    event = make_event("2026-05-12 00:00", 24.0)
    rush = (event.phases[0].start, event.phases[0].end)
    history = make_history(seed=1, lift=lambda moment: 70.0 if rush[0] <= moment < rush[1] else 1.0)

    assert kinds(examine_history(history, zone=ZONE)) == [FindingKind.UNIT]
    assert kinds(examine_history(history, zone=ZONE, past_promotions=(event,))) == []


def test_a_history_is_judged_as_of_a_date_from_what_came_before(make_history):
    history = check_history(make_history(seed=1))
    late = history["interval_start"] >= "2026-05-01 00:00+08:00"
    torn = history.assign(offered=history["offered"].mask(late, 0.0))
    rows = (date(2026, 5, 1) - date(2026, 3, 2)).days

    grids = [(table, grid_of(table, zone=ZONE, interval_min=30)) for table in (history, torn)]
    sound, odd = (Examiner.of(table, grid, None, ()).examine(rows) for table, grid in grids)

    np.testing.assert_array_equal(sound.grid.counts, odd.grid.counts)
    assert sound.findings == odd.findings == ()
