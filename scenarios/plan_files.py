"""Levers and shocks as files: those that ship by their names, your own by a path."""

from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from scenarios.errors import PlanningError
from scenarios.faults import told
from scenarios.merge import read_table

PlanT = TypeVar("PlanT")


def names_in(folder: Path) -> tuple[str, ...]:
    """Return the names of the files of ``folder``, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.toml")))


def read_plan(kind: type[PlanT], folder: Path, source: str | Path, missing: str) -> PlanT:
    """Return the ``kind`` in the file of that name in ``folder``, or in a TOML file of your own.

    Raises
    ------
    PlanningError
        Of the key ``missing`` when there is none; when the file does not read as one.
    """
    path = Path(source) if str(source).endswith(".toml") else folder / f"{source}.toml"
    if not path.is_file():
        raise PlanningError(missing, place=str(source), known=", ".join(names_in(folder)))
    table = read_table(path)
    try:
        return TypeAdapter(kind).validate_python(table)
    except ValidationError as error:
        raise told(error, kind, table, path.name) from error
