"""Rules compiled to one graph: every legal line is a path through it, and every path a legal line.

The automata of all rules are walked together date by date (their product), states from which no legal end can be
reached are dropped, and states with the same future are merged (Hopcroft's minimisation, which on a graph without
cycles is one backward sweep). What is left is small: a team's month of rest, runs, hours and weekends has some hundred
states a date, and an agent's best line against any prices is one sweep over them (``best``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from scenarios.checks import BoolArray, FloatArray, IntArray
from scheduler.rules import Automaton

NEVER = -1
"""In ``LineGraph.class_of``: the action is not allowed on the date whatever came before."""


class GraphTooLargeError(Exception):
    """The rules together have more states on a date than the limit; ``date`` and ``states`` say where."""

    def __init__(self, date: int, states: int) -> None:
        super().__init__(f"{states} states on date {date}")
        self.date = date
        self.states = states


class LineGraph(NamedTuple):
    """The compiled rules of one kind of people, as the kernels take it.

    States are numbered through all dates, the last one is nowhere.

    Attributes
    ----------
    start
        State before date 0; nowhere when no line is legal.
    first
        (D + 2,) first state of each date, of the end, and nowhere.
    class_of
        (D, A) class of each action (0 = free, 1 + duty), ``NEVER`` for none: actions of one class have the same
        consequences, so only the cheapest of them matters.
    edge_first
        (D + 1,) first edge of each date; state by state, class by class.
    after
        (edges,) int32 state an edge leads to; nowhere where it is not legal.
    step
        (edges,) what the edge costs under soft rules; empty when no rule is soft.
    final
        (states of the end,) what it costs to end there.
    """

    start: int
    first: IntArray
    class_of: np.ndarray[tuple[int, int], np.dtype[np.int32]]
    edge_first: IntArray
    after: np.ndarray[tuple[int], np.dtype[np.int32]]
    step: FloatArray
    final: FloatArray

    @property
    def legal(self) -> bool:
        """Whether there is any legal line."""
        return self.start < int(self.first[-1])

    @property
    def states(self) -> int:
        """Number of states, nowhere left out."""
        return int(self.first[-1])


@dataclass(slots=True)
class _Layer:
    """One date while the graph is made: class of each action, and per (state, class) the next state and its cost."""

    class_of: IntArray
    after: IntArray
    step: FloatArray


@dataclass(slots=True)
class _Merged:
    """Rules joined and merged: layers, what it costs to end, and both read like an automaton's tables."""

    layers: list[_Layer]
    final: FloatArray
    after: list[IntArray]
    cost: list[FloatArray]
    states: int


def compile_graph(
    automata: Sequence[Automaton], starts: Sequence[int], may: BoolArray, *, most_states: int = 200_000
) -> LineGraph:
    """Return the graph of all lines that every automaton accepts.

    Parameters
    ----------
    automata, starts
        Machines over the same dates and actions, and the state each begins in.
    may
        (D, A) whether the person can do an action on a date at all.
    most_states
        Limit of states on one date before merging.

    Raises
    ------
    GraphTooLargeError
        When the limit is passed.
    """
    return compile_graphs(automata, np.array([starts], dtype=np.int64), may, most_states=most_states)[0]


def compile_graphs(
    automata: Sequence[Automaton], starts: IntArray, may: BoolArray, *, most_states: int = 200_000
) -> tuple[LineGraph, ...]:
    """Return one graph per row of (P, R) ``starts``: they share everything but the state they begin in."""
    begins = starts.reshape(len(starts), len(automata))
    merged, places = _joined(automata[:1], begins[:, :1], may, most_states)
    for number, machine in enumerate(automata[1:], 1):
        merged, places = _joined([merged, machine], np.stack([places, begins[:, number]], axis=1), may, most_states)
    graph = _numbered(merged)
    return tuple(graph._replace(start=int(begin) if begin >= 0 else graph.states) for begin in places)


def _joined(
    machines: Sequence[Automaton | _Merged], starts: IntArray, may: BoolArray, most_states: int
) -> tuple[_Merged, IntArray]:
    """Return the machines as one, merged, and (P,) the state each row of (P, R) ``starts`` is in (-1: none is legal).

    Rules are joined one after the other, each product merged before the next: counts that only bind late would
    multiply to millions of states otherwise, of which the merging leaves thousands.
    """
    alive = (starts >= 0).all(axis=1)
    begins, place_of = np.unique(starts[alive], axis=0, return_inverse=True)
    layers, ends = _forward(machines, begins, may, most_states)
    final = np.zeros(len(ends))
    for number, machine in enumerate(machines):
        final += machine.final[ends[:, number]]
    merged, begin = _merged(layers, final)
    places = np.full(len(starts), -1, dtype=np.int64)
    places[alive] = begin[place_of.reshape(-1)]
    return merged, places


def _forward(
    automata: Sequence[Automaton | _Merged], states: IntArray, may: BoolArray, most_states: int
) -> tuple[list[_Layer], IntArray]:
    """Walk all automata together from (n, R) ``states``; return the layers and (m, R) the states at the end."""
    radix = np.cumprod([1, *(machine.states for machine in automata)], dtype=np.int64)
    layers = []
    for date in range(len(may)):
        class_of, chosen = _classes(automata, may[date], date)
        allowed = np.ones((len(states), len(chosen)), dtype=np.bool_)
        key = np.zeros((len(states), len(chosen)), dtype=np.int64)
        step = np.zeros((len(states), len(chosen)))
        for number, machine in enumerate(automata):
            here = states[:, number]
            after = machine.after[date][:, chosen][here]
            allowed &= after >= 0
            key += after * radix[number]
            if machine.cost is not None:
                step += machine.cost[date][:, chosen][here]
        allowed &= np.isfinite(step)
        keys, place = np.unique(key[allowed], return_inverse=True)
        if len(keys) > most_states:
            raise GraphTooLargeError(date, len(keys))
        following = np.full(key.shape, -1, dtype=np.int64)
        following[allowed] = place
        layers.append(_Layer(class_of, following, np.where(allowed, step, 0.0)))
        states = keys[:, None] // radix[:-1] % (radix[1:] // radix[:-1])
    return layers, states


def _classes(automata: Sequence[Automaton | _Merged], may: BoolArray, date: int) -> tuple[IntArray, IntArray]:
    """Return (A,) the class of each action on a date by what the automata make of it, and one action of each class."""
    class_of = np.full(len(may), NEVER, dtype=np.int64)
    usable = np.flatnonzero(may)
    parts = [machine.after[date][:, usable].astype(np.float64) for machine in automata]
    parts += [machine.cost[date][:, usable] for machine in automata if machine.cost is not None]
    if not parts or not usable.size:
        class_of[usable] = np.arange(len(usable))
        return class_of, usable
    one_of, class_of[usable] = _alike(np.concatenate(parts).T)
    return class_of, usable[one_of]


def _alike(rows: FloatArray) -> tuple[IntArray, IntArray]:
    """Return the place of the first of each different row of (n, m) ``rows``, and (n,) the number of each row's kind.

    Rows are few and long: read as bytes they are told apart many times faster than by sorting columns.
    """
    kinds: dict[bytes, int] = {}
    place = [kinds.setdefault(row.tobytes(), len(kinds)) for row in np.ascontiguousarray(rows) + 0.0]
    numbers = np.array(place, dtype=np.int64)
    return np.unique(numbers, return_index=True)[1], numbers


def _merged(layers: list[_Layer], final: FloatArray) -> tuple[_Merged, IntArray]:
    """Drop what cannot end, merge what has the same future; return also the state of each beginning (-1: none)."""
    ends, place = np.unique(final, return_inverse=True)
    alive = np.isfinite(ends)
    ends, place = ends[alive], np.where(np.isfinite(final), place.reshape(-1), -1)
    kept: list[_Layer] = []
    for layer in reversed(layers):
        following = np.where(layer.after >= 0, np.append(place, -1)[layer.after], -1)
        step = np.where(following >= 0, layer.step, 0.0)
        rows, place = _distinct(following, step)
        kept.append(_narrowed(layer.class_of, following[rows], step[rows]))
    kept.reverse()
    # A column for what is not allowed, where the number of the class is ``NEVER``.
    tables = [np.pad(layer.after, ((0, 0), (0, 1)), constant_values=-1)[:, layer.class_of] for layer in kept]
    costs = [np.pad(layer.step, ((0, 0), (0, 1)))[:, layer.class_of] for layer in kept]
    most = max([1, len(ends), *(len(layer.after) for layer in kept)])
    return _Merged(kept, ends, tables, costs, most), place


def _numbered(merged: _Merged) -> LineGraph:
    """Number states and edges through all dates."""
    kept, ends = merged.layers, merged.final
    sizes = [len(layer.after) for layer in kept] + [len(ends)]
    first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    nowhere = int(first[-1])
    after = [np.where(layer.after >= 0, layer.after + first[d + 1], nowhere) for d, layer in enumerate(kept)]
    steps = np.concatenate([layer.step.ravel() for layer in kept]) if kept else np.zeros(0)
    return LineGraph(
        start=nowhere,
        first=first,
        class_of=np.array([layer.class_of for layer in kept], dtype=np.int32),
        edge_first=np.concatenate([[0], np.cumsum([layer.after.size for layer in kept])]).astype(np.int64),
        after=np.concatenate([part.ravel() for part in after]).astype(np.int32) if after else np.zeros(0, np.int32),
        step=steps if steps.any() else np.zeros(0),
        final=ends,
    )


def _distinct(following: IntArray, step: FloatArray) -> tuple[IntArray, IntArray]:
    """Return one row number of each different living row, and of each row its place among them (-1: dead)."""
    alive = np.flatnonzero((following >= 0).any(axis=1))
    table = np.ascontiguousarray(np.concatenate([following[alive].view(np.float64), step[alive]], axis=1))
    raw = table.view(np.dtype((np.void, table.dtype.itemsize * table.shape[1]))).reshape(-1)
    _, one_of, place = np.unique(raw, return_index=True, return_inverse=True)
    places = np.full(len(following), -1, dtype=np.int64)
    places[alive] = place.reshape(-1)
    return alive[one_of], places


def _narrowed(class_of: IntArray, after: IntArray, step: FloatArray) -> _Layer:
    """Return the layer with classes merged that have become the same, and those that lead nowhere dropped."""
    columns = np.concatenate([after.astype(np.float64), step]).T
    one_of, place = _alike(columns)
    dead = (after[:, one_of] < 0).all(axis=0)
    number = np.where(dead, NEVER, np.cumsum(~dead) - 1)
    renamed = np.append(number[place], NEVER)[class_of]
    chosen = one_of[~dead]
    return _Layer(renamed, after[:, chosen], step[:, chosen])
