"""Scenario files: TOML in, ``Scenario`` out, with file, key and remedy in every message.

A file names its ``schema`` and may ``extends`` another one (a library name, or a path relative to itself): tables are
merged key by key, lists of tables that have a ``name`` are merged by name, everything else is replaced. ``[[teams]]``
makes ``count`` agents alike. Times without an offset are local to ``horizon.zone``; clocks may pass midnight ("26:00").
"""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from scenarios.errors import PlanningError
from scenarios.horizon import Horizon, Hours, Opening, clock_to_min, zone_of
from scenarios.scenario import Scenario

SCHEMA = 1
LIBRARY = Path(__file__).parent / "library"
_CLOCKS = ("earliest_start", "latest_start")
_EXTENDS_DEEPEST = 8  # a chain longer than this is a circle


def library_names() -> tuple[str, ...]:
    """Return the names of the scenarios that ship, sorted."""
    return tuple(sorted(path.stem for path in LIBRARY.glob("*.toml") if not path.stem.startswith("_")))


def load_scenario(source: str | Path) -> Scenario:
    """Return the scenario in a TOML file, or the library scenario of that name.

    Raises
    ------
    PlanningError
        When the file is missing, is not TOML, has another schema, an unknown or a missing key, or a value that does not
        fit; the message names file, key and remedy.
    """
    path = _find(source)
    return scenario_from(_merged(path, 0), place=path.name)


def scenario_from(table: Mapping[str, Any], *, place: str) -> Scenario:
    """Return the scenario that a merged ``table`` (a parsed file) describes; ``place`` opens every message."""
    known = {"schema", "extends", "title", "teams", "assumed", *Scenario.__dataclass_fields__} - {"assumptions"}
    for key in table:
        if key not in known:
            raise PlanningError("unknown_key", place=place, key=key, known=", ".join(sorted(known)))
    if table.get("schema") != SCHEMA:
        raise PlanningError("wrong_schema", place=place, value=table.get("schema"), expected=SCHEMA)
    horizon = _horizon(table, place)
    raw = {key: value for key, value in table.items() if key not in {"schema", "extends", "title", "teams", "assumed"}}
    raw["horizon"] = horizon
    raw["agents"] = [*_team_members(table, place), *table.get("agents", [])]
    raw["shift_templates"] = [_clocks_read(row, place) for row in table.get("shift_templates", [])]
    raw["assumptions"] = tuple(sorted(table.get("assumed", {}).items()))
    raw = {key: _localised(value, horizon) for key, value in raw.items() if key != "horizon"} | {"horizon": horizon}
    if "uncertainty" in raw:
        raw["uncertainty"] = _spread_over_days(raw["uncertainty"], horizon)
    try:
        return _adapter().validate_python(raw)
    except ValidationError as error:
        raise _told(error, place) from error


def title_of(source: str | Path, language: str) -> str:
    """Return the title of a scenario file in ``language``; its name when it has none."""
    path = _find(source)
    table = _merged(path, 0)
    title = table.get("title", {}).get(language, table.get("name", path.stem))
    return str(title)


def _find(source: str | Path) -> Path:
    path = Path(source)
    if path.suffix != ".toml" and (LIBRARY / f"{source}.toml").is_file():
        return LIBRARY / f"{source}.toml"
    if not path.is_file():
        raise PlanningError("no_scenario", place=str(source), known=", ".join(library_names()))
    return path


@cache
def _adapter() -> TypeAdapter[Scenario]:
    return TypeAdapter(Scenario)


def _merged(path: Path, depth: int) -> dict[str, Any]:
    """Return the table of ``path`` laid over the table it extends."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanningError("not_toml", place=path.name, value=error) from error
    if "extends" not in table:
        return table
    if depth >= _EXTENDS_DEEPEST:
        raise PlanningError("extends_circle", place=path.name, value=table["extends"])
    beside = path.parent / f"{table['extends']}.toml"
    base = _merged(beside if beside.is_file() else _find(table["extends"]), depth + 1)
    return _over(base, table)


def _over(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in top.items():
        old = merged.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            merged[key] = _over(old, value)
        elif _named(value) and _named(old):
            merged[key] = _over_by_name(old, value)
        else:
            merged[key] = value
    return merged


def _named(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) and "name" in row for row in value)


def _over_by_name(old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    rows = {row["name"]: row for row in old}
    for row in new:
        rows[row["name"]] = _over(rows.get(row["name"], {}), row)
    return list(rows.values())


def _horizon(table: Mapping[str, Any], place: str) -> Horizon:
    raw = dict(table.get("horizon", {}))
    for key in ("first_date", "dates", "interval_min", "zone", "opening"):
        if key not in raw:
            raise PlanningError("missing_key", place=place, key=f"horizon.{key}")
    for key, kind in (("first_date", date), ("dates", int), ("interval_min", int), ("zone", str)):
        if type(raw[key]) is not kind:
            raise PlanningError("wrong_type", place=f"{place}: horizon.{key}", value=raw[key], expected=kind.__name__)
    extra = sorted(set(raw) - {"first_date", "dates", "interval_min", "zone", "opening"})
    if extra:
        raise PlanningError("unknown_key", place=place, key=f"horizon.{extra[0]}", known=", ".join(sorted(raw)))
    try:
        raw["opening"] = _opening(raw["opening"])
        return Horizon(**raw)
    except PlanningError as error:
        raise error.at(f"{place}: horizon") from error


def _opening(raw: Mapping[str, Any]) -> Opening:
    """Read ``weekly`` (one span for all days, or seven) and ``exceptions`` (date -> span); an empty span is closed."""
    weekly = raw.get("weekly", "")
    spans = weekly if isinstance(weekly, list) else [weekly] * 7
    exceptions = tuple((date.fromisoformat(day), _hours(span)) for day, span in raw.get("exceptions", {}).items())
    return Opening(tuple(_hours(span) for span in spans), exceptions)


def _hours(span: str) -> Hours | None:
    if not span:
        return None
    opens, _, closes = span.partition("-")
    return Hours(clock_to_min(opens.strip()), clock_to_min(closes.strip()))


def _team_members(table: Mapping[str, Any], place: str) -> list[dict[str, Any]]:
    members: list[dict[str, Any]] = []
    for team in table.get("teams", []):
        common = {key: value for key, value in team.items() if key not in {"name", "count"}}
        count = team.get("count")
        if not isinstance(count, int) or count < 0:
            raise PlanningError("wrong_type", place=f"{place}: teams.count", value=count, expected="int >= 0")
        width = max(2, len(str(count)))
        members.extend({"name": f"{team['name']}-{number:0{width}d}", **common} for number in range(1, count + 1))
    return members


def _clocks_read(row: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return a shift template row with its clocks turned into minutes."""
    read = dict(row)
    for key in _CLOCKS:
        if key in read:
            try:
                read[f"{key}_min"] = clock_to_min(str(read.pop(key)))
            except PlanningError as error:
                raise error.at(f"{place}: shift_templates[{row.get('name')}].{key}") from error
    return read


def _localised(value: Any, horizon: Horizon) -> Any:  # noqa: ANN401 - any TOML value
    """Return ``value`` with the horizon's zone given to every time that has none."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone_of(horizon.zone))
    if isinstance(value, Mapping):
        return {key: _localised(part, horizon) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_localised(part, horizon) for part in value]
    return value


def _spread_over_days(raw: Mapping[str, Any], horizon: Horizon) -> dict[str, Any]:
    """Return the uncertainty with one ``day_cv`` for each service day where the file gives one for all."""
    given = raw.get("day_cv", 0.0)
    return dict(raw) | {"day_cv": given if isinstance(given, list) else [given] * len(horizon.days)}


_KINDS = {
    "missing": "missing_key",
    "unexpected_keyword_argument": "unknown_key",
    "enum": "not_one_of",
}


def _told(error: ValidationError, place: str) -> PlanningError:
    """Return the first fault of a validation as one of ours, with the dotted path of the key."""
    first = error.errors()[0]
    path = ""
    for part in first["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}"
    path = path.lstrip(".")
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, PlanningError):
        return cause.at(f"{place}: {path}" if path else place)
    where = f"{place}: {path}"
    kind = _KINDS.get(first["type"])
    if kind == "not_one_of":
        return PlanningError(
            "not_one_of", place=place, thing="", field=path, value=first["input"], known=first["ctx"]["expected"]
        )
    if kind == "missing_key":
        return PlanningError(kind, place=place, key=path)
    if kind == "unknown_key":
        return PlanningError(kind, place=place, key=path, known="-")
    return PlanningError("wrong_type", place=where, value=repr(first["input"]), expected=first["type"])
