"""A rule about the team as a whole: one object, three readings that must agree.

The checker (``faults``) is the authority; ``marginal`` says what one person's duties add to the faults while all others
stay, which is what a best line is looked for against; ``rows`` writes the same to CP-SAT.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from scenarios.checks import FloatArray, IntArray
from scheduler.rules.cells import Cells
from scheduler.rules.frame import OFF, Frame
from scheduler.rules.weight import HARD, Weight, require_limits

People = tuple[int, ...]
"""People by their row in the roster."""


@dataclass(frozen=True, slots=True)
class TeamFault:
    """A team rule not kept, by ``units`` (> 0), on a date (``None``: the whole horizon).

    Attributes
    ----------
    steps
        First step of time and the end, where the rule looks at those.
    people
        Whom it is about, where it is about some.
    """

    date: int | None
    found: float
    allowed: float
    units: float
    steps: tuple[int, int] | None = None
    people: People = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """``least`` people are asked on the duties of dates ``places`` (``d * S + s``); each missing is ``worth`` units."""

    least: int
    places: tuple[int, ...]
    worth: int = 1


class TeamRule(ABC):
    """A rule about a roster, (N, D) int64; ``key`` says of which kind, ``name`` which of that kind."""

    key: ClassVar[str]

    @property
    @abstractmethod
    def name(self) -> str:
        """Return the rule's name."""

    @property
    @abstractmethod
    def weight(self) -> Weight:
        """Return what a unit costs."""

    @abstractmethod
    def faults(self, frame: Frame, roster: IntArray) -> Iterator[TeamFault]:
        """Yield every fault of (N, D) ``roster``."""

    @abstractmethod
    def marginal(self, frame: Frame, roster: IntArray, person: int) -> FloatArray:
        """Return (D, A) the units each action of ``person`` adds against being free, whatever his row holds now."""

    @abstractmethod
    def rows(self, people: Sequence[Cells]) -> None:
        """Add the rule to a constraint programme of all people; charges go to the first one's penalties."""

    def units(self, frame: Frame, roster: IntArray) -> float:
        """Return the units of all faults."""
        return sum(fault.units for fault in self.faults(frame, roster))


@dataclass(frozen=True, slots=True)
class HeadCount(TeamRule):
    """On every date ``least`` to ``most`` of the members hold a duty with ``tag``; a unit is a person too few or many.

    Somebody on call every night is a least of the tag; at most two of a skill away at once is a least of all duties.

    Parameters
    ----------
    least, most
        (D,) by date; ``None``: no limit.
    """

    members: People
    least: tuple[int, ...] | None = None
    most: tuple[int, ...] | None = None
    tag: str | None = None
    weight: Weight = HARD
    name: str = "head_count"

    key: ClassVar[str] = "head_count"

    def __post_init__(self) -> None:
        none = (None,) * len(self.least or self.most or ())
        for least, most in zip(self.least or none, self.most or none, strict=True):
            require_limits(f"HeadCount({self.name})", least, most)

    def faults(self, frame: Frame, roster: IntArray) -> Iterator[TeamFault]:
        """Yield the dates with too few or too many."""
        for date, found in enumerate(self._held(frame, roster).sum(axis=0).tolist()):
            if self.least is not None and found < self.least[date]:
                yield TeamFault(date, found, self.least[date], self.least[date] - found)
            if self.most is not None and found > self.most[date]:
                yield TeamFault(date, found, self.most[date], found - self.most[date])

    def marginal(self, frame: Frame, roster: IntArray, person: int) -> FloatArray:
        """Return what one member more brings where the others leave the count."""
        added = np.zeros((frame.dates, frame.actions))
        if person in self.members:
            others = self._held(frame, roster[[one for one in self.members if one != person]], everybody=True)
            found = others.sum(axis=0)
            one_more = self._off(found + 1) - self._off(found)
            added[:, frame.working(self.tag)] = one_more[:, None]
        return added

    def rows(self, people: Sequence[Cells]) -> None:
        """Bound every date's sum, or charge what lies outside."""
        frame = people[0].frame
        held = frame.working(self.tag)
        for date in range(frame.dates):
            found = sum(people[member].amount(date, held) for member in self.members)
            if self.least is not None:
                people[0].charge(self.weight, self.least[date] - found, self.least[date])
            if self.most is not None:
                people[0].charge(self.weight, found - self.most[date], len(self.members) - self.most[date])

    def asked(self, frame: Frame) -> Iterator[Asked]:
        """Yield what the least asks, date by date."""
        duties = np.flatnonzero(frame.tagged(self.tag))
        for date, least in enumerate(self.least or ()):
            if least > 0:
                yield Asked(least, tuple((date * len(frame.duties) + duties).tolist()))

    def _held(self, frame: Frame, roster: IntArray, *, everybody: bool = False) -> IntArray:
        rows = roster if everybody else roster[list(self.members)]
        return frame.working(self.tag)[rows + 1].astype(np.int64)

    def _off(self, found: IntArray) -> IntArray:
        """Return (D,) units of fault of (D,) counts."""
        off = np.zeros(len(found), dtype=np.int64)
        if self.least is not None:
            off += np.maximum(np.array(self.least) - found, 0)
        if self.most is not None:
            off += np.maximum(found - np.array(self.most), 0)
        return off


@dataclass(frozen=True, slots=True)
class Together(TeamRule):
    """Members who work on a date all start at the same time; a unit is one who does not start with the most."""

    members: People
    weight: Weight = HARD
    name: str = "together"

    key: ClassVar[str] = "together"

    def faults(self, frame: Frame, roster: IntArray) -> Iterator[TeamFault]:
        """Yield the dates on which members start apart; found are the people beside the commonest start."""
        for date, starters in enumerate(self._starters(frame, roster, self.members)):
            apart = int(starters.sum() - starters.max(initial=0))
            if apart:
                yield TeamFault(date, apart, 0, apart, people=self.members)

    def marginal(self, frame: Frame, roster: IntArray, person: int) -> FloatArray:
        """Return 1 for a start that is not, and would not become, the commonest of the others."""
        added = np.zeros((frame.dates, frame.actions))
        if person in self.members:
            others = self._starters(frame, roster, tuple(one for one in self.members if one != person))
            added[:, 1:] = (others < others.max(axis=1, initial=0)[:, None])[:, self._kind(frame)]
        return added

    def rows(self, people: Sequence[Cells]) -> None:
        """Choose the start of every date and count who works beside it."""
        frame, model = people[0].frame, people[0].model
        kind = self._kind(frame)
        works = frame.working(None)
        for date in range(frame.dates):
            chosen = [model.new_bool_var("") for _ in np.unique(kind)]
            model.add_exactly_one(chosen)
            apart = model.new_int_var(0, len(self.members), "")
            for number, start in enumerate(chosen):
                off = works & ~np.append(False, kind == number)
                beside = sum(people[member].amount(date, off) for member in self.members)
                model.add(apart >= beside - len(self.members) * (1 - start))
            people[0].charge(self.weight, apart, len(self.members))

    def _kind(self, frame: Frame) -> IntArray:
        """Return (S,) the number of each duty's start among the different ones."""
        starts = [duty.start_min for duty in frame.duties]
        return np.unique(starts, return_inverse=True)[1].reshape(-1)

    def _starters(self, frame: Frame, roster: IntArray, members: People) -> IntArray:
        """Return (D, K) how many of ``members`` begin at each start."""
        kind = self._kind(frame)
        starters = np.zeros((frame.dates, int(kind.max(initial=-1)) + 1), dtype=np.int64)
        for member in members:
            dates = np.flatnonzero(roster[member] != OFF)
            starters[dates, kind[roster[member, dates]]] += 1
        return starters
