"""What is said of a repaired roster: changes, curve, service before and after, who was left as he is."""

from scenarios import Horizon
from scenarios.text import fill, text
from scheduler.exchange.desk_text import effects_section
from scheduler.exchange.judgement_text import breaches_section, faults_section, notes_section, say_change
from scheduler.exchange.pages import Section
from scheduler.replanning import RosterRepair


def repair_sections(found: RosterRepair, language: str) -> tuple[Section, ...]:
    """Return what is said of a repair in the order a planner asks: what changes, what it is worth, what stays."""
    horizon = found.scenario.horizon
    freed = tuple((say_change(change, horizon, language),) for change in found.freed)
    parts = (
        faults_section(found.reading.faults, language),
        notes_section(found.notes, language),
        Section(_say("freed_title", language), (_say("change", language),), freed),
        _changes(found, horizon, language),
        _curve(found, language),
        effects_section(found.lost, _say("lost_title", language), language) if freed else Section(""),
        effects_section(found.won, _say("won_title", language), language) if found.changes else Section(""),
        _left(found, language),
        breaches_section(found.breaches, _say("breaches_title", language), language),
        Section(_say("summary_title", language), sentences=(_summary(found, language),)),
    )
    return tuple(part for part in parts if part.rows or part.sentences)


def _changes(found: RosterRepair, horizon: Horizon, language: str) -> Section:
    """Return the changes, a cell each; those of absent people are marked, for they are not counted."""
    absent = {row.agent for row in found.order.absences}
    rows = tuple(
        (
            f"{number}",
            say_change(change, horizon, language),
            f"{change.yuan(found.scenario):+,.0f}",
            text(f"export.{'no' if change.agents[0] in absent else 'yes'}", language),
        )
        for number, change in enumerate(found.changes, start=1)
    )
    header = tuple(_say(key, language) for key in ("number", "change", "yuan", "counted"))
    title = _say("changes_title", language, first=found.first, last=found.last)
    return Section(title, header, rows, sentences=() if rows else (_say("no_changes", language),))


def _curve(found: RosterRepair, language: str) -> Section:
    rows = tuple(
        (
            f"{point.cells}",
            f"{point.short_h:,.1f}",
            f"{point.cost_yuan:,.0f}",
            text(f"export.{'yes' if point.cells <= found.order.most_cells else 'no'}", language),
        )
        for point in found.curve
    )
    header = tuple(_say(key, language) for key in ("cells", "short_h", "cost", "allowed"))
    return Section(_say("curve_title", language), header, rows, sentences=(_say("curve_note", language),))


def _left(found: RosterRepair, language: str) -> Section:
    told = [
        _say(key, language, people=", ".join(people))
        for key, people in (("held", found.held), ("unmended", found.unmended))
        if people
    ]
    return Section(_say("left_title", language), sentences=tuple(told))


def _summary(found: RosterRepair, language: str) -> str:
    return _say(
        "summary", language, cells=found.cells, most=found.order.most_cells, yuan=f"{found.yuan:+,.0f}",
        before=f"{found.short_before_h:,.1f}", after=f"{found.short_after_h:,.1f}",
    )  # fmt: skip


def _say(key: str, language: str, **facts: object) -> str:
    return fill(f"repair.{key}", facts, language)
