"""What is known of a law without drawing from it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from scenarios import NEVER, Law, LawKind
from sim.formulas.laws import mean_up_to, survival

LAWS = [Law(kind, 40.0, 0.8) for kind in LawKind if kind is not LawKind.NEVER]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.kind)
def test_the_mean_up_to_a_limit_is_the_integral_of_the_survival(law):
    for limit_s in (0.0, 7.0, 55.0, 900.0):
        whole = quad(lambda u: float(survival(law, np.array(u))), 0.0, limit_s, points=[40.0] if limit_s > 40 else None,
                     limit=300)[0]  # fmt: skip
        assert mean_up_to(law, np.array(limit_s)) == pytest.approx(whole, abs=1e-7)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.kind)
def test_without_a_limit_the_whole_mean_is_left(law):
    assert mean_up_to(law, np.array(1e6)) == pytest.approx(40.0, rel=1e-9)
    assert survival(law, np.array([-1.0, 1e6])) == pytest.approx([1.0, 0.0], abs=1e-12)


def test_what_never_ends_outlasts_every_limit():
    assert survival(NEVER, np.array([0.0, 1e9])).tolist() == [1.0, 1.0]
    assert mean_up_to(NEVER, np.array([0.0, 1e9])).tolist() == [0.0, 1e9]


def test_a_constant_lasts_exactly_as_long_as_it_says():
    law = Law(LawKind.CONSTANT, 40.0)

    assert survival(law, np.array([39.9, 40.0])).tolist() == [1.0, 0.0]


@given(st.sampled_from(LAWS), st.floats(0.0, 1e5), st.floats(0.0, 1e5))
def test_the_longer_the_rarer(law, one_s, other_s):
    early, late = sorted((one_s, other_s))

    assert survival(law, np.array(late)) <= survival(law, np.array(early)) <= 1.0
    assert mean_up_to(law, np.array(early)) <= mean_up_to(law, np.array(late)) + 1e-9
