"""How a text is written, as numbers: rules of the tone lexicon, capitals, marks of feeling."""

from __future__ import annotations

import re

import numpy as np

from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.text.document import Document
from mcu_nlp.tone.lexicon import Hit, ToneLexicon

_SHOUT = re.compile(r"!{2,}")
_DOUBT = re.compile(r"\?{2,}|\?!|!\?")
_SMILE = re.compile(r"\){2,}|[😀-🙏🤀-🧿👍👏🔥💩🤡]")
_QUESTION = re.compile(r"\?")
_EXCLAMATION = re.compile(r"!")
_DOTS = re.compile(r"\.{3}|…")
# A lower-case word or two in quotation marks: words meant otherwise, not names.
_QUOTED = re.compile(r"[«\"“”`'‘’][а-яё][^«»\"“”`]{1,25}[»\"”`'’]")
_MARKS = (_SHOUT, _DOUBT, _SMILE, _QUESTION, _EXCLAMATION, _DOTS, _QUOTED)
_STYLE = (
    *("shout", "doubt", "smile", "question", "exclamation", "dots", "quoted"),
    *("capitals", "capital_words", "exclaimed", "asked", "outburst", "unopened", "short", "length"),
)
# What one find of a rule counts, and several.
_ONCE, _OFTEN = 1.05, 1.5


class StyleEncoder:
    """Dense features of tone: one a lexicon rule, then those of ``_STYLE``; all about 0 to 1."""

    def __init__(self, lexicon: ToneLexicon) -> None:
        self.lexicon = lexicon
        self._places = {rule: place for place, rule in enumerate(lexicon.rules)}

    @property
    def names(self) -> tuple[str, ...]:
        """What each number is, in order."""
        return (*self._places, *_STYLE)

    def encode(self, document: Document) -> Floats:
        """The numbers of one text, ``(len(names),)``."""
        row = np.zeros(len(self.names), np.float32)
        for hit in self.hits(document):
            place = self._places[hit.rule]
            row[place] = _OFTEN if row[place] else _ONCE
        row[len(self._places) :] = _style(document)
        return row

    def hits(self, document: Document) -> list[Hit]:
        """The lexicon's finds in the document, looked up once a document."""
        found: list[Hit] | None = document.notes.get("tone_hits")
        if found is None:
            found = document.notes["tone_hits"] = self.lexicon.hits(document)
        return found


def _style(document: Document) -> list[float]:
    text = document.text
    counts = [sum(1 for _ in mark.finditer(text)) for mark in _MARKS]
    shouted, questions, exclamations = counts[0], counts[3], counts[4]
    words = [token.text for token in document.words if len(token.text) > 3]
    capitals = sum(word.isupper() for word in words)
    sentences = max(1, len(document.sentences))
    return [
        *(_few(count) for count in counts),
        capitals / len(words) if len(words) > 2 else 0.0,
        _few(capitals),
        min(1.0, exclamations / sentences),
        min(1.0, questions / sentences),
        float("!!!" in text or (shouted > 0 and counts[1] > 0) or "???" in text),
        float(not text[:1].isupper()),
        min(1.0, len(text) / 200),
        min(1.0, len(text) / 1000),
    ]


def _few(count: int) -> float:
    """A count from 0 to 1: the first ones matter most."""
    return min(1.0, float(np.log1p(count)) / 3)
