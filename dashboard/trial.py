"""A trial of a promotion day: the planned people on the day as it is, and on the day as the levers make it.

Both sides meet the same buyers (one seed, one purpose, the same replications), so that what differs is
the levers' doing.
"""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dashboard.levers import Levers
from dashboard.outcome import Baseline, TrialOutcome, day_counts, differences, side_of
from dashboard.people import (
    ExtraPeople,
    PlannedPeople,
    add_people,
    derive_people,
    keep_part_timers,
    part_timers,
    stored_version,
)
from scenarios import Forecast, PlanningError, Roster, Scenario, expected_demand, load_scenario
from scenarios.checks import require_positive
from scenarios.progress import Progress
from scheduler.store import JobState, Store
from sim import DEFINITIONS, replicate

KIND = "promo_day.1"
"""Kind of these jobs in the store. The number counts the layouts of order and outcome: older jobs are passed over."""
PURPOSE = "trial"
"""Streams of trials: days of their own, shared with neither training nor proof."""
REPLICATIONS_MAX = 1000
WORKERS = 2
"""Processes of a large trial: what a planner's machine has to spare."""
SMALL_CONTACTS = 100_000
"""Below this many contacts a side, starting processes (about 4 s) takes longer than playing them in one."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a scenario comes from: the library, or the text of the planner's own file."""

    name: str
    toml: str | None = None

    def load(self) -> Scenario:
        """Return the scenario; a ``PlanningError`` names file, key and remedy."""
        if self.toml is None:
            return load_scenario(self.name)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / Path(self.name).name
            path.write_text(self.toml, encoding="utf-8")
            return load_scenario(path)


@dataclass(frozen=True, slots=True)
class TrialOrder:
    """What is to be tried.

    Parameters
    ----------
    rostered_part_timers
        How many of the roster's part-timers come; ``None`` for all.
    extra
        Part-timers added; ``None`` for none.
    replications
        Simulated days per side, 1 to ``REPLICATIONS_MAX``.
    """

    source: Source
    levers: Levers = field(default_factory=Levers)
    rostered_part_timers: int | None = None
    extra: ExtraPeople | None = None
    replications: int = 30

    def __post_init__(self) -> None:
        require_positive("TrialOrder", "replications", self.replications)
        if self.replications > REPLICATIONS_MAX:
            raise PlanningError(
                "least_above_most", thing="TrialOrder", field="replications", value=self.replications,
                most=REPLICATIONS_MAX,
            )  # fmt: skip

    @property
    def changes_something(self) -> bool:
        """Whether any lever was moved."""
        return (self.levers, self.rostered_part_timers, self.extra) != (Levers(), None, None)

    def parameters(self) -> dict[str, Any]:
        """Return the order as JSON holds it; ``from_parameters`` reads it."""
        return asdict(self)

    @classmethod
    def from_parameters(cls, table: Mapping[str, Any]) -> "TrialOrder":
        """Return the order that ``parameters`` wrote; other keys are passed over."""
        extra = table["extra"]
        return cls(
            source=Source(**table["source"]),
            levers=Levers(**table["levers"]),
            rostered_part_timers=table["rostered_part_timers"],
            extra=None if extra is None else ExtraPeople(**extra),
            replications=table["replications"],
        )


def planned_people(scenario: Scenario, store: Store) -> PlannedPeople:
    """Return who is planned for ``scenario``: its stored roster, else people derived from the first guess."""
    stored = stored_version(store, scenario)
    if stored is None:
        return derive_people(scenario, expected_demand(scenario))
    roster = store.rosters.plan(stored.id).outcome.roster
    if roster is None:
        raise RuntimeError(f"version {stored.id} was chosen for its roster and has none")
    forecast = store.rosters.forecast(stored.id) or expected_demand(scenario)
    return PlannedPeople(scenario, forecast, roster, stored)


def run_trial(parameters: Mapping[str, Any], store: Store, progress: Progress) -> dict[str, Any]:
    """Run the trial of a job; return its outcome as JSON holds it.

    The unchanged side of an earlier trial with the same key is taken over: it would come out the same.
    """
    order = TrialOrder.from_parameters(parameters)
    progress("prepare", 0, 0)
    planned = planned_people(order.source.load(), store)
    known = known_baseline(store, baseline_key(planned, order.replications))
    return compare(order, planned, progress, known).as_json()


def compare(
    order: TrialOrder, planned: PlannedPeople, progress: Progress, known: Baseline | None = None
) -> TrialOutcome:
    """Return both sides of the trial of ``order`` with the people of ``planned``."""
    runs = [] if known else [(planned.scenario, planned.forecast, planned.roster)]
    runs += [varied(order, planned)] if order.changes_something else []
    played: list[Baseline] = [known] if known else []
    for number, (scenario, forecast, people) in enumerate(runs):

        def told(_stage: str, done: int, _total: int, before: int = number * order.replications) -> None:
            progress("simulate", before + done, len(runs) * order.replications)

        study = replicate(
            scenario, forecast, people, replications=order.replications, seed=scenario.seed, purpose=PURPOSE,
            workers=workers_for(forecast, order.replications), progress=told,
        )  # fmt: skip
        played.append(Baseline(side_of(scenario, people, study), day_counts(scenario, study)))
    unchanged, changed = played[0], played[-1]
    used = planned.version
    return TrialOutcome(
        scenario=planned.scenario.name,
        baseline=baseline_key(planned, order.replications),
        version=None if used is None else used.version,
        version_state=None if used is None else used.state.value,
        people=len(planned.roster.agents),
        part_timers=len(part_timers(planned.scenario, planned.roster)),
        replications=order.replications,
        seed=planned.scenario.seed,
        unchanged=unchanged.side,
        unchanged_days=unchanged.days,
        changed=changed.side,
        difference=differences(unchanged.days, changed.days),
    )


def workers_for(forecast: Forecast, replications: int) -> int:
    """Return how many processes play a side; the numbers do not depend on it."""
    return 1 if float(forecast.expected.sum()) * replications < SMALL_CONTACTS else WORKERS


def baseline_key(planned: PlannedPeople, replications: int) -> str:
    """Return a key that two unchanged sides share exactly when they are the same numbers."""
    parts = (
        planned.scenario.fingerprint(),
        planned.forecast.fingerprint(),
        planned.roster.fingerprint(),
        (replications, PURPOSE, DEFINITIONS, version("springtide")),
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def known_baseline(store: Store, key: str) -> Baseline | None:
    """Return the unchanged side of an earlier trial with this key, ``None`` when none is among the last ones."""
    for job in store.jobs.latest(KIND):
        if job.state is JobState.DONE and job.result["baseline"] == key:
            outcome = TrialOutcome.from_json(job.result)
            return Baseline(outcome.unchanged, outcome.unchanged_days)
    return None


def varied(order: TrialOrder, planned: PlannedPeople) -> tuple[Scenario, Forecast, Roster]:
    """Return scenario, forecast and roster as ``order`` makes them."""
    scenario, roster = order.levers.applied_to(planned.scenario), planned.roster
    forecast = order.levers.forecast_for(scenario, planned.forecast)
    if order.rostered_part_timers is not None:
        roster = keep_part_timers(planned.scenario, roster, order.rostered_part_timers)
    if order.extra is not None:
        scenario, roster = add_people(scenario, roster, order.extra)
    return scenario, forecast, roster
