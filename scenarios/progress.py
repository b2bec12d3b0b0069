"""How long work tells where it is."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the key of the stage, how much of it is done, and how much there is in all."""


def silent(stage: str, done: int, total: int) -> None:
    """Tell nobody: the progress of work that nobody watches."""
