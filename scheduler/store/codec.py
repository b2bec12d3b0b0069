"""Plan, forecast and snapshot to JSON text and back, without loss: arrays as base64, nan and infinity as words.

The text says which ``codec`` wrote it. A later codec must still read what an earlier one wrote, because published
rosters are never rewritten.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from forecasting import Bands, Edit, Entry, Snapshot
from scenarios import (
    DemandUncertainty,
    Forecast,
    Horizon,
    Kpi,
    Opening,
    Plan,
    PlanningError,
    Provenance,
    Reason,
    Requirement,
    Roster,
    RosterOutcome,
    RosterStatus,
    ServiceReport,
    Verdict,
)
from scenarios.checks import FloatArray
from scenarios.text import Term

CODEC = 1
_DATE_MARK = "date"
_TERM_MARK = "term"
_Json = dict[str, Any]
_EDITS = TypeAdapter(tuple[Edit, ...])
_KPI = TypeAdapter(Kpi)
_OPENING = TypeAdapter(Opening)
_PROVENANCE = TypeAdapter(Provenance)
_ROSTER = TypeAdapter(Roster)
_UNCERTAINTY = TypeAdapter(DemandUncertainty)
_VERDICT = TypeAdapter(Verdict)


def dump_plan(plan: Plan) -> str:
    """Return ``plan`` as JSON text; equal plans give equal text."""
    outcome = plan.outcome
    body = {
        "requirement": {
            "horizon": _horizon_out(plan.requirement.horizon),
            "groups": plan.requirement.groups,
            "positions": _array_out(plan.requirement.positions),
        },
        "outcome": {
            "status": outcome.status,
            "roster": outcome.roster,
            "objective": outcome.objective,
            "bound": outcome.bound,
            "shortfall": _array_out(outcome.shortfall),
            "reasons": [_reason_out(reason) for reason in outcome.reasons],
        },
        "verdict": plan.verdict,
        "report": plan.report,
        "provenance": plan.provenance,
        "notes": [_reason_out(reason) for reason in plan.notes],
    }
    return _text("plan", body)


def load_plan(written: str) -> Plan:
    """Return the plan that ``dump_plan`` wrote; a ``PlanningError`` when the text is not one."""
    body = _body("plan", written)
    try:
        return _plan_in(body)
    except (KeyError, TypeError, ValidationError) as error:
        raise PlanningError("not_a_plan", value=_first_line(error)) from error


def dump_forecast(forecast: Forecast) -> str:
    """Return ``forecast`` as JSON text; equal forecasts give equal text."""
    body = {
        "horizon": _horizon_out(forecast.horizon),
        "contact_types": forecast.contact_types,
        "expected": _array_out(forecast.expected),
        "work_s": _array_out(forecast.work_s),
        "uncertainty": forecast.uncertainty,
    }
    if forecast.rounds is not None:
        body["rounds"] = _array_out(forecast.rounds)
    return _text("forecast", body)


def load_forecast(written: str) -> Forecast:
    """Return the forecast that ``dump_forecast`` wrote; a ``PlanningError`` when the text is not one."""
    body = _body("forecast", written)
    try:
        return Forecast(
            horizon=_horizon_in(body["horizon"]),
            contact_types=tuple(body["contact_types"]),
            expected=_array_in(body["expected"]),
            work_s=_array_in(body["work_s"]),
            uncertainty=_UNCERTAINTY.validate_python(body["uncertainty"]),
            rounds=_array_in(body["rounds"]) if "rounds" in body else None,
        )
    except (KeyError, TypeError, ValidationError) as error:
        raise PlanningError("not_a_plan", value=_first_line(error)) from error


def dump_snapshot(snapshot: Snapshot) -> str:
    """Return ``snapshot`` as JSON text; its model's forecast stands in it as ``dump_forecast`` writes it."""
    body = {
        "made_at": snapshot.made_at,
        "known_until": snapshot.known_until,
        "model": dump_forecast(snapshot.model),
        "edits": snapshot.edits,
        "interval_band": _array_out(snapshot.bands.interval),
        "day_band": _array_out(snapshot.bands.day),
        "versions": dict(snapshot.versions),
    }
    return _text("snapshot", body)


def dump_entries(entries: Sequence[Entry]) -> str:
    """Return entries of an edit log as JSON text; equal entries give equal text."""
    return _text("edits", {"entries": tuple(entries)})


def load_snapshot(written: str) -> Snapshot:
    """Return the snapshot that ``dump_snapshot`` wrote; a ``PlanningError`` when the text is not one."""
    body = _body("snapshot", written)
    try:
        return Snapshot(
            made_at=datetime.fromisoformat(body["made_at"]),
            known_until=date.fromisoformat(body["known_until"]),
            model=load_forecast(body["model"]),
            edits=_EDITS.validate_python(body["edits"]),
            bands=Bands(_array_in(body["interval_band"]), _array_in(body["day_band"])),
            versions=dict(body["versions"]),
        )
    except (KeyError, TypeError, ValidationError) as error:
        raise PlanningError("not_a_plan", value=_first_line(error)) from error


def _plan_in(body: _Json) -> Plan:
    requirement, outcome = body["requirement"], body["outcome"]
    return Plan(
        requirement=Requirement(
            _horizon_in(requirement["horizon"]), tuple(requirement["groups"]), _array_in(requirement["positions"])
        ),
        outcome=RosterOutcome(
            status=RosterStatus(outcome["status"]),
            roster=None if outcome["roster"] is None else _ROSTER.validate_python(outcome["roster"]),
            objective=float(outcome["objective"]),
            bound=float(outcome["bound"]),
            shortfall=_array_in(outcome["shortfall"]),
            reasons=tuple(_reason_in(reason) for reason in outcome["reasons"]),
        ),
        verdict=None if body["verdict"] is None else _VERDICT.validate_python(body["verdict"]),
        report=None if body["report"] is None else _report_in(body["report"]),
        provenance=_PROVENANCE.validate_python(body["provenance"]),
        notes=tuple(_reason_in(note) for note in body["notes"]),
    )


def _report_in(table: _Json) -> ServiceReport:
    kpis = tuple(_KPI.validate_python(row) for row in table["kpis"])
    return ServiceReport(kpis, int(table["replications"]), str(table["definitions"]))


def _text(kind: str, body: Mapping[str, object]) -> str:
    table = {"codec": CODEC, "kind": kind} | dict(body)
    return to_json(table, inf_nan_mode="strings", fallback=_scalar_out).decode()


def _scalar_out(value: object) -> object:
    """Return a numpy scalar as the Python number it is; anything else has no place in a plan."""
    if isinstance(value, np.generic):
        return value.item()
    raise RuntimeError(f"a plan holds {type(value).__name__}, which JSON cannot keep")


def _body(kind: str, written: str) -> _Json:
    try:
        table = json.loads(written)
    except json.JSONDecodeError as error:
        raise PlanningError("not_a_plan", value=_first_line(error)) from error
    if not isinstance(table, dict) or table.get("kind") != kind or table.get("codec") != CODEC:
        said = (table.get("kind"), table.get("codec")) if isinstance(table, dict) else type(table).__name__
        raise PlanningError("not_a_plan", value=said)
    return table


def _horizon_out(horizon: Horizon) -> _Json:
    """Return what a horizon is made from; its days are worked out again at birth."""
    return {name: getattr(horizon, name) for name in ("first_date", "dates", "interval_min", "zone", "opening")}


def _horizon_in(table: _Json) -> Horizon:
    return Horizon(
        first_date=date.fromisoformat(table["first_date"]),
        dates=table["dates"],
        interval_min=table["interval_min"],
        zone=table["zone"],
        opening=_OPENING.validate_python(table["opening"]),
    )


def _array_out(array: FloatArray) -> _Json:
    """Return little-endian float64 as base64: exact, and a third of the digits."""
    octets = np.ascontiguousarray(array, dtype="<f8").tobytes()
    return {"shape": array.shape, "float64": base64.b64encode(octets).decode()}


def _array_in(table: _Json) -> FloatArray:
    flat = np.frombuffer(base64.b64decode(table["float64"]), dtype="<f8")
    return flat.astype(np.float64).reshape(table["shape"])


def _reason_out(reason: Reason) -> _Json:
    return {"key": reason.key, "facts": [[name, _fact_out(value)] for name, value in reason.facts]}


def _reason_in(table: _Json) -> Reason:
    return Reason(table["key"], tuple((name, _fact_in(value)) for name, value in table["facts"]))


def _fact_out(value: object) -> object:
    """Return a fact as JSON holds it; dates and terms keep their kind, what JSON does not know becomes text."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, date):
        return {_DATE_MARK: value.isoformat()}
    if isinstance(value, Term):
        return {_TERM_MARK: value.key, "facts": [[name, _fact_out(fact)] for name, fact in value.facts]}
    if isinstance(value, tuple):
        return [_fact_out(part) for part in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _fact_in(value: object) -> object:
    if isinstance(value, list):
        return tuple(_fact_in(part) for part in value)
    if not isinstance(value, dict):
        return value
    if _TERM_MARK in value:
        return Term(value[_TERM_MARK], facts=tuple((name, _fact_in(fact)) for name, fact in value["facts"]))
    return date.fromisoformat(value[_DATE_MARK])


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
