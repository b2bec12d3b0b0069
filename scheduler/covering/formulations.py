"""Two programmes of one problem: a variable for every shift with its breaks, or counts of shifts and of break starts.

Counting break starts is exact because the windows of a break slide with the starts of its shifts and none lies inside
another: a break that has begun by t belongs to a shift that may have begun it, and every shift that must have begun it
has (after Bechtold and Jacobs, Management Science 36 (1990), and Aykin, Management Science 42 (1996)). Where windows of
one shift reach into each other the counts are a relaxation: their bound holds, and breaks are moved apart afterwards.
"""

from dataclasses import dataclass

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scheduler.covering.choices import Choices, Cluster
from scheduler.covering.programme import Programme, Terms

Column = tuple[int, tuple[int, ...]]
"""A shift with its breaks: number of the place, and starts of the pauses in slots from midnight of the first day."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Breaks that are alike in length and window, of the shifts of one group.

    Attributes
    ----------
    places, pause
        Places whose shifts take this break, by start, and which of their pauses it is (of each place).
    starts, variables
        Possible starts, and how many breaks begin there.
    """

    places: IntArray
    pause: IntArray
    starts: IntArray
    variables: IntArray


@dataclass(frozen=True, slots=True)
class Formulation:
    """A programme with what reads its points.

    Attributes
    ----------
    columns
        Shifts with breaks of the explicit programme; empty in the implicit one.
    heads
        Variables of ``columns``, or of the places.
    pools
        Breaks of the implicit programme.
    cover
        Per cluster: (R, T) rows that ask for positions, or (S, T) of single skills in a cluster without sets.
    short
        Per cluster: (T,) positions short; empty in a cluster without sets.
    distinct
        (patterns,) whether a distinct shift is in use; empty when that has no price.
    """

    choices: Choices
    programme: Programme
    columns: tuple[Column, ...]
    heads: IntArray
    pools: tuple[Pool, ...]
    cover: tuple[IntArray, ...]
    short: tuple[IntArray, ...]
    distinct: IntArray


@dataclass(frozen=True, slots=True)
class _Presence:
    """What variables add to people at work: (n,) variables, groups, slots and factors."""

    variable: IntArray
    group: IntArray
    slot: IntArray
    factor: FloatArray


def explicit(choices: Choices, *, midway: bool = False) -> Formulation:
    """Return the programme with one variable for every shift and every way to place its breaks.

    ``midway`` takes one way only, breaks in the middle of their windows: a small programme whose points are plans, and
    whose optimum is no bound.
    """
    kinds = range(len(choices.length))
    placings = [[choices.midway(kind)] if midway else choices.placings(kind) for kind in kinds]
    columns = tuple(
        (place, tuple(int(start) + after for after in places))
        for place, (kind, start) in enumerate(zip(choices.kind, choices.start, strict=True))
        for places in placings[kind]
    )
    programme = Programme()
    place = np.array([number for number, _ in columns], dtype=np.int64)
    heads = programme.variables(choices.yuan[place], whole=True)
    work = [
        choices.at_work(int(choices.kind[number]), int(choices.start[number]), pauses) for number, pauses in columns
    ]
    sizes = np.array([len(slots) for slots in work], dtype=np.int64)
    presence = _Presence(
        np.repeat(heads, sizes),
        np.repeat(choices.group[place], sizes),
        np.concatenate([np.zeros(0, dtype=np.int64), *work]),
        np.ones(int(sizes.sum())),
    )
    cover, short = _demand_rows(choices, programme, presence)
    distinct = _head_rows(choices, programme, heads, place)
    return Formulation(choices, programme, columns, heads, (), cover, short, distinct)


def implicit(choices: Choices) -> Formulation:
    """Return the programme that counts shifts and break starts apart."""
    programme = Programme()
    heads = programme.variables(choices.yuan, whole=True)
    pools = tuple(_pool(choices, programme, heads, places, pause) for places, pause in _alike(choices))
    spans = [_spans(choices, heads, choices.group, choices.start, choices.length[choices.kind], 1.0)]
    for pool in pools:
        length = choices.pauses[choices.kind[pool.places[0]]][pool.pause[0], 0]
        group = np.full(len(pool.starts), choices.group[pool.places[0]])
        spans.append(_spans(choices, pool.variables, group, pool.starts, np.full(len(pool.starts), length), -1.0))
    presence = _Presence(*(np.concatenate([getattr(part, name) for part in spans]) for name in _Presence.__slots__))
    cover, short = _demand_rows(choices, programme, presence)
    distinct = _head_rows(choices, programme, heads, np.arange(len(choices)))
    return Formulation(choices, programme, (), heads, pools, cover, short, distinct)


def _spans(
    choices: Choices, variables: IntArray, group: IntArray, start: IntArray, length: IntArray, factor: float
) -> _Presence:
    item = np.repeat(np.arange(len(variables)), length)
    within = np.arange(len(item)) - np.repeat(np.cumsum(length) - length, length)
    slot = (start[item] + within) % choices.problem.slots
    return _Presence(variables[item], group[item], slot, np.full(len(item), factor))


def _alike(choices: Choices) -> list[tuple[IntArray, IntArray]]:
    """Return (places, pause of each) of breaks that can be counted together: same group, length and window."""
    found: dict[tuple[int, ...], list[tuple[int, int, int]]] = {}
    for place, (group, kind, start) in enumerate(zip(choices.group, choices.kind, choices.start, strict=True)):
        seen: dict[tuple[int, ...], int] = {}
        for pause, row in enumerate(choices.pauses[kind].tolist()):
            repeat = seen[tuple(row)] = seen.get(tuple(row), -1) + 1  # a kind may have the same break twice
            found.setdefault((int(group), *row, repeat), []).append((int(start), place, pause))
    pools = []
    for rows in found.values():
        table = np.array(sorted(rows), dtype=np.int64)
        pools.append((table[:, 1], table[:, 2]))
    return pools


def _pool(choices: Choices, programme: Programme, heads: IntArray, places: IntArray, pause: IntArray) -> Pool:
    """Add the starts of one kind of break, with the rows between "must have begun" and "may have begun"."""
    _, earliest, latest = choices.pauses[choices.kind[places[0]]][pause[0]].tolist()
    shift = choices.start[places]
    starts = np.unique(shift[:, None] + np.arange(earliest, latest + 1))
    variables = programme.variables(np.zeros(len(starts)), whole=True)
    may = np.searchsorted(shift, starts - earliest, side="right")
    must = np.searchsorted(shift, starts - latest, side="right")
    people = heads[places]
    for number in range(len(starts)):
        begun = variables[: number + 1]
        if number == len(starts) - 1:
            programme.row(0.0, 0.0, ((begun, -1.0), (people, 1.0)))
            break
        if may[number] < may[number + 1]:  # a row that the next one implies says nothing
            programme.row(0.0, np.inf, ((begun, -1.0), (people[: may[number]], 1.0)))
        if must[number] > (must[number - 1] if number else 0):
            programme.row(0.0, np.inf, ((begun, 1.0), (people[: must[number]], -1.0)))
    return Pool(places, pause, starts, variables)


def _demand_rows(
    choices: Choices, programme: Programme, presence: _Presence
) -> tuple[tuple[IntArray, ...], tuple[IntArray, ...]]:
    """Price people at work and positions short, add the rows that ask for positions; return rows and shortages."""
    problem = choices.problem
    programme.add_costs(presence.variable, problem.prices.over * presence.factor)
    programme.offset -= problem.prices.over * float(problem.demand.sum())
    found = [
        (_set_rows if len(cluster.served) else _skill_rows)(choices, programme, presence, cluster)
        for cluster in choices.clusters
    ]
    return tuple(rows for rows, _ in found), tuple(short for _, short in found)


def _short(choices: Choices, programme: Programme) -> IntArray:
    prices = choices.problem.prices
    return programme.variables(np.full(choices.problem.slots, prices.under + prices.over), whole=False)


def _set_rows(
    choices: Choices, programme: Programme, presence: _Presence, cluster: Cluster
) -> tuple[IntArray, IntArray]:
    """Add, for every set of the cluster's skills: people who have one of them, and positions short, make up the set."""
    short = _short(choices, programme)
    slots = np.arange(choices.problem.slots)
    rows = []
    for served, wanted in zip(cluster.served, cluster.wanted, strict=True):
        mine = served[presence.group]
        rows.append(
            programme.rows(
                wanted,
                np.concatenate([presence.slot[mine], slots]),
                np.concatenate([presence.variable[mine], short]),
                np.concatenate([presence.factor[mine], np.ones(len(slots))]),
            )
        )
    return np.array(rows), short


def _skill_rows(
    choices: Choices, programme: Programme, presence: _Presence, cluster: Cluster
) -> tuple[IntArray, IntArray]:
    """Add people of each group allotted to each skill they have: what many skills need instead of sets."""
    problem = choices.problem
    slots = np.arange(problem.slots)
    allotted: dict[int, list[Terms]] = {skill: [(_short(choices, programme), 1.0)] for skill in cluster.skills}
    terms: dict[int, list[IntArray]] = {}
    for number, group in enumerate(problem.groups):
        for skill in cluster.skills:
            if problem.skills[skill] in group.skills:
                people = programme.variables(np.zeros(len(slots)), whole=False)
                allotted[skill].append((people, 1.0))
                terms.setdefault(number, []).append(people)
    for number, parts in terms.items():
        mine = presence.group == number
        programme.rows(
            np.zeros(len(slots)),
            np.concatenate([presence.slot[mine], *([slots] * len(parts))]),
            np.concatenate([presence.variable[mine], *parts]),
            np.concatenate([presence.factor[mine], -np.ones(len(slots) * len(parts))]),
        )
    rows = []
    for skill, parts_of in allotted.items():
        variables = np.concatenate([variables for variables, _ in parts_of])
        ones = np.ones(len(variables))
        rows.append(programme.rows(problem.demand[:, skill], np.tile(slots, len(parts_of)), variables, ones))
    return np.array(rows), np.zeros(0, dtype=np.int64)


def _head_rows(choices: Choices, programme: Programme, heads: IntArray, place: IntArray) -> IntArray:
    """Add least and most heads of groups and kinds, and the price of distinct shifts, whose variables are returned."""
    problem = choices.problem
    for number, group in enumerate(problem.groups):
        most = np.inf if group.heads_max is None else float(group.heads_max)
        mine = heads[choices.group[place] == number]
        if group.heads_min or group.heads_max is not None:
            programme.row(float(group.heads_min), most, ((mine, 1.0),))
    names = [kind.name for kind in problem.kinds]
    for name, limit in problem.kind_heads_max:
        programme.row(0.0, float(limit), ((heads[choices.kind[place] == names.index(name)], 1.0),))
    return _distinct_rows(choices, programme, heads, place) if problem.prices.distinct else np.zeros(0, dtype=np.int64)


def _distinct_rows(choices: Choices, programme: Programme, heads: IntArray, place: IntArray) -> IntArray:
    """Price distinct shifts: one that is not in use has no heads, one in use never more than its span can need."""
    problem = choices.problem
    prices = np.full(int(choices.pattern.max(initial=-1)) + 1, problem.prices.distinct)
    in_use = programme.variables(prices, whole=True, upper=1.0)
    wanted = problem.demand.sum(axis=1)
    for number in range(len(choices)):
        slots = (choices.start[number] + np.arange(choices.length[choices.kind[number]])) % problem.slots
        group = problem.groups[choices.group[number]]
        most = max(float(np.ceil(wanted[slots].max(initial=0.0))), float(group.heads_min))
        pattern = in_use[choices.pattern[number] : choices.pattern[number] + 1]
        programme.row(0.0, np.inf, ((heads[place == number], -1.0), (pattern, most)))
    return in_use
