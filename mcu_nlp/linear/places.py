"""Which places a text names, of those that stand in the titles of departments: words with a capital letter there."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.text.document import Document

# What a named place counts beside a text's n-grams, which have length 1 together.
PLACE_WEIGHT = 1.4


class PlaceEncoder:
    """A number a place: 0, or :data:`PLACE_WEIGHT` where a word begins with it (``stems``, in lower case).

    >>> (PlaceEncoder(("лугово", "соснов")).encode(Document.of("Яма в Сосновском районе")) > 0).tolist()
    [False, True]
    """

    def __init__(self, stems: tuple[str, ...]) -> None:
        self.stems = stems
        self._places = {stem: place for place, stem in enumerate(stems)}
        self._lengths = sorted({len(stem) for stem in stems})

    def encode(self, document: Document) -> Floats:
        """The numbers of one text, ``(len(stems),)``."""
        return self.encode_words(token.lower for token in document.tokens)

    def encode_words(self, words: Iterable[str]) -> Floats:
        """The same of words in lower case."""
        numbers = np.zeros(len(self.stems), np.float32)
        for word in words:
            numbers[self.places(word)] = PLACE_WEIGHT
        return numbers

    def places(self, word: str) -> list[int]:
        """The places that a word in lower case begins with."""
        found = (self._places.get(word[:length]) for length in self._lengths)
        return [place for place in found if place is not None]
