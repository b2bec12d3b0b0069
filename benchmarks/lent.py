"""Modules that tests keep among themselves, under the names the tests give them."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

_TESTS = Path(__file__).resolve().parents[1] / "tests"
_FLOOR = _TESTS / "sim"
_FOLDERS = {
    "drawn_rules": _TESTS / "scheduler" / "rules" / "parts",
    "oracles_of_the_floor": _FLOOR / "theory" / "oracles",
    "slow_reference": _FLOOR / "reference",
    "twin_floors": _FLOOR / "twins" / "parts",
}
"""Tests are no packages; their ``conftest.py`` files lend these folders the same names."""


def lent(name: str) -> ModuleType:
    """Return the module ``name``, for example ``"oracles_of_the_floor.calling"``: what a test asserts, to print it."""
    for package, folder in _FOLDERS.items():
        if package not in sys.modules:
            sys.modules[package] = ModuleType(package)
            sys.modules[package].__path__ = [str(folder)]
    return importlib.import_module(name)
