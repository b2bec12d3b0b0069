"""Gaps between measured and simulated days, and the parameter that would explain them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType

import numpy as np
from scipy.optimize import minimize_scalar

from scenarios import US_PER_S, Channel, Effect, Lever, Quantity, Roster, Scenario, with_cap
from scenarios.checks import FloatArray, IntArray
from scenarios.progress import Progress
from scenarios.service import CHAT_CAP_MAX
from sim.explaining.actuals import Actuals, Measured
from sim.explaining.replay import Replay
from sim.measures.estimates import CONFIDENCE, student_quantile
from sim.measures.study import Study

STAGE_EXPLAIN = "explain"
"""Key of the stage under which progress is told."""
DAY_ERROR = 0.005
"""Chance that a true model fails for its days, over all days and measures together (Bonferroni)."""
SEARCHED = (0.5, 2.0)
"""Nobody's work or patience is off by more than a factor of two and is believed."""
_GRID = 9  # factors at first: a fourth root of two apart
_STEPS_TO_BEST, _STEPS_TO_END = 8, 3
_REPLICATIONS = 20
_EDGE = 0.02  # so near to the end of the range the best is the end
_COUNTS_OF = {
    Measured.ANSWERED_IN_TIME: ("in_time", "offered"),
    Measured.ABANDONED: ("abandoned", "offered"),
    Measured.SESSION: ("session_us", "handled"),
}


@dataclass(frozen=True, slots=True)
class DayCheck:
    """One measure of one contact type on one date: what was, what the model plays, and whether that can be luck.

    Parameters
    ----------
    actual, simulated
        Shares of the day's offered contacts; of sessions their mean length in seconds.
    low, high
        Where one such day lies with probability 1 - ``DAY_ERROR`` over all checks together.
    passed
        Inside, or off by no more than the tolerance.
    """

    measure: Measured
    contact_type: str
    date: date
    offered: float
    actual: float
    simulated: float
    low: float
    high: float
    passed: bool

    @property
    def gap(self) -> float:
        """Actual less simulated: in points of a share, of a length as a share of the simulated one."""
        return (self.actual - self.simulated) / _scale(self.measure, self.simulated)


class Parameter(StrEnum):
    """What the model may have wrong."""

    WORK = "work"  # of a contact, or what people's tenure makes of it: totals cannot tell the two apart
    VOLUME = "volume"  # the history lacks contacts, or counts some that never reached the people (kept by the bot)
    PATIENCE = "patience"
    ABSENCE = "absence"  # of a roster; who is known to have been there is not absent
    CHAT_CAP = "chat_cap"  # sessions people really have open at once


@dataclass(frozen=True, slots=True)
class Explanation:
    """A parameter that would explain the gap.

    Parameters
    ----------
    factor
        What the parameter would have to be multiplied by.
    low, high
        Factors with which every day passes at 95 % for all checks together: the interval of the factor if this
        parameter alone is wrong. ``nan`` when no factor that was tried passes.
    misfit_left
        Share of the squared gap that is left then; 1 explains nothing, 0 everything.
    at_edge
        The factor lies at an end of what was searched: the best may lie beyond, or the parameter is the wrong one.
    """

    parameter: Parameter
    factor: float
    low: float
    high: float
    misfit_left: float
    at_edge: bool

    @property
    def suffices(self) -> bool:
        """Whether some factor makes every day pass."""
        return not np.isnan(self.low)


def measured_columns(scenario: Scenario, actuals: Actuals) -> Iterator[tuple[Measured, int]]:
    """Yield each measure and column of a live type that was measured at all."""
    for measure in actuals.outcomes:
        for column, kind in enumerate(scenario.contact_types):
            came = actuals.offered[:, column] > 0
            if scenario.is_live(kind.name) and not np.isnan(actuals.outcomes[measure][came, column]).all():
                yield measure, column


def measured_counts(study: Study, measure: Measured) -> tuple[IntArray, IntArray]:
    """Return numerator and denominator of a measure, (R, T, K) of shares, (R, D + 1, K) of lengths (µs)."""
    top, bottom = _COUNTS_OF[measure]
    return study.counts(top), study.counts(bottom)


def day_checks(
    scenario: Scenario, actuals: Actuals, study: Study, tolerance: float, error: float = DAY_ERROR
) -> Iterator[DayCheck]:
    """Yield every measure of every live type on every date on which it was measured throughout."""
    measured = list(measured_columns(scenario, actuals))
    checks = max(1, len(measured) * len(scenario.horizon.days))
    for measure, column in measured:
        top, bottom = (values[:, :, column] for values in measured_counts(study, measure))
        for number, day in enumerate(scenario.horizon.days):
            span = slice(day.first_interval, day.end_interval)
            came = float(actuals.offered[span, column].sum())
            actual = float(actuals.outcomes[measure][span, column].sum()) / max(came, 1.0)
            if came == 0.0 or np.isnan(actual):
                continue
            place = slice(number, number + 1) if measure is Measured.SESSION else span
            unit = US_PER_S if measure is Measured.SESSION else 1
            middle, half = _predicted(top[:, place].sum(axis=1) / unit, bottom[:, place].sum(axis=1), error / checks)
            allowed = max(half, tolerance * _scale(measure, middle))
            yield DayCheck(
                measure, scenario.contact_types[column].name, day.date, came, actual, middle, middle - half,
                middle + half, passed=abs(actual - middle) <= allowed,
            )  # fmt: skip


def explained(replay: Replay, tell: Progress) -> tuple[Explanation, ...]:
    """Return the factor of each parameter that leaves the least squared gap of the days, the best first."""
    parameters = [parameter for parameter in Parameter if _matters(replay, parameter)]
    found = []
    for number, parameter in enumerate(parameters):
        tell(STAGE_EXPLAIN, number, len(parameters))
        found.append(_Search(replay, parameter).explanation())
    tell(STAGE_EXPLAIN, len(parameters), len(parameters))
    return tuple(sorted(found, key=lambda row: row.misfit_left))


class _Search:
    """Looks for the best factor of one parameter; every factor is played once, all on the same contacts."""

    def __init__(self, replay: Replay, parameter: Parameter) -> None:
        self._replay = replay
        self._parameter = parameter
        self._tried: dict[float, tuple[float, bool]] = {}

    def explanation(self) -> Explanation:
        before, _ = self._at(1.0)
        grid = factors_tried(self._replay.scenario, self._parameter)
        least = min(grid, key=lambda factor: self._at(factor)[0])
        if self._parameter is not Parameter.CHAT_CAP:  # a cap is a whole number: there is nothing in between
            place = grid.index(least)
            around = grid[max(0, place - 1)], grid[min(place + 1, len(grid) - 1)]
            minimize_scalar(
                lambda log_factor: self._at(float(np.exp(log_factor)))[0],
                bounds=tuple(np.log(around)), method="bounded", options={"maxiter": _STEPS_TO_BEST, "xatol": 0.005},
            )  # fmt: skip
        best = min(self._tried, key=lambda factor: self._tried[factor][0])
        low, high = self._ends()
        edge = min(best / grid[0], grid[-1] / best) < 1.0 + _EDGE
        left = self._tried[best][0] / max(before, 1e-12)
        return Explanation(self._parameter, best, low, high, left, at_edge=edge)

    def _at(self, factor: float) -> tuple[float, bool]:
        """Return the squared gap with the parameter times ``factor``, and whether every day passes at 95 %."""
        if factor not in self._tried:
            world, volume = _WORLDS[self._parameter](self._replay.scenario, factor)
            study = self._replay.study(_REPLICATIONS, world, volume=volume)
            checks = list(day_checks(self._replay.scenario, self._replay.actuals, study, 0.0, 1.0 - CONFIDENCE))
            misfit = float(sum(check.offered * check.gap**2 for check in checks))
            self._tried[factor] = misfit, all(check.passed for check in checks)
        return self._tried[factor]

    def _ends(self) -> tuple[float, float]:
        """Return the outermost factors that pass, made finer towards the next ones that do not."""
        for _ in range(_STEPS_TO_END if self._parameter is not Parameter.CHAT_CAP else 0):
            tried = sorted(self._tried)
            passed = [place for place, factor in enumerate(tried) if self._tried[factor][1]]
            if not passed:
                break
            for inner, outer in ((passed[0], passed[0] - 1), (passed[-1], passed[-1] + 1)):
                if 0 <= outer < len(tried):
                    self._at(float(np.sqrt(tried[inner] * tried[outer])))
        fits = [factor for factor, (_, passes) in self._tried.items() if passes]
        return (min(fits), max(fits)) if fits else (float("nan"), float("nan"))


def _matters(replay: Replay, parameter: Parameter) -> bool:
    """Whether a parameter can change anything in these days."""
    if parameter is Parameter.ABSENCE:
        return isinstance(replay.people, Roster) and replay.scenario.absence_share > 0.0
    return parameter is not Parameter.CHAT_CAP or _largest_cap(replay.scenario) > 1


def factors_tried(scenario: Scenario, parameter: Parameter) -> list[float]:
    """Return the factors that are tried first."""
    if parameter is Parameter.CHAT_CAP:
        cap = _largest_cap(scenario)
        caps = range(int(np.ceil(cap * SEARCHED[0])), min(int(cap * SEARCHED[1]), CHAT_CAP_MAX) + 1)
        return [other / cap for other in caps]
    return [float(factor) for factor in np.geomspace(*SEARCHED, _GRID)]


def _largest_cap(scenario: Scenario) -> int:
    """Return the largest cap of a group that serves chats, 1 where none does."""
    chats = {kind.name for kind in scenario.contact_types if kind.channel is Channel.CHAT}
    caps = (group.chat_cap for group in scenario.groups if chats & {serve.contact_type for serve in group.serves})
    return max(caps, default=1)


def _by_effect(quantity: Quantity) -> Callable[[Scenario, float], tuple[Scenario, float]]:
    def changed(scenario: Scenario, factor: float) -> tuple[Scenario, float]:
        lever = Lever("validation", (Effect(quantity, factor),))
        return replace(scenario, levers=(*scenario.levers, lever)), 1.0

    return changed


def with_caps(scenario: Scenario, factor: float) -> tuple[Scenario, float]:
    """Return the scenario with every chat cap times ``factor``, never below what one session takes."""
    slots = {kind.name: kind.slots for kind in scenario.contact_types if kind.channel is Channel.CHAT}
    groups = []
    for group in scenario.groups:
        least = max((slots.get(serve.contact_type, 1) for serve in group.serves), default=1)
        groups.append(with_cap(group, min(max(least, round(group.chat_cap * factor)), CHAT_CAP_MAX)))
    return replace(scenario, groups=tuple(groups)), 1.0


_WORLDS: Mapping[Parameter, Callable[[Scenario, float], tuple[Scenario, float]]] = MappingProxyType({
    Parameter.WORK: _by_effect(Quantity.WORK),
    Parameter.VOLUME: lambda scenario, factor: (scenario, factor),
    Parameter.PATIENCE: _by_effect(Quantity.PATIENCE),
    Parameter.ABSENCE: _by_effect(Quantity.ABSENCE),
    Parameter.CHAT_CAP: with_caps,
})  # fmt: skip


def _scale(measure: Measured, simulated: float) -> float:
    """Return what a gap is held against: points of a share are what they are, lengths go by their own size."""
    return max(simulated, 1e-9) if measure is Measured.SESSION else 1.0


def _predicted(counts: FloatArray, offered: FloatArray | IntArray, error: float) -> tuple[float, float]:
    """Return the ratio of sums and the half-width that holds the share of one more day but for ``error``.

    Played days stray about the measured counts, which strayed about their rates already. The half-width is that of the
    played days whole: it has to hold what the doubled noise takes off the shares as well.
    """
    known = offered > 0
    shares = counts[known] / offered[known]
    days = len(shares)
    middle = float(counts.sum() / max(offered.sum(), 1))
    if days < 2:
        return middle, float("inf")
    spread = float(shares.std(ddof=1)) * float(np.sqrt(1 + 1 / days))
    return middle, student_quantile(days, 1.0 - error) * spread
