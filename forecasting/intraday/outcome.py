"""What an update says: per contact type, and as a forecast before and after."""

from dataclasses import dataclass
from enum import StrEnum

from scenarios import Forecast
from scenarios.checks import FloatArray


class UpdateReason(StrEnum):
    """Why the rest of the day was changed, or was not."""

    UPDATED = "updated"
    NOTHING_SO_FAR = "nothing_so_far"  # not open yet, or nothing was expected so far
    NOTHING_LEFT = "nothing_left"  # no contact is expected any more
    SILENT = "silent"  # no contact where many were expected
    TOO_FEW_DAYS = "too_few_days"
    DOES_NOT_PAY = "does_not_pay"  # at this time of the day, past updates did not help


@dataclass(frozen=True, slots=True)
class TypeUpdate:
    """What became of one contact type.

    Parameters
    ----------
    contact_type
        Its name.
    reason
        Why.
    came, planned
        Contacts of the known intervals, and those the forecast had for them; silent intervals count in neither.
    rest_before, rest_after
        Contacts expected in the rest of the day.
    gain
        How much of what the hours told was taken, in [0, 1].
    days
        Past days that were updated to find that out.
    unusual
        Whether the hours so far are further off than those of any ordinary day.
    silent
        Half-open spans of intervals of the horizon in which no contact came where many were expected.
    """

    contact_type: str
    reason: UpdateReason
    came: float
    planned: float
    rest_before: float
    rest_after: float
    gain: float
    days: int
    unusual: bool
    silent: tuple[tuple[int, int], ...]

    @property
    def ratio(self) -> float:
        """Contacts so far over those that were expected; ``nan`` when none were."""
        return self.came / self.planned if self.planned > 0 else float("nan")

    @property
    def factor(self) -> float:
        """By what the rest of the day was multiplied, on average; ``nan`` when none is left."""
        return self.rest_after / self.rest_before if self.rest_before > 0 else float("nan")


@dataclass(frozen=True, slots=True)
class IntradayUpdate:
    """A forecast before and after the hours that are known.

    Parameters
    ----------
    before, after
        The forecasts. ``after`` holds what came in the known intervals, the plan in silent ones, and the new
        expectation in the rest of the day; ``day_cv`` of that day is what the rest may still stray. Other days are as
        before.
    day
        Which service day of the horizon.
    now
        First interval that is not known.
    came
        (now - first interval of the day, K) contacts of the known intervals as they were told, silent ones too.
    types
        Per contact type, in the forecast's order.
    """

    before: Forecast
    after: Forecast
    day: int
    now: int
    came: FloatArray
    types: tuple[TypeUpdate, ...]
