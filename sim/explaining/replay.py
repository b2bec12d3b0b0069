"""Measured days, to be played again: so many contacts, so much work and just those people, whatever else is believed.

What is played is fitted to what was measured where the two are not the same thing. A history counts attempts and the
work on them; the floor draws matters, whose sessions may reopen, and work at tenure factor 1.
"""

from dataclasses import replace

import numpy as np

from scenarios import US_PER_S, DemandUncertainty, Forecast, LongThink, Messages, Quantity, Roster, Scenario
from scenarios.checks import BoolArray, FloatArray
from sim.explaining.actuals import Actuals, as_measured, demand_as_it_was
from sim.floor.staff import Staff, staff_always_on
from sim.measures.study import Study
from sim.studies.replicate import replicate

_PURPOSE, _FIT_PURPOSE = "validate", "validate/fit"
_FIT_REPLICATIONS = 40


class Replay:
    """The measured days.

    Parameters
    ----------
    people
        Who was rostered (absence is then drawn), or exactly who was there.
    """

    def __init__(self, scenario: Scenario, actuals: Actuals, people: Roster | Staff, seed: int) -> None:
        self.scenario = as_measured(scenario)
        self.actuals = actuals
        self.people = people
        self._seed = seed
        typical = np.array([kind.work_s.mean_s for kind in scenario.contact_types]) * scenario.factor(Quantity.WORK)
        names = tuple(kind.name for kind in scenario.contact_types)
        certain = DemandUncertainty((0.0,) * len(scenario.horizon.days))
        believed = Forecast(scenario.horizon, names, actuals.offered, typical, certain)
        self._forecast = demand_as_it_was(actuals, believed)
        reopens = np.array([_reopens(kind.messages) for kind in scenario.contact_types])
        if reopens.any():
            self._forecast = self._with_matters(reopens)
        if (scaled := self._worked_otherwise(reopens)).any():
            self._forecast = self._with_work(scaled)

    def study(self, replications: int, world: Scenario | None = None, *, volume: float = 1.0) -> Study:
        """Play the days.

        Parameters
        ----------
        world
            What is believed instead of ``scenario``.
        volume
            So many times the measured contacts come.
        """
        forecast = replace(self._forecast, expected=self._forecast.expected * volume)
        return self._played(world or self.scenario, forecast, self.people, replications, _PURPOSE)

    def _played(
        self, world: Scenario, forecast: Forecast, people: Roster | Staff, replications: int, purpose: str
    ) -> Study:
        return replicate(world, forecast, people, replications=replications, seed=self._seed, purpose=purpose)

    def _with_matters(self, reopens: BoolArray) -> Forecast:
        """Return the demand without the attempts that are sessions of measured matters, reopened.

        How many attempts the answered ones lead to, and when, is played with people for all: once with and once without
        a second attempt, on the same contacts. Only the last attempt that a matter is allowed leads to none.
        """
        answered = np.where(reopens & self.scenario.horizon.open_intervals()[:, None], self.actuals.answered, 0.0)
        forecast = replace(self._forecast, expected=answered)
        people = staff_always_on(self.scenario, dict.fromkeys(self._groups(), self._plenty(answered)))
        two, one = (
            self._played(replace(self.scenario, attempts_max=most), forecast, people, _FIT_REPLICATIONS, _FIT_PURPOSE)
            for most in (min(2, self.scenario.attempts_max), 1)
        )
        reopened: FloatArray = (two.offered - one.offered).mean(axis=0)
        share = reopened.sum(axis=0) / np.maximum(self.actuals.offered.sum(axis=0), 1.0)
        chain = share[:, None] ** np.arange(self.scenario.attempts_max)
        leads_on = 1.0 - chain[:, -1] / chain.sum(axis=1)
        expected = self._forecast.expected
        first = np.where(reopens, np.maximum(0.0, expected - reopened * leads_on), expected)
        return replace(self._forecast, expected=first)

    def _groups(self) -> list[str]:
        return [group.name for group in self.scenario.groups]

    def _plenty(self, answered: FloatArray) -> int:
        """Return so many people that no session waits for one, though each had but one slot."""
        longest_s = max(
            talk.rounds_mean * (talk.reply_work_s.mean_s + talk.think_s.mean_s) + talk.silence_close_s
            for kind in self.scenario.contact_types
            if (talk := kind.messages) is not None
        )
        arrivals_per_s = answered.sum(axis=1).max() * US_PER_S / self.scenario.horizon.interval_us
        return int(np.ceil(2.0 * arrivals_per_s * longest_s)) + 10

    def _worked_otherwise(self, reopens: BoolArray) -> BoolArray:
        """Return (K,) whether measured work is not simply that of a matter by an agent of tenure factor 1."""
        if isinstance(self.people, Staff):
            alike = bool((self.people.tenure_factor == 1.0).all())
        else:
            alike = all(self.scenario.agent(name).tenure_factor == 1.0 for name in self.people.agents)
        shorter = (self.scenario.factor(Quantity.FIRST_REPLY) != 1.0).any(axis=0)
        unlike: BoolArray = reopens | shorter | (not alike)
        return unlike & ~np.isnan(self.actuals.work_s).all(axis=0)

    def _with_work(self, scaled: BoolArray) -> Forecast:
        """Return the demand with the work of some types scaled until its played mean is the measured one."""
        pilot = self._played(self.scenario, self._forecast, self.people, _FIT_REPLICATIONS, _FIT_PURPOSE)
        known = ~np.isnan(self.actuals.work_s)
        contacts = np.where(known, self.actuals.offered, 0.0)
        whole_s = (np.where(known, self.actuals.work_s, 0.0) * contacts).sum(axis=0)
        measured_s = whole_s / np.maximum(contacts.sum(axis=0), 1.0)
        handled, work_us = (pilot.counts(name).sum(axis=(0, 1)) for name in ("handled", "work_us"))
        played_s = work_us / US_PER_S / np.maximum(handled, 1)
        scale = np.where(scaled & (played_s > 0), measured_s / np.where(played_s > 0, played_s, 1.0), 1.0)
        return replace(self._forecast, work_s=self._forecast.work_s * scale)


def _reopens(messages: Messages | None) -> bool:
    return messages is not None and messages.long_think is LongThink.REOPENS
