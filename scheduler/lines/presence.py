"""People who must be there, written into the cover of a problem: every search then prices them as it goes.

A lead in every hour is a slot that only leads count in, beside the slots that want hands; so each rule becomes a skill
of its own and people are told apart by whether they hold it.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scenarios.checks import BoolArray, IntArray
from scheduler.lines.problem import Cover, Curve, Problem
from scheduler.rules import Asked, Frame, HeadCount, Presence
from scheduler.rules.team import People


def with_presence(problem: Problem, rules: Sequence[Presence | HeadCount], must_price: float) -> Problem:
    """Return ``problem`` with the leasts of ``rules`` as slots of its cover.

    Rules that hold only beside somebody, and the most of a head count, cannot be said so: they are left out.

    Parameters
    ----------
    must_price
        What a unit of a hard rule costs; more than anything else can.
    """
    asked = [(rule, _asked(rule, problem.frame)) for rule in rules]
    asked = [(rule, slots) for rule, slots in asked if slots]
    if not asked:
        return problem
    holds = np.array([[_holds(rule, n) for rule, _ in asked] for n in range(len(problem.people))], dtype=np.bool_)
    seats, seat_of = _told_apart(problem, holds)
    people = tuple(replace(person, seat=int(seat)) for person, seat in zip(problem.people, seat_of, strict=True))
    prices = [must_price if rule.weight.per_unit is None else rule.weight.per_unit for rule, _ in asked]
    cover = _widened(problem.cover, seats, [slots for _, slots in asked], prices)
    return replace(problem, people=people, cover=cover)


def _asked(rule: Presence | HeadCount, frame: Frame) -> list[Asked]:
    if isinstance(rule, HeadCount):
        return list(rule.asked(frame))
    return [] if rule.beside else list(rule.asked())


def _holds(rule: Presence | HeadCount, person: int) -> bool:
    members: People = rule.members if isinstance(rule, HeadCount) else rule.holders
    return person in members


def _told_apart(problem: Problem, holds: BoolArray) -> tuple[BoolArray, IntArray]:
    """Return (C, Q + R) the classes of people by old seat and the rules they count for, and (N,) each one's class."""
    old = problem.cover.seats[[person.seat for person in problem.people]]
    seats, seat_of = np.unique(np.column_stack([old, holds]), axis=0, return_inverse=True)
    return seats.astype(np.bool_), seat_of.reshape(-1).astype(np.int64)


def _widened(cover: Cover, seats: BoolArray, asked: Sequence[Sequence[Asked]], prices: Sequence[float]) -> Cover:
    """Return ``cover`` with a skill for every rule and a slot for everything it asks."""
    slots, skills = cover.wanted.shape
    wanted = [np.pad(cover.wanted, ((0, 0), (0, len(asked))))]
    curves = {(under, over): number for number, (under, over) in enumerate(zip(cover.under, cover.over, strict=True))}
    curve_of = [cover.curve_of]
    places: list[IntArray] = [np.repeat(np.arange(len(cover.covered_first) - 1), np.diff(cover.covered_first))]
    covered: list[IntArray] = [cover.covered]
    for number, (rule_asked, price) in enumerate(zip(asked, prices, strict=True)):
        rows = np.zeros((len(rule_asked), skills + len(asked)), dtype=np.int64)
        rows[:, skills + number] = [one.least for one in rule_asked]
        wanted.append(rows)
        kinds = [(Curve(((0.0, price * one.worth),)), Curve()) for one in rule_asked]
        curve_of.append(np.array([curves.setdefault(kind, len(curves)) for kind in kinds], dtype=np.int64))
        for slot, one in enumerate(rule_asked, start=slots):
            places.append(np.array(one.places, dtype=np.int64))
            covered.append(np.full(len(one.places), slot, dtype=np.int64))
        slots += len(rule_asked)
    place = np.concatenate(places)
    order = np.argsort(place, kind="stable")
    counts = np.bincount(place, minlength=len(cover.covered_first) - 1)
    under, over = zip(*curves, strict=True)
    return Cover(
        wanted=np.concatenate(wanted),
        covered_first=np.append(0, np.cumsum(counts)).astype(np.int64),
        covered=np.concatenate(covered)[order],
        seats=seats,
        under=under,
        over=over,
        curve_of=np.concatenate(curve_of),
    )
