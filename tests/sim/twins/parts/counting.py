"""Over many floors: in how many a mechanism is there, in how many it was used, and how often events tie."""

from collections import Counter
from dataclasses import dataclass, field

from twin_floors.playing import THERE_LEAST, Twins


@dataclass
class Count:
    """Counts of floors, of rows in which the engines differ, and of tied events; ``seeds`` of floors that differ."""

    floors: int = 0
    contacts: int = 0
    rows_differing: int = 0
    tied: int = 0
    events: int = 0
    tied_least: float = 1.0
    there: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)
    seeds: list[int] = field(default_factory=list)

    def see(self, twins: Twins) -> None:
        """Count a floor."""
        self.floors += 1
        self.contacts += twins.trace.roots
        self.rows_differing += twins.rows_differing
        self.seeds += [twins.seed] if twins.differing else []
        tied, events = twins.tied()
        self.tied += tied
        self.events += events
        self.tied_least = min(self.tied_least, tied / events)
        self.there.update({name: int(there) for name, there in twins.there().items()})
        self.used.update({name: int(used) for name, used in twins.used().items()})

    def rare(self, counted: Counter[str]) -> dict[str, int]:
        """Return the mechanisms counted in less than ``THERE_LEAST`` of the floors."""
        return {name: count for name, count in counted.items() if count < THERE_LEAST * self.floors}
