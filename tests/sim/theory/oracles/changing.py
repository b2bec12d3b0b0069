"""Queues whose rates change over the day: the forward equations of M_t/M/c(t)+M."""

import numpy as np
from scipy.linalg import expm

QUARTER_S = 900.0


def flash_day():
    """Return (72,) expected calls per quarter from 08:00 to 02:00: a day with flashes at 20:00 and at midnight."""
    hours = [3, 4.5, 6.75, 6.75, 5, 4.25, 5, 6.75, 6.75, 5.25, 4.5, 5.5]
    evening = [13, 10.5, 8.5, 7.25, *np.repeat([6.5, 5.5, 5], 4).tolist()]
    night = [9, 7.5, 6, 6, *[2.5] * 4]
    return np.round(60 / 13 * np.array([*np.repeat(hours, 4).tolist(), *evening, *night]), 4)


class ForwardEquations:
    """Number in the system of M_t/M/c(t)+M, quarter by quarter, empty at the start.

    The generator is constant inside a quarter, so its matrix exponential is exact; one component more gathers the mean
    number who give up (Van Loan 1978).
    """

    def __init__(self, calls, agents, work_s, patience_s, most=70):
        self.calls, self.agents = calls, np.broadcast_to(agents, len(calls))
        self.work_s, self.patience_s, self.inside = work_s, patience_s, np.arange(most + 1)
        now = np.zeros(most + 2)
        now[0] = 1.0
        self.states = [now]
        known = {}
        for key in zip(self.calls.tolist(), self.agents.tolist(), strict=True):
            if key not in known:
                known[key] = expm(self._flow(*key) * QUARTER_S)
            self.states.append(known[key] @ self.states[-1])

    def _flow(self, calls, agents):
        waiting = np.maximum(0, self.inside - agents)
        up = np.full(len(self.inside), calls / QUARTER_S)
        up[-1] = 0.0
        down = np.minimum(self.inside, agents) / self.work_s + waiting / self.patience_s
        flow = np.zeros((len(up) + 1, len(up) + 1))
        flow[:-1, :-1] = np.diag(-up - down) + np.diag(up[:-1], -1) + np.diag(down[1:], 1)
        flow[-1, :-1] = waiting / self.patience_s
        return flow

    def at(self, minute):
        """Return the shares of 0, 1, .. in the system at ``minute`` of the day; a whole quarter."""
        return self.states[round(minute / 15)][:-1]

    @property
    def abandoned(self):
        """Mean number who give up in the whole day."""
        return float(self.states[-1][-1])

    def queue(self, minute):
        """Return the mean number waiting at ``minute`` with the agents of the quarter before it."""
        quarter = max(0, round(minute / 15) - 1)
        return float(np.maximum(0, self.inside - self.agents[quarter]) @ self.at(minute))
