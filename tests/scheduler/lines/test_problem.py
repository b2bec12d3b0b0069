"""What a roster costs: cover by skill subsets against an allocation written out, curves, people's own prices."""

import numpy as np
import pytest
from scipy.optimize import linprog

from scenarios import PlanningError
from scheduler.lines import Cover, Curve, Person, Problem, covered_table, score
from scheduler.lines.problem import unmet_and_idle
from scheduler.rules import OFF, Duty, Frame


def cover_of(wanted: np.ndarray, seats: np.ndarray) -> Cover:
    none = np.zeros(0, dtype=np.int64)
    curve = (Curve(((0, 5.0),)),)
    return Cover(wanted, np.zeros(1, np.int64), none, seats, curve, curve, np.zeros(len(wanted), np.int64))


def met_by_allocation(wanted: np.ndarray, seats: np.ndarray, count: np.ndarray) -> float:
    """Return the most positions that can be filled, by a flow from classes to skills."""
    pairs = np.argwhere(seats)
    rows = [pairs[:, 0] == c for c in range(len(seats))] + [pairs[:, 1] == q for q in range(len(wanted))]
    limits = np.concatenate([count, wanted])
    flow = linprog(-np.ones(len(pairs)), A_ub=np.array(rows, dtype=float), b_ub=limits, bounds=(0, None))
    return -float(flow.fun or 0.0)


@pytest.mark.parametrize("seed", range(30))
def test_unmet_by_skill_subsets_is_what_the_best_allocation_leaves(seed: int) -> None:
    rng = np.random.default_rng(seed)
    skills, classes = rng.integers(1, 5, 2)
    seats = rng.random((classes, skills)) < 0.5
    seats[np.arange(classes), rng.integers(0, skills, classes)] = True
    wanted, count = rng.integers(0, 6, (1, skills)), rng.integers(0, 6, (1, classes))
    unmet, idle = unmet_and_idle(cover_of(wanted, seats), count)
    met = met_by_allocation(wanted[0], seats, count[0])
    assert unmet[0] == pytest.approx(wanted.sum() - met)
    assert idle[0] == pytest.approx(count.sum() - met)


def test_a_hundred_skills_of_two_classes_of_people_have_three_subsets() -> None:
    seats = np.zeros((2, 100), dtype=np.bool_)
    seats[0, :60] = seats[1, 40:] = True
    assert len(cover_of(np.ones((1, 100), np.int64), seats).subsets) == 3


def test_more_skills_and_classes_than_can_be_told_apart_are_refused() -> None:
    with pytest.raises(PlanningError, match=r"Cover\.skills is 20; expected 1 to 12"):
        _ = cover_of(np.ones((1, 20), np.int64), np.eye(20, dtype=np.bool_)).subsets


def test_a_curve_adds_up_its_pieces() -> None:
    # one short costs 30, from the second on it is a minimum missed
    assert Curve(((0, 30.0), (1, 970.0))).of(np.array([0, 1, 2, 3])).tolist() == [0, 30, 1030, 2030]


def test_a_roster_of_two_people_is_scored_part_by_part() -> None:
    frame = Frame((Duty("early", 480, 960, 480), Duty("late", 840, 1320, 480)), dates=1)
    # morning, midday (both at work), evening; one wanted in each
    first, covered = covered_table([[np.array([0, 1]), np.array([1, 2])]])
    under, over = (Curve(((0, 5.0),)),), (Curve(((0, 1.0),)),)
    everywhere = np.ones((1, 1), dtype=np.bool_)
    cover = Cover(np.ones((3, 1), np.int64), first, covered, everywhere, under, over, np.zeros(3, np.int64))
    own = np.array([[0.0, 2.0, 4.0]])
    people = tuple(Person(name, (), np.array([[True, True, name == "li"]]), own) for name in ("wu", "li"))
    problem = Problem(frame, people, cover)
    both = score(problem, np.array([[0], [1]]))
    assert (both.cover, both.own, both.under.tolist(), both.over.tolist()) == (1, 6, [0, 0, 0], [0, 1, 0])
    alone = score(problem, np.array([[1], [OFF]]))
    assert (alone.cover, alone.own, len(alone.faults)) == (5, 4, 1)  # wu may not work late


def test_a_person_of_the_wrong_shape_is_refused() -> None:
    frame = Frame((Duty("early", 480, 960, 480),), dates=2)
    person = Person("wu", (), np.ones((1, 2), dtype=np.bool_), np.zeros((2, 2)))
    with pytest.raises(PlanningError, match=r"Person wu\.may is of shape"):
        Problem(frame, (person,), cover_of(np.ones((1, 1), np.int64), np.ones((1, 1), np.bool_)))
