"""The workbook: grid of people and dates, coverage, verdict, legend."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter

from scenarios import Assignment, Plan, Scenario
from scenarios.text import fill
from scheduler.exchange.files import replacing
from scheduler.exchange.summary import summarise
from scheduler.exchange.table_files import TEXT_STAYS_TEXT
from scheduler.exchange.words import break_names, hours, moment, say_breach, say_reason, shift_name, weekday
from scheduler.rostering import coverage

_NAME_WIDTH, _CELL_WIDTH = 16, 18  # letters


def write_excel(plan: Plan, scenario: Scenario, path: Path, language: str, *, version: int | None = None) -> None:
    """Write the workbook of ``plan`` in ``language``.

    The first sheet is the grid as DingTalk imports it: a row per person, a column per date, in the cell the name of the
    shift, which holds its times. Then coverage against requirement per open interval, the verdict per date, and the
    legend, which lists every shift by name.
    """
    with replacing(path) as part, xlsxwriter.Workbook(str(part), TEXT_STAYS_TEXT) as book:
        book.set_properties({"title": scenario.name, "comments": f"version {version or '-'}"})
        pages = _Pages(book, plan, scenario, language)
        pages.grid()
        pages.coverage()
        pages.verdict()
        pages.legend()


@dataclass(slots=True)
class _Pages:
    """The sheets of one workbook."""

    book: Any
    plan: Plan
    scenario: Scenario
    language: str
    bold: Any = field(init=False)
    share: Any = field(init=False)
    short: Any = field(init=False)
    weekend: Any = field(init=False)

    def __post_init__(self) -> None:
        self.bold = self.book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "text_wrap": True})
        self.share = self.book.add_format({"num_format": "0.0%"})
        self.short = self.book.add_format({"bg_color": "#F8D7DA", "num_format": "0.0"})
        self.weekend = self.book.add_format({"bold": True, "bg_color": "#FBE9D0", "border": 1, "text_wrap": True})

    def say(self, key: str, **facts: object) -> str:
        return fill(f"export.{key}", facts, self.language)

    def grid(self) -> None:
        sheet = self._sheet("sheet_grid", [self.say("person")], _NAME_WIDTH)
        dates = self._dates()
        for column, day in enumerate(dates, start=1):
            style = self.weekend if day.weekday() >= 5 else self.bold
            sheet.write_string(0, column, f"{day.isoformat()} {weekday(day.weekday(), self.language)}", style)
        for column, key in enumerate(("shifts", "paid_hours"), start=len(dates) + 1):
            sheet.write_string(0, column, self.say(key), self.bold)
        sheet.set_column(1, len(dates), _CELL_WIDTH)
        shifts = self._shifts_by_person()
        for line, agent in enumerate(self.scenario.agents, start=1):
            mine = shifts.get(agent.name, [])
            sheet.write_string(line, 0, agent.name)
            for column, day in enumerate(dates, start=1):
                names = [shift_name(row, self.plan.requirement.horizon) for row in mine if row.date == day]
                if names or day in agent.leave:
                    sheet.write_string(line, column, " / ".join(names) or self.say("leave"))
            sheet.write_number(line, len(dates) + 1, len(mine))
            sheet.write_number(line, len(dates) + 2, sum(hours(row.paid_us) for row in mine))

    def coverage(self) -> None:
        groups = self.plan.requirement.groups
        kinds = ("required", "at_work", "difference")
        header = [self.say("interval"), *(f"{group} · {self.say(kind)}" for group in groups for kind in kinds)]
        sheet = self._sheet("sheet_coverage", header, _CELL_WIDTH)
        horizon, roster = self.plan.requirement.horizon, self.plan.outcome.roster
        needed = self.plan.requirement.positions
        cover = needed * 0.0 if roster is None else coverage(horizon, groups, roster)
        for line, interval in enumerate(horizon.open_intervals().nonzero()[0], start=1):
            sheet.write_string(line, 0, moment(horizon.instant(int(interval) * horizon.interval_us)))
            for number in range(len(groups)):
                need, there = float(needed[interval, number]), float(cover[interval, number])
                sheet.write_number(line, 1 + 3 * number, need)
                sheet.write_number(line, 2 + 3 * number, there)
                style = self.short if there < need - 1e-9 else None
                sheet.write_number(line, 3 + 3 * number, there - need, style)

    def verdict(self) -> None:
        keys = ("date", "target", "proven", "days_simulated", "days_met", "share_of_days", "bound", "bound_joint",
                "day_share", "low", "high", "worst_hour_share", "abandoned_share")  # fmt: skip
        sheet = self._sheet("sheet_verdict", [self.say(key) for key in keys], _NAME_WIDTH)
        verdict = self.plan.verdict
        statements = () if verdict is None else verdict.statements
        for line, said in enumerate(statements, start=1):
            sheet.write_string(line, 0, said.date.isoformat())
            sheet.write_string(line, 1, said.target)
            sheet.write_string(line, 2, self.say("yes" if said.proven else "no"))
            sheet.write_number(line, 3, said.days_simulated)
            sheet.write_number(line, 4, said.days_met)
            shares = (said.share_of_days, said.bound, said.bound_joint, said.day_share.value, said.day_share.low,
                      said.day_share.high, said.worst_hour_share, said.abandoned_share.value)  # fmt: skip
            for column, share in enumerate(shares, start=5):
                if share == share:  # nan: an empty cell
                    sheet.write_number(line, column, share, self.share)
        breaches = () if verdict is None else verdict.breaches
        told = [say_breach(breach, self.language) for breach in breaches]
        told += [say_reason(reason, self.language) for reason in (*self.plan.outcome.reasons, *self.plan.notes)]
        for line, sentence in enumerate(told, start=len(statements) + 2):
            sheet.write_string(line, 0, sentence)

    def legend(self) -> None:
        keys = ("shift", "group", "breaks", "shifts")
        sheet = self._sheet("sheet_legend", [self.say(key) for key in keys], _CELL_WIDTH)
        horizon, roster = self.plan.requirement.horizon, self.plan.outcome.roster
        used: dict[tuple[str, str], list[Assignment]] = {}
        for row in () if roster is None else roster.assignments:
            used.setdefault((shift_name(row, horizon), row.group), []).append(row)
        for line, ((name, group), rows) in enumerate(sorted(used.items()), start=1):
            kinds = sorted({break_names(row, horizon) for row in rows if row.has_breaks})
            sheet.write_string(line, 0, name)
            sheet.write_string(line, 1, group)
            sheet.write_string(line, 2, " | ".join(kinds))
            sheet.write_number(line, 3, len(rows))
        figures = summarise(self.plan, self.scenario)
        notes = [self.say("legend_clock"), self.say("legend_dingtalk"), self.say(f"status_{figures.status}")]
        notes += [f"{name}: {value}" for name, value in (*self.plan.provenance.versions, *self.plan.provenance.hashes)]
        for line, note in enumerate([*notes, f"seed: {self.plan.provenance.seed}"], start=len(used) + 2):
            sheet.write_string(line, 0, note)

    def _sheet(self, key: str, header: Sequence[str], width: int) -> Any:
        sheet = self.book.add_worksheet(self.say(key))
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, self.bold)
        sheet.set_column(0, max(0, len(header) - 1), width)
        sheet.freeze_panes(1, 1)
        return sheet

    def _dates(self) -> list[date]:
        horizon = self.plan.requirement.horizon
        return [horizon.first_date + timedelta(days=number) for number in range(horizon.dates)]

    def _shifts_by_person(self) -> dict[str, list[Assignment]]:
        roster = self.plan.outcome.roster
        shifts: dict[str, list[Assignment]] = {}
        for row in () if roster is None else roster.assignments:
            shifts.setdefault(row.agent, []).append(row)
        return shifts
