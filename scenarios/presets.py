"""Presets of law: dated files of rules, in the words of ``work_rules``, that a scenario takes over by name.

A preset is an aid, not legal advice: every number names its source, and says whether somebody has checked it there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from scenarios.errors import PlanningError
from scenarios.faults import wrong_type
from scenarios.merge import LIBRARY, over, read_table

PRESETS = LIBRARY / "presets"


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset as it is told to people.

    Parameters
    ----------
    title
        By language.
    effective
        From when on the rules hold.
    verified
        Whether the figures have been compared with their sources.
    rules
        The tables of ``[rules]``.
    """

    name: str
    title: Mapping[str, str]
    effective: date
    verified: bool
    disclaimer: Mapping[str, str]
    rules: Mapping[str, Any]


def preset_names() -> tuple[str, ...]:
    """Return the names of the presets that ship, sorted."""
    return tuple(sorted(path.stem for path in PRESETS.glob("*.toml")))


@cache
def load_preset(name: str) -> Preset:
    """Return the preset called ``name``.

    Raises
    ------
    PlanningError
        When no preset of that name ships.
    """
    if name not in preset_names():
        raise PlanningError(
            "unknown_name", thing="WorkRules", field="presets", value=name, known=", ".join(preset_names())
        )
    table = read_table(PRESETS / f"{name}.toml")
    return Preset(
        name, table["title"], table["effective"], table["verified"], table["disclaimer"], table["rules"]
    )  # fmt: skip


def with_presets(rules: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Return the table ``rules`` of a scenario laid over its presets: a row of the same name replaces the preset's."""
    names = rules.get("presets", [])
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise wrong_type(f"{place}: rules.presets", names, "list")
    merged: dict[str, Any] = {}
    for name in names:
        try:
            merged = over(merged, load_preset(name).rules)
        except PlanningError as error:
            raise error.at(place) from error
    return over(merged, rules)
