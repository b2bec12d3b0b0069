"""Where stored sessions of chat by messages keep what, for compiled code: few words each, for days are many."""

# sessions stored: (N + 1, T_FIELDS); of the last row only the first round is read
(
    T_ARRIVAL,
    T_PATIENCE,  # NOBODY: kept by the bot
    T_ROUND,  # first round
    T_LEFT,  # least time from the start of the first reply to the close, at tenure factor 1
    T_FIELDS,
) = range(5)
# rounds stored: (Q, 2) of four bytes each
N_THINK, N_WORK, N_FIELDS = range(3)
ROUND_MOST_US = 2**31 - 1
"""Work and thought of a round are 35 minutes at most."""
