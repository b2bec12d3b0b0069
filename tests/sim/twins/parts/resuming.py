"""Tickets that a live contact interrupted and that the same agent took up again."""

import numpy as np

from scenarios import NEVER_US, NOBODY, ContactTrace
from sim.played import Played


def resumed_by_the_same_hands(trace: ContactTrace, played: Played) -> bool:
    """Whether an agent took a live contact while a ticket was in his hands, and nobody else ever had that ticket."""
    taken = played.taken_us != NOBODY
    ticket = taken & (played.limit_us == NEVER_US) & (played.ended_us != NOBODY)
    moved = played.line != trace.line
    his_alone = np.flatnonzero(ticket & (played.hops == moved))
    live = np.flatnonzero(taken & (played.limit_us != NEVER_US))
    same = played.agent[his_alone][:, None] == played.agent[live]
    began = played.taken_us[live]
    between = (began > played.taken_us[his_alone][:, None]) & (began < played.ended_us[his_alone][:, None])
    return bool((same & between).any())
