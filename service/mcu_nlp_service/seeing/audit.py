"""The audit log: who did what to keys, models, corrections and stored texts. Never a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from mcu_nlp_service.storage import Database
from mcu_nlp_service.storage.tables import AuditRecord


def record(session: Session, who: str | None, action: str, subject: str, **details: Any) -> None:
    """Write a record in the transaction of what it tells of: both are kept or neither.

    ``who`` is a key's id, "command line", or ``None`` where the service is open.
    """
    session.add(AuditRecord(who=who, action=action, subject=subject, details=details))


@dataclass(frozen=True)
class Audit:
    """The records of one database."""

    database: Database

    def write(self, who: str | None, action: str, subject: str, **details: Any) -> None:
        """Write a record of its own."""
        with self.database.write() as session:
            record(session, who, action, subject, **details)

    def read(self, limit: int, before: int | None = None) -> Sequence[AuditRecord]:
        """The latest records, newest first; ``before`` is the id of the last one that was read."""
        latest = select(AuditRecord).order_by(AuditRecord.id.desc()).limit(limit)
        if before is not None:
            latest = latest.where(AuditRecord.id < before)
        with self.database.read() as session:
            return session.scalars(latest).all()
