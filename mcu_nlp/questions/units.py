"""The pieces of a message between which another question may begin."""

from __future__ import annotations

from mcu_nlp.records import Span
from mcu_nlp.text.document import Document

# A shorter sentence («Прошу помочь.») has no topic of its own and stays with the one before it.
SHORTEST = 20
# A shorter message has no room for two questions.
_SHORTEST_MESSAGE = 60
# More than any real list of problems has: a longer message is read by a person anyway.
MOST = 40


def read_units(document: Document) -> list[Span]:
    """The sentences in order, at least two; none where the message is one question by its form.

    >>> text = "Во дворе дома 5 не горит фонарь. Кроме того, завалены снегом все дорожки. Спасибо!"
    >>> [unit.text for unit in read_units(Document.of(text))]
    ['Во дворе дома 5 не горит фонарь.', 'Кроме того, завалены снегом все дорожки.']
    """
    if len(document.text) < _SHORTEST_MESSAGE:
        return []
    found = [sentence for sentence in document.sentences if len(sentence.text) >= SHORTEST]
    return found if 2 <= len(found) <= MOST else []
