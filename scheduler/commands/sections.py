"""Parts that commands print and write into their pages: errors, weights, edits."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from forecasting import METHODS, SCOPES, TOTAL, Edit, Entry, ModelWeight, Undo, in_force
from scenarios.text import current_language
from scheduler.commands.console import print_table, say, tell
from scheduler.exchange import Section, Series, line_chart, write_change, write_page, write_span
from scheduler.exchange.words import DASH, moment, percent, weekday

_LEAD_SCOPE = re.compile(r"d\d")
OURS = METHODS[0]


def show_section(section: Section) -> None:
    """Print a section: its table, then its sentences; pictures are for pages."""
    if section.rows:
        print_table(section.title, section.header, section.rows)
    for sentence in section.sentences:
        tell("bullet", sentence=sentence)


def write_sections(title: str, sections: Sequence[Section], place: Path, *, name: str) -> None:
    """Write those sections that hold something into a page, and tell where it lies."""
    whole = [section for section in sections if section.rows or section.charts or section.sentences]
    tell("files", path=write_page(title, whole, place, name=name, language=current_language()))


def errors_sections(table: pd.DataFrame) -> tuple[Section, ...]:
    """Return what the table of a ``Backtest`` says: by lead as a picture, beside rivals, and of ours alone."""
    return (lead_chart(table), errors_section(table.to_dict("records")), ours_section(table))


def errors_section(rows: Iterable[Mapping[Any, Any]]) -> Section:
    """Return the WAPE of the forecast beside its rivals', a row per contact type and scope; rows of a ``Backtest``."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows:
        found.setdefault((str(row.get("contact_type", TOTAL)), str(row["scope"])), {})[str(row["method"])] = row["wape"]
    header = (say("contact_type"), say("scope.title"), *(say(f"method.{method}") for method in METHODS))
    lines = tuple(
        (type_name(kind), say(f"scope.{scope}"), *(share(wapes.get(method)) for method in METHODS))
        for (kind, scope), wapes in found.items()
    )
    return Section(say("errors_title"), header, lines)


def ours_section(table: pd.DataFrame) -> Section:
    """Return what else a backtest's table says of our own forecast, a row per contact type and scope."""
    ours = table[table["method"] == OURS]
    measures = [name for name in ("over_naive", "bias", "wql") if name in table.columns]
    header = (
        say("contact_type"),
        say("scope.title"),
        say("accuracy.contacts"),
        *(say(f"accuracy.{m}") for m in measures),
    )
    lines = tuple(
        (
            type_name(row["contact_type"]), say(f"scope.{row['scope']}"), f"{row['contacts']:,.0f}",
            *(figure(row[name], signed=name == "bias", share=name != "over_naive") for name in measures),
        )
        for row in ours.to_dict("records")
    )  # fmt: skip
    return Section(say("accuracy.ours"), header, lines)


def lead_chart(table: pd.DataFrame) -> Section:
    """Return the WAPE of every method over the stretches of leads a backtest's table tells apart; maybe no picture."""
    scopes = [scope for scope in SCOPES if _LEAD_SCOPE.match(scope)]
    total = table[table["contact_type"] == TOTAL].set_index(["scope", "method"])["wape"]
    scopes = [scope for scope in scopes if scope in total.index.get_level_values(0)]
    lines = [
        Series(say(f"method.{method}"), np.array([total.get((scope, method), np.nan) for scope in scopes]))
        for method in METHODS
    ]
    named = [(number, say(f"scope.{scope}")) for number, scope in enumerate(scopes)]
    title = say("accuracy.by_lead")
    return Section(title, charts=(line_chart(title, lines, named, least=0.01),) if scopes else ())


def weights_section(weights: Sequence[ModelWeight]) -> Section:
    """Return how the models of ordinary days are weighted, a row per contact type and stretch of leads."""
    models = tuple(dict.fromkeys(row.model for row in weights))
    by_place: dict[tuple[str, str], dict[str, float]] = {}
    for row in weights:
        by_place.setdefault((row.contact_type, row.lead), {})[row.model] = row.weight
    names = tuple(say(f"model.{model}") for model in models)
    lines = tuple(
        (kind, say(f"scope.{lead}"), *(percent(found.get(model, 0.0)) for model in models))
        for (kind, lead), found in by_place.items()
    )
    return Section(say("accuracy.weights"), (say("contact_type"), say("accuracy.lead"), *names), lines)


def mean_weights(weights: Sequence[ModelWeight]) -> tuple[ModelWeight, ...]:
    """Return the weights of all contact types as one, their mean: what a terminal has room for."""
    types = len({row.contact_type for row in weights})
    total: dict[tuple[str, str], float] = {}
    for row in weights:
        total[row.lead, row.model] = total.get((row.lead, row.model), 0.0) + row.weight / types
    return tuple(ModelWeight(say("all_types"), lead, model, weight) for (lead, model), weight in total.items())


def edits_section(log: Sequence[Entry], zone: str) -> Section:
    """Return a log of edits, a row per entry."""
    standing = in_force(log)
    header = ("number", "made_at", "who", "span", "type", "change", "why", "state")
    lines = []
    for number, entry in enumerate(log, start=1):
        state = "in_force" if number in standing else "undone"
        what: tuple[str, str, str]
        if isinstance(entry, Undo):
            what = (say("edits.undo", number=entry.undoes), "", "")
            state = "noted"
        else:
            what = edit_cells(entry, zone)
        lines.append(
            (f"{number}", moment(entry.made_at), entry.who, *what, entry.why, say(f"edits.{state}"))
        )  # fmt: skip
    return Section(say("edits.title"), tuple(say(f"edits.{name}") for name in header), tuple(lines))


def edit_cells(edit: Edit, zone: str) -> tuple[str, str, str]:
    """Return span, types and change of an edit."""
    return write_span(edit, zone), ", ".join(edit.contact_types) or say("all_types"), write_change(edit)


def type_name(kind: object) -> str:
    """Return a contact type's name; that of all together in words."""
    return say("all_types") if kind == TOTAL else str(kind)


def day_name(day: date) -> str:
    """Return a date with its weekday."""
    return f"{day.isoformat()} {weekday(day.weekday(), current_language())}"


def share(value: object) -> str:
    """Return a share in percent; a dash where there is none."""
    return percent(value) if isinstance(value, float) else DASH


def figure(value: object, *, signed: bool = False, share: bool = True) -> str:
    """Return a figure in percent, or as a number; a dash where it is undefined."""
    if not isinstance(value, float) or np.isnan(value):
        return DASH
    sign = "+" if signed else ""
    return f"{value * 100:{sign}.1f} %" if share else f"{value:{sign}.3f}"
