"""When duties are at work, in steps of time: what rules about people being there together look at."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scenarios.checks import IntArray
from scheduler.rules.frame import Frame


@dataclass(frozen=True, slots=True, eq=False)
class Attendance:
    """The steps of time each date's each duty is at work, breaks left out where whoever made it left them out.

    Parameters
    ----------
    steps, step_min
        T, number of steps, the first from midnight of date 0; minutes of a step.
    first, at
        (D * S + 1,) and flat: duty ``s`` of date ``d`` is at work in the steps from place ``d * S + s`` on.
    """

    steps: int
    step_min: int
    first: IntArray
    at: IntArray

    def of(self, place: int) -> IntArray:
        """Return the steps of a duty of a date (``d * S + s``)."""
        return self.at[self.first[place] : self.first[place + 1]]

    def count(self, lines: IntArray, duties: int) -> IntArray:
        """Return (T,) how many of the people with (n, D) ``lines`` are at work."""
        count = np.zeros(self.steps, dtype=np.int64)
        for _, date, duty in _worked(lines):
            np.add.at(count, self.of(date * duties + duty), 1)
        return count

    def over_duties(self, per_step: IntArray) -> IntArray:
        """Return (D * S,) the sum of (T,) ``per_step`` over the steps of every duty of every date."""
        sums = np.append(0, np.cumsum(per_step[self.at]))
        return np.asarray(sums[self.first[1:]] - sums[self.first[:-1]], dtype=np.int64)

    def dates(self, frame: Frame) -> IntArray:
        """Return (T,) the date each step falls on; what lies beyond the horizon belongs to its last date."""
        midnights = np.array([frame.midnight(date) for date in range(1, frame.dates)], dtype=np.int64)
        return np.searchsorted(midnights, np.arange(self.steps) * self.step_min, "right").astype(np.int64)

    def places(self) -> Sequence[IntArray]:
        """Return of every step the duties of dates (``d * S + s``) that are at work in it."""
        owner = np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))
        order = np.argsort(self.at, kind="stable")
        ends = np.searchsorted(self.at[order], np.arange(1, self.steps))
        return np.split(owner[order], ends)


def _worked(lines: IntArray) -> list[tuple[int, int, int]]:
    """Return (person, date, duty) of everything that is worked."""
    people, dates = np.nonzero(lines >= 0)
    return [(int(person), int(date), int(lines[person, date])) for person, date in zip(people, dates, strict=True)]


def whole_duties(frame: Frame, step_min: int) -> Attendance:
    """Return the attendance of duties from start to end, in steps of ``step_min`` from midnight of date 0."""
    begins = frame.starts_min().reshape(-1) // step_min
    ends = -(-frame.ends_min().reshape(-1) // step_min)
    rows = [np.arange(begin, end) for begin, end in zip(begins, ends, strict=True)]
    steps = max(int(ends.max(initial=0)), -(-frame.midnight(frame.dates) // step_min))
    return Attendance(steps, step_min, *end_to_end(rows))


def end_to_end(rows: Sequence[IntArray]) -> tuple[IntArray, IntArray]:
    """Return (rows + 1,) where each of ``rows`` begins once they stand one behind the other, and all of them so."""
    first = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return first, np.concatenate([*rows, np.zeros(0, dtype=np.int64)])
