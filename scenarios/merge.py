"""One table out of a scenario file and the files it extends."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeGuard

from scenarios.errors import PlanningError
from scenarios.text import Term

SCHEMA = 1
LIBRARY = Path(__file__).parent / "library"
_EXTENDS_DEEPEST = 8  # a chain longer than this is a circle


def library_names() -> tuple[str, ...]:
    """Return the names of the scenarios that ship, sorted; files that start with ``_`` are parts, not scenarios."""
    return tuple(sorted(path.stem for path in LIBRARY.glob("*.toml") if not path.stem.startswith("_")))


def find_scenario(source: str | Path) -> Path:
    """Return the file of a library name or a path; a ``PlanningError`` when there is none."""
    path = Path(source)
    if path.suffix != ".toml" and (LIBRARY / f"{source}.toml").is_file():
        return LIBRARY / f"{source}.toml"
    if not path.is_file():
        raise PlanningError("no_scenario", place=str(source), known=", ".join(library_names()))
    return path


def read_merged(path: Path, depth: int = 0) -> dict[str, Any]:
    """Return the table of ``path`` laid over the tables it extends, the later of several over the earlier."""
    table = read_table(path)
    bases = table.get("extends", [])
    names = [bases] if isinstance(bases, str) else bases
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise PlanningError("wrong_type", place=f"{path.name}: extends", value=bases, expected=Term("terms.name"))
    if names and depth >= _EXTENDS_DEEPEST:
        raise PlanningError("extends_circle", place=path.name, value=", ".join(names))
    merged: dict[str, Any] = {}
    for name in names:
        merged = over(merged, read_merged(_base_of(path, name), depth + 1))
    return over(merged, table)


def read_table(path: Path) -> dict[str, Any]:
    """Return the parsed TOML file ``path``, its schema checked."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise PlanningError("not_toml", place=path.name, value=error) from error
    require_schema(table, path.name)
    return table


def require_schema(table: Mapping[str, Any], place: str) -> None:
    """Raise ``PlanningError`` unless ``table`` is of the schema this release reads."""
    if table.get("schema") != SCHEMA:
        raise PlanningError("wrong_schema", place=place, value=table.get("schema"), expected=SCHEMA)


def _base_of(path: Path, name: str) -> Path:
    """Return the file that ``path`` means by ``extends = name``: one beside it, else one of the library."""
    beside = path.parent / (name if name.endswith(".toml") else f"{name}.toml")
    if beside.is_file():
        return beside
    try:
        return find_scenario(name)
    except PlanningError as error:
        raise error.at(path.name) from error


def over(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``top`` laid over ``base``: tables key by key, lists of named tables by name, the rest replaced."""
    merged = dict(base)
    for key, value in top.items():
        old = merged.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            merged[key] = over(old, value)
        elif _named(value) and _named(old):
            merged[key] = _over_by_name(old, value)
        else:
            merged[key] = value
    return merged


def _named(value: object) -> TypeGuard[list[Mapping[str, Any]]]:
    """Return whether ``value`` is a list of tables that all bear a name of their own."""
    if not (isinstance(value, list) and value):
        return False
    names = [row.get("name") if isinstance(row, Mapping) else None for row in value]
    return all(isinstance(name, str) for name in names) and len(set(names)) == len(names)


def _over_by_name(old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    rows = {row["name"]: row for row in old}
    for row in new:
        rows[row["name"]] = over(rows.get(row["name"], {}), row)
    return list(rows.values())
