"""The result of a trial, and what stands in its place before one was run."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import charts, frames
from dashboard.outcome import TrialOutcome
from dashboard.people import PlannedPeople
from dashboard.phrases import (
    date_text,
    difference_text,
    duration,
    headline,
    percent,
    percent_range,
    promised,
)
from dashboard.trial import TrialOrder, baseline_key
from dashboard.words import language, say
from scenarios import Channel
from scheduler.rostering import coverage

SAME = 5e-4
"""Differences of shares that round to no tenth of a point are told as none."""
SAME_S = 0.5
"""Differences of waits that round to no second."""


def show_preview(planned: PlannedPeople) -> None:
    """Draw what the scenario expects and whom it has planned."""
    st.info(say("promo.next_step"))
    scenario, forecast = planned.scenario, planned.forecast
    horizon, groups = scenario.horizon, tuple(group.name for group in scenario.groups)
    channels = [kind.channel for kind in scenario.contact_types]
    shown = [channel for channel in Channel if channel in channels]
    columns = [forecast.column(kind.name) for kind in scenario.contact_types]
    of_channel = np.array([[kind is channel for channel in shown] for kind in channels], dtype=np.float64)
    per_hour = forecast.expected[:, columns] @ of_channel * (60 / horizon.interval_min)
    names = tuple(say(f"channel.{channel.value}") for channel in shown)
    drawn = (
        (say("promo.preview_demand"), say("result.contacts"), per_hour, names),
        (say("promo.preview_people"), say("result.headcount"), coverage(horizon, groups, planned.roster), groups),
    )
    for title, axis, values, labels in drawn:
        st.markdown(f"**{title}**")
        frame = frames.series_frame(horizon, values, labels)
        st.altair_chart(charts.stacked_chart(frame, title=axis, language=language()))


def show_result(outcome: TrialOutcome, order: TrialOrder, planned: PlannedPeople, title: str) -> None:
    """Draw the result: the promise that fares worst first, then everything."""
    st.subheader(say("result.title", scenario=title))
    if outcome.baseline != baseline_key(planned, outcome.replications):
        st.warning(say("result.outdated"))
    used = say("unit.and").join(_levers_used(outcome, order)) or say("result.as_planned")
    st.caption(say("result.used", levers=used, replications=outcome.replications, seed=outcome.seed))
    target, day = _choose(outcome)
    rows = frames.date_rows(outcome, target, day)
    _say_headline(outcome, rows["changed"], target, day)
    _metrics(rows)
    service, dates, people = st.tabs([say("result.tab_service"), say("result.tab_dates"), say("result.tab_groups")])
    with service:
        _service(outcome, rows["changed"], target, day)
    with dates:
        st.dataframe(_dates_table(outcome), hide_index=True)
    with people:
        _people(outcome, day)


def _choose(outcome: TrialOutcome) -> tuple[str, date]:
    """Draw the choice of promise and date; it starts with the hardest."""
    hardest_target, hardest_day = frames.hardest_date(outcome)
    targets = list(dict.fromkeys(row["target"] for row in outcome.changed.dates))
    days = sorted({date.fromisoformat(row["date"]) for row in outcome.changed.dates})
    left, right = st.columns([1, 2])
    spoken = language()
    target = left.radio(
        say("result.target"),
        targets,
        index=targets.index(hardest_target),
        horizontal=True,
        key=f"target-{outcome.baseline}",
    )
    day = right.radio(
        say("result.date"), days, index=days.index(hardest_day), horizontal=True, key=f"date-{outcome.baseline}",
        format_func=lambda one: date_text(one, spoken),
    )  # fmt: skip
    return str(target), day


def _say_headline(outcome: TrialOutcome, row: Any, target: str, day: date) -> None:
    difference = frames.difference_row(outcome, target, day)
    said = headline(row, language())
    if _moved(outcome):
        said = f"{said} {difference_text(difference, language())}"
    kept = row["share"] is None or (row["share"] >= row["promised"] and row["met"] >= row["promised_days"])
    (st.success if kept else st.error)(said)


def _metrics(rows: dict[str, Any]) -> None:
    """Draw the four figures of a promise on a date, each with what the plan as it stands gives."""
    spoken = language()
    before, after = rows["unchanged"], rows["changed"]
    within = duration(after["within_s"], spoken)
    figures = (
        (say("result.share_short", within=within), "share", True),
        (say("result.met"), "met", True),
        (say("result.abandoned"), "abandoned", False),
        (say("result.wait"), "wait_s", False),
    )
    for column, (label, key, more_is_better) in zip(st.columns(4), figures, strict=True):
        is_time = key == "wait_s"
        value = duration(after[key], spoken) if is_time else percent(after[key], spoken)
        column.metric(
            label, value, _step(before[key], after[key], is_time=is_time),
            delta_color="normal" if more_is_better else "inverse",
        )  # fmt: skip


def _step(before: float | None, after: float | None, *, is_time: bool) -> str | None:
    """Return how far a figure moved, ``None`` where it did not or is undefined on one side."""
    if before is None or after is None:
        return None
    step = after - before
    if is_time:
        return say("unit.seconds_step", value=step) if abs(step) >= SAME_S else None
    return say("unit.points", value=100 * step) if abs(step) >= SAME else None


def _service(outcome: TrialOutcome, row: Any, target: str, day: date) -> None:
    frame = frames.service_frame(outcome, target, day)
    if not _moved(outcome):
        frame = frame[frame["side"] == "unchanged"]
    within = duration(row["within_s"], language())
    st.markdown(f"**{say('result.chart', within=within)}**")
    st.altair_chart(charts.service_chart(frame, day_share=row["promised"], within=within, language=language()))
    st.markdown(f"**{say('result.volume')}**")
    st.altair_chart(charts.volume_chart(frame, language=language()))


def _dates_table(outcome: TrialOutcome) -> pd.DataFrame:
    """Return every promise on every date, both sides."""
    spoken = language()
    sides = frames.SIDES if _moved(outcome) else frames.SIDES[:1]
    table = [
        {
            say("result.date"): date_text(date.fromisoformat(row["date"]), spoken),
            say("result.target"): f"{row['target']} ({promised(row['promised'], spoken)})",
            say("result.side"): say(f"result.{side}"),
            say("result.share", within=duration(row["within_s"], spoken)): _ranged(row, "share", spoken),
            say("result.met"): percent(row["met"], spoken, digits=0),
            say("result.abandoned"): _ranged(row, "abandoned", spoken),
            say("result.wait"): duration(row["wait_s"], spoken),
            say("result.offered"): round(row["offered"]),
        }
        for side in sides
        for row in getattr(outcome, side).dates
    ]
    return pd.DataFrame(table).sort_values([say("result.date"), say("result.target")], kind="stable")


def _people(outcome: TrialOutcome, day: date) -> None:
    spoken = language()
    sides = frames.SIDES if _moved(outcome) else frames.SIDES[:1]
    table = [
        {
            say("result.group"): row["group"],
            say("result.side"): say(f"result.{side}"),
            say("result.occupancy"): _ranged(row, "occupancy", spoken),
            say("result.people_h"): round(row["work_h"], 1),
        }
        for side in sides
        for row in getattr(outcome, side).groups
    ]
    st.dataframe(pd.DataFrame(table), hide_index=True)
    first, end = frames.day_bounds(outcome, day)
    for group in dict.fromkeys(row["group"] for row in outcome.unchanged.people):
        frame = frames.people_frame(outcome, group, first, end)
        frame = frame[frame["side"].isin(sides)]
        st.markdown(f"**{say('result.people', group=group)}**")
        st.altair_chart(charts.people_chart(frame, language=spoken))


def _ranged(row: Any, key: str, spoken: str) -> str:
    return f"{percent(row[key], spoken)} ({percent_range(row[f'{key}_low'], row[f'{key}_high'], spoken)})"


def _moved(outcome: TrialOutcome) -> bool:
    """Return whether the levers changed anything at all."""
    return outcome.unchanged != outcome.changed


def _levers_used(outcome: TrialOutcome, order: TrialOrder) -> list[str]:
    """Return what was changed, in words."""
    spoken, levers = language(), order.levers
    said = []
    if levers.orders_factor != 1.0:
        said.append(say("result.lever_orders", value=percent(levers.orders_factor, spoken, digits=0)))
    for key, share in (("bot_offered", levers.bot_offered_share), ("bot_kept", levers.bot_containment_share)):
        if share is not None:
            said.append(say(f"result.lever_{key}", value=percent(share, spoken, digits=0)))
    if levers.notices_coverage == 0.0:
        said.append(say("result.lever_notices_off"))
    elif levers.notices_coverage is not None:
        said.append(say("result.lever_notices", value=percent(levers.notices_coverage, spoken, digits=0)))
    if levers.chat_cap is not None:
        said.append(say("result.lever_chat_cap", value=levers.chat_cap))
    if order.rostered_part_timers is not None:
        said.append(say("result.lever_part_timers", value=order.rostered_part_timers, all=outcome.part_timers))
    if order.extra is not None:
        said.append(say("result.lever_extra", value=order.extra.count, group=order.extra.group))
    if levers.absence_share is not None:
        said.append(say("result.lever_absence", value=percent(levers.absence_share, spoken, digits=0)))
    return said
