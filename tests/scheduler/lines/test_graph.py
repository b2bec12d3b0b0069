"""The graph of lines: against all lines written out, for random machines."""

import itertools

import numpy as np
import pytest

from scheduler.lines import GraphTooLargeError, best_line, compile_graph
from scheduler.rules import FORBIDDEN, Automaton

DATES, ACTIONS = 4, 3


def machine(rng: np.random.Generator, states: int) -> Automaton:
    after = rng.integers(FORBIDDEN, states, (DATES, states, ACTIONS)).astype(np.int32)
    cost = rng.choice([0.0, 1.0, 2.5], (DATES, states, ACTIONS)) if rng.random() < 0.5 else None
    final = rng.choice([0.0, 3.0, np.inf], states, p=[0.6, 0.2, 0.2])
    return Automaton(after, cost, final)


def walked(automaton: Automaton, start: int, line: tuple[int, ...]) -> float:
    state, total = start, 0.0
    for date, action in enumerate(line):
        following = int(automaton.after[date, state, action])
        if following == FORBIDDEN:
            return np.inf
        total += 0.0 if automaton.cost is None else float(automaton.cost[date, state, action])
        state = following
    return total + float(automaton.final[state])


@pytest.mark.parametrize("seed", range(40))
def test_best_line_is_the_cheapest_of_all_lines_written_out(seed: int) -> None:
    rng = np.random.default_rng(seed)
    machines = [machine(rng, int(size)) for size in rng.integers(1, 5, rng.integers(1, 4))]
    starts = [int(rng.integers(part.states)) for part in machines]
    may = rng.random((DATES, ACTIONS)) < 0.9
    price = rng.normal(size=(DATES, ACTIONS))

    def total(line: tuple[int, ...]) -> float:
        if not all(may[date, action] for date, action in enumerate(line)):
            return np.inf
        rules = sum(walked(part, start, line) for part, start in zip(machines, starts, strict=True))
        return rules + float(sum(price[date, action] for date, action in enumerate(line)))

    everything = {line: total(line) for line in itertools.product(range(ACTIONS), repeat=DATES)}
    graph = compile_graph(machines, starts, may)
    cost, line = best_line(graph, price)
    assert cost == pytest.approx(min(everything.values()))
    assert graph.legal == np.isfinite(cost)
    if np.isfinite(cost):
        assert everything[tuple((line + 1).tolist())] == pytest.approx(cost)


def test_states_with_the_same_future_are_one() -> None:
    # a counter nobody asks about at the end: all its states mean the same
    after = np.minimum(np.arange(5)[:, None] + [0, 1, 1], 4).astype(np.int32)
    counter = Automaton(np.broadcast_to(after, (DATES, 5, ACTIONS)), None, np.zeros(5))
    graph = compile_graph([counter], [0], np.ones((DATES, ACTIONS), dtype=np.bool_))
    assert graph.states == DATES + 1
    assert np.unique(graph.class_of).tolist() == [0]  # and all actions have the same consequences


def test_a_limit_of_states_ends_in_an_error() -> None:
    after = np.arange(4)[:, None] * 2 % 4 + [0, 1, 1]
    bits = Automaton(np.broadcast_to(after.astype(np.int32), (DATES, 4, ACTIONS)), None, np.zeros(4))
    with pytest.raises(GraphTooLargeError, match="4 states on date 1"):
        compile_graph([bits], [0], np.ones((DATES, ACTIONS), dtype=np.bool_), most_states=3)
