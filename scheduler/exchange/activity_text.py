"""What is said of activities: who does what when, who cannot and why, what moves, what it does to the service."""

from collections import defaultdict
from datetime import date

from scenarios import US_PER_H
from scenarios.text import fill, text
from scheduler.covering import ActivityPlan, Placed
from scheduler.exchange.desk_text import effects_section
from scheduler.exchange.judgement_text import breaches_section, day_name, faults_section, notes_section, say_change
from scheduler.exchange.pages import Section
from scheduler.exchange.words import clock_on, say_reason


def activity_sections(found: ActivityPlan, language: str) -> tuple[Section, ...]:
    """Return what is said of a roster's activities in the order a planner asks."""
    horizon = found.scenario.horizon
    moved = tuple((say_change(change, horizon, language),) for change in found.changes)
    parts = (
        faults_section(found.reading.faults, language),
        notes_section(found.notes, language),
        _placed(found, language),
        _unplaced(found, language),
        Section(_say("moved_title", language), _keys(language, "change"), moved),
        effects_section(found.effects, _say("effects_title", language), language),
        breaches_section(found.breaches, _say("breaches_title", language), language),
        Section(_say("summary_title", language), sentences=_summary(found, language)),
    )
    return tuple(part for part in parts if part.rows or part.sentences)


def activity_remarks(found: ActivityPlan) -> dict[tuple[str, date], list[str]]:
    """Return what each person does on each date, for the cells of a grid."""
    remarks: defaultdict[tuple[str, date], list[str]] = defaultdict(list)
    for one in sorted(found.placed, key=lambda one: one.start_us):
        remarks[one.agent, one.date].append(f"{_times(found, one)} {one.name}")
    return dict(remarks)


def _placed(found: ActivityPlan, language: str) -> Section:
    """Return who does what when; people who do it at the same time share a row."""
    together: defaultdict[tuple[date, int, str], list[Placed]] = defaultdict(list)
    for one in found.placed:
        together[one.date, one.start_us, one.name].append(one)
    rows = tuple(
        (day_name(day, language), _times(found, ones[0]), name, f"{len(ones)}", ", ".join(one.agent for one in ones))
        for (day, _, name), ones in sorted(together.items(), key=lambda item: item[0])
    )
    header = (text("export.date", language), *_keys(language, "time", "activity", "people", "names"))
    return Section(_say("placed_title", language), header, rows, sentences=() if rows else (_say("nothing", language),))


def _unplaced(found: ActivityPlan, language: str) -> Section:
    rows = tuple(
        (day_name(one.date, language), one.name, say_reason(one.why, language), ", ".join(one.agents))
        for one in sorted(found.unplaced, key=lambda one: one.date)
    )
    header = (text("export.date", language), *_keys(language, "activity", "why", "names"))
    return Section(_say("unplaced_title", language), header, rows)


def _summary(found: ActivityPlan, language: str) -> tuple[str, ...]:
    hours = sum(one.end_us - one.start_us for one in found.placed) / US_PER_H
    told = [
        _say(
            "summary", language, count=len(found.placed), hours=f"{hours:,.1f}", moved=len(found.changes),
            before=f"{found.short_before_h:,.1f}", after=f"{found.short_after_h:,.1f}",
        )
    ]  # fmt: skip
    if found.unplaced:
        told.append(_say("summary_unplaced", language, count=sum(len(one.agents) for one in found.unplaced)))
    if found.open_dates:
        told.append(_say("open", language, dates=", ".join(f"{day}" for day in found.open_dates)))
    return tuple(told)


def _times(found: ActivityPlan, one: Placed) -> str:
    return "-".join(clock_on(one.date, us, found.scenario.horizon) for us in (one.start_us, one.end_us))


def _keys(language: str, *keys: str) -> tuple[str, ...]:
    return tuple(_say(key, language) for key in keys)


def _say(key: str, language: str, **facts: object) -> str:
    return fill(f"activities.{key}", facts, language)
