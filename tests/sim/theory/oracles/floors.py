"""Floors, traces and long runs for comparison with theory. Draws are plain numpy columns in seconds."""

from datetime import date
from itertools import pairwise

import numpy as np

from scenarios import (
    NEVER_US,
    NOBODY,
    US_PER_S,
    Cause,
    Channel,
    ContactTrace,
    ContactType,
    Group,
    Horizon,
    Hours,
    Law,
    LawKind,
    Messages,
    Opening,
    Outcome,
    Route,
    RouteStep,
    Scenario,
    Serve,
)
from sim import Staff, staff_always_on
from sim.engine import Engine, simulate

DAY_S = 86_400
WINDOWS = 40
WARM_SHARE = 0.1


def a_kind(name="call", channel=Channel.VOICE, **more):
    """A contact type; its laws do not matter here, for traces are drawn by hand."""
    if channel is Channel.TICKET:
        more.setdefault("due_within_s", float(DAY_S))
    return ContactType(name, channel, more.pop("work_s", Law(LawKind.EXPONENTIAL, 300.0)), **more)


def message_kind(name="chat"):
    law = Law(LawKind.EXPONENTIAL, 20.0)
    return a_kind(name, Channel.CHAT, work_s=Law(LawKind.EXPONENTIAL, 80.0), messages=Messages(4.0, law, law, law))


def a_floor(kinds=None, groups=None, routes=None, *, days=1):
    """A service around the clock; by default calls of one type go to one group."""
    kinds = kinds or (a_kind(),)
    groups = groups or (Group("g", (), tuple(Serve(kind.name) for kind in kinds)),)
    routes = routes or tuple(Route(kind.name, (RouteStep(groups[0].name),)) for kind in kinds)
    grid = Horizon(date(2000, 1, 1), days, 60, "UTC", Opening((Hours(0, 1440),) * 7))
    return Scenario("floor", grid, tuple(kinds), tuple(groups), tuple(routes), (), (), (), ())


def days_for(arrival_s):
    """Days enough for these arrivals, and a day more for everybody to be served."""
    return int(arrival_s[-1] // DAY_S) + 2


def to_us(seconds):
    return np.maximum(1, np.rint(np.asarray(seconds) * US_PER_S).astype(np.int64))


def trace_of(arrival_us, **columns):
    """Make a trace; one row per contact unless ``root`` says otherwise, and nothing follows unless told."""
    count = len(arrival_us)
    rows = len(columns.get("root", arrival_us))
    nothing = np.zeros(rows, dtype=np.int64)
    given = {
        "root": np.arange(rows),
        "contact_type": nothing,
        "due_after_us": np.full(rows, NEVER_US),
        "patience_us": np.full(rows, NEVER_US),
        "if_lost": np.full(rows, NOBODY),
        "if_answered": np.full(rows, NOBODY),
        "first_round": np.zeros(rows + 1, dtype=np.int64),
        "round_work_us": nothing[:0],
        "think_us": nothing[:0],
        **dict.fromkeys(("number", "cause", "delay_us", "need_ppm", "hold_us"), nothing),
        **columns,
    }
    given.setdefault("line", given["contact_type"])
    return ContactTrace(arrival_us=arrival_us, contained=np.zeros(count, dtype=np.bool_), **given)


def calls(arrival_s, work_s, patience_s=None, kind=None):
    """Make a trace of calls that come once."""
    columns = {"work_us": to_us(work_s)}
    if patience_s is not None:
        columns["patience_us"] = to_us(patience_s)
    if kind is not None:
        columns["contact_type"] = np.asarray(kind)
    return trace_of(to_us(arrival_s), **columns)


def calls_that_redial(rng, arrival_s, work_s, patience_s, *, share, delay_s, attempts):
    """Make a trace of calls that, having given up, come again with probability ``share``, at most ``attempts`` times.

    Work, delay and patience are exponential of the given means; ``None`` for a patience of 1 µs, nobody waits.
    """
    levels, root = [], np.arange(len(arrival_s))
    for number in range(attempts):
        rows = len(root)
        again = (rng.random(rows) < share) & (number < attempts - 1)
        patience = np.ones(rows, dtype=np.int64) if patience_s is None else to_us(rng.exponential(patience_s, rows))
        levels.append((root, number, to_us(rng.exponential(work_s, rows)), patience, again,
                       to_us(rng.exponential(delay_s, rows)) * (number > 0)))  # fmt: skip
        root = root[again]
    starts = np.cumsum([0, *(len(level[0]) for level in levels)])
    if_lost = np.full(starts[-1], NOBODY)
    for (level, after), (start, follow) in zip(pairwise([*levels, ([],)]), pairwise([*starts]), strict=True):
        if_lost[start:follow][level[4]] = follow + np.arange(len(after[0]))
    number = np.repeat(np.arange(attempts), np.diff(starts))
    return trace_of(
        to_us(arrival_s), root=np.concatenate([level[0] for level in levels]), number=number,
        cause=np.where(number > 0, Cause.REDIAL, Cause.FIRST).astype(np.int64), if_lost=if_lost,
        work_us=np.concatenate([level[2] for level in levels]),
        patience_us=np.concatenate([level[3] for level in levels]),
        delay_us=np.concatenate([level[5] for level in levels]),
    )  # fmt: skip


def chats(rng, arrival_s, laws, rounds_mean, patience_s, hold_s):
    """Make a trace of chats by messages.

    ``laws`` draws (first reply, later reply, think time) given a count; rounds are geometric, patience exponential;
    ``hold_s`` gives the hold of a count of sessions.
    """
    count = len(arrival_s)
    rounds = rng.geometric(1 / rounds_mean, count)
    first_round = np.concatenate([[0], np.cumsum(rounds)])
    first = first_round[:-1]
    draw_first, draw_reply, draw_think = laws
    work, think = to_us(draw_reply(first_round[-1])), to_us(draw_think(first_round[-1]))
    work[first], think[first] = to_us(draw_first(count)), 0
    return trace_of(
        to_us(arrival_s), work_us=np.add.reduceat(work, first), patience_us=to_us(rng.exponential(patience_s, count)),
        first_round=first_round, round_work_us=work, think_us=think,
        hold_us=np.rint(hold_s(count) * US_PER_S).astype(np.int64),
    )  # fmt: skip


def staff_by_spans(groups, spans):
    """Make staff: (P,) groups and per person the spans at work in seconds, each a shift of its own."""
    whole = tuple(tuple((round(a * US_PER_S), round(b * US_PER_S)) for a, b in person) for person in spans)
    return Staff(
        names=tuple(f"a{number}" for number in range(len(groups))), group=np.array(groups, dtype=np.int64),
        tenure_factor=np.ones(len(groups)), spans=whole,
        shift_ends=tuple(tuple(end for _, end in person) for person in whole),
    )  # fmt: skip


class Run:
    """A long run with the same people all the time, cut into windows; the first tenth warms up and does not count."""

    def __init__(self, floor, people, trace, *, engine=Engine.COMPILED, windows=WINDOWS, warm_share=WARM_SHARE):
        self.floor, self.windows = simulate(floor, trace, staff_always_on(floor, people), engine=engine), windows
        self.trace, self.log = trace, self.floor.log
        last_s = trace.arrival_us[-1] / US_PER_S
        self.warm_s, self.window_s = last_s * warm_share, last_s * (1 - warm_share) / windows
        place = np.floor((self.log.offered_us / US_PER_S - self.warm_s) / self.window_s)
        self.window = place.astype(np.int64)
        self.counted = (place >= 0) & (place < windows)
        self.answered = self.log.outcome == Outcome.ANSWERED
        end_us = np.where(self.answered, self.log.answered_us, self.log.ended_us)
        self.wait_s = (end_us - self.log.offered_us) / US_PER_S
        taken_us = np.where(self.log.taken_us == NOBODY, self.log.ended_us, self.log.taken_us)
        self.to_agent_s = (taken_us - self.log.offered_us) / US_PER_S
        self.in_hand_s = np.where(self.answered, self.log.ended_us - self.log.taken_us, 0) / US_PER_S

    def in_time(self, within_s=30.0):
        return self.answered & (self.wait_s <= within_s)

    def per_window(self, values, which=True):
        chosen = self.counted & which
        weights = np.broadcast_to(values, chosen.shape)[chosen]
        return np.bincount(self.window[chosen], weights=weights, minlength=self.windows)

    def mean(self, values, which=True):
        """Return sums per window and numbers of attempts per window."""
        return self.per_window(values, which), self.per_window(1.0, which)

    def over_time(self, seconds, which=True, servers=1):
        """Return sums of seconds per window and the servers' time in it: a mean number, by Little's law."""
        return self.per_window(seconds, which), np.full(self.windows, servers * self.window_s)


def joined(runs):
    """Put the (tops, bottoms) of the same measures of several runs together, measure by measure."""
    return [tuple(np.concatenate(side) for side in zip(*pairs, strict=True)) for pairs in zip(*runs, strict=True)]
