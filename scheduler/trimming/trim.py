"""Trim a named roster date by date, on training days of its own.

A requirement is laid by formula and filled by whole shifts, so a roster that passes has people to spare on some dates
and too few on others. Each date alone is polished by single people as in the closed loop (``scheduler.loop.prune``):
somebody paid by the hour stays at home, comes, or works a shorter shift, and the simulation decides.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from scenarios import Forecast, Requirement, Roster, Scenario
from scenarios.checks import BoolArray, IntArray
from scenarios.progress import Progress, silent
from scheduler.judging.desk import Desk
from scheduler.loop.closing import LoopSettings, aim_of, day_factor_of, layout_of
from scheduler.loop.problem import PlanProblem
from scheduler.loop.prune import PruneSettings, prune
from scheduler.loop.skill_loop import skill_bed
from scheduler.loop.skills import SkillSurrogate
from scheduler.loop.steps import Round, SearchSettings, search
from scheduler.proof import ProofSchedule
from scheduler.rostering import check_rules
from scheduler.trimming.day import NamedDay, by_the_hour, named_day
from scheduler.trimming.names import give_names
from sim.studies.backends import BackendName, backend_of, results

PURPOSE = "trimming"
"""Name of the streams of its training days."""
STAGE = "trim"
_AT_ONCE = 0
"""Patience that ends a search with its first round that passes."""


@dataclass(frozen=True, slots=True)
class TrimSettings:
    """How long to trim.

    Parameters
    ----------
    rounds
        Plans of a date tried at most before single people are.
    contacts
        Contacts simulated to try single people of a date at most, about.
    days_contacts
        Contacts that a date's training days hold together, about.
    effective_days
        Days that the training days stand for, more or less, however few contacts they have.
    """

    rounds: int = 5
    contacts: int = 3_000_000
    days_contacts: int = 250_000
    effective_days: int = 1500

    def loop(self, schedule: ProofSchedule) -> LoopSettings:
        """Return what the parts of the closed loop read."""
        return LoopSettings(
            schedule=schedule,
            effective_days=(self.effective_days, self.effective_days),
            contacts=(self.days_contacts, self.days_contacts),
            first=SearchSettings(rounds=self.rounds),
            pruning=PruneSettings(contacts=self.contacts),
            aim_look=-1,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Trimmed:
    """A trimmed roster.

    Parameters
    ----------
    passing
        (D,) whether each service day keeps its promises on its training days; days that were not trimmed count as such
        that do not.
    """

    roster: Roster
    passing: BoolArray


def trim(
    scenario: Scenario,
    forecast: Forecast,
    roster: Roster,
    schedule: ProofSchedule,
    *,
    settings: TrimSettings,
    raised: Mapping[int, float] | None = None,
    workers: int = 1,
    progress: Progress = silent,
) -> Trimmed:
    """Return ``roster`` with the people on each date whom its promises need, as far as hours may vary at all.

    Dates whose change would break a rule, and dates that no change makes pass, stay as they are. Equal arguments give
    equal rosters, whatever the number of workers.

    Parameters
    ----------
    schedule
        The proof to come: trained is to what passes it.
    raised
        Numbers of the service days to trim, and what is added to the share of days each is trained to; ``None`` for all
        days and nothing.
    """
    passing = np.zeros(len(scenario.horizon.days), dtype=np.bool_)
    aims = dict.fromkeys(range(len(passing)), 0.0) if raised is None else dict(raised)
    chosen = tuple(aims)
    if not chosen or not any(by_the_hour(scenario, agent) for agent in scenario.agents) or not scenario.targets:
        return Trimmed(roster, passing)
    task = _Dates(scenario, forecast, roster, settings.loop(schedule), chosen, tuple(aims.values()))
    backend = backend_of(None, workers, default=BackendName.PROCESSES)

    def told(done: int) -> None:
        progress(STAGE, done, len(chosen))

    found = dict(results(task, range(len(chosen)), backend, done=told, stop=lambda: False))
    ended = [(number, found[place]) for place, number in enumerate(chosen)]
    wanted = [(number, end[0]) for number, end in ended if end is not None and end[1]]
    named, days = _renamed(scenario, forecast, roster, wanted)
    passing[list(days)] = True
    return Trimmed(named, passing)


@dataclass(frozen=True, slots=True)
class _Dates:
    """The work of a process: one date after the other."""

    scenario: Scenario
    forecast: Forecast
    roster: Roster
    settings: LoopSettings
    days: tuple[int, ...]
    raised: tuple[float, ...]

    def prepare(self) -> Callable[[int], tuple[IntArray, bool] | None]:
        """Return what trims the day at a place of ``days``."""
        return self._trimmed

    def _trimmed(self, place: int) -> tuple[IntArray, bool] | None:
        """Return the counts of a day, and whether they pass; ``None`` where nothing can be moved."""
        number = self.days[place]
        day = named_day(self.scenario, self.forecast, self.roster, number)
        if day is None:
            return None
        alone, law, settings = day.scenario, day.forecast, self.settings
        bed = skill_bed(alone, law, day.columns)
        aim = min(1.0, aim_of(alone, law, settings) + self.raised[place])
        days = bed.draw(layout_of(alone, law, settings, 1), seed=alone.seed, purpose=f"{PURPOSE}-{number}")
        surrogate = _Bounded(SkillSurrogate(bed, day_factor_of(law)), day)
        best = search(bed, surrogate, days, aim, _of_day(settings, day), start=day.counts).best
        if best is None:
            raise RuntimeError("a search with a start has a best round")
        if day.counts[day.movable].any() or not best.judgement.passes:
            best = prune(bed, surrogate, days, best, settings.pruning)
        return best.counts, best.judgement.passes


def _of_day(settings: LoopSettings, day: NamedDay) -> SearchSettings:
    """Return how long to search: where nobody came by the hour, only until the day passes."""
    return settings.first if day.counts[day.movable].any() else replace(settings.first, patience=_AT_ONCE)


@dataclass(frozen=True, slots=True)
class _Bounded:
    """A surrogate whose problems leave alone whom the day does not let move, and know how many others there are."""

    surrogate: SkillSurrogate
    day: NamedDay

    def first(self, aim: float) -> PlanProblem:
        """Return the problem by formula."""
        return self._bounded(self.surrogate.first(aim))

    def after(self, last: Round) -> PlanProblem:
        """Return the next problem."""
        return self._bounded(self.surrogate.after(last))

    def _bounded(self, problem: PlanProblem) -> PlanProblem:
        return replace(problem, heads=self.day.heads, pinned=self.day.pinned)


def _renamed(
    scenario: Scenario, forecast: Forecast, roster: Roster, wanted: list[tuple[int, IntArray]]
) -> tuple[Roster, tuple[int, ...]]:
    """Return the roster after the counts of some days have got names, and the days for which rules allow it."""
    nothing = Requirement(
        scenario.horizon, tuple(group.name for group in scenario.groups),
        np.zeros((scenario.horizon.intervals, len(scenario.groups))),
    )  # fmt: skip
    desk = Desk(scenario, roster, nothing)
    known = set(check_rules(scenario, roster))
    named = []
    for number, counts in wanted:
        day = named_day(scenario, forecast, roster, number)
        stood = dict(desk.rows)
        if day is None or not give_names(desk, day, counts):
            continue
        # What a whole team owes (a lead at every hour) is nobody's own rule: it is asked once the names stand.
        if (counts != day.counts).any() and not known.issuperset(check_rules(scenario, desk.roster)):
            desk.restore(stood)
            continue
        named.append(number)
    return desk.roster, tuple(named)
