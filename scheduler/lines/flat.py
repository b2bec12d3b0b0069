"""A problem as flat arrays for compiled kernels: everybody's graph in one row, slots, and what they cost."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.checks import BoolArray, FloatArray, IntArray
from scheduler.lines.graph import LineGraph, compile_graphs
from scheduler.lines.problem import Cover, Person, Problem

ShortArray = NDArray[np.int32]


class Graphs(NamedTuple):
    """The graphs of all kinds of people; states and edges are numbered within a kind.

    Attributes
    ----------
    first, class_of, edge_first
        (K, D + 2), (K, D, A), (K, D + 1): as in ``LineGraph``, per kind.
    after, step, final
        Flat over the kinds; ``step`` is empty where no rule of any kind is soft.
    edges_at, ends_at
        (K + 1,) where each kind's edges and ends begin.
    classes
        (K, D) number of classes of actions, which is of edges of each state.
    menu, menu_size
        (K, D, A) and (K, D): the actions that any legal line has on a date, in front.
    """

    first: IntArray
    class_of: ShortArray
    edge_first: IntArray
    after: ShortArray
    step: FloatArray
    final: FloatArray
    edges_at: IntArray
    ends_at: IntArray
    classes: IntArray
    menu: ShortArray
    menu_size: IntArray


class Crew(NamedTuple):
    """The people.

    Attributes
    ----------
    kind, start, seat
        (N,) graph, state before date 0, class of people in the cover.
    own
        (rows, A) what actions cost a person beside cover and rules, ``inf`` where it may not be; different rows only.
    own_row
        (N, D) row of ``own``.
    """

    kind: IntArray
    start: IntArray
    seat: IntArray
    own: FloatArray
    own_row: IntArray


class Slots(NamedTuple):
    """The cover.

    Attributes
    ----------
    run_first, run_begin, run_end
        (D * S + 1,) and flat: duty ``s`` of date ``d`` counts in the slots from ``begin`` to ``end`` (excluded) of each
        run from place ``d * S + s`` on.
    counts_for
        (C, K) 1 where a class of people counts for a skill subset.
    lacking
        (T, K) positions wanted of each subset, nobody at work.
    wanted
        (T,) positions wanted in all.
    curve
        (T,) row of the two tables.
    under, over
        Price of 0, 1, 2, ... unmet positions and idle people.
    """

    run_first: IntArray
    run_begin: IntArray
    run_end: IntArray
    counts_for: IntArray
    lacking: IntArray
    wanted: IntArray
    curve: IntArray
    under: FloatArray
    over: FloatArray


class Flat(NamedTuple):
    """A whole problem."""

    graphs: Graphs
    crew: Crew
    slots: Slots


def flatten(problem: Problem) -> Flat:
    """Return the problem as flat arrays; people with the same rules and actions share one graph."""
    return Flat(*_graphs_and_crew(problem), _slots(problem.cover, len(problem.people)))


def _graphs_and_crew(problem: Problem) -> tuple[Graphs, Crew]:
    """Compile the rules of each kind once."""
    members: dict[tuple[tuple[int, ...], bytes], list[int]] = {}
    ever: dict[int, BoolArray] = {}
    for number, person in enumerate(problem.people):
        if id(person.may) not in ever:
            ever[id(person.may)] = np.asarray(person.may.any(axis=0))
        members.setdefault((tuple(map(id, person.rules)), ever[id(person.may)].tobytes()), []).append(number)
    graphs: list[LineGraph] = []
    kind, start = (np.zeros(len(problem.people), dtype=np.int64) for _ in range(2))
    for alike in members.values():
        compiled = _compiled(problem, [problem.people[number] for number in alike])
        kind[alike] = len(graphs)
        start[alike] = [graph.start for graph in compiled]
        graphs.append(compiled[0])
    own, own_row = own_rows(problem.people)
    seat = np.array([person.seat for person in problem.people], dtype=np.int64)
    return _joined(graphs), Crew(kind, start, seat, own, own_row)


def _compiled(problem: Problem, people: list[Person]) -> tuple[LineGraph, ...]:
    """Return the graphs of people with the same rules: theirs but for the state each begins in.

    Rules are compiled on what they tell apart, and read out for every duty.
    """
    frame, rules = problem.rule_frame, people[0].rules
    starts = np.array(
        [[rule.start(frame, person.history) for rule in rules] for person in people], dtype=np.int64
    ).reshape(len(people), len(rules))
    usable = np.asarray(people[0].may.any(axis=0))
    shape = np.arange(len(usable)) if problem.shape is None else np.append(0, problem.shape + 1)
    may = np.zeros(frame.actions, dtype=np.bool_)
    may[shape[usable]] = True
    graphs = compile_graphs(
        [rule.automaton(frame) for rule in rules], starts, np.broadcast_to(may, (frame.dates, len(may)))
    )
    class_of = np.where(usable, graphs[0].class_of[:, shape], -1).astype(np.int32)
    return tuple(graph._replace(class_of=class_of) for graph in graphs)


def own_rows(people: Sequence[Person]) -> tuple[FloatArray, IntArray]:
    """Return the different rows of prices, and of every person's date which one it is."""
    rows: dict[bytes, int] = {}
    table: list[FloatArray] = []
    seen: dict[tuple[int, int], IntArray] = {}
    places = []
    for person in people:
        shared = (id(person.may), id(person.own))
        if shared not in seen:
            prices = np.where(person.may, person.own, np.inf)
            for row in prices:
                if rows.setdefault(row.tobytes(), len(table)) == len(table):
                    table.append(row)
            seen[shared] = np.array([rows[row.tobytes()] for row in prices], dtype=np.int64)
        places.append(seen[shared])
    return np.array(table), np.array(places)


def _joined(graphs: list[LineGraph]) -> Graphs:
    soft = any(len(graph.step) for graph in graphs)
    steps = [graph.step if len(graph.step) else np.zeros(len(graph.after)) for graph in graphs] if soft else []
    class_of = np.array([graph.class_of for graph in graphs])
    return Graphs(
        np.array([graph.first for graph in graphs]),
        class_of,
        np.array([graph.edge_first for graph in graphs]),
        np.concatenate([graph.after for graph in graphs]),
        np.concatenate([*steps, np.zeros(0)]),
        np.concatenate([graph.final for graph in graphs]),
        _places([len(graph.after) for graph in graphs]),
        _places([len(graph.final) for graph in graphs]),
        class_of.max(axis=2).astype(np.int64) + 1,
        np.argsort(class_of < 0, axis=2, kind="stable").astype(np.int32),
        (class_of >= 0).sum(axis=2).astype(np.int64),
    )


def _places(sizes: list[int]) -> IntArray:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _slots(cover: Cover, people: int) -> Slots:
    lacking = np.array([cover.wanted[:, skills].sum(axis=1) for skills, _ in cover.subsets]).T
    classes: BoolArray = np.array([classes for _, classes in cover.subsets]).T
    wanted = cover.wanted.sum(axis=1)
    short, idle = np.arange(max(int(wanted.max(initial=0)), 0) + 2.0), np.arange(people + 2.0)
    return Slots(
        *_runs(cover),
        np.ascontiguousarray(classes, dtype=np.int64),
        np.ascontiguousarray(lacking, dtype=np.int64),
        wanted,
        cover.curve_of,
        np.array([curve.of(short) for curve in cover.under]),
        np.array([curve.of(idle) for curve in cover.over]),
    )


def _runs(cover: Cover) -> tuple[IntArray, IntArray, IntArray]:
    """Return the slots of every date's every duty as runs of slots that follow each other."""
    sizes, begins, ends = [], [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for place in range(len(cover.covered_first) - 1):
        slots = np.sort(cover.slots_of(place))
        gaps = np.flatnonzero(np.diff(slots) > 1) + 1
        sizes.append(len(gaps) + 1 if len(slots) else 0)
        if len(slots):
            begins.append(slots[np.append(0, gaps)])
            ends.append(slots[np.append(gaps - 1, len(slots) - 1)] + 1)
    return _places(sizes), np.concatenate(begins), np.concatenate(ends)
