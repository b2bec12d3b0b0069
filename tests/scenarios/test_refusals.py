"""Every check at birth, once: what is wrong, and the key it is refused with."""

import math
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios import (
    NEVER,
    Agent,
    Available,
    BotStage,
    BreakRule,
    Channel,
    ContactType,
    Contract,
    DemandUncertainty,
    Effect,
    FollowUp,
    FollowUpKind,
    Group,
    Law,
    LawKind,
    LeaveMessage,
    Lever,
    Messages,
    Missorted,
    PlanningError,
    Profile,
    PromoEvent,
    PromoPhase,
    Quantity,
    Redial,
    Route,
    RouteStep,
    Serve,
    ServiceTarget,
    ShiftTemplate,
)
from scenarios.checks import frozen_float, frozen_int, require_not_negative, require_positive, require_share

LAW = Law(LawKind.EXPONENTIAL, 60.0)
NIGHT = datetime(2026, 11, 10, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
MEAL = BreakRule(60, False, 180, 300)


TALK = Messages(3.0, LAW, LAW, LAW)


def mail(**more):
    return ContactType("mail", Channel.TICKET, LAW, due_within_s=3600.0, **more)


def again(share):
    return FollowUp(FollowUpKind.RECONTACT, share)


def later(group="", **what):
    return RouteStep(group, 60.0, **what)


def phase(name="opening", start=NIGHT, end=NIGHT + HOUR, **more):
    return PromoPhase(name, start, end, **more)


REFUSALS = [
    ("not_positive", lambda: Law(LawKind.GAMMA, 0.0)),
    ("not_positive", lambda: Law(LawKind.GAMMA)),
    ("not_positive", lambda: Law(LawKind.GAMMA, 1.0, math.nan)),
    ("share_out_of_range", lambda: BotStage(1.1, 0.5)),
    ("share_out_of_range", lambda: BotStage(1.0, math.nan)),
    ("negative", lambda: BotStage(1.0, 0.5, -1.0)),
    ("share_out_of_range", lambda: Redial(-0.1, LAW)),
    ("not_positive", lambda: Redial(0.1, LAW, 0)),
    ("negative", lambda: ContactType("a", Channel.VOICE, LAW, contacts_per_day=-1.0)),
    ("negative", lambda: ContactType("a", Channel.VOICE, LAW, promo_response=math.inf)),
    ("endless_work", lambda: ContactType("a", Channel.VOICE, NEVER)),
    ("due_only_tickets", lambda: ContactType("a", Channel.VOICE, LAW, due_within_s=3600.0)),
    ("due_only_tickets", lambda: ContactType("a", Channel.TICKET, LAW)),
    ("negative", lambda: ContactType("a", Channel.VOICE, LAW, value_yuan=-1.0)),
    ("negative", lambda: ContactType("a", Channel.CHAT, LAW, beyond_cap=-1)),
    ("not_positive", lambda: ContactType("a", Channel.CHAT, LAW, slots=0)),
    ("only_live", lambda: mail(redial=Redial(0.1, LAW))),
    ("only_live", lambda: mail(message=LeaveMessage(0.1, "mail"))),
    ("only_chat", lambda: ContactType("a", Channel.VOICE, Law(LawKind.GAMMA, 180.0), messages=TALK)),
    ("only_chat", lambda: mail(messages=TALK)),
    ("work_of_messages", lambda: ContactType("a", Channel.CHAT, Law(LawKind.GAMMA, 185.0), messages=TALK)),
    ("share_out_of_range", lambda: ContactType("a", Channel.CHAT, LAW, follow_ups=(again(0.6), again(0.5)))),
    ("share_out_of_range", lambda: again(-0.1)),
    ("share_out_of_range", lambda: LeaveMessage(1.5, "mail")),
    ("share_out_of_range", lambda: Missorted(math.nan, "b", LAW)),
    ("endless_work", lambda: Missorted(0.1, "b", NEVER)),
    ("below_one", lambda: Messages(0.9, LAW, LAW, LAW)),
    ("below_one", lambda: Messages(math.nan, LAW, LAW, LAW)),
    ("not_positive", lambda: Messages(math.inf, LAW, LAW, LAW)),
    ("negative", lambda: Messages(2.0, LAW, LAW, LAW, -1.0)),
    ("endless_work", lambda: Messages(2.0, NEVER, LAW, LAW)),
    ("endless_work", lambda: Messages(2.0, LAW, NEVER, LAW)),
    ("endless_work", lambda: Messages(2.0, LAW, LAW, NEVER)),
    ("not_positive", lambda: Serve("a", age_weight=0.0)),
    ("out_of_range", lambda: Serve("a", age_weight=100.5)),
    ("out_of_range", lambda: Group("g", (), (), chat_cap=0, session_speed=())),
    ("out_of_range", lambda: Group("g", (), (), chat_cap=61)),
    ("negative", lambda: Group("g", (), (), last_contact_min=-1.0)),
    ("session_speed", lambda: Group("g", (), (), chat_cap=3, session_speed=(1.0, 0.9))),
    ("session_speed", lambda: Group("g", (), (), chat_cap=2, session_speed=(1.0, 1.1))),
    ("session_speed", lambda: Group("g", (), (), chat_cap=2, session_speed=(1.0, 0.0))),
    ("session_speed", lambda: Group("g", (), (), chat_cap=2, session_speed=(1.0, math.nan))),
    ("negative", lambda: RouteStep("g", -1.0)),
    ("negative", lambda: RouteStep(raise_priority=-2)),
    ("one_of_three", RouteStep),
    ("one_of_three", lambda: RouteStep("g", 5.0, raise_priority=1)),
    ("one_of_three", lambda: RouteStep("g", 5.0, transfer_to="b")),
    ("route_starts_with_group", lambda: Route("a", (RouteStep(raise_priority=1), RouteStep("g")))),
    ("route_starts_with_group", lambda: Route("a", (RouteStep(transfer_to="b"),))),
    ("transfer_is_last", lambda: Route("a", (RouteStep("g"), RouteStep(transfer_to="b")))),
    ("transfer_is_last", lambda: Route("a", (RouteStep("g"), later(transfer_to="b"), later("h")))),
    ("route_waits", lambda: Route("a", ())),
    ("route_waits", lambda: Route("a", (RouteStep("g", 5.0),))),
    ("route_waits", lambda: Route("a", (RouteStep("g"), RouteStep("h", 9.0), RouteStep("g", 5.0)))),
    ("not_positive", lambda: ServiceTarget("t", (), answer_within_s=0.0)),
    ("share_out_of_range", lambda: ServiceTarget("t", (), day_share=90.0)),
    ("share_out_of_range", lambda: ServiceTarget("t", (), hour_share_floor=-0.1)),
    ("not_positive", lambda: BreakRule(0, True, 60, 120)),
    ("break_window", lambda: BreakRule(30, True, 120, 60)),
    ("break_window", lambda: BreakRule(30, True, 90, 60)),
    ("break_window", lambda: ShiftTemplate("a", 480, 540, 540, 30, (BreakRule(30, True, 0, 60),))),
    ("on_call_breaks", lambda: ShiftTemplate("a", 480, 540, 540, 30, (BreakRule(30, True, 60, 60),), on_call=True)),
    ("paid_share_at_work", lambda: ShiftTemplate("a", 480, 540, 540, paid_share=0.5)),
    ("share_out_of_range", lambda: ShiftTemplate("a", 480, 540, 540, on_call=True, paid_share=1.5)),
    ("not_positive", lambda: ShiftTemplate("s", 0, 480, 540)),
    ("not_positive", lambda: ShiftTemplate("s", 480, 480, 540, 0)),
    ("shift_starts", lambda: ShiftTemplate("s", 480, 540, 480)),
    ("shift_starts", lambda: ShiftTemplate("s", 480, 540, 48 * 60)),
    ("break_outside", lambda: ShiftTemplate("s", 300, 480, 540, 30, (MEAL,))),
    ("break_outside", lambda: ShiftTemplate("s", 540, 480, 540, 30, (MEAL, BreakRule(15, True, 60, 120)))),
    ("not_positive", lambda: Contract("c", (), 0.0, 30.0)),
    ("not_positive", lambda: Contract("c", (), 44.0, 30.0, consecutive_days_max=0)),
    ("negative", lambda: Contract("c", (), 44.0, -30.0)),
    ("least_above_most", lambda: Contract("c", (), 44.0, 30.0, week_paid_h_min=45.0)),
    ("span_inverted", lambda: Available(date(2026, 11, 10), 600, 600)),
    ("out_of_range", lambda: Agent("a", "c", (), tenure_factor=0.0)),
    ("out_of_range", lambda: Agent("a", "c", (), weight=0.0)),
    ("out_of_range", lambda: Agent("a", "c", (), weight=math.nan)),
    ("negative", lambda: Agent("a", "c", (), worked_days_before=-1)),
    ("naive_time", lambda: Agent("a", "c", (), last_shift_end=datetime(2026, 11, 9, 2))),
    ("naive_time", lambda: phase(start=datetime(2026, 11, 10, 20))),
    ("out_of_range", lambda: phase(end=datetime.max.replace(tzinfo=UTC))),
    ("span_inverted", lambda: phase(end=NIGHT)),
    ("not_positive", lambda: phase(uplift=0.0)),
    ("not_positive", lambda: phase(burst_half_life_min=0.0)),
    ("phases_overlap", lambda: PromoEvent("e", (phase(), phase("midnight", NIGHT + HOUR / 2, NIGHT + 2 * HOUR)))),
    ("negative", lambda: Effect(Quantity.VOLUME, -1.0)),
    ("naive_time", lambda: Effect(Quantity.VOLUME, 2.0, start=datetime(2026, 11, 10))),
    ("negative", lambda: Lever("notices", (), -1.0)),
    ("wrong_shape", lambda: Profile("p", (1.0,) * 23)),
    ("wrong_shape", lambda: Profile("p", (0.0,) * 24)),
    ("wrong_shape", lambda: Profile("p", (1.0,) * 24, (1.0,) * 6)),
    ("negative", lambda: Profile("p", (-1.0,) + (1.0,) * 23)),
    ("negative", lambda: DemandUncertainty((-0.1,))),
    ("share_out_of_range", lambda: DemandUncertainty((0.1,), busyness_correlation=1.5)),
    ("not_positive", lambda: DemandUncertainty((0.1,), upper_tail=0.0)),
    ("not_positive", lambda: DemandUncertainty((0.1,), strata=0)),
    ("wrong_shape", lambda: frozen_float("X", "x", [1.0, 2.0], (3,))),
    ("negative", lambda: frozen_float("X", "x", [1.0, math.inf], (2,))),
    ("negative", lambda: frozen_float("X", "x", [1.0, -2.0], (2,))),
    ("wrong_shape", lambda: frozen_int("X", "x", [[1]], (1,))),
]


@pytest.mark.parametrize(("key", "make"), REFUSALS, ids=[f"{n:02d}-{key}" for n, (key, _) in enumerate(REFUSALS)])
def test_what_cannot_be_is_refused_at_birth(refused, key, make):
    with refused(key):
        make()


ANY_NUMBER = st.floats(allow_nan=True, allow_infinity=True)


@given(ANY_NUMBER)
def test_a_share_is_accepted_exactly_from_0_to_1(attempt, value):
    assert accepted(attempt, require_share, value) == (0.0 <= value <= 1.0)


@given(ANY_NUMBER)
def test_a_positive_number_is_accepted_exactly_when_finite_and_above_0(attempt, value):
    assert accepted(attempt, require_positive, value) == (math.isfinite(value) and value > 0)
    assert accepted(attempt, require_not_negative, value) == (math.isfinite(value) and value >= 0)


def accepted(attempt, check, value):
    _, error = attempt(lambda: check("Thing", "field", value))
    assert error is None or str(value) in error.message("zh")
    return error is None


@given(st.lists(ANY_NUMBER, max_size=6))
def test_a_frozen_array_is_finite_not_negative_and_not_writeable(values):
    try:
        array = frozen_float("Thing", "field", values, (len(values),))
    except PlanningError:
        assert not all(math.isfinite(value) and value >= 0 for value in values)
        return
    assert not array.flags.writeable
    assert array.dtype == np.float64
    assert list(array) == values


@given(
    length=st.integers(60, 720),
    rules=st.lists(st.tuples(st.integers(1, 90), st.booleans(), st.integers(1, 600), st.integers(1, 600)), max_size=3),
)
def test_the_breaks_of_every_template_that_is_made_fit_even_at_their_latest(length, rules):
    try:
        breaks = tuple(BreakRule(*rule) for rule in rules)
        template = ShiftTemplate("s", length, 480, 600, 60, breaks)
    except PlanningError:
        return
    assert template.paid_min == length - sum(rule.length_min for rule in breaks if not rule.paid)
    assert 0 < template.paid_min <= length
    assert template.start_minutes == (480, 540, 600)
    free_from = 0
    for rule in breaks:
        begins = max(free_from, rule.earliest_after_start_min)
        assert begins <= rule.latest_after_start_min
        free_from = begins + rule.length_min
        assert free_from <= length
