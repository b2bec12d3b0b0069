"""Activities of a planner's roster: training and meetings where they hurt least, breaks moved out of their way."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from scenarios import Activity, Break, Forecast, PlanningError, Reason, Requirement, Roster, RuleBreach, Scenario
from scenarios.progress import Progress, silent
from scheduler.covering.day import Placed, has_room, replan_day
from scheduler.covering.plan import CoverStatus
from scheduler.covering.room import movable
from scheduler.judging.changes import Change, changes_between
from scheduler.judging.effects import DayEffect, Floor, effects
from scheduler.judging.need import Need, short_h
from scheduler.judging.placing import completed
from scheduler.judging.reading import GridReading
from scheduler.rostering import check_rules
from scheduler.rostering.terms import date_at
from scheduler.staffing import Training


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An activity that some people cannot have on a date, and why."""

    name: str
    date: date
    agents: tuple[str, ...]
    why: Reason


@dataclass(frozen=True, slots=True)
class ActivityPlan:
    """A roster with its activities.

    Parameters
    ----------
    published
        As read, open groups and breaks placed.
    roster
        With breaks moved inside their windows; the activities stand in ``placed`` alone.
    dates
        The dates that were planned.
    changes
        Breaks that moved, by date.
    short_before_h, short_after_h
        Position-hours below the need: of ``published``, and with activities and moved breaks.
    effects
        Shares in time per date and target without and with them.
    open_dates
        Dates for which a better placing was not excluded.
    """

    reading: GridReading
    scenario: Scenario
    published: Roster
    roster: Roster
    dates: tuple[date, ...]
    placed: tuple[Placed, ...]
    unplaced: tuple[Unplaced, ...]
    changes: tuple[Change, ...]
    short_before_h: float
    short_after_h: float
    effects: tuple[DayEffect, ...]
    open_dates: tuple[date, ...]
    breaches: tuple[RuleBreach, ...]
    notes: tuple[Reason, ...] = ()


def place_activities(
    reading: GridReading,
    forecast: Forecast,
    *,
    dates: Sequence[date] = (),
    effect_days: int = 200,
    seed: int | None = None,
    workers: int = 1,
    training: Training | None = None,
    progress: Progress = silent,
) -> ActivityPlan:
    """Return the scenario's activities placed where a planner's roster can spare people most, date by date.

    Positions wanted are those ``judge`` asks for. Only breaks move. Whoever is not at work or has no room is
    told with the reason, and everybody else takes part. Equal arguments give equal times.

    Parameters
    ----------
    reading
        As ``read_shifts`` of ``scheduler.exchange`` gives it.
    dates
        Dates to plan; empty: those that have an activity.
    effect_days
        Days on which the rosters before and after are played, the same for both.
    seed
        Of the search; ``None``: the scenario's.
    training
        Days on which the need is found.

    Raises
    ------
    PlanningError
        When the grid holds no shift that could be read, a date is not the scenario's, or there is nothing to place.
    """
    if not reading.shifts:
        raise reading.faults[0] if reading.faults else PlanningError("grid_empty", value=0)
    scenario, planned = reading.scenario, _dates_planned(reading, dates)
    floor = Floor(scenario, forecast, effect_days, workers)
    need = Need.of(floor, training=training, progress=progress)
    published, notes = completed(reading, need.requirement)
    desk = _Desk(scenario, need.requirement, published, scenario.seed if seed is None else seed)
    for on in planned:
        desk.plan(on, progress)
    away = with_activities(desk.roster, desk.placed)
    return ActivityPlan(
        reading=reading,
        scenario=scenario,
        published=published,
        roster=desk.roster,
        dates=planned,
        placed=tuple(desk.placed),
        unplaced=(*desk.unplaced, *(() if dates else _beyond(scenario))),
        changes=changes_between(published, desk.roster),
        short_before_h=short_h(need.requirement, published),
        short_after_h=short_h(need.requirement, away),
        effects=_effects(floor, (published, away), planned, progress),
        open_dates=tuple(desk.open_dates),
        breaches=check_rules(scenario, desk.roster),
        notes=(*reading.notes, *notes),
    )


def with_activities(roster: Roster, placed: Sequence[Placed]) -> Roster:
    """Return the roster as the queue sees it: activities are paid breaks."""
    own: defaultdict[tuple[str, date], list[Break]] = defaultdict(list)
    for one in placed:
        own[one.agent, one.date].append(Break(one.start_us, one.end_us, paid=True))
    return Roster(
        tuple(
            replace(row, breaks=tuple(sorted((*row.breaks, *own[row.agent, row.date])))) for row in roster.assignments
        )
    )


class _Desk:
    """The roster as it is planned date by date."""

    def __init__(self, scenario: Scenario, requirement: Requirement, published: Roster, seed: int) -> None:
        self.scenario, self.requirement, self.seed = scenario, requirement, seed
        self.roster = published
        self.placed: list[Placed] = []
        self.unplaced: list[Unplaced] = []
        self.open_dates: list[date] = []

    def plan(self, on: date, progress: Progress) -> None:
        """Place the activities of a date beside what the dates before it have got."""
        activities = self._asked(on)
        if not movable(self.scenario, self.roster, on):
            return
        found = replan_day(
            self.scenario, self.requirement, with_activities(self.roster, self.placed), on, activities=activities,
            seed=self.seed, progress=progress,
        )  # fmt: skip
        kept = (row for row in self.roster.assignments if row.date != on)
        self.roster = Roster((*kept, *(row for row in found.roster.assignments if row.date == on)))
        self.placed += found.activities
        if found.plan.status is not CoverStatus.OPTIMAL:
            self.open_dates.append(on)

    def _asked(self, on: date) -> list[Activity]:
        """Return the date's activities with those who can take part; the others are noted with the reason."""
        accepted: list[Activity] = []
        rows = {row.agent: row for row in movable(self.scenario, self.roster, on)}
        for activity in self.scenario.activities:
            if activity.dates and on not in activity.dates:
                continue
            takers = self._takers(activity, on, accepted)
            if not takers:
                continue
            asked = replace(activity, agents=takers)
            busy = {agent for one in (*accepted, asked) for agent in one.agents}
            if has_room(self.scenario, Roster(tuple(rows[name] for name in busy)), on, (*accepted, asked)):
                accepted.append(asked)
            else:
                self._refuse(activity, on, {"never_together" if activity.together else "beside_meeting": takers})
        return accepted

    def _takers(self, activity: Activity, on: date, accepted: Sequence[Activity]) -> tuple[str, ...]:
        """Return who can have the activity beside the breaks and the activities accepted, each for himself."""
        at_work = {row.agent for row in self.roster.assignments if row.date == on}
        rows = {row.agent: row for row in movable(self.scenario, self.roster, on)}
        out: defaultdict[str, list[str]] = defaultdict(list)
        takers = []
        for name in activity.agents:
            own = [replace(one, agents=(name,)) for one in (*accepted, activity) if name in one.agents]
            if name not in at_work:
                out["off"] += [name] if activity.dates else []
            elif name not in rows:
                out["own_shift"].append(name)
            elif not has_room(self.scenario, Roster((rows[name],)), on, own):
                out["no_room"].append(name)
            else:
                takers.append(name)
        self._refuse(activity, on, out)
        return tuple(takers)

    def _refuse(self, activity: Activity, on: date, out: Mapping[str, Sequence[str]]) -> None:
        self.unplaced += [
            Unplaced(activity.name, on, tuple(names), Reason(f"activities.{why}"))
            for why, names in out.items()
            if names
        ]


def _dates_planned(reading: GridReading, dates: Sequence[date]) -> tuple[date, ...]:
    """Return the dates to plan in order: those of ``dates``, else those of the horizon that have an activity."""
    scenario = reading.scenario
    days = [date_at(scenario.horizon, number) for number in range(scenario.horizon.dates)]
    for day in dates:
        if day not in days:
            raise PlanningError("activities_date", value=day, first=days[0], last=days[-1])
    if not dates and not scenario.activities:
        raise PlanningError("activities_none", value=scenario.name)
    asked = {day for activity in scenario.activities for day in activity.dates}
    daily = {name for activity in scenario.activities if not activity.dates for name in activity.agents}
    asked |= {shift.date for shift in reading.shifts if shift.agent in daily}
    return tuple(day for day in days if day in (dates or asked))


def _effects(
    floor: Floor, rosters: tuple[Roster, Roster], dates: Sequence[date], progress: Progress
) -> tuple[DayEffect, ...]:
    """Return what the activities do on the dates that are open."""
    served = [day.date for day in floor.scenario.horizon.days if day.date in dates]
    if not served:
        return ()
    (done,) = effects(floor, rosters, served, progress=progress)
    return done


def _beyond(scenario: Scenario) -> list[Unplaced]:
    """Return the activities on dates that the scenario does not have."""
    days = {date_at(scenario.horizon, number) for number in range(scenario.horizon.dates)}
    return [
        Unplaced(activity.name, day, activity.agents, Reason("activities.beyond"))
        for activity in scenario.activities
        for day in activity.dates
        if day not in days
    ]
