"""People who must be there: a lead in every hour, a language, a skill, a mentor beside each trainee."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from ortools.sat.python import cp_model

from scenarios.checks import FloatArray, IntArray, frozen_int
from scheduler.rules.attendance import Attendance
from scheduler.rules.cells import Cells
from scheduler.rules.frame import Frame
from scheduler.rules.team import Asked, People, TeamFault, TeamRule
from scheduler.rules.weight import HARD, Weight


@dataclass(frozen=True, slots=True, eq=False)
class Presence(TeamRule):
    """In every step of time ``least`` holders are at work; a unit is one missing for one step.

    Parameters
    ----------
    holders
        Who counts.
    least
        (T,) int64 how many are asked, 0 where none is.
    at
        Which steps each duty is at work; whose breaks are left out there is not there in them.
    beside
        Asked only while any of these is at work (trainees); ``()``: always.
    """

    holders: People
    least: IntArray
    at: Attendance
    beside: People = ()
    weight: Weight = HARD
    name: str = "presence"

    key: ClassVar[str] = "presence"

    def __post_init__(self) -> None:
        least = frozen_int(f"Presence({self.name})", "least", self.least, (self.at.steps,))
        object.__setattr__(self, "least", least)

    def faults(self, frame: Frame, roster: IntArray) -> Iterator[TeamFault]:
        """Yield every stretch of steps of a date with the same number missing; of the night, under its own date."""
        duties = len(frame.duties)
        held = self.at.count(roster[list(self.holders)], duties)
        missing = self._missing(held, self.at.count(roster[list(self.beside)], duties))
        date_of = self.at.dates(frame)
        short = np.flatnonzero(missing)
        alike = np.stack([date_of[short], held[short], missing[short], short - np.arange(len(short))])
        for stretch in np.split(np.arange(len(short)), np.flatnonzero(np.diff(alike).any(axis=0)) + 1):
            if len(stretch):
                date, found, units, _ = alike[:, stretch[0]].tolist()
                steps = int(short[stretch[0]]), int(short[stretch[-1]]) + 1
                yield TeamFault(date, found, found + units, units * len(stretch), steps, self.beside)

    def marginal(self, frame: Frame, roster: IntArray, person: int) -> FloatArray:
        """Return what one holder more mends, and what one more to stand beside asks for."""
        added = np.zeros((frame.dates, frame.actions))
        holds, beside = person in self.holders, person in self.beside
        if holds or beside:
            duties = len(frame.duties)
            held = self.at.count(roster[[one for one in self.holders if one != person]], duties)
            trainees = self.at.count(roster[[one for one in self.beside if one != person]], duties)
            steps = self._missing(held + holds, trainees + beside) - self._missing(held, trainees)
            added[:, 1:] = self.at.over_duties(steps).reshape(frame.dates, duties)
        return added

    def rows(self, people: Sequence[Cells]) -> None:
        """Bound every step's sum, or charge what is missing; steps in which the same duties are at work are one row."""
        cells, duties = people[0], len(people[0].frame.duties)
        for asked in self.asked():
            where = [divmod(place, duties) for place in asked.places]
            held = sum(_taken(people, self.holders, where))
            if not self.beside:
                cells.charge(self.weight, asked.least - held, asked.least, asked.worth)
                continue
            there = cells.model.new_bool_var("")
            for taken in _taken(people, self.beside, where):
                cells.model.add_implication(taken, there)
            cells.charge(self.weight, asked.least * there - held, asked.least, asked.worth)

    def asked(self) -> Iterator[Asked]:
        """Yield what is asked; steps in which the same duties are at work are one, worth as many units."""
        alike: Counter[tuple[int, tuple[int, ...]]] = Counter()
        for least, working in zip(self.least.tolist(), self.at.places(), strict=True):
            if least > 0:
                alike[least, tuple(working.tolist())] += 1
        for (least, places), worth in alike.items():
            yield Asked(least, places, worth)

    def _missing(self, held: IntArray, beside: IntArray) -> IntArray:
        """Return (T,) how many are missing where so many holders, and so many to stand beside, are at work."""
        missing = np.maximum(self.least - held, 0)
        return np.where(beside > 0, missing, 0) if self.beside else missing


def _taken(people: Sequence[Cells], members: People, where: Sequence[tuple[int, int]]) -> list[cp_model.IntVar]:
    """Return the variables of all members on the duties of dates ``where``."""
    return [people[one].takes[place] for one in members for place in where if place in people[one].takes]
