"""The audit log: who did what when; entries are added, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from scheduler.store import schema


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry: ``actor`` did ``action`` to ``subject`` at an aware time."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]


def note(connection: Connection, actor: str, action: str, subject: str, **detail: object) -> None:
    """Add an entry inside the transaction of what it tells about."""
    row = {"at": datetime.now(UTC), "actor": actor, "action": action, "subject": subject, "detail": detail}
    connection.execute(insert(schema.audit).values(row))


@dataclass(frozen=True, slots=True)
class AuditLog:
    """Reads the audit log."""

    engine: Engine

    def entries(self, subject: str | None = None) -> tuple[AuditEntry, ...]:
        """Return the entries, oldest first, of one subject or all."""
        query = select(schema.audit).order_by(schema.audit.c.id)
        if subject is not None:
            query = query.where(schema.audit.c.subject == subject)
        with self.engine.connect() as connection:
            return tuple(AuditEntry(**row) for row in connection.execute(query).mappings())
