"""Forecasts as they were given out, planners' edits, recorded errors: kept, and never changed."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from alembic import command
from sqlalchemy.exc import DatabaseError

from forecasting import Days, Edit, EditKind, Observed, Undo, accuracy_table, day_errors, snapshot_of
from scenarios import PlanningError
from scheduler.store import dump_snapshot, load_snapshot, open_store, schema
from scheduler.store.engine import make_engine

SHOP = "corner_shop"
NOW = datetime(2026, 11, 9, 18, 30, tzinfo=UTC)


def edit(hour=12, value=1.2):
    start = datetime(2026, 11, 10, hour, tzinfo=UTC)
    return Edit(NOW, "李娜", "直播", start, start.replace(hour=hour + 2), EditKind.MULTIPLY, value, ("chat",))


@pytest.fixture
def snapshot(shop_forecast):
    return snapshot_of(
        shop_forecast, made_at=NOW, known_until=date(2026, 11, 9), seed=1, edits=(edit(),), versions={"springtide": "1"}
    )


@pytest.fixture
def errors(snapshot):
    contacts = np.round(snapshot.forecast.expected)
    return day_errors(snapshot, Observed(contacts, np.full(contacts.shape, np.nan)), Days())


def test_a_snapshot_comes_back_as_it_was(snapshot):
    back = load_snapshot(dump_snapshot(snapshot))

    assert dump_snapshot(back) == dump_snapshot(snapshot)
    assert back.forecast.fingerprint() == snapshot.forecast.fingerprint() != back.model.fingerprint()
    assert (back.made_at, back.known_until, back.edits) == (NOW, date(2026, 11, 9), (edit(),))
    np.testing.assert_array_equal(back.bands.day, snapshot.bands.day)


def test_text_that_is_no_snapshot_is_refused(snapshot):
    with pytest.raises(PlanningError, match="expected a plan or forecast"):
        load_snapshot(dump_snapshot(snapshot).replace('"known_until"', '"known"'))


def test_a_forecast_is_kept_with_what_it_is_about(store, snapshot):
    kept = store.forecasts.add(SHOP, snapshot, actor="nightly")

    assert store.forecasts.kept(SHOP) == (kept,)
    assert (kept.first_date, kept.last_date, kept.made_at) == (date(2026, 11, 10), date(2026, 11, 11), NOW)
    assert dump_snapshot(store.forecasts.snapshot(kept.id)) == dump_snapshot(snapshot)
    assert store.forecasts.kept("another shop") == ()
    assert [entry.action for entry in store.audit.entries(f"forecast {SHOP} {kept.id}")] == ["forecast"]


def test_an_unknown_forecast_is_told(store):
    with pytest.raises(PlanningError, match="made; run the nightly job first"):
        store.forecasts.snapshot(9)


def test_errors_are_recorded_once_and_add_up(store, snapshot, errors):
    kept = store.forecasts.add(SHOP, snapshot, actor="nightly")
    first = errors[errors["date"] == date(2026, 11, 10)]

    assert store.forecasts.record(kept.id, first) == 1
    assert store.forecasts.recorded(SHOP) == {kept.id: date(2026, 11, 10)}
    assert store.forecasts.record(kept.id, errors.assign(missed=1e9)) == 1  # the first date stays as it was recorded
    back = store.forecasts.errors(SHOP)
    pd.testing.assert_frame_equal(
        back[back["date"] == date(2026, 11, 10)].sort_values("contact_type", ignore_index=True),
        first.sort_values("contact_type", ignore_index=True),
        check_dtype=False,
    )
    assert store.forecasts.record(kept.id, errors) == 0


def test_of_two_forecasts_that_knew_the_same_the_last_one_counts(store, snapshot, errors):
    for missed in (7.0, 9.0):
        kept = store.forecasts.add(SHOP, snapshot, actor="nightly")
        store.forecasts.record(kept.id, errors.assign(missed=missed))

    assert set(store.forecasts.errors(SHOP)["missed"]) == {9.0}


def test_a_store_without_errors_has_an_empty_table_that_can_be_added_up(store):
    assert accuracy_table(store.forecasts.errors(SHOP)).empty


def test_a_log_of_edits_comes_back_in_order_with_numbers_per_scenario(store):
    undo = Undo(NOW, "王强", "取消", 1)

    assert store.edits.add(SHOP, [edit(), edit(13)]) == (1, 2)
    assert store.edits.add("other", [edit(14)]) == (1,)
    assert store.edits.add(SHOP, [undo]) == (3,)
    assert store.edits.log(SHOP) == (edit(), edit(13), undo)
    told = [(entry.actor, entry.action) for entry in store.audit.entries(f"forecast {SHOP}")]
    assert told == [("李娜", "edit"), ("李娜", "edit"), ("王强", "undo")]


def test_an_undo_of_nothing_is_refused_and_nothing_of_its_batch_is_kept(store):
    with pytest.raises(PlanningError, match="number of an earlier entry"):
        store.edits.add(SHOP, [edit(), Undo(NOW, "王强", "取消", 2)])

    assert store.edits.log(SHOP) == ()


@pytest.mark.parametrize("table", ["forecasts", "forecast_edits", "forecast_errors"])
@pytest.mark.parametrize("change", [sa.delete, lambda table: sa.update(table).values(id=99)])
def test_the_database_itself_refuses_to_change_what_was_forecast_edited_or_recorded(
    store, snapshot, errors, table, change
):
    kept = store.forecasts.add(SHOP, snapshot, actor="nightly")
    store.forecasts.record(kept.id, errors)
    store.edits.add(SHOP, [edit()])

    with pytest.raises(DatabaseError, match="never changed or removed"), store.engine.begin() as connection:
        connection.execute(change(schema.metadata.tables[table]))


def test_a_store_of_the_release_before_gets_the_new_tables_and_keeps_what_it_holds(url, shop_plan, monkeypatch):
    upgrade = command.upgrade
    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", lambda config, _: upgrade(config, "foundation"))
        engine = make_engine(url)
    assert "forecasts" not in sa.inspect(engine).get_table_names()
    engine.dispose()

    with open_store(url) as store:
        assert store.edits.log(SHOP) == ()
        assert store.rosters.add_draft(SHOP, shop_plan, actor="planner").version == 1
