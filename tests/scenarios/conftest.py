"""A small shop to change one thing of, and the check that an error can be acted on in both languages."""

from contextlib import contextmanager
from datetime import date

import pytest

from scenarios import (
    Agent,
    Channel,
    ContactType,
    Contract,
    Group,
    Horizon,
    Hours,
    Law,
    LawKind,
    Opening,
    PlanningError,
    Profile,
    Route,
    RouteStep,
    Scenario,
    Serve,
    ServiceTarget,
    ShiftTemplate,
)
from scenarios.text import LANGUAGES


@pytest.fixture(scope="session")
def refused():
    """Context: the block must raise this key, and its message must be one whole line in both languages."""

    @contextmanager
    def expect(key, place=None):
        with pytest.raises(PlanningError) as caught:
            yield caught
        error = caught.value
        assert error.key == key, error
        for language in LANGUAGES:
            message = error.message(language)
            assert "\n" not in message
        if place is not None:
            assert error.place.startswith(place), error.place

    return expect


@pytest.fixture(scope="session")
def make_horizon():
    """A horizon of some dates in Shanghai, open 09:00-21:00 on a grid of 30 min, unless told otherwise."""

    def make(first=date(2026, 11, 9), dates=3, interval_min=30, zone="Asia/Shanghai", hours=(540, 1260), exceptions=()):
        weekly = (Hours(*hours) if hours else None,) * 7
        special = tuple((day, Hours(*span) if span else None) for day, span in exceptions)
        return Horizon(first, dates, interval_min, zone, Opening(weekly, special))

    return make


@pytest.fixture(scope="session")
def make_scenario(make_horizon):
    """A shop with a call type, a chat type and a mail type, one group, one contract and two people."""

    def make(**changes):
        call = ContactType(
            "call", Channel.VOICE, Law(LawKind.EXPONENTIAL, 180.0), contacts_per_day=240.0, profile="day"
        )
        chat = ContactType("chat", Channel.CHAT, Law(LawKind.EXPONENTIAL, 240.0), contacts_per_day=120.0)
        mail = ContactType(
            "mail", Channel.TICKET, Law(LawKind.CONSTANT, 300.0), due_within_s=3600.0, contacts_per_day=48.0
        )
        kinds = (call, chat, mail)
        facts = {
            "name": "small",
            "horizon": make_horizon(),
            "contact_types": kinds,
            "groups": (Group("desk", ("talk",), tuple(Serve(kind.name) for kind in kinds)),),
            "routes": tuple(Route(kind.name, (RouteStep("desk"),)) for kind in kinds),
            "targets": (ServiceTarget("phone", ("call",)),),
            "contracts": (Contract("full", ("long",), week_paid_h_max=44.0, cost_per_paid_h_yuan=38.0),),
            "shift_templates": (ShiftTemplate("long", 540, 480, 720),),
            "agents": (Agent("Chen", "full", ("talk",)), Agent("Wang", "full", ("talk",), tenure_factor=1.2)),
            "profiles": (Profile("day", (1.0,) * 12 + (2.0,) * 12),),
        }
        return Scenario(**facts | changes)

    return make


@pytest.fixture(scope="session")
def attempt():
    """What a call gives, and the error of ours it was refused with: one of the two is ``None``."""

    def call(work):
        try:
            return work(), None
        except PlanningError as error:
            return None, error

    return call


@pytest.fixture
def write_file(tmp_path):
    """Write a file beside the test, some text of it replaced; its path."""

    def write(name, old, new, text):
        assert old in text
        path = tmp_path / name
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return path

    return write
