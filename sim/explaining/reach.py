"""What can be promised at all: the share that is in time when an idle agent, as fast as any, is always there."""

import itertools
from dataclasses import dataclass
from datetime import date

import numpy as np

from scenarios import ContactType, Forecast, Law, LongThink, Quantity, Route, Scenario, ServiceTarget
from scenarios.checks import FloatArray, require_not_negative, require_positive
from sim.floor.staff import Staff
from sim.formulas.laws import survival

_ROUNDING = 1e-9  # a share of 1 may come out a hair below
_NO_WORK = 1e-9  # a forecast may hold no work at all


@dataclass(frozen=True, slots=True)
class FirstReply:
    """A kind of first reply that a contact of a type leads to.

    Parameters
    ----------
    attempts
        How many attempts of a contact begin with it, on average.
    law
        Of its work; ``None`` where the answer is there when the contact is taken.
    quantities
        Effects on these lengthen it.
    is_forecast
        Whether the forecast's work scales it.
    """

    attempts: float
    law: Law | None
    quantities: tuple[Quantity, ...] = ()
    is_forecast: bool = False


def first_replies(kind: ContactType) -> tuple[FirstReply, ...]:
    """Return the first replies of a contact that is answered: its own, those of reopenings and of who finds it astray.

    Redials, follow-ups and what ends a chain (``attempts_max``) are left out.
    """
    messages = kind.messages
    astray = 0.0 if kind.missorted is None else kind.missorted.share
    if messages is None:
        return (FirstReply(1.0 + astray, None),)
    reopened = 0.0
    if messages.long_think is LongThink.REOPENS:
        too_long = float(survival(messages.think_s, np.array(messages.silence_close_s)))
        reopened = (messages.rounds_mean - 1.0) * too_long
    return (
        FirstReply(1.0, messages.first_reply_work_s, (Quantity.WORK, Quantity.FIRST_REPLY), is_forecast=True),
        FirstReply(reopened, messages.reply_work_s, (Quantity.WORK,), is_forecast=True),
        FirstReply(astray, None if kind.missorted is None else kind.missorted.work_s, (Quantity.WORK,)),
    )


def attempts_per_contact(kind: ContactType) -> float:
    """Return how many attempts are offered per contact, reopenings and those astray included; see ``first_replies``."""
    return sum(reply.attempts for reply in first_replies(kind))


def attempts_expected(forecast: Forecast, kind: ContactType) -> FloatArray:
    """Return (T,) ``attempts_per_contact`` with the rounds that are expected in each interval."""
    rounds, place = np.unique(forecast.rounds_of(kind), return_inverse=True)
    each: FloatArray = np.array([attempts_per_contact(kind.with_rounds(mean)) for mean in rounds.tolist()])[place]
    return each


def best_share_with_idle_agents(kind: ContactType, answer_within_s: float, *, work_factor: float = 1.0) -> float:
    """Return the share answered in time when an idle agent is always there: no head-count promises more.

    Calls, tickets and chats by slots are answered when they are taken: 1. A chat by messages is answered at the end of
    its first reply, which takes time to type: P(work of the first reply <= limit), over all its attempts.

    Parameters
    ----------
    work_factor
        Of every reply: tenure of who answers, slow systems.
    """
    require_not_negative("best_share_with_idle_agents", "answer_within_s", answer_within_s)
    require_positive("best_share_with_idle_agents", "work_factor", work_factor)
    replies = first_replies(kind)
    in_time = sum(reply.attempts * float(_within(reply, answer_within_s, np.array(work_factor))) for reply in replies)
    return in_time / attempts_per_contact(kind)


def _within(reply: FirstReply, within_s: float, factor: FloatArray) -> FloatArray:
    """Return P(first reply <= limit) when its work is multiplied, elementwise."""
    return np.ones_like(factor) if reply.law is None else 1.0 - survival(reply.law, within_s / factor)


def reach_of(scenario: Scenario, forecast: Forecast, number: int, tenure_factor: float, within_s: float) -> FloatArray:
    """Return (T,) ``best_share_with_idle_agents`` of contact type ``number``, with the work expected in each interval.

    The forecast's work, effects on work and on first replies, and the tenure factor of who answers all count.
    """
    kind = scenario.contact_types[number]
    planned = forecast.work_factor(kind)
    rounds = forecast.rounds_of(kind)
    shares = np.zeros(scenario.horizon.intervals)
    for mean in np.unique(rounds).tolist():  # how many sessions are reopened hangs on their rounds
        here, alike = rounds == mean, kind.with_rounds(mean)
        in_time = np.zeros(int(here.sum()))
        for reply in first_replies(alike):
            factor = np.full(len(in_time), tenure_factor) * (planned[here] if reply.is_forecast else 1.0)
            for quantity in reply.quantities:
                factor = factor * scenario.factor(quantity)[here, number]
            in_time += reply.attempts * _within(reply, within_s, np.maximum(factor, _NO_WORK))
        shares[here] = in_time / attempts_per_contact(alike)
    return shares


def fastest_tenure(scenario: Scenario, staff: Staff, number: int) -> float:
    """Return the least tenure factor among all who may ever take contact type ``number``; 1 where nobody may.

    These are the people of every group of its ladder, and of the ladders it is transferred to: those of ``staff`` and
    the shop's own who have a group's skills.
    """
    names = _groups_of(scenario, scenario.contact_types[number].name)
    places = [scenario.group_index(name) for name in names]
    factors = staff.tenure_factor[np.isin(staff.group, places)].tolist()
    for group in (scenario.groups[place] for place in places):
        able = (agent for agent in scenario.agents if set(group.skills) <= set(agent.skills))
        factors.extend(agent.tenure_factor for agent in able)
    return min(factors, default=1.0)


def _groups_of(scenario: Scenario, contact_type: str) -> tuple[str, ...]:
    routes: dict[str, Route] = {route.contact_type: route for route in scenario.routes}
    seen: list[str] = []
    while contact_type and contact_type not in seen:
        seen.append(contact_type)
        contact_type = routes[contact_type].transfer_to
    return tuple(dict.fromkeys(group for name in seen for group in routes[name].groups))


@dataclass(frozen=True, slots=True)
class OutOfReach:
    """A target that no head-count meets.

    Parameters
    ----------
    best
        Largest expected share in time of any of ``dates``, with idle agents throughout.
    dates
        Service dates on which it is out of reach.
    everywhere
        Whether these are all dates on which contacts are expected.
    contact_types
        Its contact types that are below the target by themselves.
    """

    target: ServiceTarget
    best: float
    dates: tuple[date, ...]
    everywhere: bool
    contact_types: tuple[str, ...]


def out_of_reach(scenario: Scenario, forecast: Forecast, staff: Staff, rates: FloatArray) -> tuple[OutOfReach, ...]:
    """Return the targets that even idle agents miss, date by date, over all contact types a target counts together.

    Of a date counts the expected share: each type's best share in each interval, weighted with the attempts expected.
    Groups and their numbers do not matter, whoever may serve a type is as fast as the fastest of them.

    Parameters
    ----------
    rates
        (T, K) expected contacts that reach the humans, in any unit.
    """
    found = []
    for target in scenario.targets:
        in_time, offered = _expected(scenario, forecast, staff, rates, target)
        tops, bottoms = in_time.sum(axis=1), offered.sum(axis=1)
        known = bottoms > 0
        shares = np.where(known, tops / np.where(known, bottoms, 1.0), 1.0)
        missed = np.flatnonzero(shares < target.day_share - _ROUNDING)
        if len(missed):
            slow = in_time[missed].sum(axis=0) < (target.day_share - _ROUNDING) * offered[missed].sum(axis=0)
            found.append(
                OutOfReach(
                    target=target,
                    best=float(shares[missed].max()),
                    dates=tuple(scenario.horizon.days[day].date for day in missed.tolist()),
                    everywhere=len(missed) == int(known.sum()),
                    contact_types=tuple(itertools.compress(target.contact_types, slow.tolist())),
                )
            )
    return tuple(found)


def _expected(
    scenario: Scenario, forecast: Forecast, staff: Staff, rates: FloatArray, target: ServiceTarget
) -> tuple[FloatArray, FloatArray]:
    """Return (D, n) attempts in time with idle agents, and attempts offered, of each service day and type."""
    in_time, offered = [], []
    for number in map(scenario.type_index, target.contact_types):
        asked = rates[:, number] * attempts_expected(forecast, scenario.contact_types[number])
        tenure = fastest_tenure(scenario, staff, number)
        offered.append(asked)
        in_time.append(asked * reach_of(scenario, forecast, number, tenure, target.answer_within_s))
    spans = [slice(day.first_interval, day.end_interval) for day in scenario.horizon.days]
    shape = (len(spans), len(offered))
    top, bottom = (
        np.array([[column[span].sum() for column in columns] for span in spans]).reshape(shape)
        for columns in (in_time, offered)
    )
    return top, bottom
