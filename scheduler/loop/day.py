"""One service day alone: the piece of a horizon that a roster of a day is planned and proven on."""

from dataclasses import replace

from scenarios import Forecast, Horizon, Scenario
from scenarios.checks import require_within


def busiest_day(scenario: Scenario, forecast: Forecast) -> int:
    """Return the number of the service day with most expected contacts, the first of several."""
    step_us = scenario.horizon.interval_us
    contacts = [
        float(forecast.expected[day.opens_us // step_us : -(-day.closes_us // step_us)].sum())
        for day in scenario.horizon.days
    ]
    return contacts.index(max(contacts))


def day_alone(scenario: Scenario, forecast: Forecast, day: int) -> tuple[Scenario, Forecast]:
    """Return the scenario and the forecast of service day number ``day`` alone.

    Levers and shocks keep their moments. Promotions are left out: what they bring is in the forecast.

    Raises
    ------
    PlanningError
        When the horizon has no such service day.
    """
    horizon = scenario.horizon
    require_within("day_alone", "day", day, 0, len(horizon.days) - 1)
    if len(horizon.days) == horizon.dates == 1:
        return scenario, forecast
    opened = horizon.days[day]
    alone = Horizon(opened.date, 1, horizon.interval_min, horizon.zone, horizon.opening)
    first = horizon.us_at(opened.date, 0) // horizon.interval_us
    rows = slice(first, first + alone.intervals)
    law = forecast.uncertainty
    cut = replace(
        forecast, horizon=alone, expected=forecast.expected[rows], work_s=forecast.work_s[rows],
        rounds=None if forecast.rounds is None else forecast.rounds[rows],
        uncertainty=replace(law, day_cv=(law.day_cv[day],)),
    )  # fmt: skip
    assumed = scenario.uncertainty
    if len(assumed.day_cv) > 1:
        assumed = replace(assumed, day_cv=(assumed.day_cv[day],))
    return replace(scenario, horizon=alone, promo=(), uncertainty=assumed), cut
