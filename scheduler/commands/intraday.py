"""``springtide intraday``: a forecast and the first hours of its day in, the rest of the day out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from forecasting import IntradayUpdate, TypeUpdate, count_paths, update_forecast
from scenarios import Forecast, PlanningError, UsageError, clock_to_min
from scenarios.checks import FloatArray
from scheduler.commands.console import Watch, print_table, say, tell
from scheduler.commands.parameters import HistoryChoice, ScenarioChoice
from scheduler.exchange import INTRADAY_CHART_ENDINGS, read_forecast, write_forecast, write_intraday_chart
from scheduler.exchange.words import percent
from scheduler.exits import Exit

_PATHS = 400  # P90 of an hour is known to about 2 % of its spread
_SHARES = (0.5, 0.9)


@dataclass(frozen=True, kw_only=True)
class IntradayOptions(ScenarioChoice, HistoryChoice):
    """Options of the command."""

    forecast: Annotated[Path, typer.Option("--forecast", help="cli.option.forecast_before", show_default=False)]
    so_far: Annotated[Path | None, typer.Option("--so-far", help="cli.option.so_far", show_default=False)] = None
    date: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="cli.option.day_of", show_default=False)
    ] = None
    at: Annotated[str | None, typer.Option("--at", help="cli.option.at", show_default=False)] = None
    out: Annotated[Path, typer.Option("--out", help="cli.option.out_intraday")] = Path("intraday.csv")


def run(options: IntradayOptions) -> Exit:
    """Update, print, write."""
    table, chart = _targets(options.out)
    scenario = options.load_scenario()
    before = read_forecast(options.forecast, scenario)
    history, past = options.load_history(scenario)
    if options.so_far is not None:
        history = _joined(history, options.read(options.so_far))
    with Watch() as watch:
        update = update_forecast(
            before, history, scenario, day=None if options.date is None else options.date.date(),
            at_min=None if options.at is None else clock_to_min(options.at), past_promotions=past, progress=watch.tell,
        )  # fmt: skip
    _show(update)
    _show_hours(update, scenario.seed)
    write_forecast(update.after, table)
    tell("files", path=table)
    if chart is not None:
        write_intraday_chart(update, chart)
        tell("files", path=chart)
    return Exit.DONE


def _targets(out: Path) -> tuple[Path, Path | None]:
    """Return where the forecast goes and where the chart does: a folder gets both, a chart has its forecast beside."""
    ending = out.suffix.lower()
    if ending == ".csv":
        return out, None
    if ending in INTRADAY_CHART_ENDINGS:
        return out.with_suffix(".csv"), out
    if ending:
        known = ", ".join((".csv", *INTRADAY_CHART_ENDINGS))
        raise UsageError("not_one_of", thing="springtide", field="--out", value=out.name, known=known)
    return out / "forecast.csv", out / "intraday.html"


def _joined(history: pd.DataFrame, so_far: pd.DataFrame) -> pd.DataFrame:
    """Return the history up to the first row of ``so_far``, and ``so_far``: what it says of its hours is newer."""
    if so_far["interval_start"].dt.tz != history["interval_start"].dt.tz:
        so_far = so_far.assign(interval_start=so_far["interval_start"].dt.tz_convert(history["interval_start"].dt.tz))
    earlier = history[history["interval_start"] < so_far["interval_start"].min()]
    if earlier.empty:
        first = history["interval_start"].min().isoformat()
        raise PlanningError("history_after_horizon", value=first, start=so_far["interval_start"].min().isoformat())
    joined: pd.DataFrame = pd.concat([earlier, so_far], ignore_index=True)
    return joined


def _show(update: IntradayUpdate) -> None:
    horizon = update.after.horizon
    now = horizon.instant(update.now * horizon.interval_us)
    header = [say(f"intraday.{key}") for key in ("type", "came", "planned", "ratio", "rest_before", "rest_after",
                                                  "factor", "why")]  # fmt: skip
    rows = [
        (
            row.contact_type, f"{row.came:,.0f}", f"{row.planned:,.0f}", percent(row.ratio), f"{row.rest_before:,.0f}",
            f"{row.rest_after:,.0f}", percent(row.factor), _why(row),
        )
        for row in update.types
    ]  # fmt: skip
    print_table(say("intraday.title", moment=now.strftime("%Y-%m-%d %H:%M")), header, rows)
    for row in update.types:
        for first, end in row.silent:
            since, until = (horizon.instant(number * horizon.interval_us).strftime("%H:%M") for number in (first, end))
            tell("intraday.silent_span", type=row.contact_type, since=since, until=until)
        if row.unusual:
            tell("intraday.unusual", type=row.contact_type)
    cv = (update.before.uncertainty.day_cv[update.day], update.after.uncertainty.day_cv[update.day])
    tell("intraday.spread", before=percent(cv[0]), after=percent(cv[1]))


def _why(row: TypeUpdate) -> str:
    return say(f"intraday.reason_{row.reason}", gain=percent(row.gain), days=row.days)


def _show_hours(update: IntradayUpdate, seed: int) -> None:
    """Print P50 and P90 of every hour that is left, before and after the update."""
    hours = list(_hours(update))
    bands = [_bands(forecast, hours, seed) for forecast in (update.before, update.after)]
    horizon = update.after.horizon
    header = [say("intraday.hour"), *(
        say(f"intraday.{when}_{share}") for when in ("before", "after") for share in ("p50", "p90")
    )]  # fmt: skip
    for column, name in enumerate(update.after.contact_types):
        rows = [
            (horizon.instant(first * horizon.interval_us).strftime("%H:%M"),
             *(f"{bands[when][share, number, column]:,.0f}" for when in (0, 1) for share in (0, 1)))
            for number, (first, _) in enumerate(hours)
        ]  # fmt: skip
        print_table(say("intraday.hours_title", type=name), header, rows)


def _hours(update: IntradayUpdate) -> Iterator[tuple[int, int]]:
    """Yield the spans of intervals of each clock hour that is left of the day; the first may be a part of one."""
    horizon = update.after.horizon
    end = horizon.days[update.day].end_interval
    first = update.now
    while first < end:
        minute = horizon.instant(first * horizon.interval_us).minute
        last = min(first + max(1, (60 - minute) // horizon.interval_min), end)
        yield first, last
        first = last


def _bands(forecast: Forecast, hours: list[tuple[int, int]], seed: int) -> FloatArray:
    """Return (2, H, K) P50 and P90 of the contacts of each span of ``hours``."""
    paths = count_paths(forecast, replications=_PATHS, seed=seed)
    sums = np.stack([paths[:, first:last].sum(axis=1) for first, last in hours], axis=1)
    return np.asarray(np.quantile(sums, _SHARES, axis=0), dtype=np.float64)
