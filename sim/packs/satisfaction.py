"""What buyers might say: satisfaction as a response curve of what happened to them.

No log of a queue holds satisfaction. The curve says how it would fall with waiting, asking again and being handed on,
for comparing two floors; it is an assumption to be fitted to a survey of one's own, never a measurement.
"""

from dataclasses import dataclass, field

import numpy as np

from scenarios import NOBODY, US_PER_S, Cause, Channel, Outcome, Scenario
from scenarios.checks import IntArray, require_share
from scenarios.shape import FileShape
from sim.measures.estimates import RATIO_OF_SUMS
from sim.measures.protocol import Cases, Logs
from sim.measures.tally import UNPROMISED_WITHIN_S

AGAIN = (Cause.REDIAL, Cause.REOPENED, Cause.RECONTACT)
"""The buyer had to ask once more."""
HANDED_ON = (Cause.ESCALATION, Cause.TRANSFER)
"""The buyer was handed to somebody else."""


@dataclass(frozen=True, slots=True)
class Satisfaction(FileShape):
    """Mean satisfaction of matters, a ``Measure``: shares multiplied with each other. A pack file may set them.

    Parameters
    ----------
    at_best
        Satisfied buyers where everything went well.
    late
        What is left of it where the first attempt was not answered within the target's limit. The default follows a
        shop's statement that buyers answered in time score 15 % higher.
    again, handed_on
        What is left of it each time the buyer asks once more, or is handed on.
    unanswered
        Satisfied buyers among those whom nobody ever answered.
    """

    at_best: float = 0.95
    late: float = 1 / 1.15
    again: float = 0.85
    handed_on: float = 0.9
    unanswered: float = 0.2
    key: str = field(default="satisfaction_share", init=False)
    unit: str = field(default="share", init=False)
    estimator: str = field(default=RATIO_OF_SUMS, init=False)

    def __post_init__(self) -> None:
        for name in ("at_best", "late", "again", "handed_on", "unanswered"):
            require_share("Satisfaction", name, getattr(self, name))

    def cases(self, logs: Logs, scenario: Scenario) -> Cases:
        """Return every matter that reached the human queue with its satisfaction."""
        log = logs.log
        rows = np.flatnonzero(log.outcome != Outcome.BOT)
        rows = rows[np.lexsort((log.offered_us[rows], log.root[rows]))]
        _, first = np.unique(log.root[rows], return_index=True)
        start, kind = log.offered_us[rows[first]], log.contact_type[rows[first]]
        answered_us = log.answered_us[rows[first]]
        in_time = (answered_us != NOBODY) & (answered_us - start <= _limits_us(scenario)[kind])
        live = np.array([one.channel is not Channel.TICKET for one in scenario.contact_types])
        handed_on = np.isin(log.cause[rows], HANDED_ON).astype(np.int64)
        moves = handed_on + np.where(live[log.contact_type[rows]], log.hops[rows], 0)
        score = (
            self.at_best
            * np.where(in_time, 1.0, self.late)
            * self.again ** _per_matter(np.isin(log.cause[rows], AGAIN).astype(np.int64), first)
            * self.handed_on ** _per_matter(moves, first)
        ).astype(np.float64)
        answered = _per_matter((log.answered_us[rows] != NOBODY).astype(np.int64), first) > 0
        return Cases(start, kind, np.where(answered, score, self.unanswered), np.ones(len(first)))


def on_scale(share: float, lowest: float, highest: float) -> float:
    """Return a share on the scale of a survey: 0.86 is 4.3 of 0 to 5, and 86 of 0 to 100."""
    return lowest + share * (highest - lowest)


def _limits_us(scenario: Scenario) -> IntArray:
    targets = [scenario.target_of(kind.name) for kind in scenario.contact_types]
    limits_s = [UNPROMISED_WITHIN_S if target is None else target.answer_within_s for target in targets]
    limits_us: IntArray = np.rint(np.array(limits_s) * US_PER_S).astype(np.int64)
    return limits_us


def _per_matter(counts: IntArray, first: IntArray) -> IntArray:
    """Return the sums over the attempts of each matter, which begins at ``first``."""
    sums: IntArray = np.add.reduceat(counts, first) if len(first) else counts
    return sums
