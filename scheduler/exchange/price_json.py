"""The prices of a service day for programs."""

import json
from pathlib import Path
from typing import Any

from scenarios.text import LANGUAGES
from scheduler.exchange.files import write_text
from scheduler.exchange.judgement_json import plain_of
from scheduler.exchange.words import say_reason
from scheduler.loop.day_price import DayPrice, Lost
from scheduler.loop.routing_price import PricedRouting

SCHEMA = 1


def write_price_json(found: DayPrice, path: Path) -> None:
    """Write everything that is known of a day's prices; sentences in every language, undefined numbers as ``null``."""
    write_text(path, json.dumps(price_table(found), ensure_ascii=False, indent=2) + "\n")


def price_table(found: DayPrice) -> dict[str, Any]:
    """Return a day's prices as JSON holds them."""
    horizon, short = found.scenario.horizon, found.short
    table: dict[str, Any] = {
        "schema": SCHEMA,
        "scenario": found.scenario.name,
        "date": found.date,
        "contacts": found.contacts,
        "people_max": found.people_max,
        "own": _row(found.own),
        "within_people": None if found.within_people is None else _row(found.within_people),
        "points": [
            {"day_share": point.day_share, **_row(PricedRouting(found.own.routing, point.outcome))}
            for point in found.points
        ],
        "knee": None if found.knee is None else found.knee.day_share,
        "routings": [
            {"routing": {language: row.routing.told(language) for language in LANGUAGES}, **_row(row)}
            for row in (() if found.routings is None else found.routings.rows)
        ],
        "worth": found.worth,
        "short": None
        if short is None
        else {
            "share_most": short.share_most,
            "of": "contacts",
            "people": int(short.counts.sum()),
            "share_of_days": short.share_of_days,
            "hours": short.hours,
        },
        "notes": [
            {"key": note.key, "said": {language: say_reason(note, language) for language in LANGUAGES}}
            for note in found.notes
        ],
    }
    return {key: plain_of(value, horizon) for key, value in table.items()}


def _row(row: PricedRouting) -> dict[str, Any]:
    lost = Lost.of(row.outcome)
    return {
        "cost_yuan": row.cost,
        "people": row.people,
        "share_of_days": row.share_of_days,
        "bound": row.bound,
        "proven": row.proven,
        "lost_contacts": None if lost is None else lost.contacts,
        "lost_yuan": None if lost is None else lost.value_yuan,
    }
