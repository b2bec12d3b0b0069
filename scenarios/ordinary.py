"""The ordinary week: how many contacts a type's profile puts into the opening hours."""

import numpy as np

from scenarios.checks import FloatArray
from scenarios.contact_types import Channel, ContactType
from scenarios.demand import HOURS_PER_DAY, Profile
from scenarios.errors import PlanningError
from scenarios.horizon import MIN_PER_DAY, Opening
from scenarios.scenario import Scenario

_LEVEL = Profile("", (1.0,) * HOURS_PER_DAY)


def week_weights(scenario: Scenario, kind: ContactType) -> FloatArray:
    """Return (7, 24) the weight of each weekday and clock hour by the profile of ``kind``, level without one."""
    profile = next((profile for profile in scenario.profiles if profile.name == kind.profile), _LEVEL)
    return np.outer(profile.weekday_weights, profile.hour_weights)


def day_weight(weights: FloatArray, opening: Opening, kind: ContactType) -> float:
    """Return the mean over open weekdays of (7, 24) ``weights`` inside opening hours; of tickets, of whole days.

    Raises
    ------
    PlanningError
        When the profile has no weight while the shop is open.
    """
    open_share = _open_share(opening)
    counted = np.ones_like(open_share) if kind.channel is Channel.TICKET else open_share
    days = counted.any(axis=1)
    total = float((weights * counted)[days].sum() / days.sum())
    if total <= 0.0:
        raise PlanningError(
            "profile_never_open", thing=f"ContactType({kind.name})", field="profile", value=kind.profile or "-"
        )
    return total


def _open_share(opening: Opening) -> FloatArray:
    """Return (7, 24) the share of each clock hour that the ordinary week is open; all of it when it never is.

    A night that closes after midnight counts for the weekday on which it opens.
    """
    minutes = np.zeros((7, HOURS_PER_DAY))
    for weekday, hours in enumerate(opening.weekly):
        if hours is not None:
            open_min = np.arange(hours.opens_min, hours.closes_min) % MIN_PER_DAY
            minutes[weekday] = np.bincount(open_min // 60, minlength=HOURS_PER_DAY)
    return minutes / 60.0 if minutes.any() else np.ones_like(minutes)
