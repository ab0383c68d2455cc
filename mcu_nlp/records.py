"""What the stages hand to each other and what the caller gets: frozen records.

Every span indexes :attr:`Analysis.text`, the clean text, as a half-open range
of characters: ``analysis.text[span.start:span.end] == span.text``.
What cannot be known is ``None`` or an empty tuple, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Message:
    """A raw message as received. ``channel`` and ``received`` are used only where given."""

    text: str
    id: str | None = None
    channel: str | None = None
    received: date | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the clean text that justifies something.

    >>> Span.of("Яма на ул. Мира", 7, 15)
    Span(start=7, end=15, text='ул. Мира')
    """

    start: int
    end: int
    text: str

    @classmethod
    def of(cls, text: str, start: int, end: int) -> Span:
        """The span ``text[start:end]``."""
        return cls(start, end, text[start:end])


@dataclass(frozen=True, slots=True)
class Place(Span):
    """The longest continuous address phrase, with the parts it names."""

    settlement: str | None = None
    settlement_kind: str | None = None
    district: str | None = None
    street: str | None = None
    street_kind: str | None = None
    house: str | None = None
    building: str | None = None
    flat: str | None = None
    landmark: str | None = None
    stop: str | None = None
    road: str | None = None
    kilometre: str | None = None


@dataclass(frozen=True, slots=True)
class Person(Span):
    """A person's name as written; ``role`` is told only where the text tells it."""

    role: str | None = None  # "author", "official" or "other"


@dataclass(frozen=True, slots=True)
class Organization(Span):
    """A named organisation; ``normal_form`` joins its spellings."""

    normal_form: str | None = None


@dataclass(frozen=True, slots=True)
class Contact(Span):
    """A way to reach somebody: ``type`` is phone, email, url or account."""

    type: str = "phone"
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Date(Span):
    """A calendar date or time; ``value`` is ISO 8601 (day, month or year), if it can be known."""

    value: str | None = None


@dataclass(frozen=True, slots=True)
class PriorAppeal(Span):
    """A mention of an earlier appeal on the matter."""

    number: str | None = None
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a classifier with its calibrated probability (0 to 1)."""

    id: str
    title: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Reason:
    """A feature of the text that spoke for an answer, with its places and weight."""

    feature: str
    weight: float
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Department(Choice):
    """Who answers for the appeal; ``source`` is rule, model or default."""

    source: str = "model"
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two topics that are easily confused, and the question that decides between them.

    ``confidence`` is the probability that one of the two is right.
    """

    topics: tuple[str, str]
    question: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Priority:
    """What to read first: ``level`` is high where life or health is in danger, else normal; tone never counts."""

    level: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One of several different problems that a message raises."""

    start: int
    end: int
    text: str
    category: Choice
    topic: Choice
    department: Choice


@dataclass(frozen=True, slots=True)
class Signal:
    """A sign of conflict, with the words that prove it.

    ``target`` is whom it is aimed at, as far as the words say: official, company,
    neighbour or citizen.
    """

    id: str
    confidence: float
    spans: tuple[Span, ...]
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Tone:
    """How the author speaks: ``level`` is neutral, tense or conflict."""

    level: str
    confidence: float
    signals: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """The registration card: what a registrar would write down."""

    summary: str | None = None
    request: Span | None = None
    places: tuple[Place, ...] = ()
    persons: tuple[Person, ...] = ()
    organizations: tuple[Organization, ...] = ()
    contacts: tuple[Contact, ...] = ()
    dates: tuple[Date, ...] = ()
    duration: tuple[Span, ...] = ()
    prior_appeals: tuple[PriorAppeal, ...] = ()
    questions: tuple[Question, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """A sign that the law cares about, with the words that show it; for a person to judge, never a verdict.

    ``value`` is a number (of those who signed), an id (of a benefit category) or a name.
    A sign of something absent has no spans.
    """

    id: str
    spans: tuple[Span, ...] = ()
    value: str | int | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """Whether a person must look, and why (reason ids)."""

    required: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelName:
    """Which model gave the answer."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the classifiers answered as they did; filled only when asked for."""

    category: tuple[Reason, ...] = ()
    topic: tuple[Reason, ...] = ()
    department: tuple[Reason, ...] = ()
    tone: tuple[Reason, ...] = ()
    kind: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """Everything that was read out of one appeal. Parts not asked for are ``None``."""

    text: str
    id: str | None = None
    channel: str | None = None
    kind: Choice | None = None
    category_candidates: tuple[Choice, ...] = ()
    topic_candidates: tuple[Choice, ...] = ()
    doubt: Doubt | None = None
    department: Department | None = None
    department_candidates: tuple[Choice, ...] = ()
    tone: Tone | None = None
    priority: Priority | None = None
    card: Card | None = None
    flags: tuple[Flag, ...] = ()
    review: Review | None = None
    model: ModelName | None = None
    explanation: Explanation | None = None

    @property
    def category(self) -> Choice | None:
        """The best category, or ``None`` when it was not asked for."""
        return self.category_candidates[0] if self.category_candidates else None

    @property
    def topic(self) -> Choice | None:
        """The best topic (always inside :attr:`category`), or ``None``."""
        return self.topic_candidates[0] if self.topic_candidates else None

    def to_dict(self) -> dict[str, Any]:
        """The analysis as the JSON contract describes it."""
        from mcu_nlp.contract import to_contract

        return to_contract(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Analysis:
        """The analysis that :meth:`to_dict` told, for example to render one that was stored."""
        from mcu_nlp.read_contract import from_contract

        return from_contract(content)

    def show(self) -> None:
        """Display the card in a notebook; needs IPython, which every notebook has."""
        from importlib import import_module

        import_module("IPython.display").display(self)

    def _repr_html_(self) -> str:
        """What notebooks show for an analysis."""
        from mcu_nlp.render import render_html

        return render_html(self)
