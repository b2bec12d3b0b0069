"""Whether two people may change shifts: by the rules, and for the service."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from scenarios import PlanningError, Requirement, Roster, Scenario
from scenarios.progress import Progress, silent
from scheduler.judging.changes import Change, ChangeKind, changed
from scheduler.judging.desk import Desk, Legality
from scheduler.judging.effects import DayEffect, Floor, effects

LOSS_MAX = 0.005
"""A loss of the day's share that nobody can tell from luck: half a point."""


class Safety(StrEnum):
    """What the swap does to the promise."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    OPEN = "open"  # too few days to tell


@dataclass(frozen=True, slots=True)
class Cell:
    """A person's date in a roster."""

    agent: str
    date: date


@dataclass(frozen=True, slots=True)
class SwapCheck:
    """What a swap would do.

    Parameters
    ----------
    yuan
        Added pay.
    effects
        Per target and date touched, after less before.
    """

    change: Change
    legality: Legality
    yuan: float
    effects: tuple[DayEffect, ...]

    @property
    def safety(self) -> Safety:
        """The worst of what the effects say."""
        said = [safety_of(row) for row in self.effects]
        return next((kind for kind in (Safety.UNSAFE, Safety.OPEN) if kind in said), Safety.SAFE)

    @property
    def allowed(self) -> bool:
        """Whether no rule speaks against it, and no promise."""
        return self.legality.legal and self.safety is Safety.SAFE


def safety_of(effect: DayEffect) -> Safety:
    """Return what one target of one date says: safe where at most ``LOSS_MAX`` of the share may be lost."""
    if effect.difference.low >= -LOSS_MAX:
        return Safety.SAFE
    return Safety.UNSAFE if effect.difference.high < -LOSS_MAX else Safety.OPEN


def swap_of(scenario: Scenario, roster: Roster, one: Cell, other: Cell) -> Change:
    """Return the change by which two people work each other's shifts of two dates, which may be the same.

    Raises
    ------
    PlanningError
        When a person or a date is not the scenario's, both are the same, or neither works then.
    """
    for cell in (one, other):
        scenario.agent(cell.agent)
        scenario.horizon.day_index(cell.date)
    if one.agent == other.agent:
        raise PlanningError("swap_alone", value=one.agent)
    rows = {cell: [row for row in roster.assignments if (row.agent, row.date) == (cell.agent, cell.date)]
            for cell in (one, other)}  # fmt: skip
    removed = (*rows[one], *rows[other])
    if not removed:
        raise PlanningError("swap_nothing", value=f"{one.agent} {one.date}", other=f"{other.agent} {other.date}")
    added = [replace(row, agent=other.agent) for row in rows[one]]
    added += [replace(row, agent=one.agent) for row in rows[other]]
    kind = ChangeKind.SWAP if rows[one] and rows[other] else ChangeKind.HAND_OVER
    return Change(kind, removed, tuple(added))


def check_swap(
    floor: Floor, roster: Roster, requirement: Requirement, cells: Sequence[Cell], *, progress: Progress = silent
) -> SwapCheck:
    """Return whether two people may change the shifts of two ``cells``.

    The rules are those the swap would break anew or further; the service is played on the same days with and without
    it. Where shifts would overlap there is nothing to play.

    Raises
    ------
    PlanningError
        As ``swap_of``.
    """
    one, other = cells
    change = swap_of(floor.scenario, roster, one, other)
    legality = Desk(floor.scenario, roster, requirement).legality(change)
    said: tuple[DayEffect, ...] = ()
    try:
        after = changed(roster, [change])
    except PlanningError:  # shifts overlap: the rules have said so
        after = None
    if after is not None:
        dates = sorted({row.date for row in change.removed})
        (said,) = effects(floor, (roster, after), dates, progress=progress)
    return SwapCheck(change, legality, change.yuan(floor.scenario), said)
