"""Small teams drawn at random, and their cheapest roster by writing all out."""

import itertools

import numpy as np

from scheduler.lines import Cover, Curve, Person, Problem, covered_table, score
from scheduler.rules import OFF, SHIFTS, Count, Duty, Frame, Rest, Run, Weight, Wish, Wishes, limited, whole

DUTIES = (Duty("early", 360, 840, 480), Duty("late", 840, 1320, 480))


def team(rng: np.random.Generator, people: int, dates: int) -> Problem:
    """Return a team with two skills, rest, a limit of shifts, a soft run, wishes and leave drawn at random."""
    frame = Frame(DUTIES, dates)
    seats = np.array([[True, False], [False, True], [True, True]])
    shared = (
        Rest(660),
        Count(limited(whole(frame), 1, max(dates - 1, 1)), SHIFTS),
        Run(most=2, weight=Weight(3.0)),
    )
    slots = [[np.array([2 * date + duty]) for duty in range(2)] for date in range(dates)]
    first, covered = covered_table(slots)
    wanted = rng.integers(0, 2, (2 * dates, 2))
    under, over = (Curve(((0, 5.0), (1, 20.0))),), (Curve(((0, 1.0),)),)
    cover = Cover(wanted, first, covered, seats, under, over, np.zeros(2 * dates, np.int64))
    staff = []
    for number in range(people):
        may = np.ones((dates, 3), dtype=np.bool_)
        may[rng.integers(dates), 1:] = rng.random() < 0.7
        wish = Wishes((Wish(int(rng.integers(dates)), off=True, price=2.0),), Weight(1.0))
        staff.append(Person(f"p{number}", (*shared, wish), may, np.zeros((dates, 3)), int(rng.integers(3))))
    return Problem(frame, tuple(staff), cover)


def cheapest_of_all(problem: Problem) -> float:
    """Return the least cost of all rosters written out."""
    dates = problem.frame.dates
    best = np.inf
    for cells in itertools.product((OFF, 0, 1), repeat=dates * len(problem.people)):
        found = score(problem, np.array(cells).reshape(-1, dates))
        if not found.faults:
            best = min(best, found.total)
    return best
