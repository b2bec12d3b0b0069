"""Where each column of a trace stands in the table of its rows, for compiled code.

All that is known about a possible attempt stands side by side, so that an attempt which comes hours after its root
contact is found in two lines of a processor's cache and not in fifteen.
"""

import numpy as np

from scenarios import ROW_COLUMNS, ContactTrace
from scenarios.checks import IntArray
from sim.floor.memory import empty

(
    A_ROOT, A_NUMBER, A_CAUSE, A_TYPE, A_LINE, A_DUE, A_WORK, A_PATIENCE, A_IF_LOST, A_IF_ANSWERED, A_NEED, A_HOLD,
    A_FIRST_ROUND,
    A_ROUND_END,  # where the rounds of the row end
    A_LOST_DELAY, A_ANSWERED_DELAY,  # of the rows that may follow, for nobody to look there before they come
    A_FIELDS,
) = range(17)  # fmt: skip
"""``ROW_COLUMNS`` in their order, then what compiled code wants beside them: 16 words, two lines of a cache."""


def rows_of(trace: ContactTrace) -> IntArray:
    """Return the (M, ...) table of a trace, read-only; made here for a trace that was not drawn as one."""
    if trace.table is not None:
        return trace.table
    table = empty(len(trace), A_FIELDS)
    for place, name in enumerate(ROW_COLUMNS):
        table[:, place] = getattr(trace, name)[: len(trace)]
    table[:, A_ROUND_END] = trace.first_round[1:]
    delay_us = np.append(trace.delay_us, 0)  # the last one is that of nobody
    table[:, A_LOST_DELAY], table[:, A_ANSWERED_DELAY] = delay_us[trace.if_lost], delay_us[trace.if_answered]
    table.flags.writeable = False
    return table
