"""A small shop on which one mechanism is switched on, and what is then told of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from scenarios import (
    US_PER_MIN,
    Agent,
    Assignment,
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
    Outcome,
    Roster,
    Route,
    RouteStep,
    Scenario,
    Serve,
    ServiceTarget,
    ShiftTemplate,
)
from sim import Pack, Satisfaction, day_promises, measure_all, pay_of, replicate, replicate_runs, staff_from_roster

OPENS_H, CLOSES_H = 8, 20
KEY = {"replications": 8, "seed": 1, "purpose": "mechanisms"}


def exponential(mean_s):
    return Law(LawKind.EXPONENTIAL, float(mean_s))


CHAT = Messages(4.0, exponential(15), exponential(30), exponential(40), 60.0)
KINDS = (
    ContactType("call", Channel.VOICE, exponential(240), exponential(120)),
    ContactType("order", Channel.VOICE, exponential(240), exponential(120)),
    ContactType("chat", Channel.CHAT, exponential(CHAT.work_mean_s), exponential(120), messages=CHAT),
    ContactType("case", Channel.TICKET, exponential(600), due_within_s=4 * 3600.0),
)
GROUPS = (
    Group("desk", (), (Serve("call", 1), Serve("order", 1), Serve("case", 9))),
    Group("chats", (), (Serve("chat"), Serve("case", 9)), 4, (1.0,)),
    Group("helpers", (), (Serve("call", 2), Serve("order", 2))),
)


@dataclass(frozen=True)
class Shop:
    """Two kinds of calls, chats by messages and cases; two days from eight to eight.

    Parameters
    ----------
    people, slow, weights
        People of each group, how many of them take a third longer, and their weights in turn.
    offered
        Contacts of each type in a quarter of an hour.
    """

    kinds: Mapping[str, ContactType] = field(default_factory=lambda: {kind.name: kind for kind in KINDS})
    groups: Mapping[str, Group] = field(default_factory=lambda: {group.name: group for group in GROUPS})
    routes: Mapping[str, tuple[RouteStep, ...]] = field(
        default_factory=lambda: {
            "call": (RouteStep("desk"),), "order": (RouteStep("desk"),), "chat": (RouteStep("chats"),),
            "case": (RouteStep("desk"),),
        }
    )  # fmt: skip
    people: Mapping[str, int] = field(default_factory=lambda: {"desk": 7, "chats": 3, "helpers": 2})
    slow: int = 0
    weights: tuple[float, ...] = (1.0,)
    offered: Mapping[str, float] = field(default_factory=lambda: {"call": 8.0, "order": 8.0, "chat": 16.0, "case": 3.0})
    targets: tuple[ServiceTarget, ...] = ()
    days: int = 2
    attempts_max: int = 8

    def with_kind(self, name, **changes):
        kind = self.kinds.get(name) or replace(self.kinds["call"], name=name)
        return replace(self, kinds={**self.kinds, name: replace(kind, **changes)})

    def with_group(self, name, **changes):
        return replace(self, groups={**self.groups, name: replace(self.groups[name], **changes)})

    def with_route(self, name, *steps):
        return replace(self, routes={**self.routes, name: steps})

    def with_people(self, **people):
        return replace(self, people={**self.people, **people})

    def with_offered(self, **offered):
        return replace(self, offered={**self.offered, **offered})

    def with_type(self, name, like, rank, **changes):
        """Return the shop with another type, served by the groups of the one it is like, at a priority of its own."""
        groups = {
            key: replace(group, serves=(*group.serves, Serve(name, rank))) if group.rank_of(like) else group
            for key, group in self.groups.items()
        }
        kind = replace(self.kinds[like], **{"name": name, **changes})
        return replace(
            self, groups=groups, kinds={**self.kinds, name: kind}, routes={**self.routes, name: self.routes[like]},
            offered={name: 0.0, **self.offered},
        )  # fmt: skip

    @cached_property
    def scenario(self):
        grid = Horizon(
            date(2025, 11, 10), self.days, 15, "Asia/Shanghai", Opening((Hours(OPENS_H * 60, CLOSES_H * 60),) * 7)
        )
        live = [name for name, kind in self.kinds.items() if kind.channel is not Channel.TICKET]
        promised = {name for target in self.targets for name in target.contact_types}
        rest = tuple(ServiceTarget(name, (name,)) for name in live if name not in promised)
        return Scenario(
            "shop", grid, tuple(self.kinds.values()), tuple(self.groups.values()),
            tuple(Route(name, steps) for name, steps in self.routes.items()), (*self.targets, *rest),
            (Contract("c", ("day",), 100.0, 30.0),), (ShiftTemplate("day", 60, 0, 0),), tuple(self._agents()),
            attempts_max=self.attempts_max,
        )  # fmt: skip

    def _agents(self):
        for group, count in self.people.items():
            for number in range(count):
                tenure = 4 / 3 if number < self.slow else 1.0
                yield Agent(f"{group} {number}", "c", (), tenure, weight=self.weights[number % len(self.weights)])

    @cached_property
    def roster(self):
        rows = []
        for agent in self.scenario.agents:
            for day in range(self.days):
                start, end = ((24 * day + hour) * 60 * US_PER_MIN for hour in (OPENS_H, CLOSES_H))
                when = self.scenario.horizon.first_date + timedelta(days=day)
                rows.append(Assignment(agent.name, when, "day", agent.name.split()[0], start, end))
        return Roster(tuple(rows))

    @cached_property
    def played(self):
        """The scenario, its forecast and its roster, as every study wants them."""
        grid = self.scenario.horizon
        expected = np.array([[self.offered[name] for name in self.kinds]] * grid.intervals)
        expected[~grid.open_intervals()] = 0.0
        work = np.broadcast_to([kind.work_s.mean_s for kind in self.kinds.values()], expected.shape)
        forecast = Forecast(grid, tuple(self.kinds), expected, work, DemandUncertainty((0.0,) * self.days))
        return self.scenario, forecast, self.roster

    @cached_property
    def study(self):
        return replicate(*self.played, **KEY)

    @cached_property
    def report(self):
        return self.study.report(intervals=False, pay=pay_of(self.scenario, self.roster))

    @cached_property
    def runs(self):
        return tuple(replicate_runs(*self.played, **{**KEY, "replications": 2}))

    def told(self, name, scope):
        """Return what is told under a name: a KPI, a measure, or one of ``OTHERS``."""
        kind, _, key = name.rpartition(":")
        if kind == "kpi":
            return self.report.find(key, scope).value
        return OTHERS[name](self, scope)


def satisfaction(shop, scope):
    """Mean satisfaction by the response curve as it ships."""
    pack = Pack("own", (Satisfaction(),))
    return next(row.estimate.value for row in measure_all(pack, shop.runs, shop.scenario)
                if (row.scope, row.day) == (scope, None))  # fmt: skip


def by_the_same_agent(shop, scope):
    """Share of later attempts answered by whoever answered the first one."""
    same = later = 0
    for run in shop.runs:
        log = run.log
        answered = (log.outcome == Outcome.ANSWERED) & (log.contact_type == shop.scenario.type_index(scope))
        first = dict(zip(log.root[answered & (log.attempt == 0)].tolist(),
                         log.agent[answered & (log.attempt == 0)].tolist(), strict=True))  # fmt: skip
        for root, agent in zip(log.root[answered & (log.attempt > 0)].tolist(),
                               log.agent[answered & (log.attempt > 0)].tolist(), strict=True):  # fmt: skip
            later += root in first
            same += first.get(root) == agent
    return same / later


def of_the_first_agent(shop, scope):
    """Share of the contacts answered that the first person of the desk took."""
    number = staff_from_roster(shop.scenario, shop.roster).names.index("desk 0")
    taken = [run.log.agent[run.log.outcome == Outcome.ANSWERED] for run in shop.runs]
    return float(np.mean(np.concatenate(taken) == number))


def days_kept(shop, scope):
    """Share of days on which a target is kept."""
    return float(
        np.mean([row.days_met / row.days_simulated for row in day_promises(shop.study) if row.target == scope])
    )


OTHERS = {
    "measure:Satisfaction": satisfaction,
    "by the same agent": by_the_same_agent,
    "of the first agent": of_the_first_agent,
    "days kept": days_kept,
}
