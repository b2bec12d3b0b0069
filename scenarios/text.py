"""The one loader of catalogues: everything a person reads exists in Chinese and in English.

A catalogue is a folder with one TOML file per language; tables nest, keys are joined by dots.
"""

import contextvars
import functools
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

LANGUAGES = ("en", "zh")
LANGUAGE_VARIABLE = "SPRINGTIDE_LANG"
_CATALOGUE = Path(__file__).parent / "text"
_language: contextvars.ContextVar[str | None] = contextvars.ContextVar("springtide_language", default=None)


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand in the catalogue themselves: a fact that is said in the language of its message.

    Parameters
    ----------
    facts
        What the words' own placeholders stand for.
    """

    key: str
    folder: Path = _CATALOGUE
    facts: tuple[tuple[str, object], ...] = ()


def use_language(language: str) -> None:
    """Make ``language`` (``"en"`` or ``"zh"``) the language of this context; anything else is a ``ValueError``."""
    if language not in LANGUAGES:
        raise ValueError(f"language is {language!r}; expected one of {LANGUAGES}")
    _language.set(language)


def current_language() -> str:
    """Return the language in use: the one chosen, else the environment's, else English."""
    chosen = _language.get()
    if chosen is not None:
        return chosen
    wished = os.environ.get(LANGUAGE_VARIABLE) or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if wished.lower().startswith("zh") else "en"


@functools.cache
def catalogue(folder: Path, language: str) -> Mapping[str, str]:
    """Return the flat catalogue of ``folder`` in ``language``: dotted key -> message template."""
    with (folder / f"{language}.toml").open("rb") as file:
        return MappingProxyType(dict(_flatten(tomllib.load(file), "")))


def text(key: str, language: str | None = None, /, *, folder: Path = _CATALOGUE, **facts: object) -> str:
    """Return the message ``key`` in ``language`` with its placeholders filled in.

    Raises
    ------
    KeyError
        When the catalogue has no such key: a broken invariant of ours, held by a test.
    """
    return fill(key, facts, language, folder)


def fill(key: str, facts: Mapping[str, object], language: str | None = None, folder: Path = _CATALOGUE) -> str:
    """Return the message ``key``, its placeholders taken from ``facts``: terms in its language, several joined."""
    spoken = language or current_language()
    said = {name: _said(fact, spoken) for name, fact in facts.items()}
    return catalogue(folder, spoken)[key].format(**said)


def _said(fact: object, language: str) -> object:
    if isinstance(fact, Term):
        return fill(fact.key, dict(fact.facts), language, fact.folder)
    if isinstance(fact, tuple) and fact and all(isinstance(part, Term) for part in fact):
        return catalogue(_CATALOGUE, language)["clash.joint"].join(str(_said(part, language)) for part in fact)
    return fact


def _flatten(table: Mapping[str, Any], prefix: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for key, value in table.items():
        name = f"{prefix}{key}"
        rows.extend(_flatten(value, f"{name}.") if isinstance(value, Mapping) else [(name, str(value))])
    return rows
