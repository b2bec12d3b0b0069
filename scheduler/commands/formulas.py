"""The textbook formula beside the simulation: what it promises, what happens, and why they differ."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from scenarios import Channel, DemandUncertainty, Forecast, Group, Quantity, Roster, Scenario
from scenarios.checks import BoolArray, FloatArray
from scenarios.text import text
from scheduler.commands.console import print_table, say, tell
from scheduler.exchange.words import DASH, percent
from scheduler.staffing import UNPROMISED_WITHIN_S, human_rates_per_s
from sim import (
    ErlangMisses,
    ErlangSays,
    Staff,
    Stream,
    Study,
    WhatCame,
    attempts_expected,
    erlang_says,
    fastest_tenure,
    out_of_reach,
    ratio_of_sums,
    reach_of,
    staff_at_work,
    staff_from_roster,
    student_quantile,
    why_it_differs,
)
from sim.measures.estimates import CONFIDENCE

_LEVELS = 8  # a day's busyness is taken as one of so many equally likely values
_SPANS_SHOWN = 3
_ALIKE = 1e-9
_NO_WORK = 1e-9  # a forecast may hold no work at all


@dataclass(frozen=True, slots=True)
class _Row:
    """A group in its busiest interval: what the formulas say of it and what the simulation shows.

    ``says`` is ``None`` where nobody is at work.
    """

    group: str
    interval: int
    people: int
    says: ErlangSays | None
    simulated: float
    reachable: float
    why: ErlangMisses | None


def show_formulas(scenario: Scenario, forecast: Forecast, people: Roster | Staff, study: Study) -> None:
    """Print every group's busiest interval by formula and by simulation, with a sentence for each difference.

    Targets that even idle agents miss are said plainly, and so are open hours in which nobody is at work.
    """
    floor = _Floor.of(scenario, forecast, people)
    rows = list(floor.rows(study))
    if rows:
        _show(scenario, rows)
    for why in dict.fromkeys(row.why for row in rows if row.why is not None):
        groups = ", ".join(row.group for row in rows if row.why is why)
        tell("bullet", sentence=say("formulas.why", groups=groups, why=text(f"erlang_misses.{why}")))
    for miss in out_of_reach(scenario, forecast, floor.staff, floor.rates):
        tell(
            "formulas.unreachable" if miss.everywhere else "formulas.unreachable_dates",
            target=miss.target.name, share=percent(miss.target.day_share), within=f"{miss.target.answer_within_s:g}",
            best=percent(miss.best), contact_types=", ".join(miss.contact_types),
            dates=_shortened([f"{day:%m-%d}" for day in miss.dates]),
        )  # fmt: skip
    for names, empty, contacts in floor.nobody():
        hours = float(empty.sum()) * scenario.horizon.interval_min / 60
        tell("formulas.nobody", contact_types=", ".join(names), hours=f"{hours:g}", contacts=f"{contacts:,.0f}",
             spans=_shortened(_spans(scenario, empty)))  # fmt: skip


def _show(scenario: Scenario, rows: Sequence[_Row]) -> None:
    header = ["group", "busiest", "people", "load", "erlang_c", "erlang_a", "chats", "simulated", "reachable"]
    lines = []
    for row in rows:
        said = [DASH] * 4
        if row.says is not None:
            chats = DASH if row.says.chats is None else percent(row.says.chats)
            shares = (row.says.patient.share_in_time, row.says.impatient.share_in_time)
            said = [f"{row.says.load_erlangs:.1f}", *map(percent, shares), chats]
        clock = _clock(scenario, row.interval)
        lines.append((row.group, clock, f"{row.people}", *said, percent(row.simulated), percent(row.reachable)))
    print_table(say("formulas.title"), [say(f"formulas.{key}") for key in header], lines)


@dataclass(frozen=True, slots=True, eq=False)
class _Floor:
    """Who is at work, and what is asked of them: (T, K) contacts per second that reach the humans, (T, G) people."""

    scenario: Scenario
    forecast: Forecast
    staff: Staff
    rates: FloatArray
    at_work: FloatArray
    is_roster: bool

    @classmethod
    def of(cls, scenario: Scenario, forecast: Forecast, people: Roster | Staff) -> "_Floor":
        staff = staff_from_roster(scenario, people) if isinstance(people, Roster) else people
        at_work = staff_at_work(staff, scenario.horizon, len(scenario.groups))
        rates = human_rates_per_s(scenario, forecast)
        return cls(scenario, forecast, staff, rates, at_work, isinstance(people, Roster))

    def rows(self, study: Study) -> Iterator[_Row]:
        """Yield each group that is the first to be offered calls or chats, in the interval with most work for it."""
        first = {route.contact_type: route.steps[0].group for route in self.scenario.routes}
        for number, group in enumerate(self.scenario.groups):
            columns = [
                place
                for place, kind in enumerate(self.scenario.contact_types)
                if first[kind.name] == group.name and kind.channel is not Channel.TICKET and self.rates[:, place].any()
            ]
            if columns:
                yield self._row(number, columns, self._busiest(group, columns), study)

    def _busiest(self, group: Group, columns: list[int]) -> int:
        """Return the interval with most work; of several alike, as of constant rates, the one in their middle."""
        loads = np.zeros(len(self.rates))
        for interval in np.flatnonzero(self.rates[:, columns].any(axis=1)).tolist():
            streams = self._streams(interval, columns, 1.0)
            loads[interval] = sum(row.rate_per_s * row.handle_s(group) for row in streams)
        busiest = np.flatnonzero(loads >= loads.max() * (1.0 - _ALIKE))
        return int(busiest[len(busiest) // 2])

    def _row(self, number: int, columns: list[int], interval: int, study: Study) -> _Row:
        group, present = self.scenario.groups[number], float(self.at_work[interval, number])
        streams = self._streams(interval, columns, self._tenure(number, interval))
        came = self._what_came(interval, columns, study)
        best = [
            reach_of(self.scenario, self.forecast, place, fastest_tenure(self.scenario, self.staff, place), within_s)
            for place, within_s in ((place, self._within_s(place)) for place in columns)
        ]
        reachable = float(np.average([share[interval] for share in best], weights=self._offered(interval, columns)))
        agents = max(1, round(present)) if present > 0 else 0
        known = agents > 0 and np.isfinite(came.simulated.value)
        return _Row(
            group=group.name,
            interval=interval,
            people=agents,
            says=erlang_says(streams, group, agents) if agents else None,
            simulated=came.simulated.value,
            reachable=reachable,
            why=why_it_differs(streams, group, agents, came) if known else None,
        )

    def _streams(self, interval: int, columns: list[int], tenure: float) -> list[Stream]:
        """Return what some contact types bring in an interval, with the work the forecast and all effects give them."""
        work, first = (self.scenario.factor(quantity) for quantity in (Quantity.WORK, Quantity.FIRST_REPLY))
        streams = []
        for place in columns:
            kind = self.scenario.contact_types[place]
            planned = float(self.forecast.work_factor(kind)[interval])
            streams.append(
                Stream(
                    kind=kind.with_rounds(float(self.forecast.rounds_of(kind)[interval])),
                    rate_per_s=float(self.rates[interval, place]),
                    answer_within_s=self._within_s(place),
                    work_factor=max(planned * float(work[interval, place]) * tenure, _NO_WORK),
                    first_reply_factor=float(first[interval, place]),
                )
            )
        return streams

    def _offered(self, interval: int, columns: list[int]) -> FloatArray:
        """Return the attempts expected per second of some contact types, reopenings included."""
        each = [attempts_expected(self.forecast, self.scenario.contact_types[place])[interval] for place in columns]
        return np.asarray(self.rates[interval, columns] * np.array(each))

    def _what_came(self, interval: int, columns: list[int], study: Study) -> WhatCame:
        offered, in_time = (counted[:, interval, columns].sum(axis=1) for counted in (study.offered, study.in_time))
        planned = float(self._offered(interval, columns).sum()) * self.scenario.horizon.interval_min * 60
        # What may be luck is not taken for a difference: as near to the plan as the interval of the mean allows.
        half = student_quantile(len(study), CONFIDENCE) * float(offered.std(ddof=1)) / math.sqrt(len(study))
        start_us = interval * self.scenario.horizon.interval_us
        return WhatCame(
            simulated=ratio_of_sums(in_time, offered),
            offered_factor=float(np.clip(1.0, *(offered.mean() + np.array([-half, half])) / planned)),
            busyness=_busyness(self.forecast.uncertainty, int(self.scenario.horizon.day_of_interval()[interval])),
            present_share=1.0 - self.scenario.absence_at(start_us) if self.is_roster else 1.0,
        )

    def _within_s(self, place: int) -> float:
        target = self.scenario.target_of(self.scenario.contact_types[place].name)
        return UNPROMISED_WITHIN_S if target is None else target.answer_within_s

    def _tenure(self, group: int, interval: int) -> float:
        """Return the mean tenure factor of those of a group at work in an interval; 1 where nobody is."""
        start_us = interval * self.scenario.horizon.interval_us
        end_us = start_us + self.scenario.horizon.interval_us
        mine = np.flatnonzero(self.staff.group == group).tolist()
        time_us = [
            sum(max(0, min(end, end_us) - max(start, start_us)) for start, end in self.staff.spans[person])
            for person in mine
        ]
        return float(np.average(self.staff.tenure_factor[mine], weights=time_us)) if sum(time_us) else 1.0

    def nobody(self) -> list[tuple[list[str], BoolArray, float]]:
        """Return live types, the (T,) intervals in which nobody may take them at once, and the contacts of these."""
        found: dict[bytes, tuple[list[str], BoolArray, float]] = {}
        for place, kind in enumerate(self.scenario.contact_types):
            route = next(route for route in self.scenario.routes if route.contact_type == kind.name)
            at_once = {step.group for step in route.steps if step.group and step.from_wait_s == 0.0}
            places = [self.scenario.group_index(name) for name in at_once]
            empty = (self.rates[:, place] > 0) & (self.at_work[:, places].sum(axis=1) == 0)
            if kind.channel is Channel.TICKET or not empty.any():
                continue
            names, _, contacts = found.get(empty.tobytes(), ([], empty, 0.0))
            more = float(self.rates[empty, place].sum()) * self.scenario.horizon.interval_min * 60
            found[empty.tobytes()] = ([*names, kind.name], empty, contacts + more)
        return list(found.values())


def _busyness(law: DemandUncertainty, day: int) -> tuple[float, ...]:
    """Return equally likely factors of the contacts of an interval: those of its service day and its own."""
    spread = float(np.sqrt(np.log1p(law.day_cv[day] ** 2) + np.log1p(law.busyness_cv**2)))
    levels = 1.0 - law.upper_tail * (1.0 - (np.arange(_LEVELS) + 0.5) / _LEVELS)
    factors = np.exp(spread * ndtri(levels) - spread**2 / 2)
    return tuple(factors.tolist())


def _clock(scenario: Scenario, interval: int) -> str:
    return scenario.horizon.instant(interval * scenario.horizon.interval_us).strftime("%m-%d %H:%M")


def _spans(scenario: Scenario, chosen: BoolArray) -> list[str]:
    """Return stretches of chosen intervals by their clocks."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], chosen, [False]]).astype(np.int8)))
    return [
        f"{_clock(scenario, start)}–{_clock(scenario, end).split()[1]}" for start, end in edges.reshape(-1, 2).tolist()
    ]


def _shortened(names: Sequence[str]) -> str:
    known = ", ".join(names[:_SPANS_SHOWN])
    return known if len(names) <= _SPANS_SHOWN else say("formulas.more", known=known, count=len(names) - _SPANS_SHOWN)
