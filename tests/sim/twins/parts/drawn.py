"""Nights of the largest library scenario with every mechanism, thinned to a shop of ordinary size.

Contacts, work, patience, rounds and what follows come from the laws of the scenario as for any study, and who stays
away is drawn; hardly an event ties.
"""

from dataclasses import replace
from functools import cache

import numpy as np
from twin_floors.absence import Missed

from scenarios import (
    US_PER_MIN,
    Agent,
    Assignment,
    Break,
    Contract,
    Forecast,
    Roster,
    Scenario,
    ShiftTemplate,
    expected_demand,
    load_scenario,
)
from scenarios.checks import FloatArray
from sim import draw_absence, draw_trace, staff_from_roster

NIGHT, NIGHTS = "double11_night_x100", 50
THINNED = 0.01
"""Of the contacts expected at a hundred times the shop."""
SHIFTS = ((0, 8 * 60, 4 * 60), (3 * 60, 12 * 60, 7 * 60), (9 * 60, 18 * 60, 13 * 60), (12 * 60, 18 * 60, 15 * 60))
"""Start, end and start of the break, in minutes after opening."""
BREAK_MIN, ABSENT = 30, 0.1
PEOPLE = {"phone": 2, "chat": 2, "both": 2, "club": 1, "cantonese": 1, "web": 1, "senior": 1}
"""In each shift."""
TENURES = (1.0, 1.3, 0.9)


@cache
def the_night() -> tuple[Scenario, Forecast, Roster]:
    """Return the thinned scenario with people of its own, what it expects, and their roster."""
    scenario = load_scenario(NIGHT)
    forecast = expected_demand(scenario)
    forecast = replace(forecast, expected=forecast.expected * THINNED)
    agents, rows, day = [], [], scenario.horizon.days[0]
    for group in scenario.groups:
        for start, end, pause in SHIFTS * PEOPLE[group.name]:
            name = f"{group.name} {len(agents)}"
            agents.append(Agent(name, "c", group.skills, TENURES[len(agents) % len(TENURES)]))
            begins, ends, rests = (day.opens_us + minute * US_PER_MIN for minute in (start, end, pause))
            breaks = (Break(rests, rests + BREAK_MIN * US_PER_MIN, False),)
            rows.append(Assignment(name, day.date, "t", group.name, begins, ends, breaks))
    scenario = replace(
        scenario, agents=tuple(agents), contracts=(Contract("c", ("t",), 100.0, 1.0),),
        shift_templates=(ShiftTemplate("t", 60, 0, 0),), absence_share=ABSENT,
    )  # fmt: skip
    return scenario, forecast, Roster(tuple(sorted(rows, key=lambda row: (row.agent, row.start_us))))


def _longer_at_night(forecast: Forecast) -> FloatArray:
    """Return rounds that rise from interval to interval; those of every third type are not known."""
    kinds = np.arange(len(forecast.contact_types))
    rounds = np.linspace(1.0, 9.0, len(forecast.expected))[:, None] + kinds
    return np.where(kinds % 3 == 0, np.nan, rounds)


def a_night(number: int):
    """Return (scenario, trace, staff, shifts missed) of one replication; every second has rounds of the forecast."""
    scenario, forecast, roster = the_night()
    if number % 2:
        forecast = replace(forecast, rounds=_longer_at_night(forecast))
    key = {"seed": 1, "replication": number, "purpose": "twins"}
    absent = draw_absence(scenario, roster, **key)
    place = {agent.name: person for person, agent in enumerate(scenario.agents)}
    rows = [roster.assignments[row] for row in sorted(absent)]
    missed = tuple(Missed(place[row.agent], row.start_us, row.end_us) for row in rows)
    staff = staff_from_roster(scenario, roster, absent=absent)
    return scenario, draw_trace(scenario, forecast, **key), staff, missed
