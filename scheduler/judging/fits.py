"""Who can fill a gap: everybody who may legally work it, ranked, and why the others cannot."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from scenarios import US_PER_H, US_PER_MIN, Agent, Assignment, PlanningError, Reason, Requirement, Roster, RuleBreach
from scenarios.checks import require_known
from scenarios.progress import Progress, silent
from scheduler.judging.changes import Change, changed
from scheduler.judging.desk import Desk
from scheduler.judging.effects import DayEffect, Floor, effects_beside
from scheduler.rostering.terms import groups_of, weeks_of

WEIGHED = 5
"""So many of the first are played."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Time of a date in a group for which somebody is sought; minutes after its midnight, half-open."""

    date: date
    from_min: int
    to_min: int
    group: str


@dataclass(frozen=True, slots=True)
class Fit:
    """Somebody who may fill a gap.

    Parameters
    ----------
    covers_share
        Share of the gap the shift covers, breaks left out of account.
    yuan
        Added pay.
    price_yuan
        Added pay, and the price of positions it fills or leaves short elsewhere: by this they are ranked.
    week_h, week_most_h
        Paid hours of the week with it, and the most the contract allows.
    over_h
        Paid hours of the week beyond the least the contract owes; 0 for people who are called in.
    apart_h
        Hours between its start and the median start of the person's other shifts; ``nan`` without any.
    effects
        What it does to the service; empty for those not played.
    """

    agent: str
    change: Change
    covers_share: float
    yuan: float
    price_yuan: float
    week_h: float
    week_most_h: float
    over_h: float
    apart_h: float
    effects: tuple[DayEffect, ...] = ()


@dataclass(frozen=True, slots=True)
class Unfit:
    """Somebody who may not: rules the least bad shift would break, or a reason that needs no rule."""

    agent: str
    breaches: tuple[RuleBreach, ...] = ()
    reason: Reason | None = None


def who_fits(
    floor: Floor, roster: Roster, requirement: Requirement, gap: Gap, *, progress: Progress = silent
) -> tuple[tuple[Fit, ...], tuple[Unfit, ...]]:
    """Return who may legally work a shift that covers ``gap``, best first, and all others with the reason.

    Of each person the cheapest legal shift of the date that covers the whole gap counts, or where none does the one
    that covers most; who works that date already may change his shift. Ranked by share covered, price, hours beyond the
    contract's least and distance to the person's usual start.

    Raises
    ------
    PlanningError
        When the group or the date is not the scenario's.
    """
    scenario = floor.scenario
    require_known("Gap", "group", [gap.group], [group.name for group in scenario.groups])
    scenario.horizon.day_index(gap.date)
    if gap.from_min >= gap.to_min:
        raise PlanningError("span_inverted", thing="Gap", field="to_min", value=gap.to_min, start=gap.from_min)
    desk = Desk(scenario, roster, requirement)
    found = [_of(desk, agent, gap) for agent in scenario.agents]
    fits = sorted((one for one in found if isinstance(one, Fit)), key=_rank)
    first = fits[:WEIGHED]
    rosters = [changed(roster, [fit.change]) for fit in first]
    said = effects_beside(floor, roster, rosters, [gap.date], progress=progress) if first else ()
    weighed = [replace(fit, effects=rows) for fit, rows in zip(first, said, strict=True)]
    return (*weighed, *fits[WEIGHED:]), tuple(one for one in found if isinstance(one, Unfit))


def _rank(fit: Fit) -> tuple[float, float, float, float, str]:
    apart = 24.0 if np.isnan(fit.apart_h) else fit.apart_h
    return -fit.covers_share, fit.price_yuan, fit.over_h, apart, fit.agent


def _of(desk: Desk, agent: Agent, gap: Gap) -> Fit | Unfit:
    """Return how somebody fits, or why not."""
    scenario = desk.scenario
    if gap.date in agent.leave:
        return Unfit(agent.name, reason=Reason("fits.on_leave", (("agent", agent.name), ("date", gap.date))))
    if gap.group not in groups_of(scenario, agent):
        missing = set(scenario.groups[scenario.group_index(gap.group)].skills) - set(agent.skills)
        facts = (("agent", agent.name), ("group", gap.group), ("skills", ", ".join(sorted(missing))))
        return Unfit(agent.name, reason=Reason("fits.lacks_skill", facts))
    mine = desk.on(agent.name, gap.date)
    if any(_share(desk, row, gap) == 1.0 and row.group == gap.group for row in mine):
        return Unfit(agent.name, reason=Reason("fits.there_already", (("agent", agent.name),)))
    options = [
        (-_share(desk, change.added[0], gap), price, number, change)
        for number, (price, change) in enumerate(desk.priced(agent, gap.date, mine))
        if change.added[0].group == gap.group and _share(desk, change.added[0], gap) > 0
    ]
    if not options:
        return Unfit(agent.name, reason=Reason("fits.no_shift", (("agent", agent.name), ("contract", agent.contract))))
    first: tuple[RuleBreach, ...] = ()
    for covers, price, _, change in sorted(options, key=lambda row: row[:3]):
        legality = desk.legality(change)
        if legality.legal:
            return _fit(desk, agent, change, -covers, price)
        first = first or legality.broken
    return Unfit(agent.name, breaches=first)


def _share(desk: Desk, row: Assignment, gap: Gap) -> float:
    start, end = (desk.scenario.horizon.us_at(gap.date, minute) for minute in (gap.from_min, gap.to_min))
    return max(0, min(end, row.end_us) - max(start, row.start_us)) / (end - start)


def _fit(desk: Desk, agent: Agent, change: Change, covers: float, price: float) -> Fit:
    contract, (row,) = desk.scenario.contract_of(agent), change.added
    others = [one for one in desk.rows.get(agent.name, ()) if one not in change.removed]
    week_h = _week_h(desk, [*others, row], row)
    owed = contract.week_paid_h_min
    return Fit(
        agent=agent.name,
        change=change,
        covers_share=covers,
        yuan=change.yuan(desk.scenario),
        price_yuan=price,
        week_h=week_h,
        week_most_h=contract.week_paid_h_max,
        over_h=0.0 if contract.call_in else max(0.0, week_h - owed),
        apart_h=_apart_h(desk, others, row),
    )


def _week_h(desk: Desk, rows: Sequence[Assignment], of: Assignment) -> float:
    """Return the paid hours of the week in which ``of`` lies."""
    first = desk.scenario.horizon.first_date
    week = next(week for week in weeks_of(desk.scenario.horizon) if week.first <= (of.date - first).days < week.end)
    return sum(row.paid_us for row in rows if week.first <= (row.date - first).days < week.end) / US_PER_H


def _apart_h(desk: Desk, others: Sequence[Assignment], row: Assignment) -> float:
    minutes = [(one.start_us - desk.scenario.horizon.us_at(one.date, 0)) / US_PER_MIN for one in (*others, row)]
    return abs(minutes[-1] - float(np.median(minutes[:-1]))) / 60 if others else float("nan")
