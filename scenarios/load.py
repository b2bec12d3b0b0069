"""Scenario files: TOML in, ``Scenario`` out, with file, key and remedy in every message.

A file names its ``schema`` and may ``extends`` one or several others (library names, or paths relative to itself):
tables are merged key by key, lists of tables that have a ``name`` are merged by name, everything else is replaced.
``[[teams]]`` makes ``count`` agents alike, whom ``teams`` of ``[[activities]]`` names at once; a row of ``[[shocks]]``
with ``at`` and no effects is the shock of that name that ships, from that moment on. Times without an offset are local
to ``horizon.zone``; clocks may pass midnight ("26:00").
"""

import itertools
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from scenarios.assumed import values_at
from scenarios.errors import PlanningError
from scenarios.faults import file_keys, told, wrong_type
from scenarios.horizon import Horizon, Hours, Opening, clock_to_min, zone_of
from scenarios.merge import find_scenario, read_merged, read_table, require_schema
from scenarios.presets import with_presets
from scenarios.promo import PromoEvent
from scenarios.scenario import Scenario
from scenarios.shock_library import ShockPlan, load_shock, shock_names

TEAM_MAX = 100_000
"""People of one team: more is a slip of the pen."""
_CLOCKS = ("earliest_start", "latest_start", "from", "to")
_ONLY_IN_FILES = frozenset({"schema", "extends", "title", "teams", "assumed"})
_HORIZON_KEYS = {"first_date": (date, "date"), "dates": (int, "whole_number"),
                 "interval_min": (int, "whole_number"), "zone": (str, "text"), "opening": (dict, "table")}  # fmt: skip


def load_scenario(source: str | Path) -> Scenario:
    """Return the scenario in a TOML file, or the library scenario of that name.

    Raises
    ------
    PlanningError
        When the file is missing, is not TOML, has another schema, an unknown or a missing key, or a value that does not
        fit; the message names file, key and remedy.
    """
    path = find_scenario(source)
    return scenario_from(read_merged(path), place=path.name)


def scenario_from(table: Mapping[str, Any], *, place: str) -> Scenario:
    """Return the scenario that a merged ``table`` (a parsed file) describes; ``place`` opens every message."""
    require_schema(table, place)
    known = (_ONLY_IN_FILES | set(file_keys(Scenario))) - {"assumptions"}
    for key in table:
        if key not in known:
            raise PlanningError("unknown_key", place=place, key=key, known=", ".join(sorted(known)))
    horizon = _horizon(_table_of(table, "horizon", place), place)
    raw: dict[str, Any] = {key: table[key] for key in table if key not in _ONLY_IN_FILES}
    members = _team_members(table, place)
    raw["agents"] = [*itertools.chain.from_iterable(members.values()), *_rows_of(table, "agents", place)]
    raw["rules"] = _rules(_table_of(table, "rules", place), place)
    raw["shift_templates"] = [
        _clocks_read(row, f"{place}: shift_templates") for row in _rows_of(table, "shift_templates", place)
    ]
    raw["activities"] = _activities(table, members, place)
    raw["shocks"] = [row for row in _rows_of(table, "shocks", place) if "at" not in row]
    raw["assumptions"] = _assumptions(table, "en", place)
    raw = {key: _localised(value, horizon) for key, value in raw.items() if key != "horizon"} | {"horizon": horizon}
    if "uncertainty" in raw:
        raw["uncertainty"] = _spread_over_days(_table_of(raw, "uncertainty", place), horizon)
    try:
        scenario: Scenario = _adapter(Scenario).validate_python(raw)
    except ValidationError as error:
        raise told(error, Scenario, raw, place) from error
    for shock, moment in _shipped_shocks(table, place):
        try:
            scenario = shock.applied_to(scenario, _localised(moment, horizon))
        except PlanningError as error:
            raise error.at(f"{place}: shocks[{shock.name}]") from error
    for path, _ in scenario.assumptions:
        _require_real(scenario, path, place)
    return scenario


def load_promotions(path: str | Path, zone: str) -> tuple[PromoEvent, ...]:
    """Return the past promotions of a TOML calendar, in order of their starts.

    The file holds a ``[[promo]]`` table per event and year; a ``name`` is shared by the years of an event.

    Parameters
    ----------
    path
        The calendar file; times without an offset are local to ``zone``.

    Raises
    ------
    PlanningError
        When the file cannot be read, has an unknown key, or two years of one event overlap.
    """
    file = Path(path)
    if not file.is_file():
        raise PlanningError("no_file", place=str(path), value=file.name)
    table = read_table(file)
    extra = sorted(set(table) - {"schema", "promo"})
    if extra:
        raise PlanningError("unknown_key", place=file.name, key=extra[0], known="promo, schema")
    return promotions_from(_rows_of(table, "promo", file.name), zone, file.name)


def promotions_from(rows: Sequence[Mapping[str, Any]], zone: str, place: str) -> tuple[PromoEvent, ...]:
    """Return the events of parsed ``[[promo]]`` tables in order of their starts; ``place`` opens every message."""
    zone_info = zone_of(zone)
    events: list[PromoEvent] = []
    for number, row in enumerate(_localised(row, zone_info) for row in rows):
        try:
            events.append(_adapter(PromoEvent).validate_python(row))
        except ValidationError as error:
            raise told(error, PromoEvent, row, f"{place}: promo[{row.get('name', number)}]") from error
    return _in_order(events, place)


def title_of(source: str | Path, language: str) -> str:
    """Return the title of a scenario file in ``language``; its name when it has none."""
    path = find_scenario(source)
    table = read_merged(path)
    return str(_table_of(table, "title", path.name).get(language, table.get("name", path.stem)))


def assumptions_of(source: str | Path, language: str) -> tuple[tuple[str, str], ...]:
    """Return the figures of a scenario file that no source states: (path, why in ``language``), sorted by path."""
    path = find_scenario(source)
    return _assumptions(read_merged(path), language, path.name)


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def _table_of(table: Mapping[str, Any], key: str, place: str) -> Mapping[str, Any]:
    value = table.get(key, {})
    if not isinstance(value, Mapping):
        raise wrong_type(f"{place}: {key}", value, "table")
    return value


def _rows_of(table: Mapping[str, Any], key: str, place: str) -> list[Mapping[str, Any]]:
    value = table.get(key, [])
    if not (isinstance(value, list) and all(isinstance(row, Mapping) for row in value)):
        raise wrong_type(f"{place}: {key}", value, "tables")
    return value


def _horizon(raw: Mapping[str, Any], place: str) -> Horizon:
    for key in raw:
        if key not in _HORIZON_KEYS:
            raise PlanningError("unknown_key", place=place, key=f"horizon.{key}", known=", ".join(_HORIZON_KEYS))
    for key, (kind, word) in _HORIZON_KEYS.items():
        if key not in raw:
            raise PlanningError("missing_key", place=place, key=f"horizon.{key}")
        if type(raw[key]) is not kind:  # exact: True is no whole number, a moment is no date
            raise wrong_type(f"{place}: horizon.{key}", raw[key], word)
    opening = _opening(raw["opening"], f"{place}: horizon.opening")
    try:
        return Horizon(**dict(raw) | {"opening": opening})
    except PlanningError as error:
        raise error.at(f"{place}: horizon") from error


def _opening(raw: Mapping[str, Any], place: str) -> Opening:
    """Read ``weekly`` (one span for all days, or seven) and ``exceptions`` (date -> span); an empty span is closed."""
    for key in raw:
        if key not in {"weekly", "exceptions"}:
            raise PlanningError("unknown_key", place=place, key=f"horizon.opening.{key}", known="weekly, exceptions")
    weekly = raw.get("weekly", "")
    spans = weekly if isinstance(weekly, list) else [weekly] * 7
    exceptions = tuple(
        (_day(day, f"{place}.exceptions"), read_hours(span, f"{place}.exceptions.{day}"))
        for day, span in _table_of(raw, "exceptions", place).items()
    )
    week = tuple(read_hours(span, f"{place}.weekly") for span in spans)
    try:
        return Opening(week, exceptions)
    except PlanningError as error:
        raise error.at(place) from error


def _day(value: str, place: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise wrong_type(place, value, "date") from error


def read_hours(span: object, place: str) -> Hours | None:
    """Return the hours of a text such as ``"09:00-26:00"``; ``None`` (closed) of an empty one."""
    if not isinstance(span, str):
        raise wrong_type(place, span, "hours")
    if not span:
        return None
    opens, _, closes = span.partition("-")
    try:
        return Hours(clock_to_min(opens.strip()), clock_to_min(closes.strip()))
    except PlanningError as error:
        raise error.at(place) from error


def _team_members(table: Mapping[str, Any], place: str) -> dict[str, list[dict[str, Any]]]:
    """Return the people of each team."""
    members: dict[str, list[dict[str, Any]]] = {}
    for team in _rows_of(table, "teams", place):
        common = {key: value for key, value in team.items() if key not in {"name", "count"}}
        for key in ("name", "count"):
            if key not in team:
                raise PlanningError("missing_key", place=place, key=f"teams.{key}")
        count = team["count"]
        if type(count) is not int or not 0 <= count <= TEAM_MAX:
            raise wrong_type(f"{place}: teams[{team['name']}].count", count, "head_count")
        width = max(2, len(str(count)))
        rows = ({"name": f"{team['name']}-{number:0{width}d}", **common} for number in range(1, count + 1))
        members.setdefault(f"{team['name']}", []).extend(rows)
    return members


def _activities(
    table: Mapping[str, Any], members: Mapping[str, Sequence[Mapping[str, Any]]], place: str
) -> list[dict[str, Any]]:
    """Return the activities with the people of their teams by name, clocks turned into minutes."""
    rows = [_clocks_read(row, f"{place}: activities") for row in _rows_of(table, "activities", place)]
    for row in rows:
        teams, agents = row.pop("teams", []), row.get("agents", [])
        for key, names in (("teams", teams), ("agents", agents)):
            if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
                raise wrong_type(f"{place}: activities[{row.get('name')}].{key}", names, "list")
        for team in teams:
            if team not in members:
                raise PlanningError(
                    "unknown_name", place=place, thing=f"Activity({row.get('name')})", field="teams", value=team,
                    known=", ".join(members) or "-",
                )  # fmt: skip
        everybody = [*agents, *(member["name"] for team in teams for member in members[team])]
        row["agents"] = list(dict.fromkeys(everybody))
    return rows


def _rules(table: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the rules with those of their presets, clocks turned into minutes."""
    merged = with_presets(table, place)
    return {
        key: [_clocks_read(row, f"{place}: rules.{key}") for row in _rows_of(merged, key, f"{place}: rules")]
        if isinstance(value, list) and key != "presets"
        else value
        for key, value in merged.items()
    }


def _clocks_read(row: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return a row with its clocks turned into minutes."""
    read = dict(row)
    for key in _CLOCKS:
        if key in read:
            try:
                read[f"{key}_min"] = clock_to_min(str(read.pop(key)))
            except PlanningError as error:
                raise error.at(f"{place}[{row.get('name')}].{key}") from error
    return read


def _localised(value: Any, where: Any) -> Any:
    """Return ``value`` with the zone ``where`` (a zone, or a horizon that has one) given to times that have none."""
    zone = zone_of(where.zone) if isinstance(where, Horizon) else where
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    if isinstance(value, Mapping):
        return {key: _localised(part, zone) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_localised(part, zone) for part in value]
    return value


def _spread_over_days(raw: Mapping[str, Any], horizon: Horizon) -> dict[str, Any]:
    """Return the uncertainty with one ``day_cv`` for each service day where the file gives one for all."""
    given = raw.get("day_cv", 0.0)
    return dict(raw) | {"day_cv": given if isinstance(given, list) else [given] * len(horizon.days)}


def _assumptions(table: Mapping[str, Any], language: str, place: str) -> tuple[tuple[str, str], ...]:
    """Return (path, why) of ``[assumed]``; a reason is a text, or a table with one text for each language."""
    rows = {f"shocks[{shock.name}].effects": shock.assumed[language] for shock, _ in _shipped_shocks(table, place)}
    for path, why in _table_of(table, "assumed", place).items():
        said = why.get(language) if isinstance(why, Mapping) else why
        if not isinstance(said, str):
            raise wrong_type(f"{place}: assumed.{path}", why, "reason")
        rows[path] = said
    return tuple(sorted(rows.items()))


def _shipped_shocks(table: Mapping[str, Any], place: str) -> list[tuple[ShockPlan, datetime]]:
    """Return the shocks that the file takes from the library, each with its moment."""
    found = []
    for row in _rows_of(table, "shocks", place):
        if "at" not in row:
            continue
        for key in row:
            if key not in {"name", "at"}:
                raise PlanningError("unknown_key", place=place, key=f"shocks.{key}", known="name, at")
        if "name" not in row:
            raise PlanningError("missing_key", place=place, key="shocks.name")
        if not isinstance(row["at"], datetime):
            raise wrong_type(f"{place}: shocks[{row['name']}].at", row["at"], "moment")
        if row["name"] not in shock_names():  # a path would be meant from here, and the file may lie elsewhere
            known = ", ".join(shock_names())
            raise PlanningError(
                "unknown_name", place=place, thing="Scenario", field="shocks", value=row["name"], known=known
            )
        found.append((load_shock(row["name"]), row["at"]))
    return found


def _require_real(scenario: Scenario, path: str, place: str) -> None:
    if not values_at(scenario, path):
        raise PlanningError("assumed_nothing", place=place, value=path)


def _in_order(events: list[PromoEvent], place: str) -> tuple[PromoEvent, ...]:
    for event in events:
        if not event.phases:
            raise PlanningError("empty", place=place, thing=f"PromoEvent({event.name})", field="phases", value="()")
    ordered = sorted(events, key=lambda event: event.phases[0].start)
    for earlier, later in itertools.combinations(ordered, 2):
        if earlier.name == later.name and later.phases[0].start < earlier.phases[-1].end:
            raise PlanningError(
                "phases_overlap", place=place, thing=f"PromoEvent({later.name})", field="phases",
                value=later.phases[0].start.isoformat(), other=earlier.phases[-1].end.isoformat(),
            )  # fmt: skip
    return tuple(ordered)
