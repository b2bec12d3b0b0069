"""The page "roster": who works when, does it cover what is needed, and what the proof says of it."""

import html

import streamlit as st

from dashboard import charts, frames
from dashboard.outcome import US_PER_H
from dashboard.phrases import date_text, percent, phrase, reason_text
from dashboard.stock import plan_of, scenario_of, store
from dashboard.trial import Source
from dashboard.views.roster_export import made_for, offer_excel
from dashboard.views.roster_verdict import show_breaches, show_verdict, verdict_line
from dashboard.words import guarded, language, say
from scenarios import Plan, PlanningError, Roster, Scenario, library_names, title_of
from scheduler.staffing import with_absence
from scheduler.store import RosterState, RosterVersion

GROUP_TINTS = ("#d0ebf0", "#ffe3cc", "#e5dbff", "#d3f0d8", "#ffdce8", "#d0e4f7", "#f3e8c8", "#e9ecef")
"""Pale backgrounds on which black text keeps a contrast above 12, in the order of the groups."""
GRID_HEIGHT = 560


def show() -> None:
    """Draw the page."""
    st.title(say("roster.title"))
    versions = store().rosters.versions()
    if not versions:
        st.info(f"**{say('roster.empty')}** {say('roster.empty_next')}")
        return
    ordered = sorted(versions, key=lambda row: row.state is not RosterState.PUBLISHED)
    spoken = language()
    version = st.selectbox(say("roster.version"), ordered, format_func=lambda row: _label(row, spoken), key="version")
    with guarded():
        _show_version(version)


def _show_version(version: RosterVersion) -> None:
    plan, _ = plan_of(version)
    scenario = _scenario_of(version, plan)
    roster = plan.outcome.roster
    if roster is None:
        st.error(say("roster.no_roster", status=say(f"roster.status_{plan.outcome.status.value}")))
        st.write(say("roster.no_roster_next"))
        _reasons(plan)
        return
    verdict_line(plan)
    _figures(plan, roster)
    names = ("grid", "coverage", "verdict", "short", "rules")
    grid, cover, verdict, short, rules = st.tabs([say(f"roster.tab_{name}") for name in names])
    with grid:
        _grid(plan, roster)
        offer_excel(version, plan, scenario)
    with cover:
        _coverage(plan, roster, scenario, f"coverage-{version.id}")
    with verdict:
        show_verdict(plan, scenario)
    with short:
        _short(plan)
        _reasons(plan)
    with rules:
        show_breaches(plan)


def _figures(plan: Plan, roster: Roster) -> None:
    outcome = plan.outcome
    hours = sum(row.paid_us for row in roster.assignments) / US_PER_H
    short_h = float(outcome.shortfall.sum()) * plan.requirement.horizon.interval_min / 60
    figures = [
        (say("roster.people"), f"{len(roster.agents):,}"),
        (say("roster.shifts"), f"{len(roster.assignments):,}"),
        (say("roster.paid_hours"), f"{hours:,.0f}"),
        (say("roster.gap"), percent(outcome.gap, language())),
        (say("roster.short_hours"), f"{short_h:,.1f}"),
        (say("roster.days_simulated"), f"{plan.report.replications:,}" if plan.report else say("unit.none")),
    ]
    for column, (label, value) in zip(st.columns(len(figures)), figures, strict=True):
        column.metric(label, value)


def _grid(plan: Plan, roster: Roster) -> None:
    text, groups = frames.grid_frame(plan, roster, language())
    names = plan.requirement.groups
    tints = {name: GROUP_TINTS[number % len(GROUP_TINTS)] for number, name in enumerate(names)}
    text.insert(0, say("roster.hours"), frames.paid_hours(roster).round(1))
    css = groups.map(lambda name: f"background-color: {tints[name]}" if name else "")
    styled = text.style.apply(lambda _: css.reindex(columns=text.columns, fill_value=""), axis=None)
    styled = styled.format(precision=1)
    patches = " ".join(
        f"<span style='background-color: {tints[name]}; padding: 0 .6em'>{html.escape(name)}</span>" for name in names
    )
    st.caption(f"{say('roster.grid_help')} {patches}", unsafe_allow_html=True)
    st.dataframe(styled, height=min(GRID_HEIGHT, 40 + 35 * len(text)))


def _coverage(plan: Plan, roster: Roster, scenario: Scenario | None, key: str) -> None:
    horizon = plan.requirement.horizon
    dates = [day.date for day in horizon.days]
    days = [None, *dates] if len(dates) > 1 else dates
    spoken, whole = language(), say("roster.all_dates")
    chosen = st.radio(
        say("roster.date"), days, horizontal=True, key=key,
        format_func=lambda day: whole if day is None else date_text(day, spoken),
    )  # fmt: skip
    requirement = plan.requirement if scenario is None else with_absence(scenario, plan.requirement)
    for group in requirement.groups:
        frame = frames.coverage_frame(requirement, roster, group, chosen)
        st.markdown(f"**{say('roster.coverage_title', group=group)}**")
        st.altair_chart(charts.coverage_chart(frame, language=language()))
    st.caption(say("roster.coverage_note" if scenario is None else "roster.coverage_note_absence"))


def _short(plan: Plan) -> None:
    frame = frames.short_frame(plan, language())
    if frame.empty:
        st.success(say("roster.nobody_short"))
        return
    st.write(say("roster.short_total", hours=float(frame["hours"].sum())))
    labels = {"from": "short_from", "to": "short_to", "group": "short_group", "most": "short_most",
              "hours": "short_hours_row"}  # fmt: skip
    shown = frame.round(1).rename(columns={key: say(f"roster.{label}") for key, label in labels.items()})
    st.dataframe(shown, hide_index=True)


def _reasons(plan: Plan) -> None:
    for key, reasons in (("reasons", plan.outcome.reasons), ("notes", plan.notes)):
        if reasons:
            st.markdown(f"**{say(f'roster.{key}')}**")
            st.markdown("\n".join(f"- {reason_text(reason, language())}" for reason in reasons))


def _label(version: RosterVersion, spoken: str) -> str:
    state = phrase(f"roster.state_{version.state.value}", spoken)
    known = version.scenario in library_names()
    title = title_of(version.scenario, spoken) if known else version.scenario
    return phrase("roster.version_label", spoken, scenario=title, version=version.version, state=state)


def _scenario_of(version: RosterVersion, plan: Plan) -> Scenario | None:
    """Return the library's scenario the roster was made for, ``None`` when it has another file or has changed."""
    if version.scenario not in library_names():
        return None
    try:
        scenario = scenario_of(Source(version.scenario))
    except PlanningError:
        return None
    return scenario if made_for(plan, scenario) else None
