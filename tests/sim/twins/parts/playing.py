"""Floors played by the readable and the compiled engine: a thousand random ones full of ties, and some drawn nights."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from slow_reference.days import a_floor
from slow_reference.dice import Dice
from slow_reference.differ import differences
from slow_reference.shops import LARGE
from slow_reference.use import Used, has, tied_events
from twin_floors.absence import Missed, colleagues_worked_on, stay_away
from twin_floors.drawn import NIGHTS, a_night
from twin_floors.resuming import resumed_by_the_same_hands

from scenarios import NOBODY, ContactTrace, Scenario
from sim import Staff
from sim.compiled import CompiledFloor
from sim.floor.played import Played
from sim.model import play_full

CHUNKS, FLOORS_PER_CHUNK = 8, 125
"""A thousand floors, in parts that can be played side by side."""
CONTACTS_LEAST, GROUPS_LEAST = 300, 2
TIED_LEAST = 0.5
"""Of each of the thousand floors, at least half of all events fall on the same µs as another one: order is what twins
can differ in. A random floor that ties less often is played and compared too, and is not one of the thousand."""
THERE_LEAST = 0.2
"""Every mechanism is in at least so many of the floors, and is really used in as many."""
_SEEDS_PER_CHUNK = 1000


@dataclass(frozen=True)
class Twins:
    """A floor, what the readable engine left behind on it, and where the compiled one left something else.

    Parameters
    ----------
    missed
        Shifts from which people stayed away.
    differing
        Rows by column; empty when every number is the same.
    """

    seed: int
    scenario: Scenario
    trace: ContactTrace
    staff: Staff
    missed: tuple[Missed, ...]
    played: Played
    differing: dict[str, list[int]]

    @property
    def rows_differing(self) -> int:
        """In how many rows of all columns together they differ."""
        return sum(map(len, self.differing.values()))

    def tied(self) -> tuple[int, int]:
        """Return how many events fall on the same µs as another one, and how many there are."""
        return tied_events(self.trace, self.staff, self.played)

    def is_tied(self) -> bool:
        """Whether at least half of the events tie."""
        tied, events = self.tied()
        return tied >= TIED_LEAST * events

    def there(self) -> dict[str, bool]:
        """Return which mechanisms the floor has."""
        return has(self.scenario, self.trace, self.staff) | {
            "kept by the bot": bool(self.trace.contained.any()),
            "absence": bool(self.missed),
        }

    def used(self) -> dict[str, bool]:
        """Return which mechanisms worked on the day."""
        found = Used(self.scenario, self.trace, self.staff, self.played).mechanisms()
        kept = self.played.offered_us[: self.trace.roots][self.trace.contained] == NOBODY
        return {name: bool(value) for name, value in found.items()} | {
            "kept by the bot": bool(kept.any()),
            "absence": colleagues_worked_on(self.missed, self.staff, self.played),
            "ticket interrupted, resumed by the same agent": resumed_by_the_same_hands(self.played),
        }


def twins_of(seed: int, scenario: Scenario, trace: ContactTrace, staff: Staff, missed: tuple[Missed, ...]) -> Twins:
    """Play a floor on both engines."""
    readable, compiled = play_full(scenario, trace, staff), CompiledFloor(scenario).play_full(trace, staff)
    return Twins(seed, scenario, trace, staff, missed, readable, differences(readable, compiled))


def random_twins(seed: int) -> Twins:
    """Play a random floor, from which people sometimes stay away."""
    scenario, trace, staff = a_floor(Dice(seed), LARGE)
    return twins_of(seed, scenario, trace, *stay_away(Dice([seed, 1]), staff))


def chunk_of_twins(chunk: int) -> Iterator[Twins]:
    """Yield every floor played for a chunk of the thousand, until enough of them tie in half of their events."""
    enough = 0
    for seed in count(10_000 + chunk * _SEEDS_PER_CHUNK):
        twins = random_twins(seed)
        enough += twins.is_tied()
        yield twins
        if enough == FLOORS_PER_CHUNK:
            return


def drawn_twins() -> Iterator[Twins]:
    """Yield the nights whose contacts are drawn as they are for a study, with absence drawn."""
    for number in range(NIGHTS):
        yield twins_of(number, *a_night(number))
