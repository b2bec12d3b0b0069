"""Twenty chat agents with five slots at constant rates, as measured on floors that others wrote."""

import numpy as np
from oracles_of_the_floor.chatting import exponential_laws
from oracles_of_the_floor.floors import Run, a_floor, chats, days_for, message_kind
from oracles_of_the_floor.judging import SEED

from scenarios import US_PER_S, AgentChoice, Group, Law, LawKind, Messages, ReplyOrder, Serve
from sim import message_chat, message_law

AGENTS, CAP, WITHIN_S = 20, 5, 30.0
PATIENCE_S, SILENCE_S, ROUNDS, THINK_S = 180.0, 120.0, 5.0, 40.0
FIRST_S, REPLY_S, CV = 6.0, 20.0, 0.8
RUNS, SPANS_H = 20, (1, 8)
"""Runs, and the hours of each that warm up and that count."""
AN_HOUR = (360, 480, 600, 660, 720, 840)
IN_30_S = {
    AgentChoice.LEAST_LOADED: (0.940, 0.904, 0.869, 0.823, 0.716, 0.359),
    AgentChoice.NOT_TYPING_FIRST: (0.996, 0.994, 0.990, 0.950, 0.825, 0.387),
}
LOST_OF_FEWEST = {720: 0.04, 840: 0.15}
LOST_WITHIN = 0.025
LOW_UP_TO = 600
WITHIN_LOW, WITHIN_HIGH = 0.01, 0.03
"""How far off a share may be: up to ``LOW_UP_TO`` sessions an hour, and above."""
SLOW_TYPISTS = {
    # sessions an hour: share in 30 s, mean reply s, replies in 180 s, each with what it may be off
    240: ((0.758, 0.019), (21, 0.5 + 0.5), (1.000, 0.0005)),
    480: ((0.621, 0.022), (30, 1.3 + 0.5), (0.999, 0.0010)),
    600: ((0.479, 0.045), (40, 3.5 + 0.5), (0.997, 0.0030)),
    660: ((0.349, 0.086), (53, 10.4 + 0.5), (0.987, 0.0080)),
}


def allowed(an_hour):
    """Return how far a simulated share may be from the measured one."""
    return WITHIN_LOW if an_hour <= LOW_UP_TO else WITHIN_HIGH


def lognormal_law(rng, mean_s, cv):
    spread = np.sqrt(np.log1p(cv**2))
    return lambda count: rng.lognormal(np.log(mean_s) - spread**2 / 2, spread, count)


def shop_laws(rng):
    """A quick phrase first."""
    return [lognormal_law(rng, FIRST_S, CV), lognormal_law(rng, REPLY_S, CV), *exponential_laws(rng, THINK_S)]


def busy_hours(an_hour, group, laws_of, *, runs, spans_h, hold_s, patience_s):
    """Play runs of constant rate with twenty agents; ``spans_h`` are the hours that warm up and those that count."""
    found, (warm_h, hours) = [], spans_h
    for number in range(runs):
        rng = np.random.default_rng([SEED, an_hour, number])
        arrival = np.sort(rng.random(rng.poisson(an_hour * (hours + warm_h))) * 3600 * (hours + warm_h))
        trace = chats(rng, arrival, laws_of(rng), ROUNDS, patience_s, lambda count: np.full(count, hold_s))
        run = Run(
            a_floor([message_kind()], [group], days=days_for(arrival)), {"g": AGENTS}, trace, windows=1,
            warm_share=warm_h / (hours + warm_h),
        )  # fmt: skip
        found.append(run)
    return found


def five_slots(choice, order):
    return Group("g", (), (Serve("chat"),), CAP, choice=choice, reply_order=order)


def share_in_time(runs):
    return sum(run.per_window(run.in_time()).sum() for run in runs) / sum(run.per_window(1.0).sum() for run in runs)


def shares_of(choice, an_hour):
    """Return the shares of sessions with a first reply in time, and lost."""
    runs = busy_hours(
        an_hour, five_slots(choice, ReplyOrder.FIRST_REPLIES), shop_laws, runs=RUNS, spans_h=SPANS_H, hold_s=SILENCE_S,
        patience_s=PATIENCE_S,
    )  # fmt: skip
    lost = np.mean(np.concatenate([~run.answered[run.counted] for run in runs]))
    return float(share_in_time(runs)), float(lost)


def slow_typists(an_hour):
    """Return share in 30 s, mean reply and replies in 180 s: replies of 20 s exponential, the oldest first, no hold.

    Three hours after half an hour.
    """
    runs = busy_hours(
        an_hour, five_slots(AgentChoice.LEAST_LOADED, ReplyOrder.OLDEST),
        lambda rng: exponential_laws(rng, REPLY_S, REPLY_S, THINK_S), runs=40, spans_h=(0.5, 3), hold_s=0.0,
        patience_s=1e9,
    )  # fmt: skip
    replies = [(run.floor.messages.replied_us - run.floor.messages.asked_us)[run.counted[run.floor.messages.entry]]
               for run in runs]  # fmt: skip
    reply_s = np.concatenate(replies) / US_PER_S
    return share_in_time(runs), reply_s.mean(), (reply_s <= 180.0).mean()


def two_layers(an_hour):
    """Return the share that the two-layer formula promises for "fewest sessions first"."""
    messages = Messages(
        ROUNDS, Law(LawKind.LOGNORMAL, FIRST_S, CV), Law(LawKind.LOGNORMAL, REPLY_S, CV),
        Law(LawKind.EXPONENTIAL, THINK_S), SILENCE_S,
    )  # fmt: skip
    law = message_law(messages, WITHIN_S)
    return message_chat(law, AGENTS, CAP, an_hour / 3600, PATIENCE_S).share_in_time
