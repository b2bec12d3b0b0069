"""Files that are there whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from scenarios import PlanningError

PART_SUFFIX = ".part"
"""Ending of a file that is still being written; one that is left over belongs to a process that was killed."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a path beside ``path`` to write to; at the end it takes the place of ``path`` in one step.

    When the block raises, ``path`` is as it was and the half-written file is gone. The folder is made when missing.

    Raises
    ------
    PlanningError
        When the folder or the file cannot be written.
    """
    part = path.with_name(f".{path.name}.{os.getpid()}{PART_SUFFIX}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise PlanningError("not_writable", place=str(path), value=error.strerror or type(error).__name__) from error
    finally:
        with suppress(OSError):  # the folder may be what could not be made
            part.unlink(missing_ok=True)


def write_text(path: Path, content: str, *, encoding: str = "utf-8") -> None:
    """Write ``content`` to ``path``, whole or not at all, with the line ends it has."""
    with replacing(path) as part:
        part.write_text(content, encoding=encoding, newline="")


def remove_parts(folder: Path) -> int:
    """Remove half-written files below ``folder`` that a killed process has left; return how many."""
    left_over = list(folder.rglob(f".*{PART_SUFFIX}"))
    for part in left_over:
        part.unlink(missing_ok=True)
    return len(left_over)
