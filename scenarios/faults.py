"""What the validator finds, told as errors of ours: file, key, what was expected in plain words, remedy."""

import dataclasses
import reprlib
from collections.abc import Mapping
from typing import Any, get_args, get_type_hints

from pydantic import ValidationError

from scenarios.errors import PlanningError
from scenarios.text import Term

_WORDS = {
    "bool": "true_or_false",
    "dataclass": "table",
    "date": "date",
    "datetime": "moment",
    "dict": "table",
    "finite": "number",
    "float": "number",
    "int": "whole_number",
    "list": "list",
    "string": "text",
    "timezone": "moment",
    "tuple": "list",
}


def told(error: ValidationError, kind: type, raw: Mapping[str, Any], place: str) -> PlanningError:
    """Return the first fault of a validation of ``raw`` as ``kind``, with the dotted path of its key."""
    first = error.errors()[0]
    path = _path(first["loc"], raw)
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, PlanningError):
        return cause.at(f"{place}: {path}" if path else place)
    match first["type"]:
        case "missing":
            return PlanningError("missing_key", place=place, key=path)
        case "unexpected_keyword_argument":
            known = ", ".join(file_keys(_table_at(kind, first["loc"][:-1])))
            return PlanningError("unknown_key", place=place, key=path, known=known)
        case "enum":
            known = first["ctx"]["expected"].replace(" or ", ", ").replace("'", "")
            return PlanningError(
                "not_one_of", place=place, thing="Scenario", field=path, value=_short(first["input"]), known=known
            )
    return wrong_type(f"{place}: {path}", first["input"], _WORDS.get(first["type"].split("_")[0], "other"))


def wrong_type(place: str, value: object, word: str) -> PlanningError:
    """Return the error that ``value`` at ``place`` is not of the kind that the catalogue's ``terms.<word>`` names."""
    return PlanningError("wrong_type", place=place, value=_short(value), expected=Term(f"terms.{word}"))


def file_keys(kind: type) -> tuple[str, ...]:
    """Return the keys that a table of the dataclass ``kind`` may hold."""
    return tuple(field.name for field in dataclasses.fields(kind) if field.init)


def _short(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= 60 else reprlib.repr(value)  # a line stays a line


def _path(loc: tuple[int | str, ...], raw: object) -> str:
    """Return ``contact_types[chat].work_s`` for a location: rows are called by their names where they have one."""
    path = ""
    for part in loc:
        known = isinstance(raw, Mapping | list | tuple)
        try:
            raw = raw[part] if known else None  # type: ignore[index]  # part fits the container the validator walked
        except (KeyError, IndexError, TypeError):
            raw = None
        if isinstance(part, int):
            name = raw.get("name", part) if isinstance(raw, Mapping) else part
            path += f"[{name}]"
        else:
            path += f".{part}"
    return path.removeprefix(".")


def _table_at(kind: type, loc: tuple[int | str, ...]) -> type:
    """Return the dataclass of the table that a location inside ``kind`` leads to."""
    for part in loc:
        if isinstance(part, str):
            kind = _dataclass_in(get_type_hints(kind)[part])
    return kind


def _dataclass_in(hint: Any) -> type:
    """Return the dataclass inside a hint such as ``tuple[ContactType, ...]`` or ``Redial | None``."""
    if dataclasses.is_dataclass(hint):
        return hint if isinstance(hint, type) else type(hint)
    found = [_dataclass_in(part) for part in get_args(hint) if part not in (type(None), ...)]
    if not found:
        raise RuntimeError(f"no table stands at {hint!r}")
    return found[0]
