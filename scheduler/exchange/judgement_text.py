"""What is said of a roster from elsewhere: sections of tables and sentences, the same for terminal and workbook."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from scenarios import Assignment, Estimate, Horizon, PlanningError, Reason, RuleBreach, TargetStatement
from scenarios.text import fill, text
from scheduler.exchange.pages import Section
from scheduler.exchange.roster_grid import short_name
from scheduler.exchange.words import (
    break_names,
    local_start,
    percent,
    percent_with_interval,
    say_breach,
    say_reason,
    weekday,
)
from scheduler.judging.changes import Change, ChangeKind
from scheduler.judging.effects import DayEffect
from scheduler.judging.judge import Judgement, Repair, WeakHour

WEAK_HOURS_TOLD = 3
"""Hours told per date and target; the file for programs holds all."""


def judgement_sections(judged: Judgement, language: str) -> tuple[Section, ...]:
    """Return what is said of a roster in the order a planner asks: readable, proven, where it breaks, what to do."""
    horizon = judged.scenario.horizon
    parts = [
        faults_section(judged.reading.faults, language),
        notes_section(judged.notes, language),
        dates_section(judged.verdict.statements, _say("dates_title", language), language),
        weak_section(judged.weak_hours, language),
        breaches_section(judged.verdict.breaches, _say("breaches_title", language), language),
        repairs_section(judged.repairs, horizon, language),
        replace(
            numbered_effects([row.effects for row in judged.repairs], _say("effects_title", language), language),
            sentences=(_say("effects_note", language),) if judged.repairs else (),
        ),
        _unmended(judged, language),
    ]
    if judged.repaired_verdict is not None:
        after = judged.repaired_verdict
        parts.append(dates_section(after.statements, _say("repaired_title", language), language))
        parts.append(breaches_section(after.breaches, _say("repaired_breaches", language), language))
    parts.append(Section(_say("summary_title", language), sentences=(summary(judged, language),)))
    return tuple(part for part in parts if part.rows or part.sentences)


def summary(judged: Judgement, language: str) -> str:
    """Return the judgement in a sentence or two."""
    failing = [day for day in judged.dates if not judged.proven_on(day)]
    said = [_say("all_proven" if not failing else "some_open", language, count=len(judged.dates),
                 open=len(failing), dates=", ".join(f"{day}" for day in failing))]  # fmt: skip
    if judged.verdict.breaches:
        people = len({row.agent for row in judged.verdict.breaches})
        said.append(_say("broken", language, count=len(judged.verdict.breaches), people=people))
    if judged.repaired_verdict is not None:
        key = "mended" if judged.repaired_verdict.publishable else "mended_partly"
        said.append(_say(key, language, count=len(judged.repairs), yuan=f"{judged.repairs_yuan:+,.0f}"))
    return "".join(said) if language == "zh" else " ".join(said)


def faults_section(faults: Sequence[PlanningError], language: str) -> Section:
    """Return what could not be read."""
    header = (_say("place", language), _say("fault", language))
    rows = tuple((error.place, fill(f"errors.{error.key}", error.facts, language)) for error in faults)
    return Section(_say("faults_title", language, count=len(rows)), header, rows)


def notes_section(notes: Sequence[Reason], language: str) -> Section:
    """Return what was assumed or left aside."""
    return Section(_say("notes_title", language), sentences=tuple(say_reason(note, language) for note in notes))


def dates_section(statements: Sequence[TargetStatement], title: str, language: str) -> Section:
    """Return the verdict of every date and target."""
    keys = ("date", "target", "proven", "days_met_of", "share_of_days", "bound", "day_share", "worst_hour_share",
            "abandoned_share")  # fmt: skip
    rows = tuple(
        (
            day_name(said.date, language),
            said.target,
            text(f"export.{'yes' if said.proven else 'no'}", language),
            f"{said.days_met} / {said.days_simulated}",
            percent(said.share_of_days),
            percent(said.bound),
            percent_with_interval(said.day_share),
            percent(said.worst_hour_share),
            percent(said.abandoned_share.value),
        )
        for said in statements
    )
    return Section(title, tuple(text(f"export.{key}", language) for key in keys), rows)


def weak_section(hours: Sequence[WeakHour], language: str) -> Section:
    """Return what breaks first: of each date and target the hours with most contacts too late."""
    told: defaultdict[tuple[date, str], list[WeakHour]] = defaultdict(list)
    for hour in hours:
        if len(told[hour.date, hour.target]) < WEAK_HOURS_TOLD:
            told[hour.date, hour.target].append(hour)
    keys = ("hour", "target", "share", "offered", "late", "short")
    rows = tuple(
        (
            local_start(row.date, row.start_min),
            row.target,
            percent(row.share),
            f"{row.offered:,.0f}",
            f"{row.contacts_late:,.1f}",
            f"{row.people_short:,.0f}",
        )
        for rows in told.values()
        for row in rows
    )
    sentences = (_say("short_note", language),) if rows else ()
    return Section(_say("weak_title", language), tuple(_say(key, language) for key in keys), rows, sentences=sentences)


def breaches_section(breaches: Sequence[RuleBreach], title: str, language: str) -> Section:
    """Return the rules broken, by person."""
    rows = tuple((row.agent, say_breach(row, language)) for row in breaches)
    return Section(title, (text("export.person", language), _say("breach", language)), rows)


def repairs_section(repairs: Sequence[Repair], horizon: Horizon, language: str) -> Section:
    """Return the repairs in the order they are to be made, each with its price and what it is for."""
    keys = ("number", "repair", "yuan", "cures")
    rows = tuple(
        (
            f"{number}",
            say_change(repair.change, horizon, language),
            f"{repair.yuan:+,.0f}",
            " ".join(say_breach(row, language) for row in repair.cures) or _say("for_promise", language),
        )
        for number, repair in enumerate(repairs, start=1)
    )
    return Section(_say("repairs_title", language), tuple(_say(key, language) for key in keys), rows)


def numbered_effects(effects: Iterable[Sequence[DayEffect]], title: str, language: str) -> Section:
    """Return what each of several changes, by its number, does to the promises of its date."""
    keys = ("number", "date", "target", "days_before", "days_after", "points")
    rows = tuple(
        (
            f"{number}",
            f"{effect.date}",
            effect.target,
            percent(effect.days.before.share_of_days.value),
            percent(effect.days.after.share_of_days.value),
            points(effect.difference),
        )
        for number, one in enumerate(effects, start=1)
        for effect in one
    )
    return Section(title, tuple(_say(key, language) for key in keys), rows)


def _unmended(judged: Judgement, language: str) -> Section:
    told = [say_breach(row, language) for row in judged.incurable]
    told += [_say("unreached", language, date=day_name(day, language)) for day in judged.unreached]
    return Section(_say("unmended_title", language), sentences=tuple(told))


def points(difference: Estimate) -> str:
    """Return a difference of shares in points with its interval."""
    value, low, high = (100.0 * one + 0.0 for one in (difference.value, difference.low, difference.high))
    return f"{value:+.1f} ({low:+.1f} – {high:+.1f})"


def say_change(change: Change, horizon: Horizon, language: str) -> str:
    """Return a change as a sentence."""
    before, after = (_rows_of(rows, horizon, change.kind) for rows in (change.removed, change.added))
    people = change.agents
    rows = (*change.removed, *change.added)
    facts: dict[str, object] = {
        "agent": people[0],
        "other": people[-1],
        "date": rows[0].date,
        "date_after": rows[-1].date,
        "before": before,
        "after": after,
        "group": rows[-1].group,
    }
    kind = f"{change.kind}"
    if change.kind is ChangeKind.MOVE and facts["date"] != facts["date_after"]:
        kind = "move_date"
    if change.kind is ChangeKind.SWAP:
        mine = tuple(row for row in change.removed if row.agent == people[0])
        theirs = tuple(row for row in change.removed if row.agent != people[0])
        facts |= {"before": _rows_of(mine, horizon, change.kind), "after": _rows_of(theirs, horizon, change.kind)}
        facts["date_after"] = theirs[0].date if theirs else rows[0].date
        kind = "swap" if facts["date"] == facts["date_after"] else "swap_dates"
    return fill(f"change.{kind}", facts, language)


def _rows_of(rows: Iterable[Assignment], horizon: Horizon, kind: ChangeKind) -> str:
    if kind is ChangeKind.BREAKS:
        return " / ".join(break_names(row, horizon) for row in rows)
    return " / ".join(f"{short_name(row, horizon)} {row.group}" for row in rows)


def day_name(day: date, language: str) -> str:
    """Return a date with its weekday."""
    return f"{day.isoformat()} {weekday(day.weekday(), language)}"


def _say(key: str, language: str, **facts: object) -> str:
    return fill(f"judge.{key}", facts, language)
