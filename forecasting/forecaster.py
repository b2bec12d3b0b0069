"""What any forecaster is: the protocol of one of your own."""

from typing import Protocol

import pandas as pd

from forecasting.calendars.days import DayCalendar
from scenarios import Forecast, PromoEvent, Scenario
from scenarios.progress import Progress


class Forecaster(Protocol):
    """Anything that is called like ``make_forecast``: a function, or an object that was trained before.

    Whatever simulates, staffs or compares takes the ``Forecast`` it returns; ``springtide forecast`` writes one as a
    table that every other command reads with ``--forecast``.
    """

    def __call__(
        self,
        history: pd.DataFrame,
        scenario: Scenario,
        *,
        past_promotions: tuple[PromoEvent, ...] = (),
        calendar: DayCalendar | None = None,
        progress: Progress | None = None,
    ) -> Forecast:
        """Return the expected contacts of every interval of ``scenario.horizon``, and how far they may stray.

        Parameters
        ----------
        history
            Contract of ``check_history``; rows from the horizon's start on must not be looked at.
        past_promotions
            Events inside the history, with their phases.
        calendar
            Whose days off are known; ``None``: nobody's.

        Returns
        -------
        Forecast
            Of all the scenario's contact types. Volume before the bot, as the history counts it, and without the
            effects of levers and shocks: the floor applies them.
        """
