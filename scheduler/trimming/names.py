"""Names for counts that have changed: whose shift falls away, who works another one, who is called in."""

from collections.abc import Iterator

import numpy as np

from scenarios import Agent, Assignment
from scenarios.checks import IntArray
from scheduler.judging.changes import Change, ChangeKind
from scheduler.judging.desk import Desk
from scheduler.trimming.day import NamedDay, may_come


def give_names(desk: Desk, day: NamedDay, counts: IntArray) -> bool:
    """Change the roster on the desk to ``counts`` (C,) of a day; ``False``, and nothing changed, where rules forbid it.

    Parameters
    ----------
    counts
        As those of ``day``, differing in movable columns only.
    """
    stood = dict(desk.rows)
    change = counts - day.counts
    freed = [row for column in np.flatnonzero(change < 0) for row in _leaving(desk, day, int(column), -change[column])]
    for column in np.repeat(np.arange(len(change)), np.maximum(change, 0)).tolist():
        if not _filled(desk, day, column, freed):
            desk.restore(stood)
            return False
    for row in freed:
        drop = Change(ChangeKind.DROP, (row,), ())
        if not desk.legality(drop).legal:
            desk.restore(stood)
            return False
        desk.apply(drop)
    return True


def _leaving(desk: Desk, day: NamedDay, column: int, people: int) -> list[Assignment]:
    """Return the shifts of a column that fall away: of those who have most hours, so that hours even out."""
    return sorted(day.rows[column], key=lambda row: (-_paid_us(desk, row.agent), row.agent))[:people]


def _filled(desk: Desk, day: NamedDay, column: int, freed: list[Assignment]) -> bool:
    """Let somebody work ``column``: one of the ``freed`` first, who then is no longer, else who has fewest hours."""
    for row in freed:
        change = Change(ChangeKind.MOVE, (row,), (day.assignment(column, row.agent),))
        if _may(desk, desk.scenario.agent(row.agent), day, column) and desk.legality(change).legal:
            desk.apply(change)
            freed.remove(row)
            return True
    for agent in _idle(desk, day, column):
        change = Change(ChangeKind.ADD, (), (day.assignment(column, agent.name),))
        if desk.legality(change).legal:
            desk.apply(change)
            return True
    return False


def _idle(desk: Desk, day: NamedDay, column: int) -> Iterator[Agent]:
    """Yield who is free on the date and paid by the hour, those with fewest hours first."""
    free = [
        agent
        for agent in desk.scenario.agents
        if _may(desk, agent, day, column) and not desk.on(agent.name, day.columns.date)
    ]
    yield from sorted(free, key=lambda agent: (_paid_us(desk, agent.name), agent.name))


def _may(desk: Desk, agent: Agent, day: NamedDay, column: int) -> bool:
    columns = day.columns
    return may_come(desk.scenario, agent, columns.templates[column], columns.groups[columns.group[column]])


def _paid_us(desk: Desk, agent: str) -> int:
    return sum(row.paid_us for row in desk.rows.get(agent, ()))
