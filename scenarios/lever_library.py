"""Levers as data: what a planner can try, with the range of its effect, where the range comes from, and what it costs.

A lever is a TOML file: ``scenarios/library/levers`` holds those that ship, a path names one of your own. Effects are
claims of service reports with a wide range, never facts: each change has a low, a likely and a high value.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from scenarios.checks import require_known, require_not_negative
from scenarios.errors import PlanningError
from scenarios.lever_settings import Setting, Value, check_value, with_setting
from scenarios.merge import LIBRARY
from scenarios.plan_files import names_in, read_plan
from scenarios.promo import Effect, Lever, Quantity
from scenarios.reach import Reach, TypeChoice, reached_and_missed, require_reach
from scenarios.scenario import Scenario
from scenarios.shape import FileShape

LEVERS = LIBRARY / "levers"


class Level(StrEnum):
    """How much of its range a lever is taken to reach."""

    LOW = "low"
    LIKELY = "likely"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Change(TypeChoice):
    """One thing a lever changes, for the types it chooses; groups are changed when they serve such a type.

    Parameters
    ----------
    what
        A ``Quantity`` (multiplied for the chosen types) or a ``Setting``.
    low, likely, high
        Factor or value of the setting when the lever does little, what is expected, and as much as is claimed.
    """

    what: str
    low: Value
    likely: Value
    high: Value

    def __post_init__(self) -> None:
        require_known("Change", "what", [self.what], (*Quantity, *Setting))
        for level in Level:
            check_value(self.what, level, self.value_at(level))

    def value_at(self, level: Level) -> Value:
        """Return the factor or value at ``level``."""
        return {Level.LOW: self.low, Level.LIKELY: self.likely, Level.HIGH: self.high}[level]

    @property
    def multiplies(self) -> bool:
        """Whether the change multiplies a quantity."""
        return self.what in {str(quantity) for quantity in Quantity}


@dataclass(frozen=True, slots=True)
class LeverPlan(FileShape):
    """A lever: its changes, its cost, and the rows of the source documents its effects are quoted from.

    Parameters
    ----------
    title, about
        Texts by language.
    cost_yuan, cost_yuan_per_day
        Once, and for every date of the horizon.
    cost_about
        What the cost is for, or why there is none; by language.
    rows
        Row keys of the documents that claim the effect; empty for an assumption.
    """

    schema: int
    name: str
    title: dict[str, str]
    about: dict[str, str]
    changes: tuple[Change, ...]
    cost_yuan: float = 0.0
    cost_yuan_per_day: float = 0.0
    cost_about: dict[str, str] = field(default_factory=dict)
    rows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("cost_yuan", "cost_yuan_per_day"):
            require_not_negative(f"LeverPlan({self.name})", name, getattr(self, name))

    def cost_over(self, scenario: Scenario) -> float:
        """Return the cost in yuan over the horizon of ``scenario``."""
        return self.cost_yuan + self.cost_yuan_per_day * len(scenario.horizon.days)

    def applied_to(self, scenario: Scenario, level: Level = Level.LIKELY) -> Scenario:
        """Return ``scenario`` with the lever on; a lever of the same name that was on before is replaced.

        Raises
        ------
        PlanningError
            When no change finds anything to move in the scenario, or a value does not fit.
        """
        changed, rows = self._applied(scenario, level)
        require_reach(f"LeverPlan({self.name})", scenario, rows)
        return changed

    def reach(self, scenario: Scenario, level: Level = Level.LIKELY) -> tuple[Reach, ...]:
        """Return what each change finds in ``scenario`` without this lever; ``PlanningError`` as ``applied_to``."""
        return self._applied(scenario, level)[1]

    def removed_from(self, scenario: Scenario) -> Scenario:
        """Return ``scenario`` without the lever of this name among its ``levers``."""
        return replace(scenario, levers=tuple(lever for lever in scenario.levers if lever.name != self.name))

    def _applied(self, scenario: Scenario, level: Level) -> tuple[Scenario, tuple[Reach, ...]]:
        effects: list[Effect] = []
        rows: list[Reach] = []
        changed = self.removed_from(scenario)
        for change in self.changes:
            value = change.value_at(level)
            reached, missed = reached_and_missed(changed, change, change.what, value)
            before = changed
            if reached and change.multiplies:
                effects.append(Effect(Quantity(change.what), float(value), reached))
            elif reached:
                changed = self._set(before, change, reached, value)
            moved = effects[-1].factor != 1.0 if reached and change.multiplies else changed != before
            rows.append(Reach(change.what, reached, missed, moved))
        on = Lever(self.name, tuple(effects), self.cost_over(scenario))
        return replace(changed, levers=(*changed.levers, on)), tuple(rows)

    def _set(self, scenario: Scenario, change: Change, names: tuple[str, ...], value: Value) -> Scenario:
        try:
            return with_setting(scenario, Setting(change.what), names, value)
        except PlanningError as error:
            raise error.at(f"LeverPlan({self.name}).{change.what}") from error


def lever_names() -> tuple[str, ...]:
    """Return the names of the levers that ship, sorted."""
    return names_in(LEVERS)


def load_lever(source: str | Path) -> LeverPlan:
    """Return the lever of a library name or of a TOML file of your own.

    Raises
    ------
    PlanningError
        When there is none, or the file does not read as one.
    """
    return read_plan(LeverPlan, LEVERS, source, "no_lever")
