"""Options as dataclasses: what several commands share is written once, and a command takes one object."""

import dataclasses
import getpass
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

import pandas as pd
import typer

from forecasting import DayCalendar, Edit, calendar_of_zone, load_calendar
from forecasting.calendars.promotions import promo_calendar, promo_events
from scenarios import PromoEvent, Scenario, UsageError, load_scenario
from scenarios.horizon import zone_of
from scheduler.exchange import parse_edit, read_edits, read_history
from scheduler.exits import Exit

OptionsT = TypeVar("OptionsT")
_AUTO, _NONE = "auto", "none"


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
class BoostChoice:
    """Whether LightGBM takes part in the forecast of ordinary days."""

    boosted: Annotated[bool, typer.Option("--boosted", help="cli.option.boosted")] = False


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
        return self.load_in(self.zone or scenario.horizon.zone)

    def load_in(self, zone: str) -> tuple[pd.DataFrame, tuple[PromoEvent, ...]]:
        """Return history and past promotions, whose clocks hang in ``zone``."""
        if self.history is None:
            raise UsageError("option_needed", option="--history")
        history = self.read(self.history)
        if self.promotions is None:
            return history, ()
        last = history["interval_start"].max().tz_convert(zone_of(zone)).date()
        return history, promo_events(promo_calendar(zone, self.promotions, until=last))

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
class CalendarChoice:
    """Whose festivals are known."""

    calendar: Annotated[str, typer.Option("--calendar", help="cli.option.calendar")] = _AUTO

    def calendar_in(self, zone: str) -> DayCalendar | None:
        """Return whose festivals are known, where the clock on the wall is that of ``zone``."""
        if self.calendar == _AUTO:
            return calendar_of_zone(zone)
        return None if self.calendar == _NONE else load_calendar(self.calendar)


@dataclass(frozen=True, kw_only=True)
class EditChoice:
    """What the planner changes in a forecast."""

    edit: Annotated[list[str], typer.Option("--edit", help="cli.option.edit", show_default=False)] = field(
        default_factory=list
    )
    edits: Annotated[Path | None, typer.Option("--edits", help="cli.option.edits", show_default=False)] = None
    who: Annotated[str | None, typer.Option("--who", help="cli.option.who", show_default=False)] = None

    def load_edits(self, zone: str) -> tuple[Edit, ...]:
        """Return the edits of the file and then those of the line, times without an offset in ``zone``."""
        if self.edits is None and not self.edit:
            return ()
        who, now = self.author(), datetime.now(UTC).replace(microsecond=0)
        told = () if self.edits is None else read_edits(self.edits, zone=zone, who=who, made_at=now)
        return (*told, *(parse_edit(one, zone=zone, who=who, made_at=now) for one in self.edit))

    def author(self) -> str:
        """Return who was named, else who is logged in."""
        if self.who is not None:
            return self.who
        try:
            return getpass.getuser()
        except (OSError, KeyError, ImportError) as error:  # nobody is logged in: a service, a container
            raise UsageError("option_needed", option="--who") from error


@dataclass(frozen=True, kw_only=True)
class PlotChoice:
    """Where pictures go."""

    plots: Annotated[Path | None, typer.Option("--plots", help="cli.option.plots", show_default=False)] = None


@dataclass(frozen=True, kw_only=True)
class DemandChoice(HistoryChoice):
    """Where the demand comes from: a history, a forecast file, or what the scenario expects of itself."""

    forecast: Annotated[Path | None, typer.Option("--forecast", help="cli.option.forecast", show_default=False)] = None


@dataclass(frozen=True, kw_only=True)
class WorkerChoice:
    """How many processes."""

    workers: Annotated[int, typer.Option("--workers", min=1, help="cli.option.workers")] = 1
