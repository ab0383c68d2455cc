"""The words that classifiers may learn from: dictionary forms, with names and numbers masked.

A model is shared, so nothing personal may get into its vocabulary: numbers, parts of
persons' names and unknown capitalised words become placeholders before anything is
counted. Towns that the dictionary knows are kept, and other names of places when the
caller lists them (a department of the taxonomy is named after them).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from mcu_nlp.text.document import Document, Token
from mcu_nlp.text.morph import read_form

NUMBER = "<число>"
NAME = "<имя>"
_FUNCTION_WORDS = frozenset({"PREP", "CONJ", "PRCL"})
# «УК», «ЖКХ», «МКД»: short words in capitals are abbreviations, not names.
_ABBREVIATION = 6
# Lower-case words count as names only when the dictionary leaves hardly a doubt.
_SURE, _LIKELY = 0.95, 0.5


class Term(NamedTuple):
    """A token as a classifier sees it.

    ``word`` is what word n-grams are made of, ``None`` for function words;
    ``form`` is what character n-grams are made of, ``None`` for what is masked.
    """

    token: Token
    word: str | None
    form: str | None


def read_terms(document: Document, places: tuple[str, ...] = ()) -> Iterator[Term]:
    """Yield the document's words and numbers as terms; marks are passed over.

    ``places`` are beginnings of lower-case words that stay although they look like names.

    >>> terms = read_terms(Document.of("Иванов: яма 7 у подъезда"))
    >>> [(term.word, term.form) for term in terms]
    [('<имя>', None), ('яма', 'яма'), ('<число>', None), (None, 'у'), ('подъезд', 'подъезда')]
    """
    for token in document.tokens:
        first = token.text[0]
        if first.isalpha():
            word, form = read_word(token.lower, casing(token.text), places)
            yield Term(token, word, form)
        elif first.isdigit():
            yield Term(token, NUMBER, None)


def casing(text: str) -> str:
    """How a word is written; only one with a ``capital`` may be a name.

    >>> [casing(word) for word in ("яма", "ЖКХ", "КОГДА", "БЕЗОБРАЗИЕ", "Иванов", "Я")]
    ['lower', 'abbreviation', 'abbreviation', 'shouted', 'capital', 'capital']
    """
    if not text[0].isupper():
        return "lower"
    if text.isupper() and len(text) > 1:
        return "abbreviation" if len(text) <= _ABBREVIATION else "shouted"
    return "capital"


@lru_cache(1 << 16)
def read_word(lower: str, casing: str, places: tuple[str, ...]) -> tuple[str | None, str | None]:
    """The ``word`` and ``form`` of :class:`Term` for a lower-case form that was written so."""
    read = read_form(lower)
    if casing == "abbreviation" or lower.startswith(places):
        return read.lemma, lower
    if casing in ("capital", "shouted"):
        hidden = read.name >= _LIKELY or not read.known or len(lower) == 1
    else:
        hidden = read.name >= _SURE and read.only_name
    if hidden:
        return NAME, None
    return (None if read.grammemes & _FUNCTION_WORDS else read.lemma), lower
