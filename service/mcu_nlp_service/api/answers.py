"""What answers look like: the contract, written down for ``/docs``.

These models document; answers are not validated against them again, a test does that.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, Field

EXAMPLE = json.loads((files("mcu_nlp_service.api") / "example.json").read_text("utf-8"))


class SpanOut(BaseModel):
    """A piece of the answer's ``text``: ``text[start:end]``."""

    start: int
    end: int
    text: str


class ReasonOut(BaseModel):
    """A word that spoke for the answer."""

    word: str
    weight: float
    spans: list[SpanOut]


class ChoiceOut(BaseModel):
    """An answer with its calibrated probability."""

    id: str
    title: str
    confidence: float = Field(ge=0, le=1)


class ExplainedOut(ChoiceOut):
    """An answer; ``because`` is there when ``explain`` was asked for."""

    because: list[ReasonOut] | None = None


class DoubtOut(BaseModel):
    """Two topics that are easily confused, and the question that decides between them."""

    topics: list[str] = Field(description="ids of the two best candidates")
    question: str
    confidence: float = Field(ge=0, le=1, description="probability that one of the two is right")


class DepartmentOut(ChoiceOut):
    """Who answers for the appeal, and where that comes from."""

    source: Literal["rule", "model", "default"]
    because: list[str]
    because_words: list[ReasonOut] | None = Field(None, description="with explain: the words that decided")


class SignalOut(BaseModel):
    """A sign of conflict with its evidence."""

    id: str = Field(description="insult, accusation, escalation, repeat, reply_dispute, sarcasm or risk")
    confidence: float = Field(ge=0, le=1)
    target: Literal["official", "company", "neighbour", "citizen"] | None = Field(
        description="whom it is aimed at, as far as the words say"
    )
    spans: list[SpanOut]


class ToneOut(BaseModel):
    """How the author speaks."""

    level: Literal["neutral", "tense", "conflict"]
    confidence: float = Field(ge=0, le=1)
    signals: list[SignalOut]
    because: list[ReasonOut] | None = None


class PlaceOut(SpanOut):
    """An address phrase with the parts that it names."""

    settlement: str | None
    settlement_kind: str | None
    district: str | None
    street: str | None
    street_kind: str | None
    house: str | None
    building: str | None
    flat: str | None
    landmark: str | None
    stop: str | None
    road: str | None
    kilometre: str | None


class PersonOut(SpanOut):
    """A person's name as written."""

    role: str | None = Field(description="author, official, other, or null")


class OrganizationOut(SpanOut):
    """A named organisation."""

    normal_form: str | None


class ContactOut(SpanOut):
    """A way to reach somebody."""

    type: Literal["phone", "email", "url", "account"]
    value: str | None = Field(description="normal form")


class DateOut(SpanOut):
    """A calendar date or time."""

    value: str | None = Field(description="ISO 8601")


class PriorAppealOut(SpanOut):
    """A mention of an earlier appeal."""

    number: str | None
    date: str | None


class QuestionOut(SpanOut):
    """One of several different problems of the message."""

    category: ChoiceOut
    topic: ChoiceOut
    department: ChoiceOut | None


class CardOut(BaseModel):
    """The registration card."""

    summary: str | None
    request: SpanOut | None
    places: list[PlaceOut]
    persons: list[PersonOut]
    organizations: list[OrganizationOut]
    contacts: list[ContactOut]
    dates: list[DateOut]
    duration: list[SpanOut]
    prior_appeals: list[PriorAppealOut]
    questions: list[QuestionOut]


class FlagOut(BaseModel):
    """A sign that the law cares about, for a person to judge."""

    id: str
    value: str | int | None = Field(description="a number, an id or a name, as the sign has it")
    spans: list[SpanOut]


class PriorityOut(BaseModel):
    """What to read first: high where life or health is in danger; tone never counts."""

    level: Literal["high", "normal"]
    spans: list[SpanOut]


class ReviewOut(BaseModel):
    """Whether a person must look, and why."""

    required: bool
    reasons: list[str]


class ModelOut(BaseModel):
    """Which model answered."""

    name: str
    version: str


class AnalysisOut(BaseModel):
    """One analysis; every span indexes ``text``, the cleaned (with ``mask``: masked) text."""

    id: str | None
    text: str
    kind: ExplainedOut
    category: ExplainedOut
    category_candidates: list[ChoiceOut] = Field(description="the three best, best first")
    topic: ExplainedOut
    topic_candidates: list[ChoiceOut]
    doubt: DoubtOut | None
    department: DepartmentOut
    department_candidates: list[ChoiceOut]
    tone: ToneOut
    priority: PriorityOut | None
    card: CardOut
    flags: list[FlagOut]
    review: ReviewOut
    model: ModelOut


class BatchOut(BaseModel):
    """The analyses in the order of the request's items."""

    items: list[AnalysisOut]


class ReadyOut(BaseModel):
    """The model that is loaded."""

    status: Literal["ok"]
    model: str
    version: str


class ReplyPointOut(BaseModel):
    """One point of the rubric: 0 is bad, 1 weak, 2 good, null where it does not apply."""

    id: str
    title: str
    score: int | None = Field(ge=0, le=2)
    reason: str
    spans: list[SpanOut]


class AskedQuestionOut(BaseModel):
    """A question of the appeal, and the sentence of the reply that answers it."""

    question: SpanOut
    answer: SpanOut | None
    likeness: float


class DisclosedOut(SpanOut):
    """Personal data that the reply should not show."""

    kind: str


class ReadabilityOut(BaseModel):
    """How heavy a reply reads."""

    sentence_words: float
    long_sentence_words: float
    long_words: float
    officialese: float


class ReplyOut(BaseModel):
    """A reply beside its appeal; spans of the reply index ``text``."""

    text: str
    points: list[ReplyPointOut]
    total: int
    max: int
    brush_off: bool = Field(description="«отписка»")
    questions: list[AskedQuestionOut]
    disclosed: list[DisclosedOut]
    readability: ReadabilityOut
