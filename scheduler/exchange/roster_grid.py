"""A roster as planners keep it, a row per person and a column per date, read whole: shifts, faults, notes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from scenarios import (
    Agent,
    Assignment,
    Break,
    BreakRule,
    Horizon,
    PlanningError,
    Reason,
    Scenario,
    ShiftTemplate,
)
from scenarios.horizon import LATEST_CLOSING_MIN, MIN_PER_DAY
from scheduler.exchange.grid_cells import (
    Cell,
    CellError,
    CellShift,
    Words,
    legend_of,
    plain,
    read_cell,
    word_set,
    write_span,
)
from scheduler.exchange.grid_header import Header, find_header
from scheduler.exchange.roster_csv import COLUMNS, read_roster
from scheduler.exchange.tables import Rows, read_rows
from scheduler.exchange.words import break_names, plain_cell, shift_times
from scheduler.judging.reading import GridReading, ReadShift
from scheduler.rostering.terms import groups_of, templates_of

_SUMS = word_set("合计 总计 小计 汇总 人数 在岗 在岗人数 上班人数 出勤 出勤人数 total totals sum headcount count")
_NAMED_MOST = 12
"""Names told in one note; the rest is a number."""


@dataclass(frozen=True, slots=True)
class GridWords:
    """A planner's own words.

    Parameters
    ----------
    shifts
        Name of a shift -> its times (``早班`` -> ``9:00-18:00``) or the name of a template with one start.
    groups
        Name of a group -> that of the scenario.
    contract
        Contract of people whom the scenario does not know and whose row names none; empty: such people are a fault.
    """

    shifts: Mapping[str, str] = field(default_factory=dict)
    groups: Mapping[str, str] = field(default_factory=dict)
    contract: str = ""


def read_grid(
    path: str | Path,
    scenario: Scenario,
    *,
    words: GridWords | None = None,
    sheet: str | None = None,
    encoding: str | None = None,
) -> GridReading:
    """Return the shifts of a grid with everything that could not be read.

    Cells hold ``休``, ``off`` and the like or nothing (free), ``年假``, ``调休``, ``leave`` and the like (away), or
    shifts: times (``9:00-18:00``, ``09-18``, ``22:00-次日6:00``), the name of a template with one start, a name of
    ``words`` or of a legend in the file (``早班：9:00-18:00``); beside them a group, and breaks in parentheses. Times
    that fit no template make a template of their own, with the breaks of the contract's longest one that is not longer.

    Raises
    ------
    PlanningError
        When nothing can be read: no such file or sheet, no row of dates, no column of names.
    """
    given = words or GridWords()
    rows = read_rows(path, encoding=encoding, sheet=sheet)
    header = find_header(rows, scenario.horizon, [agent.name for agent in scenario.agents])
    reader = _Reader(rows, header, scenario, _words_of(rows, scenario, given), given.contract)
    for number in range(header.body, len(rows.rows)):
        reader.row(number)
    return reader.reading()


def read_shifts(
    path: str | Path, scenario: Scenario, *, words: GridWords | None = None, sheet: str | None = None
) -> GridReading:
    """Return the shifts of a roster file of either form: a grid, or the long table of ``read_roster``.

    Raises
    ------
    PlanningError
        As ``read_grid`` and ``read_roster``.
    """
    rows = read_rows(path, sheet=sheet)
    if not set(COLUMNS) - {"breaks"} <= set(rows.rows[0][1]):
        return read_grid(path, scenario, words=words, sheet=sheet)
    roster = read_roster(path, scenario)
    people = tuple(agent.name for agent in scenario.agents)
    shifts = (
        ReadShift(row.agent, row.date, row.template, (row.group,), row.start_us, row.end_us, row.breaks, rows.name)
        for row in roster.assignments
    )
    return GridReading(scenario, people, tuple(shifts), (), ())


def cell_text(assignment: Assignment, horizon: Horizon) -> str:
    """Return a shift as ``read_grid`` reads it back to the minute: template, times, group, breaks."""
    pauses = f" ({break_names(assignment, horizon)})" if assignment.has_breaks else ""
    return f"{short_name(assignment, horizon)} @{assignment.group}{pauses}"


def short_name(assignment: Assignment, horizon: Horizon) -> str:
    """Return template and times of a shift; the times alone where the template was made of them."""
    times = shift_times(assignment, horizon)
    return times if assignment.template.startswith(times) else f"{assignment.template} {times}"


def _words_of(rows: Rows, scenario: Scenario, given: GridWords) -> Words:
    groups = {plain(group.name): group.name for group in scenario.groups}
    for name, group in given.groups.items():
        groups[plain(name)] = scenario.groups[scenario.group_index(group)].name
    legends = [legend_of(cell) for _, cells in rows.rows for cell in cells if cell]
    codes = dict(found for found in legends if found is not None)
    codes |= {plain(name): told for name, told in given.shifts.items()}
    return Words({plain(template.name): template.name for template in scenario.shift_templates}, groups, codes)


class _Reader:
    """Reads row by row and remembers everything worth telling."""

    def __init__(self, rows: Rows, header: Header, scenario: Scenario, words: Words, contract: str) -> None:
        self.rows, self.header, self.words = rows, header, words
        self.horizon = scenario.horizon
        self.scenario = scenario
        self.contract = contract
        self.known = {plain(agent.name): agent for agent in scenario.agents}
        self.people: dict[str, Agent] = {}
        self.added: list[str] = []
        self.templates: dict[str, ShiftTemplate] = {template.name: template for template in scenario.shift_templates}
        self.own: Counter[str] = Counter()
        self.own_of: dict[str, set[str]] = {}
        self.shifts: list[ReadShift] = []
        self.leave: dict[str, list[date]] = {}
        self.faults: list[PlanningError] = []
        self.unknown: Counter[str] = Counter()
        self.dates_taken: list[str] = []
        self.rows_left: list[str] = []

    def row(self, number: int) -> None:
        """Read one row of the grid."""
        line, cells = self.rows.rows[number]
        name = plain_cell(cells[self.header.name])
        filled = any(cells[column] for column in self.header.dates)
        if plain(name).partition(" ")[0] in _SUMS or legend_of(name) or (not filled and plain(name) not in self.known):
            self.rows_left.append(f"{line}: {name or next(filter(None, cells))}")
            return
        try:
            agent = self._person(name, cells)
        except PlanningError as error:
            self.faults.append(error.at(f"{self.rows.name}:{line}"))
            return
        self.people[agent.name] = agent
        group = self.words.groups.get(plain(self._extra(cells, "group")))
        for column, day in self.header.dates.items():
            place = f"{self.rows.name}:{_letters(column)}{line}"
            try:
                self._cell(cells[column], agent, day, group, place)
            except (CellError, PlanningError) as fault:
                facts = {"agent": agent.name, "date": day, **fault.facts}
                self.faults.append(PlanningError(fault.key, place=place, **facts))

    def _extra(self, cells: tuple[str, ...], kind: str) -> str:
        column = self.header.extras.get(kind)
        return "" if column is None else plain_cell(cells[column])

    def _person(self, name: str, cells: tuple[str, ...]) -> Agent:
        """Return who the row is about; a person the scenario does not know is made where the contract is told."""
        if not name:
            raise PlanningError("grid_no_person", value="-")
        agent = self.known.get(plain(name))
        told = self._extra(cells, "contract")
        contracts = {plain(contract.name): contract.name for contract in self.scenario.contracts}
        contract = contracts.get(plain(told), self.contract)
        if agent is None and not contract:
            raise PlanningError("grid_unknown_person", value=name, known=", ".join(contracts.values()))
        if agent is None:
            agent = Agent(name, contract, self._skills(name, cells))
            self.known[plain(name)] = agent
            self.added.append(name)
        if agent.name in self.people:
            raise PlanningError("grid_repeated_person", value=name)
        return agent

    def _skills(self, name: str, cells: tuple[str, ...]) -> tuple[str, ...]:
        """Return the skills of a new person: those told, else those of the group, else the only ones."""
        known = {plain(skill): skill for skill in self.scenario.skills}
        told = [known[word] for word in _listed(self._extra(cells, "skills")) if word in known]
        group = self.words.groups.get(plain(self._extra(cells, "group")))
        if not told and group is not None:
            told = list(self.scenario.groups[self.scenario.group_index(group)].skills)
        if not told and len(known) == 1:
            told = list(known.values())
        if not told:
            raise PlanningError("grid_no_skills", value=name, known=", ".join(known.values()))
        return tuple(dict.fromkeys(told))

    def _cell(self, written: str, agent: Agent, day: date, group: str | None, place: str) -> None:
        cell = read_cell(plain_cell(written), self.words)
        self._remember(cell, place)
        if cell.leave:
            if day not in agent.leave:
                self.leave.setdefault(agent.name, []).append(day)
            return
        for told in cell.shifts:
            self._add(told, agent, day, group, place)

    def _remember(self, cell: Cell, place: str) -> None:
        self.unknown.update(cell.unknown)
        if cell.was_date:
            self.dates_taken.append(place.rpartition(":")[2])

    def _add(self, told: CellShift, agent: Agent, day: date, group: str | None, place: str) -> None:
        template = self._template(told, agent)
        start_min = told.start_min if told.start_min >= 0 else template.earliest_start_min
        end_min = told.end_min if told.start_min >= 0 else start_min + template.length_min
        start, end = (self.horizon.us_at(day, minute) for minute in (start_min, end_min))
        for other in self.shifts:
            if other.agent == agent.name and start < other.end_us and other.start_us < end:
                raise PlanningError("grid_overlap", agent=agent.name, value=write_span(start_min, end_min),
                                    other=other.place.rpartition(":")[2])  # fmt: skip
        told_group = told.group or group
        groups = (told_group,) if told_group else groups_of(self.scenario, agent)
        if not groups:
            raise PlanningError("grid_no_group", agent=agent.name, value=", ".join(agent.skills) or "-")
        breaks = None if told.breaks is None else self._breaks(told.breaks, template, day)
        if template.name not in {known.name for known in self.scenario.shift_templates}:
            self.own[template.name] += 1
            self.own_of.setdefault(agent.contract, set()).add(template.name)
        self.shifts.append(ReadShift(agent.name, day, template.name, groups, start, end, breaks, place))

    def _template(self, told: CellShift, agent: Agent) -> ShiftTemplate:
        """Return the template a shift names, else one its times fit, else one made of its times."""
        if told.template is not None:
            template = self.templates[told.template]
            if told.start_min < 0 and len(template.start_minutes) > 1:
                starts = f"{write_span(template.earliest_start_min, template.latest_start_min)}"
                raise PlanningError("grid_needs_times", agent=agent.name, value=template.name, starts=starts)
            return template
        length = told.end_min - told.start_min
        contract = self.scenario.contract_of(agent)
        mine = templates_of(self.scenario, contract)
        for template in (*mine, *self.scenario.shift_templates):
            if not template.on_call and template.length_min == length and told.start_min in template.start_minutes:
                return template
        name = write_span(told.start_min, told.end_min)
        if length > MIN_PER_DAY or told.start_min + length > LATEST_CLOSING_MIN + MIN_PER_DAY // 2:
            raise PlanningError("grid_too_long", agent=agent.name, value=name)
        shorter = [template for template in mine if template.length_min <= length]
        pattern = max(shorter, key=lambda template: template.length_min).breaks if shorter else ()
        name = self._own_name(name, pattern)
        self.templates.setdefault(name, ShiftTemplate(name, length, told.start_min, told.start_min, 30, pattern))
        return self.templates[name]

    def _own_name(self, name: str, pattern: tuple[BreakRule, ...]) -> str:
        """Return the name of a template made of times: people of other contracts may have other breaks."""
        return " ".join([name, *(f"b{rule.length_min}" for rule in pattern)])

    def _breaks(self, told: tuple[tuple[int, int], ...], template: ShiftTemplate, day: date) -> tuple[Break, ...]:
        """Return breaks, paid as the template's break in their place, or of their length, is."""
        breaks = []
        for number, (start, end) in enumerate(sorted(told)):
            rules = [*template.breaks[number : number + 1], *template.breaks]
            paid = next((rule.paid for rule in rules if rule.length_min == end - start), False)
            breaks.append(Break(self.horizon.us_at(day, start), self.horizon.us_at(day, end), paid))
        return tuple(breaks)

    def reading(self) -> GridReading:
        """Return everything read so far."""
        return GridReading(self._scenario(), tuple(self.people), tuple(self.shifts), tuple(self.faults), self._notes())

    def _scenario(self) -> Scenario:
        """Return the scenario with the grid's own people, templates and leave."""
        scenario = self.scenario
        agents = [*scenario.agents, *(self.people[name] for name in self.added if name in self.people)]
        agents = [
            replace(agent, leave=(*agent.leave, *self.leave[agent.name])) if agent.name in self.leave else agent
            for agent in agents
        ]
        contracts = [
            replace(contract, shift_templates=(*contract.shift_templates, *sorted(self.own_of.get(contract.name, ()))))
            for contract in scenario.contracts
        ]
        return replace(
            scenario,
            agents=tuple(agents),
            contracts=tuple(contracts),
            shift_templates=tuple(
                template for name, template in self.templates.items()
                if self.own[name] or template in scenario.shift_templates
            ),
        )  # fmt: skip

    def _notes(self) -> tuple[Reason, ...]:
        days = {self.horizon.day_index(day.date): day.date for day in self.horizon.days}
        unplanned = [f"{day}" for day in days.values() if day not in self.header.dates.values()]
        missing = [agent.name for agent in self.scenario.agents if agent.name not in self.people]
        lists: dict[str, Sequence[str]] = {
            "dates_outside": self.header.outside,
            "dates_missing": unplanned,
            "columns_left": self.header.left,
            "rows_left": self.rows_left,
            "people_missing": missing,
            "people_added": self.added,
            "own_shifts": [f"{name} ({count})" for name, count in self.own.items()],
            "words_left": list(self.unknown),
            "dates_taken": self.dates_taken,
            "leave_added": [f"{name} ({len(days)})" for name, days in self.leave.items()],
        }
        return tuple(
            Reason(f"grid.{key}", (("count", len(named)), ("names", _some(named))))
            for key, named in lists.items()
            if named
        )


def _listed(written: str) -> list[str]:
    for mark in "、，,;；/+|":
        written = written.replace(mark, "\n")
    return [plain(word) for word in written.splitlines() if word.strip()]


def _some(names: Sequence[str]) -> str:
    rest = len(names) - _NAMED_MOST
    return ", ".join([*names[:_NAMED_MOST], *([f"… +{rest}"] if rest > 0 else [])])


def _letters(column: int) -> str:
    """Return the letters of a column, 0 first: A, B, ..., Z, AA."""
    letters, rest = "", column
    while rest >= 0:
        letters = chr(ord("A") + rest % 26) + letters
        rest = rest // 26 - 1
    return letters


__all__ = ["GridWords", "cell_text", "read_grid"]
