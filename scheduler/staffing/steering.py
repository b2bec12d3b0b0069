"""Steer a requirement until the simulated day meets its promise.

The handle is a *rate factor* per service day and target: the formula is asked for positions as if contacts came at
that many times the expected rate. The reading is the *critical share*: the share in time of the day that just may fail.
It is smooth in the handle, where the share of days met is a staircase.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.special import ndtri

from scenarios import Scenario, ServiceTarget
from scenarios.checks import FloatArray
from sim import Study

FIRST_SLOPE = 1.2
"""Rise of the critical share per unit of log rate factor, before anything was measured: typical at 90 % in 30 s."""
SLOPE_RANGE = (0.4, 4.0)
"""Slopes outside come from noise between two near factors; measured ones fell inside."""
STEP_MAX = 0.15
"""Largest change of the log factor in a round; the formula is never further off than a few rounds of this."""
AIM_ABOVE = 0.01
"""Aimed above the promise: rosters are chosen on their training days, and fresh ones are a little worse."""
CUSHION = 0.005
LATE_CUSHION = 0.03
"""Added to every rise of the log factor, early and late: a second rise costs a whole round, and late ones are few."""
SLACK_SHARE = 0.015
"""A critical day this far above its promise has something to spare."""
_GRID = 400  # levels the quantile integrates over


@dataclass(slots=True)
class Steering:
    """The trials of each (service day, target) and the factor to try next.

    Attributes
    ----------
    log_factor
        (D, P) log of the rate factor in force.
    """

    scenario: Scenario
    log_factor: FloatArray = field(init=False)
    _trials: dict[tuple[int, int], list[tuple[float, float]]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.log_factor = np.zeros((len(self.scenario.horizon.days), len(self.scenario.targets)))

    def forget(self) -> None:
        """Drop the trials, keep the factors: the thing steered has changed (positions became a roster)."""
        self._trials.clear()

    def read(self, critical: FloatArray, *, late: bool = False) -> None:
        """Note the (D, P) ``critical`` shares reached at the factors in force; move each factor towards its goal.

        ``late`` rounds only mend, and generously: what passes stays as it is, what falls short must pass next time.
        """
        for (day, number), share in np.ndenumerate(critical):
            goal = self.scenario.targets[number].day_share + AIM_ABOVE
            trials = self._trials.setdefault((day, number), [])
            trials.append((float(self.log_factor[day, number]), float(share)))
            step = _step(goal - share, _slope(trials), LATE_CUSHION if late else CUSHION)
            self.log_factor[day, number] += max(0.0, step) if late else step

    def raise_where(self, failing: np.ndarray, by: float) -> None:
        """Raise the log factor of the (D, P) ``failing`` entries by ``by``."""
        self.log_factor[failing] += by

    def rate_factor(self) -> FloatArray:
        """Return (T, G) the factor per interval and group: the largest among the targets whose contacts start there."""
        scenario = self.scenario
        by_day = np.ones((len(scenario.horizon.days), len(scenario.groups)))
        for group, target in home_groups(scenario):
            by_day[:, group] = np.maximum(
                np.where(by_day[:, group] == 1.0, 0.0, by_day[:, group]), np.exp(self.log_factor[:, target])
            )
        days = scenario.horizon.day_of_interval()
        return np.where(days[:, None] >= 0, by_day[days], 1.0)


def home_groups(scenario: Scenario) -> list[tuple[int, int]]:
    """Return (group, target) index pairs: the group is the first step of a contact type the target counts."""
    pairs = {
        (scenario.group_index(route.steps[0].group), number)
        for number, target in enumerate(scenario.targets)
        for route in scenario.routes
        if route.contact_type in target.contact_types
    }
    return sorted(pairs)


def critical_shares(
    study: Study, targets: tuple[ServiceTarget, ...], levels: FloatArray, *, margin: float
) -> FloatArray:
    """Return (D, P) the day's share in time at the quantile that just may fail.

    A few dozen days are too few for an empirical quantile of one in fifty. The day's share is therefore taken as a
    smooth function of the day factor's level (a parabola in its normal score, fitted by least squares) plus noise
    (chance, absence) that follows the residuals, long tail included; every level meets every residual.

    Parameters
    ----------
    study
        R training days, which may all be busy ones.
    levels
        (R, D) where in its law the day factor of each stood, see ``sim.day_levels``.
    margin
        Added to the promised share of days against the optimism of training.
    """
    scores = ndtri(levels)
    critical = np.empty((levels.shape[1], len(targets)))
    for number, target in enumerate(targets):
        failing = max(1.0 - target.share_of_days - margin, (1.0 - target.share_of_days) / 5)
        shares = study.day_share(target)
        for day in range(levels.shape[1]):
            critical[day, number] = _quantile(scores[:, day], shares[:, day], failing)
    return critical


def _quantile(scores: FloatArray, shares: FloatArray, probability: float) -> float:
    """Return the ``probability`` quantile of the share over all days, from days at normal ``scores``."""
    basis = np.stack([np.ones_like(scores), scores, scores**2], axis=1)
    curve, *_ = np.linalg.lstsq(basis, shares, rcond=None)
    noise = (shares - basis @ curve) * np.sqrt(len(shares) / max(1, len(shares) - basis.shape[1]))
    grid = ndtri((np.arange(_GRID) + 0.5) / _GRID)
    # Milder days than any trained on are no worse than the mildest of those: the parabola is not followed there.
    seen = np.maximum(grid, scores.min())
    centre = np.minimum(1.0, curve[0] + curve[1] * seen + curve[2] * seen**2)
    return float(np.quantile(centre[:, None] + noise[None, :], probability))


def _step(missing: float, slope: float, cushion: float) -> float:
    """Return the change of the log factor for a share that is ``missing`` (negative: to spare) against its goal.

    What falls short is mended at once and a little more; what passes is lowered only where there is much to spare, and
    only by half: rosters jump, and a promise lost costs a round.
    """
    if missing > 0:
        return min(STEP_MAX, missing / slope + cushion)
    return max(-STEP_MAX, missing / slope / 2) if missing < -SLACK_SHARE else 0.0


def _slope(trials: list[tuple[float, float]]) -> float:
    """Return the rise of the share per unit of log factor, from the last two different factors."""
    if len(trials) < 2 or abs(trials[-1][0] - trials[-2][0]) < 1e-6:
        return FIRST_SLOPE
    (factor_a, share_a), (factor_b, share_b) = trials[-2:]
    return float(np.clip((share_b - share_a) / (factor_b - factor_a), *SLOPE_RANGE))
