"""Workbooks of a planner's grid: the grid back with colours and comments, findings, what the colours mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from scenarios import Assignment, PlanningError, Roster, RuleBreach, Scenario, TargetStatement
from scenarios.text import text
from scheduler.exchange.judgement_text import day_name
from scheduler.exchange.pages import Section
from scheduler.exchange.roster_grid import cell_text
from scheduler.exchange.section_excel import fill_sheet
from scheduler.exchange.words import percent, say_breach
from scheduler.judging.reading import GridReading

_NAME_WIDTH, _CELL_WIDTH, _TEXT_WIDTH = 16, 26, 60  # letters
_COLOURS = {
    "proven": "#D9EAD3",
    "open": "#F4CCCC",
    "breach": "#F8D7DA",
    "fault": "#FFF2CC",
    "changed": "#CFE2F3",
    "leave": "#E7E6E6",
}


@dataclass(slots=True)
class GridBook:
    """The sheets of one workbook.

    Attributes
    ----------
    reading
        The grid as it was read.
    before
        The roster against which cells have changed.
    scenario
        Whose leave is shown.
    remarks
        Sentences for the comments of cells, by person and date.
    """

    book: Any
    reading: GridReading
    before: Roster
    language: str
    scenario: Scenario
    remarks: Mapping[tuple[str, date], Sequence[str]] = field(default_factory=dict)
    bold: Any = field(init=False)
    wrap: Any = field(init=False)
    colour: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.bold = self.book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True})
        self.wrap = self.book.add_format({"text_wrap": True, "valign": "top"})
        self.colour = {
            name: self.book.add_format({"bg_color": shade, "border": 1, "text_wrap": True, "bold": name in _HEADS})
            for name, shade in _COLOURS.items()
        }

    def _say(self, key: str) -> str:
        return text(f"judge.{key}", self.language)

    def grid(
        self, key: str, roster: Roster, breaches: Sequence[RuleBreach], statements: Sequence[TargetStatement] = ()
    ) -> None:
        """Add a sheet: people by dates, which reads back with ``read_grid``; what is wrong stands in the comments."""
        sheet = self.book.add_worksheet(self._say(key))
        sheet.write_string(0, 0, text("export.person", self.language), self.bold)
        dates = self._dates()
        for column, day in enumerate(dates, start=1):
            proven = [said.proven for said in statements if said.date == day]
            style = self.colour["proven" if all(proven) else "open"] if proven else self.bold
            sheet.write_string(0, column, day_name(day, self.language), style)
        sheet.set_column(0, 0, _NAME_WIDTH)
        sheet.set_column(1, len(dates), _CELL_WIDTH)
        sheet.freeze_panes(1, 1)
        rows = _by_cell(roster)
        before = _by_cell(self.before)
        people = dict.fromkeys((*self.reading.people, *roster.agents))
        for line, agent in enumerate(people, start=1):
            sheet.write_string(line, 0, agent)
            self._comment(sheet, line, 0, [row for row in breaches if row.agent == agent and row.date is None])
            for column, day in enumerate(dates, start=1):
                broken = [row for row in breaches if (row.agent, row.date) == (agent, day)]
                self._cell(sheet, (line, column), rows.get((agent, day), []), before.get((agent, day), []), broken,
                           (agent, day))  # fmt: skip
        if statements:
            self._bottom(sheet, len(people) + 1, dates, statements)

    def _cell(
        self, sheet: Any, place: tuple[int, int], rows: list[Assignment], before: list[Assignment],
        breaches: list[RuleBreach], who: tuple[str, date],
    ) -> None:  # fmt: skip
        """Write one cell: its shifts, its colour, and why in its comment."""
        agent, day = who
        horizon = self.scenario.horizon
        faults = [error for error in self.reading.faults if _concerns(error, agent, day)]
        leave = day in self.scenario.agent(agent).leave
        kind = (
            "changed" if rows != before else "breach" if breaches else "fault" if faults else "leave" if leave else ""
        )
        told = " / ".join(cell_text(row, horizon) for row in rows)
        written = told or (text("export.leave", self.language) if leave else self._say("off"))
        sheet.write_string(*place, written, self.colour[kind] if kind else self.wrap)
        self._comment(sheet, *place, breaches, faults, self.remarks.get(who, ()))

    def _comment(
        self, sheet: Any, line: int, column: int, breaches: list[RuleBreach],
        faults: Sequence[PlanningError] = (), remarks: Sequence[str] = (),
    ) -> None:  # fmt: skip
        said = [*remarks, *(say_breach(row, self.language) for row in breaches)]
        said += [error.message(self.language) for error in faults]
        if said:
            sheet.write_comment(line, column, "\n".join(said), {"x_scale": 2})

    def _bottom(self, sheet: Any, first: int, dates: list[date], statements: Sequence[TargetStatement]) -> None:
        """Write, under the people, the share of days that keep each promise, a row per target."""
        for line, target in enumerate(self.scenario.targets, start=first):
            title = f"{self._say('total')} {target.name}: {text('export.share_of_days', self.language)}"
            sheet.write_string(line, 0, title, self.bold)
            for said in statements:
                if said.target == target.name and said.date in dates:
                    style = self.colour["proven" if said.proven else "open"]
                    shown = f"{percent(said.share_of_days)} ≥ {percent(said.bound)}"
                    sheet.write_string(line, 1 + dates.index(said.date), shown, style)

    def findings(self, sections: Iterable[Section]) -> None:
        """Add a sheet of everything that is said."""
        sheet = self.book.add_worksheet(self._say("sheet_findings"))
        fill_sheet(sheet, tuple(sections), self.bold, self.wrap)

    def legend(self, colours: Sequence[str] = tuple(_COLOURS)) -> None:
        """Add a sheet that says what the colours mean."""
        sheet = self.book.add_worksheet(text("export.sheet_legend", self.language))
        sheet.set_column(0, 0, _TEXT_WIDTH)
        for line, name in enumerate(colours):
            sheet.write_string(line, 0, self._say(f"colour_{name}"), self.colour[name])
        sheet.write_string(len(colours) + 1, 0, text("export.legend_clock", self.language), self.wrap)

    def _dates(self) -> list[date]:
        horizon = self.scenario.horizon
        return [horizon.first_date + timedelta(days=number) for number in range(horizon.dates)]


_HEADS = ("proven", "open")


def _by_cell(roster: Roster) -> dict[tuple[str, date], list[Assignment]]:
    found: dict[tuple[str, date], list[Assignment]] = {}
    for row in roster.assignments:
        found.setdefault((row.agent, row.date), []).append(row)
    return found


def _concerns(error: PlanningError, agent: str, day: date) -> bool:
    return error.facts.get("agent") == agent and error.facts.get("date") == day
