"""A team's roster as a problem, whatever it was read from: people, the rules of their lines, and the cover they owe.

A *roster* is (N, D) int64: of every person and date the index of a duty, or ``OFF``. What it costs is the price of
cover above and below what is wanted, people's own prices of what they are given, and their soft rules. ``score`` says
so in plain numpy and is what every search is judged by.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np

from scenarios import PlanningError
from scenarios.checks import BoolArray, FloatArray, IntArray
from scheduler.rules import NO_HISTORY, OFF, Fault, Frame, History, LineRule, end_to_end

MOST_SUBSETS = 64
"""Skill subsets a slot may have: those of six skills, or of more where few classes of people share them."""
MOST_SIDE = 12
"""Skills or classes of people whose subsets are still written out to find the few that count."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who gets a line.

    Parameters
    ----------
    rules
        What the line must keep; people alike share the very same tuple, and with it the compiled rules.
    may
        (D, A) whether an action (0 = free, 1 + duty) can be given on a date: contract, leave, what is pinned.
    own
        (D, A) what an action costs beside cover and rules: wishes, pay, the price of a change.
    seat
        Row of ``Cover.seats``: which skills the person counts for.
    """

    name: str
    rules: tuple[LineRule, ...]
    may: BoolArray
    own: FloatArray
    seat: int = 0
    history: History = NO_HISTORY


@dataclass(frozen=True, slots=True)
class Curve:
    """A convex price of being off by ``x`` >= 0 people: the sum of ``price * max(0, x - beyond)`` over its pieces.

    A minimum that must be held is a piece with a price no other cost can reach.
    """

    pieces: tuple[tuple[float, float], ...] = ()

    def of(self, units: FloatArray) -> FloatArray:
        """Return the price of ``units`` people."""
        total = np.zeros(np.shape(units))
        for beyond, price in self.pieces:
            total += price * np.maximum(units - beyond, 0.0)
        return total


@dataclass(frozen=True)
class Cover:
    """What is wanted when, by skill, and what each person at work counts for.

    A *slot* is anything that counts people: an interval of a date, a duty of a date, with or without a skill. The
    unmet positions of a slot are the largest shortage over all subsets of its skills (Hall 1935), so that nobody has to
    be allocated; the idle people are those at work beyond the positions met.

    Parameters
    ----------
    wanted
        (T, Q) int64 positions of every slot and skill.
    covered_first, covered
        (D * S + 1,) and flat: the slots that duty ``s`` of date ``d`` counts in are those from place ``d * S + s`` on.
    seats
        (C, Q) bool, which skills each class of people counts for; each for one at least.
    under, over
        Price of unmet positions and of idle people, by curve.
    curve_of
        (T,) curve (index into ``under`` and ``over``) of every slot.
    """

    wanted: IntArray
    covered_first: IntArray
    covered: IntArray
    seats: BoolArray
    under: tuple[Curve, ...]
    over: tuple[Curve, ...]
    curve_of: IntArray

    @cached_property
    def subsets(self) -> tuple[tuple[BoolArray, BoolArray], ...]:
        """The skill subsets that can be the tightest, as ((Q,) skills, (C,) classes that count for any of them)."""
        side = min(self.seats.shape)
        if side > MOST_SIDE:
            raise PlanningError("out_of_range", thing="Cover", field="skills", value=side, least=1, most=MOST_SIDE)
        chosen = dict(self._closed_subsets())
        if len(chosen) > MOST_SUBSETS:
            raise PlanningError(
                "out_of_range", thing="Cover", field="subsets", value=len(chosen), least=1, most=MOST_SUBSETS
            )
        return tuple((np.array(skills), np.array(classes)) for classes, skills in chosen.items())

    def _closed_subsets(self) -> Iterator[tuple[tuple[bool, ...], tuple[bool, ...]]]:
        """Yield (classes, skills) with every skill that needs no further class; from the smaller side of the two."""
        classes, skills = self.seats.shape
        by_skill = skills <= classes
        for size in range(min(classes, skills) + 1):
            for chosen in combinations(range(skills if by_skill else classes), size):
                some = np.isin(np.arange(skills if by_skill else classes), chosen)
                reached = np.asarray(self.seats[:, some].any(axis=1) if by_skill else some)
                closed = np.asarray(~self.seats[~reached].any(axis=0))
                if closed.any():
                    touched = np.asarray(self.seats[:, closed].any(axis=1))
                    yield tuple(touched.tolist()), tuple(closed.tolist())

    def slots_of(self, place: int) -> IntArray:
        """Return the slots that a duty of a date (``d * S + s``) counts in."""
        return self.covered[self.covered_first[place] : self.covered_first[place + 1]]


@dataclass(frozen=True)
class Problem:
    """Everything a search needs to know.

    Parameters
    ----------
    shapes, shape
        Where many duties are alike to every rule (same times, other breaks or another group): the frame of what rules
        tell apart, and (S,) which of its duties each duty is. ``None``: rules read ``frame`` itself.
    """

    frame: Frame
    people: tuple[Person, ...]
    cover: Cover
    name: str = "team"
    shapes: Frame | None = None
    shape: IntArray | None = None

    def __post_init__(self) -> None:
        dates, actions = self.frame.dates, self.frame.actions
        for person in self.people:
            for what in ("may", "own"):
                found = getattr(person, what).shape
                if found != (dates, actions):
                    raise PlanningError(
                        "wrong_shape", thing=f"Person {person.name}", field=what, value=found, expected=(dates, actions)
                    )
            if not 0 <= person.seat < len(self.cover.seats):
                raise PlanningError(
                    "out_of_range", thing=f"Person {person.name}", field="seat", value=person.seat,
                    least=0, most=len(self.cover.seats) - 1,
                )  # fmt: skip
        places = dates * (actions - 1) + 1
        if self.cover.covered_first.shape != (places,):
            raise PlanningError(
                "wrong_shape", thing="Cover", field="covered_first",
                value=self.cover.covered_first.shape, expected=(places,),
            )  # fmt: skip

    @property
    def rule_frame(self) -> Frame:
        """The frame that rules read."""
        return self.frame if self.shapes is None else self.shapes

    def shaped(self, line: IntArray) -> IntArray:
        """Return (D,) ``line`` as rules read it."""
        return line if self.shape is None else np.append(self.shape, OFF)[line]


@dataclass(frozen=True, slots=True)
class PersonFault:
    """A rule one person's line does not keep; ``rule`` is ``None`` where the line takes what it may not."""

    person: int
    rule: LineRule | None
    fault: Fault


@dataclass(frozen=True, slots=True)
class Score:
    """What a roster costs, part by part, and the hard faults it has.

    Attributes
    ----------
    under, over
        (T,) unmet positions and idle people.
    """

    cover: float
    own: float
    rules: float
    under: IntArray
    over: IntArray
    faults: tuple[PersonFault, ...] = field(default=())

    @property
    def total(self) -> float:
        """All of it; hard faults are not priced."""
        return self.cover + self.own + self.rules


def score(problem: Problem, roster: IntArray) -> Score:
    """Return what (N, D) ``roster`` costs."""
    under, over = unmet_and_idle(problem.cover, on_duty(problem, roster))
    faults, own, rules = [], 0.0, 0.0
    dates = np.arange(problem.frame.dates)
    for number, (person, line) in enumerate(zip(problem.people, roster, strict=True)):
        denied = np.flatnonzero(~person.may[dates, line + 1])
        faults += [PersonFault(number, None, Fault(int(date), 1, 0, 1)) for date in denied]
        own += float(person.own[dates, line + 1].sum())
        for rule in person.rules:
            found = list(rule.faults(problem.rule_frame, problem.shaped(line), person.history))
            if rule.weight.hard:
                faults += [PersonFault(number, rule, fault) for fault in found]
            else:
                rules += sum(rule.weight.of(fault.units) for fault in found)
    return Score(cover_cost(problem.cover, under, over), own, rules, under, over, tuple(faults))


def on_duty(problem: Problem, roster: IntArray) -> IntArray:
    """Return (T, C) how many of each class of people are at work in every slot."""
    cover, duties = problem.cover, len(problem.frame.duties)
    count = np.zeros((len(cover.wanted), len(cover.seats)), dtype=np.int64)
    for person, line in zip(problem.people, roster, strict=True):
        for date in np.flatnonzero(line >= 0):
            count[cover.slots_of(int(date) * duties + int(line[date])), person.seat] += 1
    return count


def unmet_and_idle(cover: Cover, count: IntArray) -> tuple[IntArray, IntArray]:
    """Return (T,) unmet positions and (T,) idle people where (T, C) ``count`` are at work."""
    unmet = np.zeros(len(count), dtype=np.int64)
    for skills, classes in cover.subsets:
        unmet = np.maximum(unmet, cover.wanted[:, skills].sum(axis=1) - count[:, classes].sum(axis=1))
    return unmet, count.sum(axis=1) - cover.wanted.sum(axis=1) + unmet


def cover_cost(cover: Cover, under: IntArray, over: IntArray) -> float:
    """Return the price of (T,) unmet positions and idle people."""
    total = 0.0
    for number, (short, idle) in enumerate(zip(cover.under, cover.over, strict=True)):
        mine = cover.curve_of == number
        total += float(short.of(under[mine]).sum() + idle.of(over[mine]).sum())
    return total


def covered_table(slots: Sequence[Sequence[IntArray]]) -> tuple[IntArray, IntArray]:
    """Return ``covered_first`` and ``covered`` of the slots of every date's every duty."""
    return end_to_end([np.asarray(part, dtype=np.int64) for date in slots for part in date])
