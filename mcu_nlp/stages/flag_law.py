"""Text and card -> the signs that 59-ФЗ cares about, each with its words.

They are flags for whoever registers the appeal: nothing is refused or decided by them.
"""

from __future__ import annotations

from collections.abc import Callable

from mcu_nlp.law import Reading, shipped_law
from mcu_nlp.law.applicant import benefit_category
from mcu_nlp.law.collective import collective
from mcu_nlp.law.conduct import abuse, court_decision, threat
from mcu_nlp.law.parties import addressee, complained_of
from mcu_nlp.law.requisites import no_address, no_author, unreadable
from mcu_nlp.records import Card, Flag
from mcu_nlp.text.document import Document

# In the order of ``mcu_nlp.law.FLAGS``.
RULES: tuple[Callable[[Reading], list[Flag]], ...] = (
    no_author,
    no_address,
    abuse,
    threat,
    unreadable,
    court_decision,
    collective,
    benefit_category,
    addressee,
    complained_of,
)


def flag_law(document: Document, card: Card, channel: str | None = None) -> tuple[Flag, ...]:
    """The flags of an appeal in the order of ``RULES``.

    >>> from mcu_nlp.fields import extract_fields
    >>> document = Document.of("Мы, жители ул. Мира, просим убрать снег. Подписали 38 человек.")
    >>> flags = {flag.id: flag for flag in flag_law(document, extract_fields(document))}
    >>> flags["collective"].value, [span.text for span in flags["collective"].spans]
    (38, ['Мы, жители', 'Подписали 38 человек'])
    """
    reading = Reading(document, card, shipped_law(), channel)
    return tuple(flag for rule in RULES for flag in rule(reading))
