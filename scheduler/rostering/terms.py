"""What a contract means for one agent in one week: the definitions that the rules and the search share."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from scenarios import Agent, Contract, Horizon, Scenario, ShiftTemplate

DAYS_PER_WEEK = 7
MIN_PER_H = 60
_ROUNDING_SLACK = 1e-6  # hours written as decimals (7.6) must not lose a minute to binary fractions


@dataclass(frozen=True, slots=True)
class Week:
    """A block of seven dates counted from the horizon's first, or what the horizon holds of it (half-open indices)."""

    first: int
    end: int

    @property
    def whole(self) -> bool:
        """Whether all seven dates lie inside the horizon."""
        return self.end - self.first == DAYS_PER_WEEK


def weeks_of(horizon: Horizon) -> tuple[Week, ...]:
    """Return the weeks of the horizon in order; only the last can be shorter than seven dates."""
    firsts = range(0, horizon.dates, DAYS_PER_WEEK)
    return tuple(Week(first, min(first + DAYS_PER_WEEK, horizon.dates)) for first in firsts)


def date_at(horizon: Horizon, number: int) -> date:
    """Return the ``number``-th date of the horizon, 0 first."""
    return horizon.first_date + timedelta(days=number)


def templates_of(scenario: Scenario, contract: Contract) -> tuple[ShiftTemplate, ...]:
    """Return the shift templates the contract allows for work, those on call left out."""
    allowed = (scenario.template(name) for name in contract.shift_templates)
    return tuple(template for template in allowed if not template.on_call)


def groups_of(scenario: Scenario, agent: Agent) -> tuple[str, ...]:
    """Return the groups the agent may sit in: those all of whose skills are held."""
    return tuple(group.name for group in scenario.groups if set(group.skills) <= set(agent.skills))


def at_least_min(hours: float) -> int:
    """Return a least of hours in whole minutes."""
    return math.ceil(hours * MIN_PER_H - _ROUNDING_SLACK)


def at_most_min(hours: float) -> int:
    """Return a most of hours in whole minutes."""
    return math.floor(hours * MIN_PER_H + _ROUNDING_SLACK)


def most_paid_min(contract: Contract) -> int:
    """Return the most paid minutes of a week, whole or not."""
    return at_most_min(contract.week_paid_h_max)


def least_paid_min(scenario: Scenario, agent: Agent, week: Week) -> int:
    """Return the least paid minutes the agent must have in ``week``.

    The contract's least is scaled by the share of the week's open dates that lie inside the horizon and are not leave
    of the agent: leave counts as worked, a closed date asks for nothing. A scaled least is rounded down to whole
    shifts (the contract's shortest), so that a piece of a week never asks for a fraction of a shift. People who are
    called in have no least.
    """
    contract = scenario.contract_of(agent)
    if contract.call_in or contract.week_paid_h_min == 0:
        return 0
    block = [date_at(scenario.horizon, week.first + number) for number in range(DAYS_PER_WEEK)]
    open_dates = [day for day in block if scenario.horizon.opening.on(day) is not None]
    end = date_at(scenario.horizon, week.end)
    counted = [day for day in open_dates if day < end and day not in agent.leave]
    least = at_least_min(contract.week_paid_h_min)
    if len(counted) == len(open_dates):
        return least
    shortest = min((template.paid_min for template in templates_of(scenario, contract)), default=1)
    scaled = least * len(counted) / len(open_dates)
    return math.floor(scaled / shortest + _ROUNDING_SLACK) * shortest


def working_days_max(contract: Contract, week: Week) -> int:
    """Return the most working dates in ``week``: days off are owed in whole weeks only."""
    length = week.end - week.first
    return max(length - contract.days_off_per_week_min, 0) if week.whole else length


def windows_of(horizon: Horizon, agent: Agent) -> tuple[tuple[int, int], ...] | None:
    """Return the merged spans (µs since the start, half-open) the agent can work in, ``None`` when any time will do."""
    if not agent.available:
        return None
    spans = [(horizon.us_at(row.date, row.from_min), horizon.us_at(row.date, row.to_min)) for row in agent.available]
    return tuple(_merged(sorted(spans)))


def _merged(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    start, end = spans[0]
    for later_start, later_end in spans[1:]:
        if later_start <= end:
            end = max(end, later_end)
        else:
            yield start, end
            start, end = later_start, later_end
    yield start, end
