"""Whom a measure can be about: contact types, promises, labels, and everybody."""

from collections.abc import Mapping
from dataclasses import dataclass

from scenarios import Channel, PlanningError, Scenario, ServiceTarget
from sim.measures.kpis import Concerns

ALL = "all"
"""Scope of all contact types, or all groups, together."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a study knows of a contact type.

    Parameters
    ----------
    labels
        What it is about, as ``"channel=chat"``, ``"topic=returns"``, ``"grade=complex"``, ``"language=en"``,
        ``"customer=vip"``.
    value_yuan
        Worth of an answered contact.
    """

    name: str
    labels: tuple[str, ...]
    value_yuan: float
    is_ticket: bool
    by_messages: bool

    def is_concerned(self, concerns: Concerns) -> bool:
        """Return whether measures that are about ``concerns`` are about this type."""
        wanted = {
            Concerns.ALL: True,
            Concerns.LIVE: not self.is_ticket,
            Concerns.TICKETS: self.is_ticket,
            Concerns.MESSAGES: self.by_messages,
        }
        return wanted[concerns]


def kinds_of(scenario: Scenario) -> tuple[Kind, ...]:
    """Return what a study knows of each contact type."""
    return tuple(
        Kind(
            name=kind.name,
            labels=tuple(
                f"{label}={value}"
                for label in ("channel", "topic", "grade", "language", "customer")
                if (value := getattr(kind, label))
            ),
            value_yuan=kind.value_yuan,
            is_ticket=kind.channel is Channel.TICKET,
            by_messages=kind.messages is not None,
        )
        for kind in scenario.contact_types
    )


def scopes_of(kinds: tuple[Kind, ...], targets: tuple[ServiceTarget, ...]) -> Mapping[str, tuple[int, ...]]:
    """Return the contact types of every scope, by number, in the order in which reports show them.

    Contact types come first, then targets that bear another name, then ``"all"``, then labels that tell types apart: a
    label that all types bear says no more than ``"all"``. What is named first keeps its name.
    """
    numbers = {kind.name: (number,) for number, kind in enumerate(kinds)}
    promised = {
        target.name: tuple(numbers[name][0] for name in target.contact_types)
        for target in targets
        if target.name not in numbers
    }
    everything = tuple(range(len(kinds)))
    labels = {
        label: tuple(number for number, kind in enumerate(kinds) if label in kind.labels)
        for label in dict.fromkeys(label for kind in kinds for label in kind.labels)
    }
    telling = {label: columns for label, columns in labels.items() if columns != everything}
    return _joined(numbers, promised, {ALL: everything}, telling)


def columns_of(scopes: Mapping[str, tuple[int, ...]], scope: str) -> list[int]:
    """Return the contact types of a scope by number.

    Raises
    ------
    PlanningError
        When there is no such scope.
    """
    if scope not in scopes:
        raise PlanningError("unknown_name", thing="Study", field="scope", value=scope, known=", ".join(scopes))
    return list(scopes[scope])


def _joined(*parts: Mapping[str, tuple[int, ...]]) -> Mapping[str, tuple[int, ...]]:
    """Return all entries; the first of a name stays."""
    joined: dict[str, tuple[int, ...]] = {}
    for part in parts:
        for name, columns in part.items():
            joined.setdefault(name, columns)
    return joined
