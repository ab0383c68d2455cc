"""A hint that a message should be read first: danger to life or health, whatever the tone."""

from __future__ import annotations

from collections.abc import Sequence

from mcu_nlp.records import Priority, Tone
from mcu_nlp.text.clauses import clause_at
from mcu_nlp.text.document import Document
from mcu_nlp.tone.lexicon import Hit

HIGH, NORMAL = "high", "normal"
_MOST = 3


def find_priority(document: Document, hits: Sequence[Hit], tone: Tone) -> Priority:
    """``high`` with the clauses that are the reason, or ``normal``; nothing but ``risk`` counts.

    High needs both: the signal ``risk``, and a find of a rule of grave danger.
    """
    risk = next((signal for signal in tone.signals if signal.id == "risk"), None)
    if risk is None:
        return Priority(NORMAL)
    places = [hit.span.start for hit in hits if hit.grave]
    if not places:
        return Priority(NORMAL)
    return Priority(HIGH, tuple(dict.fromkeys(clause_at(document, place) for place in places))[:_MOST])
