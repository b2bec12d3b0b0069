"""A judgement for programs."""

import json
import math
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from scenarios import Assignment, Horizon, PlanningError, Reason, RuleBreach
from scenarios.text import LANGUAGES
from scheduler.exchange.files import write_text
from scheduler.exchange.judgement_text import say_change
from scheduler.exchange.words import say_breach, say_reason
from scheduler.judging.changes import Change
from scheduler.judging.judge import Judgement

SCHEMA = 1


def write_judgement_json(judged: Judgement, path: Path) -> None:
    """Write everything a judgement says; sentences in every language, undefined numbers as ``null``."""
    write_text(path, json.dumps(judgement_table(judged), ensure_ascii=False, indent=2) + "\n")


def judgement_table(judged: Judgement) -> dict[str, Any]:
    """Return a judgement as JSON holds it."""
    horizon = judged.scenario.horizon
    after = judged.repaired_verdict
    return {
        "schema": SCHEMA,
        "scenario": judged.scenario.name,
        "status": judged.verdict.status.value,
        "roster_fingerprint": judged.verdict.roster_fingerprint,
        "faults": faults_table(judged.reading.faults),
        "notes": notes_table(judged.notes),
        "people": list(judged.reading.people),
        "shifts": [_shift(row, horizon) for row in judged.roster.assignments],
        "statements": [plain_of(row, horizon) for row in judged.verdict.statements],
        "weak_hours": [plain_of(row, horizon) for row in judged.weak_hours],
        "breaches": breaches_table(judged.verdict.breaches, horizon),
        "repairs": [plain_of(row, horizon) for row in judged.repairs],
        "repairs_yuan": judged.repairs_yuan,
        "incurable": [plain_of(row, horizon) for row in judged.incurable],
        "unreached": [day.isoformat() for day in judged.unreached],
        "repaired": None
        if judged.repaired is None or after is None
        else {
            "status": after.status.value,
            "shifts": [_shift(row, horizon) for row in judged.repaired.assignments],
            "statements": [plain_of(row, horizon) for row in after.statements],
            "breaches": [plain_of(row, horizon) for row in after.breaches],
        },
    }


def faults_table(faults: Iterable[PlanningError]) -> list[dict[str, Any]]:
    """Return what could not be read."""
    return [{"place": row.place, "key": row.key, "said": _said(row)} for row in faults]


def notes_table(notes: Iterable[Reason]) -> list[dict[str, Any]]:
    """Return what was assumed."""
    return [{"key": row.key, "said": _said(row), **dict(row.facts)} for row in notes]


def breaches_table(breaches: Iterable[RuleBreach], horizon: Horizon) -> list[dict[str, Any]]:
    """Return the rules broken."""
    return [plain_of(row, horizon) | {"said": _said(row)} for row in breaches]


def plain_of(value: Any, horizon: Horizon) -> Any:
    """Return tables and dataclasses as tables, dates and enums as text, no number as ``None``; shifts in local time."""
    if isinstance(value, Assignment):
        return _shift(value, horizon)
    if is_dataclass(value) and not isinstance(value, type):
        table = {row.name: plain_of(getattr(value, row.name), horizon) for row in fields(value)}
        return table | ({"said": _said_change(value, horizon)} if isinstance(value, Change) else {})
    if isinstance(value, dict):
        return {key: plain_of(one, horizon) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain_of(one, horizon) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _shift(row: Assignment, horizon: Horizon) -> dict[str, Any]:
    return {
        "agent": row.agent,
        "date": row.date.isoformat(),
        "template": row.template,
        "group": row.group,
        "start": horizon.instant(row.start_us).isoformat(),
        "end": horizon.instant(row.end_us).isoformat(),
        "breaks": [
            {
                "start": horizon.instant(pause.start_us).isoformat(),
                "end": horizon.instant(pause.end_us).isoformat(),
                "paid": pause.paid,
            }
            for pause in row.breaks
        ],
    }


def _said(row: PlanningError | Reason | RuleBreach) -> dict[str, str]:
    if isinstance(row, PlanningError):
        return {language: row.message(language) for language in LANGUAGES}
    if isinstance(row, Reason):
        return {language: say_reason(row, language) for language in LANGUAGES}
    return {language: say_breach(row, language) for language in LANGUAGES}


def _said_change(change: Change, horizon: Horizon) -> dict[str, str]:
    return {language: say_change(change, horizon, language) for language in LANGUAGES}
