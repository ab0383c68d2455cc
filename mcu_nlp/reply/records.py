"""What the review of a reply tells: frozen records.

Spans of the reply index :attr:`ReplyReview.text`, the clean reply; questions index the
clean text of the appeal. A score that cannot be known is ``None``, never a guess.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from mcu_nlp.records import Span

BEST = 2


@dataclass(frozen=True, slots=True)
class ReplyPoint:
    """One point of the rubric: ``score`` is 0 (bad), 1 (weak), 2 (good), or ``None`` where it does not apply."""

    id: str
    title: str
    score: int | None
    reason: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question or request of the appeal, and the sentence of the reply that answers it, if one does."""

    question: Span
    answer: Span | None
    likeness: float


@dataclass(frozen=True, slots=True)
class Disclosed(Span):
    """Personal data that the reply should not show; ``kind`` is a value of :class:`mcu_nlp.masking.Kind`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Readability:
    """How heavy a reply reads.

    Words of the mean sentence and of the long ones (nine tenths are shorter); shares (0 to 1)
    of words of four syllables or more, and of officialese.
    """

    sentence_words: float
    long_sentence_words: float
    long_words: float
    officialese: float


@dataclass(frozen=True, slots=True)
class ReplyReview:
    """A reply beside its appeal: the ten points, their sum over those that apply, and the «отписка» verdict."""

    text: str
    points: tuple[ReplyPoint, ...]
    total: int
    max: int
    brush_off: bool
    questions: tuple[AskedQuestion, ...]
    disclosed: tuple[Disclosed, ...]
    readability: Readability

    def point(self, id: str) -> ReplyPoint:
        """The point with this id; ``KeyError`` when there is none."""
        for point in self.points:
            if point.id == id:
                return point
        raise KeyError(id)

    def to_dict(self) -> dict[str, Any]:
        """The review as a mapping ready for JSON."""
        return {
            "text": self.text,
            "points": [{**asdict(point), "spans": [asdict(span) for span in point.spans]} for point in self.points],
            "total": self.total,
            "max": self.max,
            "brush_off": self.brush_off,
            "questions": [
                {
                    "question": asdict(asked.question),
                    "answer": asdict(asked.answer) if asked.answer else None,
                    "likeness": round(asked.likeness, 4),
                }
                for asked in self.questions
            ],
            "disclosed": [asdict(piece) for piece in self.disclosed],
            "readability": {name: round(value, 4) for name, value in asdict(self.readability).items()},
        }
