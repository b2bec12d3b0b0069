"""Every command, called as from a shell, with its exit status."""

import csv
import json
import subprocess
import sys

import pytest

from scheduler.commands import dashboard, demo, doctor
from scheduler.exits import Exit

from ..conftest import KIOSK, SITE


def history_of(folder):
    return ("--history", folder / "history.csv", "--zone", "Asia/Shanghai")


def errors_of(err):
    return [line for line in err.splitlines() if line.startswith("springtide: ")]


def test_forecast_writes_a_table_and_prints_errors_beside_two_rivals(call, kiosk):
    out_file = kiosk / "demand.csv"
    status, out, _ = call("forecast", kiosk / "kiosk.toml", *history_of(kiosk), "--out", out_file)

    assert status is Exit.DONE
    with out_file.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 24
    assert 30 < sum(float(row["expected"]) for row in rows) < 120
    for rival in ("Springtide", "same day last week", "mean of 8 weeks"):
        assert rival in out


def test_forecast_without_a_comparison_says_so(call, kiosk):
    arguments = ("forecast", kiosk / "kiosk.toml", *history_of(kiosk), "--out", kiosk / "d.csv")
    _, out, _ = call(*arguments, "--backtest-weeks", 0)

    assert "too short to compare" in out


def test_simulate_prints_every_kpi_with_its_interval(call, kiosk):
    status, out, err = call("simulate", kiosk / "kiosk.toml", "--replications", 20)

    assert status is Exit.DONE
    assert "as the formula asks for" in out
    assert "what scenario kiosk expects of itself" in out
    for name in ("Answered in time", "Gave up", "Mean wait", "Busy share", "2026-11-11", "most_in_60s"):
        assert name in out
    assert out.count("–") > 8
    assert "Simulate …" in err


def test_more_agents_never_answer_less_in_time_on_the_same_days(call, kiosk):
    def share(agents):
        _, out, _ = call("simulate", kiosk / "kiosk.toml", "--replications", 30, "--agents", f"desk={agents}")
        (row,) = [line for line in out.splitlines() if line.strip().startswith("2026-11-11")]
        return float(row.split()[1])

    assert share(1) < share(2) < share(5) == 100.0


def test_a_forecast_and_a_roster_written_by_one_command_are_read_by_another(call, kiosk):
    call("forecast", kiosk / "kiosk.toml", *history_of(kiosk), "--out", kiosk / "demand.csv")
    plan = ("--forecast", kiosk / "demand.csv", "--rounds", 1, "--proof-days", 60)
    status, out, _ = call("roster", kiosk / "kiosk.toml", *plan, "--out", kiosk / "plan")

    assert status is Exit.DONE
    for said in ("proven", "Rules broken", "Days met of simulated", "2026-11-11", str(kiosk / "plan")):
        assert said in out
    for name in ("roster.xlsx", "roster.csv", "brief.zh.html", "brief.en.html", "plan.json", "ics/everyone.ics"):
        assert (kiosk / "plan" / name).is_file()

    roster = ("--forecast", kiosk / "demand.csv", "--roster", kiosk / "plan" / "roster.csv")
    status, out, _ = call("simulate", kiosk / "kiosk.toml", *roster, "--replications", 10)
    assert (status, "as many people at work as the formula asks for" in out) == (Exit.DONE, False)


def test_a_roster_that_is_not_proven_ends_with_ten(call, make_site):
    folder = make_site(scenario=KIOSK.replace("day_share = 0.8", "day_share = 0.999"), people=3).folder
    arguments = ("roster", folder / "kiosk.toml", "--rounds", 1, "--proof-days", 40, "--out", folder / "plan")

    status, out, _ = call(*arguments)

    assert status is Exit.NOT_PROVEN
    assert "not proven" in out
    assert (folder / "plan" / "roster.xlsx").is_file()


def test_ways_out_are_made_planned_and_shown_by_date_and_never_left_beside_a_later_plan(call, make_site):
    folder = make_site(people=1).folder
    arguments = ("--rounds", 1, "--proof-days", 40, "--out", folder / "plan")

    status, out, _ = call("roster", folder / "kiosk.toml", "--ways-out", *arguments)

    assert status is Exit.NOT_PROVEN
    assert "The cheapest ways out" in out
    assert "call in" in out
    assert "Hours short before" in out
    assert (folder / "plan" / "ways-out" / "roster.xlsx").is_file()

    status, out, _ = call("roster", make_site(people=14).folder / "kiosk.toml", "--ways-out", *arguments)
    assert status is Exit.DONE
    assert "ways out" not in out.lower()
    assert not (folder / "plan" / "ways-out").exists()


def test_nightly_publishes_and_tells_a_repetition(call, kiosk):
    status, out, err = call("nightly", "--config", kiosk / "site.toml")
    assert status is Exit.DONE
    for said in ("roster version 1 is published", "Springtide", "Files: "):
        assert said in out
    assert [line for line in err.splitlines() if line.startswith(("Read inputs", "Publish or hold"))]

    status, out, _ = call("nightly", "--config", kiosk / "site.toml")
    assert status is Exit.DONE
    assert "published already by run" in out


def test_nightly_plans_from_a_date_and_can_stop_or_stay_dry(call, make_site):
    folder = make_site(site=SITE.replace("roster_rounds = 1", "roster_rounds = 3")).folder
    config = ("nightly", "--config", folder / "site.toml")

    status, out, _ = call(*config, "--dry-run", "--date", "2026-11-12")
    assert (status, "2026-11-12" in out, (folder / "out").exists()) == (Exit.DONE, True, False)
    status, out, _ = call(*config, "--until", "check")
    assert (status, "nothing was published" in out) == (Exit.DONE, True)


def test_nightly_that_is_not_proven_says_what_stays_in_force(call, make_site):
    folder = make_site(scenario=KIOSK.replace("day_share = 0.8", "day_share = 0.999"), people=3).folder

    status, out, _ = call("--lang", "zh", "nightly", "--config", folder / "site.toml")

    assert status is Exit.NOT_PROVEN
    assert "暂存为草稿" in out
    assert "上一次发布的班表继续有效" in out


def test_nightly_while_another_is_at_work_ends_with_forty(call, kiosk):
    holder = "import sys, filelock; lock = filelock.FileLock(sys.argv[1]); lock.acquire(); print(flush=True); input()"
    (kiosk / "out").mkdir()
    command = [sys.executable, "-c", holder, str(kiosk / "out" / ".nightly.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        other.stdout.readline()
        status, _, err = call("nightly", "--config", kiosk / "site.toml")
        other.communicate(b"\n")

    assert status is Exit.LOCKED
    assert "expected one run at a time" in errors_of(err)[0]
    assert call("nightly", "--config", kiosk / "site.toml", "--until", "check")[0] is Exit.DONE


def test_scenarios_lists_the_library_and_shows_one(call):
    status, out, _ = call("scenarios")
    assert (status, "double11_x10" in out) == (Exit.DONE, True)

    status, out, _ = call("--lang", "zh", "scenarios", "double11_x10")
    assert status is Exit.DONE
    for said in ("双11之夜", "Asia/Shanghai", "90.0 % / 30 s", "假设的数字"):
        assert said in out


def test_doctor_finds_everything_here(call, tmp_path):
    status, out, _ = call("doctor", "--folder", tmp_path)

    assert status is Exit.DONE
    for name in ("ortools", "simpy", "Time zone data", "Everything needed is there"):
        assert name in out


def test_doctor_names_what_is_missing(call, tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "requires", lambda _: ["no-such-package>=1", "rich>=13; extra == 'dev'"])

    status, out, _ = call("doctor", "--folder", tmp_path / "nowhere")

    assert status is Exit.INPUT
    assert "MISSING" in out
    assert "no-such-package" in out.splitlines()[-1]


def test_dashboard_starts_the_pages_on_the_store_it_finds(call, tmp_path, monkeypatch):
    started = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(dashboard.STORE_VARIABLE, raising=False)
    (tmp_path / "springtide.sqlite").write_bytes(b"")
    ended = subprocess.CompletedProcess([], 0)
    monkeypatch.setattr(dashboard.subprocess, "run", lambda command, **_: started.append(command) or ended)

    status, out, _ = call("dashboard", "--port", 8600)

    assert status is Exit.DONE
    assert "http://127.0.0.1:8600" in out
    store = f"sqlite:///{(tmp_path / 'springtide.sqlite').as_posix()}"
    assert started[0][1:] == ["-m", "dashboard", "--port", "8600", "--store", store]


def test_dashboard_without_its_extra_says_what_to_install(call, monkeypatch):
    monkeypatch.setattr(dashboard.importlib.util, "find_spec", lambda _: None)

    status, _, err = call("dashboard")

    assert status is Exit.INPUT
    assert "springtide[dashboard]" in errors_of(err)[0]


def test_the_demo_writes_a_sample_and_runs_its_night(call, tmp_path, monkeypatch, make_site):
    """The demo's own path on the smallest scenario; the shop's night itself is too long for a test."""
    folder = make_site().folder
    monkeypatch.setitem(demo.SIZES, 1, str(folder / "kiosk.toml"))
    monkeypatch.setattr(demo, "LEARN_FROM", demo.date(2026, 8, 1))
    monkeypatch.setattr(demo, "_SITE", demo._SITE + SITE.partition("[plan]")[2])

    status, out, _ = call("demo", "--size", 1, "--out", tmp_path / "demo")

    assert status is Exit.DONE
    for said in ("same day last week", "People rostered", "Gap to the bound", "Rules broken", "is published", "Files"):
        assert said in out
    assert "springtide dashboard --store sqlite:///" in out
    first = (tmp_path / "demo" / "history.csv").read_bytes()
    status, out, _ = call("demo", "--size", 1, "--out", tmp_path / "demo")
    assert (status, "published already" in out, "People rostered" in out) == (Exit.DONE, True, True)
    assert (tmp_path / "demo" / "history.csv").read_bytes() == first


@pytest.mark.parametrize(("arguments", "status", "said"), [
    ((), Exit.USAGE, ""),
    (("lunch",), Exit.USAGE, "No such command"),
    (("forecast",), Exit.USAGE, "Missing argument"),
    (("forecast", "shop"), Exit.USAGE, "--history is missing"),
    (("roster", "shop", "--nope"), Exit.USAGE, "--nope"),
    (("simulate", "shop", "--replications", "1"), Exit.USAGE, "replications"),
    (("simulate", "shop", "--agents", "phone"), Exit.USAGE, "NAME=VALUE"),
    (("simulate", "shop", "--agents", "phone=some"), Exit.USAGE, "NAME=VALUE"),
    (("simulate", "shop", "--agents", "phone=²"), Exit.USAGE, "NAME=VALUE"),
    (("simulate", "shop", "--agents", "phone=1", "--agents", "phone=2"), Exit.USAGE, "phone twice"),
    (("simulate", "shop", "--pack", "jdd"), Exit.INPUT, "jdd"),
    (("explain", "shop", "--roster", "r.csv", "--out", "hours.txt"), Exit.USAGE, ".csv, .xlsx"),
    (("lever", "shop", "--lever", "bot", "--out", "hours.txt"), Exit.USAGE, ".csv, .xlsx"),
    (("validate", "shop", "--history", "h.csv", "--out", "days.txt"), Exit.USAGE, ".csv, .xlsx"),
    (("simulate", "shop", "--agents", "phone=1", "--roster", "r.csv"), Exit.USAGE, "given together"),
    (("simulate", "shop", "--history", "h.csv", "--forecast", "f.csv"), Exit.USAGE, "given together"),
    (("forecast", "shop", "--history", "h.csv", "--column", "offered"), Exit.USAGE, "NAME=VALUE"),
    (("--lang", "fr", "doctor"), Exit.USAGE, "expected one of: en, zh"),
    (("demo", "--size", "7"), Exit.USAGE, "1, 10, 100"),
    (("roster", "nosuch"), Exit.INPUT, "no such scenario"),
    (("simulate", "shop", "--agents", "nobody=3"), Exit.INPUT, "nobody"),
    (("nightly", "--config", "nowhere.toml"), Exit.INPUT, "nowhere.toml"),
    (("forecast", "shop", "--history", "nowhere.csv"), Exit.INPUT, "nowhere.csv"),
])  # fmt: skip
def test_a_wrong_call_ends_with_its_status_and_one_line(call, arguments, status, said):
    ended, _, err = call(*arguments)

    assert ended is status
    if said:
        (line,) = errors_of(err)
        assert said in line
    assert "Traceback" not in err


@pytest.mark.parametrize(("content", "said"), [
    ("", "file is empty"),
    ("interval_start,contact_type\n2026-11-10 09:00,phone\n", "lacks offered"),
    ("interval_start,contact_type,offered\n2026-11-10 09:00,phone,-3\n", "history.csv:2"),
    ("interval_start,contact_type,offered\n" + "2026-11-10 09:00,phone,3\n" * 2, "stands there already"),
])  # fmt: skip
def test_a_broken_history_ends_with_thirty_and_writes_nothing(call, kiosk, content, said):
    (kiosk / "history.csv").write_text(content, encoding="utf-8")
    status, _, err = call("forecast", kiosk / "kiosk.toml", *history_of(kiosk), "--out", kiosk / "demand.csv")

    assert status is Exit.INPUT
    assert said in errors_of(err)[0]
    assert not (kiosk / "demand.csv").exists()


def test_times_without_a_zone_name_the_option(call, kiosk):
    status, _, err = call("forecast", kiosk / "kiosk.toml", "--history", kiosk / "history.csv")

    assert status is Exit.INPUT
    assert "--zone" in errors_of(err)[0]


def test_errors_are_told_in_chinese_where_asked(call):
    status, _, err = call("--lang=zh", "roster", "nosuch")

    assert status is Exit.INPUT
    assert "没有这个场景文件" in errors_of(err)[0]


def test_markup_in_a_name_is_shown_as_it_is(call):
    _, _, err = call("roster", "[red]nosuch[/red]")

    assert "[red]nosuch[/red]" in err


def test_a_fault_of_ours_ends_with_fifty_and_its_traceback_only_where_asked(call, monkeypatch):
    def broken(_options):
        raise ZeroDivisionError("boom\nand more")

    monkeypatch.setattr("scheduler.commands.scenario_list._show", broken)

    status, _, err = call("scenarios", "shop")
    assert (status, "Traceback" in err) == (Exit.INTERNAL, False)
    assert errors_of(err) == [err.strip()]
    assert "boom and more" in err
    status, _, err = call("--debug", "scenarios", "shop")
    assert (status, "Traceback" in err) == (Exit.INTERNAL, True)


def test_stopping_at_the_keyboard_is_clean(call, monkeypatch):
    def stopped(_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("scheduler.commands.scenario_list._show", stopped)
    status, _, err = call("scenarios", "shop")

    assert (status, "Traceback" in err) == (Exit.CANCELLED, False)
    assert "nothing was published" in err


def test_help_is_in_the_language_asked_for(call):
    assert "排出实名班表" in call("--lang", "zh", "roster", "--help")[1]
    assert "Requirement, named roster" in call("--lang", "en", "roster", "--help")[1]
    assert "cli." not in call("--help")[1]


def test_the_installed_command_ends_with_its_status():
    command = [sys.executable, "-c", "from scheduler.cli import main; main()", "roster", "nosuch"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (30, "")
    assert len(done.stderr.splitlines()) == 1


def test_the_manifest_of_a_night_is_readable_json(call, kiosk):
    call("nightly", "--config", kiosk / "site.toml")
    (manifest,) = (kiosk / "out" / "runs").glob("*/manifest.json")

    assert json.loads(manifest.read_text(encoding="utf-8"))["exit_status"] == 0
