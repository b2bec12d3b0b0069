import threading

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError, IntegrityError

from scenarios import PlanningError
from scheduler.store import RosterState, RunStatus, dump_plan, open_store, schema

SHOP = "corner_shop"


def states(store):
    return {version.version: version.state for version in store.rosters.versions(SHOP)}


def test_a_draft_is_not_in_force(store, shop_plan):
    draft = store.rosters.add_draft(SHOP, shop_plan, actor="planner")

    assert (draft.version, draft.state, draft.proven) == (1, RosterState.DRAFT, True)
    assert store.latest_published(SHOP) is None


def test_publishing_archives_the_version_in_force(store, shop_plan):
    for _ in range(3):
        draft = store.rosters.add_draft(SHOP, shop_plan, actor="planner")
        store.publish(draft.id, actor="planner")

    assert states(store) == {1: RosterState.ARCHIVED, 2: RosterState.ARCHIVED, 3: RosterState.PUBLISHED}
    assert store.rosters.latest_published(SHOP).version == 3


def test_the_version_in_force_comes_with_its_plan_and_forecast(store, shop_plan, shop_forecast):
    draft = store.rosters.add_draft(SHOP, shop_plan, forecast=shop_forecast, actor="planner")
    store.publish(draft.id, actor="planner")

    version, plan = store.latest_published(SHOP)

    assert dump_plan(plan) == dump_plan(shop_plan)
    assert store.rosters.forecast(version.id).fingerprint() == shop_forecast.fingerprint()
    assert version.published_at.tzinfo is not None
    assert version.published_at >= version.created_at


def test_each_scenario_counts_and_publishes_for_itself(store, shop_plan):
    for name in (SHOP, "other"):
        store.publish(store.rosters.add_draft(name, shop_plan, actor="planner").id, actor="planner")

    assert [store.rosters.latest_published(name).version for name in (SHOP, "other")] == [1, 1]
    assert len(store.rosters.versions()) == 2


def test_publishing_twice_is_refused_and_changes_nothing(store, shop_plan):
    draft = store.rosters.add_draft(SHOP, shop_plan, actor="planner")
    store.publish(draft.id, actor="planner")

    with pytest.raises(PlanningError, match="expected draft"):
        store.publish(draft.id, actor="planner")
    assert states(store) == {1: RosterState.PUBLISHED}


def test_a_draft_without_a_roster_cannot_be_published(store, make_shop_plan):
    draft = store.rosters.add_draft(SHOP, make_shop_plan(without_roster=True), actor="planner")

    with pytest.raises(PlanningError, match="expected a roster"):
        store.publish(draft.id, actor="planner")
    assert not draft.proven


def test_an_unknown_version_is_told(store):
    for ask in (store.rosters.plan, store.rosters.forecast, lambda key: store.publish(key, actor="planner")):
        with pytest.raises(PlanningError, match="expected a version"):
            ask(99)


@pytest.mark.parametrize("column", ["plan", "version", "proven", "run_id", "created_at"])
def test_the_database_itself_refuses_to_change_a_published_roster(store, shop_plan, column):
    draft = store.rosters.add_draft(SHOP, shop_plan, actor="planner")
    store.publish(draft.id, actor="planner")

    with pytest.raises(DatabaseError, match="never changed"), store.engine.begin() as connection:
        connection.execute(sa.text(f"UPDATE rosters SET {column} = 7"))  # noqa: S608 - the column comes from the list above
    assert store.rosters.latest_published(SHOP).version == 1


@pytest.mark.parametrize("table", ["rosters", "audit"])
def test_the_database_itself_refuses_to_remove_what_was_published_or_noted(store, shop_plan, table):
    draft = store.rosters.add_draft(SHOP, shop_plan, actor="planner")
    store.publish(draft.id, actor="planner")

    with pytest.raises(DatabaseError, match="never changed"), store.engine.begin() as connection:
        connection.execute(sa.delete(schema.metadata.tables[table]))
    assert store.rosters.versions(SHOP)


def test_the_database_itself_refuses_a_second_published_roster(store, shop_plan):
    for _ in range(2):
        store.rosters.add_draft(SHOP, shop_plan, actor="planner")

    with pytest.raises(IntegrityError), store.engine.begin() as connection:
        connection.execute(sa.update(schema.rosters).values(state="published"))
    assert store.latest_published(SHOP) is None


def test_a_publication_that_fails_half_way_leaves_the_version_in_force(store, shop_plan, monkeypatch):
    store.publish(store.rosters.add_draft(SHOP, shop_plan, actor="planner").id, actor="planner")
    second = store.rosters.add_draft(SHOP, shop_plan, actor="planner")

    def broken(connection, actor, action, subject, **detail):
        if action == "publish":
            raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr("scheduler.store.rosters.note", broken)
        with pytest.raises(OSError, match="disk full"):
            store.publish(second.id, actor="planner")

    assert states(store) == {1: RosterState.PUBLISHED, 2: RosterState.DRAFT}


def test_publishing_ends_the_run_in_the_same_transaction(store, shop_plan):
    store.runs.start("r1", "key", SHOP, actor="nightly")
    draft = store.rosters.add_draft(SHOP, shop_plan, run_id="r1", actor="nightly")
    store.publish(draft.id, actor="nightly", manifest={"seed": 7})

    run = store.runs.get("r1")
    assert (run.status, run.manifest) == (RunStatus.PUBLISHED, {"seed": 7})
    assert store.rosters.of_run("r1").version == 1
    assert store.rosters.of_run("r2") is None


def test_a_draft_of_an_unknown_run_is_refused_by_the_foreign_key(store, shop_plan):
    with pytest.raises(IntegrityError):
        store.rosters.add_draft(SHOP, shop_plan, run_id="nobody", actor="nightly")


def test_whoever_reads_while_others_publish_always_finds_exactly_one_in_force(store, url, shop_plan):
    store.publish(store.rosters.add_draft(SHOP, shop_plan, actor="planner").id, actor="planner")
    seen, stop = [], threading.Event()

    def read():
        with open_store(url) as own:
            while not stop.is_set():
                seen.append(own.rosters.latest_published(SHOP))

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(15):
        store.publish(store.rosters.add_draft(SHOP, shop_plan, actor="planner").id, actor="planner")
    stop.set()
    reader.join()

    assert seen
    assert None not in seen
    numbers = [version.version for version in seen]
    assert numbers == sorted(numbers)
