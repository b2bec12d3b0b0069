"""Positions as planners find them without a simulation; the same people then work them.

*Erlang per interval*: contacts of a group taken together, Erlang C on their load, chats by handling time over the cap,
absence on top. *Counting by queue*: Erlang C for each contact type by itself and rounded up, then head-counts per shift
pattern that come nearest to the positions (least absolute difference), which is how libraries for workforce planning
do it; its positions are those the counted shifts give.
"""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, identity

from scenarios import Channel, Forecast, Scenario
from scenarios.checks import FloatArray, IntArray
from scheduler.loop.columns import day_columns
from scheduler.staffing.guess import human_rates_per_s
from sim import min_agents_c

_MIP_S, _MIP_GAP = 5.0, 1e-3
_TIE = 1e-6  # of equally near head-counts the fewer people


def erlang_positions(scenario: Scenario, forecast: Forecast, *, by_queue: bool) -> FloatArray:
    """Return (T, G) positions by Erlang C with 90 % in 30 s, absence included, not rounded.

    Each contact type belongs to the group its route starts in; ``by_queue`` rounds every type up by itself.
    """
    horizon = scenario.horizon
    rates = human_rates_per_s(scenario, forecast)
    is_open = horizon.open_intervals()
    positions = np.zeros((horizon.intervals, len(scenario.groups)))
    for number, group in enumerate(scenario.groups):
        queues = _queues(scenario, group.name)
        parts = [[queue] for queue in queues] if by_queue else [queues]
        for part in parts:
            load, work_s = _load(scenario, forecast, rates, part, group.chat_cap)
            for interval in np.flatnonzero(is_open & (load > 0)):
                positions[interval, number] += _by_erlang_c(float(load[interval]), float(work_s[interval]))
    absent = np.array([scenario.absence_at(number * horizon.interval_us) for number in range(horizon.intervals)])
    return positions / (1.0 - absent)[:, None]


def _queues(scenario: Scenario, group: str) -> list[int]:
    """Return the live contact types whose route starts in ``group``."""
    starts = {route.contact_type for route in scenario.routes if route.steps[0].group == group}
    return [
        number
        for number, kind in enumerate(scenario.contact_types)
        if kind.name in starts and kind.channel is not Channel.TICKET
    ]


def _load(
    scenario: Scenario, forecast: Forecast, rates: FloatArray, queues: list[int], cap: int
) -> tuple[FloatArray, FloatArray]:
    """Return (T,) erlangs and mean work (s), a chat's shared among as many as an agent may hold."""
    work_s = np.zeros((len(rates), len(queues)))
    for place, number in enumerate(queues):
        kind = scenario.contact_types[number]
        column = forecast.work_s[:, forecast.column(kind.name)]
        work_s[:, place] = column / (cap if kind.channel is Channel.CHAT else 1)
    load = (rates[:, queues] * work_s).sum(axis=1)
    total = rates[:, queues].sum(axis=1)
    return load, np.where(total > 0, load / np.maximum(total, 1e-12), 1.0)


def _by_erlang_c(load: float, work_s: float) -> int:
    return min_agents_c(round(load, 3), round(work_s, 1), 30.0, 0.9)


def counted_positions(scenario: Scenario, positions: FloatArray) -> FloatArray:
    """Return (T, G) people at work on the head-counts per shift pattern that come nearest to ``positions``."""
    found = np.zeros_like(positions)
    for day in range(len(scenario.horizon.days)):
        columns = day_columns(scenario, day)
        inside = np.flatnonzero(scenario.horizon.day_of_interval() == day)
        counts = np.zeros(len(columns), dtype=np.int64)
        for group in range(len(scenario.groups)):
            mine = np.flatnonzero(columns.group == group)
            counts[mine] = _nearest(columns.at_work[np.ix_(inside, mine)], np.ceil(positions[inside, group] - 1e-9))
        found += columns.people(counts)
    return found


def _nearest(at_work: FloatArray, wanted: FloatArray) -> IntArray:
    """Return counts whose people are least away from ``wanted`` in absolute terms."""
    steps, patterns = at_work.shape
    rows = hstack([csr_array(at_work), identity(steps), -identity(steps)], format="csr")
    cost = np.concatenate([np.full(patterns, _TIE), np.ones(2 * steps)])
    whole = np.concatenate([np.ones(patterns), np.zeros(2 * steps)])
    found = milp(
        cost, constraints=LinearConstraint(rows, wanted, wanted), bounds=Bounds(0, np.inf), integrality=whole,
        options={"time_limit": _MIP_S, "mip_rel_gap": _MIP_GAP},
    )  # fmt: skip
    if found.x is None:
        raise RuntimeError(f"no head-counts in {_MIP_S} s: {found.message}")
    return np.rint(found.x[:patterns]).astype(np.int64)
