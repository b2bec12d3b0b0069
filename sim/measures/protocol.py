"""What any measure of logs is: the tables it reads, the cases it counts, and the protocol of one of your own."""

from dataclasses import dataclass
from typing import Protocol

from scenarios import ContactLog, MessageLog, Scenario
from scenarios.checks import FloatArray, IntArray


class Logs(Protocol):
    """What measures read: the logs of a run, or a platform's own records brought into the same two tables."""

    @property
    def log(self) -> ContactLog:
        """One row per session, call or ticket; ``root`` is the buyer's matter."""

    @property
    def messages(self) -> MessageLog:
        """One row per message of the buyer."""


@dataclass(frozen=True, slots=True)
class Records:
    """Two tables as ``Logs``."""

    log: ContactLog
    messages: MessageLog


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """What a measure counts, one by one.

    Parameters
    ----------
    start_us
        (n,) what decides on which date a case counts, µs since the horizon's start.
    contact_type
        (n,) index of the contact type.
    numerator, denominator
        (n,) what it adds to both sums; of a largest value, the value and 1.
    """

    start_us: IntArray
    contact_type: IntArray
    numerator: FloatArray
    denominator: FloatArray


class Measure(Protocol):
    """A measure computed from logs; one of your own needs these four.

    Attributes
    ----------
    key
        Its name in results.
    unit
        ``"share"`` or ``"s"``.
    estimator
        ``"ratio of sums"``, or ``"mean of each replication's largest cell"`` for a largest value.
    """

    @property
    def key(self) -> str:
        """Its name in results."""

    @property
    def unit(self) -> str:
        """Its unit."""

    @property
    def estimator(self) -> str:
        """How cases become one number."""

    def cases(self, logs: Logs, scenario: Scenario) -> Cases:
        """Return what it counts in one run."""
