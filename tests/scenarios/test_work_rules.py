"""Rules of work as planners write them: read whole, refused when they say nothing or name nobody."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from scenarios import (
    PlanningError,
    RunOf,
    ShiftsRule,
    Want,
    Wish,
    WorkRules,
    load_preset,
    preset_names,
)
from scenarios.load import scenario_from
from scenarios.merge import find_scenario, read_merged
from scenarios.scenario import Scenario


def shop_with(rules: Mapping[str, Any], **more: Any) -> Scenario:
    table = dict(read_merged(find_scenario("shop"))) | {"rules": dict(rules)} | more
    return scenario_from(table, place="shop")


def test_a_night_cap_is_written_with_clocks() -> None:
    row = {"name": "nights", "period": "week", "from": "22:00", "to": "30:00", "most": 2}
    (rule,) = shop_with({"shifts": [row]}).rules.shifts
    assert (rule.from_min, rule.to_min, rule.most) == (1320, 1800, 2)


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_of_law_is_read_and_says_what_it_is(name: str) -> None:
    preset = load_preset(name)
    rules = list(shop_with({"presets": [name]}).rules)
    assert rules
    assert all(rule.source for rule in rules)
    assert preset.effective < date(2026, 1, 1)
    assert set(preset.title) == set(preset.disclaimer) == {"en", "zh"}


def test_a_row_of_the_scenario_replaces_the_presets_row_of_that_name() -> None:
    own = {"presets": ["cn_standard"], "shifts": [{"name": "cn_rest_day_a_week", "most": 5}]}
    (rule,) = shop_with(own).rules.shifts
    assert rule.most == 5
    assert "art. 38" in rule.source  # what the row leaves out stays the preset's


def test_wishes_and_skills_that_only_rules_ask_for() -> None:
    table = dict(read_merged(find_scenario("shop")))
    agents = [{"name": "Lin", "contract": table["teams"][0]["contract"], "skills": ["lead"]}]
    wishes = [{"agent": "Lin", "date": date(2025, 11, 11), "want": "off", "yuan": 80}]
    scenario = shop_with({"presence": [{"name": "lead", "skill": "lead"}]}, agents=agents, wishes=wishes)
    assert scenario.agent("Lin").skills == ("lead",)
    assert scenario.wishes == (Wish("Lin", date(2025, 11, 11), Want.OFF, "", 80.0),)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({"presets": ["cn"]}, r"WorkRules.presets is cn; expected one of: cn_comprehensive"),
        ({"presets": "cn_standard"}, r"rules.presets: value is cn_standard; expected a list"),
        ({"hours": [{"name": "a", "period": "week"}]}, r"HoursRule\(a\).most_h is None; expected a rule that limits"),
        ({"hours": [{"name": "a", "period": "year", "most_h": 1}]}, r"hours\[a\].period is year; expected one of: day"),
        ({"hours": [{"name": "a", "period": "week", "most_h": 1, "least_h": 2}]}, r"least_h is 2.0; expected at most"),
        ({"hours": [{"name": "a", "period": "rolling", "days": 0, "most_h": 1}]}, r"HoursRule\(a\).days is 0"),
        ({"runs": [{"name": "a", "of": "shifts", "most": 2}]}, r"RunRule\(a\).templates is \(\); expected shift temp"),
        ({"weekends": [{"name": "a"}]}, r"WeekendRule\(a\).most is None; expected a rule that limits something"),
        ({"weekends": [{"name": "a", "most": 1, "weekdays": ["su"]}]}, r"weekdays is su; expected one of: mon"),
        ({"successions": [{"name": "a", "first": ["early"]}]}, r"SuccessionRule\(a\).rest_h is None"),
        ({"patterns": [{"name": "a", "sequence": []}]}, r"PatternRule\(a\).sequence is \(\); expected at least one"),
        ({"patterns": [{"name": "a"}]}, r"rules.patterns\[a\].sequence is missing"),
        (
            {"patterns": [{"name": "a", "sequence": ["free"] * 6, "wanted": ["work"] * 5}]},
            r"\(a\).dates is 11; expected",
        ),
        ({"patterns": [{"name": "a", "sequence": ["late"]}]}, r"\(a\).sequence is late; expected one of: free, work, "),
        ({"patterns": [{"name": "a", "sequence": ["work"], "wanted": ["off"]}]}, r"PatternRule\(a\).wanted is off;"),
        ({"patterns": [{"name": "a", "sequence": ["work"], "weekdays": ["Fr"]}]}, r"weekdays is Fr; expected one of"),
        ({"patterns": [{"name": "a", "sequence": ["work"], "yuan_per_time": -1}]}, r"yuan_per_time is -1"),
        ({"weekly_rest": [{"name": "a", "least_h": 500}]}, r"WeeklyRestRule\(a\).least_h is 500"),
        ({"presence": [{"name": "a"}]}, r"PresenceRule\(a\).skill is \(\); expected either a skill or a list of"),
        ({"presence": [{"name": "a", "agents": ["Bo"]}]}, r"PresenceRule\(a\).agents is Bo; expected one of: regular"),
        ({"heads": [{"name": "a", "least": 0}]}, r"HeadsRule\(a\).least is 0; expected"),
        ({"heads": [{"name": "a", "templates": ["late"]}]}, r"HeadsRule\(a\).templates is late; expected one of"),
        ({"heads": [{"name": "a", "weekdays": ["sa"]}]}, r"weekdays is sa; expected one of"),
        ({"heads": [{"name": "a", "yuan_per_person": -5}]}, r"yuan_per_person is -5"),
        ({"fairness": [{"name": "a", "of": "luck", "yuan_per_point": 1}]}, r"FairnessRule\(a\).of is luck; expected"),
        ({"overtime": [{"name": "a", "period": "day", "beyond_h": 8, "pay_factor": 0.5}]}, r"pay_factor is 0.5"),
        ({"shifts": [{"name": "n", "period": "week", "from": "23:00", "most": 1}]}, r"to_min is None; expected a rule"),
        ({"shifts": [{"name": "n", "period": "week", "from": "6;0", "most": 1}]}, r"rules.shifts\[n\].from: clock"),
        ({"nights": [{"name": "a"}]}, r"rules.nights is not a known key; expected one of: presets, hours"),
        ({"hours": 3}, r"rules.hours: value is 3; expected a list"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_in_words(rules: Mapping[str, Any], message: str) -> None:
    with pytest.raises(PlanningError, match=message):
        shop_with(rules)


def test_two_rules_of_one_kind_have_two_names() -> None:
    rule = ShiftsRule("a", period="week", most=1)  # type: ignore[arg-type]  # the loader turns words into periods
    with pytest.raises(PlanningError, match=r"rules.shifts is a more than once"):
        WorkRules(shifts=(rule, rule))


def test_no_shift_is_called_what_patterns_call_a_free_date() -> None:
    table = dict(read_merged(find_scenario("shop")))
    templates = [*table["shift_templates"], dict(table["shift_templates"][0]) | {"name": "free"}]
    rules = {"patterns": [{"name": "a", "sequence": ["work", "free"]}]}
    with pytest.raises(PlanningError, match=r"ShiftTemplate\(free\).name is free; expected another name"):
        shop_with(rules, shift_templates=templates)
    assert shop_with({}, shift_templates=templates).template("free").length_min > 0


def test_a_shift_on_call_is_written_with_the_share_that_is_paid() -> None:
    row = {"name": "call", "length_min": 600, "earliest_start": "22:00", "latest_start": "22:00", "on_call": True}
    templates = [*read_merged(find_scenario("shop"))["shift_templates"], row | {"paid_share": 0.3}]
    call = shop_with({"heads": [{"name": "a", "templates": ["call"]}]}, shift_templates=templates).template("call")
    assert (call.paid_min, [rule.paid for rule in call.breaks]) == (180, [True, False])


def test_runs_know_what_they_are_runs_of() -> None:
    (rule,) = shop_with({"runs": [{"name": "off in pairs", "of": "free", "least": 2}]}).rules.runs
    assert (rule.of, rule.least) == (RunOf.FREE, 2)
