"""The rules of platforms about replies, as data: what is timed, in which window, and what counts how."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np

from scenarios import (
    NOBODY,
    US_PER_MIN,
    US_PER_S,
    Channel,
    ContactLog,
    Outcome,
    PlanningError,
    Scenario,
    clock_to_min,
)
from scenarios.checks import BoolArray, FloatArray, IntArray, require_not_negative, require_positive
from scenarios.shape import FileShape
from scenarios.text import current_language
from sim.measures.estimates import RATIO_OF_SUMS
from sim.measures.kpis import LARGEST
from sim.measures.protocol import Cases, Logs
from sim.packs.timing import MIN_PER_DAY, clock_min, interval_of, replies_of, sessions_of


class Clock(StrEnum):
    """What is timed."""

    FIRST_REPLY = "first_reply"  # from the start of a session to its first reply; a ticket: until it is begun
    REPLY = "reply"  # from every message to its reply
    QUEUE = "queue"  # from the start until an agent takes it
    FINISH = "finish"  # from the start to the end
    GIVE_UP = "give_up"  # from the start until the buyer gives up; the others do not count


class Statistic(StrEnum):
    """What is made of the times."""

    SHARE_WITHIN = "share_within"
    SHARE_OVER = "share_over"
    MEAN = "mean"
    LONGEST = "longest"
    SHARE_ANSWERED = "share_answered"
    SHARE_WAITING = "share_waiting"  # waited at all
    SHARE_OUTSIDE = "share_outside"  # began outside the window, or while the service was closed


@dataclass(frozen=True, slots=True)
class Title(FileShape):
    """A name in both languages."""

    en: str
    zh: str

    def said(self, language: str | None = None) -> str:
        """Return it in ``language``, ``None`` for the one in use."""
        return self.zh if (language or current_language()) == "zh" else self.en


@dataclass(frozen=True, slots=True)
class PackRule(FileShape):
    """One measure of a platform.

    Parameters
    ----------
    within_s
        Limit, included, of ``share_within`` and ``share_over``.
    cap_s
        Nothing longer counts; of a mean also what stands for no reply at all.
    unanswered_count
        Whether what was never answered counts: as late, or in a mean as the cap.
    window
        Local clocks (from, to) between which a session or message must begin.
    period_days
        Only the last so many days of the horizon; ``None`` for all.
    repeats_join
        A question repeated before the answer is one question with the first time stamp; otherwise each counts.
    same_session_within_s
        Who returns so soon after the end is still in the same session.
    open_hours_only
        What begins while the service is closed does not count.
    exempt_topics
        Topics that do not count, such as malicious orders.
    exempt_dates
        Spans of local dates, both ends included, that do not count.
    title
        Its name; ``None`` where the catalogue has it.
    """

    key: str
    clock: Clock
    statistic: Statistic
    channel: Channel = Channel.CHAT
    within_s: float | None = None
    cap_s: float | None = None
    unanswered_count: bool = True
    window: tuple[str, str] = ("00:00", "24:00")
    period_days: int | None = None
    repeats_join: bool = True
    same_session_within_s: float = 0.0
    open_hours_only: bool = False
    exempt_topics: tuple[str, ...] = ()
    exempt_dates: tuple[tuple[date, date], ...] = ()
    title: Title | None = None

    def __post_init__(self) -> None:
        thing = f"PackRule({self.key})"
        needed = {
            "within_s": self.statistic in (Statistic.SHARE_WITHIN, Statistic.SHARE_OVER),
            "cap_s": self.statistic is Statistic.MEAN and self.unanswered_count,
            "period_days": False,
        }
        for field, is_needed in needed.items():
            value = getattr(self, field)
            if value is None and is_needed:
                raise PlanningError("pack_incomplete", thing=thing, field=field, value=value, statistic=self.statistic)
            if value is not None:
                require_positive(thing, field, value)
        require_not_negative(thing, "same_session_within_s", self.same_session_within_s)
        start, end = map(clock_to_min, self.window)
        if not 0 <= start < end <= MIN_PER_DAY:
            raise PlanningError(
                "span_inverted", thing=thing, field="window", value=self.window[1], start=self.window[0]
            )

    @property
    def unit(self) -> str:
        """``"s"`` for times, ``"share"`` for the rest."""
        return "s" if self.statistic in (Statistic.MEAN, Statistic.LONGEST) else "share"

    @property
    def estimator(self) -> str:
        """How cases become one number."""
        return LARGEST if self.statistic is Statistic.LONGEST else RATIO_OF_SUMS

    def cases(self, logs: Logs, scenario: Scenario) -> Cases:
        """Return what it counts in one run."""
        log = logs.log
        kinds = scenario.contact_types
        concerned = np.array([k.channel is self.channel and k.topic not in self.exempt_topics for k in kinds])
        entries = np.flatnonzero(concerned[log.contact_type] & (log.outcome != Outcome.BOT))
        session = sessions_of(log, entries, round(self.same_session_within_s * US_PER_S))
        if self.clock is Clock.REPLY:
            start_us, took_us, of_entry = replies_of(logs.messages, session, join=self.repeats_join)
        else:
            start_us, took_us, of_entry = self._times(log, entries, session)
        kept = self._kept(start_us, scenario)
        if self.clock is Clock.GIVE_UP or not self.unanswered_count:
            kept &= took_us != NOBODY
        numerator = self._numerator(start_us[kept], took_us[kept], scenario)
        contact_type = log.contact_type[of_entry[kept]]
        return Cases(start_us[kept], contact_type, numerator, np.ones(len(numerator)))

    def _times(self, log: ContactLog, entries: IntArray, session: IntArray) -> tuple[IntArray, IntArray, IntArray]:
        """Return start, time (``NOBODY`` for never) and log row of every session, or of every entry."""
        if self.clock is Clock.FIRST_REPLY:
            ordered = entries[np.lexsort((log.offered_us[entries], session[entries]))]
            _, first = np.unique(session[ordered], return_index=True)
            answered = np.where(log.answered_us == NOBODY, np.iinfo(np.int64).max, log.answered_us)
            start_us, rows = log.offered_us[ordered[first]], ordered[first]
            end_us = np.minimum.reduceat(answered[ordered], first) if len(first) else start_us
            never = end_us == np.iinfo(np.int64).max
        else:
            rows, start_us = entries, log.offered_us[entries]
            end_us = (log.taken_us if self.clock is Clock.QUEUE else log.ended_us)[entries]
            counted = {Clock.FINISH: Outcome.ANSWERED, Clock.GIVE_UP: Outcome.ABANDONED}.get(self.clock)
            never = end_us == NOBODY if counted is None else (log.outcome[entries] != counted) | (end_us == NOBODY)
        return start_us, np.where(never, NOBODY, end_us - start_us), rows

    def _kept(self, start_us: IntArray, scenario: Scenario) -> BoolArray:
        horizon = scenario.horizon
        kept = np.ones(len(start_us), dtype=np.bool_)
        if self.statistic is not Statistic.SHARE_OUTSIDE:
            kept &= self._in_window(start_us, scenario)
        if self.period_days is not None:
            kept &= start_us >= horizon.end_us - self.period_days * MIN_PER_DAY * US_PER_MIN
        for first, last in self.exempt_dates:
            span = horizon.us_at(first, 0), horizon.us_at(last, MIN_PER_DAY)
            kept &= (start_us < span[0]) | (start_us >= span[1])
        return kept

    def _in_window(self, start_us: IntArray, scenario: Scenario) -> BoolArray:
        horizon = scenario.horizon
        clock = clock_min(horizon, start_us)
        start, end = map(clock_to_min, self.window)
        within: BoolArray = (clock >= start) & (clock < end)
        return within & horizon.open_intervals()[interval_of(horizon, start_us)] if self.open_hours_only else within

    def _numerator(self, start_us: IntArray, took_us: IntArray, scenario: Scenario) -> FloatArray:
        never, took_s = took_us == NOBODY, took_us / US_PER_S
        match self.statistic:
            case Statistic.SHARE_WITHIN:
                found = ~never & (took_s <= (self.within_s or 0.0))
            case Statistic.SHARE_OVER:
                found = never | (took_s > (self.within_s or 0.0))
            case Statistic.SHARE_ANSWERED:
                found = ~never
            case Statistic.SHARE_WAITING:
                found = never | (took_us > 0)
            case Statistic.SHARE_OUTSIDE:
                found = ~self._in_window(start_us, scenario)
            case _:
                capped = took_s if self.cap_s is None else np.minimum(took_s, self.cap_s)
                found = np.where(never, self.cap_s or 0.0, capped)
        numerator: FloatArray = found.astype(np.float64)
        return numerator
