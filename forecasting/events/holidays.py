"""Days around festivals: learnt by festival and days since its date, against what was to be expected of that day then.

For every past special day a plain rule (recent mean of the weekday x level of the last week) says, from the ordinary
days that were known the same number of days ahead, how busy a Sunday, and its own weekday, would have been there. The
day's contacts over that are its factor and its shape; both are shrunk to those of all days alike, and carried to what
the same rule says of the day to come. Looked at from the same distance, the season's drift between origin and festival
is part of the factor. The two bases are averaged on the log scale: nobody knows which one a day resembles.
"""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from forecasting.calendars.special import SUNDAY, SpecialDay
from scenarios.checks import BoolArray, FloatArray, IntArray

_MEMORY_DAYS = 364  # older ordinary days weigh under 2 %
_PROFILE_HALF_LIFE_DAYS = 56.0  # eight weeks, as for ordinary days
_LEVEL_HALF_LIFE_DAYS = 7.0  # the last week
_TRUSTED_DAYS = 56  # a factor against fewer ordinary days than eight weeks counts less
_LEAST_DAYS = 7  # against less than a week nothing is learnt
_KNOWN_LEAST = 0.5  # a special day of which less than half is known teaches nothing
_POOLING = 0.5  # pseudo-days of the pooled factor a festival is drawn to
_UNKNOWN_SPREAD = 0.25  # assumed error of a festival's factor that nobody could compare yet [assumed]
_SPREAD_PSEUDO = 3.0  # comparisons the assumption above is worth


@dataclass(frozen=True, slots=True)
class _Seen:
    """One past special day against one base: (S,) contacts and base where both are known, and how much it counts."""

    day: SpecialDay
    came: FloatArray
    base: FloatArray
    weight: float

    @property
    def log_factor(self) -> float:
        return float(np.log((self.came.sum() + 1) / (self.base.sum() + 1)))


@dataclass(frozen=True, slots=True)
class _Plain:
    """What was to be expected of ordinary days as of one day: (7, S) by weekday, and which weekdays were ever seen."""

    expected: FloatArray
    seen: BoolArray

    def on(self, day: SpecialDay, *, as_sunday: bool) -> FloatArray:
        like = SUNDAY if as_sunday else day.like
        return np.asarray(self.expected[like if self.seen[like] else day.weekday], dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Holidays:
    """What one series' special days were like.

    Parameters
    ----------
    counts
        (D, S) contacts, special days included, ``nan`` = unknown.
    weekdays
        (D,) the weekday each date goes like.
    special
        Special days by row of ``counts``, past ones and those to come (rows from D on).
    """

    counts: FloatArray
    weekdays: IntArray
    special: Mapping[int, SpecialDay]
    _rules: dict[int, _Plain | None] = field(default_factory=dict, compare=False)

    def ahead(self, rows: Sequence[int]) -> Mapping[int, FloatArray]:
        """Return (S,) expected contacts for those of ``rows`` (>= D) that are special, without promotions."""
        asked = set(rows)
        last = len(self.counts) - 1
        found: dict[int, FloatArray] = {}
        for spell in self._spells():
            targets = [row for row in spell if row in asked]
            lead = max(spell[0] - last, 1)
            plain = self._plain(last) if targets else None
            if plain is None:
                continue
            for as_sunday in (True, False):
                seen = self._seen(lead, as_sunday=as_sunday)
                for row in targets:
                    one = _expected(self.special[row], plain.on(self.special[row], as_sunday=as_sunday), seen)
                    found[row] = np.sqrt(found[row] * one) if row in found else one
        return found

    def spread(self) -> float:
        """Return the coefficient of variation of a special day's factor around that of its festival and offset."""
        seen = self._seen(1, as_sunday=True)
        squares, freedom = 0.0, 0.0
        for key in sorted({_key(one.day) for one in seen}):
            factors = [one.log_factor for one in seen if _key(one.day) == key]
            squares += float(np.var(factors)) * len(factors)
            freedom += len(factors) - 1
        variance = (squares + _SPREAD_PSEUDO * np.log1p(_UNKNOWN_SPREAD**2)) / (freedom + _SPREAD_PSEUDO)
        return float(np.sqrt(np.expm1(variance)))

    def _spells(self) -> list[list[int]]:
        """Return runs of consecutive special days."""
        rows = sorted(self.special)
        gaps = [0, *(n for n, (one, two) in enumerate(itertools.pairwise(rows), 1) if two > one + 1), len(rows)]
        return [rows[start:end] for start, end in itertools.pairwise(gaps) if end > start]

    def _seen(self, lead: int, *, as_sunday: bool) -> list[_Seen]:
        """Return every past special day against its base as of ``lead`` days before the first of its spell."""
        seen: list[_Seen] = []
        for spell in self._spells():
            origin = spell[0] - lead
            plain = self._plain(origin) if origin < len(self.counts) else None
            if plain is None:
                continue
            weight = min((origin + 1) / _TRUSTED_DAYS, 1.0)
            for row in spell:
                if row >= len(self.counts):
                    break
                whole = plain.on(self.special[row], as_sunday=as_sunday)
                known = np.isfinite(self.counts[row]) & (whole > 0)
                base = np.where(known, whole, 0.0)
                if base.sum() > _KNOWN_LEAST * whole.sum():
                    seen.append(_Seen(self.special[row], np.where(known, self.counts[row], 0.0), base, weight))
        return seen

    def _plain(self, origin: int) -> _Plain | None:
        """Return the plain rule as of row ``origin``; ``None`` where ordinary days are too few."""
        if origin not in self._rules:
            self._rules[origin] = self._rule(origin)
        return self._rules[origin]

    def _rule(self, origin: int) -> _Plain | None:
        rows = np.arange(max(origin + 1 - _MEMORY_DAYS, 0), origin + 1)
        ordinary = np.array([row not in self.special for row in rows], dtype=np.bool_)
        known = np.isfinite(self.counts[rows]) & ordinary[:, None]
        days = known.any(axis=1)
        if days.sum() < _LEAST_DAYS:
            return None
        counts = np.where(known, self.counts[rows], 0.0)
        of_weekday = self.weekdays[rows] == np.arange(7)[:, None]
        weight = of_weekday * 0.5 ** ((origin - rows) / _PROFILE_HALF_LIFE_DAYS)
        means = (weight @ counts) / np.maximum(weight @ known, 1e-300)
        recent = 0.5 ** ((origin - rows) / _LEVEL_HALF_LIFE_DAYS)
        usual = (known * means[self.weekdays[rows]]).sum(axis=1)
        level = float(recent @ counts.sum(axis=1)) / max(float(recent @ usual), 1e-300)
        return _Plain(means * level, np.asarray((of_weekday & days).any(axis=1)))


def _key(day: SpecialDay) -> tuple[str, int]:
    return day.festival, day.offset


def _expected(day: SpecialDay, base: FloatArray, seen: Sequence[_Seen]) -> FloatArray:
    """Return (S,) the contacts of ``day`` to come, ``base`` lifted and shaped as ``seen`` days were."""
    total = float(base.sum())
    if total <= 0:
        return base
    alike = [one for one in seen if one.day.is_off == day.is_off]
    own = [one for one in seen if _key(one.day) == _key(day)]
    factor = _log_factor(own, _log_factor(alike, 0.0))
    shape = _shape(own, _shape(alike, np.ones(base.shape), base / total), base / total)
    lifted = base * shape
    return np.asarray(lifted * (np.exp(factor) * total / max(float(lifted.sum()), 1e-300)), dtype=np.float64)


def _log_factor(seen: Sequence[_Seen], pooled: float) -> float:
    """Return the mean log factor of ``seen`` and ``_POOLING`` pseudo-days of the ``pooled`` one."""
    total = sum(one.weight * one.log_factor for one in seen)
    return float((total + _POOLING * pooled) / (sum(one.weight for one in seen) + _POOLING))


def _shape(seen: Sequence[_Seen], pooled: FloatArray, share: FloatArray) -> FloatArray:
    """Return (S,) how the day's shares differ from its base's (S,) ``share``, as ``seen`` and ``pooled`` say."""
    came, base = _POOLING * pooled * share, _POOLING * share
    for one in seen:
        if one.came.sum() > 0:
            came = came + one.weight * one.came / one.came.sum()
            base = base + one.weight * one.base / one.base.sum()
    return np.asarray(came / np.maximum(base, 1e-300), dtype=np.float64)
