"""The whole way of an appeal, step by step: see ``stages/`` for each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

from mcu_nlp.bundle import Bundle, read_bundle
from mcu_nlp.confusable import find_doubt
from mcu_nlp.errors import InputError
from mcu_nlp.explain import explain_analysis
from mcu_nlp.linear import Encoded, Scores
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.masking import mask_analysis
from mcu_nlp.records import Analysis, Card, Choice, Department, Flag, Message, ModelName, Tone
from mcu_nlp.reply import ReplyReview, mask_review, review_reply
from mcu_nlp.routing import RoutingTable, load_routing
from mcu_nlp.stages.clean_text import clean_text
from mcu_nlp.stages.encode_text import encode_text
from mcu_nlp.stages.extract_card import extract_card
from mcu_nlp.stages.flag_law import flag_law
from mcu_nlp.stages.identify_kind import identify_kind
from mcu_nlp.stages.identify_topic import TopicAnswers, TopicIdentifier
from mcu_nlp.stages.route_department import DepartmentRouter, complained_of, may_complain
from mcu_nlp.stages.score_tone import ToneScorer
from mcu_nlp.stages.split_questions import QuestionSplitter, ReadPiece
from mcu_nlp.stages.weigh_review import weigh_review
from mcu_nlp.tables.channels import read_channel
from mcu_nlp.text.document import Document
from mcu_nlp.tone.priority import find_priority

FIELDS = ("card", "kind", "topic", "department", "tone")
MAX_TEXT = 50_000
_BATCH = 64
_VISIBLE = re.compile(r"[^\W_]")


def load(
    model: str | Path | None = None, *, routing: str | Path | RoutingTable | None = None, max_text: int = MAX_TEXT
) -> Analyzer:
    """Load a model folder (the shipped one by default) and, if given, a district's routing rules.

    Raises ``BundleError`` when the model cannot be trusted or read, ``ConfigError`` or
    ``InputError`` when the routing file cannot.
    """
    bundle = read_bundle(model)
    if routing is not None and not isinstance(routing, RoutingTable):
        topics = {topic.id: topic.category for topic in bundle.taxonomy.topics}
        routing = load_routing(routing, categories=[c.id for c in bundle.taxonomy.categories], topics=topics)
    bundle.encoder.warm_up()
    return Analyzer(bundle, routing=routing, max_text=max_text)


class Analyzer:
    """Reads appeals with one model. Safe to share between threads: answering changes no state but caches."""

    def __init__(self, bundle: Bundle, *, routing: RoutingTable | None = None, max_text: int = MAX_TEXT) -> None:
        calibrators = bundle.calibrators
        self.bundle, self.routing, self.max_text = bundle, routing, max_text
        self.identify_topic = TopicIdentifier(bundle.taxonomy, bundle.joint, calibrators)
        self.route_department = DepartmentRouter(
            bundle.taxonomy, bundle.department_topics, calibrators["department"], routing
        )
        self.score_tone = ToneScorer(
            bundle.heads,
            bundle.encoder.ngrams,
            calibrators["level"],
            bundle.level_bias,
            bundle.signals,
            bundle.conflict_mix,
            bundle.encoder.meaning.width,
        )
        self.split_questions = QuestionSplitter(
            bundle.encoder, bundle.heads, self.identify_topic, self.route_department
        )
        self.kinds = bundle.heads.classes["kind"]

    @property
    def model(self) -> ModelName:
        """Name and version of the model."""
        return self.bundle.model

    def __call__(
        self, text: str | Message, *, mask: bool = False, explain: bool = False, fields: Collection[str] = FIELDS
    ) -> Analysis:
        """Analyse one appeal.

        ``fields`` names the parts that are wanted (of ``FIELDS``); ``mask`` replaces personal
        data by placeholders; ``explain`` adds the words that decided. Raises ``InputError``:
        ``text_empty``, ``text_too_long``, ``text_not_string``, ``field_unknown``.
        """
        return next(self.map([text], mask=mask, explain=explain, fields=fields))

    def map(
        self,
        texts: Iterable[str | Message],
        *,
        mask: bool = False,
        explain: bool = False,
        fields: Collection[str] = FIELDS,
    ) -> Iterator[Analysis]:
        """Analyse many appeals in order, lazily; equal to one by one up to rounding (1e-3), and faster.

        Raises as a call does, when the faulty text's turn comes.
        """
        if isinstance(texts, str):
            raise InputError("texts_expected")
        return self._answer(texts, _check_fields(fields), mask, explain)

    def _answer(
        self, texts: Iterable[str | Message], wanted: frozenset[str], mask: bool, explain: bool
    ) -> Iterator[Analysis]:
        for messages in _batches(texts):
            documents, refusal = self._documents(messages)
            batch = self._read(messages, documents, wanted)
            for number, (message, document) in enumerate(zip(messages, documents, strict=False)):
                analysis = self._analyze(message, document, batch, number, wanted)
                if explain:
                    analysis = explain_analysis(
                        self, analysis, batch.encoded, number, self.bundle.encoder.cues.cues(document)
                    )
                yield mask_analysis(analysis) if mask else analysis
            if refusal is not None:
                raise refusal

    def reply(
        self,
        appeal: str | Message,
        reply: str,
        *,
        answered: date | None = None,
        deadline_days: int = 30,
        public: bool | None = None,
        mask: bool = False,
    ) -> ReplyReview:
        """Review an official reply beside its appeal: ten points with reasons, and whether it is a brush-off.

        ``answered`` is the day of the reply, held against the appeal's ``received``;
        ``public`` (by default: the appeal came through a social network) forbids personal
        data. Raises ``InputError`` as a call does.
        """
        message = appeal if isinstance(appeal, Message) else Message(appeal)
        analysis = self(message, fields=("card",))
        found = review_reply(
            analysis,
            reply,
            received=message.received,
            answered=answered,
            deadline_days=deadline_days,
            public=analysis.channel == "social" if public is None else public,
            max_text=self.max_text,
        )
        return mask_review(found, analysis) if mask else found

    def check(self, text: object) -> None:
        """Raise the ``InputError`` that analysing this text would raise."""
        self._document(Message(text))  # type: ignore[arg-type]

    def _documents(self, messages: Sequence[Message]) -> tuple[list[Document], InputError | None]:
        """Documents up to the first faulty message, and its fault: those before it are still answered."""
        documents: list[Document] = []
        for message in messages:
            try:
                documents.append(self._document(message))
            except InputError as refusal:
                return documents, refusal
        return documents, None

    def _document(self, message: Message) -> Document:
        if not isinstance(message.text, str):
            raise InputError("text_not_string", got=type(message.text).__name__)
        if len(message.text) > self.max_text:
            raise InputError("text_too_long", size=len(message.text), limit=self.max_text)
        clean = clean_text(message.text)
        if not _VISIBLE.search(clean.text):
            raise InputError("text_empty")
        return Document(clean)

    def _read(self, messages: Sequence[Message], documents: Sequence[Document], wanted: frozenset[str]) -> _Batch:
        """Everything that is computed for many texts together."""
        encoded, scores = encode_text(documents, self.bundle.encoder, self.bundle.heads)
        cards = [
            extract_card(document, message.received) if self._needs_card(document, wanted) else None
            for message, document in zip(messages, documents, strict=False)
        ]
        flags = [
            flag_law(document, card, read_channel(message.channel)) if card else ()
            for message, document, card in zip(messages, documents, cards, strict=False)
        ]
        kinds = identify_kind(scores["kind"], self.kinds, self.bundle.calibrators["kind"])
        answers = self.identify_topic(scores["topic"], scores["category"])
        nothing: list[tuple[Choice, ...]] = [()] * len(documents)
        learned = self.route_department.learned
        return _Batch(
            encoded=encoded,
            scores=scores,
            cards=cards,
            flags=flags,
            kinds=kinds,
            answers=answers,
            departments=learned(scores.get("department"), answers) if "department" in wanted else nothing,
            pieces=self.split_questions.read_pieces(documents) if "card" in wanted else [],
            levels=self.score_tone.levels(scores, [self.bundle.encoder.style.hits(one) for one in documents]),
        )

    def _analyze(
        self, message: Message, document: Document, batch: _Batch, number: int, wanted: frozenset[str]
    ) -> Analysis:
        channel, card, flags = read_channel(message.channel), batch.cards[number], batch.flags[number]
        categories, topics = batch.answers.categories[number], batch.answers.topics[number]
        department: Department | None = None
        candidates: tuple[Choice, ...] = ()
        if "department" in wanted:
            learned = batch.departments[number]
            department, candidates = self.route_department(categories[0], topics, learned, card, channel)
        tone = self._score_tone(document, batch, number) if "tone" in wanted else None
        full = "card" in wanted
        if card is not None and full:
            questions = self.split_questions(document, batch.pieces[number], card, channel)
            card = replace(card, questions=questions)
        analysis = Analysis(
            text=document.text,
            id=None if message.id is None else str(message.id),
            channel=channel,
            kind=batch.kinds[number] if "kind" in wanted else None,
            category_candidates=categories if "topic" in wanted else (),
            topic_candidates=topics if "topic" in wanted else (),
            doubt=find_doubt(topics, self.bundle.review.thresholds.get("topic", 0.0)) if "topic" in wanted else None,
            department=department,
            department_candidates=candidates,
            tone=tone,
            priority=find_priority(document, self.bundle.encoder.style.hits(document), tone) if tone else None,
            card=card if full else None,
            flags=flags if full else (),
            model=self.model,
        )
        review = weigh_review(
            self.bundle.review,
            analysis,
            out_of_scope=bool(batch.scores["scope"][number, 0] > self.bundle.scope_threshold),
            complained_of=department is not None and complained_of(department, flags, document.text),
        )
        return replace(analysis, review=review)

    def _needs_card(self, document: Document, wanted: frozenset[str]) -> bool:
        """Whether a card is read although it may not be wanted.

        Routing rules ask for places and organisations, and the law forbids sending a
        complaint to the body complained of.
        """
        if "card" in wanted:
            return True
        return "department" in wanted and (self.routing is not None or may_complain(document.text))

    def _score_tone(self, document: Document, batch: _Batch, number: int) -> Tone:
        return self.score_tone(
            document,
            batch.levels[number],
            batch.scores["signal"][number],
            self.bundle.encoder.style.hits(document),
            batch.encoded.terms[number],
            batch.encoded.rows[number],
        )


@dataclass(frozen=True, slots=True)
class _Batch:
    """What several texts have in common: features, scores, and the answers read off them."""

    encoded: Encoded
    scores: Scores
    cards: list[Card | None]
    flags: list[tuple[Flag, ...]]
    kinds: list[Choice]
    answers: TopicAnswers
    departments: list[tuple[Choice, ...]]
    pieces: list[list[ReadPiece]]
    levels: Floats


def _check_fields(fields: Collection[str]) -> frozenset[str]:
    for name in fields:
        if name not in FIELDS:
            raise InputError("field_unknown", got=name, expected=", ".join(FIELDS))
    return frozenset(fields)


def _batches(texts: Iterable[str | Message]) -> Iterator[list[Message]]:
    messages = iter(text if isinstance(text, Message) else Message(text) for text in texts)
    while batch := list(islice(messages, _BATCH)):
        yield batch
