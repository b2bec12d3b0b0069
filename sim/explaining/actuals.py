"""What was measured on past days, on the grid of a scenario, and what measured contacts hold already."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd

from scenarios import DemandUncertainty, Effect, Forecast, PlanningError, Quantity, Scenario, measured_work_s
from scenarios.checks import FloatArray


class Measured(StrEnum):
    """What a history may hold of what became of the contacts."""

    ANSWERED_IN_TIME = "answered_in_time"
    ABANDONED = "abandoned"
    SESSION = "session_s"  # from taking to close


@dataclass(frozen=True, slots=True, eq=False)
class Actuals:
    """What was measured, on the grid of a scenario.

    Parameters
    ----------
    offered, work_s
        (T, K) contacts that came and the mean work of agents on one; work ``nan`` where unknown.
    answered
        (T, K) contacts somebody answered: as measured; else all who did not give up; else, where neither is known, all.
    outcomes
        Per outcome that was measured: (T, K) counts, of sessions the sum of their lengths in seconds; 0 where nobody
        came, ``nan`` where unknown.
    """

    offered: FloatArray
    work_s: FloatArray
    answered: FloatArray
    outcomes: dict[Measured, FloatArray]


def actuals_of(history: pd.DataFrame, scenario: Scenario, *, outcomes: bool = True) -> Actuals:
    """Return the part of ``history`` that lies in the horizon of ``scenario``, added up to its intervals.

    Parameters
    ----------
    outcomes
        Whether at least one outcome must have been measured.

    Raises
    ------
    PlanningError
        When the history holds no outcome, or nothing of the horizon or of the contact types, or the length of sessions
        where work belongs (see ``measured_work_s``).
    """
    columns = [measure for measure in Measured if measure in history.columns]
    if outcomes and not columns:
        found = ", ".join(map(str, history.columns))
        raise PlanningError("missing_column", column=", ".join(Measured), found=found)
    grid = scenario.horizon
    names = [kind.name for kind in scenario.contact_types]
    since = (history["interval_start"] - pd.Timestamp(grid.start)) // pd.Timedelta(minutes=grid.interval_min)
    inside = history["contact_type"].isin(names) & since.between(0, grid.intervals - 1)
    if not inside.any():
        raise PlanningError("history_elsewhere", value=scenario.name, first=grid.first_date.isoformat())
    rows = history[inside]
    place = (since[inside].to_numpy(np.int64), rows["contact_type"].map(names.index).to_numpy(np.int64))

    def added(values: FloatArray) -> FloatArray:
        total = np.zeros((grid.intervals, len(names)))
        np.add.at(total, place, values)
        return total

    offered_rows = rows["offered"].to_numpy(np.float64)
    offered = added(offered_rows)
    came = offered_rows > 0
    whole = added(np.where(came, _work_s(rows, scenario) * offered_rows, 0.0))
    work_s = np.where(offered > 0, whole / np.where(offered > 0, offered, 1.0), np.nan)
    counted = {}
    for measure in columns:
        values = rows[measure].to_numpy(np.float64) * (offered_rows if measure is Measured.SESSION else 1.0)
        counted[measure] = added(np.where(came, values, 0.0))
    answered = offered - np.nan_to_num(counted.get(Measured.ABANDONED, np.zeros_like(offered)))
    if "answered" in rows:
        told = added(np.where(came, rows["answered"].to_numpy(np.float64), 0.0))
        answered = np.where(np.isnan(told), answered, told)
    return Actuals(offered, work_s, answered, counted)


def _work_s(rows: pd.DataFrame, scenario: Scenario) -> FloatArray:
    """Return (rows,) the measured work, ``nan`` where unknown."""
    work_s = np.full(len(rows), np.nan)
    for kind in scenario.contact_types:
        mine = (rows["contact_type"] == kind.name).to_numpy()
        work_s[mine] = measured_work_s(rows[mine], kind)
    return work_s


def demand_as_it_was(actuals: Actuals, like: Forecast) -> Forecast:
    """Return what was measured as a demand without strays; the work of ``like`` where it was not measured."""
    certain = DemandUncertainty((0.0,) * len(like.horizon.days))
    work_s = np.where(np.isnan(actuals.work_s), like.work_s, actuals.work_s)
    return replace(like, expected=actuals.offered, work_s=work_s, uncertainty=certain)


def without_effects(scenario: Scenario, *quantities: Quantity) -> Scenario:
    """Return ``scenario`` without the effects of its levers and shocks on ``quantities``."""

    def kept(effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
        return tuple(effect for effect in effects if effect.quantity not in quantities)

    levers = tuple(replace(lever, effects=kept(lever.effects)) for lever in scenario.levers)
    shocks = tuple(replace(shock, effects=kept(shock.effects)) for shock in scenario.shocks)
    return replace(scenario, levers=levers, shocks=shocks)


def as_measured(scenario: Scenario) -> Scenario:
    """Return ``scenario`` without what measured contacts hold already.

    Every attempt that reached the humans was measured: no bot, wrong lines, redials, messages and follow-ups, and no
    effects on volume and work. Sessions still reopen: the first reply of a session that goes on is another reply than
    the first of all, so that attempts which were reopened cannot be played like new ones (``sim.explaining.replay``).
    """
    kinds = tuple(
        replace(kind, bot=None, missorted=None, redial=None, message=None, follow_ups=())
        for kind in scenario.contact_types
    )
    return without_effects(replace(scenario, contact_types=kinds), Quantity.VOLUME, Quantity.WORK)
