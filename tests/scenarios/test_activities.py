"""Activities as planners write them: teams, clocks and dates, refused when they fit nowhere or name nobody."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from scenarios import Activity, PlanningError, Scenario, scenario_from
from scenarios.merge import find_scenario, read_merged

TABLE = read_merged(find_scenario("shop"))
TEAM = TABLE["teams"][0]
TRAINING = {"name": "returns", "teams": [TEAM["name"]], "length_min": 60, "from": "14:00", "to": "17:00"}


def shop_with(*rows: Mapping[str, Any], **more: Any) -> Scenario:
    return scenario_from(dict(TABLE) | {"activities": list(rows)} | more, place="shop")


def test_a_training_is_written_with_a_team_clocks_and_dates() -> None:
    (training,) = shop_with(TRAINING | {"dates": [date(2025, 11, 11)]}).activities
    members = tuple(f"{TEAM['name']}-{number:02d}" for number in range(1, TEAM["count"] + 1))
    assert training == Activity("returns", members, 60, 14 * 60, 17 * 60, dates=(date(2025, 11, 11),))


def test_somebody_of_a_team_who_is_named_as_well_takes_part_once() -> None:
    someone = f"{TEAM['name']}-01"
    extra = {"name": "Lin", "contract": TEAM["contract"], "skills": TEAM["skills"]}
    (training,) = shop_with(TRAINING | {"agents": ["Lin", someone]}, agents=[extra]).activities
    assert training.agents[:2] == ("Lin", someone)
    assert len(training.agents) == TEAM["count"] + 1


def test_what_people_do_away_from_the_queue_is_part_of_the_fingerprint() -> None:
    shop = shop_with(TRAINING)
    assert shop.fingerprint() == shop_with(TRAINING).fingerprint()
    assert shop.fingerprint() != replace(shop, activities=()).fingerprint()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"teams": ["nobody"]}, r"Activity\(returns\).teams is nobody; expected one of: regular"),
        ({"teams": "regular"}, r"activities\[returns\].teams: value is regular; expected a list"),
        ({"teams": [], "agents": ["Lin"]}, r"Activity\(returns\).agents is Lin; expected one of: regular-01"),
        ({"teams": []}, r"Activity\(returns\).agents is \(\)"),
        ({"length_min": 0}, r"Activity\(returns\).length_min is 0; expected"),
        ({"to": "14:30"}, r"Activity\(returns\).to_min is 870; expected at least 60 min after the start 840; widen"),
        ({"from": "2pm"}, r"activities\[returns\].from: clock"),
        ({"together": "yes please"}, r"activities\[returns\].together: value is yes please; expected true or false"),
        ({"dates": ["someday"]}, r"activities\[returns\].dates\[0\]: value is someday; expected a date"),
        ({"room": "A"}, r"activities\[returns\].room is not a known key; expected one of: name, agents"),
    ],
)
def test_an_activity_that_makes_no_sense_is_refused_in_words(changed: Mapping[str, Any], message: str) -> None:
    with pytest.raises(PlanningError, match=message):
        shop_with(TRAINING | changed)


def test_two_activities_have_two_names() -> None:
    with pytest.raises(PlanningError, match=r"activities is returns more than once"):
        shop_with(TRAINING, TRAINING)
