"""What was measured on past days, on the grid of a scenario, and what measured contacts hold already."""

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd

from scenarios import DemandUncertainty, Effect, Forecast, PlanningError, Quantity, Scenario
from scenarios.checks import FloatArray


class Measured(StrEnum):
    """Outcomes a history may hold, as shares of the contacts offered."""

    ANSWERED_IN_TIME = "answered_in_time"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, eq=False)
class Actuals:
    """What was measured, on the grid of a scenario.

    Parameters
    ----------
    offered, work_s
        (T, K) contacts that came and their mean work; work ``nan`` where unknown.
    outcomes
        Per outcome that was measured: (T, K) counts, 0 where nobody came, ``nan`` where unknown.
    """

    offered: FloatArray
    work_s: FloatArray
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
        When the history holds no outcome, or nothing of the horizon or of the contact types.
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
    work_rows = rows["aht_s"].to_numpy(np.float64) if "aht_s" in rows else np.full(len(rows), np.nan)
    whole = added(np.where(came, work_rows * offered_rows, 0.0))
    work_s = np.where(offered > 0, whole / np.where(offered > 0, offered, 1.0), np.nan)
    counted = {measure: added(np.where(came, rows[measure].to_numpy(np.float64), 0.0)) for measure in columns}
    return Actuals(offered, work_s, counted)


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
    effects on volume and work.
    """
    kinds = tuple(
        replace(kind, bot=None, missorted=None, redial=None, message=None, follow_ups=())
        for kind in scenario.contact_types
    )
    return without_effects(replace(scenario, contact_types=kinds), Quantity.VOLUME, Quantity.WORK)
