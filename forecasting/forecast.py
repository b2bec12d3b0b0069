"""History in, forecast out."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from forecasting.calendars.days import DayCalendar
from forecasting.cleaning import Examiner
from forecasting.events.promotion import uplift_cv, uplift_factors
from forecasting.events.timeline import Stretch, reach, starts_us
from forecasting.following import contacts_ahead, days_after, order_history
from forecasting.history.series import HistoryGrid, grid_of, wall_cells
from forecasting.learning import Lesson, learn
from forecasting.ordinary.rolling import Models
from forecasting.uncertainty.strays import measure
from forecasting.work import WorkContent, work_content
from scenarios import (
    Channel,
    ContactType,
    DemandUncertainty,
    Forecast,
    Horizon,
    PlanningError,
    PromoEvent,
    Scenario,
    check_history,
    min_to_clock,
)
from scenarios.checks import BoolArray, FloatArray, IntArray, require_known
from scenarios.progress import Progress, silent

_WEEKDAY_MISSED_DAYS = 21  # a weekday that three weeks never show is closed, not unlucky
_SHORT_HISTORY_DAY_CV = 0.2  # a history too short to be tested is assumed to err by a fifth a day [assumed]


def make_forecast(
    history: pd.DataFrame,
    scenario: Scenario,
    *,
    past_promotions: tuple[PromoEvent, ...] = (),
    calendar: DayCalendar | None = None,
    models: Models | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Return the forecast of ``scenario.horizon`` that ``history`` and the promotion plan support.

    Ordinary days come from the history with past promotions and their aftermath masked, and without outages and other
    numbers that are no demand (``examine_history`` tells them); planned promotions
    (``scenario.promo``) lift them by the planner's uplift where the plan gives one, else by what past phases of the
    same name did. Types that ask about orders (``ContactType.after_sales``) follow the orders instead, those that came
    and those to come, where the history has a column ``orders``. Live contacts are expected in open intervals only,
    tickets around the clock. Effects of levers and shocks are not in the forecast: the simulation and the staffing
    apply them. Rows from the horizon's start on are not looked at. The forecast is a function of its arguments:
    nothing is drawn.

    Parameters
    ----------
    history
        Contract of ``check_history``; as fine as the horizon's grid or finer, in any zone. Types of a finer split than
        the scenario's are not added up.
    past_promotions
        Events inside the history, with their phases; those of later years bear the same event name.
    calendar
        Whose festivals are known (``load_calendar``): they, their eves and first days back are learnt by festival and
        day, make-up workdays go like workdays. ``None``: every day goes like its weekday.
    models
        Of ordinary days; ``None``: the small ones. ``Models(boosted=True)`` corrects the shape of days with LightGBM.

    Raises
    ------
    PlanningError
        When the history breaks its contract, names a type the scenario does not have or lacks one it has, begins after
        the horizon's start, is too coarse, never shows a weekday or an hour in which the horizon is open; when a
        planned phase has neither an uplift nor a past.
    """
    return forecast_and_lesson(
        history, scenario, past_promotions=past_promotions, calendar=calendar, models=models, progress=progress
    )[0]


def forecast_and_lesson(
    history: pd.DataFrame,
    scenario: Scenario,
    *,
    past_promotions: tuple[PromoEvent, ...] = (),
    calendar: DayCalendar | None = None,
    models: Models | None = None,
    progress: Progress | None = None,
) -> tuple[Forecast, Lesson]:
    """Return the forecast of ``make_forecast``, and what the history taught: by what it can be explained."""
    horizon = scenario.horizon
    types = scenario.contact_types
    before = rows_before(history, scenario)
    grid = grid_of(before, zone=horizon.zone, interval_min=horizon.interval_min)
    examined = Examiner.of(before, grid, horizon.opening, past_promotions, calendar).examine()
    models = models or Models()
    lesson = learn(examined.grid, past_promotions, calendar, models)
    start_us = starts_us(horizon)
    events = coming_events(past_promotions, scenario)
    coming = lesson.coming(events)
    followed = _after_sales(before, examined.grid, scenario, past_promotions, calendar, models)
    expected, work_s, rounds = np.zeros((3, horizon.intervals, len(types)))
    for number, kind in enumerate(types):
        past = lesson.past[lesson.column(kind.name)]
        brought = followed.get(kind.name)
        expected[:, number] = _on_horizon(brought, lesson, kind, scenario, start_us)
        if brought is None:
            lift = uplift_factors(coming, past, start_us, horizon.interval_us, response=kind.promo_response)
            expected[:, number] *= lift
        content = work_content(before, kind, start_us, zone=horizon.zone, past=past_promotions, coming=events)
        work_s[:, number], rounds[:, number] = content.work_s, content.rounds
        (progress or silent)("forecast", number + 1, len(types))
    law = _uncertainty(lesson, scenario, coming, expected.sum(axis=1))
    return Forecast(horizon, tuple(kind.name for kind in types), expected, work_s, law, rounds), lesson


def expected_work(
    history: pd.DataFrame, scenario: Scenario, *, past_promotions: tuple[PromoEvent, ...] = ()
) -> tuple[WorkContent, ...]:
    """Return the work content of every contact type of ``scenario`` on its horizon, as ``make_forecast`` has it.

    Beside work and rounds it says how sure the level of work is; arguments and errors are those of ``make_forecast``.
    """
    before, events = rows_before(history, scenario), coming_events(past_promotions, scenario)
    start_us, zone = starts_us(scenario.horizon), scenario.horizon.zone
    return tuple(
        work_content(before, kind, start_us, zone=zone, past=past_promotions, coming=events)
        for kind in scenario.contact_types
    )


def rows_before(history: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return the checked rows of ``history`` before the horizon; ``PlanningError`` as ``make_forecast``."""
    start = scenario.horizon.start
    checked = check_history(history)
    known = [kind.name for kind in scenario.contact_types]
    require_known("History", "contact_type", checked["contact_type"].unique(), known)
    before = checked[checked["interval_start"] < pd.Timestamp(start)]
    if before.empty:
        first = checked["interval_start"].min().isoformat()
        raise PlanningError("history_after_horizon", value=first, start=start.isoformat())
    return before


def coming_events(past_promotions: Sequence[PromoEvent], scenario: Scenario) -> tuple[PromoEvent, ...]:
    """Return the planned events and, for their aftermath, past phases that began before the horizon."""
    start = scenario.horizon.start
    begun = tuple(
        PromoEvent(event.name, tuple(phase for phase in event.phases if phase.start < start))
        for event in past_promotions
    )
    return (*begun, *scenario.promo)


def _after_sales(
    before: pd.DataFrame,
    grid: HistoryGrid,
    scenario: Scenario,
    past_promotions: Sequence[PromoEvent],
    calendar: DayCalendar | None,
    models: Models,
) -> dict[str, FloatArray]:
    """Return by name (L, S) contacts of the days after the history, of the types that follow its orders."""
    asking = {kind.name: kind.after_sales for kind in scenario.contact_types if kind.after_sales is not None}
    orders = order_history(before, scenario.horizon, past_promotions, calendar, models) if asking else None
    if orders is None:
        return {}
    coming = coming_events(past_promotions, scenario)
    by_day = orders.by_day(days_after(orders.grid, scenario.horizon), coming)
    return {
        name: contacts_ahead(orders, by_day, grid, name, cause)
        for name, cause in asking.items()
        if name in grid.contact_types  # one that is not is told of by who asks for its ordinary days
    }


def _on_horizon(
    brought: FloatArray | None, lesson: Lesson, kind: ContactType, scenario: Scenario, start_us: IntArray
) -> FloatArray:
    """Return (T,) contacts of one type, ordinary or ``brought`` by orders (L, S); of live types 0 when closed."""
    horizon = scenario.horizon
    column = lesson.column(kind.name)
    counts = lesson.ordinary.counts[:, :, column]
    day, slot = wall_cells(start_us, horizon.zone, horizon.interval_min)
    leads = day - lesson.last_date.toordinal()
    is_open = horizon.open_intervals()
    _require_weekdays(kind.name, counts, lesson.ordinary.weekdays(), horizon)
    ahead = lesson.without_promotions(column, np.arange(1, leads.max() + 1)) if brought is None else brought
    seen = np.asarray(np.isfinite(counts).any(axis=0))
    asked = np.zeros(len(seen), dtype=np.bool_)
    asked[slot[is_open]] = True
    if (asked & ~seen).any():
        ahead = _with_unseen_hours(ahead, seen, asked & ~seen, kind, scenario)
    comes = is_open | (kind.channel is Channel.TICKET)
    return np.where(comes, ahead[leads - 1, slot], 0.0)


def _require_weekdays(name: str, counts: FloatArray, weekdays: IntArray, horizon: Horizon) -> None:
    """Raise when the horizon opens on a weekday that a history of weeks never shows."""
    known = np.isfinite(counts).any(axis=1)
    spanned = np.flatnonzero(known)
    if spanned[-1] - spanned[0] < _WEEKDAY_MISSED_DAYS:
        return
    for day in horizon.days:
        if not (known & (weekdays == day.date.weekday())).any():
            raise PlanningError("weekday_without_history", value=name, date=day.date.isoformat())


def _with_unseen_hours(
    ahead: FloatArray, seen: BoolArray, unseen: BoolArray, kind: ContactType, scenario: Scenario
) -> FloatArray:
    """Return (L, S) ``ahead`` with hours the history never shows filled in from the type's profile."""
    if not kind.profile:
        clock = min_to_clock(int(np.flatnonzero(unseen)[0]) * scenario.horizon.interval_min)
        raise PlanningError("hours_without_history", value=kind.name, clock=clock)
    profile = next(profile for profile in scenario.profiles if profile.name == kind.profile)
    weights = np.repeat(profile.hour_weights, len(seen) // 24)
    per_weight = ahead[:, seen].sum(axis=1) / max(float(weights[seen].sum()), 1e-300)
    return np.where(unseen, per_weight[:, None] * weights, ahead)


def _uncertainty(
    lesson: Lesson, scenario: Scenario, coming: Sequence[Stretch], expected: FloatArray
) -> DemandUncertainty:
    """Return the measured strays, wider on promotion and special days; the scenario's for too short a history.

    ``expected`` are the (T,) contacts of all types: a phase widens its day by its share of them.
    """
    horizon = scenario.horizon
    strays = measure(lesson.baselines)
    if strays.day_variance is None:
        return _assumed(scenario.uncertainty, len(horizon.days))
    special_cv = lesson.festivals.spread(horizon.days[-1].date)
    spread = expected * _event_cv(lesson, horizon, coming)
    start_us = np.arange(horizon.intervals) * horizon.interval_us
    day_cv: list[float] = []
    for day in horizon.days:
        cv = strays.day_cv((day.date - lesson.last_date).days)
        cells = (start_us >= day.opens_us) & (start_us < day.closes_us)
        event_cv = spread[cells].sum() / max(float(expected[cells].sum()), 1e-300)
        event_cv = max(event_cv, special_cv.get(day.date, 0.0))
        # The plan's error is one for the whole day; product of two independent factors.
        day_cv.append(float(np.sqrt((1 + cv**2) * (1 + event_cv**2) - 1)))
    return DemandUncertainty(
        tuple(day_cv), float(np.sqrt(strays.busyness_variance)), min(strays.busyness_correlation, 1.0)
    )


def _event_cv(lesson: Lesson, horizon: Horizon, coming: Sequence[Stretch]) -> FloatArray:
    """Return (T,) how far the phases that run in an interval may be off: the widest of them, mean over the types."""
    volume = np.nansum(lesson.ordinary.counts, axis=(0, 1))
    start_us = starts_us(horizon)
    widest = np.zeros(horizon.intervals)
    for stretch in coming:
        near = reach(stretch, start_us, horizon.interval_us)
        if near.start < near.stop and not stretch.aftermath:
            cv = float(np.average([uplift_cv(stretch, past) for past in lesson.past], weights=volume))
            widest[near] = np.maximum(widest[near], cv)
    return widest


def _assumed(law: DemandUncertainty, days: int) -> DemandUncertainty:
    """Return the scenario's assumed strays for every day; where it assumes none at all, those of a short history."""
    given = law.day_cv if len(law.day_cv) == days else law.day_cv * days
    if max(given) == 0.0 and law.busyness_cv == 0.0:
        given = (_SHORT_HISTORY_DAY_CV,) * days
    return DemandUncertainty(given, law.busyness_cv, law.busyness_correlation)
