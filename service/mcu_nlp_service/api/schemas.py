"""What requests and refusals look like."""

from __future__ import annotations

import re
from contextvars import ContextVar
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, FailFast, Field, JsonValue, StrictBool, model_validator
from pydantic_core import PydanticCustomError

from mcu_nlp import InputError, Message

_EXAMPLE: dict[str, JsonValue] = {
    "id": "1741",
    "text": (
        "Добрый день! На ул. Садовой, д. 4 третью неделю не горит фонарь, в управу звонили дважды. "
        "Прошу восстановить освещение. Тел. 8 900 000-00-00"
    ),
    "explain": True,
    "received": "2025-03-14",
}
_MAX_KEYS = 32


_REPLY_EXAMPLE: dict[str, JsonValue] = {
    "appeal": "На ул. Садовой, д. 4 третью неделю не горит фонарь. Прошу восстановить освещение.",
    "reply": "Уважаемая Анна Ивановна! Светильник у дома 4 заменён 14.03.2025. Справки: 8 (94800) 2-14-36.",
    "received": "2025-03-03",
    "answered": "2025-03-15",
}
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 31)
# The document says `format: date`: neither a number nor a time of day is one.
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _day(value: object) -> object:
    if type(value) is not date and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise PydanticCustomError("date_type", "not a day as YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_day)]


def _whole(value: object) -> object:
    return value.encode("utf-8", "ignore").decode("utf-8") if isinstance(value, str) else value


# What people write. JSON can hold half of a character («\ud83d»), no database and no answer can: it is dropped, as the
# library drops it. Names and numbers come back as they were or not at all: there it is refused.
Text = Annotated[str, BeforeValidator(_whole)]
# How many items a batch may have; the route tells it, since a shape knows no settings.
MOST_ITEMS: ContextVar[int] = ContextVar("most_items")


def _not_too_many(items: object) -> object:
    """Refuse by the length alone, before every item is looked at."""
    if isinstance(items, list) and len(items) > (limit := MOST_ITEMS.get(len(items))):
        raise InputError("batch_too_large", size=len(items), limit=limit)
    return items


class RequestBody(BaseModel):
    """A body of which every field is known."""

    # A misspelt `mask` must not pass unseen, so unknown fields are refused.
    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def few_keys(cls, content: Any) -> Any:
        """Refuse an object of thousands of keys as one fault and not as thousands of them."""
        if isinstance(content, dict) and len(content) > _MAX_KEYS:
            raise PydanticCustomError("too_many_keys", "too many keys")
        return content


class AppealIn(RequestBody):
    """One appeal to analyse."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: str | None = Field(None, max_length=200, description="the caller's own number; comes back as it is")
    text: Text = Field(description="the message as received: plain text or HTML")
    mask: StrictBool = Field(False, description="replace personal data by placeholders")
    explain: StrictBool = Field(False, description="tell the words that decided")
    channel: str | None = Field(
        None,
        max_length=40,
        description="portal, social, messenger, paper, phone or email; routing rules may ask for it",
    )
    received: Day | None = Field(
        None,
        ge=FIRST_DAY,
        le=LAST_DAY,
        description="day of receipt; «вчера» is counted from it",
    )

    @property
    def message(self) -> Message:
        """The appeal as the library takes it."""
        return Message(self.text, id=self.id, channel=self.channel, received=self.received)


class BatchIn(RequestBody):
    """Several appeals; the answers come in their order."""

    # The first faulty item refuses the batch: the rest need not be looked at.
    items: Annotated[list[AppealIn], FailFast(), BeforeValidator(_not_too_many)]


class ReplyIn(RequestBody):
    """An official reply and the appeal that it answers."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REPLY_EXAMPLE]})

    appeal: Text = Field(description="the appeal as received")
    reply: Text = Field(description="the official reply")
    channel: str | None = Field(None, max_length=40, description="social: everybody can read the reply")
    received: Day | None = Field(None, ge=FIRST_DAY, le=LAST_DAY, description="day of receipt of the appeal")
    answered: Day | None = Field(None, ge=FIRST_DAY, le=LAST_DAY, description="day of the reply")
    deadline_days: int = Field(30, ge=1, le=366, description="days from receipt to reply")
    mask: StrictBool = Field(False, description="replace personal data by placeholders")


class Fault(BaseModel):
    """Where in the request's body what kind of fault is."""

    pointer: str = Field(examples=["/items/3/text"])
    fault: str = Field(examples=["string_type"])


class Problem(BaseModel):
    """An error as RFC 9457 writes it; ``type`` and ``code`` are stable."""

    type: str = Field(examples=["urn:mcu-nlp:problem:text_empty"])
    title: str
    status: int
    detail: str = Field(description="what to do, in Russian")
    code: str = Field(examples=["text_empty"])
    item: int | None = Field(None, description="the faulty item of a batch, counted from 0")
    errors: list[Fault] = Field([], description="faults of the request's form")
