"""People who stay away from whole shifts of a random floor."""

from typing import NamedTuple

from sim import Staff
from sim.floor.played import Played


class Missed(NamedTuple):
    """A shift somebody stayed away from: who, and from when to when in µs."""

    person: int
    start_us: int
    end_us: int


def shifts_of(staff: Staff, person: int) -> list[Missed]:
    """Return the shifts of a person: spans that end with the same shift belong together."""
    starts: dict[int, int] = {}
    for (start, _), end in zip(staff.spans[person], staff.shift_ends[person], strict=True):
        starts.setdefault(end, start)
    return [Missed(person, start, end) for end, start in starts.items()]


def stay_away(dice, staff: Staff) -> tuple[Staff, tuple[Missed, ...]]:
    """Return the staff without some shifts on two floors of five, and those shifts."""
    missed = []
    for person in range(len(staff)) if dice.pick(False, False, False, True, True) else ():
        shifts = shifts_of(staff, person)
        missed += [shifts[dice.whole(0, len(shifts) - 1)]] if dice.pick(False, False, False, True) else []
    left = {}
    for person, _, away in missed:
        kept = [pair for pair in zip(staff.spans[person], staff.shift_ends[person], strict=True) if pair[1] != away]
        left[person] = (tuple(span for span, _ in kept), tuple(end for _, end in kept))
    return staff.without(left), tuple(missed)


def colleagues_worked_on(missed: tuple[Missed, ...], staff: Staff, played: Played) -> bool:
    """Whether somebody of the same group took a contact during a shift that was missed."""
    group = staff.group[played.agent]
    return any(
        ((played.taken_us >= start) & (played.taken_us < end) & (group == staff.group[person])).any()
        for person, start, end in missed
    )
