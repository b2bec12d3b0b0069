"""Rosters as append-only versions: draft, published, archived."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, insert, select, update

from scenarios import Forecast, Plan, PlanningError
from scheduler.store import schema
from scheduler.store.audit import note
from scheduler.store.codec import dump_forecast, dump_plan, load_forecast, load_plan
from scheduler.store.engine import writing
from scheduler.store.runs import RunStatus, end_run

_TABLE = schema.rosters
_HEADER = [column for column in _TABLE.c if column.name not in {"plan", "forecast"}]


class RosterState(StrEnum):
    """Life of a version; it only ever moves forward."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


@dataclass(frozen=True, slots=True)
class RosterVersion:
    """A version without its plan, which ``RosterShelf.plan`` reads.

    Parameters
    ----------
    version
        Counts from 1 for each scenario name.
    proven
        Whether its verdict let it be published without a mark.
    run_id
        The nightly run that made it, ``None`` when made by hand.
    created_at, published_at, archived_at
        Aware times; ``None`` for what has not happened.
    """

    id: int
    scenario: str
    version: int
    state: RosterState
    proven: bool
    run_id: str | None
    created_at: datetime
    published_at: datetime | None
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class RosterShelf:
    """The versions of all scenarios."""

    engine: Engine

    def add_draft(
        self, scenario: str, plan: Plan, *, forecast: Forecast | None = None, run_id: str | None = None, actor: str
    ) -> RosterVersion:
        """Keep ``plan`` as the next version of ``scenario``, in state draft."""
        row: dict[str, Any] = {
            "scenario": scenario,
            "state": RosterState.DRAFT.value,
            "proven": plan.verdict is not None and plan.verdict.publishable,
            "run_id": run_id,
            "created_at": datetime.now(UTC),
            "plan": dump_plan(plan),
            "forecast": None if forecast is None else dump_forecast(forecast),
        }
        with writing(self.engine) as connection:
            newest = select(func.max(_TABLE.c.version)).where(_TABLE.c.scenario == scenario)
            row["version"] = (connection.execute(newest).scalar() or 0) + 1
            key = connection.execute(insert(_TABLE).values(row)).inserted_primary_key
            note(connection, actor, "draft", _subject(scenario, row["version"]), run_id=run_id)
            return _one(connection, select(*_HEADER).where(_TABLE.c.id == (key or (None,))[0]))

    def publish(self, version_id: int, *, actor: str, manifest: dict[str, Any] | None = None) -> RosterVersion:
        """Publish a draft and archive the version in force, in one transaction.

        The run that made the draft, if any, ends as published in the same transaction, with ``manifest``. Whoever reads
        at any moment finds exactly one of the two in force.

        Raises
        ------
        PlanningError
            When the version is not a draft, or has no roster.
        """
        now = datetime.now(UTC)
        with writing(self.engine) as connection:
            draft = _one(connection, select(*_HEADER).where(_TABLE.c.id == version_id))
            self._require_publishable(connection, draft)
            in_force = _find(connection, _published(draft.scenario))
            if in_force is not None:
                _move(connection, in_force.id, state=RosterState.ARCHIVED.value, archived_at=now)
                note(connection, actor, "archive", _subject(in_force.scenario, in_force.version))
            _move(connection, draft.id, state=RosterState.PUBLISHED.value, published_at=now)
            note(connection, actor, "publish", _subject(draft.scenario, draft.version), proven=draft.proven)
            if draft.run_id is not None:
                ended = None if manifest is None else manifest.get("exit_status")
                end_run(connection, draft.run_id, RunStatus.PUBLISHED, exit_status=ended, manifest=manifest)
            return _one(connection, select(*_HEADER).where(_TABLE.c.id == version_id))

    def latest_published(self, scenario: str) -> RosterVersion | None:
        """Return the version in force, ``None`` before the first publication."""
        with self.engine.connect() as connection:
            return _find(connection, _published(scenario))

    def versions(self, scenario: str | None = None) -> tuple[RosterVersion, ...]:
        """Return all versions, of one scenario or of all, newest first."""
        query = select(*_HEADER).order_by(_TABLE.c.id.desc())
        if scenario is not None:
            query = query.where(_TABLE.c.scenario == scenario)
        with self.engine.connect() as connection:
            return tuple(_version(row) for row in connection.execute(query).mappings())

    def of_run(self, run_id: str) -> RosterVersion | None:
        """Return the version a run made, ``None`` when it made none."""
        with self.engine.connect() as connection:
            return _find(connection, select(*_HEADER).where(_TABLE.c.run_id == run_id))

    def plan(self, version_id: int) -> Plan:
        """Return the plan of a version; an unknown one is a ``PlanningError``."""
        written = self._payload(version_id, "plan")
        if written is None:
            raise RuntimeError(f"roster {version_id} has no plan, which the table forbids")
        return load_plan(written)

    def forecast(self, version_id: int) -> Forecast | None:
        """Return the forecast kept with a version, ``None`` when none was."""
        written = self._payload(version_id, "forecast")
        return None if written is None else load_forecast(written)

    def _payload(self, version_id: int, column: str) -> str | None:
        with self.engine.connect() as connection:
            row = connection.execute(select(_TABLE.c[column]).where(_TABLE.c.id == version_id)).one_or_none()
        if row is None:
            raise PlanningError("no_version", value=version_id)
        written: str | None = row[0]
        return written

    def _require_publishable(self, connection: Connection, draft: RosterVersion) -> None:
        if draft.state is not RosterState.DRAFT:
            raise PlanningError("not_a_draft", place=_subject(draft.scenario, draft.version), value=draft.state.value)
        written = connection.execute(select(_TABLE.c.plan).where(_TABLE.c.id == draft.id)).scalar_one()
        if load_plan(written).outcome.roster is None:
            raise PlanningError("nothing_to_publish", place=_subject(draft.scenario, draft.version), value="None")


def _subject(scenario: str, version: int) -> str:
    return f"roster {scenario} v{version}"


def _published(scenario: str) -> Select[Any]:
    return select(*_HEADER).where(_TABLE.c.scenario == scenario, _TABLE.c.state == RosterState.PUBLISHED.value)


def _move(connection: Connection, version_id: int, **values: object) -> None:
    connection.execute(update(_TABLE).where(_TABLE.c.id == version_id).values(values))


def _find(connection: Connection, query: Select[Any]) -> RosterVersion | None:
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else _version(row)


def _one(connection: Connection, query: Select[Any]) -> RosterVersion:
    found = _find(connection, query)
    if found is None:
        raise PlanningError("no_version", value="-")
    return found


def _version(row: Any) -> RosterVersion:
    return RosterVersion(**dict(row) | {"state": RosterState(row["state"])})
