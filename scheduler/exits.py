"""What every command may end with."""

from enum import IntEnum


class Exit(IntEnum):
    """Exit statuses, the same for every command; a scheduler such as cron can tell them apart."""

    DONE = 0  # published and proven, where the command publishes
    USAGE = 2
    NOT_PROVEN = 10  # held as a draft; the last published roster stays
    NO_ROSTER = 20  # draft and reasons written
    INPUT = 30  # missing, stale or broken
    LOCKED = 40  # another run is at work
    INTERNAL = 50
    TIME_BUDGET = 60  # best so far held
    CANCELLED = 130  # stopped by the person at the keyboard, as shells say it
