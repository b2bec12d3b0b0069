"""The closed loop of one group, whatever it serves: chat by messages, or calls, chats and tickets together."""

from scenarios import Forecast, Scenario
from scenarios.progress import Progress, silent
from scheduler.loop.closing import LoopOutcome, LoopSettings, close_loop, day_factor_of
from scheduler.loop.columns import day_columns
from scheduler.loop.group_bed import GroupBed
from scheduler.loop.measured import MeasuredSurrogate
from scheduler.loop.prune import PruneSettings
from scheduler.loop.steps import SearchSettings
from scheduler.proof import Look, ProofSchedule

CHAT_SETTINGS = LoopSettings(
    schedule=ProofSchedule((Look(2000, 1.0),), (1.0,)),
    effective_days=(500, 3000),
    mild_days=8,
    first=SearchSettings(rounds=6, patience=2),
    pruning=PruneSettings(contacts=15_000_000, band=0.006),
)
"""A chat day is many messages: it is proven at one look of 2,000 days, and trained on fewer days, of which the mild
ones say nothing that the promise asks for; a single person moves a day's share by a few parts in ten thousand."""


def close_group_loop(
    scenario: Scenario,
    forecast: Forecast,
    *,
    seed: int,
    settings: LoopSettings = CHAT_SETTINGS,
    progress: Progress = silent,
) -> LoopOutcome:
    """Return the cheapest roster found for a service day of one group, and what its proof says.

    Parameters
    ----------
    scenario, forecast
        One service day alone, see ``day_alone``.

    Raises
    ------
    PlanningError
        When the scenario has several groups, or no shift fits into the day.
    """
    columns = day_columns(scenario)
    surrogate = MeasuredSurrogate(scenario, forecast, columns, day_factor_of(forecast), seed)
    bed = GroupBed(scenario, forecast, columns)
    return close_loop(bed, surrogate, seed=seed, settings=settings, progress=progress)
