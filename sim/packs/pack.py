"""KPI packs: what a platform measures, as dated data, and how a run does by it.

A pack file holds versions, each valid from a date on; a version that was superseded keeps its meaning, so that an old
report can be made again. The packs that ship were collected from public pages; ``docs/kpis.md`` says which.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from scenarios import Kpi, PlanningError, Scenario
from scenarios.checks import FloatArray, IntArray, require_unique
from scenarios.faults import told
from scenarios.merge import read_table
from scenarios.shape import FileShape
from scenarios.text import text
from sim.measures.cells import Per, cells_of, last_open_interval
from sim.measures.estimates import CONFIDENCE, RATIO_OF_SUMS, estimate_of, means, ratios_of_sums
from sim.measures.kpis import LARGEST
from sim.measures.protocol import Cases, Logs, Measure
from sim.measures.scopes import ALL
from sim.packs.rules import PackRule, Title
from sim.packs.satisfaction import Satisfaction

PACKS = Path(__file__).parent / "data"
GENERIC = "generic"


@dataclass(frozen=True, slots=True)
class PackVersion(FileShape):
    """The rules of a platform from a date on.

    Parameters
    ----------
    date_assumed
        The pages the rules come from bear no date: ``valid_from`` is a guess.
    source
        Where the rules were found.
    satisfaction
        A response curve that is shown with the rules; an assumption, whatever the date.
    """

    valid_from: date
    source: str
    measures: tuple[PackRule, ...]
    date_assumed: bool = False
    satisfaction: Satisfaction | None = None

    @property
    def all_measures(self) -> tuple[Measure, ...]:
        """The rules, and the curve where there is one."""
        return self.measures if self.satisfaction is None else (*self.measures, self.satisfaction)


@dataclass(frozen=True, slots=True)
class PackFile(FileShape):
    """A pack with all its versions, oldest first."""

    schema: int
    name: str
    versions: tuple[PackVersion, ...]
    title: Title | None = None

    def __post_init__(self) -> None:
        dates = [version.valid_from for version in self.versions]
        if not dates:
            raise PlanningError("empty", thing=f"Pack({self.name})", field="versions", value="()")
        if dates != sorted(set(dates)):
            raise PlanningError("not_sorted", thing=f"Pack({self.name})", field="versions", value=dates)
        for version in self.versions:
            require_unique(f"Pack({self.name})", "measures", [one.key for one in version.all_measures])


@dataclass(frozen=True, slots=True)
class Pack:
    """Measures that belong together: a version of a platform's, or your own.

    Parameters
    ----------
    measures
        Rules from a file, or anything that is a ``Measure``.
    valid_from
        From when on they hold, ``None`` for always.
    """

    name: str
    measures: tuple[Measure, ...]
    valid_from: date | None = None
    source: str = ""


def pack_names() -> tuple[str, ...]:
    """Return the names of the packs that ship, sorted."""
    return tuple(sorted(path.stem for path in PACKS.glob("*.toml")))


def read_pack(source: str | Path) -> PackFile:
    """Return a pack that ships, by name, or the one in a TOML file, with all its versions.

    Raises
    ------
    PlanningError
        When there is no such pack or file, or it does not fit; the message names file, key and remedy.
    """
    path = PACKS / f"{source}.toml" if str(source) in pack_names() else Path(source)
    if path.suffix != ".toml":
        raise PlanningError("unknown_name", thing="Pack", field="name", value=source, known=", ".join(pack_names()))
    if not path.is_file():
        raise PlanningError("no_file", place=str(source), value=path.name)
    table = read_table(path)
    try:
        pack: PackFile = _adapter().validate_python(table)
    except ValidationError as error:
        raise told(error, PackFile, table, path.name) from error
    return pack


def load_pack(source: str | Path, on: date | None = None) -> Pack:
    """Return the version of a pack that was valid ``on`` a date; without one, the newest.

    Raises
    ------
    PlanningError
        As ``read_pack``, and when the date lies before the first version.
    """
    pack = read_pack(source)
    valid = [version for version in pack.versions if on is None or version.valid_from <= on]
    if not valid:
        first = pack.versions[0].valid_from
        raise PlanningError("pack_not_yet", thing=f"Pack({pack.name})", field="valid_from", value=on, first=first)
    return Pack(pack.name, valid[-1].all_measures, valid[-1].valid_from, valid[-1].source)


def pack_title(source: str | Path, language: str | None = None) -> str:
    """Return what a pack is called: as its file says, else as the catalogue does.

    Raises
    ------
    PlanningError
        As ``read_pack``.
    """
    pack = read_pack(source)
    if pack.title is not None:
        return pack.title.said(language)
    return text(f"packs.title_{pack.name}", language) if pack.name in pack_names() else pack.name


def measure_title(pack: Pack, measure: Measure, language: str | None = None) -> str:
    """Return what a measure is called: as its file says, else as the catalogue does, else its key."""
    if isinstance(measure, PackRule) and measure.title is not None:
        return measure.title.said(language)
    if isinstance(measure, Satisfaction):
        return text(f"packs.{measure.key}", language)
    known = isinstance(measure, PackRule) and pack.name in pack_names()
    return text(f"packs.{pack.name}.{measure.key}", language) if known else measure.key


def measure(pack: Pack, run: Logs, scenario: Scenario) -> tuple[Kpi, ...]:
    """Return the measures of one run; one run has no interval. See ``measure_all``."""
    return measure_all(pack, (run,), scenario)


def measure_all(
    pack: Pack, runs: Iterable[Logs], scenario: Scenario, confidence: float = CONFIDENCE
) -> tuple[Kpi, ...]:
    """Return every measure of the pack over independent runs, each with its interval.

    Parameters
    ----------
    runs
        Runs of the floor, or ``Records`` made from a platform's own data; read one after the other.

    Returns
    -------
    tuple of Kpi
        Named ``"<pack>.<key>"``; of all together for the horizon and for each service date, and of every contact type
        that was counted for the horizon.
    """
    tables: list[list[FloatArray]] = [[] for _ in pack.measures]
    places = _Places(scenario)
    for run in runs:
        for rows, one in zip(tables, pack.measures, strict=True):
            rows.append(places.sums(one.cases(run, scenario), one.estimator))
    return tuple(
        row
        for rows, one in zip(tables, pack.measures, strict=True)
        for row in _kpis(f"{pack.name}.{one.key}", one, np.array(rows), scenario, confidence)
    )


class _Places:
    """Sums cases over the whole, each service date and each contact type."""

    def __init__(self, scenario: Scenario) -> None:
        horizon = scenario.horizon
        days = cells_of(horizon, Per.DAY)
        self._day = days.day[days.of_interval][last_open_interval(horizon)]
        self._interval_us = horizon.interval_us
        self._sizes = (len(horizon.days), len(scenario.contact_types))

    def sums(self, cases: Cases, estimator: str) -> FloatArray:
        """Return (2, 1 + D + K) numerators and denominators; of a largest value the largest, and how many."""
        interval = np.clip(cases.start_us // self._interval_us, 0, len(self._day) - 1)
        days, kinds = self._sizes
        whole = np.zeros(len(interval), dtype=np.int64)
        add = _largest if estimator == LARGEST else _added
        parts = [
            np.stack([add(place, cases.numerator, size), _added(place, cases.denominator, size)])
            for place, size in ((whole, 1), (self._day[interval], days), (cases.contact_type, kinds))
        ]
        return np.concatenate(parts, axis=1)


def _added(place: IntArray, values: FloatArray, size: int) -> FloatArray:
    inside = place >= 0
    return np.bincount(place[inside], weights=values[inside], minlength=size).astype(np.float64)


def _largest(place: IntArray, values: FloatArray, size: int) -> FloatArray:
    inside = place >= 0
    most = np.full(size, -np.inf)
    np.maximum.at(most, place[inside], values[inside])
    return np.where(np.isfinite(most), most, 0.0)


def _kpis(name: str, one: Measure, sums: FloatArray, scenario: Scenario, confidence: float) -> Iterator[Kpi]:
    """Yield the rows of one measure from (R, 2, 1 + D + K) sums."""
    if not len(sums):
        return
    if one.estimator == RATIO_OF_SUMS:
        values, halves = ratios_of_sums(sums[:, 0], sums[:, 1], confidence)
    else:
        values, halves = means(sums[:, 0], confidence)
        values = np.where(sums[:, 1].sum(axis=0) > 0, values, np.nan)
    informed = np.count_nonzero(sums[:, 1], axis=0).tolist()
    said = [
        estimate_of(value, half, confidence, one.estimator, len(sums), unit=one.unit, informed=count)
        for value, half, count in zip(values, halves, informed, strict=True)
    ]
    days = len(scenario.horizon.days)
    yield Kpi(name, ALL, said[0])
    for day, estimate in zip(scenario.horizon.days, said[1 : 1 + days], strict=True):
        yield Kpi(name, ALL, estimate, day.date)
    counted: Sequence[bool] = (sums[:, 1, 1 + days :].sum(axis=0) > 0).tolist()
    for kind, estimate, is_counted in zip(scenario.contact_types, said[1 + days :], counted, strict=True):
        if is_counted:
            yield Kpi(name, kind.name, estimate)


@cache
def _adapter() -> TypeAdapter[Any]:
    return TypeAdapter(PackFile)
