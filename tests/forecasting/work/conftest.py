"""Handling times whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from forecasting.events.timeline import epoch_us, timeline
from forecasting.work.cells import cells_of
from forecasting.work.model import fit_work
from scenarios import Channel, ContactType, Law, LawKind, Messages, check_history

ZONE = "Asia/Shanghai"


@pytest.fixture(scope="session")
def call():
    return ContactType("call", Channel.VOICE, Law(LawKind.EXPONENTIAL, 200.0))


@pytest.fixture(scope="session")
def chat():
    """Sessions of five rounds: 8 s for the first reply, 30 s for each later one."""
    laws = [Law(LawKind.EXPONENTIAL, mean_s) for mean_s in (8.0, 30.0, 40.0)]
    return ContactType("chat", Channel.CHAT, Law(LawKind.EXPONENTIAL, 128.0), messages=Messages(5.0, *laws))


@pytest.fixture(scope="session")
def measured_days():
    """Make a history with ``contacts`` in every half hour from 8 to 22; ``truth`` of an instant, in ``column``.

    ``seed`` draws every interval's mean around the truth as that of so many exponential works; none: exact.
    """

    def make(truth, *, days=84, contacts=20.0, column="aht_s", seed=None, contact_type="call", **more):
        start = pd.date_range("2026-03-02", periods=days * 48, freq="30min", tz=ZONE)
        start = start[(start.hour >= 8) & (start.hour < 22)]
        mean = np.array([truth(moment) for moment in start])
        if seed is not None:
            mean = mean * np.random.default_rng(seed).standard_gamma(np.full(len(mean), contacts)) / contacts
        table = {"interval_start": start, "contact_type": contact_type, "offered": contacts, column: mean, **more}
        return check_history(pd.DataFrame(table))

    return make


@pytest.fixture(scope="session")
def fit():
    """Fit a column of a history, promotions being known."""

    def make(history, events=(), column="aht_s"):
        return fit_work(cells_of(history, history[column].to_numpy(dtype=float), ZONE), timeline(events))

    return make


@pytest.fixture(scope="session")
def ahead():
    """Say what a model expects at local moments."""

    def make(model, *moments, events=()):
        starts = [epoch_us(pd.Timestamp(moment, tz=ZONE).to_pydatetime()) for moment in moments]
        return model.ahead(np.array(starts, dtype=np.int64), ZONE, timeline(events))

    return make
