"""One reply and its appeal -> the review."""

from __future__ import annotations

import re
from datetime import date

from mcu_nlp.errors import InputError
from mcu_nlp.privacy.find import document_of
from mcu_nlp.records import Analysis
from mcu_nlp.reply.disclosed import disclosed_data
from mcu_nlp.reply.lexicon import shipped_lexicon
from mcu_nlp.reply.plainness import readability
from mcu_nlp.reply.points import BAD, Facts, score_points
from mcu_nlp.reply.questions import asked_questions
from mcu_nlp.reply.reading import Reading
from mcu_nlp.reply.records import BEST, ReplyReview
from mcu_nlp.reply.substance import answer_questions, may_explain, substance
from mcu_nlp.stages.clean_text import clean_text
from mcu_nlp.text.document import Document

MAX_REPLY = 50_000
DEADLINE_DAYS = 30
# An answer so like its question is no filling between templates.
_SURE = 0.5
_VISIBLE = re.compile(r"[^\W_]")


def review_reply(
    appeal: Analysis,
    reply_text: str,
    *,
    received: date | None = None,
    answered: date | None = None,
    deadline_days: int = DEADLINE_DAYS,
    public: bool = False,
    max_text: int = MAX_REPLY,
) -> ReplyReview:
    """Score a reply by the ten points of the rubric, and tell whether it is an «отписка».

    ``public`` says that everybody can read the reply (a social network): it then needs no
    requisites, and must show nobody's data. Without both dates the first point is ``None``.
    Raises ``InputError``: ``text_empty``, ``text_too_long``, ``text_not_string``.
    """
    reading = Reading(_document(reply_text, max_text), shipped_lexicon())
    asked = document_of(appeal.text)
    said = substance(reading)
    facts = Facts(
        reading=reading,
        said=said,
        questions=answer_questions(reading, asked_questions(appeal), asked),
        disclosed=disclosed_data(reading, asked, public=public),
        readability=readability(reading),
        received=received,
        answered=answered,
        deadline_days=deadline_days,
        public=public,
    )
    points = score_points(facts, reading.lexicon)
    scores = [point.score for point in points if point.score is not None]
    return ReplyReview(
        text=reading.text,
        points=points,
        total=sum(scores),
        max=BEST * len(scores),
        brush_off=_is_brush_off(facts),
        questions=facts.questions,
        disclosed=facts.disclosed,
        readability=facts.readability,
    )


def _is_brush_off(facts: Facts) -> bool:
    """Nothing answered and nothing done; or templates and handing over, with no more than words between them."""
    if facts.best > BAD:
        return False
    body = facts.reading.body
    empty = sum(one.is_template or one.has("forward", "sent_away") for one in body)
    explaining = sum(may_explain(facts.reading, one) for one in body)
    sure = any(asked.answer and asked.likeness >= _SURE for asked in facts.questions)
    return facts.answers == 0 or (not sure and 0 < empty >= explaining)


def _document(text: str, limit: int) -> Document:
    if not isinstance(text, str):
        raise InputError("text_not_string", got=type(text).__name__)
    if len(text) > limit:
        raise InputError("text_too_long", size=len(text), limit=limit)
    clean = clean_text(text)
    if not _VISIBLE.search(clean.text):
        raise InputError("text_empty")
    return Document(clean)
