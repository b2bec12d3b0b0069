"""The accuracy ledger: what was forecast when, beside what came."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from forecasting import (
    Days,
    DayScope,
    Edit,
    EditKind,
    Snapshot,
    accuracy_table,
    bands_of,
    count_paths,
    dates_of,
    dates_over,
    day_before,
    day_errors,
    edit_gains,
    lead_name,
    observe,
    snapshot_of,
)
from scenarios import (
    Channel,
    ContactType,
    DemandUncertainty,
    Forecast,
    Horizon,
    Hours,
    Law,
    LawKind,
    Opening,
    PlanningError,
    PromoEvent,
    PromoPhase,
)

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = Opening((Hours(540, 1560),) * 7)
HORIZON = Horizon(date(2026, 11, 10), 3, 60, "Asia/Shanghai", NIGHT)
KINDS = tuple(ContactType(name, Channel.VOICE, Law(LawKind.EXPONENTIAL, 100.0)) for name in ("phone", "chat"))
LAW = DemandUncertainty((0.1,) * 3, 0.1, 0.7)


def moment(hour):
    return datetime(2026, 11, 10, tzinfo=ZONE) + timedelta(hours=hour)


def forecast(level=20.0, horizon=HORIZON):
    expected = np.full((horizon.intervals, 2), level) * horizon.open_intervals()[:, None]
    return Forecast(horizon, ("phone", "chat"), expected, np.full(expected.shape, 100.0), LAW)


def snapshot(edits=(), known_until=date(2026, 11, 9), level=20.0):
    return snapshot_of(forecast(level), made_at=datetime(2026, 11, 9, 18, tzinfo=UTC), known_until=known_until,
                       seed=1, edits=edits)  # fmt: skip


def history(contacts, minutes=60, **more):
    """Rows of both types from the horizon's start on; ``contacts`` (T, K) by intervals of ``minutes``."""
    starts = pd.date_range(HORIZON.start, periods=len(contacts), freq=f"{minutes}min")
    return pd.concat(
        [
            pd.DataFrame({"interval_start": starts, "contact_type": name, "offered": contacts[:, number]} | more)
            for number, name in enumerate(("phone", "chat"))
        ],
        ignore_index=True,
    )


def test_half_hours_are_added_up_and_an_hour_with_a_part_missing_is_unknown():
    rows = history(np.full((2 * HORIZON.intervals, 2), 3.0), minutes=30)
    came = observe(rows.drop(index=[5]), forecast(), KINDS)  # 02:30 of phone

    assert np.isnan(came.contacts[2, 0])
    assert np.nansum(came.contacts) == 6.0 * (2 * HORIZON.intervals - 1)
    assert np.isnan(came.work_s).all()


def test_work_is_weighted_by_contacts():
    rows = history(np.array([[1.0, 0.0], [3.0, 0.0]]), minutes=30).assign(work_s=[100.0, 200.0, 7.0, 7.0])
    came = observe(rows, forecast(), KINDS)

    assert came.work_s[0, 0] == 175.0
    assert np.isnan(came.work_s[0, 1])


def test_a_history_too_coarse_for_the_forecast_is_told():
    rows = history(np.full((30, 2), 3.0), minutes=120)

    with pytest.raises(PlanningError, match="at most the grid of 60 min"):
        observe(rows, forecast(), KINDS)


def test_a_history_of_other_dates_or_types_leaves_everything_unknown():
    rows = history(np.ones((48, 2)))
    earlier = rows.assign(interval_start=rows["interval_start"] - pd.Timedelta(days=30))

    assert np.isnan(observe(earlier, forecast(), KINDS).contacts).all()
    assert np.isnan(observe(rows.assign(contact_type="fax").iloc[:48], forecast(), KINDS).contacts).all()


def test_errors_of_a_worked_day():
    contacts = np.full((HORIZON.intervals, 2), 20.0)
    contacts[9:17, 0] = 30.0  # eight hours of phone half as many again
    contacts[40:] = np.nan  # the second day is not over
    rows = history(contacts).dropna()
    errors = day_errors(snapshot(), observe(rows, forecast(), KINDS), Days())

    first = errors[errors["date"] == date(2026, 11, 10)].set_index("contact_type")
    assert first.loc["phone", ["contacts", "expected", "missed", "lead_days"]].tolist() == [420.0, 340.0, 80.0, 1]
    assert first.loc["*", ["contacts", "expected", "missed"]].tolist() == [760.0, 680.0, 80.0]
    assert first.loc["chat", "day_inside"] == 1.0
    second = errors[errors["date"] == date(2026, 11, 11)]
    assert second["day_inside"].isna().all()
    assert not (errors["date"] == date(2026, 11, 12)).any()
    table = accuracy_table(errors[errors["date"] == date(2026, 11, 10)]).set_index("contact_type")
    assert table.loc["phone", "wape"] == pytest.approx(80 / 420)
    assert table.loc["phone", "bias"] == pytest.approx(340 / 420 - 1)


def test_hours_after_midnight_count_for_the_service_day_that_opened():
    assert dates_of(HORIZON) == (date(2026, 11, 10), date(2026, 11, 11), date(2026, 11, 12))
    only_night = np.full((HORIZON.intervals, 2), np.nan)
    only_night[24:26] = 20.0  # 00:00 to 02:00 of the 11th
    errors = day_errors(snapshot(), observe(history(only_night).dropna(), forecast(), KINDS), Days())

    assert errors["date"].unique().tolist() == [date(2026, 11, 10)]


def test_errors_of_several_snapshots_are_told_by_lead():
    came = observe(history(np.full((HORIZON.intervals, 2), 25.0)), forecast(), KINDS)
    early, late = snapshot(known_until=date(2026, 10, 26), level=50.0), snapshot()
    errors = pd.concat([day_errors(one, came, Days()) for one in (early, late)])
    table = accuracy_table(errors, by=("lead",))

    assert table["lead"].tolist() == ["d1", "d2_7", "d15_28"]
    assert table["wape"].tolist() == pytest.approx([0.2, 0.2, 1.0])
    assert accuracy_table(errors, by=())["wape"].tolist() == pytest.approx([(0.2 + 1.0) / 2])


@pytest.mark.parametrize(
    ("lead", "name"), [(0, "d0"), (1, "d1"), (2, "d2_7"), (7, "d2_7"), (14, "d8_14"), (28, "d15_28"), (29, "later")]
)
def test_leads_are_told_in_the_stretches_planners_know(lead, name):
    assert lead_name(lead) == name


def test_promotion_days_go_before_holidays_and_holidays_before_ordinary_days():
    sale = PromoEvent("sale", (PromoPhase("opening", moment(20), moment(22)),))
    days = Days((sale,), frozenset({date(2026, 11, 10), date(2026, 11, 11)}))

    assert days.scopes(HORIZON) == (DayScope.EVENT, DayScope.HOLIDAY, DayScope.ORDINARY)


def test_groups_that_are_none_are_told():
    came = observe(history(np.ones((HORIZON.intervals, 2))), forecast(), KINDS)

    with pytest.raises(PlanningError, match="colour"):
        accuracy_table(day_errors(snapshot(), came, Days()), by=("colour",))


@pytest.mark.statistical
def test_bands_cover_four_fifths_of_what_their_own_law_draws():
    """Of 200 drawn horizons of 3 days; the share of days inside has a standard error of 1.7 points."""
    said = snapshot()
    drawn = count_paths(said.forecast, replications=200, seed=99)
    errors = pd.concat([day_errors(said, observe(history(path[: HORIZON.intervals] * 1.0), forecast(), KINDS), Days())
                        for path in drawn])  # fmt: skip
    table = accuracy_table(errors, by=())

    assert 0.78 <= table["coverage"].iloc[0] <= 0.86  # whole numbers on the edge count as inside
    assert 0.75 <= table["day_coverage"].iloc[0] <= 0.85


def test_bands_are_whole_contacts_in_order_and_a_function_of_the_seed():
    bands, again = bands_of(forecast(), seed=3), bands_of(forecast(), seed=3)

    assert bands.day.shape == (3, 3, 3)
    for values in (bands.interval, bands.day):
        assert (np.diff(values, axis=0) >= 0).all()
        np.testing.assert_array_equal(values, np.round(values))
    np.testing.assert_array_equal(bands.interval, again.interval)


def test_an_edit_that_helped_has_a_gain_and_one_that_harmed_has_a_loss():
    contacts = np.full((HORIZON.intervals, 2), 20.0)
    contacts[18:22] = 30.0
    came = observe(history(contacts), forecast(), KINDS)
    helped, harmed = (
        Edit(moment(0), "李娜", why, moment(start), moment(start + 4), EditKind.MULTIPLY, 1.5)
        for why, start in (("live stream", 18), ("a feeling", 10))
    )
    said = snapshot((helped, harmed))
    gains = edit_gains(said, came).set_index("why")

    assert gains.loc["live stream", ["missed", "missed_without", "gain"]].tolist() == [0.0, 80.0, 1.0]
    assert gains.loc["a feeling", "missed"] > gains.loc["a feeling", "missed_without"] == 0.0
    total = accuracy_table(day_errors(said, came, Days()), by=()).iloc[0]
    assert total["edits_gain"] == pytest.approx(0.0)  # what one won the other lost


def test_an_edit_of_which_nothing_is_known_has_no_gain():
    one = Edit(moment(0), "a", "b", moment(60), moment(62), EditKind.MULTIPLY, 1.5)
    came = observe(history(np.full((24, 2), 20.0)), forecast(), KINDS)

    assert edit_gains(snapshot((one,)), came).empty


def test_a_snapshot_without_a_zone_is_refused():
    with pytest.raises(PlanningError, match="made_at"):
        Snapshot(datetime(2026, 11, 9), day_before(HORIZON), forecast(), (), bands_of(forecast(), seed=1))


def test_a_date_is_over_when_its_service_day_has_closed_even_where_that_is_after_midnight():
    assert dates_over(forecast(), moment(25)) == ()
    assert dates_over(forecast(), moment(26)) == (date(2026, 11, 10),)
    assert dates_over(forecast(), moment(24 * 30)) == dates_of(HORIZON)
