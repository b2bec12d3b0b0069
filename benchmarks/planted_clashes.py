"""Teams with one clash planted in them: what makes a line impossible, in thirty and more ways.

A team of regulars and part-timers is sound by itself; a plant changes one person, one contract or the shop so that
somebody cannot have a legal line. Each plant says which parts the report has to name.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scenarios import (
    Agent,
    Available,
    BreakRule,
    Channel,
    ContactType,
    Contract,
    Group,
    Horizon,
    Hours,
    HoursRule,
    Law,
    LawKind,
    Opening,
    Period,
    Route,
    RouteStep,
    RunOf,
    RunRule,
    Scenario,
    Serve,
    ShiftsRule,
    ShiftTemplate,
    SuccessionRule,
    WeekendRule,
    WeeklyRestRule,
    Whom,
    WorkRules,
)
from scenarios.horizon import zone_of

MONDAY = date(2026, 11, 9)
DATES = 14
VICTIM = "regular-001"
ME = Whom(agents=(VICTIM,))
_SKILLS = (("calls",), ("chats",), ("calls", "chats"))


@dataclass(frozen=True, slots=True)
class Plant:
    """One way to make a line impossible.

    Parameters
    ----------
    family
        The rule family it is about.
    made
        The sound team with the clash planted.
    named
        Names of rules or bars of which the report must name each.
    """

    name: str
    family: str
    made: Callable[[Scenario], Scenario]
    named: frozenset[str]


def sound_team(size: int) -> Scenario:
    """Return a team of ``size`` people with legal lines, two thirds of them regulars, over two weeks."""
    lunch = BreakRule(60, False, 180, 240)
    templates = (
        ShiftTemplate("full", 540, 480, 780, 60, (lunch,)),
        ShiftTemplate("late", 540, 840, 840, 60, (lunch,)),
        ShiftTemplate("night", 480, 1320, 1320, 60),
        ShiftTemplate("part", 240, 480, 1080, 60),
    )
    contracts = (
        Contract("regular", ("full",), 44, 40.0, week_paid_h_min=32),
        Contract("pool", ("part",), 20, 32.0, call_in=True),
    )
    kinds = ["regular" if number % 3 else "pool" for number in range(size)]
    agents = [Agent(f"{kind}-{number:03d}", kind, _SKILLS[number % 3]) for number, kind in enumerate(kinds)]
    work = Law(LawKind.EXPONENTIAL, 180.0)
    return Scenario(
        name="planted",
        horizon=Horizon(MONDAY, DATES, 60, "Asia/Shanghai", Opening((Hours(480, 1800),) * 7)),
        contact_types=(ContactType("call", Channel.VOICE, work), ContactType("talk", Channel.CHAT, work)),
        groups=(Group("phone", ("calls",), (Serve("call"),)), Group("chat", ("chats",), (Serve("talk"),))),
        routes=(Route("call", (RouteStep("phone"),)), Route("talk", (RouteStep("chat"),))),
        targets=(),
        contracts=contracts,
        shift_templates=templates,
        agents=tuple(agents),
    )


def _day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def _days(*numbers: int) -> tuple[date, ...]:
    return tuple(_day(number) for number in numbers)


def _windows(*numbers: int, opens: int = 480, closes: int = 1320) -> tuple[Available, ...]:
    return tuple(Available(_day(number), opens, closes) for number in numbers)


def _victim(**changes: object) -> Callable[[Scenario], Scenario]:
    """Change the victim."""

    def made(team: Scenario) -> Scenario:
        changer: Callable[..., Agent] = replace
        agents = [changer(agent, **changes) if agent.name == VICTIM else agent for agent in team.agents]
        return replace(team, agents=tuple(agents))

    return made


def _bound(
    agent: dict[str, object] | None = None, contract: dict[str, object] | None = None, **rules: object
) -> Callable[[Scenario], Scenario]:
    """Change the victim, give him a contract of his own, and rules."""

    def made(team: Scenario) -> Scenario:
        changer: Callable[..., Contract] = replace
        own = changer(team.contracts[0], name="own", **(contract or {}))
        team = replace(team, contracts=(*team.contracts, own))
        writer: Callable[..., WorkRules] = WorkRules
        team = replace(team, rules=writer(**{kind: (rule,) for kind, rule in rules.items()}))
        return _victim(contract="own", **(agent or {}))(team)

    return made


NIGHTS: dict[str, object] = {"shift_templates": ("night",)}
LATE_AND_EARLY: dict[str, object] = {"shift_templates": ("full", "late")}
_LAST_NIGHT = datetime(2026, 11, 15, 12, tzinfo=zone_of("Asia/Shanghai"))

PLANTS: tuple[Plant, ...] = tuple(
    Plant(name, family, made, frozenset(named))
    for name, family, made, named in (
        (
            "few windows in a week",
            "windows",
            _victim(available=_windows(0, 1, *range(7, 14))),
            ["week_hours", "availability"],
        ),
        (
            "no window at all in a week",
            "windows",
            _victim(available=_windows(*range(7, 14))),
            ["week_hours", "availability"],
        ),
        (
            "windows too short for a shift",
            "windows",
            _victim(available=_windows(*range(14), closes=900)),
            ["week_hours", "availability"],
        ),
        (
            "windows at the wrong hour",
            "windows",
            _victim(available=_windows(*range(14), opens=1200, closes=1700)),
            ["week_hours", "availability"],
        ),
        ("no skill of any group", "skills", _victim(skills=()), ["week_hours", "skills"]),
        (
            "contract without shifts",
            "contract",
            _bound(contract={"shift_templates": ()}),
            ["week_hours", "contract_shift"],
        ),
        (
            "least above what days off leave",
            "hours",
            _bound(contract={"days_off_per_week_min": 4}),
            ["week_hours", "days_off"],
        ),
        (
            "least above what runs leave",
            "runs",
            _bound(contract={"consecutive_days_max": 1, "week_paid_h_min": 40}),
            ["week_hours", "consecutive_days"],
        ),
        (
            "most below one shift",
            "hours",
            _bound(contract={"week_paid_h_max": 33, "week_paid_h_min": 33}),
            ["week_hours"],
        ),
        ("rest longer than a day", "rest", _bound(contract={"rest_h_min": 40}), ["week_hours", "rest"]),
        (
            "rest and late windows",
            "rest",
            _bound(
                {
                    "available": _windows(*range(0, 14, 2), opens=780, closes=1320)
                    + _windows(*range(1, 14, 2), opens=480, closes=1020)
                },
                {"rest_h_min": 15, "week_paid_h_min": 40},
            ),
            ["week_hours", "rest", "availability"],
        ),
        (
            "own cap of the week",
            "hours",
            _bound(hours=HoursRule("cap", Period.WEEK, most_h=24, whom=ME)),
            ["week_hours", "cap"],
        ),
        (
            "own cap of the day",
            "hours",
            _bound(hours=HoursRule("cap", Period.DAY, most_h=7, whom=ME)),
            ["week_hours", "cap"],
        ),
        (
            "own cap of any seven days",
            "rolling hours",
            _bound(hours=HoursRule("cap", Period.ROLLING, days=7, most_h=24, whom=ME)),
            ["week_hours", "cap"],
        ),
        (
            "own cap of the fortnight",
            "reference period",
            _bound(hours=HoursRule("cap", Period.REFERENCE, days=14, most_h=56, whom=ME)),
            ["week_hours", "cap"],
        ),
        (
            "own cap of the month",
            "month",
            _bound(hours=HoursRule("cap", Period.MONTH, most_h=48, whom=ME)),
            ["week_hours", "cap"],
        ),
        (
            "least of the horizon out of reach",
            "hours",
            _bound(hours=HoursRule("least", Period.HORIZON, least_h=96, whom=ME)),
            ["week_hours", "least"],
        ),
        (
            "night cap on a night contract",
            "night caps",
            _bound(contract=NIGHTS, shifts=ShiftsRule("nights", Period.WEEK, templates=("night",), most=2, whom=ME)),
            ["week_hours", "nights"],
        ),
        (
            "night work by the clock",
            "night caps",
            _bound(
                contract=NIGHTS,
                shifts=ShiftsRule("nights", Period.WEEK, from_min=1320, to_min=1800, minutes=120, most=3, whom=ME),
            ),
            ["week_hours", "nights"],
        ),
        (
            "shifts of the month",
            "shift caps",
            _bound(shifts=ShiftsRule("few", Period.MONTH, most=7, whom=ME)),
            ["week_hours", "few"],
        ),
        (
            "runs of two on alternate windows",
            "runs",
            _bound(
                {"available": _windows(0, 2, 4, 6, 7, 9, 11, 13)}, runs=RunRule("pairs", RunOf.WORK, least=2, whom=ME)
            ),
            ["week_hours", "availability", "pairs"],
        ),
        (
            "runs of work too short",
            "runs",
            _bound(
                contract={"days_off_per_week_min": 0},
                runs=RunRule("short", RunOf.WORK, most=1, whom=ME),
                hours=HoursRule("much", Period.WEEK, least_h=40, whom=ME),
            ),
            ["much", "short"],
        ),
        (
            "days off in long runs",
            "days off",
            _bound(runs=RunRule("off", RunOf.FREE, least=5, whom=ME), contract={"consecutive_days_max": 2}),
            ["week_hours", "off", "consecutive_days"],
        ),
        (
            "nights in a row",
            "night runs",
            _bound(
                contract=NIGHTS | {"days_off_per_week_min": 0},
                runs=RunRule("nights", RunOf.SHIFTS, templates=("night",), most=1, whom=ME),
                hours=HoursRule("much", Period.WEEK, least_h=40, whom=ME),
            ),
            ["much", "nights"],
        ),
        (
            "the same shift twice",
            "shift runs",
            _bound(
                contract={"days_off_per_week_min": 0},
                runs=RunRule("change", RunOf.SAME_SHIFT, most=1, whom=ME),
                hours=HoursRule("much", Period.WEEK, least_h=40, whom=ME),
            ),
            ["much", "change"],
        ),
        (
            "only weekends, weekends free",
            "weekends",
            _bound(
                {"available": _windows(5, 6, 12, 13)},
                {"week_paid_h_min": 8},
                weekends=WeekendRule("free", most=0, whom=ME),
            ),
            ["week_hours", "availability", "free"],
        ),
        (
            "weekends in a row",
            "weekends",
            _bound(
                {"available": _windows(5, 6, 12, 13)},
                {"week_paid_h_min": 8},
                weekends=WeekendRule("alternate", consecutive_most=1, whom=ME),
            ),
            ["week_hours", "availability", "alternate"],
        ),
        (
            "whole weekends, Saturdays only",
            "weekends",
            _bound(
                {"available": _windows(5, 12)},
                {"week_paid_h_min": 8},
                weekends=WeekendRule("whole", whole=True, whom=ME),
            ),
            ["week_hours", "availability", "whole"],
        ),
        (
            "weekly rest of six days",
            "weekly rest",
            _bound(weekly_rest=WeeklyRestRule("rest week", 120, whom=ME)),
            ["week_hours", "rest week"],
        ),
        (
            "no early after a late, windows late and early",
            "successions",
            _bound(
                {"available": _windows(*range(14), opens=480, closes=1440)},
                LATE_AND_EARLY | {"week_paid_h_min": 40, "days_off_per_week_min": 0, "rest_h_min": 0},
                successions=SuccessionRule("never two", ("full", "late"), ("full", "late"), whom=ME),
            ),
            ["week_hours", "never two"],
        ),
        (
            "leave in the only windows",
            "leave",
            _bound(
                {"available": _windows(0, 1, *range(7, 14)), "leave": _days(0)},
                {"week_paid_h_min": 0},
                hours=HoursRule("floor", Period.WEEK, least_h=16, whom=ME),
            ),
            ["floor", "availability", "leave"],
        ),
        (
            "last shift ends on the seventh day",
            "rest",
            _bound({"last_shift_end": _LAST_NIGHT}),
            ["week_hours", "last_shift"],
        ),
        (
            "a long run before the horizon",
            "runs",
            _bound({"worked_days_before": 2}, {"consecutive_days_max": 2, "week_paid_h_min": 40}),
            ["week_hours", "consecutive_days"],
        ),
    )
)
