"""What an agent has in hand: a call or a ticket, or open sessions."""

from sim.compiled.chats import open_session, scaled
from sim.compiled.fields import (
    CHAT,
    END,
    KIND_BITS,
    L_CHANNEL,
    L_SLOTS,
    O_AGENT,
    O_TAKEN,
    P_BEGAN,
    P_BUSY_SINCE,
    P_COUNT,
    P_DUE,
    P_HELD,
    P_PACE,
    P_SLOTS,
    P_TAKEN,
    R_LEFT,
    Floor,
)
from sim.floor.jit import inlined


@inlined
def begin(f: Floor, agent: int, entry: int, work_us: int, now_us: int) -> None:
    """Put a call or a ticket into an agent's empty hands until its work is done."""
    f.played[O_AGENT, entry] = agent
    f.people[agent, P_TAKEN] += 1
    f.people[agent, P_HELD] = entry
    f.people[agent, P_BEGAN] = f.people[agent, P_BUSY_SINCE] = now_us
    f.people[agent, P_DUE] = now_us + scaled(work_us, f.people[agent, P_PACE]) << KIND_BITS | END


@inlined
def take_live(f: Floor, agent: int, entry: int, line: int, moment: tuple[int, int]) -> None:
    """Give an agent with room for it a call or a session; ``moment`` as for ``open_session``."""
    f.played[O_TAKEN, entry] = moment[0]
    if f.lines[line, L_CHANNEL] != CHAT:
        begin(f, agent, entry, f.rows[entry, R_LEFT], moment[0])
        return
    f.played[O_AGENT, entry] = agent
    f.people[agent, P_TAKEN] += 1
    if f.people[agent, P_COUNT] == 0:
        f.people[agent, P_BUSY_SINCE] = moment[0]
    f.people[agent, P_SLOTS] += f.lines[line, L_SLOTS]
    open_session(f, agent, entry, line, moment)
