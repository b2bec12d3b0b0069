"""What a night enters into the accuracy ledger, and what planners' edits do to it."""

import json
from datetime import UTC, date, datetime

import pytest

from forecasting import Edit, EditKind, Undo, accuracy_table
from scheduler.nightly import run_night
from scheduler.store import open_store

from ..conftest import OWN_DAY, SITE

NOW = datetime(2026, 11, 10, 9, tzinfo=UTC)
BUSY = Edit(
    NOW, "李娜", "second live stream", datetime(2026, 11, 11, 4, tzinfo=UTC), datetime(2026, 11, 11, 6, tzinfo=UTC),
    EditKind.MULTIPLY, 1.5,
)  # fmt: skip


def log(site, *entries):
    with open_store(site.store_url) as store:
        store.edits.add("kiosk", entries)


def kept(site):
    with open_store(site.store_url) as store:
        return [store.forecasts.snapshot(one.id) for one in store.forecasts.kept("kiosk")]


def manifest(end):
    return json.loads((end.folder / "manifest.json").read_text("utf-8"))


def test_a_night_keeps_its_forecast_as_it_gave_it_out(site):
    end = run_night(site, until="forecast")
    (snapshot,) = kept(site)

    assert snapshot.known_until == date(2026, 11, 10)
    assert snapshot.versions["springtide"]
    assert snapshot.edits == ()
    assert manifest(end)["edits"] == []


def test_a_logged_edit_changes_the_nights_forecast_and_not_the_models(site):
    run_night(site, until="forecast")
    log(site, BUSY)
    end = run_night(site, until="forecast")
    plain, edited = kept(site)

    assert edited.edits == (BUSY,)
    assert edited.model.fingerprint() == plain.forecast.fingerprint()
    assert edited.forecast.expected[12:14].sum() == pytest.approx(1.5 * plain.forecast.expected[12:14].sum())
    assert (manifest(end)["edits"], set(manifest(end)["hashes"])) == ([1], {"scenario", "history", "edits"})


def test_an_edit_after_a_publication_is_a_new_night_and_its_undo_is_the_old_one_again(site):
    first = run_night(site)
    log(site, BUSY)
    second = run_night(site)
    log(site, Undo(NOW, "李娜", "called off", 1))
    third = run_night(site)

    assert (first.repeated, second.repeated, second.version) == (False, False, 2)
    assert (third.repeated, third.version) == (False, 3)  # the second is in force, so the first is planned anew
    keys = [manifest(end)["run_key"] for end in (first, second, third)]
    assert keys[0] == keys[2] != keys[1]


def test_an_edit_of_other_dates_changes_no_run(site):
    run_night(site)
    log(
        site,
        Edit(NOW, "a", "b", datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 2, tzinfo=UTC), EditKind.ADD, 5.0),
    )

    assert run_night(site).repeated


def test_a_dry_night_plans_with_the_edits_and_makes_no_store(site):
    assert run_night(site, dry_run=True, until="forecast").run_id is None
    assert not site.output_folder.exists()


def test_errors_are_recorded_when_the_actuals_have_come(site):
    log(site, BUSY)
    run_night(site, until="forecast")
    rows = "".join(f"\n2026-11-{day} {hour}:00,phone,{hour}" for day in (11, 12) for hour in range(12, 18))
    with (site.folder / "history.csv").open("a", encoding="utf-8") as file:
        file.write(rows)

    end = run_night(site, first_date=date(2026, 11, 12), until="forecast")
    assert manifest(end)["errors_recorded"] == {"1": 1}
    with open_store(site.store_url) as store:
        errors = store.forecasts.errors("kiosk")
    assert errors["date"].unique().tolist() == [date(2026, 11, 11)]
    assert errors["lead_days"].tolist() == [1, 1]
    assert errors["contacts"].tolist() == [sum(range(12, 18))] * 2
    assert accuracy_table(errors)["wape"].between(0.01, 0.9).all()
    again = run_night(site, first_date=date(2026, 11, 12), until="forecast")
    assert manifest(again)["errors_recorded"] == {"2": 1}  # of the second night's own date; the first stays recorded


@pytest.mark.parametrize(("day", "scope"), [("2026-11-11", "holidays"), ("2026-11-12", "ordinary_days")])
def test_errors_of_special_days_of_the_sites_calendar_are_recorded_as_holidays(make_site, tmp_path, day, scope):
    (tmp_path / "own.toml").write_text(OWN_DAY.format(date=day), encoding="utf-8")
    site = make_site(site=SITE.replace("[history]", 'calendar = "own.toml"\n\n[history]'))
    run_night(site, until="forecast")
    with (site.folder / "history.csv").open("a", encoding="utf-8") as file:
        file.write("".join(f"\n2026-11-11 {hour}:00,phone,{hour}" for hour in range(12, 18)))

    run_night(site, first_date=date(2026, 11, 12), until="forecast")
    with open_store(site.store_url) as store:
        errors = store.forecasts.errors("kiosk")
    assert errors["scope"].unique().tolist() == [scope]
