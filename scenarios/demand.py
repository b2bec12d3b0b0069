"""Demand: the shape of a day, how far reality strays, and the forecast that passes between rooms."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from scipy.signal import lfilter
from scipy.special import gammaincinv, ndtri

from scenarios.checks import (
    FloatArray,
    frozen_float,
    require_known,
    require_not_negative,
    require_positive,
    require_share,
    require_unique,
)
from scenarios.contact_types import ContactType, LawKind
from scenarios.errors import PlanningError
from scenarios.horizon import Horizon
from scenarios.shape import FileShape

HOURS_PER_DAY = 24


@dataclass(frozen=True, slots=True)
class Profile(FileShape):
    """Shape of a day: 24 weights, one per clock hour, and 7 weekday weights, Monday first; only ratios matter."""

    name: str
    hour_weights: tuple[float, ...]
    weekday_weights: tuple[float, ...] = (1.0,) * 7

    def __post_init__(self) -> None:
        for field, length in (("hour_weights", HOURS_PER_DAY), ("weekday_weights", 7)):
            weights = getattr(self, field)
            if len(weights) != length or sum(weights) <= 0:
                raise PlanningError(
                    "wrong_shape", thing=f"Profile({self.name})", field=field, value=len(weights), expected=length
                )
            for weight in weights:
                require_not_negative(f"Profile({self.name})", field, weight)


_INSIDE = (1e-12, 1 - 1e-12)  # a level of exactly 0 or 1 would be a day without end
_DAY_LAWS = (LawKind.LOGNORMAL, LawKind.GAMMA)
_CV_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class DemandUncertainty(FileShape):
    """How far reality strays from the expected contacts.

    The rate of interval t on service day d is ``expected[t] * F[d] * B[t]``: F has mean 1 and coefficient
    of variation ``day_cv[d]``, common to all types; B is a stationary lognormal AR(1) with mean 1, coefficient of
    variation ``busyness_cv`` and correlation ``busyness_correlation`` from one interval to the next. Given the rate,
    contacts are Poisson.

    ``upper_tail`` < 1 restricts every day factor to the busiest days of that probability: .3 draws only from the 30 %
    busiest. Planning uses it to train on the days that decide; a proof always runs on all days (1.0).

    ``strata`` > 1 stratifies the day factor: of that many consecutive replications each date meets every equally likely
    slice of it once, in an order of its own. Days then differ less by luck, and an exact binomial bound of their
    successes stays valid: a sum of unequal independent trials is less spread than the binomial (Hoeffding 1956).

    ``day_law`` is the family of F, ``lognormal`` or ``gamma``: of the same spread, a gamma law has the shorter tail.
    """

    day_cv: tuple[float, ...]
    busyness_cv: float = 0.0
    busyness_correlation: float = 0.0
    upper_tail: float = 1.0
    strata: int = 1
    day_law: LawKind = LawKind.LOGNORMAL

    def __post_init__(self) -> None:
        for value in self.day_cv:
            require_not_negative("DemandUncertainty", "day_cv", value)
        require_not_negative("DemandUncertainty", "busyness_cv", self.busyness_cv)
        require_share("DemandUncertainty", "busyness_correlation", self.busyness_correlation)
        require_share("DemandUncertainty", "upper_tail", self.upper_tail)
        require_positive("DemandUncertainty", "upper_tail", self.upper_tail)
        require_positive("DemandUncertainty", "strata", self.strata)
        if self.day_law not in _DAY_LAWS:
            raise PlanningError(
                "not_one_of", thing="DemandUncertainty", field="day_law", value=self.day_law, known=", ".join(_DAY_LAWS)
            )

    def day_factors(self, levels: FloatArray) -> FloatArray:
        """Return (D,) the day factors at ``levels`` (D,) in (0, 1) of their law: .5 is the median day."""
        within, cv = np.clip(levels, *_INSIDE), np.array(self.day_cv)
        if self.day_law is LawKind.GAMMA:
            shape = 1.0 / np.square(np.maximum(cv, _CV_LEAST))
            return np.where(cv > 0, gammaincinv(shape, within) / shape, 1.0)
        spread = np.sqrt(np.log1p(np.square(cv)))
        return np.asarray(np.exp(spread * ndtri(within) - spread**2 / 2))


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected, and how surely.

    Parameters
    ----------
    contact_types
        K names, the order of the second axis.
    expected
        (T, K) expected offered contacts per interval, >= 0.
    work_s
        (T, K) mean work of a contact in seconds at tenure factor 1, >= 0.
    uncertainty
        One ``day_cv`` per service day of the horizon.
    rounds
        (T, K) mean rounds of a chat session, >= 1, ``nan`` where nobody measured them: then the type's own mean holds.
        ``None`` for none at all. Rounds share the work of a session out: ``work_s`` is that of all of them together.
    """

    horizon: Horizon
    contact_types: tuple[str, ...]
    expected: FloatArray
    work_s: FloatArray
    uncertainty: DemandUncertainty
    rounds: FloatArray | None = None

    def __post_init__(self) -> None:
        require_unique("Forecast", "contact_types", self.contact_types)
        shape = (self.horizon.intervals, len(self.contact_types))
        for field in ("expected", "work_s"):
            object.__setattr__(self, field, frozen_float("Forecast", field, getattr(self, field), shape))
        if len(self.uncertainty.day_cv) != len(self.horizon.days):
            raise PlanningError(
                "wrong_shape", thing="Forecast", field="uncertainty.day_cv", value=len(self.uncertainty.day_cv),
                expected=len(self.horizon.days),
            )  # fmt: skip
        if self.rounds is not None:
            object.__setattr__(self, "rounds", _rounds(self.rounds, shape))

    @property
    def work_per_message_s(self) -> FloatArray:
        """(T, K) mean work of one reply in seconds, ``nan`` where the rounds of a session were not measured."""
        if self.rounds is None:
            return np.full(self.work_s.shape, np.nan)
        return self.work_s / self.rounds

    def rounds_of(self, kind: ContactType) -> FloatArray:
        """Return (T,) mean rounds of a session of ``kind``: the forecast's, else its own; 1 where no type has any."""
        own = 1.0 if kind.messages is None else kind.messages.rounds_mean
        if self.rounds is None:
            return np.full(self.horizon.intervals, own)
        told = self.rounds[:, self.column(kind.name)]
        return np.where(np.isnan(told), own, told)

    def work_factor(self, kind: ContactType) -> FloatArray:
        """Return (T,) by what the laws of work of ``kind`` are multiplied, so that a contact is ``work_s`` of work.

        Every reply of a session that is played message by message is multiplied alike: with F and R the mean work of
        the first and of a later reply, n rounds are ``work_s / (F + (n - 1) * R)`` times the work of their laws.
        """
        own_s: FloatArray | float = kind.work_mean_s
        if kind.messages is not None:
            later = self.rounds_of(kind) - 1.0
            own_s = kind.messages.first_reply_work_s.mean_s + later * kind.messages.reply_work_s.mean_s
        return self.work_s[:, self.column(kind.name)] / own_s

    def column(self, contact_type: str) -> int:
        """Return the column of ``contact_type``; an unknown one is a ``PlanningError``."""
        require_known("Forecast", "contact_type", [contact_type], self.contact_types)
        return self.contact_types.index(contact_type)

    def rate_path(self, rng: np.random.Generator, day_levels: FloatArray | None = None) -> FloatArray:
        """Return (T, K) one sampled path of expected contacts: ``expected`` times day factor times busyness.

        The generator is used up by a fixed amount, D uniforms and T normals, whatever the parameters.

        Parameters
        ----------
        day_levels
            (D,) in (0, 1): where in its law each day factor stands, .5 the median day; ``None`` draws them.
            Levels that are given are taken as they are: ``upper_tail`` restricts only drawn ones.
        """
        law = self.uncertainty
        drawn = 1.0 - law.upper_tail * (1.0 - rng.random(len(law.day_cv)))
        day_factor = law.day_factors(drawn if day_levels is None else day_levels)
        noise = rng.standard_normal(self.horizon.intervals)
        days = self.horizon.day_of_interval()
        factor = np.where(days >= 0, day_factor[days], 1.0) * _busyness(noise, law)
        return self.expected * factor[:, None]

    def sampled(self, *, busiest: float, strata: int) -> "Forecast":
        """Return the same forecast, restricted to its ``busiest`` share of days, in ``strata`` slices."""
        return replace(self, uncertainty=replace(self.uncertainty, upper_tail=busiest, strata=strata))

    def fingerprint(self) -> str:
        """Return the SHA-256 of what the forecast says."""
        digest = hashlib.sha256(repr((self.horizon, self.contact_types, self.uncertainty)).encode())
        digest.update(self.expected.tobytes())
        digest.update(self.work_s.tobytes())
        if self.rounds is not None:
            digest.update(self.rounds.tobytes())
        return digest.hexdigest()


def _rounds(rounds: FloatArray, shape: tuple[int, ...]) -> FloatArray | None:
    """Return the rounds of a forecast, checked and not writeable; ``None`` where all are unknown."""
    given = np.asarray(rounds, dtype=np.float64)
    known = ~np.isnan(given)
    checked = frozen_float("Forecast", "rounds", np.where(known, given, 1.0), shape)
    if (checked < 1.0).any():
        raise PlanningError("below_one", thing="Forecast", field="rounds", value=float(checked.min()))
    if not known.any():
        return None
    kept = given.copy()
    kept.flags.writeable = False
    return kept


def _busyness(noise: FloatArray, law: DemandUncertainty) -> FloatArray:
    """Return (T,) the AR(1) factor driven by (T,) standard normals ``noise``."""
    spread = float(np.sqrt(np.log1p(law.busyness_cv**2)))
    if spread == 0.0:
        return np.ones_like(noise)
    keep, fresh = law.busyness_correlation, float(np.sqrt(1 - law.busyness_correlation**2))
    shocks = fresh * noise
    shocks[0] = noise[0]  # starts in its stationary law
    path = lfilter([1.0], [1.0, -keep], shocks)
    return np.exp(spread * path - spread**2 / 2)
