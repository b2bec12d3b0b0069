"""Beginning from an earlier roster."""

from collections import defaultdict

import numpy as np

from scenarios import US_PER_MIN, Assignment, Roster
from scheduler.rostering.board import Board, Team
from scheduler.rostering.line import OFF
from scheduler.rostering.rules import check_rules
from scheduler.rostering.terms import date_at


def seat(board: Board, roster: Roster) -> None:
    """Put the lines of an earlier roster on the board as far as they are legal today; the others stay off it.

    A line is seated when its agent, dates, groups and templates still exist, every shift is one of today's columns,
    and no rule is broken by it.
    """
    scenario = board.team.scenario
    number_of = {agent.name: number for number, agent in enumerate(scenario.agents)}
    places = _places(board.team)
    rows: dict[int, list[Assignment]] = defaultdict(list)
    lost: set[int] = set()
    for row in roster.assignments:
        if row.agent in number_of:
            agent = number_of[row.agent]
            rows[agent].append(row)
            if _key(row) not in places:
                lost.add(agent)
    kept = {agent: shifts for agent, shifts in rows.items() if agent not in lost}
    broken = {
        breach.agent for breach in check_rules(scenario, Roster(tuple(row for part in kept.values() for row in part)))
    }
    for agent, shifts in kept.items():
        if scenario.agents[agent].name not in broken:
            board.put(agent, *_line(board, shifts, places))


def _key(row: Assignment) -> tuple[object, ...]:
    return row.date, row.template, row.group, row.start_us


def _places(team: Team) -> dict[tuple[object, ...], int]:
    """Return the column of every (date, template, group, start)."""
    scenario, columns = team.scenario, team.columns
    return {
        (
            date_at(scenario.horizon, int(columns.date[number])),
            scenario.shift_templates[columns.template[number]].name,
            scenario.groups[columns.group[number]].name,
            int(columns.start_min[number]) * US_PER_MIN,
        ): number
        for number in range(len(columns))
    }


def _line(
    board: Board, shifts: list[Assignment], places: dict[tuple[object, ...], int]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int, int], np.dtype[np.int64]]]:
    line = np.full(board.lines.shape[1], OFF, dtype=np.int64)
    pauses = np.full(board.pauses.shape[1:], -1, dtype=np.int64)
    for row in shifts:
        column = places[_key(row)]
        date = board.team.columns.date[column]
        line[date] = column
        pauses[date, : len(row.breaks)] = [pause.start_us // US_PER_MIN for pause in row.breaks]
    return line, pauses
