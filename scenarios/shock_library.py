"""Shocks as data: what can happen to a shop, told from a moment on, to be played on any scenario.

A shock is a TOML file: ``scenarios/library/shocks`` holds those that ship, a path names one of your own. Its times are
minutes after the moment it is given; whoever plays it says when that is.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from scenarios.checks import BoolArray, require_known, require_not_negative
from scenarios.errors import PlanningError, UsageError
from scenarios.horizon import US_PER_MIN
from scenarios.merge import LIBRARY
from scenarios.plan_files import names_in, read_plan
from scenarios.promo import Effect, Quantity, Shock
from scenarios.reach import Reach, TypeChoice, reached_and_missed, require_reach
from scenarios.scenario import Scenario
from scenarios.shape import FileShape

SHOCKS = LIBRARY / "shocks"
ORDERS = "orders"
"""What multiplies orders: a contact type follows with its ``promo_response``, as it does a promotion's."""


@dataclass(frozen=True, slots=True)
class ShockEffect(TypeChoice):
    """One thing a shock multiplies for some time, for the types it chooses.

    Parameters
    ----------
    what
        A ``Quantity``, or ``orders``.
    factor
        >= 0.
    from_min, until_min
        Minutes after the moment of the shock, half-open; ``None`` for the end of the horizon.
    """

    what: str
    factor: float
    from_min: float = 0.0
    until_min: float | None = None

    def __post_init__(self) -> None:
        require_known("ShockEffect", "what", [self.what], (*Quantity, ORDERS))
        for field in ("factor", "from_min"):
            require_not_negative("ShockEffect", field, getattr(self, field))
        if self.until_min is not None and not self.until_min > self.from_min:
            raise PlanningError(
                "span_inverted", thing="ShockEffect", field="until_min", value=self.until_min, start=self.from_min
            )

    @property
    def quantity(self) -> Quantity:
        """What is multiplied when contacts are drawn."""
        return Quantity.VOLUME if self.what == ORDERS else Quantity(self.what)

    def effects(self, scenario: Scenario, names: tuple[str, ...], moment_us: int) -> Iterator[Effect]:
        """Yield the effects for the types ``names`` when the shock comes ``moment_us`` after the horizon's start."""
        start, end = (
            None if minutes is None else scenario.horizon.instant(moment_us + round(minutes * US_PER_MIN))
            for minutes in (self.from_min, self.until_min)
        )
        together: dict[float, list[str]] = {}
        for name in names:
            response = scenario.contact_types[scenario.type_index(name)].promo_response
            factor = max(0.0, 1.0 + response * (self.factor - 1.0)) if self.what == ORDERS else self.factor
            together.setdefault(factor, []).append(name)
        for factor, those in together.items():
            yield Effect(self.quantity, factor, tuple(those), start, end)


@dataclass(frozen=True, slots=True)
class ShockPlan(FileShape):
    """A shock: its effects, and the rows of the source documents that name it.

    Parameters
    ----------
    title, about, assumed
        Texts by language; ``assumed`` says why its figures, which no source states, have their size.
    rows
        Row keys of the documents that name such a shock.
    """

    schema: int
    name: str
    title: dict[str, str]
    about: dict[str, str]
    effects: tuple[ShockEffect, ...]
    assumed: dict[str, str]
    rows: tuple[str, ...] = ()

    def applied_to(self, scenario: Scenario, moment: datetime) -> Scenario:
        """Return ``scenario`` with the shock from the interval on that holds the aware ``moment``.

        Raises
        ------
        PlanningError
            When the shock finds nothing to move in the scenario, or lies outside its opening hours.
        """
        thing = f"ShockPlan({self.name})"
        changed, rows = self._applied(scenario, moment)
        require_reach(thing, scenario, rows)
        if not any(row.moved for row in rows):
            days = scenario.horizon.days
            raise PlanningError(
                "shock_outside", thing=thing, value=moment.isoformat(),
                first=scenario.horizon.instant(days[0].opens_us).isoformat(),
                last=scenario.horizon.instant(days[-1].closes_us).isoformat(),
            )  # fmt: skip
        return changed

    def reach(self, scenario: Scenario, moment: datetime) -> tuple[Reach, ...]:
        """Return what each effect finds in ``scenario``."""
        return self._applied(scenario, moment)[1]

    def _applied(self, scenario: Scenario, moment: datetime) -> tuple[Scenario, tuple[Reach, ...]]:
        effects: list[Effect] = []
        rows: list[Reach] = []
        step_us = scenario.horizon.interval_us
        moment_us = scenario.horizon.us_of(moment) // step_us * step_us
        for row in self.effects:
            reached, missed = reached_and_missed(scenario, row, row.quantity, row.factor)
            made = list(row.effects(scenario, reached, moment_us))
            effects += made
            moved = any(effect.factor != 1.0 for effect in made) and bool(_hit(scenario, row, moment_us).any())
            rows.append(Reach(row.what, reached, missed, moved))
        shock = Shock(self.name, tuple(effects))
        return replace(scenario, shocks=(*scenario.shocks, shock)), tuple(rows)


def _hit(scenario: Scenario, row: ShockEffect, moment_us: int) -> BoolArray:
    """Return (T,) the open intervals whose start lies in the span of an effect."""
    horizon = scenario.horizon
    after_us = np.arange(horizon.intervals) * horizon.interval_us - moment_us
    inside = after_us >= row.from_min * US_PER_MIN
    if row.until_min is not None:
        inside &= after_us < row.until_min * US_PER_MIN
    hit: BoolArray = inside & horizon.open_intervals()
    return hit


def shock_names() -> tuple[str, ...]:
    """Return the names of the shocks that ship, sorted."""
    return names_in(SHOCKS)


def load_shock(source: str | Path) -> ShockPlan:
    """Return the shock of a library name or of a TOML file of your own.

    Raises
    ------
    PlanningError
        When there is none, or the file does not read as one.
    """
    return read_plan(ShockPlan, SHOCKS, source, "no_shock")


def shocks_at(scenario: Scenario, given: Iterable[str]) -> tuple[tuple[ShockPlan, datetime], ...]:
    """Return the shocks of texts such as ``outage@2026-11-10T20:00``, each with its moment.

    A moment without an offset is local to the scenario; a date alone is its midnight.

    Raises
    ------
    UsageError
        When a text has no moment.
    """
    zone = scenario.horizon.start.tzinfo
    found = []
    for text in given:
        name, _, when = text.rpartition("@")
        try:
            moment = datetime.fromisoformat(when)
        except ValueError as error:
            raise UsageError("shock_needs_moment", value=text) from error
        found.append((load_shock(name), moment if moment.tzinfo else moment.replace(tzinfo=zone)))
    return tuple(found)
