"""What a service day costs: target at several levels, router and cap, one more person; and what is short."""

from collections.abc import Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from threading import Event

import numpy as np

from scenarios import Forecast, Reason, Scenario
from scenarios.progress import Progress, silent
from scheduler.loop.bed import CallBed
from scheduler.loop.closest import closest_of
from scheduler.loop.closing import LoopOutcome, LoopSettings, day_factor_of, proven_outcome
from scheduler.loop.day import day_alone
from scheduler.loop.day_loop import DayLoop
from scheduler.loop.price import PricePoint, knee_of, price_curve, promised_at
from scheduler.loop.routing_price import (
    ChatRouting,
    PricedRouting,
    Routing,
    RoutingPrices,
    chat_groups,
    priced,
    routings_beside,
)
from scheduler.loop.shortfall import Shortfall, shortfall_of
from scheduler.loop.skill_loop import SkillRouting
from scheduler.loop.voice import VoiceSurrogate
from scheduler.loop.worth import HourWorth, worth_of

ROWS_STAGE = "price_rows"
"""Key of the stage under which the progress of several rows at once is told."""
_FEW_DAYS = "proof-few"
"""Days that prove a roster of the people there are: others than those of the roster it comes near to."""


@dataclass(frozen=True, slots=True)
class DayPriceSettings:
    """What is priced.

    Parameters
    ----------
    day_shares
        Shares of the day's contacts in time at which every promise is priced.
    caps
        Chat caps that are priced beside the one in use.
    people_max
        So many people can work on the day; ``None`` for those of the scenario who are not on leave.
    loop
        How hard each loop tries; ``None`` for what suits the day.
    """

    day_shares: tuple[float, ...] = (0.80, 0.85, 0.90, 0.95)
    caps: tuple[int, ...] = (3, 5, 8)
    people_max: int | None = None
    loop: LoopSettings | None = None


@dataclass(frozen=True, slots=True)
class Lost:
    """Contacts that give up on a mean fresh day, and what they are worth by ``ContactType.value_yuan``."""

    contacts: float
    value_yuan: float

    @classmethod
    def of(cls, outcome: LoopOutcome) -> "Lost | None":
        """Return what is lost with a roster; ``None`` without a proof."""
        if outcome.days is None:
            return None
        seen, kinds = outcome.days.seen, outcome.days.scenario.contact_types
        lost = np.array([seen.mean(seen.abandoned, [number]).sum() for number in range(len(kinds))])
        return cls(float(lost.sum()), float(lost @ np.array([kind.value_yuan for kind in kinds])))


@dataclass(frozen=True, slots=True, eq=False)
class DayPrice:
    """Prices of a service day.

    Parameters
    ----------
    scenario
        The day alone.
    contacts
        Expected contacts.
    people_max
        So many people can work; ``None`` where nobody is hired yet.
    own
        The roster for the promises as the scenario has them.
    points
        The price of the target, shares rising.
    routings
        Router, cap and priorities, the ones in use first; ``None`` where none can be priced.
    worth
        One more person beside ``own`` by hour and group; empty without a roster.
    within_people
        A proven roster of ``people_max`` people where ``own`` is proven but needs more; else ``None``.
    short
        What ``people_max`` people cannot do; ``None`` where they are enough, or where it is not offered.
    notes
        What is not offered for this day, and why.
    """

    scenario: Scenario
    contacts: float
    people_max: int | None
    own: PricedRouting
    points: tuple[PricePoint, ...]
    routings: RoutingPrices | None
    worth: tuple[HourWorth, ...]
    within_people: PricedRouting | None
    short: Shortfall | None
    notes: tuple[Reason, ...]

    @property
    def date(self) -> date:
        """The service date."""
        return self.scenario.horizon.days[0].date

    @property
    def knee(self) -> PricePoint | None:
        """The proven point after which service becomes dear; ``None`` where there is none."""
        return knee_of([point for point in self.points if point.outcome.proven])

    @property
    def possible(self) -> bool:
        """Whether there is a roster for the promises as they are that needs no more people than there are."""
        return self.within_people is not None or (self.own.outcome.counts is not None and self.within(self.own.people))

    @property
    def proven(self) -> bool:
        """Whether a roster that needs no more people than there are is proven."""
        return self.within_people is not None or (self.own.proven and self.within(self.own.people))

    def within(self, people: int) -> bool:
        """Return whether so many people can work."""
        return self.people_max is None or people <= self.people_max


def price_day(
    scenario: Scenario,
    forecast: Forecast,
    day: int,
    *,
    seed: int,
    settings: DayPriceSettings | None = None,
    workers: int = 1,
    progress: Progress = silent,
) -> DayPrice:
    """Return the prices of service day number ``day``.

    Parameters
    ----------
    seed
        Key of all streams: same input and seed, same prices.
    workers
        Rows that are worked on at once; the prices do not depend on it.

    Raises
    ------
    PlanningError
        When nothing is promised, there is no such day, or no shift fits into it.
    """
    settings = settings or DayPriceSettings()
    alone, law = day_alone(scenario, forecast, day)
    close = _Closing(law, seed, settings.loop, progress)
    ways, notes = _routings_of(alone, settings.caps)
    if workers > 1:
        levels = [promised_at(alone, share) for share in sorted(set(settings.day_shares), reverse=True)]
        close.ahead([alone, *levels, *(way.applied(alone) for way in ways)], workers)
    points = price_curve(alone, close, settings.day_shares, progress=progress)
    own = PricedRouting(ways[0], close(alone))
    routings = priced(alone, ways, close, progress) if len(ways) > 1 else None
    loop = DayLoop.of(alone, law, seed=seed)
    counts = own.outcome.counts
    worth = () if counts is None else worth_of(loop.bed, counts, seed=seed, progress=progress)
    most = people_on(alone) if settings.people_max is None else settings.people_max
    found = DayPrice(alone, float(law.expected.sum()), most, own, points, routings, worth, None, None, notes)
    return found if found.proven else _with_few(found, loop, law, seed, settings.loop)


class _Closing:
    """Closes the loop of a day under one scenario after another, none twice."""

    def __init__(self, forecast: Forecast, seed: int, settings: LoopSettings | None, progress: Progress) -> None:
        self._forecast, self._seed, self._settings, self._progress = forecast, seed, settings, progress
        self._known: list[tuple[Scenario, LoopOutcome]] = []

    def __call__(self, scenario: Scenario) -> LoopOutcome:
        """Return the outcome under ``scenario``."""
        for known, outcome in self._known:
            if known == scenario:
                return outcome
        outcome = self._closed(scenario, self._progress)
        self._known.append((scenario, outcome))
        return outcome

    def ahead(self, scenarios: Sequence[Scenario], workers: int) -> None:
        """Close the loop under each of ``scenarios``, several at once: the compiled days need no lock of Python's.

        Whoever interrupts is not kept waiting: rows that run end where they would next tell their progress.
        """
        left = Event()

        def go_on(*_: object) -> None:
            if left.is_set():
                raise CancelledError

        wanted = [scenario for number, scenario in enumerate(scenarios) if scenario not in scenarios[:number]]
        pool = ThreadPoolExecutor(workers)
        try:
            rows = [pool.submit(self._closed, scenario, go_on) for scenario in wanted]
            for number, (scenario, row) in enumerate(zip(wanted, rows, strict=True)):
                self._progress(ROWS_STAGE, number, len(rows))
                self._known.append((scenario, row.result()))
        finally:
            left.set()
            pool.shutdown(wait=False, cancel_futures=True)
        self._progress(ROWS_STAGE, len(rows), len(rows))

    def _closed(self, scenario: Scenario, progress: Progress) -> LoopOutcome:
        loop = DayLoop.of(scenario, self._forecast, seed=self._seed)
        closed = loop.close(seed=self._seed, settings=self._settings, progress=progress)
        return replace(closed, trained=None)  # its training days are of no more use, and large


def people_on(scenario: Scenario) -> int | None:
    """Return how many people of the scenario are not on leave on its first service day; ``None`` without people."""
    opened = scenario.horizon.days[0].date
    return sum(opened not in agent.leave for agent in scenario.agents) if scenario.agents else None


def _routings_of(scenario: Scenario, caps: Sequence[int]) -> tuple[tuple[Routing, ...], tuple[Reason, ...]]:
    """Return the routing in use and those beside it, and what is not offered."""
    chats = {(group.choice, group.chat_cap) for group in chat_groups(scenario)}
    ranked = any(len({serve.priority for serve in group.serves}) > 1 for group in scenario.groups)
    by_priority: tuple[Routing, ...] = (SkillRouting(priorities=False),) if ranked else ()
    if len(chats) == 1:
        return (*routings_beside(ChatRouting.of(scenario), caps), *by_priority), ()
    key = "price.routed_apart" if chats else "price.no_chat_by_messages"
    return (SkillRouting(), *by_priority), (Reason(key),)


def _with_few(found: DayPrice, loop: DayLoop, forecast: Forecast, seed: int, settings: LoopSettings | None) -> DayPrice:
    """Return the prices with what the people there are can do: a roster of theirs that is proven, or what is short."""
    most, counts = found.people_max, found.own.outcome.counts
    if most is None:
        return replace(found, notes=(*found.notes, Reason("price.no_people")))
    promised = max(target.share_of_days for target in found.scenario.targets)
    factor = day_factor_of(forecast)(promised)
    near = None if counts is None else closest_of(loop.bed, counts, most, factor, seed=seed)
    # A roster that failed its proof gets no second one: that would be the same claim with twice the chance to be wrong.
    if near is not None and found.own.proven and near.share_of_days >= promised:
        schedule = replace((settings or loop.settings).schedule, days=_FEW_DAYS)
        judged = proven_outcome(loop.bed, near.counts, schedule, seed=seed)
        if judged.proven:
            return replace(found, within_people=PricedRouting(found.own.routing, judged))
    if isinstance(loop.surrogate, VoiceSurrogate) and isinstance(loop.bed, CallBed):
        return replace(found, short=shortfall_of(loop.bed, loop.surrogate, most, factor, seed=seed))
    if near is None:
        return replace(found, notes=(*found.notes, Reason("price.nothing_near")))
    return replace(found, short=near)
