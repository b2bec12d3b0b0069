"""Counter-based draws: the generator against its published vectors, the laws against their distributions."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtri

from scenarios import NEVER_US, LawKind
from sim.drawing.draws import (
    LAW_CODES,
    LONGEST_US,
    duration_us,
    geometric,
    normal,
    philox,
    poisson,
    spread_of,
    uniforms,
)

WORD = st.integers(0, 2**64 - 1)
ALL_ONES = 2**64 - 1
MANY = 40_000


def words(*numbers):
    return tuple(np.uint64(number) for number in numbers)


def unsigned(block):
    return [int(word) % 2**64 for word in block]


@pytest.mark.parametrize(
    ("key", "block", "expected"),
    [
        ((0, 0), (0,) * 4, "16554d9eca36314c db20fe9d672d0fdc d7e772cee186176b 7e68b68aec7ba23b"),
        ((ALL_ONES,) * 2, (ALL_ONES,) * 4, "87b092c3013fe90b 438c3c67be8d0224 9cc7d7c69cd777b6 a09caebf594f0ba0"),
    ],
)
def test_the_generator_gives_the_known_answers_of_its_authors(key, block, expected):
    # Philox4x64 with ten rounds: the file of known answers of Random123.
    assert unsigned(philox(words(*key), words(*block))) == [int(word, 16) for word in expected.split()]


@given(key=st.tuples(WORD, WORD), block=st.tuples(WORD, WORD, WORD, WORD))
@settings(max_examples=200, deadline=None)
def test_the_generator_is_that_of_numpy(key, block):
    counter = sum(word << (64 * place) for place, word in enumerate(block))
    theirs = np.random.Philox(key=key[0] | key[1] << 64, counter=(counter - 1) % 2**256)  # it counts up before drawing

    assert unsigned(philox(words(*key), words(*block))) == theirs.random_raw(4).tolist()


@given(
    key=st.tuples(WORD, WORD), ordinal=st.integers(0, 2**31), path=st.integers(0, 2**50), column=st.integers(0, 2**40)
)
@settings(max_examples=100, deadline=None)
def test_a_uniform_is_an_odd_multiple_of_the_finest_step_and_depends_on_its_place_alone(key, ordinal, path, column):
    place = words(*key, ordinal, 7)
    block = uniforms(place, path, column)

    for value in block:
        steps = value * 2**53
        assert 0 < value < 1
        assert steps == int(steps)
        assert int(steps) % 2 == 1
    assert uniforms(place, path, column) == block
    assert uniforms(place, path, column + 1) != block
    assert uniforms(place, path + 1, column) != block


@pytest.mark.statistical
def test_the_four_uniforms_of_a_block_are_uniform_and_independent():
    blocks = np.array([uniforms(words(1, 2, number, 3), 1, 0) for number in range(MANY)])

    # Kolmogorov-Smirnov for each lane and a correlation for each pair of lanes: error rate 1e-4 each.
    assert all(stats.kstest(lane, "uniform").pvalue > 1e-4 for lane in blocks.T)
    pairs = np.corrcoef(blocks.T)[np.triu_indices(4, 1)]
    assert np.abs(pairs).max() < stats.norm.isf(0.5e-4) / MANY**0.5


def test_the_normal_quantile_has_fifteen_digits_everywhere():
    levels = np.concatenate([np.linspace(0.001, 0.999, 999), 2.0 ** -np.arange(1, 54), 1 - 2.0 ** -np.arange(1, 54)])
    found = np.array([normal(level) for level in levels])

    assert found == pytest.approx(ndtri(levels), rel=2e-15, abs=1e-15)
    assert [normal(1 - level) for level in 2.0 ** -np.arange(1, 54)] == [-normal(2.0**-n) for n in range(1, 54)]


@pytest.mark.parametrize("rate", [1e-4, 0.3, 1.0, 7.5, 60.0, 1450.25, 90_000.0])
def test_a_poisson_count_is_the_quantile_of_its_law(rate):
    levels = np.concatenate([np.linspace(0.0005, 0.9995, 500), [2.0**-53, 1e-12, 1e-6]])
    beyond = np.array([2.0**-53, 1e-12, 1e-6])  # in the upper tail only the share beyond has digits

    assert [poisson(level, rate) for level in levels] == stats.poisson.ppf(levels, rate).tolist()
    counts = np.array([poisson(1 - share, rate) for share in beyond])
    assert (stats.poisson.sf(counts, rate) <= beyond * (1 + 1e-9)).all()
    assert (stats.poisson.sf(counts - 1, rate) > beyond * (1 - 1e-9)).all()
    assert poisson(0.7, 0.0) == 0


@given(uniform=st.floats(2.0**-53, 1 - 2.0**-53), rate=st.floats(0, 5000), factor=st.floats(1, 3))
@settings(max_examples=300, deadline=None)
def test_a_higher_rate_never_gives_a_lower_count(uniform, rate, factor):
    assert poisson(uniform, rate * factor) >= poisson(uniform, rate)


@pytest.mark.statistical
def test_rounds_are_geometric_from_one_on():
    levels = (np.arange(MANY) + 0.5) / MANY
    rounds = np.array([geometric(level, 5.0) for level in levels])

    assert rounds.mean() == pytest.approx(5.0, rel=1e-3)  # stratified levels: no luck in it
    for number in (1, 2, 7):
        assert (rounds == number).mean() == pytest.approx(0.2 * 0.8 ** (number - 1), abs=2 / MANY)
    assert {geometric(level, 1.0) for level in levels[::1000]} == {1}


def drawn(kind, cv, *, mean_us=1e8, factor=1.0, count=MANY):
    law = (LAW_CODES[kind], mean_us, spread_of(kind, cv))
    places = [words(3, 4, number, 5) for number in range(count)]
    return np.array([duration_us(law, factor, uniforms(place, 1, 0)[1], place, 1, 9) for place in places])


@pytest.mark.statistical
@pytest.mark.parametrize(
    ("kind", "cv", "law"),
    [
        (LawKind.EXPONENTIAL, 1.0, stats.expon()),
        (LawKind.LOGNORMAL, 0.8, stats.lognorm(math.log1p(0.64) ** 0.5, scale=1 / 1.64**0.5)),
        (LawKind.GAMMA, 0.5, stats.gamma(4.0, scale=0.25)),
        (LawKind.GAMMA, 1.0, stats.gamma(1.0)),
        (LawKind.GAMMA, 1.6, stats.gamma(1 / 2.56, scale=2.56)),
    ],
)
def test_durations_follow_their_law(kind, cv, law):
    ratio = drawn(kind, cv) / 1e8

    # Kolmogorov-Smirnov with error rate 1e-4; the mean within five standard errors, error rate 1e-6.
    assert stats.kstest(ratio, law.cdf).pvalue > 1e-4
    assert ratio.mean() == pytest.approx(1.0, abs=5 * cv / MANY**0.5)


def test_a_duration_is_whole_at_least_a_microsecond_and_never_longer_than_may_be_added_up():
    assert drawn(LawKind.CONSTANT, 1.0, mean_us=2.4, count=2).tolist() == [2, 2]
    assert drawn(LawKind.CONSTANT, 1.0, factor=0.0, count=2).tolist() == [1, 1]
    assert drawn(LawKind.LOGNORMAL, 1.0, mean_us=1e300, count=2).tolist() == [LONGEST_US] * 2
    assert drawn(LawKind.NEVER, 1.0, mean_us=math.inf, count=2).tolist() == [NEVER_US] * 2


@pytest.mark.parametrize("cv", [1e-200, 1e200])
def test_absurd_spreads_still_give_durations(cv):
    for kind in (LawKind.GAMMA, LawKind.LOGNORMAL):
        lengths = drawn(kind, cv, count=20)
        assert lengths.min() >= 1
        assert lengths.max() <= LONGEST_US


def test_half_the_spread_is_the_same_draw_nearer_to_its_mean():
    wide, narrow = drawn(LawKind.LOGNORMAL, 0.8, count=200), drawn(LawKind.LOGNORMAL, 0.2, count=200)

    assert (np.argsort(wide) == np.argsort(narrow)).all()
