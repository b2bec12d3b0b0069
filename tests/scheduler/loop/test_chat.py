"""Chat message by message in the closed loop: shape of service, bed, proven roster, price of the routing."""

from dataclasses import replace
from datetime import date

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
    Horizon,
    Hours,
    Law,
    LawKind,
    Messages,
    Opening,
    PlanningError,
    Route,
    RouteStep,
    Scenario,
    Serve,
    ServiceTarget,
    ShiftTemplate,
)
from scheduler.loop.closing import LoopOutcome, day_factor_of
from scheduler.loop.columns import anonymous_roster, day_columns
from scheduler.loop.days import Layout
from scheduler.loop.group import CHAT_SETTINGS, close_group_loop
from scheduler.loop.group_bed import GroupBed
from scheduler.loop.measured import MeasuredSurrogate, Weight, measured_shapes
from scheduler.loop.plan import solve_plan
from scheduler.loop.routing_price import (
    ChatRouting,
    PricedRouting,
    RoutingPrices,
    price_routings,
    routings_beside,
)
from scheduler.proof import Look, ProofSchedule
from sim import replicate

FEWEST = AgentChoice.LEAST_LOADED
NOT_TYPING = AgentChoice.NOT_TYPING_FIRST
PER_HOUR = 400
QUICK = replace(
    CHAT_SETTINGS,
    schedule=ProofSchedule((Look(400, 1.0),), (1.0,)),
    effective_days=(300, 400),
    first=replace(CHAT_SETTINGS.first, rounds=3),
    second=replace(CHAT_SETTINGS.second, rounds=2),
    contacts=(0, 0),
    pruning=replace(CHAT_SETTINGS.pruning, contacts=2_000_000),
)
"""Fewer days than a chat day deserves, so that a test takes seconds."""


def chat_kind():
    messages = Messages(
        5.0, Law(LawKind.LOGNORMAL, 6.0, 0.8), Law(LawKind.LOGNORMAL, 20.0, 0.8), Law(LawKind.EXPONENTIAL, 40.0), 120.0
    )
    return ContactType(
        "chat", Channel.CHAT, Law(LawKind.LOGNORMAL, 86.0), Law(LawKind.EXPONENTIAL, 180.0), messages=messages
    )


@pytest.fixture(scope="module")
def chat():
    """Six hours of chat, a peak in the middle; a promise of 85 % of first replies within 30 s."""
    horizon = Horizon(date(2025, 11, 11), 1, 15, "UTC", Opening((Hours(480, 840),) * 7))
    shift = ShiftTemplate("short", 180, 480, 660, 30, (BreakRule(15, True, 75, 105),))
    scenario = Scenario(
        "chat", horizon, (chat_kind(),), (Group("g", (), (Serve("chat"),), 4, choice=FEWEST),),
        (Route("chat", (RouteStep("g"),)),), (ServiceTarget("chat", ("chat",), 30.0, 0.85, 0.9, reply_within_s=180.0),),
        (Contract("all", ("short",), 168.0, 1.0),), (shift,), (), absence_share=0.04,
    )  # fmt: skip
    busy = np.where((horizon.open_intervals()), PER_HOUR / 4, 0.0)
    busy[40:48] *= 1.5
    law = DemandUncertainty((0.08,), day_law=LawKind.GAMMA)
    return scenario, Forecast(horizon, ("chat",), busy[:, None], np.full((len(busy), 1), 86.0), law)


def under(chat, choice, cap):
    scenario, forecast = chat
    return ChatRouting(choice, cap).applied(scenario), forecast


def shape_of(chat, choice, cap):
    scenario, forecast = under(chat, choice, cap)
    return measured_shapes(scenario, forecast, 12, seed=1)[0]


def test_service_falls_with_the_load_ever_faster_as_long_as_it_holds(chat):
    shape = shape_of(chat, FEWEST, 5)
    loads = np.linspace(0.2, 0.7, 26)
    shares = shape.at(loads)

    assert 0.95 < shares[0] <= 1.0
    assert (np.diff(shares) < 0).all()
    assert (np.diff(shares, 2) < 1e-9).all()
    assert shape.at(np.array([2.7]))[0] == pytest.approx(shape.share[-1] / 2)


def test_a_load_is_read_back_from_its_share(chat):
    shape = shape_of(chat, FEWEST, 5)

    assert [shape.load_at(float(share)) for share in shape.at(np.array([0.4, 0.63]))] == pytest.approx([0.4, 0.63])


def test_who_looks_for_those_not_typing_keeps_the_promise_at_a_higher_load(chat):
    fewest, not_typing = shape_of(chat, FEWEST, 5), shape_of(chat, NOT_TYPING, 5)

    assert fewest.load_at(0.9) < 0.65 < 0.75 < not_typing.load_at(0.9)


def test_with_fewest_first_a_cap_of_eight_buys_nothing_and_with_not_typing_first_it_does(chat):
    assert shape_of(chat, FEWEST, 8).load_at(0.9) == pytest.approx(shape_of(chat, FEWEST, 5).load_at(0.9), abs=0.04)
    assert shape_of(chat, NOT_TYPING, 8).load_at(0.9) > shape_of(chat, NOT_TYPING, 5).load_at(0.9) + 0.05


@pytest.fixture(scope="module")
def bed(chat):
    return GroupBed(*chat, day_columns(chat[0]))


def test_the_plan_by_shape_alone_nearly_keeps_the_promise(chat, bed):
    scenario, forecast = chat
    surrogate = MeasuredSurrogate(scenario, forecast, bed.columns, day_factor_of(forecast))
    counts = solve_plan(surrogate.first(0.9)).counts
    seen = bed.play(counts, bed.draw(Layout(60, 20, 0.3), seed=1, purpose="training-1"))

    assert seen.quantile([0], 0.1) == pytest.approx(0.85, abs=0.03)


def test_proof_days_are_those_a_study_of_the_roster_plays(chat, bed):
    scenario, forecast = chat
    counts = np.ones(len(bed.columns), dtype=np.int64)
    seen = bed.prove(counts, first=2, days=4, strata=6, seed=3, purpose="proof-1")
    everybody, roster = anonymous_roster(scenario, bed.columns, counts)
    study = replicate(everybody, forecast.sampled(busiest=1.0, strata=6), roster, replications=4, first=2, seed=3,
                      purpose="proof-1")  # fmt: skip

    for ours, theirs in ((seen.offered, study.offered), (seen.in_time, study.in_time),
                         (seen.abandoned, study.abandoned), (seen.by_group, study.in_time[..., None])):  # fmt: skip
        assert np.array_equal(ours, theirs)
    assert seen.replies.sum(axis=0).tolist() == [study.counts(name).sum() for name in ("rounds", "replies_in_time")]


def test_shares_of_replies_add_up_over_days_played_in_parts(bed):
    counts = np.ones(len(bed.columns), dtype=np.int64)
    parts = [bed.prove(counts, first=first, days=2, strata=4, seed=3, purpose="proof-1") for first in (0, 2)]
    whole = bed.prove(counts, first=0, days=4, strata=4, seed=3, purpose="proof-1")

    assert parts[0].concat(parts[1]).reply_share == pytest.approx(whole.reply_share)
    assert 0.0 < whole.reply_share <= 1.0


def test_the_loop_proves_its_roster_and_prices_the_router(chat):
    scenario, forecast = chat
    own = ChatRouting.of(scenario)
    prices = price_routings(scenario, forecast, (own, ChatRouting(NOT_TYPING, 8)), seed=1, settings=QUICK)
    row, other = prices.rows

    assert prices.own is row
    assert row.proven
    assert row.share_of_days >= row.bound >= 0.9
    assert row.people == row.outcome.counts.sum()
    assert other.proven
    assert other.cost < 0.85 * row.cost
    assert prices.cheapest is other
    assert prices.saving(other) == pytest.approx(1 - other.cost / row.cost)
    again = close_group_loop(scenario, forecast, seed=1, settings=QUICK)
    assert np.array_equal(again.counts, row.outcome.counts)


def rows_of(chat, *costs):
    """Return priced rows of rosters that cost so much; ``None`` stands for no roster."""
    columns = day_columns(chat[0])
    rows = []
    for number, cost in enumerate(costs):
        outcome = close_nothing(columns, cost)
        rows.append(PricedRouting(ChatRouting(FEWEST, 4 + number), outcome))
    return RoutingPrices(tuple(rows))


def close_nothing(columns, people):
    if people is None:
        return LoopOutcome(columns, None)
    counts = np.zeros(len(columns), dtype=np.int64)
    counts[0] = people
    return LoopOutcome(columns, counts)


def test_the_shape_of_service_does_not_depend_on_the_grid_of_the_day(chat):
    scenario, forecast = chat
    hourly = replace(scenario, horizon=replace(scenario.horizon, interval_min=60))
    expected, work_s = forecast.expected.reshape(-1, 4, 1).sum(axis=1), forecast.work_s[::4]
    coarse = replace(forecast, horizon=hourly.horizon, expected=expected, work_s=work_s)
    fine, same = (measured_shapes(*day, 10, 1)[0] for day in (chat, (hourly, coarse)))

    assert same.share[0] > 0.9
    assert np.array_equal(fine.share, same.share)


def test_rows_that_are_not_proven_are_told_but_never_recommended(chat):
    prices = rows_of(chat, 20, 10, None)

    assert prices.cheapest is None
    first, second, third = prices.told("en")
    assert first == (
        "Fewest open sessions first, cap 4: 60.0 yuan a day, 20 people; "
        "not proven: 0.0% of the fresh days kept the promise, at least 0.0%."
    )
    assert "10 people (-50.0% of the cost in use)" in second
    assert third == "Fewest open sessions first, cap 6: no roster of these shifts keeps the promise."
    assert prices.told("zh")[2] == "优先分给会话最少的人，每人最多 6 个会话：现有班次怎么排都达不到承诺。"


def test_the_routing_in_use_comes_first_among_all_routers_and_caps(chat):
    own = ChatRouting.of(chat[0])
    beside = routings_beside(own, (8, 3))

    assert beside[0] == own == ChatRouting(FEWEST, 4)
    assert set(beside) == {ChatRouting(choice, cap) for choice in (FEWEST, NOT_TYPING) for cap in (3, 4, 8)}
    assert len(beside) == 6


def test_a_routing_is_applied_to_the_one_group(chat):
    group = ChatRouting(NOT_TYPING, 8).applied(chat[0]).groups[0]

    assert (group.choice, group.chat_cap) == (NOT_TYPING, 8)


def test_groups_routed_differently_have_no_one_routing_and_several_no_bed_of_one(chat):
    scenario = chat[0]
    twin = replace(scenario.groups[0], name="h")
    two, apart = (replace(scenario, groups=(*scenario.groups, other)) for other in (twin, replace(twin, chat_cap=8)))

    assert ChatRouting.of(two) == ChatRouting.of(scenario)
    with pytest.raises(PlanningError, match="groups are 2 in number"):
        ChatRouting.of(apart)
    with pytest.raises(PlanningError, match="groups are 2 in number"):
        GroupBed(two, chat[1], day_columns(two))


@pytest.fixture(scope="module")
def blended(chat):
    """The same hours with calls and tickets in the same group: each channel has its promise."""
    scenario, forecast = chat
    call = ContactType("call", Channel.VOICE, Law(LawKind.LOGNORMAL, 180.0), Law(LawKind.EXPONENTIAL, 150.0))
    mail = ContactType("mail", Channel.TICKET, Law(LawKind.LOGNORMAL, 240.0), due_within_s=4 * 3600.0)
    kinds = (chat_kind(), call, mail)
    group = Group("g", (), (Serve("chat", 1), Serve("call"), Serve("mail")), 4, choice=FEWEST)
    targets = (
        ServiceTarget("chat", ("chat",), 30.0, 0.8, 0.9),
        ServiceTarget("call", ("call",), 30.0, 0.7, 0.9, hour_share_floor=0.6),
        ServiceTarget("mail", ("mail",), 7200.0, 0.9, 0.9),
    )
    routes = tuple(Route(kind.name, (RouteStep("g"),)) for kind in kinds)
    mixed = replace(scenario, contact_types=kinds, groups=(group,), routes=routes, targets=targets)
    chats = forecast.expected[:, 0]
    expected = np.stack([0.4 * chats, 0.2 * chats, 0.05 * chats], axis=1)
    work_s = np.broadcast_to([86.0, 180.0, 240.0], expected.shape)
    return mixed, Forecast(scenario.horizon, ("chat", "call", "mail"), expected, work_s, forecast.uncertainty)


def test_blended_days_count_what_a_study_counts(blended):
    scenario, forecast = blended
    bed = GroupBed(scenario, forecast, day_columns(scenario))
    counts = np.ones(len(bed.columns), dtype=np.int64)
    seen = bed.prove(counts, first=0, days=3, strata=3, seed=2, purpose="proof-1")
    everybody, roster = anonymous_roster(scenario, bed.columns, counts)
    study = replicate(everybody, forecast.sampled(busiest=1.0, strata=3), roster, replications=3, seed=2,
                      purpose="proof-1")  # fmt: skip

    for ours, theirs in ((seen.offered, study.offered), (seen.in_time, study.in_time),
                         (seen.abandoned, study.abandoned)):  # fmt: skip
        assert np.array_equal(ours, theirs)
    assert 0.0 < seen.reply_share <= 1.0


def test_calls_chats_and_tickets_of_one_group_are_proven_by_one_roster(blended):
    scenario, forecast = blended
    outcome = close_group_loop(scenario, forecast, seed=1, settings=QUICK)

    assert outcome.proven
    assert [said.target for said in outcome.verdict.statements] == ["chat", "call", "mail"]
    assert all(said.bound >= 0.9 for said in outcome.verdict.statements)
    assert min(said.day_share.value for said in outcome.verdict.statements) < 0.97


def test_what_weighs_on_live_targets_leaves_tickets_out(blended):
    scenario, forecast = blended
    columns = day_columns(scenario)
    chat, call, mail = (Weight.of(scenario, forecast, columns, target) for target in scenario.targets)

    assert np.array_equal(chat.load, call.load)
    assert mail.load.sum() == pytest.approx(chat.load.sum() + 240.0 * forecast.expected[:, 2].sum() / 900.0, rel=0.03)
