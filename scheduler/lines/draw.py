"""Random numbers inside compiled loops: xorshift64* (Vigna 2016), one word of state that the caller seeds."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

SeedArray = NDArray[np.uint64]
_MULTIPLIER = np.uint64(2685821657736338717)
_A, _B, _C, _HALF, _LOW = np.uint64(12), np.uint64(25), np.uint64(27), np.uint64(32), np.uint64(11)
_UNIT = 1.0 / 2.0**53


def seed_of(rng: np.random.Generator) -> SeedArray:
    """Return (1,) a state that is not zero."""
    return rng.integers(1, 2**63, size=1, dtype=np.uint64)


@njit(cache=True, nogil=True)
def draw(seed: SeedArray) -> int:
    """Step the state and return 64 random bits."""
    word = seed[0]
    word ^= word >> _A
    word ^= word << _B
    word ^= word >> _C
    seed[0] = word
    return word * _MULTIPLIER  # type: ignore[no-any-return]  # compiled: 64 unsigned bits


@njit(cache=True, nogil=True)
def below(seed: SeedArray, count: int) -> int:
    """Return a number from 0 to ``count`` - 1."""
    return int((np.uint64(draw(seed) >> _HALF) * np.uint64(count)) >> _HALF)


@njit(cache=True, nogil=True)
def share(seed: SeedArray) -> float:
    """Return a number in (0, 1]."""
    return (float(draw(seed) >> _LOW) + 1.0) * _UNIT
