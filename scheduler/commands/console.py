"""What a person sees: tables on standard output, progress and errors on standard error."""

import sys
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Self

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from scenarios.text import current_language, fill
from scheduler.exchange.words import DASH

_PIPE_COLUMNS = 240  # a pipe has no width of its own; tables stay whole in it


def say(key: str, **facts: object) -> str:
    """Return the text ``cli.<key>`` in the language in use."""
    return fill(f"cli.{key}", facts)


def out() -> Console:
    """Return the console of standard output: plain text when it is a pipe or a file."""
    width = None if sys.stdout.isatty() else _PIPE_COLUMNS
    return Console(file=sys.stdout, width=width, highlight=False, soft_wrap=not sys.stdout.isatty())


def tell(key: str, **facts: object) -> None:
    """Print the text ``cli.<key>``; names in it are shown as they are."""
    out().print(say(key, **facts), markup=False)


def print_table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; cells are shown as they are, never read as markup."""
    lines = [tuple(row) for row in rows]
    table = Table(title=escape(title), box=box.SIMPLE, title_justify="left", pad_edge=False, show_header=any(header))
    for number, name in enumerate(header):
        figures = all(_is_figure(line[number]) for line in lines)
        table.add_column(escape(name), justify="right" if figures else "left", no_wrap=not sys.stdout.isatty())
    for line in lines:
        table.add_row(*map(escape, line))
    out().print(table)


def _is_figure(cell: str) -> bool:
    return cell == "" or cell == DASH or cell[0].isdigit() or cell[0] in "+-"


def stage_name(key: str) -> str:
    """Return the name of a stage."""
    return fill(f"stages.{key}", {}, current_language())


class Watch:
    """Shows how far long work is: a bar with the time left on a terminal, a line per stage elsewhere.

    Use as a context manager; ``Watch.tell`` is a ``Progress`` callback.
    """

    def __init__(self) -> None:
        self._console = Console(file=sys.stderr)
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._seen: set[str] = set()

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._bars = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TimeRemainingColumn(),
                console=self._console,
                transient=True,
            )
            self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bars is not None:
            self._bars.stop()

    def tell(self, stage: str, done: int, total: int) -> None:
        """Show that ``done`` of ``total`` of a stage is behind us."""
        if self._bars is not None:
            self._bar(self._bars, stage, done, total)
        elif stage not in self._seen:
            self._seen.add(stage)
            print(f"{stage_name(stage)} …", file=sys.stderr, flush=True)

    def _bar(self, bars: Progress, stage: str, done: int, total: int) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = bars.add_task(escape(stage_name(stage)), total=max(1, total))
        bars.update(self._tasks[stage], completed=done, total=max(1, total))
