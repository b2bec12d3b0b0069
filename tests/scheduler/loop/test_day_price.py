"""What a day costs: the curve over the target, routers and priorities, one more person, and what too few cannot do."""

from dataclasses import replace
from threading import Event
from time import sleep

import numpy as np
import pytest

from scenarios import (
    AgentChoice,
    BreakRule,
    Channel,
    ContactType,
    Contract,
    DemandUncertainty,
    Forecast,
    Group,
    Law,
    LawKind,
    Messages,
    PlanningError,
    Route,
    RouteStep,
    Serve,
    ServiceTarget,
    ShiftTemplate,
)
from scenarios.progress import Progress
from scheduler.loop import closest, day_price
from scheduler.loop.bed import CallBed
from scheduler.loop.closest import contact_share_most
from scheduler.loop.closing import LoopOutcome, LoopSettings
from scheduler.loop.columns import day_columns
from scheduler.loop.day import busiest_day
from scheduler.loop.day_loop import DayLoop
from scheduler.loop.day_price import DayPriceSettings, Lost, price_day
from scheduler.loop.days import Layout
from scheduler.loop.ghosts import with_ghosts
from scheduler.loop.plan import PlanLimits, Planned, solve_plan
from scheduler.loop.price import PricePoint, knee_of, price_curve
from scheduler.loop.problem import PlanProblem
from scheduler.loop.prune import PruneSettings
from scheduler.loop.routing_price import ChatRouting, PricedRouting
from scheduler.loop.steps import SearchSettings
from scheduler.loop.worth import worth_of
from scheduler.proof import Look, ProofSchedule

from .conftest import CLOSES_MIN, OPENS_MIN, small_forecast, small_scenario

QUICK = LoopSettings(
    schedule=ProofSchedule((Look(200, 1.0),), (1.0,)), effective_days=(80, 150), contacts=(1, 300_000), mild_days=8,
    first=SearchSettings(rounds=2), second=SearchSettings(rounds=1), pruning=PruneSettings(contacts=40_000),
)  # fmt: skip

GLANCE = replace(
    QUICK, schedule=ProofSchedule((Look(60, 1.0),), (1.0,)), effective_days=(48, 48), contacts=(1, 1),
    first=SearchSettings(rounds=1), pruning=PruneSettings(contacts=1),
)  # fmt: skip
"""For what is told, not for what it costs."""


class Costs:
    """An outcome of which only cost and proof are read."""

    def __init__(self, cost: float, proven: bool = True) -> None:
        self.cost, self.proven = cost, proven


def curve_of(costs):
    """Return the curve where the loop finds these costs; ``None`` for a roster that is not proven."""
    scenario = small_scenario()

    def close(under):
        cost = costs[under.targets[0].day_share]
        return Costs(100.0 if cost is None else cost, cost is not None)

    return price_curve(scenario, close, tuple(costs))


class TestCurve:
    def test_a_roster_proven_at_a_dearer_level_stands_in_below_it(self) -> None:
        points = curve_of({0.8: 105.0, 0.9: None, 0.95: 104.0})
        assert [point.day_share for point in points] == [0.8, 0.9, 0.95]
        assert [point.outcome.cost for point in points] == [104.0] * 3
        assert all(point.outcome.proven for point in points)

    def test_two_points_or_a_straight_line_have_no_knee(self) -> None:
        assert knee_of(curve_of({0.8: 100.0, 0.9: 130.0})) is None
        line = [PricePoint(share, Costs(1000.0 * share)) for share in (0.75, 0.5, 1.0)]  # type: ignore[arg-type]  # only the cost is read
        assert knee_of(sorted(line, key=lambda point: point.day_share)) is None


@pytest.fixture(scope="module")
def calls():
    """Return the price of the day of calls at two levels, of which the first is promised; a lost call is 9 yuan."""
    scenario = small_scenario()
    kind = replace(scenario.contact_types[0], value_yuan=9.0)
    settings = DayPriceSettings((0.8, 0.9), people_max=5, loop=QUICK)
    scenario = replace(scenario, contact_types=(kind,))
    return price_day(scenario, small_forecast(scenario), 0, seed=1, settings=settings)


def test_rows_at_once_are_the_rows_one_by_one() -> None:
    scenario = small_scenario()
    settings = DayPriceSettings((0.8, 0.9), people_max=60, loop=GLANCE)
    stages: list[str] = []
    one, two = (
        price_day(scenario, small_forecast(scenario), 0, seed=1, settings=settings, workers=workers, progress=told)
        for workers, told in ((1, lambda *_: None), (2, lambda stage, *_: stages.append(stage)))
    )
    assert [repr(point.outcome.verdict) for point in one.points] == [repr(row.outcome.verdict) for row in two.points]
    assert one.worth == two.worth
    assert "price_rows" in stages


def test_who_interrupts_rows_at_once_does_not_wait_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    began, ended = Event(), Event()

    class Endless:
        @classmethod
        def of(cls, *_: object, **__: object) -> "Endless":
            return cls()

        def close(self, *, progress: Progress, **_: object) -> None:
            began.set()
            try:
                while True:
                    progress("round", 0, 1)
                    sleep(0.001)
            finally:
                ended.set()

    def interrupt(*_: object) -> None:
        assert began.wait(30.0)
        raise KeyboardInterrupt

    monkeypatch.setattr(day_price, "DayLoop", Endless)
    scenario = small_scenario()
    with pytest.raises(KeyboardInterrupt):
        price_day(scenario, small_forecast(scenario), 0, seed=1, workers=2, progress=interrupt)
    assert ended.wait(30.0)


class TestCalls:
    def test_the_promise_is_a_point_of_the_curve_and_better_service_costs_more(self, calls) -> None:
        low, high = calls.points
        assert calls.own.outcome is low.outcome
        assert low.outcome.proven
        assert high.outcome.proven
        assert low.outcome.cost < high.outcome.cost
        assert Lost.of(low.outcome).contacts > Lost.of(high.outcome).contacts > 0
        assert Lost.of(low.outcome).value_yuan == pytest.approx(9.0 * Lost.of(low.outcome).contacts)

    def test_without_chats_and_priorities_no_routing_is_priced_and_it_is_said(self, calls) -> None:
        assert calls.routings is None
        assert [note.key for note in calls.notes] == ["price.no_chat_by_messages"]

    def test_five_people_are_too_few_and_the_certificate_says_so(self, calls) -> None:
        assert not calls.possible
        assert not calls.short.by_work
        assert calls.short.share_most < 0.8
        assert calls.short.counts.sum() == 5
        assert calls.short.share_of_days < 0.5
        assert max(hour.people_short for hour in calls.short.hours) > 0

    def test_a_roster_of_the_people_there_are_that_failed_its_proof_is_not_proven_again(
        self, calls, monkeypatch
    ) -> None:
        failed = PricedRouting(calls.own.routing, replace(calls.own.outcome, verdict=None))
        found = replace(calls, people_max=calls.own.people, own=failed, short=None)
        assert found.possible
        assert not found.proven
        forecast = small_forecast(found.scenario)
        monkeypatch.setattr(day_price, "proven_outcome", lambda *_, **__: calls.own.outcome)
        told = day_price._with_few(found, DayLoop.of(found.scenario, forecast, seed=1), forecast, 1, QUICK)
        assert told.within_people is None
        assert not told.proven
        assert told.short is not None

    def test_one_more_person_helps_in_every_hour_and_busy_days_most(self, calls) -> None:
        assert [row.start_min for row in calls.worth] == [60 * hour for hour in range(9, 15)]
        assert all(row.in_time > 0 and row.kept > 0 for row in calls.worth)
        assert sum(row.in_time_busy - row.in_time for row in calls.worth) > 0
        assert [row.value_yuan for row in calls.worth] == pytest.approx([9.0 * row.kept for row in calls.worth])


def test_what_cannot_be_promised_has_no_price() -> None:
    scenario = small_scenario(targets=())
    with pytest.raises(PlanningError, match="targets"):
        price_day(scenario, small_forecast(scenario), 0, seed=1, settings=DayPriceSettings((0.8,), loop=QUICK))


def test_the_busiest_service_day_is_that_of_most_expected_contacts() -> None:
    scenario = small_scenario()
    three = replace(scenario, horizon=replace(scenario.horizon, dates=3))
    one = small_forecast(scenario)
    expected, work_s = (np.tile(part, (3, 1)) for part in (one.expected, one.work_s))
    forecast = Forecast(three.horizon, ("call",), expected, work_s, DemandUncertainty((0.1,) * 3))
    more = np.where(three.horizon.day_of_interval()[:, None] == 1, 1.5, 1.0)
    assert busiest_day(three, replace(forecast, expected=forecast.expected * more)) == 1
    assert busiest_day(three, forecast) == 0


class TestOneMorePerson:
    def test_beside_nobody_he_answers_one_endless_call_of_his_hour_if_there_is_any(self) -> None:
        # Calls outlast the day and callers hang up at once: in time is who comes first in the hour, 1 - exp(-1.2).
        scenario = small_scenario(absence_share=0.0)
        kind = replace(
            scenario.contact_types[0], work_s=Law(LawKind.CONSTANT, 90_000.0), patience_s=Law(LawKind.CONSTANT, 1e-6)
        )
        scenario = replace(scenario, contact_types=(kind,))
        forecast = small_forecast(scenario, 0.3)
        certain = DemandUncertainty((0.0,))
        forecast = replace(forecast, work_s=np.full_like(forecast.work_s, 90_000.0), uncertainty=certain)
        bed = CallBed(scenario, forecast, day_columns(scenario))
        nobody = np.zeros(len(bed.columns), dtype=np.int64)
        found = worth_of(bed, nobody, seed=1, days=Layout(60, 1000, 0.06))
        known = 1.0 - np.exp(-1.2)  # 6,360 hours: wrong once in 700 at 3.2 deviations
        assert np.mean([row.in_time for row in found]) == pytest.approx(known, abs=3.2 * np.sqrt(known / 3 / 6360))
        assert np.mean([row.kept for row in found]) == pytest.approx(np.mean([row.in_time for row in found]))
        assert {row.pay_yuan for row in found} == {1.0}

    def test_who_stays_through_intervals_in_a_row_is_one_person(self, bed: CallBed) -> None:
        staff = bed.columns.staff(np.zeros(len(bed.columns), dtype=np.int64))
        haunted = with_ghosts(staff, np.array([[1], [2], [1], [0], [1]]), 10)
        assert haunted.spans == (((0, 30),), ((10, 20),), ((40, 50),))
        assert haunted.shift_ends == ((30,), (20,), (50,))


def test_few_people_who_work_longer_and_dearer_keep_the_promise_all_the_same() -> None:
    # The whole day costs half as much again per hour: cheapest are two short shifts one after the other, two people.
    day = ShiftTemplate("day", CLOSES_MIN - OPENS_MIN, OPENS_MIN, OPENS_MIN)
    short = ShiftTemplate("short", 180, OPENS_MIN, CLOSES_MIN - 180, 30)
    dear, usual = Contract("dear", ("day",), 40.0, 1.5), Contract("usual", ("short",), 40.0, 1.0)
    scenario = small_scenario(shift_templates=(day, short), contracts=(dear, usual))
    settings = DayPriceSettings((0.8,), people_max=8, loop=QUICK)
    found = price_day(scenario, small_forecast(scenario), 0, seed=1, settings=settings)
    assert found.own.people > 8
    assert found.within_people is not None
    assert found.within_people.people <= 8
    assert found.within_people.cost > found.own.cost
    assert found.possible
    assert found.proven
    assert found.short is None


def test_work_bounds_what_few_people_do_of_any_day() -> None:
    # Six hours of 40 calls of 240 s are 16 hours of work; nobody is at work longer than the long shift, 3.5 hours.
    scenario = small_scenario(absence_share=0.0)
    bed = CallBed(scenario, small_forecast(scenario), day_columns(scenario))
    assert contact_share_most(bed, 2, 1.0) == pytest.approx(2 * 3.5 / 16.0, abs=0.02)
    assert contact_share_most(bed, 2, 1.25) == pytest.approx(2 * 3.5 / 20.0, abs=0.02)
    assert contact_share_most(bed, 100, 1.0) == pytest.approx(1.0, abs=1e-4)


def test_short_contacts_are_answered_where_the_work_is_in_the_long_ones() -> None:
    # Nine calls in ten take 60 s, the tenth 3,000 s: 15 erlangs of work, of which the short ones are 2.25.
    # Three people who take those first have 0.75 for the long ones' 12.5: of all contacts 0.9 + 0.1 * 0.06.
    scenario = small_scenario(absence_share=0.0)
    kinds = tuple(
        replace(scenario.contact_types[0], name=name, work_s=Law(LawKind.CONSTANT, work_s))
        for name, work_s in (("short", 60.0), ("long", 3000.0))
    )
    whole = ShiftTemplate("short", CLOSES_MIN - OPENS_MIN, OPENS_MIN, OPENS_MIN)
    scenario = replace(
        scenario, contact_types=kinds, groups=(Group("g", (), tuple(Serve(kind.name) for kind in kinds)),),
        routes=tuple(Route(kind.name, (RouteStep("g"),)) for kind in kinds), shift_templates=(whole,),
        contracts=(Contract("any", ("short",), 40.0, 1.0),),
        targets=(ServiceTarget("calls", ("short", "long"), 30.0, 0.8, 0.9, 0.95),),
    )  # fmt: skip
    expected = np.where(scenario.horizon.open_intervals(), 1.0, 0.0)[:, None] * np.array([33.75, 3.75])
    work_s = np.broadcast_to(np.array([60.0, 3000.0]), expected.shape)
    forecast = Forecast(scenario.horizon, ("short", "long"), expected, work_s, DemandUncertainty((0.1,)))
    bed = CallBed(scenario, forecast, day_columns(scenario))
    most = contact_share_most(bed, 3, 1.0)
    assert 0.906 <= most <= 0.92 + 0.9 * 30.0 / 900.0  # who came half a minute before an interval may be counted twice
    assert contact_share_most(bed, 2, 1.0) == pytest.approx(0.9 * 2 / 2.25, abs=0.02)


def two_groups() -> CallBed:
    """Return the day of calls where a second group takes what the first has no time for."""
    groups = tuple(Group(name, (), (Serve("call"),)) for name in ("first", "second"))
    scenario = small_scenario(
        groups=groups, routes=(Route("call", tuple(RouteStep(group.name) for group in groups)),)
    )  # fmt: skip
    return CallBed(scenario, small_forecast(scenario), day_columns(scenario))


def test_too_many_in_one_group_fill_no_lack_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    bed = two_groups()
    wanted = (bed.columns.group == 0).astype(np.int64)
    others = Planned(1 - wanted, 0.0, 0.0, np.zeros((24, 2)), rounded=False)
    monkeypatch.setattr(closest, "solve_plan", lambda *_: others)
    found = closest.closest_of(bed, wanted, int(wanted.sum()), 1.0, seed=1)
    lack = bed.columns.people(wanted)[:, 0].max()
    assert max(hour.people_short for hour in found.hours) == lack > 0


def test_every_hour_of_every_group_is_a_row_of_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    bed, problems = two_groups(), []

    def solve(problem: PlanProblem, limits: PlanLimits) -> Planned:
        problems.append(problem)
        return solve_plan(problem, limits)

    monkeypatch.setattr(closest, "solve_plan", solve)
    closest.closest_of(bed, np.ones(len(bed.columns), dtype=np.int64), 3, 1.0, seed=1)
    names = [row.name for row in problems[0].rows]
    assert len(set(names)) == len(names) == 12


def blended_scenario():
    """Return six hours of calls and chats by messages: a group each, that of chats helping out with calls last."""
    messages = Messages(
        3.0, Law(LawKind.LOGNORMAL, 10.0, 0.8), Law(LawKind.LOGNORMAL, 25.0, 0.8), Law(LawKind.EXPONENTIAL, 40.0)
    )
    chat = ContactType(
        "chat", Channel.CHAT, Law(LawKind.LOGNORMAL, 60.0), Law(LawKind.EXPONENTIAL, 180.0), messages=messages
    )
    scenario = small_scenario()
    short = ShiftTemplate("short", 180, OPENS_MIN, CLOSES_MIN - 180, 180)
    long = ShiftTemplate("long", 240, OPENS_MIN, CLOSES_MIN - 240, 120, (BreakRule(30, False, 90, 120),))
    return replace(
        scenario, contact_types=(*scenario.contact_types, chat), shift_templates=(short, long),
        groups=(
            Group("phones", (), (Serve("call"),)),
            Group("chats", (), (Serve("chat"), Serve("call", 1)), 4, choice=AgentChoice.LEAST_LOADED),
        ),
        routes=(Route("call", (RouteStep("phones"), RouteStep("chats"))), Route("chat", (RouteStep("chats"),))),
        targets=tuple(ServiceTarget(kind, (kind,), 60.0, 0.8, 0.8, 0.9) for kind in ("call", "chat")),
    )  # fmt: skip


@pytest.fixture(scope="module")
def blended():
    """Return the price of the blended day for one person, its router beside one other cap."""
    scenario = blended_scenario()
    expected = np.where(scenario.horizon.open_intervals(), 2.0, 0.0)[:, None] * np.array([1.0, 2.0])
    work_s = np.broadcast_to(np.array([240.0, 60.0]), expected.shape)
    forecast = Forecast(scenario.horizon, ("call", "chat"), expected, work_s, DemandUncertainty((0.1,)))
    settings = DayPriceSettings((0.8,), (6,), people_max=1, loop=GLANCE)
    return price_day(scenario, forecast, 0, seed=1, settings=settings)


class TestSeveralGroups:
    def test_routers_caps_and_priorities_are_rows_beside_the_one_in_use(self, blended) -> None:
        told = [row.routing.told("en") for row in blended.routings.rows]
        assert told == [
            "Fewest open sessions first, cap 4", "Fewest open sessions first, cap 6", "Not typing first, cap 4",
            "Not typing first, cap 6", "Oldest first, without priorities",
        ]  # fmt: skip
        assert blended.routings.own.outcome is blended.own.outcome
        assert all(row.outcome.verdict is not None for row in blended.routings.rows)
        assert blended.notes == ()

    def test_a_routing_changes_the_groups_that_chat_and_no_other(self) -> None:
        scenario = blended_scenario()
        phones, chats = ChatRouting(AgentChoice.NOT_TYPING_FIRST, 8).applied(scenario).groups
        assert phones == scenario.groups[0]
        assert (chats.choice, chats.chat_cap) == (AgentChoice.NOT_TYPING_FIRST, 8)

    def test_every_group_has_its_worth_and_the_lack_is_told_against_the_proven_roster(self, blended) -> None:
        assert {row.group for row in blended.worth} == {"phones", "chats"}
        assert len(blended.worth) == 12
        assert not blended.possible
        assert blended.short.by_work
        assert blended.short.share_most < 1.0
        assert blended.short.counts.sum() == 1
        assert sum(hour.people_short for hour in blended.short.hours) > 0


def test_a_day_without_a_roster_has_lost_nothing_that_is_known(bed: CallBed) -> None:
    assert Lost.of(LoopOutcome(bed.columns, None)) is None
