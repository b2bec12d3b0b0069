"""Attempts as growing columns: what the full floor writes while it plays."""

import numpy as np

from scenarios import NOBODY, ContactTrace
from scenarios.checks import IntArray


class Attempts:
    """One entry per attempt; the first attempt of root contact i is entry i, returns are added at the end.

    Attributes
    ----------
    root, number, kind
        Root contact, number of the attempt, contact type.
    offered_us, limit_us, gives_up_us
        When it joined; last µs at which it can be answered; end of the buyer's patience.
    due_us
        When a ticket is due.
    work_us
        Work left at tenure factor 1.
    answered_us, ended_us, agent, hops
        What happened so far, ``NOBODY`` where nothing did.
    """

    __slots__ = (
        "agent", "answered_us", "due_us", "ended_us", "gives_up_us", "hops", "kind", "limit_us", "number", "offered_us",
        "root", "work_us",
    )  # fmt: skip

    def __init__(self, trace: ContactTrace, limit_us: IntArray) -> None:
        count = len(trace)
        self.root = list(range(count))
        self.number = [0] * count
        self.kind: list[int] = trace.contact_type.tolist()
        self.offered_us: list[int] = trace.arrival_us.tolist()
        self.limit_us: list[int] = limit_us.tolist()
        self.gives_up_us: list[int] = (trace.arrival_us + trace.patience_us[0]).tolist()
        self.due_us: list[int] = trace.due_us.tolist()
        self.work_us: list[int] = trace.work_us[0].tolist()
        self.answered_us = [NOBODY] * count
        self.ended_us = [NOBODY] * count
        self.agent = [NOBODY] * count
        self.hops = [0] * count

    def __len__(self) -> int:
        return len(self.root)

    def again(self, attempt: int, now_us: int, closes_us: int, trace: ContactTrace) -> int:
        """Add the next attempt of a buyer who comes back at ``now_us`` and return its number."""
        root, number = self.root[attempt], self.number[attempt] + 1
        gives_up_us = now_us + int(trace.patience_us[number, root])
        self.root.append(root)
        self.number.append(number)
        self.kind.append(self.kind[attempt])
        self.offered_us.append(now_us)
        self.limit_us.append(min(gives_up_us, closes_us - 1))
        self.gives_up_us.append(gives_up_us)
        self.due_us.append(self.due_us[attempt])
        self.work_us.append(int(trace.work_us[number, root]))
        for column in (self.answered_us, self.ended_us, self.agent):
            column.append(NOBODY)
        self.hops.append(0)
        return len(self.root) - 1

    def columns(self) -> dict[str, IntArray]:
        """Return the columns of the log as they stand, with ``limit_us`` and ``gives_up_us`` beside them."""
        columns = {
            "root": self.root, "attempt": self.number, "contact_type": self.kind, "offered_us": self.offered_us,
            "limit_us": self.limit_us, "gives_up_us": self.gives_up_us, "answered_us": self.answered_us,
            "ended_us": self.ended_us, "agent": self.agent, "hops": self.hops,
        }  # fmt: skip
        return {name: np.array(column, dtype=np.int64) for name, column in columns.items()}
