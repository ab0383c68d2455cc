"""A review without personal data: the reply, the questions and every span behind placeholders."""

from __future__ import annotations

from dataclasses import replace

from mcu_nlp.masking import DEFAULT, MaskPolicy
from mcu_nlp.privacy.find import Known, cover, document_of
from mcu_nlp.privacy.layout import Layout
from mcu_nlp.records import Analysis, Span
from mcu_nlp.reply.records import Disclosed, ReplyReview


def mask_review(review: ReplyReview, appeal: Analysis, *, policy: MaskPolicy = DEFAULT) -> ReplyReview:
    """The review over the masked reply; its questions index the text of the masked appeal.

    ``appeal`` is the analysis that the review was made with, not masked yet.

    >>> from mcu_nlp.reply.review import review_reply
    >>> appeal = Analysis("Темно. Прошу поставить фонарь.")
    >>> review = review_reply(appeal, "Зоя Петровна, фонарь поставили. Вопросы: 8 (944) 310-11-20")
    >>> mask_review(review, appeal).text
    '[ФИО], фонарь поставили. Вопросы: [ТЕЛЕФОН]'
    """
    card = appeal.card
    known = Known(card.persons, card.contacts, card.places) if card else Known()
    told = cover(document_of(review.text), policy)
    asked = cover(document_of(appeal.text), policy, known)
    return replace(
        review,
        text=told.text,
        points=tuple(
            replace(point, spans=tuple(_moved(span, told) for span in point.spans)) for point in review.points
        ),
        questions=tuple(
            replace(
                one,
                question=_moved(one.question, asked),
                answer=_moved(one.answer, told) if one.answer else None,
            )
            for one in review.questions
        ),
        disclosed=tuple(
            Disclosed(*told.span(piece.start, piece.end), _moved(piece, told).text, piece.kind)
            for piece in review.disclosed
        ),
    )


def _moved(span: Span, layout: Layout) -> Span:
    start, end = layout.span(span.start, span.end)
    return Span.of(layout.text, start, end)
