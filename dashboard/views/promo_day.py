"""The page "test a promo day": levers in, service level with its band out."""

import streamlit as st

from dashboard import jobs
from dashboard.outcome import TrialOutcome
from dashboard.people import PlannedPeople
from dashboard.phrases import facts_text, phrase
from dashboard.stock import people_of, scenario_of, store
from dashboard.trial import KIND, Source, TrialOrder
from dashboard.views.job_panel import show_job
from dashboard.views.lever_form import lever_form
from dashboard.views.trial_result import show_preview, show_result
from dashboard.words import guarded, language, say
from scenarios import library_names, title_of
from scheduler.store import Job, JobState, RosterState

JOB_QUERY = "job"
"""Where the address names the run the page shows, so that a refresh or a shared link finds it."""
FIRST_SCENARIO = "double11_x10"
"""Shown before anything was tried, where the library holds it: the night this page was made for."""
_OWN = "own file"


def show() -> None:
    """Draw the page."""
    st.title(say("promo.title"))
    st.caption(say("promo.lead"))
    job = _current_job()
    if job is not None:
        st.query_params[JOB_QUERY] = job.id  # from here on a rerun need not search for it
    source = _choose_source(job)
    if source is None:
        st.info(say("promo.upload_first"))
        return
    with guarded():
        _show_trial(source, job)


def _show_trial(source: Source, job: Job | None) -> None:
    scenario = scenario_of(source)
    planned = people_of(scenario)
    st.markdown(facts_text(scenario, language()))
    st.markdown(_people_text(planned))
    mine = job if job is not None and _source_of(job) == source else None
    running = mine is not None and not mine.state.ended
    left, right = st.columns([1, 2.2], gap="medium")
    with left:
        begin = TrialOrder(source) if mine is None else TrialOrder.from_parameters(mine.parameters)
        order = lever_form(begin, planned, disabled=running)
    if order is not None:
        _start(order)
    with right:
        _show_side(mine, planned)


def _show_side(job: Job | None, planned: PlannedPeople) -> None:
    """Draw the run in progress, its result, or what the scenario expects before anything was run."""
    if job is not None and not job.state.ended:
        show_job(job.id)
        return
    if job is not None and job.state is JobState.DONE:
        order = TrialOrder.from_parameters(job.parameters)
        title = title_of(order.source.name, language()) if order.source.toml is None else order.source.name
        show_result(TrialOutcome.from_json(job.result), order, planned, title)
        return
    if job is not None and job.state is JobState.FAILED:
        st.error(say("job.failed", reason=jobs.reason(job, language())))
    if job is not None and job.state is JobState.CANCELLED:
        st.warning(say("job.cancelled"))
    show_preview(planned)


def _start(order: TrialOrder) -> None:
    job = jobs.start_job(store(), KIND, order.parameters())
    st.query_params[JOB_QUERY] = job.id
    st.rerun()


def _current_job() -> Job | None:
    """Return the run the address names, else one that goes on or was the last."""
    named = st.query_params.get(JOB_QUERY)
    job = jobs.look(store(), named) if named else None
    if job is None or job.kind != KIND:
        job = jobs.latest(store(), KIND)
    return job


def _source_of(job: Job) -> Source:
    return Source(**job.parameters["source"])


def _choose_source(job: Job | None) -> Source | None:
    """Draw the choice of scenario; a run found again chooses its own."""
    names = library_names()
    options = [*names, _OWN]
    shown = _source_of(job) if job is not None else None
    first = FIRST_SCENARIO if FIRST_SCENARIO in names else options[0]
    if shown is not None:
        first = shown.name if shown.toml is None and shown.name in names else _OWN
    spoken = language()
    choice = st.selectbox(
        say("promo.scenario"),
        options,
        index=options.index(first),
        key="scenario",
        format_func=lambda name: _title(name, spoken),
    )
    if choice != _OWN:
        return Source(choice)
    file = st.file_uploader(say("promo.upload"), type=["toml"], help=say("promo.upload_help"))
    if file is not None:
        return Source(file.name, file.getvalue().decode("utf-8-sig", errors="replace"))
    return shown if shown is not None and shown.toml is not None else None


def _title(name: str, spoken: str) -> str:
    return phrase("promo.own_file", spoken) if name == _OWN else title_of(name, spoken)


def _people_text(planned: PlannedPeople) -> str:
    version, people = planned.version, len(planned.roster.agents)
    if version is None:
        return say("promo.people_derived", people=people)
    key = "promo.people_published" if version.state is RosterState.PUBLISHED else "promo.people_draft"
    return say(key, version=version.version, people=people)
