"""Several promises and groups in the closed loop: reach, rows that weigh promises, and people moved between groups."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from scenarios import (
    Agent,
    BreakRule,
    Channel,
    ContactType,
    Contract,
    DemandUncertainty,
    Forecast,
    Group,
    Horizon,
    Hours,
    Law,
    LawKind,
    Opening,
    Redial,
    Route,
    RouteStep,
    Scenario,
    Serve,
    ServiceTarget,
    ShiftTemplate,
)
from scheduler.loop.bed import CallBed
from scheduler.loop.call_line import CallLine
from scheduler.loop.closing import LoopSettings, day_factor_of
from scheduler.loop.columns import anonymous_roster, day_columns
from scheduler.loop.days import Layout
from scheduler.loop.floor_bed import FloorBed
from scheduler.loop.ghosts import hauntings, with_ghosts
from scheduler.loop.judge import columns_of, judge
from scheduler.loop.plan import solve_plan
from scheduler.loop.problem import Curves, PlanProblem, ShareRow
from scheduler.loop.prune import PruneSettings
from scheduler.loop.reach import Reach
from scheduler.loop.skill_loop import SkillRouting, close_dates, close_skill_loop, skill_bed
from scheduler.loop.skills import SkillSurrogate, home_of, scarce_groups, servers_each
from scheduler.loop.steps import Round, SearchSettings
from scheduler.loop.together import Together
from scheduler.loop.weighing import least_weighed, nearest_days, weighings
from scheduler.proof import Look, ProofSchedule
from sim import Staff

OPENS, CLOSES = 9 * 60, 15 * 60
LADDERS = {"A": ("GA", "GF"), "B": ("GB", "GF"), "C": ("GF",)}


def skills_scenario(*, helped: bool = True) -> Scenario:
    """Return six hours of three types of call: a group each, of which C's helps the others if ``helped``."""
    ladders = (
        LADDERS if helped else {kind: groups[-1:] if kind == "C" else groups[:1] for kind, groups in LADDERS.items()}
    )
    serves = {
        group: tuple(Serve(kind, 0 if kind == "C" else 1) for kind, ladder in ladders.items() if group in ladder)
        for group in ("GA", "GB", "GF")
    }
    skills = {"GA": ("A",), "GB": ("B",), "GF": ("A", "B", "C")}
    return Scenario(
        "three skills",
        Horizon(date(2025, 11, 11), 1, 30, "UTC", Opening((Hours(OPENS, CLOSES),) * 7)),
        tuple(
            ContactType(kind, Channel.VOICE, Law(LawKind.EXPONENTIAL, 240.0), Law(LawKind.EXPONENTIAL, 150.0))
            for kind in ladders
        ),
        tuple(Group(group, skills[group], serves[group]) for group in serves),
        tuple(Route(kind, tuple(RouteStep(group) for group in ladder)) for kind, ladder in ladders.items()),
        tuple(ServiceTarget(kind, (kind,), abandoned_share_max=0.1) for kind in ladders),
        tuple(Contract(group, ("short", "long"), 60.0, 1.15 if group == "GF" else 1.0) for group in serves),
        (
            ShiftTemplate("short", 180, OPENS, CLOSES - 180, 60),
            ShiftTemplate("long", 300, OPENS, CLOSES - 300, 30, (BreakRule(30, True, 120, 180),)),
        ),
        tuple(Agent(group, group, skills[group]) for group in serves),
        absence_share=0.04,
    )  # fmt: skip


def forecast_of(scenario: Scenario, calls: tuple[float, ...] = (75.0, 60.0, 30.0)) -> Forecast:
    """Return so many calls expected of each type in every half hour."""
    horizon = scenario.horizon
    expected = np.where(horizon.open_intervals()[:, None], np.array(calls), 0.0)
    kinds = tuple(kind.name for kind in scenario.contact_types)
    strays = DemandUncertainty((0.1,) * len(horizon.days))
    return Forecast(horizon, kinds, expected, np.full_like(expected, 240.0), strays)


def counts_of(bed: CallBed | FloorBed, least: tuple[float, ...]) -> np.ndarray:
    """Return counts that keep so many people of each group at work while the service is open."""
    floor = np.where(bed.scenario.horizon.open_intervals()[:, None], np.array(least), 0.0)
    counts = solve_plan(PlanProblem(bed.columns, (), (), least_people=floor)).counts
    assert counts is not None
    return counts


def reach_of(bed: CallBed, counts: np.ndarray) -> np.ndarray:
    """Return the reach at some counts, measured on forty days."""
    scenario = bed.scenario
    days = bed.draw(Layout(20, 20), seed=1, purpose="reach")
    seen = bed.play(counts, days)
    chosen = np.arange(40)
    lines = [CallLine(scenario, bed.forecast, target) for target in scenario.targets]
    types = [columns_of(scenario, target) for target in scenario.targets]
    last = Round(0, counts, 0.0, seen, judge(scenario, seen, 0.95), 0.95, 0.1, days)
    return Reach(bed, lines, types).at(last, chosen, seen.offered.mean(axis=0), seen.in_time.mean(axis=0))


class TestGhosts:
    def test_a_ghost_is_there_for_its_interval_and_nowhere_in_the_roster(self) -> None:
        staff = Staff(("a",), np.array([0]), np.ones(1), (((0, 100),),), ((100,),))
        haunted = with_ghosts(staff, np.array([[0, 0], [0, 2], [1, 0]]), 50)
        assert haunted.group.tolist() == [0, 1, 1, 0]
        assert haunted.spans == (((0, 100),), ((50, 100),), ((50, 100),), ((100, 150),))

    def test_every_open_interval_and_group_is_visited_once(self) -> None:
        people = np.array([[0.0, 0.0], *[[40.0, 0.0]] * 9, [0.0, 0.0]])
        is_open = people[:, 0] > 0
        visits = np.sum([visit.ghosts > 0 for visit in hauntings(people, is_open, 15)], axis=0)
        assert (visits == is_open[:, None]).all()

    def test_what_a_ghost_brings_reaches_from_the_interval_before_to_the_one_before_the_next_ghost(self) -> None:
        visit = next(hauntings(np.full((8, 1), 40.0), np.ones(8, dtype=np.bool_), 15))
        assert visit.places.tolist() == [0, 4]
        assert visit.ghosts[0, 0] == 2
        gain = np.array([4.0, 1.0, 1.0, 2.0, 6.0, 0.0, 0.0, 0.0])
        assert visit.brought(gain).tolist() == [6.0, 0, 0, 0, 8.0, 0, 0, 0]


class TestReach:
    def test_groups_that_do_not_help_each_other_count_for_their_own_promise_alone(self) -> None:
        scenario = skills_scenario(helped=False)
        bed = CallBed(scenario, forecast_of(scenario), day_columns(scenario))
        reach = reach_of(bed, counts_of(bed, (11.0, 9.0, 5.0)))
        assert reach[~np.eye(3, dtype=np.bool_)].tolist() == [0.0] * 6
        # Erlang A knows the worth of one more; half hours of 40 days tell it within a third.
        assert np.diag(reach) == pytest.approx(np.ones(3), abs=0.35)

    def test_a_helper_counts_for_every_promise_and_those_he_helps_count_for_his(self) -> None:
        scenario = skills_scenario()
        bed = CallBed(scenario, forecast_of(scenario), day_columns(scenario))
        reach = reach_of(bed, counts_of(bed, (10.0, 8.0, 6.0)))
        assert (reach[:, 2] > 0.2).all()
        assert (reach[2, :2] > 0.02).all()
        assert reach[0, 0] > reach[0, 1]


class TestCurves:
    def test_people_count_by_their_reach(self) -> None:
        curves = Curves(
            np.array([[[0.0, 4.0, 8.0]]]), np.array([[[0.0, 8.0, 10.0]]]), np.array([[1.0, 0.5]]), below=3.0
        )
        people = np.array([[2.0, 4.0]])  # counts for 2 + 2
        assert curves.at(people).tolist() == [[8.0]]
        assert curves.change(people, 1.0).tolist() == [[[0.5, 0.25]]]
        assert curves.change(people, -1.0).tolist() == [[[-2.0, -1.0]]]
        assert curves.at(np.array([[-1.0, 0.0]])).tolist() == [[-6.0]]

    def test_the_plan_takes_who_brings_most_for_the_money(self) -> None:
        scenario = skills_scenario()
        columns = day_columns(scenario)
        knots = np.broadcast_to(np.array([0.0, 500.0]), (scenario.horizon.intervals, 1, 2))
        weight = np.where(scenario.horizon.open_intervals(), 1.0, 0.0)[:, None]
        for helper, expected in ((1.2, 2), (1.1, 0)):  # somebody of the third group costs 1.15
            curves = Curves(knots, knots, np.array([[1.0, 0.9, helper]]))
            planned = solve_plan(PlanProblem(columns, (curves,), (ShareRow("day", 0, weight, 900.0),)))
            assert planned.counts is not None
            # But for the last few, whom whole numbers may want elsewhere.
            assert planned.counts[columns.group == expected].sum() >= 0.9 * planned.counts.sum()


class TestWeighing:
    def test_weights_add_up_to_one_and_reach_every_corner(self) -> None:
        found = np.array(weighings(3))
        assert len(found) == 15
        assert found.sum(axis=1) == pytest.approx(np.ones(15))
        assert {tuple(row) for row in np.eye(3)} <= {tuple(row) for row in found}
        assert weighings(1) == [1.0]

    def test_promises_that_fail_on_different_days_need_more_than_their_bars(self) -> None:
        alike = np.array([[0.9, 0.9], [0.9, 0.9]])
        apart = np.array([[0.92, 0.88], [0.88, 0.92]])
        half = np.array([0.5, 0.5])
        assert least_weighed(half, alike, 0.0) == pytest.approx(0.9)
        assert least_weighed(half, apart, 0.0) == pytest.approx(0.92)

    def test_shares_that_reach_the_margin_pass_every_row(self) -> None:
        rng = np.random.default_rng(5)
        bar = 0.9 + 0.02 * rng.standard_normal((30, 3))
        shares = rng.uniform(0.9, 1.0, (200, 3))
        margins = (shares[:, None, :] - bar).min(axis=2).mean(axis=1)
        for weight in weighings(3):
            least = least_weighed(weight, bar, 0.01)
            assert (shares[margins >= 0.01] @ weight >= least - 1e-9).all()
            assert (shares[margins < 0.01] @ weight < 1.0).all()

    def test_the_days_nearest_the_quantile_are_taken_by_rank(self) -> None:
        margins = np.array([0.3, -0.2, 0.0, 0.1, -0.1, 0.2])
        assert nearest_days(margins, np.full(6, 1 / 6), 0.4, 3).tolist() == [2, 3, 4]


class TestFirstPlan:
    def test_a_group_alone_with_its_type_that_helps_others_is_scarce(self) -> None:
        scenario = skills_scenario()
        assert scarce_groups(scenario) == {"GF"}
        assert scarce_groups(skills_scenario(helped=False)) == frozenset()
        homes = [home_of(scenario, forecast_of(scenario), target) for target in scenario.targets]
        assert homes == [0, 1, 2]

    def test_sessions_share_a_person(self) -> None:
        scenario = skills_scenario()
        chats = tuple(replace(kind, channel=Channel.CHAT) for kind in scenario.contact_types)
        groups = tuple(replace(group, chat_cap=3, session_speed=(1.0, 0.9, 0.8)) for group in scenario.groups)
        talking = replace(scenario, contact_types=chats, groups=groups)
        assert servers_each(scenario, scenario.targets[0], 0) == 1.0
        assert servers_each(talking, talking.targets[0], 0) == pytest.approx(2.4)


class TestLoop:
    SETTINGS = LoopSettings(
        schedule=ProofSchedule((Look(400, 1.0),), (1.0,)), effective_days=(200, 400), contacts=(20_000, 60_000),
        first=SearchSettings(rounds=5), second=SearchSettings(rounds=2, radius=0.05),
        pruning=PruneSettings(contacts=200_000),
    )  # fmt: skip

    def test_the_loop_moves_people_to_the_scarce_group_and_proves_every_promise(self) -> None:
        scenario = skills_scenario()
        forecast = forecast_of(scenario)
        outcome = close_skill_loop(scenario, forecast, seed=1, settings=self.SETTINGS)
        assert outcome.counts is not None
        assert outcome.days is not None
        assert outcome.verdict is not None
        assert outcome.proven
        said = Together.of(scenario, outcome.days.seen, 0.05)
        assert said.days_met <= min(statement.days_met for statement in outcome.verdict.statements)
        bed = skill_bed(scenario, forecast)
        first = solve_plan(SkillSurrogate(bed, day_factor_of(forecast)).first(0.97)).counts
        assert first is not None
        seen = bed.prove(first, first=0, days=400, strata=400, seed=1, purpose="formula")
        passes = Together.of(scenario, seen, 0.05).bound >= 0.95
        assert not passes or outcome.cost < float(outcome.columns.cost @ first)
        flexible = outcome.columns.group == 2
        assert outcome.counts[flexible].sum() != first[flexible].sum()

    def test_a_promise_without_contacts_on_the_day_asks_for_nobody_and_stands_in_no_way(self) -> None:
        scenario = skills_scenario()
        outcome = close_skill_loop(scenario, forecast_of(scenario, (75.0, 0.0, 30.0)), seed=1, settings=self.SETTINGS)
        assert outcome.proven
        assert outcome.counts is not None
        assert outcome.counts[outcome.columns.group == 1].sum() == 0

    def test_every_date_is_planned_and_proven_alone(self) -> None:
        scenario = skills_scenario()
        dates = replace(scenario, horizon=replace(scenario.horizon, dates=2))
        forecast = forecast_of(dates)
        doubled = np.where(dates.horizon.day_of_interval()[:, None] == 1, 2.0, 1.0)
        quick = replace(self.SETTINGS, first=SearchSettings(rounds=2), pruning=PruneSettings(contacts=20_000))
        busier = replace(forecast, expected=forecast.expected * doubled)
        found = close_dates(dates, busier, seed=1, settings=quick)
        assert [outcome.columns.date for outcome in found] == [day.date for day in dates.horizon.days]
        assert found[1].cost > 1.5 * found[0].cost

    def test_rules_of_priority_are_told_and_applied(self) -> None:
        scenario = skills_scenario()
        assert SkillRouting().applied(scenario) is scenario
        level = SkillRouting(priorities=False).applied(scenario)
        assert {serve.priority for group in level.groups for serve in group.serves} == {0}
        assert [SkillRouting(kept).told(language) for kept in (True, False) for language in ("en", "zh")] == [
            "Priorities of the groups", "按各组优先级接待", "Oldest first, without priorities", "不分优先级，先到先接",
        ]  # fmt: skip


class TestFloorBed:
    def test_on_calls_the_whole_floor_counts_what_the_bed_of_calls_counts(self) -> None:
        scenario = skills_scenario()
        forecast, columns = forecast_of(scenario), day_columns(scenario)
        beds = CallBed(scenario, forecast, columns), FloorBed(scenario, forecast, columns)
        counts = counts_of(beds[0], (9.0, 7.0, 6.0))
        ghosts = np.zeros((scenario.horizon.intervals, 3), dtype=np.int64)
        ghosts[20, 1] = 2
        chosen = np.array([0, 3])
        plain, whole = (
            bed.play(counts, bed.draw(Layout(3, 2), seed=2, purpose="same"), chosen, ghosts) for bed in beds
        )
        fresh, proven = (bed.prove(counts, first=1, days=2, strata=4, seed=2, purpose="fresh") for bed in beds)
        for one, other in ((plain, whole), (fresh, proven)):
            for part in ("offered", "in_time", "abandoned", "weight"):
                assert getattr(one, part).tolist() == getattr(other, part).tolist()

    def test_who_comes_back_needs_the_whole_floor(self) -> None:
        scenario = skills_scenario()
        again = Redial(0.5, Law(LawKind.EXPONENTIAL, 600.0), 3)
        returning = replace(
            scenario, contact_types=tuple(replace(kind, redial=again) for kind in scenario.contact_types)
        )
        assert isinstance(skill_bed(scenario, forecast_of(scenario)), CallBed)
        assert isinstance(skill_bed(returning, forecast_of(returning)), FloorBed)


def test_slow_people_count_for_less_and_are_proven_slow() -> None:
    scenario = skills_scenario()
    slow = replace(scenario, agents=tuple(replace(agent, tenure_factor=1.25) for agent in scenario.agents))
    usual, columns = day_columns(scenario), day_columns(slow)
    assert columns.at_work == pytest.approx(usual.at_work / 1.25)
    counts = np.zeros(len(columns), dtype=np.int64)
    counts[0] = 1
    assert columns.staff(counts).tenure_factor.tolist() == [1.25]
    assert [agent.tenure_factor for agent in anonymous_roster(slow, columns, counts)[0].agents] == [1.25]
