"""What kinds of tokens are to a classifier: words, forms and their n-grams, worked out once a kind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from mcu_nlp.linear.meaning import DIMENSIONS, word_vector
from mcu_nlp.linear.ngrams import Floats, form_ngrams
from mcu_nlp.text.morph import read_form
from mcu_nlp.text.terms import NAME, NUMBER, read_word

# The lower-case form of a token and its casing.
Kind = tuple[str, str]
# All numbers are one kind.
NUMBERS: Kind = ("", "number")
_LIKELY_NAME = 0.5
_MASKS = frozenset({NAME, NUMBER})


class Kinds:
    """The kinds that some texts hold, and what they are under different lists of places."""

    def __init__(self, kinds: tuple[Kind, ...]) -> None:
        self.kinds = kinds
        self._known: dict[tuple[str, ...], KindTable] = {}

    def __len__(self) -> int:
        return len(self.kinds)

    def table(self, places: tuple[str, ...]) -> KindTable:
        """Words and forms of all kinds; ``places`` are beginnings of words that stay although they look like names."""
        if places not in self._known:
            self._known[places] = _read(self.kinds, places)
        return self._known[places]


@dataclass(frozen=True)
class KindTable:
    """The word and the form of every kind, -1 for none.

    ``spoken`` tells of a kind whether writing a word so shows that it is no name: without
    a capital, as an abbreviation, or a town.
    """

    words: list[str]
    forms: list[str]
    word_of: npt.NDArray[np.int32]
    form_of: npt.NDArray[np.int32]
    spoken: npt.NDArray[np.bool_]

    def complete(self) -> None:
        """Work out now what else is worked out when first asked for: once, before processes are given copies."""
        for name in ("masks", "word_names", "form_names", "vectors", "spelling"):
            getattr(self, name)

    @cached_property
    def masks(self) -> npt.NDArray[np.bool_]:
        """The words that stand in place of what was masked."""
        return np.array([word in _MASKS for word in self.words], bool)

    @cached_property
    def word_names(self) -> npt.NDArray[np.bool_]:
        """The words that are likelier a person's name than not: a lower-case surname, say."""
        return np.array([word not in _MASKS and _may_name(word) for word in self.words], bool)

    @cached_property
    def form_names(self) -> npt.NDArray[np.bool_]:
        """The same of forms."""
        return np.array([_may_name(form) for form in self.forms], bool)

    @cached_property
    def vectors(self) -> Floats:
        """The forms' navec vectors, ``(forms, 300)``; zeros where there is none."""
        found = np.zeros((len(self.forms), DIMENSIONS), np.float32)
        for place, form in enumerate(self.forms):
            vector = word_vector(form)
            if vector is not None:
                found[place] = vector
        return found

    @cached_property
    def spelling(self) -> tuple[list[str], sparse.csr_matrix]:
        """Character n-grams, and how often each form holds each: ``(forms, n-grams)``."""
        places: dict[str, int] = {}
        columns: list[int] = []
        bounds = [0]
        for form in self.forms:
            columns.extend(places.setdefault(ngram, len(places)) for ngram in form_ngrams(form))
            bounds.append(len(columns))
        shape = (len(self.forms), len(places))
        held = sparse.csr_matrix((np.ones(len(columns), np.float32), columns, bounds), shape=shape)
        held.sum_duplicates()
        return list(places), held


def _may_name(word: str) -> bool:
    return read_form(word).name >= _LIKELY_NAME


def _read(kinds: tuple[Kind, ...], places: tuple[str, ...]) -> KindTable:
    words: dict[str, int] = {NAME: 0, NUMBER: 1}
    forms: dict[str, int] = {}
    word_of, form_of = np.full(len(kinds), -1, np.int32), np.full(len(kinds), -1, np.int32)
    spoken = np.zeros(len(kinds), bool)
    for number, (lower, casing) in enumerate(kinds):
        word, form = (NUMBER, None) if (lower, casing) == NUMBERS else read_word(lower, casing, places)
        if word is not None:
            word_of[number] = words.setdefault(word, len(words))
        if form is not None:
            form_of[number] = forms.setdefault(form, len(forms))
        spoken[number] = (
            casing != "capital" or read_form(lower).place >= _LIKELY_NAME or lower.startswith(tuple(places))
        )
    return KindTable(list(words), list(forms), word_of, form_of, spoken)
