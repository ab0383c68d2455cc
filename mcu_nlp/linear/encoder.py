"""All that the heads see of a text, from one reading of its words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np

from mcu_nlp.kind.encoder import CueEncoder
from mcu_nlp.linear.meaning import DIMENSIONS, MeaningEncoder
from mcu_nlp.linear.ngrams import Floats, NgramEncoder, SparseRow
from mcu_nlp.linear.places import PlaceEncoder
from mcu_nlp.text.document import Document
from mcu_nlp.text.terms import Term, read_terms
from mcu_nlp.tone.style import StyleEncoder

# These make up most of the words of any appeal, and are read in a quarter of a second.
_WARM_FORMS = 8000


class Encoded(NamedTuple):
    """Several texts as features: a sparse row each, and one dense matrix ``(texts, width)``."""

    terms: list[list[Term]]
    rows: list[SparseRow]
    dense: Floats


class TextEncoder:
    """n-grams, meaning, style, cues of kind and places; ``places`` are beginnings of place names, never masked.

    The dense features stand in the order of :attr:`blocks`.
    """

    def __init__(
        self,
        ngrams: NgramEncoder,
        meaning: MeaningEncoder,
        style: StyleEncoder,
        cues: CueEncoder,
        places: tuple[str, ...],
    ) -> None:
        self.ngrams, self.meaning, self.style, self.cues, self.places = ngrams, meaning, style, cues, places
        self.named = PlaceEncoder(places)

    @property
    def blocks(self) -> dict[str, slice]:
        """Where each part stands among the dense features."""
        ends = accumulate(self._widths.values())
        return {name: slice(end - width, end) for (name, width), end in zip(self._widths.items(), ends, strict=True)}

    @property
    def width(self) -> int:
        """How many dense numbers a text becomes."""
        return sum(self._widths.values())

    @property
    def _widths(self) -> dict[str, int]:
        marks = {"style": len(self.style.names), "cues": len(self.cues.names), "places": len(self.places)}
        return {"meaning": self.meaning.width, **marks}

    def warm_up(self) -> None:
        """Read the forms that training saw often, so that the first texts are answered as fast as the later ones."""
        commonest = sorted(self.meaning.rarity, key=lambda form: self.meaning.rarity[form])[:_WARM_FORMS]
        self.encode([Document.of(" ".join(commonest))])

    def encode(self, documents: Sequence[Document], *, style: bool = True) -> Encoded:
        """Encode documents together: the dense part is one matrix product for all.

        Without ``style`` it and the cues are left at zero, for heads that do not read them.
        """
        terms = [list(read_terms(document, self.places)) for document in documents]
        means = np.array([self.meaning.mean(one) for one in terms], np.float32).reshape(-1, DIMENSIONS)
        marks = np.zeros((len(documents), len(self.style.names)), np.float32)
        cues = np.zeros((len(documents), len(self.cues.names)), np.float32)
        named = np.zeros((len(documents), len(self.places)), np.float32)
        for number, document in enumerate(documents):
            named[number] = self.named.encode(document)
        for number, document in enumerate(documents if style else ()):
            marks[number] = self.style.encode(document)
            cues[number] = self.cues.encode(document)
        dense = np.concatenate((self.meaning.encode(means), marks, cues, named), axis=1)
        return Encoded(terms, [self.ngrams.encode(one) for one in terms], dense)
