"""Rules of work about the team as a whole, as a planner writes them: who must be there, and how work is spread."""

from dataclasses import dataclass

from scenarios.checks import require_positive
from scenarios.errors import PlanningError
from scenarios.rule_parts import EVERYBODY, Whom, check_price, check_span, check_weekdays
from scenarios.shape import FileShape

FAIR_IN = ("nights", "weekends", "shifts")


@dataclass(frozen=True, slots=True)
class PresenceRule(FileShape):
    """While anybody of ``beside`` works (empty: while open), so many people with a skill or of a name list are there.

    A lead in every hour, a Cantonese speaker, the mentor beside the trainee: all are said with this.

    Parameters
    ----------
    skill, agents
        Who counts: holders of a skill, or people by name; one of the two.
    least
        How many.
    from_min, to_min
        Minutes after midnight in which it is asked; ``None``: whenever open.
    yuan_per_h
        What an hour with one too few costs; ``None``: it must hold.
    """

    name: str
    skill: str = ""
    agents: tuple[str, ...] = ()
    least: int = 1
    beside: tuple[str, ...] = ()
    from_min: int | None = None
    to_min: int | None = None
    yuan_per_h: float | None = None
    source: str = ""

    def __post_init__(self) -> None:
        thing = f"PresenceRule({self.name})"
        require_positive(thing, "least", self.least)
        if bool(self.skill) == bool(self.agents):
            raise PlanningError("skill_or_agents", thing=thing, field="skill", value=self.skill or "()")
        check_span(thing, self.from_min, self.to_min)
        check_price(thing, "yuan_per_h", self.yuan_per_h)


@dataclass(frozen=True, slots=True)
class HeadsRule(FileShape):
    """On each date so many people hold one of some shifts: on call, on the night shift, at work at all.

    Parameters
    ----------
    least
        How many.
    templates
        Shifts that count; empty: all.
    weekdays
        On which dates it is asked (``sat`` ...); empty: on all.
    yuan_per_person
        What each one too few costs on a date; ``None``: it must hold.
    whom
        Who counts.
    """

    name: str
    least: int = 1
    templates: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    yuan_per_person: float | None = None
    whom: Whom = EVERYBODY
    source: str = ""

    def __post_init__(self) -> None:
        thing = f"HeadsRule({self.name})"
        require_positive(thing, "least", self.least)
        check_weekdays(thing, self.weekdays)
        check_price(thing, "yuan_per_person", self.yuan_per_person)


@dataclass(frozen=True, slots=True)
class FairnessRule(FileShape):
    """Unpopular shifts are spread: the further a person is above the team's mean, the dearer the next one.

    Parameters
    ----------
    of
        What gives a point: ``nights`` (work between 22:00 and 6:00), ``weekends``, or ``shifts`` of ``templates``. What
        the past has brought stands in ``Agent.nights_before``, ``weekends_before`` and ``points_before``.
    yuan_per_point
        Price of the first point above the mean; the second costs twice as much, and so on.
    """

    name: str
    of: str
    yuan_per_point: float
    templates: tuple[str, ...] = ()
    whom: Whom = EVERYBODY
    source: str = ""

    def __post_init__(self) -> None:
        thing = f"FairnessRule({self.name})"
        if self.of not in FAIR_IN:
            raise PlanningError("not_one_of", thing=thing, field="of", value=self.of, known=", ".join(FAIR_IN))
        require_positive(thing, "yuan_per_point", self.yuan_per_point)
        if (self.of == "shifts") != bool(self.templates):
            raise PlanningError(
                "run_templates", thing=thing, field="templates", value=", ".join(self.templates) or "()"
            )
