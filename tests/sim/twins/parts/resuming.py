"""Tickets that a live contact interrupted and that the same agent took up again."""

import numpy as np

from scenarios import NEVER_US, NOBODY
from sim.floor.played import Played


def resumed_by_the_same_hands(played: Played) -> bool:
    """Whether an agent took a live contact while a ticket was in his hands that nobody else ever had."""
    taken, ticket = played.taken_us != NOBODY, played.limit_us == NEVER_US
    his_alone = np.flatnonzero(taken & ticket & (played.ended_us != NOBODY) & (played.hops == 0))
    live = np.flatnonzero(taken & ~ticket)
    same = played.agent[his_alone][:, None] == played.agent[live]
    began = played.taken_us[live]
    between = (began > played.taken_us[his_alone][:, None]) & (began < played.ended_us[his_alone][:, None])
    return bool((same & between).any())
