"""One message -> its different questions, each with category, topic and department.

59-ФЗ, art. 8 p. 4: an appeal that raises several questions goes to several bodies. Every
sentence is read as if it were a message of its own; how its topic differs from what stands
before it and how it begins tell whether another question begins there
(:mod:`mcu_nlp.questions`). The pieces between are then answered as messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mcu_nlp.confusable import confusable_pairs
from mcu_nlp.linear import Heads, TextEncoder
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.questions.bounds import boundary_probabilities, shipped_weights
from mcu_nlp.questions.units import read_units
from mcu_nlp.records import Card, Choice, Question, Span
from mcu_nlp.stages.encode_text import encode_text
from mcu_nlp.stages.identify_topic import TopicAnswers, TopicIdentifier
from mcu_nlp.stages.route_department import DepartmentRouter
from mcu_nlp.taxonomy import Taxonomy
from mcu_nlp.text.document import Document


@dataclass(frozen=True, slots=True)
class ReadPiece:
    """A part of a message with what it would be answered as a message of its own."""

    span: Span
    category: Choice
    topics: tuple[Choice, ...]
    departments: tuple[Choice, ...]


class QuestionSplitter:
    """Reads sentences with the model's heads, and cuts a message where another question begins."""

    def __init__(
        self, encoder: TextEncoder, heads: Heads, identify_topic: TopicIdentifier, route: DepartmentRouter
    ) -> None:
        self.encoder, self.heads, self.identify_topic, self.route = encoder, heads, identify_topic, route
        self.weights = shipped_weights()
        self.kin, self.categories = topic_kinship(identify_topic.taxonomy)

    def read_pieces(self, documents: Sequence[Document]) -> list[list[ReadPiece]]:
        """The answered pieces of every message that may hold several questions, all documents together."""
        units = [read_units(document) for document in documents]
        answers, _ = self._answer(documents, units)
        pieces: list[list[Span]] = []
        at = 0
        for document, own in zip(documents, units, strict=True):
            likely = boundary_probabilities(
                own, answers.joint[at : at + len(own)], self.kin, self.categories, self.weights
            )
            begun = [unit.start for unit, sure in zip(own[1:], likely, strict=True) if sure >= self.weights.threshold]
            pieces.append(_cut(document, begun))
            at += len(own)
        answers, departments = self._answer(documents, pieces)
        rows = zip((row[0] for row in answers.categories), answers.topics, departments, strict=True)
        return [[ReadPiece(span, *next(rows)) for span in own] for own in pieces]

    def __call__(
        self, document: Document, pieces: Sequence[ReadPiece], card: Card, channel: str | None
    ) -> tuple[Question, ...]:
        """The different questions of a message, in order; empty when it raises only one.

        Places are the whole message's: an author seldom repeats them.
        """
        begun: list[ReadPiece] = []
        for piece in pieces:
            if not any(_is_same(piece.topics[0], other.topics[0]) for other in begun):
                begun.append(piece)
        if len(begun) < 2:
            return ()
        # A question reaches to where the next one begins; the first takes what stands before it.
        bounds = [0, *(piece.span.start for piece in begun[1:]), len(document.text)]
        questions = []
        for piece, (start, end) in zip(begun, pairwise(bounds), strict=True):
            text = document.text[start:end].rstrip()
            routed, _ = self.route(piece.category, piece.topics, piece.departments, card, channel)
            department = Choice(routed.id, routed.title, routed.confidence)
            questions.append(Question(start, start + len(text), text, piece.category, piece.topics[0], department))
        return tuple(questions)

    def _answer(
        self, documents: Sequence[Document], spans: Sequence[Sequence[Span]]
    ) -> tuple[TopicAnswers, list[tuple[Choice, ...]]]:
        texts = [d.piece(span.start, span.end) for d, own in zip(documents, spans, strict=True) for span in own]
        _, scores = encode_text(texts, self.encoder, self.heads, style=False)
        answers = self.identify_topic(scores["topic"], scores["category"])
        return answers, self.route.learned(scores.get("department"), answers)


def topic_kinship(taxonomy: Taxonomy) -> tuple[Floats, Floats]:
    """Of every two topics: whether they may be one matter, and whether they are of one category."""
    ids = {topic.id: place for place, topic in enumerate(taxonomy.topics)}
    kin = np.eye(len(ids), dtype=np.float32)
    for pair in confusable_pairs():
        if pair <= ids.keys():
            one, other = (ids[topic] for topic in pair)
            kin[one, other] = kin[other, one] = 1.0
    categories = [topic.category for topic in taxonomy.topics]
    same = [[one == other for other in categories] for one in categories]
    return kin, np.array(same, np.float32).reshape(len(ids), len(ids))


def _cut(document: Document, starts: Sequence[int]) -> list[Span]:
    """The pieces between the starts of further questions; none without any."""
    if not starts:
        return []
    return [document.span(start, end) for start, end in pairwise([0, *starts, len(document.text)])]


def _is_same(topic: Choice, other: Choice) -> bool:
    """Whether two answers may speak of one matter: the same topic, or two that registers confuse."""
    pair = frozenset((topic.id, other.id))
    return len(pair) == 1 or pair in confusable_pairs()
