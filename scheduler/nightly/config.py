"""The site file: what a nightly run reads, how hard it tries and where it writes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from scenarios import Horizon, PlanningError, Scenario
from scenarios.checks import require_not_negative, require_positive
from scenarios.faults import told
from scenarios.merge import LIBRARY, read_table
from scenarios.shape import FileShape
from scheduler.planning import PlanSettings
from scheduler.proof import Look, ProofSchedule
from scheduler.rostering import SearchBudget
from scheduler.staffing import Training
from scheduler.trimming import TrimSettings


@dataclass(frozen=True, slots=True)
class HistoryFeed(FileShape):
    """The history file and how to read it; see ``read_history``.

    Parameters
    ----------
    age_days_max
        The last row must not begin more than this many days before the first planned date; ``None`` for any age.
    rows_min
        Fewer rows are taken for a broken export.
    """

    path: str
    zone: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    default_type: str | None = None
    encoding: str | None = None
    age_days_max: int | None = None
    rows_min: int = 1


@dataclass(frozen=True, slots=True)
class PlanOptions(FileShape):
    """How hard to try; the defaults are those of ``PlanSettings``.

    Parameters
    ----------
    workers
        Processes; the result does not depend on it.
    roster_rounds, training_contacts, training_rounds
        Rosters trained before the proof, simulated contacts per round, corrections of the requirement.
    proof_days
        Fresh days of the first look; the next are twice and four times as large.
    polish_lines
        See ``SearchBudget``.
    trim_contacts
        Contacts simulated per date, about, to try single people of the best roster; 0 leaves it untrimmed.
    time_budget_s
        Wall seconds, ``None`` for no limit.
    backtest_weeks
        Past weeks in which the forecast is compared with its rivals; 0 leaves the comparison out.
    """

    workers: int = 1
    roster_rounds: int = PlanSettings().roster_rounds
    training_contacts: int = Training().contacts_per_round
    training_rounds: int = Training().rounds
    proof_days: int = ProofSchedule().looks[0].days
    polish_lines: int = SearchBudget().polish_lines
    trim_contacts: int = TrimSettings().contacts
    time_budget_s: float | None = None
    backtest_weeks: int = 4

    def __post_init__(self) -> None:
        for name in ("workers", "roster_rounds", "training_contacts", "training_rounds", "proof_days"):
            require_positive("PlanOptions", name, getattr(self, name))
        for name in ("trim_contacts", "backtest_weeks"):
            require_not_negative("PlanOptions", name, getattr(self, name))

    def settings(self) -> PlanSettings:
        """Return the settings of the planner."""
        usual = ProofSchedule().looks
        looks = tuple(Look(self.proof_days * look.days // usual[0].days, look.error_share) for look in usual)
        return PlanSettings(
            workers=self.workers,
            training=Training(contacts_per_round=self.training_contacts, rounds=self.training_rounds),
            roster_rounds=self.roster_rounds,
            proof=ProofSchedule(looks=looks),
            search=SearchBudget(polish_lines=self.polish_lines),
            trimming=TrimSettings(contacts=self.trim_contacts) if self.trim_contacts else None,
            time_budget_s=self.time_budget_s,
        )

    def parameters(self) -> dict[str, Any]:
        """Return what a manifest keeps and a run key hangs on: all but the number of processes."""
        return {name: value for name, value in asdict(self).items() if name != "workers"}


@dataclass(frozen=True, slots=True)
class SiteConfig(FileShape):
    """One site: a scenario with its feeds, its store and its folder of outputs.

    Paths are relative to the site file.

    Parameters
    ----------
    scenario
        Library name or path of a scenario file.
    output
        Folder of the runs; one site, one folder: it holds the lock.
    store
        Address of the store; empty for ``springtide.sqlite`` in the output folder.
    promotions
        Calendar of past promotions, ``None`` for none.
    calendar
        Whose festivals the forecast knows: a country code, or a TOML file of own days; ``None`` for nobody's.
    publish_unproven
        ``True`` publishes a roster that keeps all rules but is not proven, with that mark; otherwise it is held.
    language
        Of the workbook and the notices; briefs are written in both.
    notices
        File to which a line is added for every run that ends; empty for none.
    """

    scenario: str
    history: HistoryFeed
    output: str = "output"
    store: str = ""
    promotions: str | None = None
    calendar: str | None = None
    publish_unproven: bool = False
    language: str = "zh"
    notices: str = "notices.jsonl"
    plan: PlanOptions = PlanOptions()
    folder: Path = Path()

    def __post_init__(self) -> None:
        if self.language not in {"zh", "en"}:
            raise PlanningError("not_one_of", thing="SiteConfig", field="language", value=self.language, known="zh, en")

    @property
    def output_folder(self) -> Path:
        """Folder of the runs."""
        return self.folder / self.output

    @property
    def store_url(self) -> str:
        """Address of the store; a relative SQLite path is relative to the site file."""
        mark = "sqlite:///"
        if not self.store:
            return f"{mark}{(self.output_folder / 'springtide.sqlite').as_posix()}"
        if self.store.startswith(mark) and not Path(self.store[len(mark) :]).is_absolute():
            return f"{mark}{(self.folder / self.store[len(mark) :]).as_posix()}"
        return self.store

    @property
    def scenario_source(self) -> str | Path:
        """Library name, or path of the scenario file."""
        in_library = (LIBRARY / f"{self.scenario}.toml").is_file() and not self.scenario.endswith(".toml")
        return self.scenario if in_library else self.folder / self.scenario


def load_site(path: str | Path) -> SiteConfig:
    """Return the site of a TOML file; a ``PlanningError`` with file and key when it is missing or wrong."""
    file = Path(path)
    if not file.is_file():
        raise PlanningError("no_file", place=str(path), value=file.name)
    table: Mapping[str, Any] = {key: value for key, value in read_table(file).items() if key != "schema"}
    try:
        site: SiteConfig = TypeAdapter(SiteConfig).validate_python({**table, "folder": file.resolve().parent})
    except ValidationError as error:
        raise told(error, SiteConfig, table, file.name) from error
    return site


def starting_on(scenario: Scenario, first_date: date | None) -> Scenario:
    """Return ``scenario`` with its horizon beginning on ``first_date``; ``None`` keeps it as it is."""
    if first_date is None or first_date == scenario.horizon.first_date:
        return scenario
    old = scenario.horizon
    horizon = Horizon(first_date, old.dates, old.interval_min, old.zone, old.opening)
    return _with_horizon(scenario, horizon)


def _with_horizon(scenario: Scenario, horizon: Horizon) -> Scenario:
    """Return the scenario over another horizon; its uncertainty must be the same on every day to be carried over."""
    spreads = set(scenario.uncertainty.day_cv)
    if len(spreads) > 1 and len(horizon.days) != len(scenario.horizon.days):
        raise PlanningError(
            "wrong_shape", thing="Scenario", field="uncertainty.day_cv", value=len(scenario.uncertainty.day_cv),
            expected=len(horizon.days),
        )  # fmt: skip
    law = scenario.uncertainty
    if len(spreads) == 1:
        law = replace(law, day_cv=(next(iter(spreads)),) * len(horizon.days))
    return replace(scenario, horizon=horizon, uncertainty=law)
