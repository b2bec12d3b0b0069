"""Two published examples, played on this floor: SimpleMSK and CallCC of the ContactCenters / SSJ libraries (L'Ecuyer).

Their authors simulated 1000 days and state means with intervals. Ours are as many, of stratified busyness, and hardly
add to the error of theirs. Each of our means must lie inside the interval they state, or, where they state none, within
the difference two such samples may show (one family of 99 % for all of ``theory``).
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from oracles_of_the_floor.floors import DAY_S, a_floor, a_kind, calls, staff_by_spans
from oracles_of_the_floor.judging import SEED, difference_allowed
from scipy.stats import gamma

from scenarios import US_PER_S, Group, Outcome, Route, RouteStep, Serve
from sim.engine import simulate

DAYS, DAYS_A_RUN = 1000, 100
PERIOD_S = 120 * 60.0
ARRIVALS_PER_MIN = np.array([[4.2, 5.3, 3.2], [5.1, 4.3, 4.8], [6.3, 5.2, 4.8]])
SERVICE_PER_MIN, LEAVING_PER_MIN = np.array([0.5, 0.6, 0.4]), np.array([0.3, 0.4, 0.2])
MSK_STATED = {
    "served": (4270.2, 4324.5),
    "abandoned": (876.1, 944.5),
    "in 20 s": (0.494, 0.509),
    "group 1 busy": (0.877, 0.884),
}
MSK_IN_20_S = ((170.2, 599.3, 15.5), (262.9, 511.6, 34.7), (259.8, 613.7, 24.9))  # A, B, C by period
CC_AGENTS = (4, 6, 8, 8, 8, 7, 8, 8, 6, 6, 4, 4, 4)
CC_PER_HOUR = np.array([100, 150, 150, 180, 200, 150, 150, 150, 120, 100, 80, 70, 60], dtype=float)
CC_EXPECTED = 1660.0
CC_STATED = {
    "arrivals": (1612.8, 1666.2),
    "wait s": (10.06, 13.61),
    "good": (0.844, 0.862),
    "lost": (0.0311, 0.0374),
}


@dataclass(frozen=True)
class Stated:
    """A mean found here, and the interval it must lie in."""

    found: float
    low: float
    high: float

    @property
    def inside(self) -> bool:
        """Whether it does."""
        return self.low <= self.found <= self.high


def busyness(rng, shape):
    """Draw (DAYS,) gamma factors of mean 1, one from each equally likely slice, in random order."""
    return gamma.ppf((rng.permutation(DAYS) + rng.random(DAYS)) / DAYS, shape) / shape


def arrivals_of(rng, mean, length_s):
    """Draw (day, column, arrival s) of Poisson counts with (days, columns, periods) means, sorted by arrival."""
    counts = rng.poisson(mean)
    day, kind, period = (np.repeat(place.ravel(), counts.ravel()) for place in np.indices(counts.shape))
    arrival = DAY_S * day + length_s * (period + rng.random(len(period)))
    order = np.argsort(arrival, kind="stable")
    return day[order], kind[order], period[order], arrival[order]


def on_every_day(groups, spans_of):
    """Make staff who work ``spans_of(person, day)``, in s after its midnight, on each day of a run."""
    spans = [
        [(day * DAY_S + a, day * DAY_S + b) for day in range(DAYS_A_RUN) for a, b in spans_of(person, day)]
        for person in range(len(groups))
    ]
    return staff_by_spans(groups, spans)


MSK_GROUP = [0] * 18 + [1] * 20
MSK_LATE = {*range(12, 18), *range(33, 38)}
"""Who comes with the second period: group one has 12, 18, 9 agents, group two 15, 20, 11."""
MSK_STAYING = (9, 11)


def msk_staff(stays):
    """Make the day's people; ``stays[day, person]`` tells who works on after the second period."""
    return on_every_day(
        MSK_GROUP,
        lambda person, day: [
            (PERIOD_S * (person in MSK_LATE), DAY_S - 60.0 if stays[day, person] else 2 * PERIOD_S)
        ],
    )  # fmt: skip


def who_stays(log, day):
    """Return (day, person) who finishes last what is in hand when staff falls: there, whoever finishes first leaves."""
    falls_us = (DAY_S * day + round(2 * PERIOD_S)) * US_PER_S
    in_hand = (log.outcome == Outcome.ANSWERED) & (log.taken_us < falls_us) & (log.ended_us > falls_us)
    finishes = np.zeros((DAYS_A_RUN, len(MSK_GROUP)))
    finishes[day[in_hand], log.agent[in_hand]] = (log.ended_us - falls_us)[in_hand]
    stays = np.zeros_like(finishes, dtype=bool)
    for group, staying in enumerate(MSK_STAYING):
        people = np.flatnonzero(np.array(MSK_GROUP) == group)
        last = people[np.argsort(finishes[:, people], axis=1)[:, -staying:]]
        np.put_along_axis(stays, last, True, axis=1)
    return stays


def msk_run(rng, factors, floor):
    """Return per day: served, abandoned, abandoned after 20 s, busy and present time of group one, then those served
    within 20 s by type and period.

    Played twice: where staff falls, the library lets go whoever finishes first, here people have shifts of their own;
    the first run tells who that is.
    """
    mean = ARRIVALS_PER_MIN[None] * 120.0 * factors[:, None, None]
    day, kind, period, arrival = arrivals_of(rng, mean, PERIOD_S)
    work = rng.exponential(60.0 / SERVICE_PER_MIN[period])
    trace = calls(arrival, work, rng.exponential(60.0 / LEAVING_PER_MIN[period]), kind)
    everybody = np.zeros((len(factors), len(MSK_GROUP)), dtype=bool)
    stays = who_stays(simulate(floor, trace, msk_staff(everybody)).log, day)
    log = simulate(floor, trace, msk_staff(stays)).log

    def a_day(which, values=None):
        return np.bincount(day[which], weights=None if values is None else values[which], minlength=len(factors))

    served, ended_s = log.outcome == Outcome.ANSWERED, log.ended_us / US_PER_S - DAY_S * day
    wait_s = (np.where(served, log.answered_us, log.ended_us) - log.offered_us) / US_PER_S
    soon, first = wait_s < 20.0, log.group == 0
    last_s = np.array([ended_s[day == number].max() for number in range(len(factors))])
    finishing = first & (ended_s > 2 * PERIOD_S)
    finishing[finishing] = ~stays[day[finishing], log.agent[finishing]]
    present = PERIOD_S * (12 + 18 + 9) + 9 * (last_s - 3 * PERIOD_S) + a_day(finishing, ended_s - 2 * PERIOD_S)
    busy = a_day(first, (log.ended_us - log.taken_us) / US_PER_S)
    cells = [a_day(served & soon & (kind == k) & (period == p)) for k in range(3) for p in range(3)]
    return np.array([a_day(served), a_day(~served), a_day(~served & ~soon), busy, present, *cells])


def msk_days():
    """Return (figure, day) of all days."""
    rng = np.random.default_rng([SEED, 40])
    kinds = [a_kind(name) for name in "ABC"]
    groups = [Group("one", (), (Serve("A"), Serve("B"))), Group("two", (), (Serve("B"), Serve("C")))]
    routes = [
        Route("A", (RouteStep("one"),)), Route("B", (RouteStep("one"), RouteStep("two"))),
        Route("C", (RouteStep("two"),)),
    ]  # fmt: skip
    floor = a_floor(kinds, groups, routes, days=DAYS_A_RUN)
    parts = np.split(busyness(rng, 28.7), DAYS // DAYS_A_RUN)
    return np.concatenate([msk_run(rng, factors, floor) for factors in parts], axis=1)


@cache
def simple_msk():
    """Return every stated figure of SimpleMSK by name."""
    figures = msk_days()
    served, abandoned, late, busy, present = figures[:5].mean(axis=1)
    soon = figures[5:].sum(axis=0).mean()
    found = (served, abandoned, soon / (served + late), busy / present)
    stated = {
        name: Stated(float(value), *interval)
        for (name, interval), value in zip(MSK_STATED.items(), found, strict=True)
    }  # fmt: skip
    for kind, days_of_kind, means in zip("ABC", figures[5:].reshape(3, 3, DAYS), MSK_IN_20_S, strict=True):
        for period, (days, mean) in enumerate(zip(days_of_kind, means, strict=True), 1):
            # They state no interval; their error is taken from the spread of ours, over as many days.
            allowed = difference_allowed(days, days.std() / np.sqrt(DAYS))
            stated[f"soon served {kind}{period}"] = Stated(float(days.mean()), mean - allowed, mean + allowed)
    return stated


def cc_staff():
    """As many people as each hour has agents; those of the last hour serve until nobody waits."""
    spans = []
    for number in range(max(CC_AGENTS)):
        hours = [hour for hour, agents in enumerate(CC_AGENTS) if agents > number]
        starts = [hour for hour in hours if hour - 1 not in hours]
        ends = [hour + 1 for hour in hours if hour + 1 not in hours]
        spans.append([
            (3600.0 * a, 3600.0 * b if b < len(CC_AGENTS) else DAY_S - 60.0) for a, b in zip(starts, ends, strict=True)
        ])  # fmt: skip
    return on_every_day([0] * len(spans), lambda person, _: spans[person])


def cc_run(rng, factors, floor, staff):
    """Return per day: arrivals, waits in s, good (under 20 s, whatever the end), lost."""
    day, _, _, arrival = arrivals_of(rng, CC_PER_HOUR[None, None] * factors[:, None, None], 3600.0)
    count = len(arrival)
    patience = np.where(rng.random(count) < 0.1, 0.0, rng.exponential(1000.0, count))
    log = simulate(floor, calls(arrival, rng.exponential(100.0, count), patience), staff).log
    served = log.outcome == Outcome.ANSWERED
    wait_s = (np.where(served, log.answered_us, log.ended_us) - log.offered_us) / US_PER_S
    columns = (np.ones(count), wait_s, wait_s < 20.0, ~served)
    return np.array([np.bincount(day, weights=column, minlength=len(factors)) for column in columns])


@cache
def call_cc():
    """Return every stated figure of CallCC by name."""
    rng = np.random.default_rng([SEED, 41])
    floor, staff = a_floor(days=DAYS_A_RUN), cc_staff()
    parts = np.split(busyness(rng, 10.0), DAYS // DAYS_A_RUN)
    days = np.concatenate([cc_run(rng, part, floor, staff) for part in parts], axis=1)
    arrivals, waits, good, lost = days.mean(axis=1)
    found = (arrivals, waits / CC_EXPECTED, good / CC_EXPECTED, lost / CC_EXPECTED)
    return {
        name: Stated(float(value), *interval)
        for (name, interval), value in zip(CC_STATED.items(), found, strict=True)
    }  # fmt: skip
