"""Every shift that could be rostered: its template, its start, its group and where its breaks lie.

Rules see template and start only; group and breaks make no difference to them. So the *shapes* (template and start)
are the duties of the frame that rules are compiled on, and each shift is a variant of one of them.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from scenarios import US_PER_MIN, Assignment, Break, Horizon, Scenario, ShiftTemplate
from scenarios.checks import BoolArray, IntArray
from scheduler.rostering.line_rules import tags_of
from scheduler.rostering.terms import date_at
from scheduler.rules import Duty, Frame

BREAK_STEP_MIN = 15
"""Breaks start on this grid, counted from the opening of their window: what a floor manager can still call out."""
PLACES_MAX = 60
"""Ways to place the breaks of one template; beyond, the grid is widened until so many are left."""
_NONE = -1


@dataclass(frozen=True, slots=True, eq=False)
class Shifts:
    """S shifts over D dates.

    Attributes
    ----------
    shapes
        The frame of templates and starts; its duties bear the template's name as tag.
    shape, template, group
        (S,) indices of the shape, and of template and group in the scenario.
    pauses
        (S, B) starts of the breaks in minutes after the start of the shift, -1 for none.
    offered
        (D, S) whether the shift exists on a date: it meets an open interval, or is on call.
    """

    shapes: Frame
    shape: IntArray
    template: IntArray
    group: IntArray
    pauses: IntArray
    offered: BoolArray

    def __len__(self) -> int:
        return len(self.shape)

    def frame(self) -> Frame:
        """Return the frame whose duties are the shifts."""
        clock = None if self.shapes.clock_min is None else self.shapes.clock_min[:, self.shape]
        duties = tuple(self.shapes.duties[number] for number in self.shape.tolist())
        return replace(self.shapes, duties=duties, clock_min=clock)

    def start_min(self) -> IntArray:
        """Return (S,) starts in minutes after midnight of the date."""
        return np.array([duty.start_min for duty in self.shapes.duties], dtype=np.int64)[self.shape]

    def assignment(self, scenario: Scenario, agent: str, date: int, shift: int) -> Assignment:
        """Return what ``agent`` does who works ``shift`` on ``date`` (index)."""
        template = scenario.shift_templates[self.template[shift]]
        day = date_at(scenario.horizon, date)
        start = scenario.horizon.us_at(day, self.shapes.duties[self.shape[shift]].start_min)
        breaks = breaks_at(template, start, self.pauses[shift])
        return Assignment(
            agent, day, template.name, scenario.groups[self.group[shift]].name, start,
            start + template.length_min * US_PER_MIN, breaks,
        )  # fmt: skip


def shifts_of(scenario: Scenario) -> Shifts:
    """Return every shift of the scenario's templates and groups, and the dates on which it exists."""
    shapes = _shapes(scenario)
    ways = [list(places(template)) for template in scenario.shift_templates]
    most = max((len(template.breaks) for template in scenario.shift_templates), default=0)
    rows = [
        (shape, template, group, (*pauses, *[_NONE] * (most - len(pauses))))
        for shape, (template, _) in enumerate(shapes)
        for group in range(len(scenario.groups))
        for pauses in ways[template]
    ]
    shape = np.array([row[0] for row in rows], dtype=np.int64)
    return Shifts(
        shapes=_frame(scenario, shapes),
        shape=shape,
        template=np.array([row[1] for row in rows], dtype=np.int64),
        group=np.array([row[2] for row in rows], dtype=np.int64),
        pauses=np.array([row[3] for row in rows], dtype=np.int64).reshape(len(rows), most),
        offered=_offered(scenario, shapes)[:, shape],
    )


def moments_us(scenario: Scenario, shifts: Shifts) -> tuple[IntArray, IntArray]:
    """Return (D, S) start and end of every shift of every date, µs since the horizon's start."""
    horizon = scenario.horizon
    lengths = np.array([template.length_min for template in scenario.shift_templates])[shifts.template]
    days = [date_at(horizon, number) for number in range(horizon.dates)]
    unique, place = np.unique(shifts.start_min(), return_inverse=True)
    starts = np.array([[horizon.us_at(day, minute) for minute in unique.tolist()] for day in days])[:, place]
    return starts, starts + lengths * US_PER_MIN


def clock_min(horizon: Horizon, row: Assignment) -> int:
    """Return the start of a shift by the clock on the wall, minutes after midnight of its date."""
    moment = horizon.instant(row.start_us)
    days = (moment.date() - row.date).days
    return (days * 24 + moment.hour) * 60 + moment.minute


def breaks_at(template: ShiftTemplate, start_us: int, pauses: IntArray) -> tuple[Break, ...]:
    """Return the breaks of a shift that begin ``pauses`` minutes after its start."""
    return tuple(
        Break(start_us + after * US_PER_MIN, start_us + (after + rule.length_min) * US_PER_MIN, rule.paid)
        for after, rule in zip(pauses.tolist(), template.breaks, strict=False)
    )


def is_of_template(scenario: Scenario, row: Assignment) -> bool:
    """Return whether a shift starts and lasts as its template says, with as many breaks: what a search may move."""
    template = scenario.template(row.template)
    starts = (scenario.horizon.us_at(row.date, minute) for minute in template.start_minutes)  # by the clock
    return (
        row.start_us in starts
        and row.end_us - row.start_us == template.length_min * US_PER_MIN
        and len(row.breaks) == len(template.breaks)
    )


def frame_of(scenario: Scenario, duties: list[Duty]) -> Frame:
    """Return the frame of a scenario's dates with ``duties``."""
    horizon = scenario.horizon
    midnights = [horizon.us_at(date_at(horizon, number), 0) // US_PER_MIN for number in range(horizon.dates)]
    apart = np.array(midnights, dtype=np.int64) - midnights[0]
    even = (np.diff(apart) == 24 * 60).all()
    return Frame(tuple(duties), horizon.dates, horizon.first_date.weekday(), None if even else apart)


def _frame(scenario: Scenario, shapes: list[tuple[int, int]]) -> Frame:
    """Return the frame of templates and starts, which keep their clock when clocks are changed."""
    frame = frame_of(scenario, [_duty(scenario, scenario.shift_templates[kind], start) for kind, start in shapes])
    if frame.midnight_min is None:
        return frame
    horizon = scenario.horizon
    days = [date_at(horizon, number) for number in range(horizon.dates)]
    first = horizon.us_at(days[0], 0)
    clock = [[(horizon.us_at(day, start) - first) // US_PER_MIN for _, start in shapes] for day in days]
    return replace(frame, clock_min=np.array(clock, dtype=np.int64))


def _duty(scenario: Scenario, template: ShiftTemplate, start_min: int) -> Duty:
    end_min = start_min + template.length_min
    tags = tags_of(scenario, template.name, start_min, end_min)
    return Duty(f"{template.name} {start_min}", start_min, end_min, template.paid_min, tags)


def _shapes(scenario: Scenario) -> list[tuple[int, int]]:
    return [(kind, start) for kind, template in enumerate(scenario.shift_templates) for start in template.start_minutes]


def _offered(scenario: Scenario, shapes: list[tuple[int, int]]) -> BoolArray:
    """Return (D, shapes) whether a shift meets at least one open interval; being on call needs none."""
    horizon = scenario.horizon
    days = np.array([(day.opens_us, day.closes_us) for day in horizon.days])
    offered = np.zeros((horizon.dates, len(shapes)), dtype=np.bool_)
    for number, (date, (kind, minute)) in enumerate(itertools.product(range(horizon.dates), shapes)):
        start = horizon.us_at(date_at(horizon, date), minute)
        end = start + scenario.shift_templates[kind].length_min * US_PER_MIN
        on_call = scenario.shift_templates[kind].on_call
        offered.flat[number] = on_call or ((days[:, 0] < end) & (start < days[:, 1])).any()
    return offered


def places(template: ShiftTemplate) -> Iterator[tuple[int, ...]]:
    """Yield the ways to place a template's breaks, in order and one after the other.

    The grid of ``BREAK_STEP_MIN``, the end of each window, and the earliest start that the breaks before it leave free:
    with the last two the breaks of a checked template always find room.
    """
    step = BREAK_STEP_MIN
    while math.prod(len(window) for window in _windows(template, step)) > PLACES_MAX and step < template.length_min:
        step *= 2
    for starts in itertools.product(*_windows(template, step)):
        spans = zip(starts, template.breaks, strict=True)
        ends = [start + rule.length_min for start, rule in spans]
        if all(end <= later for end, later in zip(ends, starts[1:], strict=False)):
            yield starts


def _windows(template: ShiftTemplate, step: int) -> list[list[int]]:
    windows, free_from = [], 0
    for rule in template.breaks:
        earliest = max(free_from, rule.earliest_after_start_min)
        starts = range(rule.earliest_after_start_min, rule.latest_after_start_min + 1, step)
        windows.append(sorted({*starts, earliest, rule.latest_after_start_min}))
        free_from = earliest + rule.length_min
    return windows
