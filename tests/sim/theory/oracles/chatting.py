"""Chats, by slots (cases 21 and 22 of the list of exact values) and by messages (chains of our own)."""

from functools import cache, partial

import numpy as np
from oracles_of_the_floor.cases import Case, Known
from oracles_of_the_floor.floors import Run, a_floor, a_kind, calls, chats, days_for, message_kind
from oracles_of_the_floor.judging import SEED
from oracles_of_the_floor.sessions import Desk, MessageChat

from scenarios import US_PER_S, AgentChoice, Channel, Group, Law, LawKind, Messages, ReplyOrder, Serve
from sim import message_chat, message_law, slot_chat_least_loaded
from sim.engine import Engine

COMPILED, READABLE = Engine.COMPILED, Engine.READABLE
SLOT_FIGURES = ("P(all slots taken)", "P(abandon)", "session s")
SLOT_CHAT = {
    # agents, chats/s
    (1, 1.5 / 360): (0.2283021850, 0.1727515441, 442.9407990),
    (4, 0.02): (0.1571520913, 0.0784228191, 458.3747249),
}
NUMBER_OF_SLOT_CHAT = {1: "21", 4: "22"}
SPEEDS = tuple(1 / (1 + 0.2 * k) for k in range(3))
DESKS = {
    "one agent": Desk(1, 3, 1 / 110, 8.0, 20.0, 40.0, 4.0, 60.0),
    "one agent, oldest first": Desk(1, 4, 1 / 100, 15.0, 15.0, 40.0, 4.0, 60.0, oldest=True),
    "one agent, sessions held": Desk(1, 3, 1 / 150, 8.0, 20.0, 40.0, 4.0, 60.0, hold_s=60.0),
    "two agents, fewest first": Desk(2, 3, 1 / 60, 8.0, 20.0, 40.0, 4.0, 60.0),
    "two agents, longest idle": Desk(2, 3, 1 / 60, 8.0, 20.0, 40.0, 4.0, 60.0, fewest=False),
    "two agents, sessions held": Desk(2, 2, 1 / 90, 8.0, 20.0, 40.0, 4.0, 60.0, hold_s=60.0),
    "three agents": Desk(3, 2, 1 / 50, 8.0, 20.0, 40.0, 4.0, 60.0),
}
WITHIN_S = 30.0
FORMULA_WITHIN = 0.015
"""How far the shares of the two-layer formula may be from those of a desk's chain."""
MESSAGE_FIGURES = ("P(waits for slot)", "P(abandon)", "open sessions", "first in 30 s", "to first reply s", "reply s")


@cache
def the_chain(name):
    return MessageChat(DESKS[name])


def has_formula(name):
    """Whether the two layers speak of this desk: sessions to the fewest, first replies first."""
    return DESKS[name].fewest and not DESKS[name].oldest


def two_layers(name):
    """Return what the two-layer formula says of a desk of exponential laws."""
    desk = DESKS[name]
    laws = [Law(LawKind.EXPONENTIAL, mean_s) for mean_s in (desk.first_s, desk.reply_s, desk.think_s)]
    law = message_law(Messages(desk.rounds, *laws, silence_close_s=desk.hold_s), WITHIN_S)
    return message_chat(law, desk.agents, desk.cap, desk.rate, desk.patience_s)


def _slot_chat_digits(case):
    agents, rate = case
    found = slot_chat_least_loaded(agents, 3, SPEEDS, rate, 360.0, 60.0, WITHIN_S)
    return found.p_wait, found.p_abandon, found.session_s


KNOWN = [
    Known(NUMBER_OF_SLOT_CHAT[case[0]], f"slot chat, agents {case[0]}", SLOT_FIGURES, exact,
          partial(_slot_chat_digits, case), rel=1e-9)
    for case, exact in SLOT_CHAT.items()
]  # fmt: skip


def play_slots(case, engine):
    """Three slots; each of k sessions proceeds at 1 / (1 + .2 (k - 1)); work 360 s, patience 60 s, fewest sessions."""
    agents, rate = case
    rng, count = np.random.default_rng([SEED, agents, 21]), 900_000 if engine is COMPILED else 40_000
    arrival = np.cumsum(rng.exponential(1 / rate, count))
    group = Group("g", (), (Serve("chat"),), 3, SPEEDS, AgentChoice.LEAST_LOADED)
    floor = a_floor([a_kind("chat", Channel.CHAT)], [group], days=days_for(arrival))
    trace = calls(arrival, rng.exponential(360.0, count), rng.exponential(60.0, count))
    run = Run(floor, {"g": agents}, trace, engine=engine)
    return [run.mean(run.wait_s > 0), run.mean(~run.answered), run.mean(run.in_hand_s, run.answered)]


def exponential_laws(rng, *means_s):
    return [lambda count, mean_s=mean_s: rng.exponential(mean_s, count) for mean_s in means_s]


def play_messages(name, engine):
    desk = DESKS[name]
    rng, count = np.random.default_rng([SEED, len(name), 31]), 500_000 if engine is COMPILED else 15_000
    arrival = np.cumsum(rng.exponential(1 / desk.rate, count))
    laws = exponential_laws(rng, desk.first_s, desk.reply_s, desk.think_s)
    trace = chats(rng, arrival, laws, desk.rounds, desk.patience_s, lambda count: rng.exponential(desk.hold_s, count))
    choice = AgentChoice.LEAST_LOADED if desk.fewest else AgentChoice.LONGEST_IDLE
    order = ReplyOrder.OLDEST if desk.oldest else ReplyOrder.FIRST_REPLIES
    group = Group("g", (), (Serve("chat"),), desk.cap, choice=choice, reply_order=order)
    run = Run(a_floor([message_kind()], [group], days=days_for(arrival)), {"g": desk.agents}, trace, engine=engine)
    pairs = [
        run.mean(run.to_agent_s > 0), run.mean(~run.answered), run.over_time(run.in_hand_s), run.mean(run.in_time()),
    ]  # fmt: skip
    if desk.oldest:
        return pairs
    rounds, asked = run.floor.messages, run.floor.messages.number > 0
    reply_s = np.where(rounds.replied_us >= 0, rounds.replied_us - rounds.asked_us, 0) / US_PER_S
    later_s = np.bincount(rounds.entry[asked], weights=reply_s[asked], minlength=len(run.log))
    later = np.bincount(rounds.entry[asked], minlength=len(run.log))
    return [*pairs, run.mean(run.wait_s), (run.per_window(later_s), run.per_window(later))]


def _exact_of_messages(name):
    chain = the_chain(name)
    exact = [chain.p_slot, chain.lost, chain.sessions, chain.in_time(WITHIN_S)]
    return exact if DESKS[name].oldest else [*exact, chain.to_first_s, chain.reply_s]


SLOTS = [
    Case(NUMBER_OF_SLOT_CHAT[case[0]], f"slot chat, agents {case[0]}", SLOT_FIGURES, exact, partial(play_slots, case),
         {COMPILED: 0.05, READABLE: 0.4})
    for case, exact in SLOT_CHAT.items()
]  # fmt: skip
BY_MESSAGES = [
    Case("", f"messages, {name}", MESSAGE_FIGURES[: 4 if desk.oldest else 6], partial(_exact_of_messages, name),
         partial(play_messages, name), {COMPILED: 0.1, READABLE: 0.5})
    for name, desk in DESKS.items()
]  # fmt: skip
