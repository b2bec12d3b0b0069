"""Rosters as a long CSV table, out and in, and plans as JSON."""

import csv
import io
from datetime import datetime
from pathlib import Path

import pandas as pd

from scenarios import Assignment, Break, Horizon, Plan, PlanningError, Roster, Scenario
from scenarios.checks import require_known
from scenarios.horizon import zone_of
from scheduler.exchange.files import write_text
from scheduler.exchange.moments import read_moments
from scheduler.exchange.tables import Table, read_table
from scheduler.exchange.words import hours, plain_cell, safe_cell
from scheduler.store import dump_plan

COLUMNS = ("agent", "date", "template", "group", "start", "end", "breaks")
_BREAK_PARTS = 3
_PAID = {"paid": True, "unpaid": False}


def write_csv(plan: Plan, path: Path) -> None:
    """Write one row per shift: who, service date, template, group, start, end, breaks, paid hours.

    Times carry their offset; breaks are ``start/end/paid`` or ``start/end/unpaid``, joined by ``;``. The file opens in
    spreadsheets (UTF-8 with mark) and reads back with ``read_roster``.
    """
    roster, horizon = plan.outcome.roster, plan.requirement.horizon
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow((*COLUMNS, "paid_h"))
    for row in () if roster is None else roster.assignments:
        names = [safe_cell(name) for name in (row.agent, row.date.isoformat(), row.template, row.group)]
        span = [horizon.instant(us).isoformat() for us in (row.start_us, row.end_us)]
        pauses = ";".join(_break_out(pause, horizon) for pause in row.breaks)
        writer.writerow((*names, *span, pauses, f"{hours(row.paid_us):g}"))
    write_text(path, out.getvalue(), encoding="utf-8-sig")


def write_json(plan: Plan, path: Path) -> None:
    """Write the whole plan, in the store's own form; ``load_plan`` reads it."""
    write_text(path, dump_plan(plan))


def read_roster(path: str | Path, scenario: Scenario) -> Roster:
    """Return the roster of a long table (CSV or spreadsheet) with the columns of ``write_csv``.

    Times without an offset are local to the scenario's horizon.

    Raises
    ------
    PlanningError
        At the first fault, with file and row: an unknown agent, template or group, an agent without a skill the group
        asks for, a time that is none, shifts of one agent that overlap.
    """
    table = read_table(path)
    for name in COLUMNS[:-1]:
        if name not in table.columns:
            raise PlanningError("roster_column", place=table.name, column=name, found=", ".join(table.columns))
    cells = pd.DataFrame(table.rows, columns=list(table.columns), dtype=object)
    if "breaks" not in table.columns:
        cells["breaks"] = ""
    zone = scenario.horizon.zone
    spans = {name: read_moments(cells[name], cells["agent"], zone) for name in ("start", "end")}
    rows = []
    for number, row in enumerate(cells.to_dict("records")):
        try:
            start, end = (_us(str(row[name]), spans[name].iloc[number], scenario.horizon) for name in ("start", "end"))
            rows.append(
                _assignment({str(key): plain_cell(str(cell)) for key, cell in row.items()}, start, end, scenario)
            )
        except PlanningError as error:
            raise error.at(table.place(number)) from error
    return _roster(rows, table)


def _roster(rows: list[Assignment], table: Table) -> Roster:
    try:
        return Roster(tuple(rows))
    except PlanningError as error:
        raise error.at(table.name) from error


def _assignment(row: dict[str, str], start_us: int, end_us: int, scenario: Scenario) -> Assignment:
    agent = scenario.agent(row["agent"])
    require_known("Roster", "template", [row["template"]], [template.name for template in scenario.shift_templates])
    require_known("Roster", "group", [row["group"]], [group.name for group in scenario.groups])
    missing = set(scenario.groups[scenario.group_index(row["group"])].skills) - set(agent.skills)
    if missing:
        raise PlanningError(
            "lacks_skill",
            thing=f"Roster({agent.name})",
            field="group",
            value=row["group"],
            skill=", ".join(sorted(missing)),
        )
    day = pd.to_datetime(row["date"], format="%Y-%m-%d", errors="coerce")
    if pd.isna(day):
        raise PlanningError("not_a_date", thing="Roster", field="date", value=row["date"] or "-")
    pauses = tuple(_break_in(part, scenario.horizon) for part in row["breaks"].split(";") if part.strip())
    return Assignment(agent.name, day.date(), row["template"], row["group"], start_us, end_us, pauses)


def _us(written: str, when: pd.Timestamp, horizon: Horizon) -> int:
    if pd.isna(when):
        raise PlanningError(
            "not_a_moment_of_roster", thing="Roster", field="time", value=written or "-", zone=horizon.zone
        )
    return horizon.us_of(when.to_pydatetime())


def _break_out(pause: Break, horizon: Horizon) -> str:
    start, end = (horizon.instant(us).isoformat() for us in (pause.start_us, pause.end_us))
    return f"{start}/{end}/{'paid' if pause.paid else 'unpaid'}"


def _break_in(written: str, horizon: Horizon) -> Break:
    parts = written.strip().split("/")
    if len(parts) != _BREAK_PARTS or parts[2] not in _PAID:
        raise PlanningError("not_a_break", thing="Roster", field="breaks", value=written)
    try:
        moments = [datetime.fromisoformat(part) for part in parts[:2]]
    except ValueError as error:
        raise PlanningError("not_a_break", thing="Roster", field="breaks", value=written) from error
    zone = zone_of(horizon.zone)
    start, end = (horizon.us_of(when if when.tzinfo else when.replace(tzinfo=zone)) for when in moments)
    return Break(start, end, paid=_PAID[parts[2]])
