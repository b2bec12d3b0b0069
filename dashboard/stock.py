"""What the pages keep between reruns: the open store, and plans and people that are costly to read or derive."""

import streamlit as st

from dashboard.people import PlannedPeople
from dashboard.settings import store_address
from dashboard.trial import Source, planned_people
from forecasting import Snapshot
from scenarios import Forecast, Plan, Scenario
from scheduler.store import RosterVersion, Store, open_store

KEPT = 16
"""Entries a cache holds before the oldest goes: a scenario of 1,000 people takes a few MB."""


def store() -> Store:
    """Return the store the pages show, opened once per address."""
    return _opened(store_address())


@st.cache_resource(show_spinner=False)
def _opened(address: str) -> Store:
    return open_store(address)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def scenario_of(source: Source) -> Scenario:
    """Return the scenario of a source; its text, or its name in the library, is the key."""
    return source.load()


def people_of(scenario: Scenario) -> PlannedPeople:
    """Return who is planned for ``scenario``; a new version in the store is seen at once."""
    versions = tuple((row.id, row.state.value) for row in store().rosters.versions(scenario.name))
    return _people(store_address(), scenario.fingerprint(), versions, scenario)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _people(
    address: str,  # noqa: ARG001 - part of the cache's key
    fingerprint: str,  # noqa: ARG001 - part of the cache's key
    versions: tuple[tuple[int, str], ...],  # noqa: ARG001 - part of the cache's key
    _scenario: Scenario,
) -> PlannedPeople:
    return planned_people(_scenario, store())


def snapshot_of(forecast_id: int) -> Snapshot:
    """Return a forecast as it was given out; it never changes."""
    return _snapshot(store_address(), forecast_id)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _snapshot(
    address: str,  # noqa: ARG001 - part of the cache's key
    forecast_id: int,
) -> Snapshot:
    return store().forecasts.snapshot(forecast_id)


def plan_of(version: RosterVersion) -> tuple[Plan, Forecast | None]:
    """Return the plan of a version and the forecast kept with it; neither ever changes."""
    return _plan(store_address(), version.id)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _plan(
    address: str,  # noqa: ARG001 - part of the cache's key
    version_id: int,
) -> tuple[Plan, Forecast | None]:
    shelf = store().rosters
    return shelf.plan(version_id), shelf.forecast(version_id)
