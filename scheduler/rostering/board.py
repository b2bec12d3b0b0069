"""The board on which the search moves people: everyone's line, everyone's breaks, and the coverage they add up to."""

from dataclasses import dataclass

import numpy as np

from scenarios import Roster, Scenario
from scenarios.checks import FloatArray, IntArray
from scheduler.rostering.columns import ShiftColumns, assignment_of, shift_columns
from scheduler.rostering.costs import Demand, ShortPieces, short_pieces
from scheduler.rostering.kinds import Kind, kinds_of
from scheduler.rostering.line import OFF, best_line
from scheduler.rostering.prices import ShiftTable, add_shift, column_costs, place_breaks, worth_before


@dataclass(frozen=True, slots=True)
class Team:
    """What a search works on: the scenario's people compiled to kinds, and the priced demand.

    Attributes
    ----------
    kind_of
        (A,) index into ``kinds`` of every agent of the scenario.
    pieces
        The price of shortage at the coverages that can occur.
    table
        The columns as the kernels take them.
    """

    scenario: Scenario
    demand: Demand
    columns: ShiftColumns
    kinds: tuple[Kind, ...]
    kind_of: IntArray
    pieces: ShortPieces
    table: ShiftTable

    def kind(self, agent: int) -> Kind:
        """Return the kind of ``agent``."""
        return self.kinds[int(self.kind_of[agent])]

    def worth(self, cover: FloatArray) -> FloatArray:
        """Return (T + 1, G) the running worth of one more agent beside ``cover``."""
        demand = self.demand
        return worth_before(cover, demand.need, demand.mild, demand.prices)

    def costs_of(self, kind: Kind, worth: FloatArray) -> FloatArray:
        """Return the pay less the worth of each column of a kind."""
        return column_costs(self.table, worth, kind.columns, kind.yuan_per_min, self.columns.breaks.most)

    def line_of(self, kind: Kind, costs: FloatArray, week_rows: IntArray | None = None) -> tuple[float, IntArray]:
        """Return the least cost of a legal line of ``kind`` and (D,) its columns (``OFF`` for a free date).

        ``week_rows`` takes the place of the kind's own limits of hours and dates; ``inf`` when no line is legal.
        """
        dates = kind.date_table if week_rows is None else (*kind.date_table[:3], week_rows)
        cost, places = best_line(costs, kind.sizes, kind.column_table, dates)
        working = places >= 0
        line = np.full(len(places), OFF, dtype=np.int64)
        line[working] = kind.columns[places[working]]
        return cost, line

    def breaks_for(self, line: IntArray, worth: FloatArray) -> IntArray:
        """Return (D, B) the breaks of a line where they miss the least worth."""
        pauses = np.full((len(line), max(self.columns.breaks.most, 1)), -1, dtype=np.int64)
        for date in np.flatnonzero(line >= 0):
            self.place(int(line[date]), worth, pauses[date])
        return pauses

    def place(self, column: int, worth: FloatArray, pauses: IntArray) -> None:
        """Write the best breaks of one shift into ``pauses``."""
        place_breaks(self.table, worth, column, pauses)


def team_of(scenario: Scenario, demand: Demand) -> Team:
    """Return the team of a scenario against a demand."""
    columns = shift_columns(scenario)
    kinds, kind_of = kinds_of(scenario, columns)
    pieces = short_pieces(demand, columns.grid_min(demand.interval_min))
    breaks = columns.breaks
    table = ShiftTable(
        demand.interval_min, columns.template, columns.group, columns.start_min, columns.end_min, columns.paid_min,
        breaks.first, breaks.length_min, breaks.first_start, breaks.after_min,
    )  # fmt: skip
    return Team(scenario, demand, columns, kinds, kind_of, pieces, table)


class Board:
    """Lines, breaks and coverage; the only thing here that changes.

    Attributes
    ----------
    lines
        (A, D) column of every agent and date, ``OFF`` for a free one.
    pauses
        (A, D, B) starts of the breaks in minutes since the horizon's start, -1 for none.
    cover
        (T, G) agents at work.
    """

    def __init__(self, team: Team) -> None:
        agents, dates = len(team.scenario.agents), team.scenario.horizon.dates
        self.team = team
        self.lines = np.full((agents, dates), OFF, dtype=np.int64)
        self.pauses = np.full((agents, dates, max(team.columns.breaks.most, 1)), -1, dtype=np.int64)
        self.cover = np.zeros_like(team.demand.need)

    def cost(self) -> float:
        """Return the objective: pay and price of shortage, yuan."""
        return self.pay() + self.team.demand.short_yuan(self.cover)

    def pay(self) -> float:
        """Return the pay of all shifts, yuan."""
        rates = np.array([self.team.kind(agent).yuan_per_min for agent in range(len(self.lines))])
        minutes = np.where(self.lines >= 0, self.team.columns.paid_min[self.lines], 0).sum(axis=1)
        return float(rates @ minutes)

    def pay_of(self, agent: int) -> float:
        """Return the pay of one agent's shifts, yuan."""
        line = self.lines[agent]
        return float(self.team.columns.paid_min[line[line >= 0]].sum() * self.team.kind(agent).yuan_per_min)

    def lift(self, agent: int) -> None:
        """Take an agent's shifts off the board."""
        self._add(agent, -1.0)
        self.lines[agent] = OFF
        self.pauses[agent] = -1

    def put(self, agent: int, line: IntArray, pauses: IntArray) -> None:
        """Give a lifted agent a line with its breaks."""
        self.lines[agent] = line
        self.pauses[agent] = pauses
        self._add(agent, 1.0)

    def respond(self, agent: int, beside: FloatArray | None = None) -> None:
        """Give a lifted agent the best line against everyone else.

        Parameters
        ----------
        beside
            (T, G) coverage expected of people not yet on the board.
        """
        kind = self.team.kind(agent)
        worth = self.team.worth(self.cover if beside is None else self.cover + beside)
        _, line = self.team.line_of(kind, self.team.costs_of(kind, worth))
        self.put(agent, line, self.team.breaks_for(line, worth))

    def shift(self, agent: int, date: int, sign: float) -> None:
        """Add ``sign`` times one shift of an agent to the coverage."""
        add_shift(self.team.table, self.cover, self.lines[agent, date], self.pauses[agent, date], sign)

    def roster(self) -> Roster:
        """Return the board as named shifts."""
        agents, dates = np.nonzero(self.lines >= 0)
        team = self.team
        return Roster(
            tuple(
                assignment_of(
                    team.scenario, team.columns, team.scenario.agents[a].name, int(self.lines[a, d]), self.pauses[a, d]
                )
                for a, d in zip(agents, dates, strict=True)
            )
        )

    def _add(self, agent: int, sign: float) -> None:
        for date in np.flatnonzero(self.lines[agent] >= 0):
            self.shift(agent, int(date), sign)
