"""Levers as data: what a planner can try, with the range of its effect, where the range comes from, and what it costs.

A lever is a TOML file: ``scenarios/library/levers`` holds those that ship, a path names one of your own. Effects are
claims of service reports with a wide range, never facts: each change has a low, a likely and a high value.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from scenarios.checks import require_known, require_not_negative
from scenarios.contact_types import Channel, ContactType
from scenarios.errors import PlanningError
from scenarios.faults import told
from scenarios.lever_settings import Setting, Value, check_value, with_setting
from scenarios.merge import LIBRARY, read_table
from scenarios.promo import Effect, Lever, Quantity
from scenarios.scenario import Scenario
from scenarios.shape import FileShape

LEVERS = LIBRARY / "levers"


class Level(StrEnum):
    """How much of its range a lever is taken to reach."""

    LOW = "low"
    LIKELY = "likely"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Change(FileShape):
    """One thing a lever changes.

    Parameters
    ----------
    what
        A ``Quantity`` (multiplied for the chosen types) or a ``Setting``.
    low, likely, high
        Factor or new value when the lever does little, what is expected, and as much as is claimed.
    contact_types, channels, topics
        Which types: those named, of these channels, of these topics; all conditions that are given must hold. Groups
        are changed when they serve such a type.
    """

    what: str
    low: Value
    likely: Value
    high: Value
    contact_types: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    topics: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        require_known("Change", "what", [self.what], (*Quantity, *Setting))
        for level in Level:
            check_value(self.what, level, self.value_at(level))

    def value_at(self, level: Level) -> Value:
        """Return the factor or value at ``level``."""
        return {Level.LOW: self.low, Level.LIKELY: self.likely, Level.HIGH: self.high}[level]

    def chooses(self, kind: ContactType) -> bool:
        """Return whether the change concerns ``kind``."""
        return (
            (not self.contact_types or kind.name in self.contact_types)
            and (not self.channels or kind.channel in self.channels)
            and (not self.topics or kind.topic in self.topics)
        )


@dataclass(frozen=True, slots=True)
class LeverPlan(FileShape):
    """A lever: its changes, its cost, and the rows of the source documents its effects are quoted from.

    Parameters
    ----------
    title, about
        Texts by language.
    cost_yuan, cost_yuan_per_day
        Once, and for every date of the horizon.
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
    rows: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for field in ("cost_yuan", "cost_yuan_per_day"):
            require_not_negative(f"LeverPlan({self.name})", field, getattr(self, field))

    def cost_over(self, scenario: Scenario) -> float:
        """Return the cost in yuan over the horizon of ``scenario``."""
        return self.cost_yuan + self.cost_yuan_per_day * len(scenario.horizon.days)

    def applied_to(self, scenario: Scenario, level: Level = Level.LIKELY) -> Scenario:
        """Return ``scenario`` with the lever on; a lever of the same name that was on before is replaced.

        Raises
        ------
        PlanningError
            When a change concerns none of the scenario's types, or its value does not fit.
        """
        effects: list[Effect] = []
        changed = self.removed_from(scenario)
        for change in self.changes:
            kinds = tuple(kind.name for kind in scenario.contact_types if change.chooses(kind))
            if not kinds:
                raise PlanningError("lever_reaches_nothing", thing=f"LeverPlan({self.name})", field=change.what,
                                    value=scenario.name)  # fmt: skip
            value = change.value_at(level)
            if change.what in {str(quantity) for quantity in Quantity}:
                effects.append(Effect(Quantity(change.what), float(value), kinds))
            else:
                changed = with_setting(changed, Setting(change.what), kinds, value)
        on = Lever(self.name, tuple(effects), self.cost_over(scenario))
        return replace(changed, levers=(*changed.levers, on))

    def removed_from(self, scenario: Scenario) -> Scenario:
        """Return ``scenario`` without the lever of this name among its ``levers``."""
        return replace(scenario, levers=tuple(lever for lever in scenario.levers if lever.name != self.name))


def lever_names() -> tuple[str, ...]:
    """Return the names of the levers that ship, sorted."""
    return tuple(sorted(path.stem for path in LEVERS.glob("*.toml")))


def load_lever(source: str | Path) -> LeverPlan:
    """Return the lever of a library name or of a TOML file of your own.

    Raises
    ------
    PlanningError
        When there is none, or the file does not read as one.
    """
    path = Path(source) if str(source).endswith(".toml") else LEVERS / f"{source}.toml"
    if not path.is_file():
        raise PlanningError("no_lever", place=str(source), known=", ".join(lever_names()))
    table = read_table(path)
    try:
        return _ADAPTER.validate_python(table)
    except ValidationError as error:
        raise told(error, LeverPlan, table, path.name) from error


_ADAPTER = TypeAdapter(LeverPlan)
