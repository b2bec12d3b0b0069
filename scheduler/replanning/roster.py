"""A roster that people already know meets absences or another forecast: few changes, by the rules, and what they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from scenarios import Forecast, PlanningError, Reason, Roster, RuleBreach, Scenario
from scenarios.progress import Progress, silent
from scheduler.judging.changes import Change, changes_between
from scheduler.judging.effects import DayEffect, Floor, effects
from scheduler.judging.need import Need
from scheduler.judging.placing import completed
from scheduler.judging.reading import GridReading
from scheduler.replanning.order import RepairOrder
from scheduler.replanning.repair import Repair, Trade, repair
from scheduler.replanning.roster_problem import RosterProblem, with_leave
from scheduler.rostering import check_rules
from scheduler.rostering.terms import date_at
from scheduler.staffing import Training

STAGE = "repairs"
SPARED_SHARE = 0.01
"""Of what the budget can win back: so little is not worth another changed cell."""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What so many changed cells reach.

    Parameters
    ----------
    short_h
        Position-hours below the need, absence counted in.
    cost_yuan
        Pay, that of published shifts in any case, soft rules and wishes, and the price of positions short.
    """

    cells: int
    short_h: float
    cost_yuan: float


@dataclass(frozen=True, slots=True)
class RosterRepair:
    """A repaired roster, and everything a planner asks about it.

    Parameters
    ----------
    reading
        The grid as it was read; ``scenario`` is its scenario with the absences as leave.
    published, unrepaired, repaired
        As read (open groups and breaks placed), with the absences alone, and after the changes.
    first, last
        The dates that could change.
    freed
        Shifts that fall away because of absences.
    changes
        Everything else that changes, a cell each, by date.
    cells
        Cells of ``changes`` that are not of absent people: what the budget counts.
    short_before_h, short_after_h
        Position-hours below the need with the absences alone, and after the changes.
    curve
        By rising number of cells, also beyond the budget.
    lost, won
        Shares in time per date and target: what the absences do, and what the changes do after them.
    breaches
        Rules the repaired roster breaks; none that the roster with the absences alone did not break.
    held
        People of the grid whose rows stay as they are: a rule broken as it was published, a cell that could not be read
        or that no shift of the scenario describes.
    unmended
        Absent people whose line breaks a rule whatever is changed in the window.
    """

    reading: GridReading
    order: RepairOrder
    scenario: Scenario
    published: Roster
    unrepaired: Roster
    repaired: Roster
    first: date
    last: date
    freed: tuple[Change, ...]
    changes: tuple[Change, ...]
    cells: int
    short_before_h: float
    short_after_h: float
    curve: tuple[CurvePoint, ...]
    lost: tuple[DayEffect, ...]
    won: tuple[DayEffect, ...]
    breaches: tuple[RuleBreach, ...]
    held: tuple[str, ...]
    unmended: tuple[str, ...]
    notes: tuple[Reason, ...] = ()

    @property
    def yuan(self) -> float:
        """What the changes add to the pay; shifts that fall away through absence are not counted."""
        return sum(change.yuan(self.scenario) for change in self.changes)


def repair_roster(
    reading: GridReading,
    forecast: Forecast,
    order: RepairOrder,
    *,
    effect_days: int = 200,
    workers: int = 1,
    training: Training | None = None,
    progress: Progress = silent,
) -> RosterRepair:
    """Return the repair of a planner's roster that serves best for at most so many changed cells of others.

    The last cells of the budget are left alone where they win back next to nothing (``SPARED_SHARE``).
    Positions wanted are those ``judge`` asks for: by formula, corrected on simulated days, raised for absence. Every
    line that changes keeps the hard rules; cells outside the window, before the freeze, pinned, or of people who are
    held (see ``RosterRepair.held``) stay to the minute. Equal arguments give equal rosters.

    Parameters
    ----------
    reading
        As ``read_shifts`` of ``scheduler.exchange`` gives it.
    effect_days
        Days on which the rosters before and after are played, the same for all.
    training
        Days on which the need is found.

    Raises
    ------
    PlanningError
        When the grid holds no shift that could be read, a person or date is not the scenario's, no date may change, or
        an absent cell is pinned.
    """
    if not reading.shifts:
        raise reading.faults[0] if reading.faults else PlanningError("grid_empty", value=0)
    scenario = with_leave(reading.scenario, order.absences)
    floor = Floor(scenario, forecast, effect_days, workers)
    need = Need.of(floor, training=training, progress=progress)
    published, notes = completed(reading, need.requirement)
    stated = RosterProblem(reading, scenario, need.requirement, published, order)
    progress(STAGE, 0, 1)
    found = repair(
        stated.problem, stated.start, absent=stated.absent, window=stated.window, most_cells=order.most_cells,
        seed=scenario.seed if order.seed is None else order.seed, pins=stated.pins,
    )  # fmt: skip
    progress(STAGE, 1, 1)
    return _told(stated, found, floor, (*reading.notes, *notes), progress)


def _sparing(curve: Sequence[Trade], most_cells: int) -> Trade:
    """Return the repair with the fewest cells that wins back nearly as much as the whole budget can."""
    allowed = [trade for trade in curve if trade.cells <= most_cells]
    enough = allowed[-1].cost + SPARED_SHARE * (allowed[0].cost - allowed[-1].cost)
    return next(trade for trade in allowed if trade.cost <= enough)


def _told(
    stated: RosterProblem, found: Repair, floor: Floor, notes: tuple[Reason, ...], progress: Progress
) -> RosterRepair:
    """Return what was found as a planner asks for it: cells, hours and shares."""
    scenario = stated.scenario
    chosen = _sparing(found.curve, stated.order.most_cells)
    repaired = stated.roster(chosen.lines)
    changes = changes_between(stated.unrepaired, repaired)
    freed = changes_between(stated.published, stated.unrepaired)
    rosters = (stated.published, stated.unrepaired, repaired)
    lost, won = _effects(floor, rosters, (*freed, *changes), progress)
    return RosterRepair(
        reading=stated.reading,
        order=stated.order,
        scenario=scenario,
        published=stated.published,
        unrepaired=stated.unrepaired,
        repaired=repaired,
        first=date_at(scenario.horizon, stated.window.start),
        last=date_at(scenario.horizon, stated.window.stop - 1),
        freed=freed,
        changes=changes,
        cells=chosen.cells,
        short_before_h=stated.short_h(stated.start),
        short_after_h=stated.short_h(chosen.lines),
        curve=tuple(CurvePoint(row.cells, stated.short_h(row.lines), row.cost) for row in found.curve),
        lost=lost,
        won=won,
        breaches=_checked(scenario, stated.unrepaired, repaired, changes),
        held=tuple(name for name in stated.reading.people if stated.held[stated.number_of[name]]),
        unmended=tuple(stated.names[number] for number in found.unmended if not stated.held[number]),
        notes=notes,
    )


def _effects(
    floor: Floor, rosters: tuple[Roster, Roster, Roster], changes: Sequence[Change], progress: Progress
) -> tuple[tuple[DayEffect, ...], tuple[DayEffect, ...]]:
    """Return what the absences and what the changes do, on the service days that a changed shift touches."""
    touched = [row for change in changes for row in (*change.removed, *change.added)]
    dates = [
        day.date
        for day in floor.scenario.horizon.days
        if any(row.start_us < day.closes_us and day.opens_us < row.end_us for row in touched)
    ]
    if not dates:
        return (), ()
    lost, won = effects(floor, rosters, dates, progress=progress)
    return lost, won


def _checked(
    scenario: Scenario, unrepaired: Roster, repaired: Roster, changes: Sequence[Change]
) -> tuple[RuleBreach, ...]:
    """Return the rules the repaired roster breaks; a line that breaks one anew is a broken invariant of the search."""
    of_team = scenario.rules.names_of_team
    before, after = check_rules(scenario, unrepaired), check_rules(scenario, repaired)
    touched = {change.agents[0] for change in changes}
    new = [row for row in after if row.agent in touched and row.rule not in of_team and row not in before]
    if new:
        raise RuntimeError(f"the repair breaks {len(new)} rules that were kept, first {new[0]}")
    return after
