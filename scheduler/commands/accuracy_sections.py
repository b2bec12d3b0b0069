"""Parts of the accuracy ledger as tables and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from forecasting import Driver, Observed, Snapshot, date_ordinals, due_cells
from scenarios.text import text
from scheduler.commands.console import say
from scheduler.commands.sections import day_name, figure, type_name
from scheduler.exchange import Band, Section, Series, line_chart
from scheduler.exchange.words import DASH, moment

_LABELS = 14  # as many dates as can stand side by side


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A forecast, what came, and the dates it is judged by: those for which it was the last one."""

    snapshot: Snapshot
    came: Observed
    dates: frozenset[date]


def accuracy_section(table: pd.DataFrame, by: str) -> Section:
    """Return a table of ``forecasting.accuracy_table``, told by one group; what edits did only where there were any."""
    measures = ["wape", "bias", "coverage", "day_coverage"]
    if (table["model_wape"] != table["wape"]).any():
        measures += ["model_wape", "edits_gain"]
    lines = tuple(
        (
            _group(by, row[by]), f"{row['contacts']:,.0f}",
            *(figure(row[name], signed=name in {"bias", "edits_gain"}) for name in measures),
        )
        for row in table.to_dict("records")
    )  # fmt: skip
    header = (say(f"accuracy.{by}"), say("accuracy.contacts"), *(say(f"accuracy.{name}") for name in measures))
    return Section(say(f"accuracy.by_{by}"), header, lines)


def _group(by: str, value: object) -> str:
    """Return the name of a group."""
    if isinstance(value, date):
        return day_name(value)
    return type_name(value) if by == "contact_type" else say(f"scope.{value}")


def drivers_section(table: pd.DataFrame) -> Section:
    """Return the causes of the misses, a row per date: contacts beyond the forecast, and the shares of the causes."""
    lines = []
    for day, rows in table.groupby("date", sort=True):
        found = {row["driver"]: row for row in rows.to_dict("records")}
        shares = [figure(found[one]["missed_share"], signed=True) if one in found else DASH for one in Driver]
        lines.append(
            (day_name(day), f"{rows['contacts'].sum():+,.0f}", f"{rows['hours'].sum():+,.1f}", *shares)  # type: ignore[arg-type]  # groups are dates
        )
    header = (say("accuracy.date"), say("accuracy.beyond"), say("accuracy.hours_beyond"))
    return Section(text("drivers.title"), (*header, *(text(f"drivers.{one}") for one in Driver)), tuple(lines))


def gains_section(table: pd.DataFrame, zone: str) -> Section:
    """Return what each edit was worth, a row per edit of which something is known."""
    lines = tuple(
        (
            row["who"], row["why"], moment(pd.Timestamp(row["start"]).tz_convert(zone)), f"{row['contacts']:,.0f}",
            f"{row['missed']:,.0f}", f"{row['missed_without']:,.0f}", figure(row["gain"], signed=True),
        )
        for row in table.to_dict("records")
    )  # fmt: skip
    header = ("who", "why", "start", "contacts", "missed", "missed_without", "gain")
    return Section(say("accuracy.gains"), tuple(say(f"accuracy.{name}") for name in header), lines)


def wape_chart(table: pd.DataFrame) -> Section:
    """Return WAPE and the size of the bias over the dates, all types and leads together."""
    lines = [
        Series(say("accuracy.wape"), table["wape"].to_numpy(np.float64)),
        Series(say("accuracy.bias_size"), np.abs(table["bias"].to_numpy(np.float64))),
    ]
    chart = line_chart(say("accuracy.over_time"), lines, _labels(list(table["date"])), least=0.01)
    return Section(say("accuracy.over_time"), charts=(chart,))


def came_charts(judged: Sequence[Judged]) -> Section:
    """Return what came beside the P10 to P90 it was given beforehand, a picture per contact type."""
    if not judged:
        return Section(say("accuracy.band_and_came"))
    pieces: list[tuple[int, Judged, int]] = []
    for one in judged:
        ordinals = date_ordinals(one.snapshot.model.horizon)
        mine = {day.toordinal() for day in one.dates}
        pieces += [(int(day), one, row) for row, day in enumerate(ordinals) if int(day) in mine]
    pieces.sort(key=lambda piece: (piece[0], piece[2]))
    days = list(dict.fromkeys(date.fromordinal(day) for day, _, _ in pieces))
    first = {day: next(n for n, piece in enumerate(pieces) if piece[0] == day.toordinal()) for day in days}
    every = max(1, -(-len(days) // _LABELS))
    labels = [(first[day], day.strftime("%m-%d")) for day in days[::every]]
    names = list(dict.fromkeys(name for one in judged for name in one.snapshot.model.contact_types))
    due = {id(one): due_cells(one.snapshot.forecast) for one in judged}
    charts = []
    for name in names:
        low, said, came, high = (np.full(len(pieces), np.nan) for _ in range(4))
        for number, (_, one, row) in enumerate(pieces):
            if name in one.snapshot.model.contact_types:
                column = one.snapshot.model.column(name)
                low[number], said[number], high[number] = one.snapshot.bands.interval[:, row, column]
                came[number] = one.came.contacts[row, column] if due[id(one)][row, column] else np.nan
        lines = [Series(say("forecast.p50"), said), Series(say("forecast.came"), came)]
        charts.append(line_chart(name, lines, labels, [Band(say("forecast.band"), low, high)]))
    return Section(say("accuracy.band_and_came"), charts=tuple(charts))


def _labels(days: list[date]) -> list[tuple[int, str]]:
    every = max(1, -(-len(days) // _LABELS))
    return [(number, days[number].strftime("%m-%d")) for number in range(0, len(days), every)]
