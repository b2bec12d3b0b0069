"""Small changes of a roster: what they are, what they cost, what they are called."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scenarios import US_PER_H, Assignment, Roster, Scenario


class ChangeKind(StrEnum):
    """What a change does."""

    ADD = "add"  # somebody free works a shift
    MOVE = "move"  # a shift gets other times
    REGROUP = "regroup"  # a shift sits in another group
    BREAKS = "breaks"  # a shift keeps its times and gets other breaks
    DROP = "drop"  # a shift falls away
    HAND_OVER = "hand_over"  # a colleague works it instead
    SWAP = "swap"  # two people work each other's shifts


_SAME_PEOPLE = frozenset({ChangeKind.MOVE, ChangeKind.REGROUP, ChangeKind.BREAKS})


@dataclass(frozen=True, slots=True)
class Change:
    """Shifts that go and shifts that come instead."""

    kind: ChangeKind
    removed: tuple[Assignment, ...]
    added: tuple[Assignment, ...]

    @property
    def agents(self) -> tuple[str, ...]:
        """Whose shifts change."""
        return tuple(dict.fromkeys(row.agent for row in (*self.removed, *self.added)))

    def builds_on(self, earlier: "Change") -> bool:
        """Return whether it changes a shift that ``earlier`` has made."""
        return not set(self.removed).isdisjoint(earlier.added)

    def then(self, later: "Change") -> "Change":
        """Return this change and a ``later`` one that builds on it as one."""
        gone = set(later.removed)
        removed = (*self.removed, *(row for row in later.removed if row not in self.added))
        added = (*(row for row in self.added if row not in gone), *later.added)
        fixed = self.kind in {ChangeKind.ADD, ChangeKind.HAND_OVER, ChangeKind.SWAP} and later.kind in _SAME_PEOPLE
        return Change(self.kind if fixed else later.kind, removed, added)

    def undone(self) -> "Change":
        """Return the change that takes it back."""
        return Change(self.kind, self.added, self.removed)

    def yuan(self, scenario: Scenario) -> float:
        """Return what it adds to the pay."""
        return pay_yuan(scenario, self.added) - pay_yuan(scenario, self.removed)


def kind_of(removed: Sequence[Assignment], added: Sequence[Assignment]) -> ChangeKind:
    """Return what a change of one person does on one date."""
    if not removed:
        return ChangeKind.ADD
    if not added:
        return ChangeKind.DROP
    before, after = removed[0], added[0]
    if (before.start_us, before.end_us) != (after.start_us, after.end_us):
        return ChangeKind.MOVE
    return ChangeKind.BREAKS if before.group == after.group else ChangeKind.REGROUP


def changes_between(before: Roster, after: Roster) -> tuple[Change, ...]:
    """Return the cells that differ, by date and then in the order of the rosters."""
    cells: dict[tuple[date, str], tuple[list[Assignment], list[Assignment]]] = {}
    for side, roster in enumerate((before, after)):
        for row in roster.assignments:
            cells.setdefault((row.date, row.agent), ([], []))[side].append(row)
    found = [
        Change(kind_of(gone, come), tuple(gone), tuple(come)) for gone, come in cells.values() if gone != come
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda change: (change.removed or change.added)[0].date))


def pay_yuan(scenario: Scenario, rows: Iterable[Assignment]) -> float:
    """Return the pay of shifts."""
    return sum(row.paid_us / US_PER_H * rate_yuan(scenario, row.agent) for row in rows)


def rate_yuan(scenario: Scenario, agent: str) -> float:
    """Return what a paid hour of somebody costs."""
    return scenario.contract_of(scenario.agent(agent)).cost_per_paid_h_yuan


def changed(roster: Roster, changes: Iterable[Change]) -> Roster:
    """Return the roster after ``changes``, one after the other."""
    rows = set(roster.assignments)
    for change in changes:
        rows -= set(change.removed)
        rows |= set(change.added)
    return Roster(tuple(rows))
