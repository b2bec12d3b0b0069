"""What is said of a swap, of who fits a gap, and of why a shift is as it is."""

import math
from collections.abc import Iterable, Sequence

from scenarios import Horizon, Scenario, min_to_clock
from scenarios.text import fill, text
from scheduler.exchange.judgement_text import breaches_section, numbered_effects, points, say_change
from scheduler.exchange.pages import Section
from scheduler.exchange.words import DASH, percent, percent_with_interval, say_breach, say_reason
from scheduler.judging.effects import DayEffect
from scheduler.judging.fits import Fit, Gap, Unfit
from scheduler.judging.swap import SwapCheck, safety_of
from scheduler.judging.why import Alternative, Why


def swap_sections(check: SwapCheck, scenario: Scenario, language: str) -> tuple[Section, ...]:
    """Return what a swap does: to the rules, to the service, to the pay; and whether it may be."""
    said = [say_change(check.change, scenario.horizon, language)]
    verdict = f"swap_{check.safety}" if check.legality.legal else "swap_illegal"
    said += [_say("swap_yuan", language, yuan=f"{check.yuan:+,.0f}"), _say(verdict, language)]
    rules = breaches_section(check.legality.broken, _say("swap_breaks", language), language)
    cures = breaches_section(check.legality.cured, _say("swap_cures", language), language)
    effects = effects_section(check.effects, _say("effects_title", language), language, safety=True)
    parts = (rules, cures, effects, Section(_say("swap_title", language), sentences=tuple(said)))
    return tuple(part for part in parts if part.rows or part.sentences)


def effects_section(effects: Iterable[DayEffect], title: str, language: str, *, safety: bool = False) -> Section:
    """Return what a change does, per date and target."""
    keys = ["date", "target", "before", "after", "difference", "days_before", "days_after", *(["safe"] * safety)]
    rows = tuple(
        (
            f"{row.date}",
            row.target,
            percent_with_interval(row.before),
            percent_with_interval(row.after),
            points(row.difference),
            percent(row.days.before.share_of_days.value),
            percent(row.days.after.share_of_days.value),
            *([_say(f"safety_{safety_of(row)}", language)] * safety),
        )
        for row in effects
    )
    return Section(title, tuple(_say(key, language) for key in keys), rows)


def fits_sections(
    fits: Sequence[Fit], unfits: Iterable[Unfit], gap: Gap, scenario: Scenario, language: str
) -> tuple[Section, ...]:
    """Return who may fill a gap, best first, what the first do to the service, and why the others may not."""
    keys = ("number", "change", "covers", "yuan", "price", "week_h", "over_h", "apart_h")
    rows = tuple(
        (
            f"{number}",
            say_change(fit.change, scenario.horizon, language),
            percent(fit.covers_share),
            f"{fit.yuan:+,.0f}",
            f"{fit.price_yuan:+,.0f}",
            f"{fit.week_h:g} / {fit.week_most_h:g}",
            f"{fit.over_h:g}",
            DASH if math.isnan(fit.apart_h) else f"{fit.apart_h:g}",
        )
        for number, fit in enumerate(fits, start=1)
    )
    facts = {"date": gap.date, "start": min_to_clock(gap.from_min), "end": min_to_clock(gap.to_min), "group": gap.group}
    names = tuple(_say(key, language) for key in keys)
    note = (_say("fits_note", language) if rows else _say("fits_nobody", language),)
    cannot = tuple((row.agent, _why_not(row, language)) for row in unfits)
    header = (_say("agent", language), _say("why_not", language))
    parts = (
        Section(_say("fits_title", language, **facts), names, rows, sentences=note),
        numbered_effects([fit.effects for fit in fits], _say("effects_title", language), language),
        Section(_say("unfits_title", language), header, cannot),
    )
    return tuple(part for part in parts if part.rows or part.sentences)


def why_sections(found: Why, scenario: Scenario, language: str) -> tuple[Section, ...]:
    """Return what a shift is for, what else the person could do, and which rules forbid the rest."""
    hours = tuple(
        (
            min_to_clock(row.start_min),
            row.group,
            f"{row.needed:.1f}",
            f"{row.with_it:.1f}",
            f"{row.without_it:.1f}",
            f"{max(0.0, row.needed - row.without_it):.1f}",
        )
        for row in found.hours
    )
    alternatives = tuple(_alternative(row, scenario.horizon, language) for row in found.alternatives)
    binding = tuple(
        (
            say_breach(row.breach, language),
            f"{row.forbids}",
            say_change(row.cheapest.change, scenario.horizon, language),
            f"{row.cheapest.price_yuan:+,.0f}",
        )
        for row in found.binding
    )
    parts = (
        _table("why_hours", ("hour", "group", "needed", "with_it", "without_it", "lacking"), hours, language),
        effects_section(found.effects, _say("why_effects", language), language),
        _table("why_alternatives", ("change", "yuan", "price", "allowed"), alternatives, language, "why_note"),
        _table("why_binding", ("rule", "forbids", "cheapest", "price"), binding, language),
    )
    return tuple(part for part in parts if part.rows)


def _table(
    title: str, keys: tuple[str, ...], rows: tuple[tuple[str, ...], ...], language: str, note: str = ""
) -> Section:
    sentences = (_say(note, language),) if note else ()
    return Section(_say(title, language), tuple(_say(key, language) for key in keys), rows, sentences=sentences)


def _alternative(row: Alternative, horizon: Horizon, language: str) -> tuple[str, str, str, str]:
    allowed = " ".join(say_breach(breach, language) for breach in row.broken) or text("export.yes", language)
    return say_change(row.change, horizon, language), f"{row.yuan:+,.0f}", f"{row.price_yuan:+,.0f}", allowed


def _why_not(row: Unfit, language: str) -> str:
    if row.reason is not None:
        return say_reason(row.reason, language)
    return " ".join(say_breach(breach, language) for breach in row.breaches)


def _say(key: str, language: str, **facts: object) -> str:
    return fill(f"desk.{key}", facts, language)
