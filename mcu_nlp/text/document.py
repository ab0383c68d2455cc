"""A clean text with its words and sentences, computed once for all stages."""

from __future__ import annotations

import re
from array import array
from functools import cached_property
from typing import Any, NamedTuple

from mcu_nlp.records import Span
from mcu_nlp.stages.clean_text import CleanText, clean_text
from mcu_nlp.text.morph import lemma
from mcu_nlp.text.sentences import split_sentences

# A word with inner hyphens, a number, or one other visible character.
_TOKEN = re.compile(r"[^\W\d_]+(?:[-‑’'][^\W\d_]+)*|\d+|[^\w\s]|_+")


class Token(NamedTuple):
    """A word, a number or a mark. ``lower`` is the form to look up («ё» kept)."""

    start: int
    end: int
    text: str
    lower: str

    @property
    def lemma(self) -> str:
        """The dictionary form, «ё» written as «е»."""
        return lemma(self.lower)

    @property
    def is_word(self) -> bool:
        """Whether the token is made of letters."""
        return self.text[0].isalpha()

    @property
    def is_capitalized(self) -> bool:
        """Whether the first letter is a capital one."""
        return self.text[0].isupper()


class Document:
    """What the stages read: the clean text, and its tokens and sentences on demand."""

    def __init__(self, clean: CleanText) -> None:
        self.clean = clean
        self.text = clean.text
        # What a stage found and a later one can use again.
        self.notes: dict[str, Any] = {}

    @classmethod
    def of(cls, raw: str) -> Document:
        """Clean a raw message and wrap it.

        >>> [token.text for token in Document.of("Яма у д.5А!").tokens]
        ['Яма', 'у', 'д', '.', '5', 'А', '!']
        """
        return cls(clean_text(raw))

    def piece(self, start: int, end: int) -> Document:
        """A part of the text as a document of its own; a part of a clean text is clean."""
        part = self.text[start:end]
        return Document(CleanText(part, part, array("l", range(len(part))), ()))

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """Words, numbers and marks in order."""
        return tuple(Token(m.start(), m.end(), m[0], m[0].lower()) for m in _TOKEN.finditer(self.text))

    @cached_property
    def words(self) -> tuple[Token, ...]:
        """The tokens that are words."""
        return tuple(token for token in self.tokens if token.is_word)

    @cached_property
    def sentences(self) -> tuple[Span, ...]:
        """Sentences in order; a line end of the raw message also ends a sentence."""
        return tuple(Span.of(self.text, start, end) for start, end in split_sentences(self.text, self.clean.breaks))

    def span(self, start: int, end: int) -> Span:
        """The span ``text[start:end]``."""
        return Span.of(self.text, start, end)
