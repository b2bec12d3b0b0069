"""What a run left behind, spread over all attempts that were possible."""

from dataclasses import replace

import numpy as np

from scenarios import NOBODY

COLUMNS = ("offered_us", "limit_us", "taken_us", "ended_us", "agent", "line", "hops")


def over_rows(trace, played):
    """Return ``played`` with one entry per row of the trace; nothing has happened to attempts never made."""

    def spread(name):
        whole = np.full(len(trace), 0 if name == "hops" else NOBODY)
        if name == "line":
            whole = trace.line.copy()
        whole[played.row] = getattr(played, name)
        return whole

    return replace(played, row=np.arange(len(trace)), **{name: spread(name) for name in COLUMNS})
