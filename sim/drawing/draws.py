"""Counter-based draws: every number is a pure function of where it stands, so that nothing drawn ever shifts another.

The generator is Philox4x64 with ten rounds (Salmon, Moraes, Dror, Shaw: Parallel random numbers: as easy as 1, 2, 3,
SC11), the one behind ``numpy.random.Philox``. A *place* is (key, key, number of the contact in its interval, interval);
with a path of attempts and a column it names a block of four uniforms.
"""

import math

import numpy as np
from numba import config

from scenarios import NEVER_US, LawKind
from sim.floor.jit import kernel

LONGEST_US = 10**15
"""No duration that is drawn lasts longer (32 years), so that sums over a chain of attempts stay whole numbers."""
SUB_COLUMN = 1024
"""Columns lie this far apart in tries and rounds: column + SUB_COLUMN * n is the n-th block of a column."""
EXPONENTIAL, LOGNORMAL, GAMMA, CONSTANT, NEVER = range(5)
LAW_CODES = {
    LawKind.EXPONENTIAL: EXPONENTIAL,
    LawKind.LOGNORMAL: LOGNORMAL,
    LawKind.GAMMA: GAMMA,
    LawKind.CONSTANT: CONSTANT,
    LawKind.NEVER: NEVER,
}
"""What the compiled code calls the families of laws."""


Words = tuple[int, int, int, int]
Uniforms = tuple[float, float, float, float]

_MASK = 2**64 - 1
_HALF = 2**32 - 1
_MULTIPLIERS = 0xD2E7470EE14C6C93, 0xCA5A826395121157
_STEPS = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
_ROUNDS = 10
_CV_LEAST, _CV_MOST = 1e-6, 1e6  # beyond, a law is a constant, or nearly always nothing; its squares must stay numbers
_WEIGHT_END = 1e-22  # weights of a Poisson law below this share of the largest change no sum
_TAIL_SHARE = 1e-3  # below and above, a Poisson quantile is looked for from the small end


def _as_word(value: int) -> int:
    return int(value) & _MASK


def _as_unsigned(value: int) -> int:
    return np.uint64(value)  # type: ignore[return-value]  # a compiled function: whole numbers of 64 bits, no sign


# Without the compiler (NUMBA_DISABLE_JIT) whole numbers have no end; the masks below cut them to 64 bits then.
word = _as_word if config.DISABLE_JIT else kernel(_as_unsigned)  # type: ignore[attr-defined]  # numba sets it on loading
"""Return a whole number as 64 bits without sign; compiled code would turn a mix of signs into floats."""


@kernel
def philox(key: tuple[int, int], block: Words) -> Words:
    """Return the four 64-bit words of a block, given the two words of its key and its four of place."""
    key_0, key_1 = word(key[0]), word(key[1])
    word_0, word_1, word_2, word_3 = word(block[0]), word(block[1]), word(block[2]), word(block[3])
    for _ in range(_ROUNDS):
        high_0, low_0 = _wide_product(word(_MULTIPLIERS[0]), word_0)
        high_1, low_1 = _wide_product(word(_MULTIPLIERS[1]), word_2)
        word_0, word_1, word_2, word_3 = high_1 ^ word_1 ^ key_0, low_1, high_0 ^ word_3 ^ key_1, low_0
        key_0, key_1 = (key_0 + word(_STEPS[0])) & word(_MASK), (key_1 + word(_STEPS[1])) & word(_MASK)
    return word_0, word_1, word_2, word_3


@kernel
def _wide_product(left: int, right: int) -> tuple[int, int]:
    """Return the upper and the lower 64 bits of a product, by halves of 32 bits."""
    half, shift = word(_HALF), word(32)
    left_low, left_high, right_low, right_high = left & half, left >> shift, right & half, right >> shift
    middle = left_high * right_low + ((left_low * right_low) >> shift)
    other = left_low * right_high + (middle & half)
    high = left_high * right_high + (middle >> shift) + (other >> shift)
    return high, (left * right) & word(_MASK)


@kernel
def uniforms(place: Words, path: int, column: int) -> Uniforms:
    """Return four independent uniforms, odd multiples of 2**-53: never 0, never 1, and symmetric about one half.

    Parameters
    ----------
    place
        The two halves of the key, the number of the contact within its interval and type, the interval: as words.
    path
        Way to the attempt from its root contact, 1 for the root itself.
    column
        What is drawn.
    """
    key_0, key_1, ordinal, interval = place
    words = philox((word(key_0), word(key_1)), (word(ordinal), word(interval), word(path), word(column)))
    return _unit(words[0]), _unit(words[1]), _unit(words[2]), _unit(words[3])


@kernel
def _unit(value: int) -> float:
    return ((value >> word(12)) * 2.0 + 1.0) * 2.0**-53


@kernel
def duration_us(
    law: tuple[int, float, float], factor: float, uniform: float, place: Words, path: int, column: int
) -> int:
    """Return a duration in µs, 1 .. ``LONGEST_US``; ``NEVER_US`` for a law that never ends.

    Parameters
    ----------
    law
        Its code; its mean in µs; its spread, see ``spread_of``.
    factor
        Multiplies the mean.
    uniform
        Decides alone, but for a gamma law, which takes further blocks of ``column`` at this place and path.
    """
    code, mean_us, spread = law
    if code == NEVER:
        return NEVER_US
    ratio = 1.0
    if code == EXPONENTIAL:
        ratio = -math.log(uniform)
    elif code == LOGNORMAL:
        ratio = math.exp(spread * (normal(uniform) - 0.5 * spread))
    elif code == GAMMA:
        ratio = gamma(spread, uniform, place, path, column) / spread
    return max(1, int(min(ratio * mean_us * factor + 0.5, float(LONGEST_US))))


def spread_of(kind: LawKind, cv: float) -> float:
    """Return what ``duration_us`` calls the spread: the deviation of the logarithm, or the shape of a gamma law."""
    within = min(max(cv, _CV_LEAST), _CV_MOST)
    return 1.0 / within**2 if kind is LawKind.GAMMA else math.sqrt(math.log1p(within**2))


_CENTRE = (
    (2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
     1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.3871328727963666080e0),
    (5.2264952788528545610e3, 2.8729085735721942674e4, 3.9307895800092710610e4, 2.1213794301586595867e4,
     5.3941960214247511077e3, 6.8718700749205790830e2, 4.2313330701600911252e1, 1.0),
)  # fmt: skip
_SIDE = (
    (7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e0,
     3.64784832476320460504e0, 5.76949722146069140550e0, 4.63033784615654529590e0, 1.42343711074968357734e0),
    (1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
     6.89767334985100004550e-1, 1.67638483018380384940e0, 2.05319162663775882187e0, 1.0),
)  # fmt: skip
_TAIL = (
    (2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
     2.96560571828504891230e-1, 1.78482653991729133580e0, 5.46378491116411436990e0, 6.65790464350110377720e0),
    (2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
     1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0),
)  # fmt: skip


@kernel
def normal(uniform: float) -> float:
    """Return the standard normal quantile of a uniform in (0, 1): PPND16 of Wichura, Applied Statistics 37, 1988."""
    away = uniform - 0.5
    if abs(away) <= 0.425:
        square = 0.180625 - away * away
        return away * _horner(_CENTRE[0], square) / _horner(_CENTRE[1], square)
    depth = math.sqrt(-math.log(min(uniform, 1.0 - uniform)))
    if depth <= 5.0:
        size = _horner(_SIDE[0], depth - 1.6) / _horner(_SIDE[1], depth - 1.6)
    else:
        size = _horner(_TAIL[0], depth - 5.0) / _horner(_TAIL[1], depth - 5.0)
    return size if away > 0 else -size


@kernel
def _horner(terms: tuple[float, ...], at: float) -> float:
    value = terms[0]
    for term in terms[1:]:
        value = value * at + term
    return value


@kernel
def gamma(shape: float, uniform: float, place: Words, path: int, column: int) -> float:
    """Return a gamma draw of scale 1: Marsaglia and Tsang, ACM Transactions on Mathematical Software 26, 2000.

    Each try takes a block of its own; below shape 1 a draw of shape + 1 is shrunk by ``uniform``.
    """
    lifted = shape if shape >= 1.0 else shape + 1.0
    depth = lifted - 1.0 / 3.0
    width = 1.0 / math.sqrt(9.0 * depth)
    tries = 1
    while True:
        first, second, _, _ = uniforms(place, path, column + SUB_COLUMN * tries)
        score = normal(first)
        cube = (1.0 + width * score) ** 3
        if cube > 0 and math.log(second) < 0.5 * score * score + depth * (1.0 - cube + math.log(cube)):
            break
        tries += 1
    value = depth * cube
    return value if shape >= 1.0 else value * uniform ** (1.0 / shape)


@kernel
def geometric(uniform: float, mean: float) -> int:
    """Return a geometric number on 1, 2, ... of that mean (>= 1), by inversion."""
    if mean <= 1.0:
        return 1
    return 1 + int(math.log(uniform) / math.log1p(-1.0 / mean))


@kernel
def poisson(uniform: float, rate: float) -> int:
    """Return the Poisson quantile of a uniform: with one uniform, a higher rate never gives a lower count.

    Weights are counted from the most likely number outwards, in units of its own; their sum is all the normalisation
    they need. In the outermost tails they are added from their small end, so that no digit is lost. The time taken
    grows with the square root of the rate.
    """
    if rate <= 0.0:
        return 0
    peak = int(rate)
    below, weight, first = 1.0, 1.0, peak
    while first > 0 and weight > _WEIGHT_END:
        weight *= first / rate
        first -= 1
        below += weight
    first_weight, total, weight, last = weight, below, 1.0, peak
    while weight > _WEIGHT_END:
        last += 1
        weight *= rate / last
        total += weight
    if uniform < _TAIL_SHARE:
        return _from_below(first, first_weight, uniform * total, rate)
    if uniform > 1.0 - _TAIL_SHARE:
        return _from_above(last, weight, (1.0 - uniform) * total, rate)
    return _from_peak(peak, below, uniform * total, rate)


@kernel
def _from_below(number: int, weight: float, wanted: float, rate: float) -> int:
    """Return the first number up to which the weights reach ``wanted``, ``number`` the least that counts."""
    reached = weight
    while reached < wanted:
        number += 1
        weight *= rate / number
        reached += weight
    return number


@kernel
def _from_above(number: int, weight: float, left_over: float, rate: float) -> int:
    """Return the first number beyond which the weights are no more than ``left_over``, ``number`` the last counted."""
    beyond = weight
    while number > 0 and beyond <= left_over:
        weight *= number / rate
        number -= 1
        beyond += weight
    return number


@kernel
def _from_peak(number: int, reached: float, wanted: float, rate: float) -> int:
    """Return the first number up to which the weights reach ``wanted``, given what they reach at the peak."""
    weight = 1.0
    while number > 0 and reached - weight >= wanted:
        reached -= weight
        weight *= number / rate
        number -= 1
    while reached < wanted and weight > _WEIGHT_END:
        number += 1
        weight *= rate / number
        reached += weight
    return number
