"""How plainly a reply is written, as numbers."""

from __future__ import annotations

from mcu_nlp.reply.reading import Reading
from mcu_nlp.reply.records import Readability
from mcu_nlp.reply.spans import inside

_LONG_WORD = 11


def readability(reading: Reading) -> Readability:
    """Numbers of the reply's body, greeting and signature apart; zeros for a reply that has none.

    >>> from mcu_nlp.reply.lexicon import shipped_lexicon
    >>> from mcu_nlp.text.document import Document
    >>> readability(Reading(Document.of("Яму засыпали. Снег убрали вчера."), shipped_lexicon())).sentence_words
    2.5
    """
    sentences = [one for one in reading.body if not (one.has("greeting") and len(one.span.text) < 60)]
    counted = [inside(reading.document.words, one.span) for one in sentences]
    counted = [words for words in counted if words]
    total = sum(map(len, counted))
    if not total:
        return Readability(0.0, 0.0, 0.0)
    long = sum(len(word.text) >= _LONG_WORD for words in counted for word in words)
    covered: set[int] = set()
    for hit in reading.hits:
        if hit.group == "officialese":
            covered.update(range(hit.span.start, hit.span.end))
    heavy = sum(word.start in covered for words in counted for word in words)
    return Readability(total / len(counted), long / total, heavy / total)
