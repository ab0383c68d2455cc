"""How plainly a reply is written, as numbers."""

from __future__ import annotations

from collections.abc import Sequence

from mcu_nlp.reply.reading import Reading
from mcu_nlp.reply.records import Readability
from mcu_nlp.reply.spans import inside

_VOWELS = frozenset("аеёиоуыэюя")
_LONG_WORD = 4
_LONG_SENTENCES = 0.9


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
        return Readability(0.0, 0.0, 0.0, 0.0)
    spoken = [word for words in counted for word in words if word.lower[0].isalpha()]
    long = sum(_syllables(word.lower) >= _LONG_WORD for word in spoken)
    covered: set[int] = set()
    for hit in reading.hits:
        if hit.group == "officialese":
            covered.update(range(hit.span.start, hit.span.end))
    heavy = sum(word.start in covered for words in counted for word in words)
    return Readability(
        sentence_words=total / len(counted),
        long_sentence_words=_quantile(sorted(map(len, counted)), _LONG_SENTENCES),
        long_words=long / max(1, len(spoken)),
        officialese=heavy / total,
    )


def _syllables(word: str) -> int:
    return sum(letter in _VOWELS for letter in word)


def _quantile(ordered: Sequence[int], share: float) -> float:
    """The value below which a share of the others lies, between two where none stands there.

    >>> _quantile([2, 4, 6], 0.75)
    5.0
    """
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])
