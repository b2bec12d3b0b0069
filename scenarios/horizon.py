"""The time grid; the only place that knows clocks and zones.

Time inside the house is int64 microseconds since the start of the horizon, which is local midnight of its first date.
A *service day* runs from opening to closing and bears the date on which it opens, even when it closes after midnight.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from scenarios.checks import BoolArray, IntArray, require_moment, require_within, require_year
from scenarios.errors import PlanningError

US_PER_S = 1_000_000
US_PER_MIN = 60 * US_PER_S
US_PER_H = 60 * US_PER_MIN
MIN_PER_DAY = 24 * 60
INTERVALS_ALLOWED_MIN = (5, 10, 15, 20, 30, 60)
DATES_MAX = 10 * 366  # ten years of history; a longer grid is a slip of the pen
LATEST_CLOSING_MIN = 36 * 60  # a night that runs past noon of the next day is a new service day


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours of a date, in minutes after its local midnight; ``closes_min`` may pass 1440 (26:00 = 1560)."""

    opens_min: int
    closes_min: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens_min < self.closes_min <= LATEST_CLOSING_MIN or self.opens_min >= MIN_PER_DAY:
            raise PlanningError(
                "hours_inverted", thing="Hours", field="closes_min", value=self.closes_min, opens=self.opens_min
            )


@dataclass(frozen=True, slots=True)
class Opening:
    """Weekly opening hours with exceptions.

    Parameters
    ----------
    weekly
        Seven entries, Monday first; ``None`` is a closed day.
    exceptions
        Dates whose hours differ; ``None`` closes the date.
    """

    weekly: tuple[Hours | None, ...]
    exceptions: tuple[tuple[date, Hours | None], ...] = ()

    def __post_init__(self) -> None:
        if len(self.weekly) != 7:
            raise PlanningError("wrong_shape", thing="Opening", field="weekly", value=len(self.weekly), expected=7)

    def on(self, day: date) -> Hours | None:
        """Return the hours of ``day``, ``None`` when closed."""
        for exception, hours in self.exceptions:
            if exception == day:
                return hours
        return self.weekly[day.weekday()]


@dataclass(frozen=True, slots=True)
class ServiceDay:
    """One service day: its date and its half-open span of intervals and of time (µs since the horizon's start)."""

    date: date
    first_interval: int
    end_interval: int
    opens_us: int
    closes_us: int


@dataclass(frozen=True, slots=True)
class Horizon:
    """Dates to plan, on a grid of equal intervals.

    Parameters
    ----------
    first_date
        First date, in the years 1970 to 2200; time zero is its local midnight.
    dates
        Number of calendar dates, 1 to 3660.
    interval_min
        Length of an interval in minutes: 5, 10, 15, 20, 30 or 60.
    zone
        IANA name of the time zone.
    opening
        Opening hours, whole intervals.

    Attributes
    ----------
    days
        The D open service days in order; they never overlap.
    intervals
        T: whole intervals from the start until the last closing, at least until the last midnight.
    """

    first_date: date
    dates: int
    interval_min: int
    zone: str
    opening: Opening
    days: tuple[ServiceDay, ...] = field(init=False)
    intervals: int = field(init=False)

    def __post_init__(self) -> None:
        if self.interval_min not in INTERVALS_ALLOWED_MIN:
            allowed = ", ".join(map(str, INTERVALS_ALLOWED_MIN))
            raise PlanningError(
                "not_one_of", thing="Horizon", field="interval_min", value=self.interval_min, known=allowed
            )
        require_within("Horizon", "dates", self.dates, 1, DATES_MAX)
        require_year("Horizon", "first_date", self.first_date)
        zone_of(self.zone)
        object.__setattr__(self, "days", self._service_days())
        last = max([self.us_at(self.first_date + timedelta(days=self.dates), 0), *(d.closes_us for d in self.days)])
        object.__setattr__(self, "intervals", -(-last // self.interval_us))

    def _service_days(self) -> tuple[ServiceDay, ...]:
        days: list[ServiceDay] = []
        for number in range(self.dates):
            day = self.first_date + timedelta(days=number)
            hours = self.opening.on(day)
            if hours is None:
                continue
            opens, closes = self.us_at(day, hours.opens_min), self.us_at(day, hours.closes_min)
            if opens % self.interval_us or closes % self.interval_us:
                raise PlanningError(
                    "off_the_grid", thing="Opening", field="hours", value=day.isoformat(), grid=self.interval_min
                )
            if not opens < closes:  # the clock was put forward in between
                raise PlanningError("hours_skipped", thing="Opening", field="hours", value=day.isoformat())
            if days and opens < days[-1].closes_us:
                raise PlanningError("days_overlap", thing="Opening", field="hours", value=day.isoformat())
            days.append(ServiceDay(day, opens // self.interval_us, closes // self.interval_us, opens, closes))
        if not days:
            raise PlanningError("never_open", thing="Horizon", field="opening", value=self.first_date.isoformat())
        return tuple(days)

    @property
    def interval_us(self) -> int:
        """Length of an interval in µs."""
        return self.interval_min * US_PER_MIN

    @property
    def start(self) -> datetime:
        """Time zero: local midnight of the first date (aware)."""
        return datetime.combine(self.first_date, time(), zone_of(self.zone))

    @property
    def end_us(self) -> int:
        """End of the last interval, µs."""
        return self.intervals * self.interval_us

    def us_at(self, day: date, minute: int) -> int:
        """Return the time (µs since the start) at which the wall clock of ``day`` shows ``minute`` (may pass 1440)."""
        wall = datetime.combine(day, time()) + timedelta(minutes=minute)
        return self.us_of(wall.replace(tzinfo=zone_of(self.zone)))

    def us_of(self, instant: datetime) -> int:
        """Return the time in µs since the start of an aware ``instant``; a ``PlanningError`` when it has no zone."""
        require_moment("Horizon", "instant", instant)
        return (instant.astimezone(UTC) - self.start.astimezone(UTC)) // timedelta(microseconds=1)

    def instant(self, us: int) -> datetime:
        """Return the aware local time ``us`` microseconds after the start."""
        return (self.start.astimezone(UTC) + timedelta(microseconds=int(us))).astimezone(zone_of(self.zone))

    def interval_starts(self) -> tuple[datetime, ...]:
        """Return the aware local start of each of the T intervals."""
        return tuple(self.instant(number * self.interval_us) for number in range(self.intervals))

    def day_of_interval(self) -> IntArray:
        """Return (T,) the index of the service day an interval belongs to, -1 when closed."""
        days = np.full(self.intervals, -1, dtype=np.int64)
        for number, day in enumerate(self.days):
            days[day.first_interval : day.end_interval] = number
        return days

    def open_intervals(self) -> BoolArray:
        """Return (T,) whether the service is open."""
        return self.day_of_interval() >= 0

    def day_index(self, day: date) -> int:
        """Return the index of the service day of ``day``; a ``PlanningError`` when the date is closed or outside."""
        for number, service_day in enumerate(self.days):
            if service_day.date == day:
                return number
        known = ", ".join(service_day.date.isoformat() for service_day in self.days)
        raise PlanningError("unknown_name", thing="Horizon", field="days", value=day.isoformat(), known=known)


def zone_of(name: str) -> ZoneInfo:
    """Return the zone called ``name``; a ``PlanningError`` when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise PlanningError("unknown_zone", thing="Horizon", field="zone", value=name) from error


def clock_to_min(value: str) -> int:
    """Return the minutes after midnight of a clock such as ``"08:30"`` or ``"26:00"`` (two hours past midnight)."""
    hours, mark, minutes = value.partition(":")
    if not (mark and hours.isdigit() and minutes.isdigit() and len(minutes) == 2 and int(minutes) < 60):
        raise PlanningError("not_a_clock", thing="clock", field="time", value=value)
    return int(hours) * 60 + int(minutes)


def min_to_clock(minutes: int) -> str:
    """Return ``"26:00"`` for 1560: the inverse of ``clock_to_min``."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
