"""A covering problem as numbers: who may start what where, and which rows say that positions are filled."""

from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from scenarios.checks import BoolArray, FloatArray, IntArray
from scheduler.covering.problem import CoverProblem, ShiftKind

HALL_SKILLS = 6
"""Positions short among skills that share people are counted by one row per set of skills (Hall's condition) up to this
many skills, by variables that allot people to skills beyond: sets double with every skill."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Skills that share people, directly or through others; positions short are counted cluster by cluster.

    Attributes
    ----------
    skills
        Indices of its skills.
    served
        (R, G) bool: whether somebody of the group fills a position of the set of skills; one row per set that matters.
    wanted
        (R, T) positions of each set. No rows at all in a cluster of more than ``HALL_SKILLS`` skills.
    """

    skills: tuple[int, ...]
    served: BoolArray
    wanted: FloatArray


@dataclass(frozen=True, slots=True)
class Choices:
    """Every place a shift can take, and the pauses of every kind, in slots.

    Attributes
    ----------
    group, kind, start
        (P,) of each place, sorted; ``start`` counts slots from midnight of the first day.
    yuan
        (P,) price of a head there.
    pattern
        (P,) number of the distinct shift (kind and time of day).
    length
        (K,) slots of each kind.
    pauses
        Per kind: (B, 3) length, earliest and latest start after the shift's start.
    clusters
        Skills that share people.
    """

    problem: CoverProblem
    group: IntArray
    kind: IntArray
    start: IntArray
    yuan: FloatArray
    pattern: IntArray
    length: IntArray
    pauses: tuple[IntArray, ...]
    clusters: tuple[Cluster, ...]

    def __len__(self) -> int:
        return len(self.group)

    @property
    def columns(self) -> int:
        """How many shifts with breaks there are, counted without looking whether pauses meet."""
        per_kind = [int(np.prod(rows[:, 2] - rows[:, 1] + 1, dtype=np.float64)) for rows in self.pauses]
        return int(np.bincount(self.kind, minlength=len(per_kind)) @ np.array(per_kind, dtype=np.int64))

    @property
    def slides(self) -> bool:
        """Whether counting pauses apart from shifts is exact for every kind."""
        return all(kind.slides for kind in self.problem.kinds)

    def placings(self, kind: int) -> list[tuple[int, ...]]:
        """Return every way to place the pauses of a kind, slots after the shift's start."""
        rows = self.pauses[kind].tolist()
        ordered = len(self.problem.kinds[kind].breaks)
        windows = [range(earliest, latest + 1) for _, earliest, latest in rows]
        lengths = [length for length, _, _ in rows]
        return [places for places in product(*windows) if pauses_fit(places, lengths, ordered)]

    def midway(self, kind: int) -> tuple[int, ...]:
        """Return the pauses of a kind as near to the middle of their windows as fits, slots after the shift's start."""
        middles = (self.pauses[kind][:, 1] + self.pauses[kind][:, 2]) // 2
        if self.problem.kinds[kind].slides:
            return tuple(middles.tolist())
        return min(self.placings(kind), key=lambda places: np.abs(middles - places).sum())

    def at_work(self, kind: int, start: int, pauses: tuple[int, ...]) -> IntArray:
        """Return the slots at work of a shift with pauses that start at the given slots (from midnight)."""
        work = np.ones(self.length[kind], dtype=np.bool_)
        for begins, length in zip(pauses, self.pauses[kind][:, 0], strict=True):
            work[begins - start : begins - start + length] = False
        slots: IntArray = (start + np.flatnonzero(work)) % self.problem.slots
        return slots


def pauses_fit(starts: tuple[int, ...], lengths: list[int], ordered: int) -> bool:
    """Return whether pauses do not overlap and the first ``ordered`` of them keep their order."""
    for later in range(1, len(starts)):
        for earlier in range(later):
            apart = starts[earlier] + lengths[earlier] <= starts[later]
            swapped = starts[later] + lengths[later] <= starts[earlier] and later >= ordered
            if not (apart or swapped):
                return False
    return True


def choices_of(problem: CoverProblem) -> Choices:
    """Return the places of a problem; a kind that fits nowhere inside the opening has none."""
    step = problem.slot_min
    is_open = np.zeros(problem.slots, dtype=np.bool_)
    for begins, ends in problem.open_min or ((0, problem.slots * step),):
        is_open[max(begins // step, 0) : ends // step] = True
    rows = []
    names = [kind.name for kind in problem.kinds]
    starts = [_starts(problem, kind, is_open) for kind in problem.kinds]
    for number, group in enumerate(problem.groups):
        for name in group.kinds:
            kind = names.index(name)
            yuan = problem.yuan_of(group, problem.kinds[kind])
            for day, start in starts[kind]:
                rows.append((number, kind, start, yuan, kind * problem.slots_per_day * 2 + start - day))
    rows.sort()
    group_of, kind_of, start_of, yuan_of, pattern = (
        (np.array(part) for part in zip(*rows, strict=True)) if rows else (np.zeros(0),) * 5
    )
    return Choices(
        problem=problem,
        group=group_of.astype(np.int64),
        kind=kind_of.astype(np.int64),
        start=start_of.astype(np.int64),
        yuan=yuan_of.astype(np.float64),
        pattern=np.unique(pattern, return_inverse=True)[1].astype(np.int64),
        length=np.array([kind.length_min // step for kind in problem.kinds], dtype=np.int64),
        pauses=tuple(_pauses(kind, step) for kind in problem.kinds),
        clusters=_clusters(problem),
    )


def _pauses(kind: ShiftKind, step: int) -> IntArray:
    rows = [(rule.length_min, rule.earliest_after_start_min, rule.latest_after_start_min) for rule in kind.pauses]
    return np.array(rows, dtype=np.int64).reshape(-1, 3) // step


def _starts(problem: CoverProblem, kind: ShiftKind, is_open: BoolArray) -> list[tuple[int, int]]:
    """Return (first slot of the day, start) of every start whose whole shift is in the horizon and in open time.

    A gap or break may lie in closed time when it must: only what is at work with every pause placed counts.
    """
    found = []
    always_away = _always_away(kind, problem.slot_min)
    span = np.arange(kind.length_min // problem.slot_min)[~always_away]
    for day in range(problem.days):
        first = day * problem.slots_per_day
        for start in sorted({first + minute // problem.slot_min for minute in kind.starts_min}):
            end = start + (1 if problem.cyclic else kind.length_min // problem.slot_min)
            if end <= problem.slots and is_open[(start + span) % problem.slots].all():
                found.append((first, start))
    return found


def _always_away(kind: ShiftKind, step: int) -> BoolArray:
    """Return whether a slot of the shift lies in a pause wherever that pause is placed."""
    away = np.zeros(kind.length_min // step, dtype=np.bool_)
    for length, earliest, latest in _pauses(kind, step):
        away[latest : earliest + length] = True
    return away


def _clusters(problem: CoverProblem) -> tuple[Cluster, ...]:
    skills = [{problem.skills.index(name) for name in group.skills} for group in problem.groups]
    left = set(range(len(problem.skills)))
    found = []
    while left:
        cluster = {min(left)}
        while True:
            wider = cluster.union(*(held for held in skills if held & cluster))
            if wider == cluster:
                break
            cluster = wider
        left -= cluster
        found.append(_cluster(problem, tuple(sorted(cluster)), skills))
    return tuple(found)


def _cluster(problem: CoverProblem, cluster: tuple[int, ...], skills: list[set[int]]) -> Cluster:
    count = len(cluster) if len(cluster) <= HALL_SKILLS else 0
    sets = [chosen for size in range(1, count + 1) for chosen in combinations(cluster, size)]
    served = np.array([[bool(held & set(chosen)) for held in skills] for chosen in sets], dtype=np.bool_)
    wanted = np.array([problem.demand[:, chosen].sum(axis=1) for chosen in sets], dtype=np.float64)
    return Cluster(cluster, served.reshape(len(sets), len(skills)), wanted.reshape(len(sets), problem.slots))
