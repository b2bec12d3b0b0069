"""A night may be killed at any point: what is in force stays readable, and the next night is complete."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.nightly import run_night
from scheduler.store import RosterState, RunStatus, dump_plan, open_store

SCRIPT = Path(__file__).with_name("killed_night.py")
BEFORE_PUBLICATION = (
    "ingest", "check", "forecast", "plan", "requirement", "roster", "roster_bound", "simulate:30", "export",
    "export:3", "half_file", "publish", "transaction",
)  # fmt: skip
AFTER_PUBLICATION = ("notify",)


@pytest.fixture(scope="module")
def kill():
    """Run a night that kills itself; the helper process lives as long as the module."""
    helper = subprocess.Popen([sys.executable, str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def killed(folder, at):
        helper.stdin.write(json.dumps({"site": str(folder / "site.toml"), "at": at}) + "\n")
        helper.stdin.flush()
        return int(helper.stdout.readline())

    yield killed
    helper.communicate()


def add_a_row(folder):
    """Change the input, so that the next night is not a repetition."""
    with (folder / "history.csv").open("a", encoding="utf-8") as file:
        file.write("\n2026-11-10 18:00,phone,0")


def in_force(site):
    with open_store(site.store_url) as store:
        version, plan = store.latest_published("kiosk")
        return version, dump_plan(plan)


def check_whole(site, end):
    """The night has everything a night leaves, and nothing half-written lies about."""
    version, plan = in_force(site)
    manifest = json.loads((end.folder / "manifest.json").read_text(encoding="utf-8"))
    latest = json.loads((site.output_folder / "latest.json").read_text(encoding="utf-8"))
    notices = [json.loads(line) for line in (site.output_folder / "notices.jsonl").read_text().splitlines()]

    assert (version.version, version.run_id) == (end.version, end.run_id)
    assert (end.folder / "plan.json").read_text(encoding="utf-8") == plan
    assert (manifest["status"], manifest["run_id"]) == ("published", end.run_id)
    assert latest["run_id"] == end.run_id
    assert [line["run_id"] for line in notices].count(end.run_id) == 1
    assert all((end.folder / name).is_file() for name in manifest["files"])
    assert list(site.output_folder.rglob("*.part")) == []


@pytest.mark.slow
@pytest.mark.parametrize("at", BEFORE_PUBLICATION)
def test_a_night_killed_before_publication_leaves_the_roster_in_force_and_the_next_is_whole(site, kill, at):
    first = run_night(site)
    before = in_force(site)
    add_a_row(site.folder)

    assert kill(site.folder, at) != 0
    assert in_force(site) == before
    assert (first.folder / "roster.xlsx").is_file()

    second = run_night(site)

    assert (second.exit, second.repeated) == (0, False)
    check_whole(site, second)
    with open_store(site.store_url) as store:
        dead = [run for run in store.runs.latest() if run.id not in {first.run_id, second.run_id}]
        assert {run.status for run in dead} <= {RunStatus.INTERRUPTED}
        states = [version.state for version in store.rosters.versions("kiosk")]
        assert states.count(RosterState.PUBLISHED) == 1


@pytest.mark.slow
@pytest.mark.parametrize("at", AFTER_PUBLICATION)
def test_a_night_killed_after_publication_is_in_force_and_the_next_completes_it(site, kill, at):
    run_night(site)
    add_a_row(site.folder)

    assert kill(site.folder, at) != 0
    version, _ = in_force(site)
    assert version.version == 2

    second = run_night(site)

    assert (second.exit, second.repeated, second.run_id) == (0, True, version.run_id)
    check_whole(site, second)


@pytest.mark.slow
def test_a_first_night_killed_leaves_nothing_in_force_and_the_next_is_whole(site, kill):
    assert kill(site.folder, "export:2") != 0
    with open_store(site.store_url) as store:
        assert store.latest_published("kiosk") is None

    check_whole(site, run_night(site))
