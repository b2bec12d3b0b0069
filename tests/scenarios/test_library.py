"""The scenarios that ship: consistent, marked where assumed, and of a size that can or cannot carry its night."""

import dataclasses
from datetime import date, datetime
from fnmatch import fnmatchcase

import numpy as np
import pytest

from scenarios import (
    LIBRARY,
    Channel,
    Grade,
    Quantity,
    assumptions_of,
    expected_demand,
    library_names,
    load_scenario,
    past_promotions,
    title_of,
    values_at,
)
from scenarios.merge import read_table

SIZES = {"": ("shop", 1), "_x10": ("shop_x10", 10), "_x100": ("shop_x100", 100)}
NIGHT = date(2026, 11, 10)

# What the reports of the shop do state, or what is no figure of the shop at all: the plan's dates, grid and seed.
SHOP_NAMES = tuple(name for name in library_names() if name != "bank_week")
"""Scenarios of the demo shop; the bank's week takes its figures from whoever runs it, not from the reports."""

STATED = (
    "horizon.*", "seed",
    "contact_types[[]*].contacts_per_day", "contact_types[[]mail].due_within_s",
    "targets[[]*].answer_within_s", "targets[[]*].day_share",
)  # fmt: skip
ORDERINGS = ("groups[[]*].serves*",)  # figures that only put things in order


def figures(value, path=""):
    """Paths of all numbers inside a dataclass."""
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            if field.init:
                yield from figures(getattr(value, field.name), f"{path}.{field.name}".lstrip("."))
    elif isinstance(value, tuple):
        for number, row in enumerate(value):
            yield from figures(
                row, f"{path}[{getattr(row, 'name', None) or getattr(row, 'contact_type', None) or number}]"
            )
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path


def is_default(scenario, path):
    """Whether the figure still has the value its type gives it."""
    *owner, field = path.rpartition("[")[0].split(".") if path.endswith("]") else path.split(".")
    rows = values_at(scenario, ".".join(owner)) if owner else (scenario,)
    defaults = {f.name: f.default for f in dataclasses.fields(type(rows[0]))}
    return all(getattr(row, field) == defaults.get(field, dataclasses.MISSING) for row in rows)


def covers(pattern, path):
    return fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern}.*") or fnmatchcase(path, f"{pattern}[[]*")


@pytest.mark.parametrize("name", library_names())
def test_every_library_scenario_loads_expects_contacts_and_has_a_title_of_its_own(name):
    scenario = load_scenario(name)

    assert scenario.name == name
    assert expected_demand(scenario).expected.sum() > 0
    titles = [(title_of(other, "en"), title_of(other, "zh")) for other in library_names()]
    for language in (0, 1):
        assert len({title[language] for title in titles}) == len(titles)
    assert title_of(name, "en") != name


def test_every_file_of_the_library_carries_its_schema():
    files = sorted(LIBRARY.glob("*.toml"))

    assert len(files) > len(library_names())
    assert all(read_table(path)["schema"] == 1 for path in files)


@pytest.mark.parametrize("name", library_names())
def test_every_assumption_leads_to_a_value_and_gives_its_reason_in_both_languages(name):
    scenario = load_scenario(name)
    english, chinese = dict(assumptions_of(name, "en")), dict(assumptions_of(name, "zh"))

    assert english.keys() == chinese.keys()
    for path in english:
        assert values_at(scenario, path), path
        assert len(english[path]) > 10
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese[path])


@pytest.mark.parametrize("name", SHOP_NAMES)
def test_every_figure_of_the_library_is_stated_by_the_reports_or_marked_as_assumed(name):
    scenario = load_scenario(name)
    marked = [path.replace("[", "[[]") for path, _ in scenario.assumptions]
    unmarked = [
        path
        for path in set(figures(scenario))
        if not any(covers(pattern, path) for pattern in (*marked, *STATED, *ORDERINGS))
        and not is_default(scenario, path)
    ]

    assert unmarked == []


def test_pay_and_other_defaults_stand_in_one_file():
    files = [path for path in LIBRARY.glob("*.toml") if path.stem.startswith("_") or path.stem in SHOP_NAMES]
    with_pay = [path.name for path in files if "cost_per_paid_h_yuan =" in path.read_text("utf-8")]

    assert with_pay == ["_defaults.toml"]


@pytest.mark.parametrize(("name", "times"), SIZES.values())
def test_a_month_of_the_shop_is_what_its_reports_say(name, times):
    scenario = load_scenario(name)
    forecast = expected_demand(scenario)
    days_per_month = 365 / 12
    week = forecast.expected.sum(axis=0) / 7 * days_per_month / times

    channel = np.array([kind.channel.value for kind in scenario.contact_types])
    assert week[channel == "voice"].sum() == pytest.approx(5000, rel=0.005)
    assert week[channel == "chat"].sum() == pytest.approx(3200, rel=0.005)
    assert week[channel == "ticket"].sum() == pytest.approx(800, rel=0.005)
    phone = week[channel == "voice"]
    assert phone / phone.sum() == pytest.approx([0.45, 0.30, 0.15, 0.10], abs=0.002)


def test_the_two_peaks_of_an_ordinary_day_are_from_10_to_12_and_from_15_to_17():
    scenario = load_scenario("shop")
    calls = expected_demand(scenario).expected[:48, 0]
    hours = calls.reshape(24, 2).sum(axis=1)

    assert sorted(np.argsort(hours)[-4:].tolist()) == [10, 11, 15, 16]
    assert hours[:9].sum() == 0.0
    assert hours[21:].sum() == 0.0


@pytest.mark.parametrize("name", SHOP_NAMES)
def test_work_stays_below_five_minutes_even_with_all_chats_open(name):
    scenario = load_scenario(name)
    slowest = min(group.session_speed[-1] for group in scenario.groups)
    for kind in scenario.contact_types:
        if kind.channel is not Channel.TICKET:
            mix = values_at(scenario, f"contact_types[{kind.channel.value.replace('voice', 'phone')}_*]")
            mean = sum(k.work_s.mean_s * k.contacts_per_day for k in mix) / sum(k.contacts_per_day for k in mix)
            assert mean / (slowest if kind.channel is Channel.CHAT else 1.0) < 300


@pytest.mark.parametrize("suffix", SIZES)
def test_orders_of_the_night_are_six_times_those_of_an_ordinary_day(suffix):
    night, shop = load_scenario(f"double11{suffix}"), load_scenario(SIZES[suffix][0])
    (service_day,) = [day for day in night.horizon.days if day.date == NIGHT]
    span = slice(service_day.first_interval, service_day.end_interval)
    column = night.type_index("phone_orders")
    ordinary = shop.contact_types[column].contacts_per_day * shop.profiles[0].weekday_weights[NIGHT.weekday()]

    assert service_day.closes_us - service_day.opens_us == 18 * 3_600_000_000
    assert expected_demand(night).expected[span, column].sum() / ordinary == pytest.approx(6.0, rel=0.01)


def people_needed(scenario):
    """(T,) people kept busy without pause: erlangs of live work that reach a human, chats shared by full agents."""
    forecast = expected_demand(scenario)
    kept = [
        1 - (kind.bot.offered_share * kind.bot.containment_share if kind.bot else 0) for kind in scenario.contact_types
    ]
    load = forecast.expected * kept * forecast.work_s / (scenario.horizon.interval_min * 60)
    load *= scenario.factor(Quantity.VOLUME) * scenario.factor(Quantity.WORK)
    best = {group.name: group.chat_cap * group.session_speed[-1] for group in scenario.groups}
    needed = np.zeros(scenario.horizon.intervals)
    for number, kind in enumerate(scenario.contact_types):
        route = next(route for route in scenario.routes if route.contact_type == kind.name)
        at_once = {Channel.VOICE: 1.0, Channel.CHAT: best[route.steps[0].group], Channel.TICKET: np.inf}[kind.channel]
        needed += load[:, number] / at_once
    return needed


def can_be_there(scenario, moment):
    """People with some legal shift that covers the hour from ``moment``."""
    us = scenario.horizon.us_of(moment.replace(tzinfo=scenario.horizon.start.tzinfo))
    starts = {
        template.name: any(
            scenario.horizon.us_at(NIGHT, start) <= us
            and us + 3_600_000_000 <= scenario.horizon.us_at(NIGHT, start + template.length_min)
            for start in template.start_minutes
        )
        for template in scenario.shift_templates
    }
    return sum(any(starts[name] for name in scenario.contract_of(agent).shift_templates) for agent in scenario.agents)


BURSTS = (datetime(2026, 11, 10, 20), datetime(2026, 11, 11, 0))


def busiest_hour(scenario, moment):
    per_hour = 60 // scenario.horizon.interval_min
    first = scenario.horizon.us_of(moment.replace(tzinfo=scenario.horizon.start.tzinfo)) // scenario.horizon.interval_us
    return people_needed(scenario)[first : first + per_hour].mean()


@pytest.mark.parametrize("suffix", SIZES)
def test_a_prepared_night_has_more_people_than_its_bursts_keep_busy(suffix):
    scenario = load_scenario(f"double11{suffix}")
    for burst in BURSTS:
        assert busiest_hour(scenario, burst) < 0.75 * can_be_there(scenario, burst)


@pytest.mark.parametrize("suffix", SIZES)
def test_an_unprepared_night_keeps_busy_more_people_than_there_are(suffix):
    scenario = load_scenario(f"double11{suffix}_unprepared")

    assert not any(scenario.contract_of(agent).call_in for agent in scenario.agents)
    assert scenario.levers == ()
    assert all(kind.bot is None for kind in scenario.contact_types)
    assert busiest_hour(scenario, BURSTS[0]) > can_be_there(scenario, BURSTS[0])


@pytest.mark.parametrize("suffix", SIZES)
def test_a_twin_differs_only_in_pool_bot_and_notices(suffix):
    ready, bare = load_scenario(f"double11{suffix}"), load_scenario(f"double11{suffix}_unprepared")

    assert bare.promo == ready.promo
    assert bare.horizon == ready.horizon
    assert np.array_equal(expected_demand(bare).expected, expected_demand(ready).expected)
    regulars = [agent for agent in ready.agents if not ready.contract_of(agent).call_in]
    assert list(bare.agents) == regulars
    assert len(regulars) == {"": 6, "_x10": 45, "_x100": 450}[suffix]


@pytest.mark.parametrize("suffix", SIZES)
def test_whoever_closes_the_night_can_rest_and_still_work_the_next_day(suffix):
    scenario = load_scenario(f"double11{suffix}")
    closes = scenario.horizon.days[1].closes_us
    next_closing = scenario.horizon.days[2].closes_us
    for contract in scenario.contracts:
        earliest = closes + int(contract.rest_h_min * 3_600_000_000)
        lengths = [scenario.template(name).length_min for name in contract.shift_templates]
        if contract.call_in:
            assert earliest + min(lengths) * 60_000_000 <= next_closing
        else:
            starts = scenario.template(contract.shift_templates[0]).start_minutes
            assert any(scenario.horizon.us_at(date(2026, 11, 11), start) >= earliest for start in starts)


def test_each_grade_of_question_has_a_promise_of_its_own():
    scenario = load_scenario("three_grades")
    live = [kind for kind in scenario.contact_types if scenario.is_live(kind.name)]

    assert {target.name for target in scenario.targets} == {str(grade) for grade in Grade}
    assert [scenario.target_of(kind.name).name for kind in live] == [str(kind.grade) for kind in live]
    assert len({target.answer_within_s for target in scenario.targets}) == len(Grade)


def test_past_promotions_know_every_phase_of_those_to_come_and_reach_back_a_year():
    past = past_promotions()
    known = {(event.name, phase.name) for event in past for phase in event.phases}
    planned = {
        (event.name, phase.name)
        for name in library_names()
        for event in load_scenario(name).promo
        for phase in event.phases
    }

    assert planned <= known
    assert min(event.phases[0].start.date() for event in past) < date(2025, 10, 9)
    assert max(event.phases[-1].end.date() for event in past) < date(2026, 11, 1)
    assert {"618", "99", "double11", "double12"} <= {event.name for event in past}
