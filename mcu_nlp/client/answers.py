"""What the client gives back."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from mcu_nlp.records import Analysis, Message

FINISHED = frozenset({"done", "failed", "cancelled"})


@dataclass(frozen=True, slots=True)
class Answer:
    """An analysis with what a correction of it needs: its number and the message that was sent."""

    analysis: Analysis
    analysis_id: str | None
    message: Message


@dataclass(frozen=True, slots=True)
class Job:
    """A file at work; ``state`` is queued, running, done, failed or cancelled."""

    id: str
    state: str
    filename: str
    rows_total: int | None
    rows_done: int
    rows_failed: int
    model: str | None
    version: str | None
    error: str | None
    detail: str | None
    created: datetime
    started: datetime | None
    finished: datetime | None
    expires: datetime | None

    @property
    def is_finished(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.state in FINISHED

    @classmethod
    def of(cls, content: dict[str, Any]) -> Job:
        """The job as the service tells it; what this version does not know is passed over."""
        known: dict[str, Any] = {field.name: content.get(field.name) for field in fields(cls)}
        for name in ("created", "started", "finished", "expires"):
            if known[name] is not None:
                known[name] = datetime.fromisoformat(known[name])
        return cls(**known)


@dataclass(frozen=True, slots=True)
class Corrected:
    """A correction that the service keeps."""

    id: int
    analysis_id: str
