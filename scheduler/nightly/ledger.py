"""What a night adds to the accuracy ledger: its own forecast, and what became of earlier ones."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
from sqlalchemy import make_url

from forecasting import (
    Days,
    Edit,
    Entry,
    Snapshot,
    dates_over,
    day_errors,
    edits_on,
    grain_min,
    observe,
    snapshot_of,
    special_days,
)
from scenarios import Forecast, Horizon
from scheduler.nightly.config import SiteConfig
from scheduler.nightly.inputs import NightInputs
from scheduler.store import Store, dump_entries, open_store

_LATE_DAYS = 7
"""What is not in the history a week after a forecast's last date is waited for no longer."""

_BEFORE_DAYS = 28  # enough rows to see the history's grain; all of it would only be slow


def logged_edits(site: SiteConfig, scenario: str) -> tuple[Entry, ...]:
    """Return the log of edits of a site whose store may not be there yet, without making one."""
    address = make_url(site.store_url)
    if address.get_backend_name() == "sqlite" and not Path(str(address.database)).is_file():
        return ()
    with open_store(site.store_url) as store:
        return store.edits.log(scenario)


def hash_of_edits(log: Sequence[Entry], horizon: Horizon) -> dict[str, str]:
    """Return the hash of the edits that act on ``horizon``, as a table to be put beside the other inputs' hashes.

    Empty where there are none: a log that does not matter changes no run.
    """
    acting = tuple(edits_on(log, horizon).values())
    return {"edits": hashlib.sha256(dump_entries(acting).encode()).hexdigest()} if acting else {}


def night_snapshot(
    inputs: NightInputs, model: Forecast, edits: Sequence[Edit], versions: Mapping[str, str]
) -> Snapshot:
    """Return the forecast of a night as it is given out."""
    return snapshot_of(
        model,
        made_at=datetime.now(UTC),
        known_until=known_until(inputs.history, model.horizon),
        seed=inputs.scenario.seed,
        edits=tuple(edits),
        versions=versions,
    )


def known_until(history: pd.DataFrame, horizon: Horizon) -> date:
    """Return the last local date of ``history`` before ``horizon``: what a forecast of it could know."""
    before = history.loc[history["interval_start"] < pd.Timestamp(horizon.start), "interval_start"]
    last: date = before.max().tz_convert(horizon.zone).date()
    return last


def days_of(inputs: NightInputs) -> Days:
    """Return the special days that inputs name, past and planned: promotions, and what the calendar knows."""
    events = (*inputs.past_promotions, *inputs.scenario.promo)
    if inputs.calendar is None:
        return Days(events)
    horizon, starts = inputs.scenario.horizon, inputs.history["interval_start"]
    first, last = (at.tz_convert(horizon.zone).date() for at in (starts.min(), starts.max()))
    planned = [day.date for day in horizon.days]
    return Days(events, frozenset(special_days(inputs.calendar, min(first, *planned), max(last, *planned))))


def record_errors(store: Store, inputs: NightInputs) -> dict[str, int]:
    """Record the errors of kept forecasts of the scenario whose dates are over in the history.

    Returns
    -------
    dict
        Number of the kept forecast, as text -> dates recorded now; those without any are left out.
    """
    name, days, history = inputs.scenario.name, days_of(inputs), inputs.history
    until = history["interval_start"].max() + timedelta(minutes=grain_min(history))
    last = until.tz_convert(inputs.scenario.horizon.zone).date()
    recorded = store.forecasts.recorded(name)
    due = [
        kept
        for kept in store.forecasts.kept(name)
        if kept.first_date <= last <= kept.last_date + timedelta(days=_LATE_DAYS)
        and recorded.get(kept.id, date.min) < kept.last_date
    ]
    if not due:
        return {}
    since = min(kept.first_date for kept in due) - timedelta(days=_BEFORE_DAYS)
    near = history[history["interval_start"] >= pd.Timestamp(since, tz=inputs.scenario.horizon.zone)]
    found: dict[str, int] = {}
    for kept in due:
        snapshot = store.forecasts.snapshot(kept.id)
        over = dates_over(snapshot.model, until.to_pydatetime())
        errors = day_errors(snapshot, observe(near, snapshot.model, inputs.scenario.contact_types), days)
        dates = store.forecasts.record(kept.id, errors[errors["date"].isin(over)])
        if dates:
            found[str(kept.id)] = dates
    return found
