"""Tables behind the page of the accuracy ledger. Times are local dates without zone."""

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd

from forecasting import TOTAL, Snapshot, accuracy_table, dates_of
from scheduler.store import KeptForecast


def over_time(errors: pd.DataFrame) -> pd.DataFrame:
    """Return ``time, wape, bias`` by date, all types and leads together, of recorded errors."""
    table = accuracy_table(errors, by=("date",))
    return pd.DataFrame({"time": pd.to_datetime(table["date"]), "wape": table["wape"], "bias": table["bias"]})


def day_bands(
    errors: pd.DataFrame,
    last_before: Mapping[date, KeptForecast],
    read: Callable[[int], Snapshot],
    contact_type: str = TOTAL,
) -> pd.DataFrame:
    """Return ``time, contacts, p10, p50, p90`` by date: what came, and the band of the last forecast before it."""
    mine = errors[errors["contact_type"] == contact_type].drop_duplicates("date").set_index("date")["contacts"]
    rows = []
    for day, kept in sorted(last_before.items()):
        snapshot = read(kept.id)
        types = (*snapshot.model.contact_types, TOTAL)
        if day not in mine.index or contact_type not in types:
            continue
        low, middle, high = snapshot.bands.day[
            :, dates_of(snapshot.model.horizon).index(day), types.index(contact_type)
        ]
        rows.append({"time": pd.Timestamp(day), "contacts": mine[day], "p10": low, "p50": middle, "p90": high})
    return pd.DataFrame(rows, columns=["time", "contacts", "p10", "p50", "p90"])
