"""Two sources of the same random floors: a seeded generator for many large ones, hypothesis for small ones."""

import numpy as np
from hypothesis import strategies as st


class Dice:
    """Picks by a seeded numpy generator."""

    def __init__(self, seed):
        self._rng = np.random.default_rng(seed)

    def whole(self, least, most):
        return int(self._rng.integers(least, most + 1))

    def wholes(self, least, most, count):
        return self._rng.integers(least, most + 1, count)

    def pick(self, *options):
        return options[int(self._rng.integers(len(options)))]

    def picks(self, options, count):
        return np.array(options, dtype=np.int64)[self._rng.integers(len(options), size=count)]

    def shuffled(self, options):
        return [options[number] for number in self._rng.permutation(len(options))]


class Drawn:
    """The same picks, drawn by hypothesis; it shrinks towards the first option and the least number."""

    def __init__(self, data):
        self._data = data

    def whole(self, least, most):
        return self._data.draw(st.integers(least, most))

    def wholes(self, least, most, count):
        return self._column(st.integers(least, most), count)

    def pick(self, *options):
        return self._data.draw(st.sampled_from(options))

    def picks(self, options, count):
        return self._column(st.sampled_from(options), count)

    def shuffled(self, options):
        return self._data.draw(st.permutations(options))

    def _column(self, strategy, count):
        return np.array(self._data.draw(st.lists(strategy, min_size=count, max_size=count)), dtype=np.int64)
