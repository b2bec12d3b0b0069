from pathlib import Path

import pytest

from scenarios import PlanningError, load_scenario
from scheduler.nightly import load_site
from scheduler.nightly.config import PlanOptions, starting_on
from scheduler.planning import PlanSettings

from ..conftest import SITE


def test_paths_are_relative_to_the_site_file(site, tmp_path):
    assert site.output_folder == tmp_path / "out"
    assert site.store_url == f"sqlite:///{(tmp_path / 'out' / 'springtide.sqlite').as_posix()}"
    assert site.scenario_source == tmp_path / "kiosk.toml"


@pytest.mark.parametrize(("store", "url"), [
    ("sqlite:///data/x.sqlite", "sqlite:///{folder}/data/x.sqlite"),
    ("postgresql://planner@db/springtide", "postgresql://planner@db/springtide"),
])  # fmt: skip
def test_the_store_may_lie_elsewhere(make_site, tmp_path, store, url):
    site = make_site(site=f'store = "{store}"\n{SITE}')

    assert site.store_url == url.format(folder=tmp_path.as_posix())


def test_a_scenario_of_the_library_is_found_by_its_name(make_site):
    assert make_site(site=SITE.replace("kiosk.toml", "shop")).scenario_source == "shop"


def test_options_left_out_are_those_of_the_planner():
    assert PlanOptions().settings() == PlanSettings()


def test_no_contacts_to_trim_with_leave_a_roster_untrimmed(make_site):
    assert make_site().plan.settings().trimming is None
    assert (
        make_site(site=SITE.replace("trim_contacts = 0", "trim_contacts = 9000")).plan.settings().trimming.contacts
        == 9000
    )


@pytest.mark.parametrize(("old", "new", "said"), [
    ("output", "outputt", "outputt is not a known key"),
    ('scenario = "kiosk.toml"', "", "scenario is missing"),
    ("schema = 1", "schema = 7", "schema is 7"),
    ("proof_days = 60", "proof_days = 0", "proof_days is 0"),
    ("proof_days = 60", 'proof_days = "many"', "many"),
    ('language = "en"', 'language = "fr"', "language is fr"),
])  # fmt: skip
def test_a_wrong_site_file_is_told_with_file_and_key(make_site, old, new, said):
    with pytest.raises(PlanningError, match=r"site\.toml") as caught:
        make_site(site=SITE.replace(old, new))
    assert said in str(caught.value)


def test_a_missing_site_file_is_told():
    with pytest.raises(PlanningError, match="does not exist"):
        load_site(Path("nowhere.toml"))


def test_moving_the_horizon_keeps_its_length_and_spread():
    scenario = load_scenario("shop")
    later = starting_on(scenario, scenario.horizon.first_date.replace(day=20))

    assert later.horizon.dates == scenario.horizon.dates
    assert set(later.uncertainty.day_cv) == set(scenario.uncertainty.day_cv)
    assert starting_on(scenario, None) is scenario
