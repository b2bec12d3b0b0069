"""The question: which anonymous shifts with which breaks cover the positions of a day, or of a few days in a row."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scenarios import BreakRule, PlanningError
from scenarios.checks import (
    FloatArray,
    frozen_float,
    require_known,
    require_not_negative,
    require_positive,
    require_unique,
)
from scenarios.horizon import MIN_PER_DAY

MIN_PER_H = 60


@dataclass(frozen=True, slots=True)
class ShiftKind:
    """Shifts of one length and one set of breaks that may start at several times of a day.

    Parameters
    ----------
    starts_min
        Possible starts, minutes after midnight of the day.
    breaks
        Taken in this order. A split shift is a shift with an unpaid break as long as its gap (``split_kinds``).
    activities
        Other pauses of the phone or chat work, such as training: anywhere in their windows, beside the breaks.
    extra_yuan
        Price of one such shift beyond its paid hours, for example for a split day.
    """

    name: str
    length_min: int
    starts_min: tuple[int, ...]
    breaks: tuple[BreakRule, ...] = ()
    activities: tuple[BreakRule, ...] = ()
    extra_yuan: float = 0.0

    def __post_init__(self) -> None:
        thing = f"ShiftKind({self.name})"
        require_positive(thing, "length_min", self.length_min)
        require_not_negative(thing, "extra_yuan", self.extra_yuan)
        if any(start < 0 for start in self.starts_min):
            raise PlanningError("negative", thing=thing, field="starts_min", value=min(self.starts_min))
        for rule in self.pauses:
            latest_end = rule.latest_after_start_min + rule.length_min
            if latest_end > self.length_min:
                raise PlanningError("break_outside", thing=thing, field="breaks", value=latest_end, end=self.length_min)

    @property
    def pauses(self) -> tuple[BreakRule, ...]:
        """Breaks, then activities."""
        return self.breaks + self.activities

    @property
    def paid_min(self) -> int:
        """Paid minutes: the length less unpaid pauses."""
        return self.length_min - sum(rule.length_min for rule in self.pauses if not rule.paid)

    @property
    def slides(self) -> bool:
        """Whether no window of a pause reaches into the next, so that pauses can be counted apart from shifts."""
        ordered = sorted(self.pauses, key=lambda rule: rule.earliest_after_start_min)
        return all(
            before.latest_after_start_min + before.length_min <= after.earliest_after_start_min
            for before, after in pairwise(ordered)
        )


def split_kinds(
    name: str, pieces_min: tuple[int, int], gaps_min: Sequence[int], starts_min: tuple[int, ...], extra_yuan: float
) -> tuple[ShiftKind, ...]:
    """Return split shifts of two pieces of work, one kind for each length of the gap between them.

    Parameters
    ----------
    pieces_min
        Lengths of the first and the second piece.
    gaps_min
        Possible lengths of the gap, which is not paid.
    extra_yuan
        What a split day costs beyond its hours.
    """
    first, second = pieces_min
    return tuple(
        ShiftKind(
            name=f"{name}+{gap}",
            length_min=first + gap + second,
            starts_min=starts_min,
            breaks=(BreakRule(gap, paid=False, earliest_after_start_min=first, latest_after_start_min=first),),
            extra_yuan=extra_yuan,
        )
        for gap in gaps_min
    )


@dataclass(frozen=True, slots=True)
class CoverGroup:
    """People who are alike: skills, the shifts they may work, pay, and how many of them come (all days together)."""

    name: str
    skills: tuple[str, ...]
    kinds: tuple[str, ...]
    yuan_per_paid_h: float
    heads_min: int = 0
    heads_max: int | None = None

    def __post_init__(self) -> None:
        thing = f"CoverGroup({self.name})"
        require_unique(thing, "skills", self.skills)
        require_unique(thing, "kinds", self.kinds)
        require_not_negative(thing, "yuan_per_paid_h", self.yuan_per_paid_h)
        require_not_negative(thing, "heads_min", self.heads_min)
        if self.heads_max is not None and self.heads_min > self.heads_max:
            raise PlanningError(
                "least_above_most", thing=thing, field="heads_min", value=self.heads_min, most=self.heads_max
            )


@dataclass(frozen=True, slots=True)
class CoverPrices:
    """Prices in yuan, each at least 0.

    Parameters
    ----------
    under, over
        Of a position short, and of a person beyond what is wanted, for one slot.
    distinct
        Of every distinct shift (kind and time of day) that is used on any day.
    """

    under: float
    over: float = 0.0
    distinct: float = 0.0

    def __post_init__(self) -> None:
        for field in ("under", "over", "distinct"):
            require_not_negative("CoverPrices", field, getattr(self, field))


@dataclass(frozen=True, slots=True)
class CoverProblem:
    """Positions wanted, people who can come, and prices.

    Parameters
    ----------
    slot_min
        The grid on which everything starts and ends; divides the day.
    demand
        (T, S) positions wanted in each slot and skill, slots counted from midnight of the first day. A person at work
        fills one position of one of the group's skills.
    days
        Days on which shifts start.
    open_min
        Spans (minutes since midnight of the first day, half-open) in which people may be at work; empty: always.
    kind_heads_max
        Most heads of a kind, groups and days together, as (kind, heads).
    cyclic
        Whether the time after the last slot is the first slot again, as in a week that repeats.
    """

    slot_min: int
    skills: tuple[str, ...]
    demand: FloatArray
    groups: tuple[CoverGroup, ...]
    kinds: tuple[ShiftKind, ...]
    prices: CoverPrices
    days: int = 1
    open_min: tuple[tuple[int, int], ...] = ()
    kind_heads_max: tuple[tuple[str, int], ...] = ()
    cyclic: bool = False

    def __post_init__(self) -> None:
        require_positive("CoverProblem", "slot_min", self.slot_min)
        require_positive("CoverProblem", "days", self.days)
        for field, rows in (("skills", self.skills), ("groups", self.groups), ("kinds", self.kinds)):
            if not rows:
                raise PlanningError("empty", thing="CoverProblem", field=field, value="()")
            require_unique("CoverProblem", field, [row if isinstance(row, str) else row.name for row in rows])
        names = tuple(kind.name for kind in self.kinds)
        for group in self.groups:
            require_known(f"CoverGroup({group.name})", "skills", group.skills, self.skills)
            require_known(f"CoverGroup({group.name})", "kinds", group.kinds, names)
        require_known("CoverProblem", "kind_heads_max", [name for name, _ in self.kind_heads_max], names)
        demand = frozen_float("CoverProblem", "demand", self.demand, (len(self.demand), len(self.skills)))
        object.__setattr__(self, "demand", demand)
        self._require_grid()

    @property
    def slots(self) -> int:
        """Number of slots T."""
        return len(self.demand)

    @property
    def slots_per_day(self) -> int:
        """Number of slots of a day."""
        return MIN_PER_DAY // self.slot_min

    def yuan_of(self, group: CoverGroup, kind: ShiftKind) -> float:
        """Return the price of one shift of ``kind`` worked by one of ``group``."""
        return kind.paid_min / MIN_PER_H * group.yuan_per_paid_h + kind.extra_yuan

    def _require_grid(self) -> None:
        self._require_slots("CoverProblem", "slot_min", (MIN_PER_DAY,))
        for kind in self.kinds:
            thing = f"ShiftKind({kind.name})"
            self._require_slots(thing, "length_min", (kind.length_min,))
            self._require_slots(thing, "starts_min", kind.starts_min)
            for rule in kind.pauses:
                times = (rule.length_min, rule.earliest_after_start_min, rule.latest_after_start_min)
                self._require_slots(thing, "breaks", times)
        self._require_slots("CoverProblem", "open_min", tuple(end for span in self.open_min for end in span))

    def _require_slots(self, thing: str, field: str, minutes: tuple[int, ...]) -> None:
        for value in minutes:
            if value % self.slot_min:
                raise PlanningError("off_slots", thing=thing, field=field, value=value, slot=self.slot_min)
