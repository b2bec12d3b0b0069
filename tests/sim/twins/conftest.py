"""Large random floors for the twins, and a count of what happens on them."""

import importlib
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

REFERENCE = Path(__file__).resolve().parents[1] / "reference"
# The random floors stand beside the slow reference, under the name that folder lends its modules.
sys.modules.setdefault("slow_reference", ModuleType("slow_reference")).__path__ = [str(REFERENCE)]


def part(name):
    """Return a module of the slow reference."""
    return importlib.import_module(f"slow_reference.{name}")


@pytest.fixture(scope="session")
def seeded_floor():
    """Make a random (scenario, trace, staff) from a seed."""
    days, dice, shops = part("days"), part("dice").Dice, part("shops")
    return lambda seed, size: days.a_floor(dice(seed), getattr(shops, size))


@pytest.fixture(scope="session")
def differences():
    """Show the rows in which what two engines leave behind differs."""
    return part("differ").differences


class Count:
    """In how many floors a mechanism is there, in how many it was used, and how many events tied."""

    def __init__(self):
        self.floors, self.there, self.used, self.tied, self.events = 0, Counter(), Counter(), 0, 0

    def see(self, floor, played):
        use = part("use")
        self.floors += 1
        self.there.update({name: int(there) for name, there in use.has(*floor).items()})
        self.used.update({name: int(used) for name, used in use.Used(*floor, played).mechanisms().items()})
        tied, events = use.tied_events(floor[1], floor[2], played)
        self.tied += tied
        self.events += events

    def rare(self, counted, least):
        """Return the mechanisms counted in less than a share of the floors."""
        return {name: count for name, count in counted.items() if count < least * self.floors}


@pytest.fixture
def count():
    """Count from nothing."""
    return Count()
