"""Random shops: every mechanism of the floor, times on a grid so coarse that most events tie."""

from dataclasses import dataclass, replace
from datetime import date

from scenarios import (
    AgentChoice,
    AtClosing,
    Channel,
    ContactType,
    Group,
    Horizon,
    Hours,
    LateBreaks,
    Law,
    LawKind,
    Messages,
    Opening,
    ReplyOrder,
    Route,
    RouteStep,
    Scenario,
    Serve,
)

UNIT_S = 10
UNIT_US = UNIT_S * 1_000_000
CHOICES_OF_CALLS = (AgentChoice.LONGEST_IDLE, AgentChoice.LEAST_LOADED, AgentChoice.NOT_TYPING_FIRST)
DAY_MIN = 24 * 60
DAY_UNITS = DAY_MIN * 60 // UNIT_S
STYLES = ("voice", "messages", "messages", "slots", "ticket", "ticket")
SPEEDS = (
    (1.0, 0.5, 0.5, 0.25),
    (1.0, 0.5, 0.25, 0.25),
    (1.0, 0.5, 0.5, 0.5),
    (1.0, 1.0, 1.0, 1.0),
    (1.0, 0.75, 0.6, 0.5),
)


@dataclass(frozen=True)
class Size:
    """How large the random floors are: contacts, contact types, groups, people (from, to); openings in 5 minutes.

    Contacts arrive within ``stretch`` units, wherever these lie in the openings. ``calls_only`` leaves out what the
    calls floors do not know.
    """

    contacts: tuple[int, int]
    types: tuple[int, int]
    groups: tuple[int, int]
    people: tuple[int, int]
    window: tuple[int, int]
    longest_span: int
    work: tuple[int, ...]
    patience: tuple[int, ...]
    stretch: int
    calls_only: bool = False


TINY = Size((0, 14), (1, 4), (2, 2), (1, 5), (1, 2), 12, (1, 2, 3, 4, 9), (1, 2, 5, 40), 12)
LARGE = Size((300, 300), (5, 7), (3, 4), (12, 24), (3, 6), 60, (1, 2, 2, 3, 4, 6, 9), (1, 2, 5, 10, 20, 40, 80), 10_000)
TINY_CALLS = replace(TINY, types=(1, 3), groups=(1, 2), calls_only=True)
LARGE_CALLS = replace(LARGE, types=(1, 4), groups=(1, 3), calls_only=True)


@dataclass(frozen=True)
class Window:
    """The stretch of time in which things happen: its start and length in units, whether it comes a day later again."""

    start: int
    length: int
    again: bool


def a_shop(dice, size):
    """Return a random scenario, its window and the style of each contact type."""
    horizon, window = _horizon(dice, size)
    models = [dice.pick("messages", "messages", "slots") for _ in range(dice.whole(*size.groups))]
    known = [style for style in STYLES if style in ("voice", "ticket") or style in models]
    known = ["voice"] if size.calls_only else known
    styles = [dice.pick(*known) for _ in range(dice.whole(*size.types))]
    caps = [dice.whole(1, 4) for _ in models]
    kinds = [_kind(dice, number, style, min(caps)) for number, style in enumerate(styles)]
    groups = [
        _group(dice, number, caps[number], kinds, CHOICES_OF_CALLS if size.calls_only else tuple(AgentChoice))
        for number in range(len(models))
    ]
    routes = [_route(dice, number, styles, models, size.calls_only) for number in range(len(kinds))]
    scenario = Scenario(
        "random", horizon, tuple(kinds), tuple(groups), tuple(routes), (), (), (), (),
        late_breaks=dice.pick(*LateBreaks),
    )  # fmt: skip
    return scenario, window, styles


def _horizon(dice, size):
    """Two openings around a midnight, apart or touching; or around the clock, closing at the horizon's end."""
    before, after, gap, then = 5 * dice.whole(*size.window), 5 * dice.whole(*size.window), 5 * dice.whole(0, 2), 5
    then *= dice.whole(*size.window)
    if dice.pick(False, False, False, True):
        hours = [Hours(0, DAY_MIN), Hours(0, DAY_MIN)]
        start, length, again = 2 * DAY_MIN - before, before + after, False
    else:
        hours = [Hours(DAY_MIN - before, DAY_MIN + after), Hours(after + gap, after + gap + then)]
        again = dice.pick(False, True)
        if again:
            hours.append(Hours(after + gap, after + gap + then))
        start, length = DAY_MIN - before, before + after + gap + then + 5
    first = date(2025, 11, 10)
    exceptions = tuple((date.fromordinal(first.toordinal() + number), span) for number, span in enumerate(hours))
    start, length = start * 60 // UNIT_S, length * 60 // UNIT_S
    short = min(length, size.stretch)
    window = Window(start + dice.whole(0, length - short), short, again)
    return Horizon(first, len(hours), 5, "Asia/Shanghai", Opening((None,) * 7, exceptions)), window


def _kind(dice, number, style, least_cap):
    beyond = dice.pick(0, 0, 1, 2)
    chat = style in ("messages", "slots")
    constant = Law(LawKind.CONSTANT, 1.0 * UNIT_S)
    return ContactType(
        f"k{number}",
        Channel.CHAT if chat else Channel(style),
        Law(LawKind.CONSTANT, 2.0 * UNIT_S),
        due_within_s=3600.0 if style == "ticket" else None,
        messages=Messages(2.0, constant, constant, constant) if style == "messages" else None,
        slots=min(dice.pick(1, 1, 2, 3), least_cap + beyond) if chat else 1,
        beyond_cap=beyond if chat else 0,
        affinity=style != "ticket" and dice.pick(False, False, True),
        at_closing=dice.pick(*AtClosing) if style != "ticket" else AtClosing.LOST,
    )


def _group(dice, number, cap, kinds, choices):
    serves = tuple(Serve(kind.name, dice.pick(0, 0, 1, 2), dice.pick(1.0, 1.0, 2.5, 0.5)) for kind in kinds)
    return Group(
        f"g{number}", (), serves, cap, dice.pick(*SPEEDS)[:cap], dice.pick(*choices), dice.pick(*ReplyOrder),
        dice.pick(0.0, 0.0, 1 / 6, 0.5, 2.0),
    )  # fmt: skip


def _route(dice, number, styles, models, at_once):
    """A ladder: groups, sometimes a raise or two, sometimes a transfer to a later type of the same style."""
    style = styles[number]
    able = dice.shuffled([f"g{g}" for g, model in enumerate(models) if style not in models or style == model])
    waits = [0, *sorted(0 if at_once else dice.pick(0, 1, 2, 5, 5) for _ in able[1:])]
    steps = [RouteStep(name, 1.0 * UNIT_S * wait) for name, wait in zip(able, waits, strict=True)]
    if at_once:
        return Route(f"k{number}", tuple(steps))
    steps += [
        RouteStep(from_wait_s=1.0 * UNIT_S * dice.pick(1, 2, 5, 10), raise_priority=dice.pick(1, 2))
        for _ in range(dice.pick(0, 0, 1, 2))
    ]
    steps.sort(key=lambda step: (step.from_wait_s, not step.group))
    alike = [other for other in range(number + 1, len(styles)) if styles[other] == style]
    if alike and dice.pick(False, True, True):
        wait = max(steps[-1].from_wait_s, 1.0 * UNIT_S * dice.pick(1, 2, 5, 10))
        steps.append(RouteStep(from_wait_s=wait, transfer_to=f"k{dice.pick(*alike)}"))
    return Route(f"k{number}", tuple(steps))
