"""Rules about who must be there, as slots of the cover: the same price for every roster."""

import numpy as np
import pytest

from scheduler.lines import Cover, Curve, Person, Problem, covered_table, score
from scheduler.lines.presence import with_presence
from scheduler.rules import OFF, Duty, Frame, HeadCount, Presence, Weight, whole_duties

DUTIES = (
    Duty("E", 360, 840, 480, frozenset({"early"})),
    Duty("M", 600, 1080, 480),
    Duty("N", 1320, 1740, 420, frozenset({"night"})),
)
MUST = 1e5


def a_problem(rng, people, dates):
    """Two skills, a slot for every duty of every date."""
    frame = Frame(DUTIES, dates)
    slots = np.arange(dates * len(DUTIES)).reshape(dates, len(DUTIES))
    first, covered = covered_table([[np.array([slot]) for slot in date] for date in slots])
    curve = (Curve(((0, 30.0),)),)
    cover = Cover(
        rng.integers(0, 2, (slots.size, 2)), first, covered, np.array([[True, False], [True, True]]),
        curve, (Curve(((0, 1.0),)),), np.zeros(slots.size, np.int64),
    )  # fmt: skip
    may, own = np.ones((dates, len(DUTIES) + 1), np.bool_), np.zeros((dates, len(DUTIES) + 1))
    return Problem(frame, tuple(Person(f"p{n}", (), may, own, int(rng.integers(2))) for n in range(people)), cover)


@pytest.mark.parametrize("seed", range(20))
def test_a_roster_costs_what_it_did_and_what_the_rules_miss(seed):
    rng = np.random.default_rng(seed)
    people, dates = int(rng.integers(2, 6)), int(rng.integers(1, 4))
    problem = a_problem(rng, people, dates)
    at = whole_duties(problem.frame, 60)
    lead = Presence((0,), np.where(rng.random(at.steps) < 0.5, 1, 0), at, weight=Weight(7.0))
    speakers = Presence(tuple(range(people - 1)), np.where(rng.random(at.steps) < 0.3, 2, 0), at)
    on_call = HeadCount((0, 1), (1,) * dates, tag="night", weight=Weight(50.0))
    wider = with_presence(problem, (lead, speakers, on_call), MUST)
    roster = np.where(rng.random((people, dates)) < 0.4, OFF, rng.integers(0, len(DUTIES), (people, dates)))

    rules = ((lead, 7.0), (speakers, MUST), (on_call, 50.0))
    missed = sum(price * rule.units(problem.frame, roster) for rule, price in rules)
    assert score(wider, roster).cover == pytest.approx(score(problem, roster).cover + missed)


def test_hours_in_which_the_same_duties_are_at_work_are_one_slot():
    problem = a_problem(np.random.default_rng(1), 2, 1)
    at = whole_duties(problem.frame, 15)
    everywhen = Presence((0,), np.ones(at.steps, np.int64), at)

    wider = with_presence(problem, (everywhen,), MUST)
    # nobody, early, early and middle, middle, night: five spans of the day
    assert len(wider.cover.wanted) - len(problem.cover.wanted) == 5


def test_mentors_are_asked_only_beside_trainees_and_stay_out_of_the_cover():
    problem = a_problem(np.random.default_rng(1), 2, 1)
    at = whole_duties(problem.frame, 60)

    assert with_presence(problem, (Presence((0,), np.ones(at.steps, np.int64), at, beside=(1,)),), MUST) is problem
