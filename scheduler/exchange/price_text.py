"""What is said of the prices of a service day: sections of tables and sentences, the same for terminal and workbook."""

import math
from itertools import pairwise

from scenarios.text import fill, text
from scheduler.exchange.judgement_text import day_name
from scheduler.exchange.pages import Section
from scheduler.exchange.words import DASH, local_start, percent, say_reason
from scheduler.loop.day_price import DayPrice, Lost
from scheduler.loop.price import PricePoint
from scheduler.loop.routing_price import PricedRouting


def price_sections(found: DayPrice, language: str) -> tuple[Section, ...]:
    """Return the prices in the order a planner asks: the promise, its level, the router, one more person, the lack."""
    parts = (
        _promise(found, language),
        curve_section(found, language),
        _routings(found, language),
        _worth(found, language),
        _short(found, language),
        Section(_say("notes_title", language), sentences=tuple(say_reason(note, language) for note in found.notes)),
    )
    return tuple(part for part in parts if part.rows or part.sentences)


def _promise(found: DayPrice, language: str) -> Section:
    """Return what the promise costs as it stands, and whether there are people enough."""
    date = day_name(found.date, language)
    said = [_say("day", language, date=date, contacts=f"{found.contacts:,.0f}")]
    if found.people_max is not None:
        said.append(_say("people", language, people=found.people_max))
    own = found.own
    if own.outcome.counts is None:
        said.append(_say("own_none", language))
    else:
        said.append(_say("own_proven" if own.proven else "own_not_proven", language, cost=_yuan(own.cost),
                         people=own.people, share=percent(own.share_of_days), bound=percent(own.bound)))  # fmt: skip
        if not found.within(own.people):
            said.append(_say("own_too_many", language, lack=own.people - (found.people_max or 0)))
    few = found.within_people
    if few is not None:
        said.append(_say("few", language, cost=_yuan(few.cost), people=few.people, share=percent(few.share_of_days),
                         bound=percent(few.bound), more=_signed(few.cost - own.cost)))  # fmt: skip
    return Section(_say("title", language, date=date), sentences=tuple(said))


def curve_section(found: DayPrice, language: str) -> Section:
    """Return the price of the target: a row per level, and where it becomes dear."""
    keys = (
        "day_share",
        "cost",
        "step",
        "step_point",
        "people_count",
        "days",
        "bound",
        "proven",
        "lost",
        "lost_yuan",
        "total",
    )
    before = (None, *found.points)
    rows = tuple(
        _point(found, last, point, language) for last, point in zip(before, found.points, strict=False)
    )  # fmt: skip
    said = [_say("curve_note", language)]
    if found.knee is not None:
        said.append(_say("knee", language, share=percent(found.knee.day_share)))
    elif len(found.points) > 1:
        said.append(_say("no_knee", language))
    said += [
        _say("free_step", language, low=percent(low.day_share), high=percent(high.day_share))
        for low, high in pairwise(found.points)
        if low.outcome.cost == high.outcome.cost and high.outcome.proven
    ]
    worth = _least_total(found)
    if worth is not None:
        said.append(_say("least_total", language, share=percent(worth.day_share)))
    return Section(
        _say("curve_title", language), tuple(_say(key, language) for key in keys), rows, sentences=tuple(said)
    )


def _point(found: DayPrice, last: PricePoint | None, point: PricePoint, language: str) -> tuple[str, ...]:
    row = PricedRouting(found.own.routing, point.outcome)
    share = percent(point.day_share)
    if point.outcome.counts is None:
        return share, *[DASH] * 6, _proven(row, language), *[DASH] * 3
    step = math.nan if last is None else point.outcome.cost - last.outcome.cost
    points = math.nan if last is None else 100.0 * (point.day_share - last.day_share)
    lost = Lost.of(point.outcome)
    worth = lost.value_yuan if lost is not None and _valued(found) else math.nan
    people = f"{row.people}" if found.within(row.people) else _say("too_many", language, people=row.people)
    return (
        share, _yuan(row.cost), _signed(step), _signed(step / points), people, percent(row.share_of_days),
        percent(row.bound), _proven(row, language), DASH if lost is None else f"{lost.contacts:,.1f}",
        _yuan(worth), _yuan(row.cost + worth),
    )  # fmt: skip


def _least_total(found: DayPrice) -> PricePoint | None:
    """Return the proven level at which the roster and what is lost cost least together."""
    totals = [
        (point.outcome.cost + lost.value_yuan, point)
        for point in found.points
        if point.outcome.proven and (lost := Lost.of(point.outcome)) is not None
    ]
    return min(totals, key=lambda row: row[0])[1] if totals and _valued(found) else None


def _valued(found: DayPrice) -> bool:
    return any(kind.value_yuan for kind in found.scenario.contact_types)


def _routings(found: DayPrice, language: str) -> Section:
    """Return the price of routers, caps and priorities."""
    keys = ("routing", "cost", "change", "people_count", "days", "bound", "proven")
    prices = found.routings
    rows = () if prices is None else tuple(
        (
            row.routing.told(language),
            *([DASH] * 5 if row.outcome.counts is None else (
                _yuan(row.cost), _signed(-100.0 * prices.saving(row), " %"), f"{row.people}",
                percent(row.share_of_days), percent(row.bound),
            )),
            _proven(row, language),
        )
        for row in prices.rows
    )  # fmt: skip
    said = () if prices is None else (_say("routing_note", language), *prices.advice(language))
    header = tuple(_say(key, language) for key in keys)
    return Section(_say("routing_title", language), header, rows, sentences=said)


def _worth(found: DayPrice, language: str) -> Section:
    """Return what one more person is worth, hour by hour."""
    keys = ("hour", "group", "in_time_busy", "in_time", "kept", "value", "pay")
    rows = tuple(
        (
            local_start(found.date, row.start_min), row.group, f"{row.in_time_busy:+,.1f}", f"{row.in_time:+,.1f}",
            f"{row.kept:+,.1f}", f"{row.value_yuan:+,.1f}" if _valued(found) else DASH, _yuan(row.pay_yuan),
        )
        for row in found.worth
    )  # fmt: skip
    notes = (_say("worth_note", language), *(() if _valued(found) else (_say("no_value", language),)))
    header = tuple(_say(key, language) for key in keys)
    return Section(_say("worth_title", language), header, rows, sentences=notes if rows else ())


def _short(found: DayPrice, language: str) -> Section:
    """Return what the people cannot do: the certificate, the best roster, and its hours."""
    title, short = _say("short_title", language), found.short
    if short is None:
        return Section(title)
    most = found.people_max
    promised = min(target.day_share for target in found.scenario.targets)
    unit = "work" if short.by_work else "contacts"
    certain = "impossible" if short.share_most < promised else "not_excluded"
    said = [_say(f"{certain}_{unit}", language, people=most, share=percent(short.share_most))]
    over = [percent(point.day_share) for point in found.points if point.day_share > short.share_most]
    if over and certain == "not_excluded":
        said.append(_say("zone", language, shares=", ".join(over), people=most))
    said.append(_say("best", language, people=int(short.counts.sum()), share=percent(short.share_of_days)))
    said.append(_say("short_note_work" if short.by_work else "short_note", language))
    keys = ("hour", "share", "late", "people_short")
    rows = tuple(
        (local_start(found.date, row.start_min), percent(row.share), f"{row.contacts_late:,.1f}", f"{row.people_short}")
        for row in short.hours
    )
    return Section(title, tuple(_say(key, language) for key in keys), rows, sentences=tuple(said))


def _proven(row: PricedRouting, language: str) -> str:
    return text(f"export.{'yes' if row.proven else 'no'}", language)


def _yuan(value: float) -> str:
    return f"{value:,.0f}" if math.isfinite(value) else DASH


def _signed(value: float, unit: str = "") -> str:
    return f"{value + 0.0:+,.1f}{unit}" if math.isfinite(value) else DASH


def _say(key: str, language: str, **facts: object) -> str:
    return fill(f"price.{key}", facts, language)
