"""Counter-based random streams: every column of every replication has one of its own."""

import hashlib

import numpy as np

_KEY_BYTES = 16  # Philox takes a key of 128 bits


def stream(seed: int, purpose: str, replication: int, column: str) -> np.random.Generator:
    """Return the generator of one column.

    The Philox key is the first half of SHA-256 over the four names, so that a new purpose, replication or column never
    shifts another, and the numbers do not depend on who draws first or in which process.

    Parameters
    ----------
    seed
        Seed of the study.
    purpose
        What the draws are for (``"training"``, ``"proof"``, ...): streams of different purposes are independent.
    replication
        Number of the replication, 0 first.
    column
        Name of the drawn column.
    """
    return np.random.Generator(np.random.Philox(key=stream_key(seed, purpose, replication, column)))


def stream_key(seed: int, purpose: str, replication: int, column: str) -> int:
    """Return the Philox key of a column, 128 bits; see ``stream``."""
    name = f"{seed}\x1f{purpose}\x1f{replication}\x1f{column}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:_KEY_BYTES], "little")
