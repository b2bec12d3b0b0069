"""Day factors of either law have mean 1 and the stated spread; the gamma law has the shorter tail."""

import numpy as np
import pytest

from scenarios import DemandUncertainty, LawKind, PlanningError

LEVELS = (np.arange(20_000) + 0.5) / 20_000


@pytest.mark.parametrize("law", [LawKind.LOGNORMAL, LawKind.GAMMA])
def test_a_day_factor_has_mean_one_and_the_stated_spread(law: LawKind):
    factors = np.array([DemandUncertainty((0.1,), day_law=law).day_factors(np.array([level]))[0] for level in LEVELS])
    assert factors.mean() == pytest.approx(1.0, abs=1e-4)
    assert factors.std() == pytest.approx(0.1, abs=1e-3)


def test_a_known_quantile_of_each_law():
    # scipy.stats: gamma(100, scale=.01).ppf(.95) and lognorm with cv .1 and mean 1.
    level = np.array([0.95])
    gamma = DemandUncertainty((0.1,), day_law=LawKind.GAMMA).day_factors(level)[0]
    lognormal = DemandUncertainty((0.1,)).day_factors(level)[0]
    assert gamma == pytest.approx(1.16997, abs=1e-5)
    assert lognormal == pytest.approx(np.exp(0.0997513 * 1.6448536 - 0.0997513**2 / 2), abs=1e-5)


def test_a_day_without_spread_is_the_expected_one():
    assert DemandUncertainty((0.0,), day_law=LawKind.GAMMA).day_factors(np.array([0.99])).tolist() == [1.0]


def test_another_law_of_days_is_refused():
    with pytest.raises(PlanningError, match="day_law"):
        DemandUncertainty((0.1,), day_law=LawKind.CONSTANT)
