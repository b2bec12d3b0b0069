"""How a night ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scenarios import Plan, RosterStatus, VerdictStatus
from scheduler.exits import Exit

TIME_BUDGET_NOTE = "reasons.time_budget"


@dataclass(frozen=True, slots=True)
class NightEnd:
    """End of a nightly run.

    Parameters
    ----------
    exit
        What the command ends with.
    run_id
        ``None`` when the run was dry or stopped before it had one.
    repeated
        Whether the same inputs had been published before, by the run named; nothing was done.
    version
        Number of the roster version made, ``None`` when none was.
    published
        Whether that version is in force now.
    folder
        Where the files lie.
    plan
        ``None`` when the run stopped before.
    forecast_errors
        Rows of a backtest's table (see ``Backtest.table``) over all contact types; empty where nothing was compared.
    """

    exit: Exit
    run_id: str | None = None
    repeated: bool = False
    version: int | None = None
    published: bool = False
    folder: Path | None = None
    plan: Plan | None = None
    forecast_errors: tuple[Mapping[str, Any], ...] = ()


def exit_of(plan: Plan) -> Exit:
    """Return what a plan comes to as an exit status."""
    out_of_time = any(note.key == TIME_BUDGET_NOTE for note in plan.notes)
    if plan.verdict is None:
        timed_out = out_of_time or plan.outcome.status is RosterStatus.TIME_LIMIT
        return Exit.TIME_BUDGET if timed_out else Exit.NO_ROSTER
    if plan.verdict.status is VerdictStatus.PROVEN:
        return Exit.DONE
    if plan.verdict.status is VerdictStatus.RULES_BROKEN:
        return Exit.NO_ROSTER
    return Exit.TIME_BUDGET if out_of_time else Exit.NOT_PROVEN
