"""A run in progress: how far it is, how long it will take, and a way to stop it."""

import streamlit as st

from dashboard import jobs
from dashboard.stock import store
from dashboard.words import say

POLL_S = 1.0
"""How often the page looks at the run."""
LONG_S = 90
"""Times from here on are told in minutes."""


@st.fragment(run_every=POLL_S)
def show_job(job_id: str) -> None:
    """Draw the progress of a job, again every second until it ends; then the whole page."""
    job = jobs.look(store(), job_id)
    if job is None or job.state.ended:
        st.rerun()
    st.subheader(say("job.running"))
    share = job.done / job.total if job.total else 0.0
    st.progress(min(1.0, share), text=_told(job.done, job.total, jobs.seconds_left(job)))
    st.caption(say("job.goes_on"))
    if job.cancel_requested:
        st.warning(say("job.cancelling"))
    else:
        st.button(say("job.cancel"), on_click=store().jobs.request_cancel, args=(job_id,), key="cancel")


def _told(done: int, total: int, seconds: float | None) -> str:
    if not total:
        return say("job.stage_prepare")
    if seconds is None:
        left = say("job.time_left_unknown")
    elif seconds >= LONG_S:
        left = say("job.time_left_minutes", minutes=seconds / 60)
    else:
        left = say("job.time_left", seconds=seconds)
    return f"{say('job.stage_simulate', done=done, total=total)} · {left}"
