"""Text -> sparse tf-idf row: word 1-2-grams of lemmas and character 3-5-grams inside words.

Two blocks, each of length 1, as two ``TfidfVectorizer(sublinear_tf=True)`` side by side
would give. Character n-grams never leave a word, so each form's are looked up once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from mcu_nlp.text.terms import Term

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int32]

CHARACTERS = (3, 5)
_CACHED_FORMS = 1 << 16


class SparseRow(NamedTuple):
    """The features of a text that the vocabulary knows: places and values."""

    indices: Ints
    values: Floats


def word_ngrams(terms: Sequence[Term]) -> Iterator[str]:
    """Single words and pairs of neighbours; function words are passed over."""
    previous = None
    for term in terms:
        if term.word is None:
            continue
        yield term.word
        if previous is not None:
            yield f"{previous} {term.word}"
        previous = term.word


def form_ngrams(form: str) -> Iterator[str]:
    """Character n-grams of one form, its edges marked by blanks, as ``analyzer="char_wb"`` makes them.

    >>> list(form_ngrams("яма"))
    [' ям', 'яма', 'ма ', ' яма', 'яма ', ' яма ']
    """
    padded = f" {form} "
    low, high = CHARACTERS
    for size in range(low, high + 1):
        if len(padded) <= size:
            yield padded
            return
        for start in range(len(padded) - size + 1):
            yield padded[start : start + size]


class NgramEncoder:
    """Encodes terms with a fixed vocabulary.

    ``words`` and ``characters`` are the n-grams in the order of the features (words
    first), ``idf`` their weights: float32 of shape ``(len(words) + len(characters),)``.
    """

    def __init__(self, words: Sequence[str], characters: Sequence[str], idf: Floats) -> None:
        self.words, self.characters, self.idf = tuple(words), tuple(characters), idf
        self._forms: dict[str, Ints] = {}

    def __len__(self) -> int:
        return len(self.words) + len(self.characters)

    @cached_property
    def _word_places(self) -> dict[str, int]:
        return {ngram: place for place, ngram in enumerate(self.words)}

    @cached_property
    def _character_places(self) -> dict[str, int]:
        return {ngram: place for place, ngram in enumerate(self.characters, len(self.words))}

    def encode(self, terms: Sequence[Term]) -> SparseRow:
        """The tf-idf row of a text."""
        look_up = self._word_places.get
        found = [place for place in map(look_up, word_ngrams(terms)) if place is not None]
        forms = [self.form_features(term.form) for term in terms if term.form is not None]
        word_block = self._block(np.array(found, np.int32))
        character_block = self._block(np.concatenate(forms) if forms else np.empty(0, np.int32))
        return SparseRow(
            np.concatenate((word_block.indices, character_block.indices)),
            np.concatenate((word_block.values, character_block.values)),
        )

    def encode_all(self, pieces: Sequence[Sequence[Term]]) -> list[SparseRow]:
        """The rows of many short pieces, counted together: the same as one by one, and quicker."""
        look_up = self._word_places.get
        words = [np.array([p for p in map(look_up, word_ngrams(one)) if p is not None], np.int64) for one in pieces]
        characters = [
            np.concatenate([np.empty(0, np.int32), *(self.form_features(t.form) for t in one if t.form is not None)])
            for one in pieces
        ]
        # A piece has two blocks of length 1, words and characters: every block is counted as a row of its own.
        blocks = [block for pair in zip(words, characters, strict=True) for block in pair]
        if not blocks:
            return []
        owners = np.repeat(np.arange(len(blocks)), [len(block) for block in blocks])
        keys, counts = np.unique(owners * len(self) + np.concatenate(blocks), return_counts=True)
        owners, places = keys // len(self), (keys % len(self)).astype(np.int32)
        values = (1 + np.log(counts, dtype=np.float32)) * self.idf[places]
        lengths = np.sqrt(np.bincount(owners, weights=values * values, minlength=len(blocks)))
        values = (values / lengths[owners]).astype(np.float32)
        bounds = np.searchsorted(owners, np.arange(0, len(blocks) + 1, 2)).tolist()
        return [SparseRow(places[a:b], values[a:b]) for a, b in pairwise(bounds)]

    def word_features(self, *ngrams: str) -> list[int]:
        """The features of word n-grams, those that the vocabulary knows."""
        return [place for place in map(self._word_places.get, ngrams) if place is not None]

    def form_features(self, form: str) -> Ints:
        """The features of one form's character n-grams, in order, repeated as they occur."""
        known = self._forms.get(form)
        if known is None:
            look_up = self._character_places.get
            known = np.array([p for p in map(look_up, form_ngrams(form)) if p is not None], np.int32)
            if len(self._forms) >= _CACHED_FORMS:
                self._forms.clear()
            self._forms[form] = known
        return known

    def _block(self, occurrences: Ints) -> SparseRow:
        places, counts = np.unique(occurrences, return_counts=True)
        values = (1 + np.log(counts, dtype=np.float32)) * self.idf[places]
        length = float(np.sqrt(values @ values))
        return SparseRow(places, values / np.float32(length) if length else values)
