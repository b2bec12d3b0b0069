"""The day so far in, the rest of the day out: what past days teach about how the hours of a day go together."""

from forecasting.intraday.lessons import day_lessons
from forecasting.intraday.outcome import IntradayUpdate, TypeUpdate, UpdateReason
from forecasting.intraday.past_days import PastDays
from forecasting.intraday.update import update_forecast

__all__ = ["IntradayUpdate", "PastDays", "TypeUpdate", "UpdateReason", "day_lessons", "update_forecast"]
