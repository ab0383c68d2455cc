"""What requests and answers of the learning loop and of the audit log look like."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StringConstraints

from mcu_nlp_service.api.answers import AnalysisOut
from mcu_nlp_service.api.schemas import FIRST_DAY, LAST_DAY, Day, RequestBody, Text
from mcu_nlp_service.storage.tables import AuditRecord, Correction, StoredAnalysis

_CORRECTION_EXAMPLE: dict[str, Any] = {
    "topic": "roads.city-potholes",
    "kind": "complaint",
    "comment": "Речь о проезжей части, а не о дворе",
    "who": "Лунина З. П.",
    "text": "На ул. Садовой, д. 4 яма глубиной с колесо. Прошу отремонтировать.",
    "id": "1741",
}
_Written = Annotated[Text, StringConstraints(max_length=2000)]
_List = Annotated[list[_Written], Field(max_length=200)]


class CardIn(RequestBody):
    """Fields of the card as they should be; a field that is not given is not spoken of."""

    summary: _Written | None = None
    request: _Written | None = None
    places: _List | None = None
    persons: _List | None = None
    organizations: _List | None = None
    contacts: _List | None = None
    dates: _List | None = None
    duration: _List | None = None
    prior_appeals: _List | None = None


class CorrectionIn(RequestBody):
    """What a person says of an analysis: only what is changed or confirmed."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CORRECTION_EXAMPLE]})

    topic: str | None = Field(None, max_length=300, description="id or title of the right topic")
    department: str | None = Field(None, max_length=300, description="id or title of the right department")
    kind: Literal["statement", "complaint", "proposal", "information_request", "gratitude"] | None = None
    tone: Literal["neutral", "tense", "conflict"] | None = None
    card: CardIn | None = None
    comment: Text | None = Field(None, max_length=2000)
    who: Text | None = Field(None, max_length=200, description="who says so")
    text: Text | None = Field(None, description="the message as it was sent for analysis, when it is not stored")
    mask: StrictBool = Field(False, description="keep `text` with placeholders for personal data")
    id: str | None = Field(None, max_length=200, description="the caller's own number, as it was sent for analysis")
    channel: str | None = Field(None, max_length=40, description="as it was sent for analysis")
    received: Day | None = Field(None, ge=FIRST_DAY, le=LAST_DAY, description="as it was sent for analysis")


class LabelOut(BaseModel):
    """A class with its id and title."""

    id: str
    title: str


class CorrectionOut(BaseModel):
    """A stored correction; what was not spoken of is null."""

    id: int
    analysis_id: str
    category: LabelOut | None = None
    topic: LabelOut | None = None
    department: LabelOut | None = None
    kind: str | None = None
    tone: str | None = None
    card: dict[str, str | list[str] | None] | None = None
    comment: str | None
    who: str | None
    key_id: str | None = Field(description="the key that was shown")
    model: str = Field(description="the model that was corrected")
    version: str
    created: datetime

    @classmethod
    def of(cls, row: Correction) -> CorrectionOut:
        """A row as an answer."""
        return cls(
            id=row.id,
            analysis_id=row.analysis_id,
            comment=row.comment,
            who=row.who,
            key_id=row.key_id,
            model=row.model,
            version=row.model_version,
            created=row.created,
            **row.fields,
        )


class StoredOut(BaseModel):
    """An appeal that is kept, with its analysis."""

    analysis_id: str
    caller_id: str | None = Field(description="the caller's own number")
    text: str = Field(description="the message as received, or masked as its analysis was asked for")
    channel: str | None
    received: date | None
    analysis: AnalysisOut
    review_required: bool
    reviewed: bool
    created: datetime
    expires: datetime

    @classmethod
    def facts_of(cls, row: StoredAnalysis) -> dict[str, Any]:
        """A row as keywords."""
        same = ("caller_id", "text", "channel", "received", "analysis", "review_required", "reviewed", "created")
        return {"analysis_id": row.id, "expires": row.expires} | {name: getattr(row, name) for name in same}


class CorrectedOut(StoredOut):
    """An appeal that is kept, with what people said of it."""

    corrections: list[CorrectionOut]


class QueueOut(BaseModel):
    """Those to be reviewed, the least certain first."""

    items: list[StoredOut]
    waiting: int = Field(description="how many wait in all")
    next: str | None = Field(description="what `after` takes for the next page")


class AuditRecordOut(BaseModel):
    """Who did what to what."""

    id: int
    at: datetime
    who: str | None = Field(description="a key's id, `command line`, or null where the service is open")
    action: str
    subject: str
    details: dict[str, Any]

    @classmethod
    def of(cls, row: AuditRecord) -> AuditRecordOut:
        """A row as an answer."""
        return cls(id=row.id, at=row.at, who=row.who, action=row.action, subject=row.subject, details=row.details)


class AuditOut(BaseModel):
    """Records, newest first."""

    items: list[AuditRecordOut]
    next: int | None = Field(description="what `before` takes for the next page")
