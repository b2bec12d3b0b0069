"""The rest of a day after its first hours, against doing nothing and two rules of thumb.

Series: bank, taxi and retail as in ``forecasting_baseline.py``, and the simulated pre-sale and after-sale contacts of
``simulated_promo_contacts_30min.csv`` with their promotions known. Every day is forecast the day before and updated
when 25, 40 and 55 % of its open intervals are known. WAPE over the intervals of the rest of the day, all methods on the
same days. Rivals: nothing, all hours so far over their forecast (``scale``), the last two hours over theirs (``last``).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.forecasting_baseline import ALL, INTERVAL_MIN, Series, read, scenario_of
from forecasting import Models, count_paths, make_forecast, update_forecast
from forecasting.events.timeline import timeline, touched
from forecasting.history.series import grid_of
from forecasting.intraday import PastDays
from forecasting.intraday.past_days import past_days
from scenarios import US_PER_MIN, Forecast, Hours, Opening, PromoEvent, PromoPhase, Scenario, check_history

SHARES = (0.25, 0.4, 0.55)
METHODS = ("nothing", "scale", "last", "springtide")
FIRST_DAYS = 56
HORIZON_DAYS = 6  # a phase that begins on the first date ends within them
DAYS_MOST = 80
LAST_INTERVALS = 4
PATHS = 200
KNOWN_LEAST = 0.5
SIMULATED_FILE, SIMULATED_ZONE = "simulated_promo_contacts_30min.csv", "Asia/Shanghai"
SIMULATED_FROM = date(2025, 1, 1)
SLOTS = 24 * 60 // INTERVAL_MIN


@dataclass(frozen=True, slots=True)
class Bed:
    """A series with its history and its promotions."""

    series: Series
    history: pd.DataFrame
    first: date
    promotions: tuple[PromoEvent, ...] = ()


def beds(folder: Path) -> Iterator[Bed]:
    """Yield the five series."""
    for series in ALL:
        history = read(folder, series)
        yield Bed(series, history, history["interval_start"].iloc[0].date() + timedelta(days=FIRST_DAYS))
    table = pd.read_csv(folder / SIMULATED_FILE, parse_dates=["ts"])
    start = table["ts"].dt.tz_localize(SIMULATED_ZONE)
    promotions = promotions_of(start, table["event"])
    always = Opening((Hours(0, 24 * 60),) * 7)
    for name in ("presale", "aftersale"):
        offered = table[name].astype(float)
        history = pd.DataFrame({"interval_start": start, "contact_type": "calls", "offered": offered})
        series = Series(name, SIMULATED_FILE, name, SIMULATED_ZONE, "CN", always)
        yield Bed(series, history, SIMULATED_FROM, promotions)


def promotions_of(start: pd.Series, event: pd.Series) -> tuple[PromoEvent, ...]:
    """Return the events of rows marked ``name|year|phase``."""
    marked = pd.DataFrame({"start": start, "key": event}).dropna()
    phases: dict[tuple[str, str], list[PromoPhase]] = {}
    for key, rows in marked.groupby("key")["start"]:
        name, year, phase = str(key).split("|")
        first, last = rows.min(), rows.max() + pd.Timedelta(minutes=INTERVAL_MIN)
        phases.setdefault((name, year), []).append(PromoPhase(phase, first.to_pydatetime(), last.to_pydatetime()))
    return tuple(
        PromoEvent(name, tuple(sorted(found, key=lambda phase: phase.start))) for (name, _), found in phases.items()
    )


class Tally:
    """Errors of one series at one share of the day known."""

    def __init__(self) -> None:
        self.missed, self.days_missed = dict.fromkeys(METHODS, 0.0), dict.fromkeys(METHODS, 0.0)
        self.inside: dict[str, list[np.ndarray]] = {}

    def add(self, before: Forecast, after: Forecast, actual: np.ndarray, now: int) -> None:
        """Add one day: (I,) ``actual`` contacts, ``nan`` where unknown, of which ``now`` intervals were known."""
        said, came = before.expected[: len(actual), 0], np.nan_to_num(actual)
        known = np.isfinite(actual)
        so_far = known & (np.arange(len(said)) < now)
        last = so_far & (np.arange(len(said)) >= now - LAST_INTERVALS)
        rest = known & (np.arange(len(said)) >= now)
        ways = {"nothing": said, "springtide": after.expected[: len(actual), 0]}
        for name, cells in (("scale", so_far), ("last", last)):
            ways[name] = said * ((came[cells].sum() + 0.5) / (said[cells].sum() + 0.5))
        for name, values in ways.items():
            self.missed[name] += float(np.abs(values - came)[rest].sum())
            self.days_missed[name] += abs(float((values - came)[rest].sum()))

    def cover(self, after: Forecast, actual: np.ndarray, now: int, seed: int) -> None:
        """Add whether the rest's intervals, two-hour blocks and total lie in their sampled 80 % band."""
        paths = count_paths(after, replications=PATHS, seed=1)[:, now : len(actual), 0]
        known, came = np.isfinite(actual[now:]), np.nan_to_num(actual[now:])
        rng = np.random.default_rng(seed)
        for block, size in (("interval", 1), ("2h", 4), ("rest", len(came))):
            whole = len(came) // size * size
            drawn = (paths * known)[:, :whole].reshape(PATHS, -1, size).sum(axis=2)
            found = (came * known)[:whole].reshape(-1, size).sum(axis=1)
            rank = (drawn < found).mean(axis=0) + (drawn == found).mean(axis=0) * rng.random(len(found))
            asked = known[:whole].reshape(-1, size).any(axis=1) & (drawn.max(axis=0) > 0)
            self.inside.setdefault(block, []).append(np.abs(rank[asked] - 0.5) <= 0.4)

    def gain(self, method: str) -> float:
        """Return by what share the error is smaller than with nothing done."""
        return 1 - self.missed[method] / self.missed["nothing"]

    def covered(self, block: str) -> float:
        """Return the share inside the band."""
        return float(np.concatenate(self.inside[block]).mean())


def lessons_of(bed: Bed, models: Models) -> PastDays:
    """Return all past days of a series; each is forecast from the days before it, so any first part is a lesson."""
    grid = grid_of(check_history(bed.history), zone=bed.series.zone, interval_min=INTERVAL_MIN)
    hidden = touched(timeline(bed.promotions), grid.starts_us(), INTERVAL_MIN * US_PER_MIN)
    since = (bed.first - timedelta(days=150)).toordinal()
    return past_days(grid.masked(hidden), 0, lead=1, width=SLOTS, since=since, models=models)


def actual_of(scenario: Scenario, day_rows: pd.DataFrame) -> np.ndarray:
    """Return (I,) contacts of the first date, ``nan`` where closed or unknown."""
    start = pd.Timestamp(scenario.horizon.start)
    number = ((day_rows["interval_start"] - start) // pd.Timedelta(minutes=INTERVAL_MIN)).to_numpy()
    actual = np.full(
        scenario.horizon.us_at(scenario.horizon.first_date, 24 * 60) // scenario.horizon.interval_us, np.nan
    )
    added = pd.Series(day_rows["offered"].to_numpy()).groupby(number).sum()
    mine = added.index[added.index < len(actual)]
    actual[mine.to_numpy()] = added.loc[mine].to_numpy()
    return np.where(scenario.horizon.open_intervals()[: len(actual)], actual, np.nan)


def planned_on(bed: Bed, scenario: Scenario) -> Scenario:
    """Return the scenario with the phases planned that begin on its first date."""
    start = scenario.horizon.start
    end = scenario.horizon.instant(scenario.horizon.us_at(scenario.horizon.first_date, 24 * 60))
    coming = tuple(
        PromoEvent(event.name, inside)
        for event in bed.promotions
        if (inside := tuple(phase for phase in event.phases if start <= phase.start < end))
    )
    return replace(scenario, promo=coming)


def measure(bed: Bed, *, boosted: bool = False) -> dict[float, Tally]:
    """Return the errors by share of the day known."""
    tallies = {share: Tally() for share in SHARES}
    models = Models(boosted=boosted)  # what is said of a past serves every day after it
    past = lessons_of(bed, models)
    dates = bed.history["interval_start"].dt.date.to_numpy()
    asked = [day for day in sorted(set(dates)) if day >= bed.first and bed.series.opening.on(day) is not None]
    step = -(-len(asked) // DAYS_MOST)
    for day in asked[::step]:
        scenario = planned_on(bed, scenario_of(bed.series, day, HORIZON_DAYS))
        begun = tuple(event for event in bed.promotions if event.phases[0].start < scenario.horizon.start)
        actual = actual_of(scenario, bed.history[dates == day])
        is_open = np.flatnonzero(scenario.horizon.open_intervals()[: len(actual)])
        if np.isfinite(actual[is_open]).mean() < KNOWN_LEAST:
            continue
        before = make_forecast(bed.history[dates < day], scenario, past_promotions=begun, models=models)
        recent = bed.history[(dates > day - timedelta(days=14)) & (dates <= day)]
        for share, tally in tallies.items():
            now = int(is_open[round(share * len(is_open))])
            if not np.isfinite(actual[is_open[is_open < now]]).all():
                continue
            done = update_forecast(
                before, recent, scenario, day=day, at_min=now * INTERVAL_MIN, past_promotions=begun,
                lessons={"calls": past.before(day.toordinal())},
            )  # fmt: skip
            tally.add(before, done.after, actual, now)
            tally.cover(done.after, actual, now, day.toordinal())
    return tallies


@dataclass(frozen=True, slots=True)
class IntradayPart:
    """The benchmark of updates within the day."""

    name: str = "intraday"
    room: str = "forecasting"
    expected: Mapping[str, tuple[float, float]] = field(
        default_factory=lambda: {"intraday_gain_bank": (0.15, 1.0), "intraday_worst": (-0.01, 1.0)}
    )

    def run(self, reference: Path, report: Callable[[str], None]) -> Mapping[str, float]:
        """Measure what an update gains over nothing done, and how often its 80 % bands hold."""
        figures: dict[str, float] = {}
        gains: list[float] = []
        report(f"{'series':10} known  gain: scale    last    springtide (of the total)   80 % bands: interval 2 h rest")
        for bed in beds(reference / "data" / "forecasting"):
            for share, tally in measure(bed).items():
                name = bed.series.name
                ours = tally.gain("springtide")
                of_total = 1 - tally.days_missed["springtide"] / tally.days_missed["nothing"]
                bands = {block: tally.covered(block) for block in tally.inside}
                report(
                    f"{name:10} {share:5.0%} {tally.gain('scale'):11.3f} {tally.gain('last'):7.3f} {ours:10.3f}"
                    f" ({of_total:.3f})        " + "  ".join(f"{band:.3f}" for band in bands.values())
                )
                gains.append(ours)
                at = "" if share == SHARES[1] else f"_{share * 100:.0f}"
                figures[f"intraday_gain_{name}{at}"] = ours
                if share == SHARES[1]:
                    figures |= {f"intraday_{way}_{name}": tally.gain(way) for way in ("scale", "last")}
                    figures |= {f"intraday_cov80_{name}_{block}": band for block, band in bands.items()}
            if bed.series.name == "bank":
                figures["intraday_gain_bank_gbm"] = measure(bed, boosted=True)[SHARES[1]].gain("springtide")
                report(f"{'bank, LightGBM':14} {SHARES[1]:4.0%} {figures['intraday_gain_bank_gbm']:27.3f}")
        return figures | {"intraday_worst": min(gains)}


PART = IntradayPart()
