"""The work content of a contact type on a horizon: work, rounds of a session, and how sure its level is."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from forecasting.events.timeline import Stretch, timeline
from forecasting.work.cells import cells_of
from forecasting.work.model import WorkModel, fit_work
from scenarios import ContactType, PromoEvent, measured, measured_work_s
from scenarios.checks import FloatArray, IntArray


@dataclass(frozen=True, slots=True)
class WorkContent:
    """What is expected of the work of one contact type in T intervals.

    Parameters
    ----------
    work_s
        (T,) mean work of a contact in seconds.
    rounds
        (T,) mean rounds of a session, >= 1; ``nan`` where they were not measured.
    work_cv
        (T,) coefficient of variation of the mean work of the interval's day about ``work_s``; ``nan`` where no work was
        measured.
    """

    work_s: FloatArray
    rounds: FloatArray
    work_cv: FloatArray

    @property
    def work_per_message_s(self) -> FloatArray:
        """(T,) mean work of a reply in seconds; ``nan`` where rounds were not measured."""
        return self.work_s / self.rounds


def work_content(
    history: pd.DataFrame,
    kind: ContactType,
    start_us: IntArray,
    *,
    zone: str,
    past: Sequence[PromoEvent] = (),
    coming: Sequence[PromoEvent] = (),
) -> WorkContent:
    """Return the work content of ``kind`` in intervals that start at (T,) ``start_us`` (µs since the epoch, rising).

    Work is that of ``measured_work_s``; rounds are measured, or are work over the work of a message. What nobody
    measured follows from the type: sessions of so many rounds are so much work by the laws of its messages, replies of
    so much work make sessions of its own rounds. Its own mean work where nothing was measured at all. The history's
    agents are taken as of tenure factor 1 on average.

    Parameters
    ----------
    history
        Checked by ``check_history``, before the first of ``start_us``; rows of other types are not looked at.
    past, coming
        Promotions: those that the history went through, those that the intervals will.
    """
    rows = history[history["contact_type"] == kind.name]
    stretches, ahead = timeline(past), timeline(coming)
    models = [
        _model(rows, values, zone, stretches)
        for values in (
            measured_work_s(rows, kind), measured(rows, "rounds"), measured(rows, "work_per_message_s"),
        )
    ]  # fmt: skip
    nowhere = np.full(len(start_us), np.nan)
    work_s, rounds, message_s = (nowhere if model is None else model.ahead(start_us, zone, ahead) for model in models)
    sure = models[0] or models[1] or models[2]
    work_cv = nowhere if sure is None else sure.cv(start_us, zone)
    rounds = np.maximum(np.where(np.isnan(rounds), work_s / message_s, rounds), 1.0)
    return WorkContent(np.where(np.isnan(work_s), _by_messages(kind, rounds, message_s), work_s), rounds, work_cv)


def _model(rows: pd.DataFrame, values: FloatArray, zone: str, stretches: Sequence[Stretch]) -> WorkModel | None:
    cells = cells_of(rows, values, zone)
    return fit_work(cells, stretches) if len(cells) else None


def _by_messages(kind: ContactType, rounds: FloatArray, message_s: FloatArray) -> FloatArray:
    """Return (T,) the work of a contact where only rounds, only the work of a message, or neither was measured."""
    talk = kind.messages
    if talk is None:
        return np.full(len(rounds), kind.work_s.mean_s)
    typed = np.where(np.isnan(message_s), talk.work_mean_s, message_s * talk.rounds_mean)
    counted = talk.first_reply_work_s.mean_s + (rounds - 1.0) * talk.reply_work_s.mean_s
    return np.where(np.isnan(rounds), typed, counted)
