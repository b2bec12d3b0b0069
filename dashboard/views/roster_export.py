"""The roster as an Excel workbook to take away."""

import tempfile
from pathlib import Path

import streamlit as st

from dashboard.stock import scenario_of
from dashboard.trial import Source
from dashboard.words import guarded, language, say
from scenarios import Plan, Scenario
from scheduler.exchange import write_excel
from scheduler.store import RosterVersion

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def made_for(plan: Plan, scenario: Scenario) -> bool:
    """Return whether ``plan`` was made for exactly this scenario."""
    return dict(plan.provenance.hashes).get("scenario") == scenario.fingerprint()


def offer_excel(version: RosterVersion, plan: Plan, scenario: Scenario | None) -> None:
    """Draw the download; where the scenario is not known, ask for its file first."""
    known = scenario or _asked_for(plan)
    if known is None:
        return
    name = f"{version.scenario}-v{version.version}.xlsx"
    st.download_button(say("roster.download"), _workbook(version.id, plan, known, language()), name, EXCEL)


def _asked_for(plan: Plan) -> Scenario | None:
    st.caption(say("roster.download_needs"))
    file = st.file_uploader(say("promo.upload"), type=["toml"], key="roster-scenario", label_visibility="collapsed")
    if file is None:
        return None
    with guarded():
        scenario = scenario_of(Source(file.name, file.getvalue().decode("utf-8-sig", errors="replace")))
        if made_for(plan, scenario):
            return scenario
        st.error(say("roster.download_wrong", name=file.name))
    return None


@st.cache_data(max_entries=8, show_spinner=False)
def _workbook(
    version_id: int,  # noqa: ARG001 - part of the cache's key
    _plan: Plan,
    _scenario: Scenario,
    spoken: str,
) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "roster.xlsx"
        write_excel(_plan, _scenario, path, spoken)
        return path.read_bytes()
