"""Clean text -> registration card: every field a span of the text, and one sentence that sums it up.

The fields are in :mod:`mcu_nlp.fields`, a file each; the questions are left to the classifier.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from mcu_nlp.fields import extract_fields
from mcu_nlp.fields.place_repeats import without_repeats
from mcu_nlp.fields.summaries import summarize
from mcu_nlp.records import Card
from mcu_nlp.text.document import Document


def extract_card(document: Document, received: date | None = None) -> Card:
    """The card of one text; ``received`` is the day from which «вчера» is counted.

    >>> card = extract_card(Document.of("На ул. Мира, 7 нет света. Прошу восстановить освещение."))
    >>> card.places[0].street, card.request.text
    ('Мира', 'Прошу восстановить освещение.')
    """
    card = extract_fields(document, received=received)
    # The summary is told of every mention: the sentence that names the place again may be the one that matters.
    return replace(card, summary=summarize(document, card), places=tuple(without_repeats(card.places)))
