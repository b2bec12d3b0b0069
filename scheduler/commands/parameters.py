"""Options as dataclasses: what several commands share is written once, and a command takes one object."""

import dataclasses
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

import pandas as pd
import typer

from scenarios import PromoEvent, Scenario, UsageError, load_promotions, load_scenario
from scheduler.exchange import read_history
from scheduler.exits import Exit

OptionsT = TypeVar("OptionsT")


def register(app: typer.Typer, name: str, options: type[OptionsT], run: Callable[[OptionsT], Exit]) -> None:
    """Add command ``name`` to ``app``: its parameters are the fields of ``options``, its help ``cli.help.<name>``."""
    hints = get_type_hints(options, include_extras=True)

    def call(**given: Any) -> int:
        return int(run(options(**given)))

    parameters = []
    for row in dataclasses.fields(options):  # type: ignore[arg-type]  # every options class is a dataclass
        default = row.default if row.default is not dataclasses.MISSING else inspect.Parameter.empty
        if row.default_factory is not dataclasses.MISSING:
            default = row.default_factory()
        parameters.append(
            inspect.Parameter(row.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hints[row.name])
        )
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by typer and inspect
    call.__annotations__ = {row.name: hints[row.name] for row in dataclasses.fields(options)}  # type: ignore[arg-type]  # as above
    app.command(name, help=f"cli.help.{name}")(call)


def pairs(given: list[str], option: str) -> dict[str, str]:
    """Return ``["a=b"]`` as a table; a ``UsageError`` where there is no ``=``."""
    pairs = {}
    for one in given:
        key, mark, value = one.partition("=")
        if not (mark and key.strip() and value.strip()):
            raise UsageError("not_a_pair", option=option, value=one)
        if key.strip() in pairs:
            raise UsageError("given_twice", option=option, value=key.strip())
        pairs[key.strip()] = value.strip()
    return pairs


@dataclass(frozen=True, kw_only=True)
class ScenarioChoice:
    """Which scenario."""

    scenario: Annotated[str, typer.Argument(help="cli.option.scenario", show_default=False)]

    def load_scenario(self) -> Scenario:
        """Return the scenario."""
        return load_scenario(self.scenario)


@dataclass(frozen=True, kw_only=True)
class HistoryChoice:
    """Which history, and how it is read."""

    history: Annotated[Path | None, typer.Option("--history", help="cli.option.history", show_default=False)] = None
    zone: Annotated[str | None, typer.Option("--zone", help="cli.option.zone", show_default=False)] = None
    column: Annotated[list[str], typer.Option("--column", help="cli.option.column", show_default=False)] = field(
        default_factory=list
    )
    type: Annotated[list[str], typer.Option("--type", help="cli.option.type", show_default=False)] = field(
        default_factory=list
    )
    encoding: Annotated[str | None, typer.Option("--encoding", help="cli.option.encoding", show_default=False)] = None
    promotions: Annotated[
        Path | None, typer.Option("--promotions", help="cli.option.promotions", show_default=False)
    ] = None

    def load_history(self, scenario: Scenario) -> tuple[pd.DataFrame, tuple[PromoEvent, ...]]:
        """Return history and past promotions; a ``UsageError`` when no history was named."""
        if self.history is None:
            raise UsageError("option_needed", option="--history")
        past: tuple[PromoEvent, ...] = ()
        if self.promotions is not None:
            past = load_promotions(self.promotions, self.zone or scenario.horizon.zone)
        return self.read(self.history), past

    def read(self, path: Path) -> pd.DataFrame:
        """Return the table at ``path``, its columns and types named as the options say."""
        names = [name for name in self.type if "=" not in name]
        return read_history(
            path,
            zone=self.zone,
            columns=pairs(self.column, "--column"),
            types=pairs([name for name in self.type if "=" in name], "--type"),
            default_type=names[-1] if names else None,
            encoding=self.encoding,
        )


@dataclass(frozen=True, kw_only=True)
class DemandChoice(HistoryChoice):
    """Where the demand comes from: a history, a forecast file, or what the scenario expects of itself."""

    forecast: Annotated[Path | None, typer.Option("--forecast", help="cli.option.forecast", show_default=False)] = None


@dataclass(frozen=True, kw_only=True)
class WorkerChoice:
    """How many processes."""

    workers: Annotated[int, typer.Option("--workers", min=1, help="cli.option.workers")] = 1
