"""What no head-count buys, and what the textbook formula says beside the simulation."""

import math

import pytest

from scenarios import NEVER, AgentChoice, Channel, ContactType, Group, Law, LawKind, Messages, PlanningError, Serve
from sim import erlang_c
from sim.reach import ErlangMisses, best_share_with_idle_agents, erlang_says


def exponential(mean_s):
    return Law(LawKind.EXPONENTIAL, mean_s)


def lognormal(mean_s):
    return Law(LawKind.LOGNORMAL, mean_s, 0.8)


CALL = ContactType("call", Channel.VOICE, exponential(300.0), exponential(120.0))
PATIENT = ContactType("patient", Channel.VOICE, exponential(180.0), NEVER)
TICKET = ContactType("ticket", Channel.TICKET, exponential(600.0), due_within_s=3600.0)
SLOTS = ContactType("slots", Channel.CHAT, exponential(360.0), exponential(60.0))
CHAT = ContactType(
    "chat", Channel.CHAT, lognormal(86.0), exponential(180.0),
    messages=Messages(5.0, lognormal(6.0), lognormal(20.0), exponential(40.0), 120.0),
)  # fmt: skip


def a_group(kind, cap=1, speeds=(1.0,)):
    return Group("g", (), (Serve(kind.name),), cap, speeds, AgentChoice.LEAST_LOADED)


def test_an_idle_agent_types_half_a_minute_too_long_for_some_promises():
    """Replies of 20 s, exponential: 1 - exp(-30 / 20) = .777 are there within 30 s, whoever is on duty."""
    slow = ContactType(
        "slow", Channel.CHAT, exponential(100.0),
        messages=Messages(5.0, exponential(20.0), exponential(20.0), exponential(40.0)),
    )  # fmt: skip

    assert best_share_with_idle_agents(slow, 30.0) == pytest.approx(1 - math.exp(-1.5), abs=1e-12)
    assert best_share_with_idle_agents(slow, 30.0, tenure_factor=1.5) == pytest.approx(1 - math.exp(-1.0), abs=1e-12)


@pytest.mark.parametrize("kind", [CALL, TICKET, SLOTS], ids=lambda kind: kind.name)
def test_whoever_is_taken_at_once_is_answered_at_once(kind):
    assert best_share_with_idle_agents(kind, 0.0) == 1.0


@pytest.mark.parametrize(
    ("an_hour", "promised"), [(360, 1.000), (480, 1.000), (600, 0.999), (660, 0.996), (720, 0.985), (840, 0.880)]
)
def test_erlang_c_on_handle_time_by_cap_promises_what_no_floor_keeps(an_hour, promised):
    """Twenty agents with five slots; simulated are .940 down to .359."""
    said = erlang_says(CHAT, a_group(CHAT, 5), 20, an_hour / 3600, 30.0)

    assert said.handle_s == pytest.approx(366 / 5)
    assert said.load_erlangs == pytest.approx(an_hour / 3600 * 366 / 5)
    assert said.patient.share_in_time == pytest.approx(promised, abs=0.0005)
    assert said.misses is ErlangMisses.TYPING


@pytest.mark.parametrize(
    ("an_hour", "promised"), [(360, 1.000), (480, 0.984), (600, 0.784), (660, 0.374), (720, 0.0), (840, 0.0)]
)
def test_a_smaller_divisor_only_moves_the_cliff(an_hour, promised):
    """Handle time / 3.5, the cautious planner's habit: from too rosy to hopeless within 120 sessions an hour."""
    handle_s = 366 / 3.5

    assert erlang_c(20, an_hour / 3600 * handle_s, handle_s, 30.0).share_in_time == pytest.approx(promised, abs=0.0005)


def test_calls_get_both_formulas():
    said = erlang_says(CALL, a_group(CALL), 100, 105 / 300, 30.0)

    assert said.load_erlangs == pytest.approx(105.0)
    assert said.impatient.share_in_time == pytest.approx(0.8493708551, abs=1e-9)
    assert said.patient.share_in_time == 0.0
    assert said.misses is ErlangMisses.GIVING_UP


def test_patient_callers_have_one_formula():
    said = erlang_says(PATIENT, a_group(PATIENT), 14, 10 / 180, 20.0)

    assert said.patient == said.impatient
    assert said.patient.share_in_time == pytest.approx(0.88835001917947, abs=1e-12)
    assert said.misses is ErlangMisses.STEADY


def test_chats_by_slots_are_as_long_as_those_of_a_full_agent():
    said = erlang_says(SLOTS, a_group(SLOTS, 3, (1.0, 0.8, 0.6)), 4, 0.02, 30.0)

    assert said.handle_s == pytest.approx(360 / 0.6 / 3)
    assert said.misses is ErlangMisses.SHARING


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: erlang_says(TICKET, a_group(TICKET), 3, 0.01, 30.0),
        lambda: erlang_says(CALL, a_group(CALL), 0, 0.01, 30.0),
        lambda: erlang_says(CALL, a_group(CALL), 3, -0.01, 30.0),
        lambda: best_share_with_idle_agents(CALL, -1.0),
    ],
)
def test_impossible_questions_are_refused(wrong):
    with pytest.raises(PlanningError):
        wrong()
