"""Who is at work when: the people as the simulated floor sees them."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from scenarios import Horizon, PlanningError, Requirement, Scenario
from scenarios.checks import FloatArray, IntArray, frozen_float, frozen_int, require_known, require_not_negative

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Staff:
    """People as columns; row m is one person in one group.

    Parameters
    ----------
    names
        M names; somebody who works in two groups has two rows.
    group
        (M,) index into the scenario's groups.
    tenure_factor
        (M,) work takes this many times the contact's work, > 0.
    spans
        Per person the half-open spans at work (start_us, end_us), sorted and disjoint.
    shift_ends
        Per person and span, the end of the shift the span belongs to: between two spans of one shift lies a break.
    weight
        (M,) share of contacts in groups that choose by weight, > 0; ``None`` for 1 each.
    """

    names: tuple[str, ...]
    group: IntArray
    tenure_factor: FloatArray
    spans: tuple[tuple[Span, ...], ...]
    shift_ends: tuple[tuple[int, ...], ...]
    weight: FloatArray | None = None

    def __post_init__(self) -> None:
        people = len(self.names)
        object.__setattr__(self, "group", frozen_int("Staff", "group", self.group, (people,)))
        object.__setattr__(self, "tenure_factor", frozen_float("Staff", "tenure_factor", self.tenure_factor, (people,)))
        weight = np.ones(people) if self.weight is None else self.weight
        object.__setattr__(self, "weight", frozen_float("Staff", "weight", weight, (people,)))
        for field in ("tenure_factor", "weight"):
            if people and getattr(self, field).min() <= 0:
                raise PlanningError("not_positive", thing="Staff", field=field, value=getattr(self, field).min())
        for field in ("spans", "shift_ends"):
            if len(getattr(self, field)) != people:
                found = len(getattr(self, field))
                raise PlanningError("wrong_shape", thing="Staff", field=field, value=found, expected=people)
        for name, spans, ends in zip(self.names, self.spans, self.shift_ends, strict=True):
            _check_spans(name, spans, ends)

    def __len__(self) -> int:
        return len(self.names)

    def without(self, shifts: Mapping[int, tuple[tuple[Span, ...], tuple[int, ...]]]) -> "Staff":
        """Return the same people, some of whom work only ``shifts[m]`` (spans, shift ends) of what they worked here.

        Nothing is checked again: who leaves out whole shifts leaves the rest in order.
        """
        changed = object.__new__(Staff)
        for field in fields(Staff):
            object.__setattr__(changed, field.name, getattr(self, field.name))
        for field_name, part in (("spans", 0), ("shift_ends", 1)):
            rows = list(getattr(self, field_name))
            for person, left in shifts.items():
                rows[person] = left[part]
            object.__setattr__(changed, field_name, tuple(rows))
        return changed

    def scheduled_us(self) -> IntArray:
        """Return (M,) the time planned at work, breaks left out."""
        spans = np.array([span for own in self.spans for span in own], dtype=np.int64).reshape(-1, 2)
        whose = np.repeat(np.arange(len(self)), [len(own) for own in self.spans])
        # Exact: float64 holds whole µs up to 285 years.
        return np.bincount(whose, weights=spans[:, 1] - spans[:, 0], minlength=len(self)).astype(np.int64)


def staff_at_work(staff: Staff, horizon: Horizon, groups: int) -> FloatArray:
    """Return (T, G) the mean number of people planned at work in each interval."""
    rows = zip(staff.group.tolist(), staff.spans, strict=True)
    return people_by_interval(horizon, groups, [(*span, group) for group, spans in rows for span in spans])


def people_by_interval(horizon: Horizon, groups: int, spans: Sequence[tuple[int, int, int]]) -> FloatArray:
    """Return (T, G) mean numbers present in each interval, from spans (start_us, end_us, group)."""
    present = np.zeros((horizon.intervals, groups))
    if not spans:
        return present
    starts, ends, places = np.array(spans, dtype=np.int64).T
    for number in range(groups):
        mine = places == number
        present[:, number] = _work_before(horizon, starts[mine]) - _work_before(horizon, ends[mine])
    return present


def _work_before(horizon: Horizon, instants: IntArray) -> FloatArray:
    """Return (T,) the summed share of each interval that lies after each of ``instants``."""
    clipped = np.clip(instants, 0, horizon.end_us)
    whole, rest = np.divmod(clipped, horizon.interval_us)
    begun = np.bincount(whole, minlength=horizon.intervals + 1)[: horizon.intervals]
    share = np.bincount(whole, weights=rest / horizon.interval_us, minlength=horizon.intervals + 1)[: horizon.intervals]
    present: FloatArray = np.cumsum(begun, dtype=np.float64) - share
    return present


def _check_spans(name: str, spans: tuple[Span, ...], ends: tuple[int, ...]) -> None:
    thing = f"Staff({name})"
    if len(spans) != len(ends):
        raise PlanningError("wrong_shape", thing=thing, field="shift_ends", value=len(ends), expected=len(spans))
    free_from = -1
    for (start, end), shift_end in zip(spans, ends, strict=True):
        if not max(free_from, 0) <= start < end <= shift_end:
            raise PlanningError("span_inverted", thing=thing, field="spans", value=end, start=max(start, free_from))
        free_from = end


def staff_always_on(scenario: Scenario, people: Mapping[str, int]) -> Staff:
    """Return ``people[group]`` anonymous agents per group who work through the whole horizon without a break."""
    names = tuple(group.name for group in scenario.groups)
    require_known("staff_always_on", "people", people, names)
    for group, count in people.items():
        require_not_negative("staff_always_on", f"people[{group}]", count)
    whole = (0, scenario.horizon.end_us)
    rows = [(group, whole) for group in names for _ in range(people.get(group, 0))]
    return _anonymous(names, rows)


def staff_from_positions(requirement: Requirement) -> Staff:
    """Return anonymous agents who fill ``requirement.positions``, rounded to whole agents per interval.

    Where positions fall, the agents who came first leave first, so that nobody stays longer than needed.
    """
    whole = np.rint(requirement.positions).astype(np.int64)
    step_us = requirement.horizon.interval_us
    rows: list[tuple[str, Span]] = []
    for column, group in enumerate(requirement.groups):
        rows.extend((group, span) for span in _first_in_first_out(whole[:, column], step_us))
    return _anonymous(requirement.groups, rows)


def _first_in_first_out(positions: IntArray, step_us: int) -> list[Span]:
    """Return one span per agent so that ``positions`` agents are at work in each interval."""
    present: deque[int] = deque()
    spans: list[Span] = []
    for number, wanted in enumerate([*positions.tolist(), 0]):
        while len(present) > wanted:
            spans.append((present.popleft(), number * step_us))
        present.extend([number * step_us] * (wanted - len(present)))
    return sorted(spans)


def _anonymous(groups: tuple[str, ...], rows: list[tuple[str, Span]]) -> Staff:
    return Staff(
        names=tuple(f"{group} {number}" for number, (group, _) in enumerate(rows)),
        group=np.array([groups.index(group) for group, _ in rows], dtype=np.int64),
        tenure_factor=np.ones(len(rows)),
        spans=tuple((span,) for _, span in rows),
        shift_ends=tuple((span[1],) for _, span in rows),
    )
