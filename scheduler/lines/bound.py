"""What no roster can beat: the relaxation in which people may follow several lines in parts.

The price of cover is convex, so with everybody's line replaced by a mixture of legal lines the problem is convex, and
its optimum is what column generation over all lines would find. It is approached from the primal side: one person after
the other moves part of the mixture from the line that is worst at the present marginal prices to the best of all legal
lines (pairwise Frank-Wolfe steps by blocks; Lacoste-Julien and Jaggi 2015). The kinks of the price are rounded by a
soft maximum (Nesterov 2005) that is sharpened as it goes. The marginal prices of any mixture are feasible dual prices:
they and everybody's best line against them give a Lagrangian bound that holds whatever the rounding.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from scenarios.checks import FloatArray, IntArray
from scheduler.lines.board import Scratch, cheapest_line, price_menu, rule_cost, scratch_for
from scheduler.lines.flat import Flat, ShortArray, Slots

MOST_PARTS = 48
"""Lines in one person's mixture."""
SHARPEST = 0.1
"""Rounding of kinks at the end, in people."""
EACH = 10
"""Passes between two evaluations of the bound."""
_FAR = 30.0
_TINY = 1e-7


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What the relaxation says.

    Attributes
    ----------
    value
        The best bound seen.
    lines
        (N, D) everybody's heaviest line (``OFF`` for free).
    prices
        (T, C) what one person more of each class costs in each slot, where the bound was best.
    """

    value: float
    lines: IntArray
    prices: FloatArray


class Mixture(NamedTuple):
    """Everybody's lines in parts, and what they add up to.

    Attributes
    ----------
    parts
        (N, M, D) actions of the lines; unused ones come last.
    share, extra
        (N, M) part of each line, and what its soft rules cost.
    used
        (N,) number of lines in use.
    lack, at_work
        (T, K) and (T,) as on a board, in fractions.
    price
        (T, C) marginal price of one person more.
    bend
        (T, C) its derivative.
    constant
        (T,) what the price leaves of the cost of a slot: cost of any cover is at least ``constant + price @ people``.
    change
        (T,) room to count people who come or go; zero between uses.
    """

    parts: ShortArray
    share: FloatArray
    extra: FloatArray
    used: IntArray
    lack: FloatArray
    at_work: FloatArray
    price: FloatArray
    bend: FloatArray
    constant: FloatArray
    change: FloatArray


class Pieces(NamedTuple):
    """(curves, P) where the slope of the prices of unmet positions and idle people rises, and by how much."""

    under_at: FloatArray
    under: FloatArray
    over_at: FloatArray
    over: FloatArray


def lower_bound(flat: Flat, passes: int, *, stop: Callable[[], bool] = lambda: False) -> Relaxed:
    """Return a bound after ``passes`` passes over everybody; more passes, a better bound.

    Everybody must have a legal line.
    """
    slots = flat.slots
    pieces = Pieces(*_bends(slots.under), *_bends(slots.over))
    scratch = scratch_for(flat)
    mixture = _empty(flat)
    people = len(flat.crew.kind)
    blunt = max(0.25, 0.02 * float(slots.wanted.sum()) / max(len(slots.wanted), 1))
    sharp = [max(SHARPEST, blunt * (SHARPEST / blunt) ** (number / max(passes - 1, 1))) for number in range(passes)]
    best, prices = -np.inf, mixture.price
    for number, softness in enumerate([blunt, *sharp]):
        price_slots(slots, pieces, mixture, softness)
        if number % EACH == 0 or number == passes:
            value = dual_value(flat, mixture, scratch)
            if value > best:
                best, prices = value, mixture.price.copy()
        if number < passes:
            step_all(flat, pieces, mixture, softness, scratch)
        if number and stop():
            break
    heaviest = mixture.parts[np.arange(people), mixture.share.argmax(axis=1)].astype(np.int64) - 1
    return Relaxed(best, heaviest, prices)


def _bends(table: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return where the slope of each row's prices rises, and by how much, from the same number of places."""
    slopes = np.diff(table, axis=1)
    rises = np.diff(slopes, axis=1, prepend=0.0)
    most = max(int((rises > 0).sum(axis=1).max(initial=0)), 1)
    at, by = np.zeros((len(table), most)), np.zeros((len(table), most))
    for row, rise in enumerate(rises):
        places = np.flatnonzero(rise > 0)
        at[row, : len(places)], by[row, : len(places)] = places, rise[places]
    return at, by


def _empty(flat: Flat) -> Mixture:
    people, dates = flat.crew.own_row.shape
    slots = flat.slots
    shape = len(slots.wanted), len(slots.counts_for)
    return Mixture(
        np.zeros((people, MOST_PARTS, dates), dtype=np.int32),
        np.zeros((people, MOST_PARTS)),
        np.zeros((people, MOST_PARTS)),
        np.zeros(people, dtype=np.int64),
        slots.lacking.astype(np.float64),
        np.zeros(shape[0]),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape[0]),
        np.zeros(shape[0]),
    )


@njit(cache=True, nogil=True)
def price_slots(slots: Slots, pieces: Pieces, mixture: Mixture, softness: float) -> None:
    """Set the marginal prices of every slot."""
    weight = np.zeros(slots.lacking.shape[1])
    for slot in range(len(slots.wanted)):
        price_slot(slots, pieces, mixture, softness, slot, weight)


@njit(cache=True, nogil=True)
def price_slot(slots: Slots, pieces: Pieces, mixture: Mixture, softness: float, slot: int, weight: FloatArray) -> None:
    """Set price, bend and constant of one slot: the slopes of the curves, shared out to the subsets that are short."""
    lack = mixture.lack[slot]
    most = 0.0
    for subset in range(len(lack)):
        most = max(most, lack[subset])
    total = np.exp(-most / softness) if most < _FAR * softness else 0.0
    for subset in range(len(lack)):
        weight[subset] = np.exp((lack[subset] - most) / softness) if most - lack[subset] < _FAR * softness else 0.0
        total += weight[subset]
    unmet = most + softness * np.log(total)
    idle = max(mixture.at_work[slot] - slots.wanted[slot] + unmet, 0.0)
    curve = slots.curve[slot]
    short, short_from = _slope(pieces.under_at[curve], pieces.under[curve], unmet, softness)
    loose, loose_from = _slope(pieces.over_at[curve], pieces.over[curve], idle, softness)
    constant = -loose * slots.wanted[slot] - short_from - loose_from
    for subset in range(len(lack)):
        weight[subset] /= total
        constant += (short + loose) * weight[subset] * slots.lacking[slot, subset]
    mixture.constant[slot] = constant
    for seat in range(len(slots.counts_for)):
        touched = 0.0
        for subset in range(len(lack)):
            touched += weight[subset] * slots.counts_for[seat, subset]
        mixture.price[slot, seat] = loose - (short + loose) * touched
        mixture.bend[slot, seat] = (short + loose) * touched * (1.0 - touched) / softness


@njit(cache=True, nogil=True)
def _slope(at: FloatArray, by: FloatArray, units: float, softness: float) -> tuple[float, float]:
    """Return the rounded slope of a curve, and what the tangent of that slope lies below it at 0 units."""
    slope, below = 0.0, 0.0
    for piece in range(len(at)):
        part = by[piece]
        if at[piece] > 0.0:
            part /= 1.0 + np.exp(min(max((at[piece] - units) / softness, -_FAR), _FAR))
        slope += part
        below += part * at[piece]
    return slope, below


@njit(cache=True, nogil=True)
def _price_actions(flat: Flat, mixture: Mixture, person: int, scratch: Scratch) -> None:
    """Fill ``scratch.price`` with what actions cost a person at the mixture's prices."""
    seat, slots = flat.crew.seat[person], len(flat.slots.wanted)
    total = 0.0
    for slot in range(slots):
        scratch.running[slot] = total
        total += mixture.price[slot, seat]
    scratch.running[slots] = total
    price_menu(flat, person, scratch)


@njit(cache=True, nogil=True)
def dual_value(flat: Flat, mixture: Mixture, scratch: Scratch) -> float:
    """Return the Lagrangian bound at the mixture's prices."""
    crew = flat.crew
    total = float(mixture.constant.sum())
    line = np.zeros(crew.own_row.shape[1], dtype=np.int64)
    for person in range(len(crew.kind)):
        _price_actions(flat, mixture, person, scratch)
        total += cheapest_line(flat.graphs, crew.kind[person], crew.start[person], scratch, line)
    return total


@njit(cache=True, nogil=True)
def step_all(flat: Flat, pieces: Pieces, mixture: Mixture, softness: float, scratch: Scratch) -> None:
    """Let everybody move one part of the mixture, or begin it with the best line."""
    crew, graphs = flat.crew, flat.graphs
    dates = crew.own_row.shape[1]
    line, free = np.zeros(dates, np.int64), np.zeros(dates, np.int32)
    for person in range(len(crew.kind)):
        _price_actions(flat, mixture, person, scratch)
        best = cheapest_line(graphs, crew.kind[person], crew.start[person], scratch, line)
        used = mixture.used[person]
        worst, away, same = -np.inf, -1, -1
        for part in range(used):
            cost = mixture.extra[person, part]
            equal = True
            for date in range(dates):
                cost += scratch.price[date, mixture.parts[person, part, date]]
                equal = equal and mixture.parts[person, part, date] == line[date]
            if equal:
                same = part
            if cost > worst:
                worst, away = cost, part
        if used == 0:
            extra = rule_cost(graphs, crew.kind[person], crew.start[person], line)
            _new_part(mixture, person, line, extra)
            mixture.share[person, 0] = 1.0
            _shift(flat, pieces, mixture, softness, crew.seat[person], free, mixture.parts[person, 0], 1.0)
        elif worst - best > _TINY * (1.0 + abs(best)) and away != same:
            if same < 0:
                if used == MOST_PARTS:
                    _drop_least(flat, pieces, mixture, softness, person)
                    away = int(np.argmax(mixture.share[person]))
                same = mixture.used[person]
                _new_part(mixture, person, line, rule_cost(graphs, crew.kind[person], crew.start[person], line))
            _move(flat, pieces, mixture, softness, person, away, same, worst - best)


@njit(cache=True, nogil=True)
def _new_part(mixture: Mixture, person: int, line: IntArray, extra: float) -> None:
    part = mixture.used[person]
    for date in range(len(line)):
        mixture.parts[person, part, date] = line[date]
    mixture.extra[person, part] = extra
    mixture.share[person, part] = 0.0
    mixture.used[person] += 1


@njit(cache=True, nogil=True)
def _drop_least(flat: Flat, pieces: Pieces, mixture: Mixture, softness: float, person: int) -> None:
    """Give the least part to the largest one."""
    share = mixture.share[person, : mixture.used[person]]
    least, largest = int(np.argmin(share)), int(np.argmax(share))
    parts = mixture.parts[person]
    _shift(flat, pieces, mixture, softness, flat.crew.seat[person], parts[least], parts[largest], share[least])
    share[largest] += share[least]
    _forget(mixture, person, least)


@njit(cache=True, nogil=True)
def _forget(mixture: Mixture, person: int, part: int) -> None:
    """Take a part out of use; the last one takes its place."""
    last = mixture.used[person] - 1
    mixture.parts[person, part] = mixture.parts[person, last]
    mixture.share[person, part] = mixture.share[person, last]
    mixture.extra[person, part] = mixture.extra[person, last]
    mixture.share[person, last] = 0.0
    mixture.used[person] = last


@njit(cache=True, nogil=True)
def _move(
    flat: Flat,
    pieces: Pieces,
    mixture: Mixture,
    softness: float,
    person: int,
    away: int,
    to: int,
    gain: float,
) -> None:
    """Move as much of part ``away`` to part ``to`` as pays: a Newton step, corrected by what the prices then say."""
    seat = flat.crew.seat[person]
    old, new = mixture.parts[person, away], mixture.parts[person, to]
    most = mixture.share[person, away]
    bend = _along(flat, mixture.bend, seat, old, new, True)
    before = _along(flat, mixture.price, seat, old, new, False)
    moved = most if bend * most <= gain else gain / bend
    _shift(flat, pieces, mixture, softness, seat, old, new, moved)
    for _ in range(3):
        slope = _along(flat, mixture.price, seat, old, new, False) - before - gain
        if abs(slope) <= 0.25 * gain or (slope < 0.0 and moved == most):
            break
        factor = gain / (gain + slope) if slope > -0.75 * gain else 4.0
        following = min(most, moved * factor)
        _shift(flat, pieces, mixture, softness, seat, old, new, following - moved)
        moved = following
    mixture.share[person, away] -= moved
    mixture.share[person, to] += moved
    if mixture.share[person, away] <= _TINY:
        rest = mixture.share[person, away]
        _shift(flat, pieces, mixture, softness, seat, old, new, rest)
        mixture.share[person, to] += rest
        _forget(mixture, person, away)


@njit(cache=True, nogil=True)
def _along(flat: Flat, amount: FloatArray, seat: int, old: ShortArray, new: ShortArray, squared: bool) -> float:
    """Return (T, C) ``amount`` summed over the slots that ``new`` adds, less (``squared``: plus) those it gives up."""
    slots = flat.slots
    duties = flat.crew.own.shape[1] - 1
    total = 0.0
    for date in range(len(old)):
        if old[date] == new[date]:
            continue
        for sign, action in ((1.0 if squared else -1.0, old[date]), (1.0, new[date])):
            if action > 0:
                place = date * duties + action - 1
                for run in range(slots.run_first[place], slots.run_first[place + 1]):
                    for slot in range(slots.run_begin[run], slots.run_end[run]):
                        total += sign * amount[slot, seat]
    return total


@njit(cache=True, nogil=True)
def _shift(
    flat: Flat,
    pieces: Pieces,
    mixture: Mixture,
    softness: float,
    seat: int,
    old: ShortArray,
    new: ShortArray,
    share: float,
) -> None:
    """Move ``share`` of a person from one line to another, price the slots anew."""
    slots, change = flat.slots, mixture.change
    duties = flat.crew.own.shape[1] - 1
    weight = np.empty(mixture.lack.shape[1])
    for date in range(len(old)):
        if old[date] == new[date]:
            continue
        lowest, end = len(change), 0
        for amount, action in ((-share, old[date]), (share, new[date])):
            if action > 0:
                place = date * duties + action - 1
                for run in range(slots.run_first[place], slots.run_first[place + 1]):
                    lowest, end = min(lowest, slots.run_begin[run]), max(end, slots.run_end[run])
                    for slot in range(slots.run_begin[run], slots.run_end[run]):
                        change[slot] += amount
        for slot in range(lowest, end):
            if change[slot] != 0.0:
                mixture.at_work[slot] += change[slot]
                for subset in range(len(weight)):
                    mixture.lack[slot, subset] -= change[slot] * slots.counts_for[seat, subset]
                change[slot] = 0.0
                price_slot(slots, pieces, mixture, softness, slot, weight)
