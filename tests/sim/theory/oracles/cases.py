"""A queue whose figures are known, defined once: what a test asserts and a benchmark prints."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from sim.engine import Engine

Pair = tuple[np.ndarray, np.ndarray]
"""Sums and numbers over independent windows; their ratio is the figure."""


@dataclass(frozen=True)
class Known:
    """Digits that a formula, a linear system or a chain must have.

    Parameters
    ----------
    number
        Of the case in the list of exact values.
    figures, given
        Names of the figures, and their digits.
    found
        Computes them anew.
    rel, abs
        How far off they may be: the last digit given.
    """

    number: str
    title: str
    figures: Sequence[str]
    given: Sequence[float]
    found: Callable[[], Sequence[float]]
    rel: float = 0.0
    abs: float = 0.0

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def rows(self) -> list[tuple[str, float, float, bool]]:
        """Return name, digits given, what was found, and whether it has these digits, of every figure."""
        return [
            (name, given, found, bool(found == pytest.approx(given, rel=self.rel, abs=self.abs)))
            for name, given, found in zip(self.figures, self.given, self.found(), strict=True)
        ]

    def misses(self) -> list[tuple[str, float, float]]:
        """Return the figures that have other digits."""
        return [row[:3] for row in self.rows() if not row[3]]


@dataclass(frozen=True)
class Case:
    """A queue that is played and must do what is known of it.

    Parameters
    ----------
    number
        Of the case in the list of exact values; empty for one of our own.
    figures, known
        Names of the figures, and their values; a function where they take some time to find.
    play
        Plays it on an engine; a pair for each figure.
    sharp
        Engines that play it, each with the largest half-width of its intervals as a share of the exact value; one for
        all figures, or each its own.
    slow
        Whether the test of it takes long.
    """

    number: str
    title: str
    figures: Sequence[str]
    known: Sequence[float] | Callable[[], Sequence[float]]
    play: Callable[[Engine], Sequence[Pair]]
    sharp: Mapping[Engine, float | Sequence[float]]
    slow: bool = False

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()

    @property
    def exact(self) -> Sequence[float]:
        """The values its figures must have."""
        return self.known() if callable(self.known) else self.known


def plays(cases: Sequence[Case]) -> pytest.MarkDecorator:
    """Parametrise a test by ``case`` and ``engine``: every case on every engine that plays it."""
    return pytest.mark.parametrize(
        ("case", "engine"),
        [pytest.param(case, engine, id=f"{case}-{engine}", marks=[pytest.mark.slow] if case.slow else [])
         for case in cases for engine in case.sharp],
    )  # fmt: skip
