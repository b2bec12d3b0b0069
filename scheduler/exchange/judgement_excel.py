"""The workbook of a judgement: the grid back with colours, the repaired grid, the findings."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from scenarios import Assignment, PlanningError, Roster, RuleBreach, Verdict
from scenarios.text import text
from scheduler.exchange.files import replacing
from scheduler.exchange.judgement_text import day_name, judgement_sections
from scheduler.exchange.roster_grid import cell_text
from scheduler.exchange.table_files import TEXT_STAYS_TEXT
from scheduler.exchange.words import percent, say_breach
from scheduler.judging.judge import Judgement

_NAME_WIDTH, _CELL_WIDTH, _TEXT_WIDTH = 16, 26, 60  # letters
_COLOURS = {
    "proven": "#D9EAD3",
    "open": "#F4CCCC",
    "breach": "#F8D7DA",
    "fault": "#FFF2CC",
    "changed": "#CFE2F3",
    "leave": "#E7E6E6",
}


def write_judgement_excel(judged: Judgement, path: Path, language: str) -> None:
    """Write the workbook in ``language``.

    The first sheet is the roster as it was read, a row per person and a column per date: dates green where every
    promise is proven and red where one is not, cells red where a rule is broken and yellow where something could not be
    read, the sentence in the cell's comment. The next is the roster with all repairs, changed cells blue. Both read
    back with ``read_grid``. Then the findings, and what the colours mean.
    """
    with replacing(path) as part, xlsxwriter.Workbook(str(part), TEXT_STAYS_TEXT) as book:
        book.set_properties({"title": judged.scenario.name})
        pages = _Pages(book, judged, language)
        pages.grid("sheet_read", judged.roster, judged.verdict)
        if judged.repaired is not None and judged.repaired_verdict is not None:
            pages.grid("sheet_repaired", judged.repaired, judged.repaired_verdict)
        pages.findings()
        pages.legend()


@dataclass(slots=True)
class _Pages:
    """The sheets of one workbook."""

    book: Any
    judged: Judgement
    language: str
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

    def say(self, key: str) -> str:
        return text(f"judge.{key}", self.language)

    def grid(self, key: str, roster: Roster, verdict: Verdict) -> None:
        sheet = self.book.add_worksheet(self.say(key))
        sheet.write_string(0, 0, text("export.person", self.language), self.bold)
        dates = self._dates()
        for column, day in enumerate(dates, start=1):
            proven = [said.proven for said in verdict.statements if said.date == day]
            style = self.colour["proven" if all(proven) else "open"] if proven else self.bold
            sheet.write_string(0, column, day_name(day, self.language), style)
        sheet.set_column(0, 0, _NAME_WIDTH)
        sheet.set_column(1, len(dates), _CELL_WIDTH)
        sheet.freeze_panes(1, 1)
        rows = _by_cell(roster)
        before = _by_cell(self.judged.roster)
        people = dict.fromkeys((*self.judged.reading.people, *roster.agents))
        for line, agent in enumerate(people, start=1):
            sheet.write_string(line, 0, agent)
            self._comment(sheet, line, 0, [row for row in verdict.breaches if row.agent == agent and row.date is None])
            for column, day in enumerate(dates, start=1):
                self._cell(sheet, (line, column), rows.get((agent, day), []), before.get((agent, day), []), verdict,
                           (agent, day))  # fmt: skip
        self._bottom(sheet, len(people) + 1, dates, verdict)

    def _cell(
        self, sheet: Any, place: tuple[int, int], rows: list[Assignment], before: list[Assignment], verdict: Verdict,
        who: tuple[str, date],
    ) -> None:  # fmt: skip
        """Write one cell: its shifts, its colour, and why in its comment."""
        agent, day = who
        horizon = self.judged.scenario.horizon
        faults = [error for error in self.judged.reading.faults if _concerns(error, agent, day)]
        breaches = [row for row in verdict.breaches if (row.agent, row.date) == who]
        leave = day in self.judged.scenario.agent(agent).leave
        kind = (
            "changed" if rows != before else "breach" if breaches else "fault" if faults else "leave" if leave else ""
        )
        told = " / ".join(cell_text(row, horizon) for row in rows)
        written = told or (text("export.leave", self.language) if leave else self.say("off"))
        sheet.write_string(*place, written, self.colour[kind] if kind else self.wrap)
        self._comment(sheet, *place, breaches, faults)

    def _comment(
        self, sheet: Any, line: int, column: int, breaches: list[RuleBreach], faults: list[PlanningError] | None = None
    ) -> None:
        said = [say_breach(row, self.language) for row in breaches]
        said += [error.message(self.language) for error in faults or []]
        if said:
            sheet.write_comment(line, column, "\n".join(said), {"x_scale": 2})

    def _bottom(self, sheet: Any, first: int, dates: list[date], verdict: Verdict) -> None:
        """Write, under the people, the share of days that keep each promise, a row per target."""
        for line, target in enumerate(self.judged.scenario.targets, start=first):
            title = f"{self.say('total')} {target.name}: {text('export.share_of_days', self.language)}"
            sheet.write_string(line, 0, title, self.bold)
            for said in verdict.statements:
                if said.target == target.name and said.date in dates:
                    style = self.colour["proven" if said.proven else "open"]
                    shown = f"{percent(said.share_of_days)} ≥ {percent(said.bound)}"
                    sheet.write_string(line, 1 + dates.index(said.date), shown, style)

    def findings(self) -> None:
        sheet = self.book.add_worksheet(self.say("sheet_findings"))
        sheet.set_column(0, 0, _NAME_WIDTH + 4)
        sheet.set_column(1, 1, _TEXT_WIDTH)
        sheet.set_column(2, 9, _NAME_WIDTH)
        line = 0
        for section in judgement_sections(self.judged, self.language):
            sheet.write_string(line, 0, section.title, self.bold)
            line += 1
            for column, name in enumerate(section.header if section.rows else ()):
                sheet.write_string(line, column, name, self.bold)
            line += bool(section.rows)
            for row in section.rows:
                for column, cell in enumerate(row):
                    sheet.write_string(line, column, cell, self.wrap)
                line += 1
            for sentence in section.sentences:
                sheet.write_string(line, 0, sentence)
                line += 1
            line += 1

    def legend(self) -> None:
        sheet = self.book.add_worksheet(text("export.sheet_legend", self.language))
        sheet.set_column(0, 0, _TEXT_WIDTH)
        for line, name in enumerate(_COLOURS):
            sheet.write_string(line, 0, self.say(f"colour_{name}"), self.colour[name])
        sheet.write_string(len(_COLOURS) + 1, 0, text("export.legend_clock", self.language), self.wrap)

    def _dates(self) -> list[date]:
        horizon = self.judged.scenario.horizon
        return [horizon.first_date + timedelta(days=number) for number in range(horizon.dates)]


_HEADS = ("proven", "open")


def _by_cell(roster: Roster) -> dict[tuple[str, date], list[Assignment]]:
    found: dict[tuple[str, date], list[Assignment]] = {}
    for row in roster.assignments:
        found.setdefault((row.agent, row.date), []).append(row)
    return found


def _concerns(error: PlanningError, agent: str, day: date) -> bool:
    return error.facts.get("agent") == agent and error.facts.get("date") == day
