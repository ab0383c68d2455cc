"""The tables. A change here needs a migration beside it; a test compares the two."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, LargeBinary, String, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Moment(TypeDecorator[datetime]):
    """A point in time: UTC in the database, aware in Python (SQLite forgets the zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: object) -> datetime | None:
        """Refuse a time of nowhere."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: object) -> datetime | None:
        """Give the zone back."""
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


class Table(DeclarativeBase):
    """Base of all tables."""

    type_annotation_map = {datetime: Moment, dict[str, Any]: JSON, list[Any]: JSON}  # noqa: RUF012


class ApiKey(Table):
    """A key that a caller shows; of its secret only the SHA-256 is kept."""

    __tablename__ = "api_key"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)  # the public beginning of the key
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(16))
    created: Mapped[datetime] = mapped_column(default=now)
    revoked: Mapped[datetime | None] = mapped_column(default=None)


class EndedSession(Table):
    """A session of the pages that was ended before its time; ``until`` is when it would have ended by itself."""

    __tablename__ = "ended_session"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    until: Mapped[datetime]


class Job(Table):
    """A file to analyse. ``lease_token`` grows with every holder: an older one may not write."""

    __tablename__ = "job"
    __table_args__ = (Index("job_turn", "state", "created"),)

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    key_id: Mapped[str | None] = mapped_column(String(16), index=True, default=None)
    state: Mapped[str] = mapped_column(String(16), default="queued")  # queued running done failed cancelled
    filename: Mapped[str] = mapped_column(String(255))
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    model: Mapped[str | None] = mapped_column(String(200), default=None)  # the folder's name, fixed at the beginning
    model_version: Mapped[str | None] = mapped_column(String(100), default=None)
    rows_total: Mapped[int | None] = mapped_column(default=None)
    rows_done: Mapped[int] = mapped_column(default=0)
    rows_failed: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)  # of the chunk that is being worked on
    error: Mapped[str | None] = mapped_column(String(64), default=None)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    idempotency_key: Mapped[str | None] = mapped_column(String(255), default=None)
    request_hash: Mapped[str | None] = mapped_column(String(64), default=None)
    lease_owner: Mapped[str | None] = mapped_column(String(64), default=None)
    lease_token: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(default=None)
    created: Mapped[datetime] = mapped_column(default=now)
    started: Mapped[datetime | None] = mapped_column(default=None)
    finished: Mapped[datetime | None] = mapped_column(default=None)
    expires: Mapped[datetime | None] = mapped_column(default=None)


Index("job_idempotency", Job.key_id, Job.idempotency_key, unique=True)


class JobChunk(Table):
    """A finished piece of a job: ``part`` is the name of its file."""

    __tablename__ = "job_chunk"

    job_id: Mapped[str] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(String(100))
    rows_done: Mapped[int]
    rows_failed: Mapped[int]


class StoredAnalysis(Table):
    """An appeal that is kept with its analysis, by the setting ``store`` or because it was corrected."""

    __tablename__ = "analysis"
    __table_args__ = (Index("analysis_queue", "review_required", "reviewed", "confidence"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    caller_id: Mapped[str | None] = mapped_column(String(200), default=None)
    text: Mapped[str]  # as received, or masked as its analysis was asked for
    channel: Mapped[str | None] = mapped_column(String(40), default=None)
    received: Mapped[str | None] = mapped_column(String(10), default=None)
    analysis: Mapped[dict[str, Any]]
    model: Mapped[str] = mapped_column(String(200))
    model_version: Mapped[str] = mapped_column(String(100))
    review_required: Mapped[bool]
    reviewed: Mapped[bool] = mapped_column(default=False)
    confidence: Mapped[float]  # of the topic: the least certain is read first
    job_id: Mapped[str | None] = mapped_column(String(32), default=None, index=True)
    created: Mapped[datetime] = mapped_column(default=now)
    expires: Mapped[datetime] = mapped_column(index=True)


class Correction(Table):
    """What a person said of an analysis: ``fields`` holds only what was changed or confirmed."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    analysis_id: Mapped[str] = mapped_column(ForeignKey("analysis.id", ondelete="CASCADE"), index=True)
    fields: Mapped[dict[str, Any]]
    comment: Mapped[str | None] = mapped_column(String(2000), default=None)
    who: Mapped[str | None] = mapped_column(String(200), default=None)
    key_id: Mapped[str | None] = mapped_column(String(16), default=None)
    model: Mapped[str] = mapped_column(String(200))
    model_version: Mapped[str] = mapped_column(String(100))
    created: Mapped[datetime] = mapped_column(default=now)


class AuditRecord(Table):
    """Who did what to keys, models, corrections and stored texts; never a text itself."""

    __tablename__ = "audit"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(default=now, index=True)
    who: Mapped[str | None] = mapped_column(String(200), default=None)  # a key's id, or "command line"
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Setting(Table):
    """A value that the service keeps for itself: the active model, the secret of analysis numbers."""

    __tablename__ = "setting"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[dict[str, Any]]
