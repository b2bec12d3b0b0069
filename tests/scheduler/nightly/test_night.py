import json
from datetime import date

import pytest
from filelock import FileLock

from forecasting import METHODS
from scenarios import PlanningError
from scheduler.exits import Exit
from scheduler.nightly import LockedError, exit_of, run_night
from scheduler.nightly.lock import LOCK_NAME, NOTE_NAME
from scheduler.store import RosterState, RunStatus, open_store

from ..conftest import KIOSK, SITE


def stored(site):
    with open_store(site.store_url) as store:
        return store.rosters.versions(), store.runs.latest(), store.latest_published("kiosk")


def notices(site):
    return [json.loads(line) for line in (site.output_folder / "notices.jsonl").read_text("utf-8").splitlines()]


def test_a_night_publishes_a_proven_roster_with_its_files(site):
    told = []
    end = run_night(site, progress=lambda *facts: told.append(facts))

    assert (end.exit, end.version, end.published, end.repeated) == (Exit.DONE, 1, True, False)
    assert end.plan.verdict.publishable
    names = {path.relative_to(end.folder).as_posix() for path in end.folder.rglob("*") if path.is_file()}
    assert names >= {
        "roster.xlsx", "brief.zh.html", "brief.en.html", "roster.csv", "plan.json", "forecast.csv", "manifest.json",
        "log.jsonl", "ics/everyone.ics",
    }  # fmt: skip
    stages = [stage for stage, done, _ in told if done == 0]
    assert [stage for stage in stages if stage in ("ingest", "check", "plan", "publish", "notify")] == [
        "ingest", "check", "plan", "publish", "notify",
    ]  # fmt: skip


def test_the_manifest_tells_where_the_roster_comes_from(site):
    end = run_night(site)
    manifest = json.loads((end.folder / "manifest.json").read_text("utf-8"))
    _, (run,), _ = stored(site)

    assert (manifest["seed"], manifest["exit_status"], manifest["status"]) == (5, 0, "published")
    assert set(manifest["hashes"]) == {"scenario", "history"}
    assert manifest["versions"]["ortools"]
    assert manifest["parameters"]["proof_days"] == 60
    assert set(manifest["timings_s"]) >= {"ingest", "check", "forecast", "plan", "export"}
    assert {row["method"] for row in manifest["forecast_errors"]} == set(METHODS)
    assert run.manifest == manifest
    assert run.exit_status == 0


def test_what_was_found_in_the_history_stands_among_the_notes_of_the_plan(site):
    history = site.folder / "history.csv"
    rows = history.read_text("utf-8").splitlines()
    lost = rows[len(rows) // 2][:10]
    history.write_text("\n".join(row for row in rows if not row.startswith(lost)), encoding="utf-8")

    plan = run_night(site).plan

    told = [dict(note.facts) for note in plan.notes if note.key == "findings.missing_dates"]
    assert [facts["dates"] for facts in told] == [lost]


def test_the_log_tells_every_stage_in_order(site):
    end = run_night(site)
    lines = [json.loads(line) for line in (end.folder / "log.jsonl").read_text("utf-8").splitlines()]

    stages = [line["stage"] for line in lines if "step" not in line]
    assert stages == ["forecast", "plan", "export", "publish", "notify"]


def test_the_same_night_twice_publishes_once_and_names_the_first(site):
    first, second = run_night(site), run_night(site)

    assert (second.exit, second.repeated, second.run_id, second.version) == (Exit.DONE, True, first.run_id, 1)
    versions, runs, _ = stored(site)
    assert len(versions) == len(runs) == 1
    assert len(notices(site)) == 1


def test_a_night_whose_roster_was_replaced_since_is_planned_anew(site):
    run_night(site)
    rows = (site.folder / "history.csv").read_text("utf-8")
    (site.folder / "history.csv").write_text(rows + "\n2026-11-10 18:00,phone,0", encoding="utf-8")
    run_night(site)
    (site.folder / "history.csv").write_text(rows, encoding="utf-8")

    third = run_night(site)

    assert (third.repeated, third.version) == (False, 3)


def test_equal_nights_on_two_sites_give_equal_rosters(make_site, tmp_path):
    site = make_site()
    first = run_night(site)
    (site.output_folder / "springtide.sqlite").rename(tmp_path / "elsewhere.sqlite")
    for rest in site.output_folder.glob("springtide.sqlite-*"):
        rest.unlink()

    second = run_night(site)

    assert second.plan.outcome.roster == first.plan.outcome.roster
    assert (first.folder / "roster.csv").read_bytes() == (second.folder / "roster.csv").read_bytes()


def test_a_promise_that_cannot_be_proven_is_held_and_the_roster_in_force_stays(make_site):
    published = run_night(make_site())
    hard = KIOSK.replace("answer_within_s = 60", "answer_within_s = 0.5").replace("day_share = 0.8", "day_share = 0.99")

    held = run_night(make_site(scenario=hard, people=3))

    assert (held.exit, held.version, held.published) == (Exit.NOT_PROVEN, 2, False)
    assert (held.folder / "brief.zh.html").is_file()
    versions, runs, (in_force, _) = stored(make_site())
    assert [version.state for version in versions] == [RosterState.DRAFT, RosterState.PUBLISHED]
    assert in_force.run_id == published.run_id
    assert runs[0].status is RunStatus.HELD
    assert "暂存为草稿" in notices(make_site())[-1]["message"]["zh"]


def test_an_unproven_roster_is_published_with_its_mark_only_where_the_site_says_so(make_site):
    hard = KIOSK.replace("day_share = 0.8", "day_share = 0.999")
    site = make_site(scenario=hard, people=3, site="publish_unproven = true\n" + SITE.replace("schema", "\nschema", 1))

    end = run_night(site)

    assert (end.exit, end.published) == (Exit.NOT_PROVEN, True)
    versions, _, _ = stored(site)
    assert [(version.state, version.proven) for version in versions] == [(RosterState.PUBLISHED, False)]


def test_where_no_roster_is_legal_the_reasons_are_held_as_a_draft(make_site):
    impossible = KIOSK.replace("week_paid_h_max = 40", "week_paid_h_max = 40\nweek_paid_h_min = 30").replace(
        "call_in = true", ""
    )
    impossible += "available = [{ date = 2026-11-11, from_min = 0, to_min = 60 }]\n"
    end = run_night(make_site(scenario=impossible))

    assert (end.exit, end.published, end.plan.outcome.roster) == (Exit.NO_ROSTER, False, None)
    assert end.plan.outcome.reasons
    assert (end.folder / "brief.en.html").is_file()


def test_a_used_up_time_budget_holds_the_best_so_far(make_site):
    hard = KIOSK.replace("day_share = 0.8", "day_share = 0.999")
    site = make_site(scenario=hard, people=3, site=SITE + "time_budget_s = 0.01\n")

    end = run_night(site)

    assert (end.exit, end.published) == (Exit.TIME_BUDGET, False)


def test_a_broken_input_fails_the_night_and_is_noticed(site):
    run_night(site)
    (site.folder / "history.csv").write_text("interval_start,contact_type,offered\n2026-11-10 12:00,phone,-1\n")

    with pytest.raises(PlanningError, match=r"history\.csv:2"):
        run_night(site)
    assert notices(site)[-1]["exit_status"] == Exit.INPUT
    assert stored(site)[2][0].version == 1


def test_a_fault_inside_fails_the_run_and_is_noticed(site, monkeypatch):
    def broken(*_args, **_options):
        raise ZeroDivisionError("boom")

    monkeypatch.setattr("scheduler.nightly.night.make_plan", broken)
    with pytest.raises(ZeroDivisionError):
        run_night(site)

    _, (run,), in_force = stored(site)
    assert (run.status, run.exit_status, in_force) == (RunStatus.FAILED, Exit.INTERNAL, None)
    assert notices(site)[-1]["status"] == "failed"


def test_a_night_stopped_at_the_keyboard_is_told_apart(site):
    def stop(stage, _done, _total):
        if stage == "plan":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_night(site, progress=stop)
    assert stored(site)[1][0].status is RunStatus.INTERRUPTED


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        (("age_days_max", "history = 1", "[history]\nage_days_max = 0"), "stale_history"),
        (("rows_min", "", "[history]\nrows_min = 100000"), "too_few_rows"),
    ],
)
def test_a_history_that_is_stale_or_short_stops_the_night(make_site, changes, key):
    site = make_site(site=SITE.replace("[history]", changes[2]))

    with pytest.raises(PlanningError) as caught:
        run_night(site)
    assert caught.value.key == key


@pytest.mark.parametrize(("until", "has_plan", "versions"), [
    ("ingest", False, 0), ("check", False, 0), ("forecast", False, 0), ("plan", True, 0), ("export", True, 1),
])  # fmt: skip
def test_a_night_can_stop_after_any_stage_without_publishing(site, until, has_plan, versions):
    end = run_night(site, until=until)

    assert (end.exit, end.published, end.plan is not None) == (Exit.DONE, False, has_plan)
    found, _, in_force = stored(site)
    assert (len(found), in_force) == (versions, None)


def test_an_unknown_stage_is_told(site):
    with pytest.raises(PlanningError, match="expected one of: ingest"):
        run_night(site, until="lunch")


def test_a_dry_run_writes_nothing(site):
    end = run_night(site, dry_run=True)

    assert (end.exit, end.run_id, end.plan.verdict.publishable) == (Exit.DONE, None, True)
    assert not site.output_folder.exists()
    assert run_night(site, dry_run=True, until="forecast").plan is None
    assert run_night(site, dry_run=True, until="check").plan is None


def test_the_night_plans_the_dates_it_is_asked_for(site):
    end = run_night(site, first_date=date(2026, 11, 12))

    assert end.plan.requirement.horizon.first_date == date(2026, 11, 12)
    assert {row.date for row in end.plan.outcome.roster.assignments} == {date(2026, 11, 12)}


def test_a_second_start_is_told_who_is_at_work(site):
    site.output_folder.mkdir()
    with FileLock(site.output_folder / LOCK_NAME):
        (site.output_folder / NOTE_NAME).write_text('{"pid": 4711, "host": "tide", "since": "2026-11-10"}')
        with pytest.raises(LockedError, match="process 4711 on tide since 2026-11-10"):
            run_night(site)
        (site.output_folder / NOTE_NAME).write_text("half a no")
        with pytest.raises(LockedError, match=r"process \? on"):
            run_night(site)

    assert run_night(site).exit is Exit.DONE


def test_an_output_folder_that_cannot_be_made_is_told(site):
    site.output_folder.write_text("a file in the way")

    with pytest.raises(PlanningError, match="cannot be written"):
        run_night(site)


@pytest.mark.parametrize(("kind", "end"), [
    ({}, Exit.DONE), ({"proven": False}, Exit.TIME_BUDGET), ({"breached": True}, Exit.NO_ROSTER),
    ({"without_roster": True}, Exit.NO_ROSTER),
])  # fmt: skip
def test_a_plan_comes_to_its_exit_status(make_shop_plan, kind, end):
    assert exit_of(make_shop_plan(**kind)) is end
