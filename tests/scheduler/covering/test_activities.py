"""Training and meetings of a planner's grid: where they lie, who cannot, and how it is told."""

import json
from datetime import date

import pytest

from scenarios import US_PER_H, PlanningError, expected_demand, scenario_from
from scheduler.covering import place_activities
from scheduler.covering.activities import with_activities
from scheduler.exchange import activity_sections, read_grid, write_activities_excel, write_activities_json
from scheduler.judging.changes import ChangeKind
from scheduler.rostering import check_rules
from scheduler.staffing import Training

from ..judging.conftest import SHOP, TUESDAY, WEDNESDAY

QUIET_H = 15
HOURS = [0.0] * 10 + [1.0] * 5 + [0.3] + [1.0] * 2 + [0.0] * 6
TRAINING = {"name": "returns", "agents": ["desk-02"], "length_min": 60, "dates": [TUESDAY]}
MEETING = {
    "name": "team", "agents": ["desk-01", "desk-03"], "length_min": 30, "from": "11:00", "to": "17:00",
    "together": True, "dates": [TUESDAY, WEDNESDAY],
}  # fmt: skip
GRID = {f"desk-{number:02d}": "10-18 desk,10-18 desk" for number in range(1, 6)} | {"desk-06": "10-18 desk,休"}


def corner(*activities):
    """A desk of seven people, busy all day but from 15:00 to 16:00."""
    phone = SHOP["contact_types"][0] | {"profile": "day", "contacts_per_day": 320}
    team = {"name": "desk", "count": 7, "contract": "full", "skills": ["phone"]}
    table = SHOP | {
        "contact_types": [phone, *SHOP["contact_types"][1:]],
        "profiles": [{"name": "day", "hour_weights": HOURS}],
        "agents": [], "teams": [team], "activities": list(activities),
    }  # fmt: skip
    return scenario_from(table, place="corner")


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """Place activities in a grid; what was asked before is not computed again."""
    folder, done = tmp_path_factory.mktemp("grids"), {}

    def make(*activities, dates=(), again=False, **rows):
        key = repr((activities, dates, again, rows))
        if key not in done:
            scenario = corner(*activities)
            path = folder / f"grid-{len(done)}.csv"
            cells = GRID | {name.replace("_", "-"): row for name, row in rows.items()}
            lines = (f"{name},{row}" for name, row in cells.items())
            path.write_text("\n".join(["姓名,11/10,11/11", *lines]), encoding="utf-8")
            done[key] = place_activities(
                read_grid(path, scenario), expected_demand(scenario), dates=dates, effect_days=5,
                training=Training(contacts_per_round=4_000),
            )  # fmt: skip
        return done[key]

    return make


def starts(found, name, day=TUESDAY):
    """Hours after midnight at which people begin an activity."""
    midnight = found.scenario.horizon.us_at(day, 0)
    return {
        one.agent: (one.start_us - midnight) / US_PER_H for one in found.placed if (one.name, one.date) == (name, day)
    }


def reasons(found):
    return {(one.name, one.date, one.agents, one.why.key) for one in found.unplaced}


def test_a_training_lies_where_fewest_contacts_wait(planned):
    found = planned(TRAINING, MEETING)

    assert starts(found, "returns") == {"desk-02": QUIET_H}


def test_a_meeting_finds_all_at_one_time_on_each_of_its_dates(planned):
    found = planned(TRAINING, MEETING)

    for day in (TUESDAY, WEDNESDAY):
        begun = starts(found, "team", day)
        assert set(begun) == {"desk-01", "desk-03"}
        (at,) = set(begun.values())
        assert 11 <= at <= 16.5


def test_nobody_has_an_activity_in_a_break_or_outside_the_shift(planned):
    busy = [{"name": f"talk-{number}", "teams": ["desk"], "length_min": 45} for number in range(2)]
    found = planned(*busy)

    away = with_activities(found.roster, found.placed)  # a roster refuses breaks that meet or leave the shift
    assert len(found.placed) == 2 * len(found.roster.assignments)
    paid = sum(pause.paid for row in away.assignments for pause in row.breaks)
    assert paid == len(found.placed)
    assert sum(row.paid_us for row in away.assignments) == sum(row.paid_us for row in found.published.assignments)


def test_only_breaks_move_and_every_rule_is_kept(planned):
    found = planned(TRAINING, MEETING)

    assert found.breaches == check_rules(found.scenario, found.roster) == check_rules(found.scenario, found.published)
    for before, after in zip(found.published.assignments, found.roster.assignments, strict=True):
        assert (before.agent, before.start_us, before.end_us) == (after.agent, after.start_us, after.end_us)
    assert all(change.kind is ChangeKind.BREAKS for change in found.changes)


def test_same_input_twice_same_times(planned):
    first, second = planned(TRAINING, MEETING), planned(TRAINING, MEETING, again=True)

    assert first is not second
    assert (first.placed, first.roster.fingerprint()) == (second.placed, second.roster.fingerprint())


def test_two_meetings_of_the_same_people_do_not_meet(planned):
    second = MEETING | {"name": "desk", "agents": ["desk-01", "desk-04"]}
    found = planned(MEETING | {"from": "11:00", "to": "12:00"}, second | {"from": "11:00", "to": "12:00"})

    times = {starts(found, name)["desk-01"] for name in ("team", "desk")}
    assert times == {11.0, 11.5}
    assert not found.unplaced


def test_who_cannot_take_part_is_told_with_the_reason_and_all_others_do(planned):
    asked = [
        TRAINING | {"agents": ["desk-02", "desk-06", "desk-07"], "dates": [WEDNESDAY]},
        TRAINING | {"name": "early", "from": "09:00", "to": "10:30"},
        TRAINING | {"name": "later", "dates": [date(2026, 12, 24)]},
        MEETING | {"name": "never", "agents": ["desk-01", "desk-05"], "from": "10:00", "to": "11:00"},
    ]
    found = planned(*asked, desk_05="11-19 desk,10-14 desk/15-18 desk")

    assert starts(found, "returns", WEDNESDAY).keys() == {"desk-02"}
    assert reasons(found) == {
        ("returns", WEDNESDAY, ("desk-06", "desk-07"), "activities.off"),
        ("early", TUESDAY, ("desk-02",), "activities.no_room"),
        ("later", date(2026, 12, 24), ("desk-02",), "activities.beyond"),
        ("never", TUESDAY, ("desk-05",), "activities.no_room"),
        ("never", WEDNESDAY, ("desk-05",), "activities.own_shift"),
    }


def test_a_meeting_of_people_who_never_have_so_long_together_is_not_held(planned):
    """Lunch leaves 9-17 free from 12:00 on at best, and 11-19 has lunch at 16:00 at the latest: 240 min are common."""
    long = MEETING | {"dates": [TUESDAY], "from": "09:00", "to": "19:00", "length_min": 285}
    shifts = {"desk_01": "9-17 desk,休", "desk_03": "11-19 desk,休"}

    assert reasons(planned(long, **shifts)) == {("team", TUESDAY, ("desk-01", "desk-03"), "activities.never_together")}
    assert not planned(long | {"length_min": 240}, **shifts).unplaced


def test_a_talk_that_would_leave_a_meeting_no_time_is_not_held(planned):
    meeting = MEETING | {"dates": [TUESDAY], "to": "12:30"}
    talk = {"length_min": 45, "dates": [TUESDAY]}
    early = talk | {"name": "early", "agents": ["desk-01"], "from": "11:00", "to": "12:00"}
    late = talk | {"name": "late", "agents": ["desk-03"], "from": "11:45", "to": "12:30"}

    found = planned(meeting, early, late)

    assert reasons(found) == {("late", TUESDAY, ("desk-03",), "activities.beside_meeting")}
    assert starts(found, "early")["desk-01"] + 0.75 <= starts(found, "team")["desk-01"]


def test_dates_narrow_the_plan_and_breaks_alone_can_be_placed(planned):
    found = planned(TRAINING, MEETING, dates=(WEDNESDAY,))
    assert {one.date for one in found.placed} == {WEDNESDAY}
    assert {row.date for row in found.effects} == {WEDNESDAY}

    bare = planned(dates=(TUESDAY,))
    assert not bare.placed
    assert bare.short_after_h <= bare.short_before_h


@pytest.mark.parametrize(
    ("dates", "message"),
    [
        ((date(2026, 11, 9),), r"--date is 2026-11-09; expected dates from 2026-11-10 to 2026-11-11"),
        ((), r"Scenario corner has no activities; expected \[\[activities\]\] in its file"),
    ],
)
def test_a_date_elsewhere_and_nothing_to_place_are_errors(planned, dates, message):
    with pytest.raises(PlanningError, match=message):
        planned(dates=dates)


def test_the_grid_reads_back_and_both_languages_tell_who_does_what_when(planned, tmp_path):
    found = planned(TRAINING, MEETING)
    write_activities_excel(found, tmp_path / "roster.xlsx", "zh")
    write_activities_json(found, tmp_path / "activities.json")

    again = read_grid(tmp_path / "roster.xlsx", found.scenario)
    assert {(row.agent, row.start_us, row.breaks) for row in again.shifts} == {
        (row.agent, row.start_us, row.breaks) for row in found.roster.assignments
    }
    told = json.loads((tmp_path / "activities.json").read_text(encoding="utf-8"))
    assert {"activity": "returns", "agent": "desk-02", "date": "2026-11-10", "start": "2026-11-10T15:00:00+08:00",
            "end": "2026-11-10T16:00:00+08:00"} in told["placed"]  # fmt: skip
    for language, sentence in (("en", "Who does what when"), ("zh", "活动安排")):
        sections = {part.title: part for part in activity_sections(found, language)}
        assert any(row[1:] == ("15:00-16:00", "returns", "1", "desk-02") for row in sections[sentence].rows)
