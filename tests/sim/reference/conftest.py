"""The slow reference and the random floors on which engines are held against it."""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

HERE = Path(__file__).resolve().parent
# Tests have no importable folders; this one lends its modules a name under which they find each other.
sys.modules.setdefault("slow_reference", ModuleType("slow_reference")).__path__ = [str(HERE)]


def part(name):
    """Return a module of the slow reference."""
    return importlib.import_module(f"slow_reference.{name}")


@pytest.fixture(scope="session")
def reference():
    """Play a day by the slow reference; the columns every engine returns."""
    return part("floor").play


@pytest.fixture(scope="session")
def drawn_floor():
    """Make a small random (scenario, trace, staff) from hypothesis data."""
    days, drawn, shops = part("days"), part("dice").Drawn, part("shops")
    return lambda data, size="TINY": days.a_floor(drawn(data), getattr(shops, size))


@pytest.fixture(scope="session")
def seeded_floor():
    """Make a random (scenario, trace, staff) from a seed."""
    days, dice, shops = part("days"), part("dice").Dice, part("shops")
    return lambda seed, size: days.a_floor(dice(seed), getattr(shops, size))


@pytest.fixture(scope="session")
def differences():
    """Show the rows in which what two engines leave behind differs."""
    return part("differ").differences


@pytest.fixture(scope="session")
def broken_laws():
    """Name the laws of the floor that a run breaks."""
    return part("laws").broken


@pytest.fixture(scope="session")
def mutant():
    """Play a day by a reference one of whose rules was changed: module, what it says, what it says instead."""
    return part("mutants").play_changed
