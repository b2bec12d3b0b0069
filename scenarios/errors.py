"""Errors a person can act on.

::

    ValueError
    └── PlanningError        wrong input: said at the door, with place and remedy
        └── UsageError       the command itself was called wrongly

The end of a search (infeasible, time limit, not proven) is never an error: it is a value with a status. A broken
invariant of our own is a ``RuntimeError``.
"""

from scenarios.text import fill


class PlanningError(ValueError):
    """Wrong input, told in one line: thing, field and value, what was expected, what to do.

    Parameters
    ----------
    key
        Name of the message in the catalogue, without its ``errors.`` prefix.
    place
        Where the input stands (file, row, key), put before the message; empty when the input came from code.
    facts
        What the message's placeholders stand for; a ``Term`` is said in the language of the message.
    """

    def __init__(self, key: str, /, *, place: str = "", **facts: object) -> None:
        self.key = key
        self.place = place
        self.facts = facts
        super().__init__(self.message("en"))

    def message(self, language: str | None = None) -> str:
        """Return the one-line message in ``language`` (``None``: the language in use)."""
        said = fill(f"errors.{self.key}", self.facts, language)
        return f"{self.place}: {said}" if self.place else said

    def at(self, place: str) -> "PlanningError":
        """Return the same error with ``place`` put before the place it already has."""
        joined = f"{place}: {self.place}" if self.place else place
        return type(self)(self.key, place=joined, **self.facts)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.key, self.place, self.facts)

    def __str__(self) -> str:
        return self.message()


class UsageError(PlanningError):
    """The command was called in a way it cannot serve (exit status 2)."""


def _rebuild(kind: type[PlanningError], key: str, place: str, facts: dict[str, object]) -> PlanningError:
    """Make the error anew on the far side of a process boundary."""
    return kind(key, place=place, **facts)
