"""Paths of figures inside a scenario: where an assumption stands, and what it says."""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

_SEGMENT = re.compile(r"(?P<field>[a-z]\w*)(?:\[(?P<label>[^\]]+)\])?")


def values_at(root: object, path: str) -> tuple[object, ...]:
    """Return every value that a path such as ``contact_types[phone_*].patience_s.mean_s`` leads to.

    A label in brackets chooses rows of a tuple by their ``name`` (a route: its contact type) or by their number, with
    ``*`` and ``?`` as in file names; without a label a tuple is taken whole. What is ``None``, or an empty tuple, is
    not a value; a path that leads nowhere gives an empty tuple.
    """
    values: list[object] = [root]
    for segment in path.split("."):
        match = _SEGMENT.fullmatch(segment)
        if match is None:
            return ()
        values = [getattr(value, match["field"]) for value in values if hasattr(value, match["field"])]
        if match["label"] is not None:
            values = [row for value in values if isinstance(value, tuple) for row in _chosen(value, match["label"])]
    return tuple(value for value in values if value is not None and value != ())


def _chosen(rows: tuple[object, ...], label: str) -> Iterable[object]:
    for number, row in enumerate(rows):
        name = getattr(row, "name", None) or getattr(row, "contact_type", None) or str(number)
        if fnmatchcase(str(name), label) or str(number) == label:
            yield row
