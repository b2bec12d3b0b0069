"""Small covering problems."""

import numpy as np
import pytest

from scenarios import BreakRule
from scheduler.covering import CoverGroup, CoverPrices, CoverProblem, ShiftKind

PRICES = CoverPrices(under=100.0, over=0.5)


@pytest.fixture
def short_shift():
    """Two hours of four half-hour slots, paid throughout, no break, at any half hour of an 8-hour morning."""
    return ShiftKind("short", 120, tuple(range(0, 481, 30)))


@pytest.fixture
def long_shift():
    """Four hours with one unpaid half hour, 60 to 150 minutes after the start."""
    return ShiftKind("long", 240, tuple(range(0, 481, 30)), (BreakRule(30, False, 60, 150),))


@pytest.fixture
def problem(short_shift, long_shift):
    """Make a problem on half-hour slots; one group of one skill unless told otherwise."""

    def make(demand, groups=None, kinds=(short_shift, long_shift), skills=("A",), **other):
        wanted = np.asarray(demand, dtype=np.float64)
        if wanted.ndim == 1:
            wanted = wanted[:, None]
        names = tuple(kind.name for kind in kinds)
        people = groups or tuple(CoverGroup(skill, (skill,), names, 20.0) for skill in skills)
        return CoverProblem(30, skills, wanted, people, tuple(kinds), other.pop("prices", PRICES), **other)

    return make
