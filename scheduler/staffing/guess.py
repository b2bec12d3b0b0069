"""The first guess of a requirement by closed forms; the simulation corrects it afterwards.

Voice: least servers for which Erlang A (Palm 1957) on the load of M_t/G/infinity (Eick, Massey and Whitt 1993) answers
the promised share in time. Chat: the same on a birth-death chain of sessions with shared capacity. Each group is taken
alone with the contacts whose route starts there; what overflow, pooling, breaks and absence change is left to the
simulation.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from scenarios import (
    Channel,
    ContactType,
    Forecast,
    Group,
    Law,
    LawKind,
    Messages,
    Quantity,
    Requirement,
    Scenario,
    ServiceTarget,
)
from scenarios.checks import BoolArray, FloatArray
from sim import (
    attempts_with_follow_ups,
    least_servers,
    message_law,
    min_agents_a,
    min_agents_messages,
    offered_load_erlangs,
    slot_chat,
)

UNPROMISED_SHARE = 0.8
UNPROMISED_WITHIN_S = 30.0
"""Aim for live contacts nobody promised anything about: the classic 80 % in 30 s, so that they are not forgotten."""
IDLE_FOR_TICKETS = 0.8
"""Share of idle live time that tickets can really use; the rest is lost to being interrupted."""

TYPING_MOST = 0.7
"""Share of time an agent types at most where no head-count can keep the promise: nobody types all the time."""


def first_guess(scenario: Scenario, forecast: Forecast, *, rate_factor: FloatArray | None = None) -> Requirement:
    """Return the positions each group needs by closed form.

    Parameters
    ----------
    rate_factor
        (T, G) multiplies the expected contact rates; ``None`` for 1.

    Returns
    -------
    Requirement
        Whole positions net of breaks and absence; at least 1 in open intervals of a group that serves live contacts.
    """
    horizon = scenario.horizon
    factor = np.ones((horizon.intervals, len(scenario.groups))) if rate_factor is None else rate_factor
    rates = human_rates_per_s(scenario, forecast)
    positions = np.zeros_like(factor)
    for number, group in enumerate(scenario.groups):
        share = _Share.of(scenario, forecast, group, rates * factor[:, [number]])
        live = share.voice_positions() + share.chat_positions()
        positions[:, number] = live + share.ticket_positions(live)
    return Requirement(horizon, tuple(group.name for group in scenario.groups), positions)


def human_rates_per_s(scenario: Scenario, forecast: Forecast) -> FloatArray:
    """Return (T, K) expected attempts per second that reach a human: levers applied, contained gone, follow-ups in."""
    columns = [forecast.column(kind.name) for kind in scenario.contact_types]
    offered = [0.0 if kind.bot is None else kind.bot.offered_share for kind in scenario.contact_types]
    keeps = [0.0 if kind.bot is None else kind.bot.containment_share for kind in scenario.contact_types]
    contained = np.minimum(1.0, offered * scenario.factor(Quantity.BOT)) * keeps
    volume = forecast.expected[:, columns] * scenario.factor(Quantity.VOLUME)
    reached = volume * scenario.horizon.open_intervals()[:, None] * (1.0 - contained)
    return attempts_with_follow_ups(scenario, reached) / (scenario.horizon.interval_min * 60)


def with_absence(scenario: Scenario, requirement: Requirement) -> Requirement:
    """Return the positions to roster so that the required ones come on average: each divided by (1 - absence)."""
    present = present_shares(scenario)
    if (present <= 0).any():
        present = np.maximum(present, 1e-3)  # everybody stays away: no roster helps, and the search will say so
    return Requirement(scenario.horizon, requirement.groups, requirement.positions / present[:, None])


def present_shares(scenario: Scenario) -> FloatArray:
    """Return (T,) the share of rostered people who come, on average."""
    horizon = scenario.horizon
    return np.array([1.0 - scenario.absence_at(number * horizon.interval_us) for number in range(horizon.intervals)])


@dataclass(frozen=True, slots=True)
class _Share:
    """What one group is to carry: per channel the rate (T,), mean work (T,) and mean patience of its contacts."""

    scenario: Scenario
    forecast: Forecast
    group: Group
    rates: FloatArray
    work_s: FloatArray
    kinds: tuple[tuple[int, ContactType], ...]

    @classmethod
    def of(cls, scenario: Scenario, forecast: Forecast, group: Group, rates: FloatArray) -> "_Share":
        """Collect the contact types whose route starts in ``group``."""
        starts = {route.contact_type for route in scenario.routes if route.steps[0].group == group.name}
        kinds = tuple((n, kind) for n, kind in enumerate(scenario.contact_types) if kind.name in starts)
        columns = [forecast.column(kind.name) for kind in scenario.contact_types]
        tenure = _mean_tenure(scenario, group)
        work_s = forecast.work_s[:, columns] * scenario.factor(Quantity.WORK) * tenure
        return cls(scenario, forecast, group, rates, work_s, kinds)

    def voice_positions(self) -> FloatArray:
        """Return (T,) positions for calls by Erlang A on the lagged load."""
        mix = self._mix(Channel.VOICE)
        if mix is None:
            return np.zeros(len(self.rates))
        rate, work, patience_s, target = mix
        interval_s = float(self.scenario.horizon.interval_min * 60)
        law = _as_law(work)  # gives the lag; how much work comes when is in the rate
        load = offered_load_erlangs(rate * work / law.mean_s, interval_s, law)
        aim = _Aim.of(target)
        need = np.zeros_like(load)
        for number in np.flatnonzero(self._open()):
            need[number] = _least_voice(round(float(load[number]), 3), round(float(work[number]), 1), patience_s, aim)
        return need

    def chat_positions(self) -> FloatArray:
        """Return (T,) positions for chats by the birth-death chain of sessions."""
        mix = self._mix(Channel.CHAT)
        if mix is None:
            return np.zeros(len(self.rates))
        rate, work, patience_s, target = mix
        aim = _Aim.of(target)
        need = np.zeros_like(rate)
        talks = self._messages()
        for number in np.flatnonzero(self._open()):
            if talks is not None:
                messages = talks[number]
                factor = round(float(work[number]) / messages.work_mean_s, 2)
                need[number] = _least_messages(
                    messages, factor, self.group.chat_cap, round(float(rate[number]), 6), patience_s, aim
                )
                continue
            need[number] = _least_chat(
                self.group.chat_cap, self.group.session_speed, round(float(rate[number]), 6),
                round(float(work[number]), 1), patience_s, aim,
            )  # fmt: skip
        return need

    def _messages(self) -> list[Messages] | None:
        """Return (T) messages of the type that brings most work, ``None`` where chats are played by slots."""
        by_work = [
            (float((self.rates[:, number] * self.work_s[:, number]).sum()), kind, kind.messages)
            for number, kind in self.kinds
            if kind.messages is not None
        ]
        if not by_work:
            return None
        _, kind, own = max(by_work, key=lambda row: row[0])
        expected = self.forecast.rounds_of(kind)
        few = np.where(expected == own.rounds_mean, expected, np.round(expected, 1))  # a formula for each, not for all
        talks = {rounds: replace(own, rounds_mean=rounds) for rounds in np.unique(few).tolist()}
        return [talks[rounds] for rounds in few.tolist()]

    def ticket_positions(self, live: FloatArray) -> FloatArray:
        """Return (T,) positions for tickets beyond the idle time of the ``live`` positions, level over open time."""
        columns = [number for number, kind in self.kinds if kind.channel is Channel.TICKET]
        if not columns:
            return np.zeros_like(live)
        work = float((self.rates[:, columns] * self.work_s[:, columns]).sum())
        busy = self._busy_erlangs()
        idle = float(np.maximum(live - busy, 0.0)[self._open()].sum()) * IDLE_FOR_TICKETS
        missing = max(0.0, work - idle) / max(1, int(self._open().sum()))
        return np.where(self._open(), np.ceil(missing - 1e-9), 0.0)

    def _busy_erlangs(self) -> FloatArray:
        """Return (T,) agents busy with live contacts, chats at full concurrency."""
        voice = [number for number, kind in self.kinds if kind.channel is Channel.VOICE]
        chat = [number for number, kind in self.kinds if kind.channel is Channel.CHAT]
        # One person types one reply at a time; by slots, sessions share him at the declared speeds.
        together = 1.0 if self._messages() else self.group.chat_cap * self.group.session_speed[-1]
        return np.asarray(
            (self.rates[:, voice] * self.work_s[:, voice]).sum(axis=1)
            + (self.rates[:, chat] * self.work_s[:, chat]).sum(axis=1) / together
        )

    def _mix(self, channel: Channel) -> tuple[FloatArray, FloatArray, float, ServiceTarget | None] | None:
        """Return rate (T,), mean work (T,), mean patience, strictest target of a channel; ``None`` if not served."""
        chosen = [(number, kind) for number, kind in self.kinds if kind.channel is channel]
        if not chosen:
            return None
        columns = [number for number, _ in chosen]
        rate = self.rates[:, columns].sum(axis=1)
        content = (self.rates[:, columns] * self.work_s[:, columns]).sum(axis=1)
        plain = self.work_s[:, columns].mean(axis=1)
        work = np.where(rate > 0, content / np.maximum(rate, 1e-300), plain)
        weights = self.rates[:, columns].sum(axis=0) + 1e-12
        means = [np.inf if kind.patience_s.kind is LawKind.NEVER else kind.patience_s.mean_s for _, kind in chosen]
        patience_s = float(weights.sum() / (weights / np.array(means)).sum()) if np.isfinite(means).any() else np.inf
        targets = [
            target for target in (self.scenario.target_of(kind.name) for _, kind in chosen) if target is not None
        ]
        return rate, work, patience_s, max(targets, key=lambda target: target.day_share, default=None)

    def _open(self) -> BoolArray:
        return self.scenario.horizon.open_intervals()


@dataclass(frozen=True, slots=True)
class _Aim:
    """What the formula is asked for."""

    share: float
    within_s: float
    abandoned_max: float

    @classmethod
    def of(cls, target: ServiceTarget | None) -> "_Aim":
        if target is None:
            return cls(UNPROMISED_SHARE, UNPROMISED_WITHIN_S, 1.0)
        return cls(target.day_share, target.answer_within_s, target.abandoned_share_max or 1.0)


@lru_cache(maxsize=65_536)
def _least_voice(load: float, work_s: float, patience_s: float, aim: _Aim) -> int:
    """Return the least servers for which Erlang A meets ``aim``; 1 for no load."""
    if load <= 0:
        return 1
    return min_agents_a(load, work_s, patience_s, aim.within_s, aim.share, aim.abandoned_max)


@lru_cache(maxsize=65_536)
def _least_chat(
    cap: int, speeds: tuple[float, ...], rate_per_s: float, work_s: float, patience_s: float, aim: _Aim
) -> int:
    """Return the least agents for which the session chain meets ``aim``; 1 for no load."""

    def meets(agents: int) -> bool:
        said = slot_chat(agents, cap, speeds, rate_per_s, work_s, patience_s, aim.within_s)
        return said.share_in_time >= aim.share and said.p_abandon <= aim.abandoned_max

    together = cap * speeds[-1]
    return 1 if rate_per_s <= 0 else least_servers(meets, rate_per_s * work_s / together)


@lru_cache(maxsize=65_536)
def _least_messages(
    messages: Messages, work_factor: float, cap: int, rate_per_s: float, patience_s: float, aim: _Aim
) -> int:
    """Return the least agents for which the two layers of chat by messages meet ``aim``; 1 for no load.

    Where even an idle agent is too late too often, as many as keep everybody from typing all the time.
    """
    if rate_per_s <= 0:
        return 1
    law = message_law(messages, aim.within_s, work_factor)
    found = min_agents_messages(law, rate_per_s, patience_s, aim.share, cap)
    return math.ceil(rate_per_s * law.work_s / TYPING_MOST) if found is None else found


def _mean_tenure(scenario: Scenario, group: Group) -> float:
    """Return the mean tenure factor of the agents who may sit in ``group``; 1 when nobody may."""
    factors = [agent.tenure_factor for agent in scenario.agents if set(group.skills) <= set(agent.skills)]
    return float(np.mean(factors)) if factors else 1.0


def _as_law(work_s: FloatArray) -> Law:
    """Return the law whose lag the load is computed with: exponential of the mean work of the horizon."""
    return Law(LawKind.EXPONENTIAL, float(np.mean(work_s[work_s > 0])) if (work_s > 0).any() else 1.0)
