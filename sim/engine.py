"""Play a day: a trace and the people in, a log out; by the compiled engine, or by the one that can be read."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from scenarios import NEVER_US, ContactLog, ContactTrace, MessageLog, PlanningError, Scenario
from scenarios.checks import IntArray
from sim.compiled import CompiledFloor
from sim.floor.log import logs_of
from sim.floor.played import Played
from sim.floor.staff import Staff
from sim.model import Router, play_readable


class Engine(StrEnum):
    """Who plays; the log does not depend on it."""

    COMPILED = "compiled"
    READABLE = "readable"


@dataclass(frozen=True, slots=True)
class FloorRun:
    """What one run of the floor leaves behind.

    Parameters
    ----------
    log, messages
        One row per attempt; one row per round of a chat by messages.
    due_us
        (rows of the log,) when a ticket was due, ``NEVER_US`` for live contacts.
    played
        The same as the engine wrote it, over all possible attempts; ``busy_us``, ``working_us`` and ``at_work_us`` per
        person stand here.
    """

    log: ContactLog
    messages: MessageLog
    due_us: IntArray
    played: Played

    @classmethod
    def of(cls, trace: ContactTrace, played: Played, staff: Staff) -> "FloorRun":
        """Return the run with its logs."""
        log, messages = logs_of(trace, played, staff)
        return cls(log, messages, _due_us(trace, log), played.seal())


def _due_us(trace: ContactTrace, log: ContactLog) -> IntArray:
    """Return when each attempt was due: its offer and the time allowed, of a live contact never."""
    if log.row is trace.root and (trace.due_after_us == NEVER_US).all():
        return trace.due_after_us  # nothing but live contacts
    due_us: IntArray = np.minimum(log.offered_us + trace.due_after_us[log.row], NEVER_US)
    due_us.flags.writeable = False
    return due_us


def simulate(
    scenario: Scenario,
    trace: ContactTrace,
    staff: Staff,
    *,
    engine: Engine = Engine.COMPILED,
    router: Router | None = None,
) -> FloorRun:
    """Play ``trace`` on the floor that ``scenario`` describes, with ``staff`` at work; nothing here is random.

    ``docs/simulation.md`` is the specification.

    Parameters
    ----------
    router
        A router of your own; it plays on the readable engine, whatever ``engine`` says.

    Raises
    ------
    PlanningError
        When the trace or the staff names a contact type or a group the scenario does not have.
    """
    check_fits(scenario, trace, staff)
    if engine is Engine.READABLE or router is not None:
        return FloorRun.of(trace, play_readable(scenario, trace, staff, router=router), staff)
    return FloorRun.of(trace, CompiledFloor(scenario).play(trace, staff), staff)


def check_fits(scenario: Scenario, trace: ContactTrace, staff: Staff) -> None:
    """Raise ``PlanningError`` unless every type and group that trace and staff name is one of the scenario's.

    A chat by messages that may reach the floor must have a message. What is drawn for a scenario fits it.
    """
    _require_below("ContactTrace", "contact_type", trace.contact_type, len(scenario.contact_types))
    _require_below("ContactTrace", "line", trace.line, len(scenario.contact_types))
    check_staff(scenario, staff)
    by_messages = np.array([kind.messages is not None for kind in scenario.contact_types])
    silent = by_messages[trace.line] & (trace.first_round[1:] == trace.first_round[:-1])
    silent[: trace.roots] &= ~trace.contained
    if silent.any():
        raise PlanningError("below_one", thing="ContactTrace", field=f"rounds[{int(silent.argmax())}]", value=0)


def check_staff(scenario: Scenario, staff: Staff) -> None:
    """Raise ``PlanningError`` unless every group that staff names is one of the scenario's."""
    _require_below("Staff", "group", staff.group, len(scenario.groups))


def _require_below(thing: str, field: str, values: IntArray, known: int) -> None:
    if len(values) and not 0 <= values.min() <= values.max() < known:
        worst = values.max() if values.max() >= known else values.min()
        raise PlanningError("not_one_of", thing=thing, field=field, value=int(worst), known=f"0 .. {known - 1}")
