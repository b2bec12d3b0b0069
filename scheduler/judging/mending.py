"""The cheapest changes after which a roster keeps its rules again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain

from scenarios import Agent, Assignment, RuleBreach
from scheduler.judging.changes import Change, ChangeKind
from scheduler.judging.desk import Desk
from scheduler.rostering.terms import date_at, groups_of

TRIALS_MAX = 3000
"""Changes whose rules are checked for one breach: beyond the cheapest few thousand none is small."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A breach and the change that cures it; ``None`` where no single change does."""

    breaches: tuple[RuleBreach, ...]
    change: Change | None


def mend(desk: Desk, agents: Iterable[str]) -> tuple[Mended, ...]:
    """Cure the breaches of ``agents`` one after the other on the desk, each by the cheapest change that breaks nothing.

    Tried are: other times, group or breaks of the same date, a colleague instead, two people each other's shift, a
    shift less or more. The price is pay plus that of positions left short (``Desk.price_yuan``).
    """
    mended: list[Mended] = []
    for agent in agents:
        tried: set[RuleBreach] = set()
        while open_ones := [row for row in desk.breaches_of(agent) if row not in tried]:
            breach = open_ones[0]
            tried.add(breach)
            change = _cheapest(desk, breach)
            cured = (breach,) if change is None else desk.legality(change).cured
            mended.append(Mended(cured, change))
            if change is not None:
                desk.apply(change)
    return tuple(mended)


def _cheapest(desk: Desk, breach: RuleBreach) -> Change | None:
    """Return the cheapest legal change that cures ``breach``."""
    pivots = [row for row in desk.rows.get(breach.agent, ()) if _helps(desk, breach, _dropped(row))]
    found = [(desk.price_yuan(change), number, change) for number, change in enumerate(_around(desk, breach, pivots))]
    for _, _, change in sorted(found)[:TRIALS_MAX]:
        if desk.legality(change).legal and _helps(desk, breach, change):
            return change
    return None


def _helps(desk: Desk, breach: RuleBreach, change: Change) -> bool:
    return breach in desk.legality(change).cured


def _dropped(row: Assignment) -> Change:
    return Change(ChangeKind.DROP, (row,), ())


def _around(desk: Desk, breach: RuleBreach, pivots: list[Assignment]) -> Iterator[Change]:
    """Yield the changes to try: of the shifts whose fall would cure the breach, or, where none would, more work."""
    agent = desk.scenario.agent(breach.agent)
    if not pivots:
        horizon = desk.scenario.horizon
        for number in range(horizon.dates):
            day = date_at(horizon, number)
            yield from (change for _, change in desk.priced(agent, day, desk.on(agent.name, day)))
        return
    for row in pivots:
        yield _dropped(row)
        yield from (change for _, change in desk.priced(agent, row.date, (row,)))
        yield from chain.from_iterable(_with(desk, agent, row, other) for other in desk.scenario.agents)


def _with(desk: Desk, agent: Agent, row: Assignment, other: Agent) -> Iterator[Change]:
    """Yield what one colleague can do: take the shift where he is free that day, change shifts where he is not."""
    if other.name == agent.name or row.group not in groups_of(desk.scenario, other):
        return
    theirs = desk.on(other.name, row.date)
    if not theirs:
        if row.date not in other.leave:
            yield Change(ChangeKind.HAND_OVER, (row,), (replace(row, agent=other.name),))
    elif len(theirs) == 1 and theirs[0].group in groups_of(desk.scenario, agent):
        (their,) = theirs
        if (their.start_us, their.end_us) != (row.start_us, row.end_us):
            yield Change(
                ChangeKind.SWAP, (row, their), (replace(row, agent=other.name), replace(their, agent=agent.name))
            )
