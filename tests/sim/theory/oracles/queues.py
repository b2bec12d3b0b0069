"""Queues whose steady state is an integral or a formula."""

import math
from functools import partial

import numpy as np
from scipy.integrate import quad
from scipy.special import gammaln, logsumexp, ndtr

from sim import erlang_c


class ConstantPatience:
    """Everybody gives up after the same time."""

    def __init__(self, mean_s):
        self.mean_s, self.bends = mean_s, (mean_s,)

    def stays(self, wait_s):
        """P(patience > wait)."""
        return float(wait_s < self.mean_s)

    def lasting(self, wait_s):
        """Integral of ``stays`` from 0 to ``wait_s``."""
        return min(wait_s, self.mean_s)


class Erlang2Patience:
    """Sum of two exponential times."""

    def __init__(self, mean_s):
        self.rate, self.bends = 2.0 / mean_s, ()

    def stays(self, wait_s):
        return (1.0 + self.rate * wait_s) * math.exp(-self.rate * wait_s)

    def lasting(self, wait_s):
        return (2.0 - (2.0 + self.rate * wait_s) * math.exp(-self.rate * wait_s)) / self.rate


class LognormalPatience:
    def __init__(self, mean_s, cv):
        self.mean_s, self.spread, self.bends = mean_s, math.sqrt(math.log1p(cv**2)), ()

    def _above(self, wait_s):
        return (math.log(wait_s / self.mean_s) + self.spread**2 / 2) / self.spread if wait_s > 0 else -math.inf

    def stays(self, wait_s):
        return float(ndtr(-self._above(wait_s)))

    def lasting(self, wait_s):
        return self.mean_s * float(ndtr(self._above(wait_s) - self.spread)) + wait_s * self.stays(wait_s)


def mmcg(agents, load, work_s, patience, within_s):
    """Return (P(wait), P(abandon), E(wait), P(answered in time)) of M/M/c+G.

    Zeltyn and Mandelbaum, Queueing Systems 51 (2005), section 3: above 0 the offered wait has the density
    lambda pi exp(lambda H(x) - c mu x), H the integral of P(patience > u) up to x; who is offered a wait x is served if
    his patience is longer and otherwise waits until it ends, so that E(wait) is the mean of H.
    """
    rate, serve = load / work_s, agents / work_s
    reach = 100.0
    while rate * patience.lasting(reach) - serve * reach > -60.0:
        reach *= 1.2

    def integral(weight, end_s):
        def density(wait_s):
            return weight(wait_s) * math.exp(rate * patience.lasting(wait_s) - serve * wait_s)

        bends = [bend for bend in (within_s, *patience.bends) if bend < end_s]
        return quad(density, 0.0, end_s, points=bends or None, limit=1000, epsabs=1e-14, epsrel=1e-12)[0]

    counts = np.arange(agents)
    below = logsumexp(counts * math.log(load) - gammaln(counts + 1))
    free = math.exp(below - (agents - 1) * math.log(load) + gammaln(agents))
    whole = partial(integral, end_s=reach)
    above = whole(lambda _: 1.0)
    total = free + rate * above
    return (
        rate * above / total,
        (1.0 + (rate - serve) * above) / total,
        rate * whole(patience.lasting) / total,
        (free + rate * integral(patience.stays, within_s)) / total,
    )


def pollaczek_khinchine(rate, mean_s, cv):
    """Return the mean wait of M/G/1 (Pollaczek 1930, Khinchine 1932)."""
    return rate * mean_s**2 * (1 + cv**2) / 2 / (1 - rate * mean_s)


def cobham(agents, rates, work_s):
    """Return the mean wait of each class of M/M/c with priorities, the most urgent first (Cobham 1954)."""
    loads = np.cumsum(rates) * work_s / agents
    whole = erlang_c(agents, loads[-1] * agents, work_s, 0.0).p_wait * work_s / agents
    above = np.concatenate([[0.0], loads[:-1]])
    return whole / ((1 - above) * (1 - loads))


def classical_retrial(rate, served, retry):
    """Return the mean number in orbit of M/M/1 without a queue, its callers retrying for ever (Falin 1990)."""
    return rate * (rate + retry * rate / served) / (retry * (served - rate))
