"""When sessions and questions begin and how long they wait, read from logs of any origin."""

import numpy as np
from numba import njit

from scenarios import NOBODY, US_PER_MIN, ContactLog, Horizon, MessageLog
from scenarios.checks import BoolArray, FloatArray, IntArray

MIN_PER_DAY = 24 * 60


def clock_min(horizon: Horizon, times_us: IntArray) -> FloatArray:
    """Return the local clock of moments in minutes after midnight; past the horizon the clock just goes on."""
    place = interval_of(horizon, times_us)
    starts = np.array([local.hour * 60 + local.minute for local in horizon.interval_starts()], dtype=np.int64)
    into_us = times_us - place * horizon.interval_us
    clock: FloatArray = (starts[place] * US_PER_MIN + into_us) % (MIN_PER_DAY * US_PER_MIN) / US_PER_MIN
    return clock


def interval_of(horizon: Horizon, times_us: IntArray) -> IntArray:
    """Return the interval of each moment, the first or last where it lies outside the horizon."""
    return np.clip(times_us // horizon.interval_us, 0, horizon.intervals - 1)


def sessions_of(log: ContactLog, entries: IntArray, apart_us: int) -> IntArray:
    """Return (L,) the session of each chosen log row; attempts of one matter so close to each other are one session."""
    ordered = entries[np.lexsort((log.offered_us[entries], log.root[entries]))]
    ended = log.ended_us[ordered]
    returns = np.zeros(len(ordered), dtype=np.bool_)
    if apart_us:
        alike = log.root[ordered[1:]] == log.root[ordered[:-1]]
        returns[1:] = alike & (ended[:-1] != NOBODY) & (log.offered_us[ordered[1:]] - ended[:-1] <= apart_us)
    session = np.full(len(log), NOBODY, dtype=np.int64)
    session[ordered] = np.cumsum(~returns) - 1
    return session


def replies_of(messages: MessageLog, session: IntArray, *, join: bool) -> tuple[IntArray, IntArray, IntArray]:
    """Return start, time to the reply (``NOBODY`` for none) and log row of every question of the chosen sessions."""
    chosen = np.flatnonzero(session[messages.entry] != NOBODY)
    owner = session[messages.entry[chosen]]
    chosen = chosen[np.lexsort((messages.asked_us[chosen], owner))]
    asked, replied, entry = messages.asked_us[chosen], messages.replied_us[chosen].copy(), messages.entry[chosen]
    if join:
        first = _first_stamps(session[entry], entry, asked, replied)
        asked, replied, entry = asked[first], replied[first], entry[first]
    return asked, np.where(replied == NOBODY, NOBODY, replied - asked), entry


@njit(cache=True, nogil=True)
def _first_stamps(session: IntArray, entry: IntArray, asked: IntArray, replied: IntArray) -> BoolArray:
    """Return which messages open a question; ``replied`` becomes the first reply to the question they open.

    A message written before the question before it was replied to belongs to that question, as long as the same agent
    has it: what is handed on unreplied stays without a reply.
    """
    first = np.ones(len(asked), dtype=np.bool_)
    opener = 0
    for row in range(1, len(asked)):
        waits = replied[opener] == NOBODY or asked[row] < replied[opener]
        if session[row] == session[opener] and entry[row] == entry[opener] and waits:
            first[row] = False
            if replied[opener] == NOBODY:
                replied[opener] = replied[row]
        else:
            opener = row
    return first
