"""Planners' edits: what they do, what they never do, and how they are taken back."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecasting import Edit, EditKind, Undo, apply_edits, check_edit, edits_on, in_force
from scenarios import DemandUncertainty, Forecast, Horizon, Hours, Opening, PlanningError

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 1, 8, tzinfo=ZONE)
HORIZON = Horizon(date(2026, 11, 10), 2, 30, "Asia/Shanghai", Opening((Hours(540, 1560),) * 7))
TYPES = ("phone", "chat")


def at(hour, day=10):
    return datetime(2026, 11, day, tzinfo=ZONE) + timedelta(hours=hour)


def forecast_of(seed=0, horizon=HORIZON):
    rng = np.random.default_rng(seed)
    expected = rng.gamma(2.0, 20.0, (horizon.intervals, len(TYPES))) * horizon.open_intervals()[:, None]
    return Forecast(horizon, TYPES, expected, np.full(expected.shape, 120.0), DemandUncertainty((0.1, 0.1), 0.05, 0.7))


def edit(kind=EditKind.MULTIPLY, value=1.2, start=20.0, hours=2.0, types=("chat",)):
    return Edit(NOW, "李娜", "live stream", at(start), at(start + hours), kind, value, types)


def in_span(forecast, one):
    """Contacts of the span and types of ``one``, hour by hour exactly."""
    starts = [(start - HORIZON.start).total_seconds() / 3600 for start in HORIZON.interval_starts()]
    first, last = ((moment - HORIZON.start).total_seconds() / 3600 for moment in (one.start, one.end))
    share = [max(0.0, min(last, start + 0.5) - max(first, start)) / 0.5 for start in starts]
    columns = [forecast.column(name) for name in one.contact_types or TYPES]
    return float((forecast.expected[:, columns] * np.array(share)[:, None]).sum())


EDITS = st.builds(
    edit,
    kind=st.sampled_from(EditKind),
    value=st.floats(0, 1e4),
    start=st.floats(9.0, 23.5).map(lambda hour: round(hour * 60) / 60),
    hours=st.floats(0.1, 20.0).map(lambda hours: round(hours * 60 + 1) / 60),
    types=st.sampled_from([(), ("chat",), ("phone",), ("phone", "chat")]),
)


def test_an_evening_of_a_fifth_more_chats_lifts_these_hours_and_nothing_else():
    before = forecast_of()
    after = apply_edits(before, [edit()])

    rows = slice(40, 44)  # 20:00 to 22:00
    np.testing.assert_allclose(after.expected[rows, 1], before.expected[rows, 1] * 1.2)
    changed = after.expected != before.expected
    changed[rows, 1] = False
    assert not changed.any()


@pytest.mark.parametrize(("kind", "value", "wanted"), [("add", 50.0, 50.0), ("add", -20.0, -20.0)])
def test_contacts_added_are_spread_like_the_forecast(kind, value, wanted):
    before, one = forecast_of(), edit(EditKind(kind), value)
    after = apply_edits(before, [one])

    assert in_span(after, one) - in_span(before, one) == pytest.approx(wanted)
    ratio = after.expected[40:44, 1] / before.expected[40:44, 1]
    np.testing.assert_allclose(ratio, ratio[0])


def test_nobody_can_take_away_more_contacts_than_are_expected():
    one = edit(EditKind.ADD, -1e6)

    assert in_span(apply_edits(forecast_of(), [one]), one) == 0.0


def test_where_nothing_is_expected_contacts_are_spread_evenly_over_the_open_time():
    empty = Forecast(HORIZON, TYPES, *np.zeros((2, HORIZON.intervals, 2)), DemandUncertainty((0.0, 0.0)))
    after = apply_edits(empty, [edit(EditKind.SET, 60.0, start=8.0, hours=2.0)])

    np.testing.assert_allclose(after.expected[18:20, 1], [30.0, 30.0])  # it opens at 09:00
    assert after.expected.sum() == pytest.approx(60.0)


@given(EDITS)
def test_any_edit_leaves_the_models_own_forecast_as_it_was_and_never_falls_below_zero(one):
    model = forecast_of()
    mark = model.fingerprint()
    after = apply_edits(model, [one])

    assert model.fingerprint() == mark
    assert after.expected.min() >= 0.0
    np.testing.assert_array_equal(after.work_s, model.work_s)


@given(EDITS)
def test_a_span_set_to_a_number_holds_that_number(one):
    exact = Edit(NOW, one.who, one.why, one.start, one.end, EditKind.SET, one.value, one.contact_types)

    before = forecast_of()
    moved = apply_edits(before, [exact]).expected.sum() - before.expected.sum()
    assert in_span(before, exact) + moved == pytest.approx(one.value, abs=1e-6)


@given(EDITS, EDITS)
def test_edits_act_in_their_order(first, second):
    model = forecast_of()

    both = apply_edits(model, [first, second])
    in_turn = apply_edits(apply_edits(model, [first]), [second])
    np.testing.assert_array_equal(both.expected, in_turn.expected)


@given(st.lists(EDITS, max_size=4), EDITS, st.lists(EDITS, max_size=3))
def test_an_edit_that_is_taken_back_might_never_have_been(before, one, after):
    model = forecast_of()
    undone = [*before, one, *after, Undo(NOW, "王强", "called off", len(before) + 1)]

    np.testing.assert_array_equal(
        apply_edits(model, undone).expected, apply_edits(model, [*before, *after]).expected
    )  # fmt: skip


@given(st.lists(EDITS, max_size=3), EDITS)
def test_taking_an_undo_back_puts_the_edit_in_force_again(before, one):
    log = [*before, one]
    number = len(log)
    twice = [*log, Undo(NOW, "王强", "called off", number), Undo(NOW, "王强", "back on", number + 1)]

    assert in_force(twice) == in_force(log)


def test_edits_of_other_dates_do_nothing_and_are_named_by_none():
    model = forecast_of()
    past = Edit(NOW, "a", "b", at(20, day=1), at(22, day=1), EditKind.MULTIPLY, 9.0, ("a type that is gone",))

    assert apply_edits(model, [past]).fingerprint() == model.fingerprint()
    assert edits_on([past, edit()], HORIZON) == {2: edit()}


@pytest.mark.parametrize("log", [[Undo(NOW, "a", "b", 1)], [edit(), Undo(NOW, "a", "b", 2)], [Undo(NOW, "a", "b", 0)]])
def test_what_takes_back_no_earlier_entry_is_told(log):
    with pytest.raises(PlanningError, match="number of an earlier entry"):
        apply_edits(forecast_of(), log)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"who": " "}, r"Edit\.who"),
        ({"why": ""}, r"Edit\.why"),
        ({"end": at(20)}, r"Edit\.end"),
        ({"value": float("nan")}, r"Edit\.value"),
        ({"value": -1.0}, r"Edit\.value"),
        ({"value": float("inf"), "kind": EditKind.ADD}, r"Edit\.value"),
        ({"start": datetime(2026, 11, 10)}, r"Edit\.start"),
        ({"made_at": datetime(2026, 11, 10)}, r"Edit\.made_at"),
    ],
)
def test_an_edit_that_is_none_is_refused_with_its_field(change, said):
    good = {"made_at": NOW, "who": "a", "why": "b", "start": at(20), "end": at(22), "kind": EditKind.SET, "value": 3.0}

    with pytest.raises(PlanningError, match=said):
        Edit(**good | change)


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (edit(types=("fax",)), "fax"),
        (edit(start=24 * 30), "reaches into the forecast"),
        (edit(EditKind.SET, 5.0, start=3.0, hours=1.0), "opening hours"),
    ],
)
def test_an_edit_that_cannot_act_is_told_at_the_door(one, said):
    with pytest.raises(PlanningError, match=said):
        check_edit(one, forecast_of())


def test_an_edit_that_fits_passes_the_door():
    assert check_edit(edit(), forecast_of()) is None
