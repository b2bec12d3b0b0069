"""What the people of a roster are paid."""

from dataclasses import dataclass

import numpy as np

from scenarios import US_PER_H, Roster, Scenario
from scenarios.checks import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Pay:
    """Paid time and its cost, by group; nothing about it is random: who stays away is paid as rostered.

    Parameters
    ----------
    paid_us
        (G,) paid time.
    cost_yuan
        (G,) paid hours times what an hour of each person's contract costs.
    """

    paid_us: IntArray
    cost_yuan: FloatArray


def pay_of(scenario: Scenario, roster: Roster) -> Pay:
    """Return what ``roster`` costs.

    Raises
    ------
    PlanningError
        When the roster names an agent or a group the scenario does not know.
    """
    paid_us = np.zeros(len(scenario.groups), dtype=np.int64)
    cost_yuan = np.zeros(len(scenario.groups))
    for row in roster.assignments:
        group = scenario.group_index(row.group)
        per_hour = scenario.contract_of(scenario.agent(row.agent)).cost_per_paid_h_yuan
        paid_us[group] += row.paid_us
        cost_yuan[group] += row.paid_us / US_PER_H * per_hour
    for column in (paid_us, cost_yuan):
        column.flags.writeable = False
    return Pay(paid_us, cost_yuan)
