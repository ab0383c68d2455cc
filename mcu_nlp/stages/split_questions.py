"""One message -> its different questions, each with category, topic and department.

59-ФЗ, art. 8 p. 4: an appeal that raises several questions goes to several bodies. Every
sentence is read as if it were a message of its own; where sentences speak of different
topics with confidence, the message is cut between them. A sentence that begins anew
(«кроме того», «второе», «2)») needs less confidence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mcu_nlp.confusable import confusable_pairs
from mcu_nlp.linear import Heads, TextEncoder
from mcu_nlp.records import Card, Choice, Question, Span
from mcu_nlp.stages.encode_text import encode_text
from mcu_nlp.stages.identify_topic import TopicIdentifier
from mcu_nlp.stages.route_department import DepartmentRouter
from mcu_nlp.text.document import Document

# How an author begins another matter; at the beginning of a sentence.
_ANEW = re.compile(
    r"(?:а\s|и\s|но\s)?(?:также|так\s?же|кроме\s(?:того|этого)|помимо\s(?:того|этого)|вдобавок|вместе с тем|"
    r"ещ[её]\s(?:одн|вопрос|проблем|хо|про|такой|по)|ещ[её]\s?[,:]|второ[ейя]\b|трет(?:ье|ий|ья)\b|во-вторых|в-третьих|"
    r"друг(?:ой|ая)\s(?:вопрос|проблема)|отдельн\w+\s(?:вопрос|тема|проблема)|заодно|"
    r"(?:[2-9]|[2-9]-[её])\s?[.)]|по\s(?:поводу|вопросу))",
    re.IGNORECASE,
)
# A shorter sentence («Прошу помочь.») has no topic of its own.
_SHORTEST = 20
# A shorter message has no room for two questions.
_SHORTEST_MESSAGE = 100
# Chosen on the corpus and the structure labels: where false alarms on single questions stay near 2 %.
_SURE_TOPIC, _SURE_CATEGORY, _EASIER_ANEW = 0.68, 0.6, 0.2
# More sentences than any real list of problems has: a longer message is read by a person anyway.
_MOST_SENTENCES = 40


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence with what it would be answered as a message of its own."""

    span: Span
    category: Choice
    topics: tuple[Choice, ...]
    departments: tuple[Choice, ...]


class QuestionSplitter:
    """Reads sentences with the model's heads, and cuts a message between those that differ."""

    def __init__(
        self, encoder: TextEncoder, heads: Heads, identify_topic: TopicIdentifier, route: DepartmentRouter
    ) -> None:
        self.encoder, self.heads, self.identify_topic, self.route = encoder, heads, identify_topic, route

    def read_sentences(self, documents: Sequence[Document]) -> list[list[ReadSentence]]:
        """Answer every sentence that may hold a question of its own, those of all documents together."""
        spans = [_topical_sentences(document) for document in documents]
        pieces = [
            document.piece(span.start, span.end)
            for document, found in zip(documents, spans, strict=True)
            for span in found
        ]
        _, scores = encode_text(pieces, self.encoder, self.heads, style=False)
        answers = self.identify_topic(scores["topic"], scores["category"])
        learned = self.route.learned(scores.get("department"), answers)
        rows = zip((row[0] for row in answers.categories), answers.topics, learned, strict=True)
        return [[ReadSentence(span, *next(rows)) for span in found] for found in spans]

    def __call__(
        self, document: Document, sentences: Sequence[ReadSentence], card: Card, channel: str | None
    ) -> tuple[Question, ...]:
        """The different questions of a message, in order; empty when it raises only one.

        Places are the whole message's: an author seldom repeats them.
        """
        begun: list[ReadSentence] = []
        for sentence in sentences:
            if _is_sure(sentence) and not any(_is_same(sentence.topics[0], other.topics[0]) for other in begun):
                begun.append(sentence)
        if len(begun) < 2:
            return ()
        # A question reaches to where the next one begins; the first takes what stands before it.
        bounds = [0, *(sentence.span.start for sentence in begun[1:]), len(document.text)]
        questions = []
        for sentence, (start, end) in zip(begun, pairwise(bounds), strict=True):
            text = document.text[start:end].rstrip()
            routed, _ = self.route(sentence.category, sentence.topics, sentence.departments, card, channel)
            department = Choice(routed.id, routed.title, routed.confidence)
            topic = sentence.topics[0]
            questions.append(Question(start, start + len(text), text, sentence.category, topic, department))
        return tuple(questions)


def _topical_sentences(document: Document) -> list[Span]:
    """The sentences that may hold a question of their own; none where the message is one question by its form."""
    if len(document.text) < _SHORTEST_MESSAGE:
        return []
    sentences = [sentence for sentence in document.sentences if len(sentence.text) >= _SHORTEST]
    return sentences if 2 <= len(sentences) <= _MOST_SENTENCES else []


def _is_sure(sentence: ReadSentence) -> bool:
    easier = _EASIER_ANEW if _ANEW.match(sentence.span.text) else 0.0
    return (
        sentence.topics[0].confidence >= _SURE_TOPIC - easier
        and sentence.category.confidence >= _SURE_CATEGORY - easier
    )


def _is_same(topic: Choice, other: Choice) -> bool:
    """Whether two answers may speak of one matter: the same topic, or two that registers confuse."""
    pair = frozenset((topic.id, other.id))
    return len(pair) == 1 or pair in confusable_pairs()
