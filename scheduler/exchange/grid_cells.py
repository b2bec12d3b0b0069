"""What planners write into the cell of a roster grid: free, on leave, or shifts by name or by times."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from scenarios import min_to_clock
from scenarios.horizon import MIN_PER_DAY


def word_set(words: str) -> frozenset[str]:
    """Return the words of a text, an underscore for a space within one."""
    return frozenset(word.replace("_", " ") for word in words.split())


FREE_WORDS = word_set(
    "休 休息 公休 轮休 周休 例休 双休 单休 休班 下休 排休 不上班 无 空 无班 off rest free none day-off dayoff"
    " day_off rest_day x × - – — / \\ 0"
)
"""Free of work, and may be asked to come."""
LEAVE_WORDS = word_set("假 休假 调休 补休 倒休 存休 停工 leave holiday vacation pto sick al sl annual")
"""Away, and not to be asked; besides whatever ends in 假 or ``leave``."""
_LEAVE_ENDS = ("假", " leave")
_PARENS = re.compile(r"[(\[【{]([^)\]】}]*)[)\]】}]")
_PARTS = re.compile(r"(?:[/、,;&\n]|\+(?!1(?!\d)))+")
_CLOCK = (
    r"(?P<{0}next>次日|翌日|第二天|明日|明天|隔日|\+1\s*)?\s*(?P<{0}h>\d{{1,2}})"
    r"(?:\s*[:.点时h]\s*(?P<{0}m>\d{{2}}|半)?分?|(?P<{0}mm>\d{{2}}))?\s*(?P<{0}half>[ap]m)?"
)
_SPAN = re.compile(
    _CLOCK.format("a") + r"\s*(?:-|~|–|—|−|至|到|to)+\s*" + _CLOCK.format("b") + r"\s*(?P<after>\+1|次日)?(?!\d)"
)
_DATES = (
    re.compile(r"^\d{4}-(\d{2})-(\d{2})(?: 00:00:00)?$"),
    re.compile(r"^(\d{1,2})月(\d{1,2})日$"),
)
"""``9-18`` typed into a spreadsheet becomes the 18th of September."""
_CONSTANT = re.compile(r"[@·|:]")


class CellError(Exception):
    """A cell that cannot be read: ``key`` of the error in the catalogue, and its facts beside the place."""

    def __init__(self, key: str, **facts: object) -> None:
        super().__init__(key)
        self.key = key
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Words:
    """Names a cell may hold, as ``plain`` writes them, and what they stand for.

    Parameters
    ----------
    templates, groups
        Names of the scenario, and of ``groups`` the planner's own names, too.
    codes
        Planner's names of shifts and the text that each stands for.
    """

    templates: Mapping[str, str]
    groups: Mapping[str, str]
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CellShift:
    """A shift as a cell tells it: minutes after the date's midnight, -1 where only the name is told."""

    start_min: int = -1
    end_min: int = -1
    template: str | None = None
    group: str | None = None
    breaks: tuple[tuple[int, int], ...] | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: a leave, shifts or neither (free); words nobody knows; whether a date was taken for times."""

    leave: bool = False
    shifts: tuple[CellShift, ...] = ()
    unknown: tuple[str, ...] = ()
    was_date: bool = False


def plain(written: str) -> str:
    """Return text in one form: full-width letters narrow, small letters, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", written).casefold().split())


def read_cell(written: str, words: Words) -> Cell:
    """Return what a cell says.

    Raises
    ------
    CellError
        When it is neither free nor a leave nor a shift.
    """
    text = plain(written.replace("\n", " / "))
    bare = _PARENS.sub("", text).strip()
    if text in words.codes or text in words.templates:  # a planner's own names go before everything
        shifts, unknown = _shifts(text, words)
        return Cell(shifts=shifts, unknown=unknown)
    if not text or bare in FREE_WORDS:
        return Cell()
    if (bare in LEAVE_WORDS or bare.endswith(_LEAVE_ENDS)) and not _SPAN.search(text):
        return Cell(leave=True)
    for pattern in _DATES:
        found = pattern.match(text)
        if found:
            shift = CellShift(*_in_order(int(found[1]) * 60, int(found[2]) * 60, later=False))
            return Cell(shifts=(shift,), was_date=True)
    shifts, unknown = _shifts(text, words)
    return Cell(shifts=shifts, unknown=unknown)


def legend_of(written: str) -> tuple[str, str] | None:
    """Return code and times of a cell such as ``早班：9:00-18:00``; ``None`` for any other."""
    name, mark, rest = unicodedata.normalize("NFKC", written).partition(":")
    if not mark and "=" in name:
        name, mark, rest = name.partition("=")
    known = mark and name.strip() and not name.strip()[-1].isdigit() and _SPAN.fullmatch(plain(rest))
    return (plain(name), plain(rest)) if known else None


def write_span(start_min: int, end_min: int) -> str:
    """Return ``09:00-26:00``."""
    return f"{min_to_clock(start_min)}-{min_to_clock(end_min)}"


def _shifts(text: str, words: Words) -> tuple[tuple[CellShift, ...], tuple[str, ...]]:
    """Return the shifts of a cell that is neither free nor a leave, and the words that mean nothing."""
    whole = words.codes.get(text)
    if whole is not None and plain(whole) != text:
        return _shifts(plain(whole), replace(words, codes={}))
    held: list[str] = []

    def hold(found: re.Match[str]) -> str:
        held.append(found[1])
        return f" \x00{len(held) - 1}\x00 "

    shifts: list[CellShift] = []
    unknown: list[str] = []
    for part in _PARTS.split(_PARENS.sub(hold, text)):
        if part.strip():
            _add_part(part.strip(), words, held, shifts, unknown)
    if not shifts:
        raise CellError("grid_cell", value=text)
    return tuple(shifts), tuple(unknown)


def _add_part(part: str, words: Words, held: list[str], shifts: list[CellShift], unknown: list[str]) -> None:
    """Read one part of a cell: a shift, or the group of the shift before it."""
    beside = [held[int(number)] for number in re.findall("\x00(\\d+)\x00", part)]
    text = re.sub("\x00\\d+\x00", " ", part).strip()
    span = _SPAN.search(text)
    rest = text if span is None else f"{text[: span.start()]} {text[span.end() :]}"
    names, strange = _names(rest, words)
    breaks: list[tuple[int, int]] = []
    for inside in beside:
        pauses = [_times(found) for found in _SPAN.finditer(inside)]
        breaks += pauses
        more, odd = ({}, []) if pauses else _names(inside, words)
        names |= more
        strange += odd
    unknown += strange
    if span is None and set(names) == {"group"} and shifts and shifts[-1].group is None:
        told = tuple(_within(shifts[-1], pause) for pause in breaks) or shifts[-1].breaks
        shifts[-1] = replace(shifts[-1], group=names["group"], breaks=told)
        return
    shift = CellShift(template=names.get("template"), group=names.get("group"))
    if span is not None:
        shift = replace(shift, start_min=_times(span)[0], end_min=_times(span)[1])
    elif "code" in names:
        (named,), _ = _shifts(plain(names["code"]), replace(words, codes={}))
        shift = replace(named, group=shift.group or named.group)
    elif shift.template is None:
        raise CellError("grid_cell", value=part.replace("\x00", ""))
    if breaks:
        shift = replace(shift, breaks=tuple(_within(shift, pause) for pause in breaks))
    shifts.append(shift)


def _names(text: str, words: Words) -> tuple[dict[str, str], list[str]]:
    """Return which of template, group and code a text names, and the words that are none of them."""
    names: dict[str, str] = {}
    strange = []
    for piece in _CONSTANT.split(text):
        found = _known(piece.strip(), words)
        pieces = [(piece.strip(), found)] if found else [(word, _known(word, words)) for word in piece.split()]
        for word, kind in pieces:
            if kind is None:
                strange.append(word)
            else:
                names.setdefault(*kind)
    return names, strange


def _known(word: str, words: Words) -> tuple[str, str] | None:
    for kind, table in (("template", words.templates), ("code", words.codes), ("group", words.groups)):
        if word in table:
            return kind, table[word]
    return None


def _times(found: re.Match[str]) -> tuple[int, int]:
    start, end = (_minute(found, side) for side in "ab")
    if found["anext"]:
        start += MIN_PER_DAY
    return _in_order(start, end, later=bool(found["bnext"] or found["after"]))


def _minute(found: re.Match[str], side: str) -> int:
    hour, written = int(found[f"{side}h"]), found[f"{side}m"] or found[f"{side}mm"] or "0"
    minute = 30 if written == "半" else int(written)
    half = found[f"{side}half"]
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    if hour > 47 or minute > 59:
        raise CellError("grid_clock", value=found[0].strip())
    return hour * 60 + minute


def _in_order(start_min: int, end_min: int, *, later: bool) -> tuple[int, int]:
    """Return the times, the end on the next date where it is not after the start or said to be ``later``."""
    if later and end_min < MIN_PER_DAY:
        end_min += MIN_PER_DAY
    while end_min <= start_min:
        end_min += MIN_PER_DAY
    return start_min, end_min


def _within(shift: CellShift, pause: tuple[int, int]) -> tuple[int, int]:
    """Return a break on the shift's own clock: after midnight it counts on."""
    start, end = pause
    if start < shift.start_min:
        start, end = start + MIN_PER_DAY, end + MIN_PER_DAY
    if not shift.start_min <= start < end <= shift.end_min:
        raise CellError("grid_break", value=write_span(*pause), shift=write_span(shift.start_min, shift.end_min))
    return start, end
