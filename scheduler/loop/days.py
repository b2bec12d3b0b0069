"""Which days a roster is trained on, and what they said.

Days differ by their day factor first of all, so its *levels* (where in its law the day stands, .5 the median day) are
laid out evenly, densely where a day may just fail and thinly where none ever does; weights put the shares right again.
The same days meet every roster (common random numbers), and who stays away is drawn by shift, start and ordinal: an
edit of the roster leaves the absences of all others as they are.
"""

from dataclasses import dataclass

import numpy as np

from scenarios import ServiceTarget, stream
from scenarios.checks import FloatArray, IntArray, require_positive, require_share


@dataclass(frozen=True, slots=True)
class Layout:
    """How many days to draw, and from where.

    Parameters
    ----------
    hard
        Days from the busiest ``hard_share`` of all days: those that decide.
    mild
        Days from the rest: they carry means over all days, as of hours.
    """

    hard: int
    mild: int
    hard_share: float = 0.15

    def __post_init__(self) -> None:
        for field in ("hard", "mild"):
            require_positive("Layout", field, getattr(self, field))
        require_share("Layout", "hard_share", self.hard_share)

    def levels(self, seed: int, purpose: str) -> tuple[FloatArray, FloatArray]:
        """Return (D,) levels in (0, 1), the busiest days first, and (D,) weights that add up to 1."""
        inside = stream(seed, purpose, 0, "levels").random(self.hard + self.mild)
        hard = 1.0 - self.hard_share * (np.arange(self.hard) + inside[: self.hard]) / self.hard
        mild = (1.0 - self.hard_share) * (np.arange(self.mild) + inside[self.hard :]) / self.mild
        weights = np.repeat([self.hard_share / self.hard, (1.0 - self.hard_share) / self.mild], [self.hard, self.mild])
        return np.concatenate([hard, mild]), weights


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What D simulated days of one roster said.

    Parameters
    ----------
    offered, in_time, abandoned
        (D, T, K) contacts by interval of their offer and type.
    by_group
        (D, T, K, G) those in time by the group that answered.
    weight
        (D,) probability each day stands for; adds up to 1.
    replies
        (D, 2) messages of buyers in chats by messages, and those of them replied to in time; ``None`` elsewhere.
    """

    offered: IntArray
    in_time: IntArray
    abandoned: IntArray
    by_group: IntArray
    weight: FloatArray
    replies: IntArray | None = None

    def __len__(self) -> int:
        return len(self.weight)

    @property
    def reply_share(self) -> float:
        """Share of messages replied to in time, as a ratio of sums over the days; ``nan`` without any."""
        if self.replies is None:
            return np.nan
        rounds, in_time = self.weight @ self.replies
        return float(in_time / rounds) if rounds else np.nan

    def concat(self, other: "Seen") -> "Seen":
        """Return these days and then those of ``other``, all of the same weight."""
        count = len(self) + len(other)
        both = None if self.replies is None or other.replies is None else np.concatenate([self.replies, other.replies])
        return Seen(
            offered=np.concatenate([self.offered, other.offered]),
            in_time=np.concatenate([self.in_time, other.in_time]),
            abandoned=np.concatenate([self.abandoned, other.abandoned]),
            by_group=np.concatenate([self.by_group, other.by_group]),
            weight=np.full(count, 1.0 / count),
            replies=both,
        )

    def day_share(self, types: list[int]) -> FloatArray:
        """Return (D,) shares in time of the day over some types; 1 where nothing was offered."""
        in_time, offered = (part[:, :, types].sum(axis=(1, 2)) for part in (self.in_time, self.offered))
        return np.where(offered > 0, in_time / np.maximum(offered, 1), 1.0)

    def share_of_days(self, types: list[int], target: ServiceTarget) -> float:
        """Return the share of days that meet ``target``."""
        return float(self.weight @ (self.day_share(types) >= target.day_share))

    def quantile(self, types: list[int], share: float) -> float:
        """Return the day's share that ``share`` of the days stay below, smooth between neighbours."""
        return weighted_quantile(self.day_share(types), self.weight, share)

    def mean(self, counts: IntArray, types: list[int]) -> FloatArray:
        """Return (T,) the expected count of an interval over all days, summed over some types."""
        return np.asarray(np.tensordot(self.weight, counts[:, :, types].sum(axis=2), axes=1))

    def critical(self, types: list[int], share: float, count: int) -> IntArray:
        """Return the ``count`` days whose share is nearest the quantile at ``share``, by rank."""
        shares = self.day_share(types)
        order = np.argsort(shares, kind="stable")
        middle = int(np.searchsorted(np.cumsum(self.weight[order]), share))
        first = int(np.clip(middle - count // 2, 0, max(0, len(order) - count)))
        return np.sort(order[first : first + count])


def weighted_quantile(values: FloatArray, weight: FloatArray, share: float) -> float:
    """Return where the weights of the smaller values reach ``share`` of all: each value stands at its weight's middle.

    Between two values the quantile is linear, so that it moves with every day near it.
    """
    order = np.argsort(values, kind="stable")
    own = weight[order]
    middle = (np.cumsum(own) - own / 2) / own.sum()
    return float(np.interp(share, middle, values[order]))
