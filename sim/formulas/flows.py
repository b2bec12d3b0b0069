"""How many attempts a stream of contacts turns into: what follows answers, before anything is simulated."""

import numpy as np

from scenarios import Channel, FollowUpKind, Quantity, Scenario
from scenarios.checks import FloatArray


def attempts_with_follow_ups(scenario: Scenario, offered: FloatArray) -> FloatArray:
    """Return (T, K) expected attempts: ``offered`` and everything that follows if every contact is answered.

    A first guess for planning: each follow-up comes its mean delay later (delays beyond the horizon are lost), shares
    ``by_tenure`` count as those of an experienced agent, nobody gives up. Chains end after ``attempts_max`` attempts.

    Parameters
    ----------
    offered
        (T, K) contacts that reach the humans from outside.
    """
    total = offered.copy()
    wave = offered
    for _ in range(scenario.attempts_max - 1):
        wave = _next_wave(scenario, wave)
        if not wave.any():
            break
        total = total + wave
    return total


def _next_wave(scenario: Scenario, wave: FloatArray) -> FloatArray:
    """Return (T, K) attempts that directly follow the answered attempts ``wave``."""
    following = np.zeros_like(wave)
    again = scenario.factor(Quantity.RECONTACT)
    open_now = scenario.horizon.open_intervals()
    for number, kind in enumerate(scenario.contact_types):
        for follow in kind.follow_ups:
            target = scenario.type_index(follow.to) if follow.to else number
            delay_s = 0.0 if follow.delay_s is None else follow.delay_s.mean_s
            lag = round(delay_s / (scenario.horizon.interval_min * 60))
            share = follow.share * (again[:, number] if follow.kind is FollowUpKind.RECONTACT else 1.0)
            late = np.zeros(len(wave))
            if lag < len(wave):
                late[lag:] = (wave[:, number] * share)[: len(wave) - lag]
            live = scenario.contact_types[target].channel is not Channel.TICKET
            following[:, target] += late * open_now if live else late
    return following
