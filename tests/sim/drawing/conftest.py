"""A floor on which everything can follow, and the drawing code without its compiler."""

import importlib
import sys
from types import SimpleNamespace

import numba
import numpy as np
import pytest

from scenarios import (
    BotStage,
    Channel,
    FollowUp,
    FollowUpKind,
    Group,
    Law,
    LawKind,
    LeaveMessage,
    LongThink,
    Messages,
    Missorted,
    Redial,
    Route,
    RouteStep,
    Serve,
)
from sim import draw_trace

MINUTE = Law(LawKind.EXPONENTIAL, 60.0)
_DRAWING = ("sim.drawing.draws", "sim.drawing.sampling", "sim.drawing")


def each_alone(kinds):
    """A group and a route for every type."""
    return (
        tuple(Group(kind.name, (), (Serve(kind.name),)) for kind in kinds),
        tuple(Route(kind.name, (RouteStep(kind.name),)) for kind in kinds),
    )


@pytest.fixture(scope="session", name="each_alone")
def _each_alone():
    return each_alone


@pytest.fixture(scope="session")
def everything(scenario, kind):
    """Calls, chats by messages and by slots, tickets; every way a contact can take."""
    often = Law(LawKind.GAMMA, 40.0, 0.7)
    session = Messages(4.0, Law(LawKind.LOGNORMAL, 10.0, 0.8), Law(LawKind.GAMMA, 30.0, 1.3), MINUTE, 60.0,
                       LongThink.REOPENS)  # fmt: skip
    again = FollowUp(FollowUpKind.RECONTACT, 0.2, "", Law(LawKind.GAMMA, 900.0, 0.5), by_tenure=True)
    up = FollowUp(FollowUpKind.ESCALATION, 0.15, "senior")
    moved = FollowUp(FollowUpKind.TRANSFER, 0.2, "second", by_tenure=True)
    away = FollowUp(FollowUpKind.DEPARTMENT, 0.3, "", Law(LawKind.LOGNORMAL, 3600.0))
    left = FollowUp(FollowUpKind.TICKET, 0.1, "mail")
    redial, message = Redial(0.5, MINUTE, 2), LeaveMessage(0.6, "mail")
    kinds = (
        kind("call", patience_s=often, redial=redial, message=message, follow_ups=(up, left, again)),
        kind("chat", Channel.CHAT, work_s=Law(LawKind.LOGNORMAL, session.work_mean_s), patience_s=MINUTE,
             messages=session, bot=BotStage(0.7, 0.4, 45.0), redial=redial, follow_ups=(left, moved, again),
             missorted=Missorted(0.3, "second", MINUTE)),
        kind("second", Channel.CHAT, work_s=Law(LawKind.LOGNORMAL, session.work_mean_s), message=message,
             messages=Messages(4.0, session.first_reply_work_s, session.reply_work_s, MINUTE, 60.0),
             follow_ups=(FollowUp(FollowUpKind.TRANSFER, 0.4, "web"),)),
        kind("web", Channel.CHAT, work_s=Law(LawKind.GAMMA, 200.0, 1.2), patience_s=Law(LawKind.CONSTANT, 60.0)),
        kind("mail", Channel.TICKET, follow_ups=(away,), bot=BotStage(0.5, 0.5, 600.0)),
        kind("senior", work_s=Law(LawKind.CONSTANT, 400.0)),
    )  # fmt: skip
    return scenario(kinds, *each_alone(kinds), attempts_max=5)


@pytest.fixture(scope="session")
def uncompiled():
    """``sim.drawing.sampling`` and ``sim.drawing.draws`` as plain Python, loaded beside the compiled ones."""
    kept = {name: module for name, module in sys.modules.items() if name.startswith(_DRAWING)}
    package = sys.modules["sim"]
    drawing = package.drawing
    compiler_off = numba.config.DISABLE_JIT
    try:
        for name in kept:
            del sys.modules[name]
        numba.config.DISABLE_JIT = 1
        sampling = importlib.import_module("sim.drawing.sampling")
        return SimpleNamespace(draw_trace=sampling.draw_trace, draws=sys.modules["sim.drawing.draws"])
    finally:
        numba.config.DISABLE_JIT = compiler_off
        for name in [name for name in sys.modules if name.startswith(_DRAWING)]:
            del sys.modules[name]
        sys.modules.update(kept)
        package.drawing = drawing


@pytest.fixture
def drawn_of(scenario, forecast):
    """Draw a day of some contacts of the first type; the others are only led to."""

    def make(*kinds, per_interval=100.0, work_s=300.0, **more):
        floor = scenario(kinds, *each_alone(kinds), **more)
        volume = np.array([per_interval, *[0.0] * (len(kinds) - 1)])
        return draw_trace(floor, forecast(floor, volume, work_s), seed=1, replication=0, purpose="test")

    return make


@pytest.fixture
def chat(kind):
    """A chat by messages: five rounds in the mean, replies of 20 s, unless told otherwise."""

    def make(name="chat", *, rounds=5.0, silence=120.0, long_think=LongThink.STAYS, think=MINUTE, **more):
        reply = Law(LawKind.EXPONENTIAL, 20.0)
        messages = Messages(rounds, Law(LawKind.EXPONENTIAL, 8.0), reply, think, silence, long_think)
        return kind(name, Channel.CHAT, work_s=Law(LawKind.LOGNORMAL, messages.work_mean_s), messages=messages, **more)

    return make
