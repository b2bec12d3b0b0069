"""Judge a roster that somebody else made: rules, every date on fresh days, what breaks first, the cheapest repairs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from scenarios import (
    US_PER_MIN,
    Forecast,
    PlanningError,
    Reason,
    Roster,
    RuleBreach,
    Scenario,
    TargetStatement,
    Verdict,
)
from scenarios.progress import Progress, silent
from scheduler.judging.changes import Change, changed
from scheduler.judging.desk import Desk
from scheduler.judging.effects import DayEffect, Floor, effects
from scheduler.judging.filling import Filled, fill
from scheduler.judging.mending import Mended, mend
from scheduler.judging.need import MARGIN, Need, people_short
from scheduler.judging.placing import completed
from scheduler.judging.reading import GridReading
from scheduler.proof import Look, ProofSchedule, prove
from scheduler.staffing import Training
from sim import Study

_FINGERPRINT_LETTERS = 16


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """How hard to look.

    Parameters
    ----------
    proof_days
        Fresh days of the first look at every date; later looks take twice and four times as many.
    effect_days
        Days on which every repair is weighed.
    repairs
        Whether repairs are sought.
    workers
        Processes; results do not depend on it.
    training
        Days on which the need is found and repairs are tried.
    """

    proof_days: int = 300
    effect_days: int = 100
    repairs: bool = True
    workers: int = 1
    training: Training = field(default_factory=lambda: Training(margin=MARGIN))

    def schedule(self, roster: Roster) -> ProofSchedule:
        """Return the schedule of a proof of its own: other rosters are judged on other days.

        So a planner who changes a roster after what he has seen is not judged on the days he has seen.
        """
        looks = tuple(Look(self.proof_days * times, share) for times, share in ((1, 0.7), (2, 0.15), (4, 0.15)))
        days = f"judge-{roster.fingerprint()[:_FINGERPRINT_LETTERS]}"
        return ProofSchedule(looks=looks, attempt_shares=(1.0,), each_date=True, days=days)


@dataclass(frozen=True, slots=True)
class WeakHour:
    """A clock hour in which a target falls below its promise.

    Parameters
    ----------
    start_min
        Local start of the hour, minutes after the date's midnight.
    share, offered
        Share in time (ratio of sums over the days), mean contacts offered.
    contacts_late
        Mean contacts that would have had to be answered in time besides.
    people_short
        People the hour lacks against the need, absence counted in.
    """

    target: str
    date: date
    start_min: int
    share: float
    offered: float
    contacts_late: float
    people_short: float


@dataclass(frozen=True, slots=True)
class Repair:
    """A change, why it is made, what it costs and what it does.

    Parameters
    ----------
    cures
        Breaches it ends; empty for a change that serves the promise.
    yuan
        Added pay.
    effects
        Per target of its date, against the roster with all earlier repairs.
    """

    change: Change
    cures: tuple[RuleBreach, ...]
    yuan: float
    effects: tuple[DayEffect, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Everything said about a roster.

    Parameters
    ----------
    reading
        The grid as it was read.
    verdict
        Rules and, per date and target, the share of fresh days that kept the promise. Breaches of people the grid does
        not hold are left out.
    weak_hours
        What breaks first, per date and target the worst hour first.
    repairs
        In the order they are to be made: rules first, then dates.
    incurable
        Breaches that no single change ends.
    unreached
        Dates that do not keep their promise even with every repair found.
    repaired, repaired_verdict
        The roster with all repairs and what fresh days say of it; ``None`` without any.
    """

    reading: GridReading
    roster: Roster
    verdict: Verdict
    weak_hours: tuple[WeakHour, ...]
    repairs: tuple[Repair, ...] = ()
    incurable: tuple[RuleBreach, ...] = ()
    unreached: tuple[date, ...] = ()
    repaired: Roster | None = None
    repaired_verdict: Verdict | None = None
    notes: tuple[Reason, ...] = field(default=())

    @property
    def scenario(self) -> Scenario:
        """The scenario with what the grid adds."""
        return self.reading.scenario

    @property
    def dates(self) -> tuple[date, ...]:
        """The service dates judged."""
        return tuple(day.date for day in self.scenario.horizon.days)

    def statements_on(self, day: date) -> tuple[TargetStatement, ...]:
        """Return what the proof says of a date."""
        return tuple(said for said in self.verdict.statements if said.date == day)

    def proven_on(self, day: date) -> bool:
        """Return whether every promise of a date is proven."""
        return all(said.proven for said in self.statements_on(day))

    @property
    def repairs_yuan(self) -> float:
        """What all repairs add to the pay."""
        return sum(repair.yuan for repair in self.repairs)


def judge(
    reading: GridReading, forecast: Forecast, *, settings: JudgeSettings | None = None, progress: Progress = silent
) -> Judgement:
    """Judge the roster of a grid.

    Open groups and breaks are placed first (``placing.completed``). The proof plays days that only this roster meets;
    weak hours are those of the same days. Repairs mend the rules, then every date that is not proven, are weighed on
    days of their own, and the repaired roster is proven anew.

    Raises
    ------
    PlanningError
        When the grid holds no shift that could be read.
    """
    settings = settings or JudgeSettings()
    if not reading.shifts:
        first = reading.faults[0] if reading.faults else None
        raise PlanningError("grid_empty", value=0) if first is None else first
    floor = Floor(reading.scenario, forecast, settings.effect_days, settings.workers)
    need = Need.of(floor, training=settings.training, progress=progress)
    roster, notes = completed(reading, need.requirement)
    verdict, study = _proven(reading, forecast, roster, settings, progress)
    judged = Judgement(
        reading=reading,
        roster=roster,
        verdict=verdict,
        weak_hours=_weak_hours(reading.scenario, study, people_short(reading.scenario, need.requirement, roster)),
        notes=(*reading.notes, *notes),
    )
    return _with_repairs(judged, forecast, need, settings, progress) if settings.repairs else judged


def _proven(
    reading: GridReading, forecast: Forecast, roster: Roster, settings: JudgeSettings, progress: Progress
) -> tuple[Verdict, Study]:
    verdict, study = prove(
        reading.scenario, forecast, roster, schedule=settings.schedule(roster), workers=settings.workers,
        progress=progress,
    )  # fmt: skip
    present = set(reading.people) | set(roster.agents)
    return replace(verdict, breaches=tuple(row for row in verdict.breaches if row.agent in present)), study


def _weak_hours(scenario: Scenario, study: Study, short: dict[tuple[str, int], float]) -> tuple[WeakHour, ...]:
    """Return the hours below their promise, by date and target, those with most late contacts first."""
    found: list[WeakHour] = []
    places = study.hours()
    for target in scenario.targets:
        columns = [study.contact_types.index(kind) for kind in target.contact_types]
        in_time, offered = (
            study.counts(name)[:, :, columns].sum(axis=2).mean(axis=0) for name in ("in_time", "offered")
        )
        for day, (starts, cells) in zip(scenario.horizon.days, places, strict=True):
            midnight = scenario.horizon.us_at(day.date, 0) // US_PER_MIN
            for start, cell in zip(starts.tolist(), cells, strict=True):
                top, bottom = float(in_time[cell].sum()), float(offered[cell].sum())
                late = target.day_share * bottom - top
                if late > 0:
                    lacks = short.get((target.name, midnight + start), 0.0)
                    found.append(WeakHour(target.name, day.date, start, top / bottom, bottom, late, lacks))
    return tuple(sorted(found, key=lambda row: (row.date, -row.contacts_late)))


def _with_repairs(
    judged: Judgement, forecast: Forecast, need: Need, settings: JudgeSettings, progress: Progress
) -> Judgement:
    """Return the judgement with repairs of rules and dates, their effects, and the proof of the roster they lead to."""
    scenario = judged.scenario
    desk = Desk(scenario, judged.roster, need.requirement)
    misread = {fault.facts.get("agent") for fault in judged.reading.faults}  # whose breaches may be none
    broken = dict.fromkeys(row.agent for row in judged.verdict.breaches if row.agent not in misread)
    mended = mend(desk, broken)
    failing = [day for day in judged.dates if not judged.proven_on(day)]
    filled = fill(desk, need, failing, workers=settings.workers, progress=progress) if failing else Filled()
    repairs = _in_order(mended, filled)
    if not repairs:
        return replace(judged, incurable=_incurable(mended), unreached=_unreached(failing, filled))
    weighed = _weighed(judged, forecast, repairs, settings, progress)
    repaired = desk.roster
    verdict, _ = _proven(judged.reading, forecast, repaired, settings, progress)
    return replace(
        judged,
        repairs=weighed,
        incurable=_incurable(mended),
        unreached=_unreached(failing, filled),
        repaired=repaired,
        repaired_verdict=verdict,
    )


def _in_order(mended: Sequence[Mended], filled: Filled) -> list[tuple[Change, tuple[RuleBreach, ...]]]:
    """Return the changes with what they cure: rules first, then dates; one that changes another's shift joins it."""
    found = [(row.change, row.breaches) for row in mended if row.change is not None]
    found += [(change, ()) for day in sorted(filled.changes) for change in filled.changes[day]]
    kept: list[tuple[Change, tuple[RuleBreach, ...]]] = []
    for change, cures in found:
        place = next((n for n, (earlier, _) in enumerate(kept) if change.builds_on(earlier)), None)
        if place is None:
            kept.append((change, cures))
        else:
            kept[place] = (kept[place][0].then(change), (*kept[place][1], *cures))
    return [row for row in kept if set(row[0].removed) != set(row[0].added)]


def _incurable(mended: Sequence[Mended]) -> tuple[RuleBreach, ...]:
    return tuple(breach for row in mended if row.change is None for breach in row.breaches)


def _unreached(failing: Sequence[date], filled: Filled) -> tuple[date, ...]:
    return tuple(day for day in failing if day not in filled.reached)


def _weighed(
    judged: Judgement,
    forecast: Forecast,
    repairs: Sequence[tuple[Change, tuple[RuleBreach, ...]]],
    settings: JudgeSettings,
    progress: Progress,
) -> tuple[Repair, ...]:
    """Return the repairs with what each does after all before it.

    Changes of different dates hardly meet, so the first of every date are played together, then the second, and so on:
    as many studies as the date with most changes has.
    """
    by_date: defaultdict[date, list[int]] = defaultdict(list)
    for number, (change, _) in enumerate(repairs):
        by_date[_date_of(change)].append(number)
    steps = max(map(len, by_date.values()))
    rosters = [judged.roster]
    for step in range(steps):
        made = sorted(numbers[step] for numbers in by_date.values() if step < len(numbers))
        rosters.append(changed(rosters[-1], [repairs[number][0] for number in made]))
    floor = Floor(judged.scenario, forecast, settings.effect_days, settings.workers)
    said = effects(floor, rosters, sorted(by_date), progress=progress)
    return tuple(
        Repair(
            change,
            cures,
            change.yuan(judged.scenario),
            tuple(row for row in said[by_date[_date_of(change)].index(number)] if row.date == _date_of(change)),
        )
        for number, (change, cures) in enumerate(repairs)
    )


def _date_of(change: Change) -> date:
    return (*change.removed, *change.added)[0].date


__all__ = ["JudgeSettings", "Judgement", "Repair", "WeakHour", "judge"]
