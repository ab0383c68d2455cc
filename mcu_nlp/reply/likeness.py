"""How near a sentence of a reply is to a question: shared words and words of near meaning."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from mcu_nlp.linear.meaning import word_vector
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.text.document import Token
from mcu_nlp.text.morph import read_form

# What weighs how much: things are told apart by nouns rather than by «сделать» or «новый».
_WORTH = {
    "NOUN": 1.0,
    "INFN": 0.6,
    "VERB": 0.6,
    "PRTS": 0.6,
    "PRTF": 0.4,
    "ADJF": 0.5,
    "ADJS": 0.5,
    "UNKN": 1.0,
    "GRND": 0.3,
}
_EMPTY = frozenset(
    ("просить", "требовать", "сообщить", "быть", "год", "день", "наш", "ваш", "свой", "этот", "весь", "мочь",
     "обращение", "пожалуйста", "который", "мера", "принять", "какой", "такой", "другой", "вопрос", "администрация"),
)  # fmt: skip
_NEAR = 0.32
_CACHED = 1 << 15


class Content(NamedTuple):
    """A word that carries meaning: dictionary form, worth, direction."""

    lemma: str
    worth: float
    vector: Floats | None


@lru_cache(_CACHED)
def content(form: str) -> Content | None:
    """The content of a lower-case form, ``None`` for words that only bind others."""
    read = read_form(form)
    if len(form) < 3 or read.lemma in _EMPTY:
        return None
    worth = next((worth for mark, worth in _WORTH.items() if mark in read.grammemes), 0.0)
    if not worth or "Name" in read.grammemes or "Patr" in read.grammemes:
        return None
    raw = word_vector(form)
    length = float(np.linalg.norm(raw)) if raw is not None else 0.0
    return Content(read.lemma, worth, raw / length if raw is not None and length else None)


def likeness(question: Sequence[Token], sentence: Sequence[Token]) -> float:
    """How much of the question's content the sentence takes up, from 0 to 1.

    >>> from mcu_nlp.text.document import Document
    >>> of = lambda text: Document.of(text).words
    >>> asked = of("Прошу заменить лампы")
    >>> likeness(asked, of("Светильники починили")) > likeness(asked, of("Автобус ушёл"))
    True
    """
    asked = [word for word in (content(token.lower) for token in question) if word]
    told = [word for word in (content(token.lower) for token in sentence) if word]
    if not asked or not told:
        return 0.0
    lemmas = {word.lemma for word in told}
    vectors = [word.vector for word in told if word.vector is not None]
    matrix = np.array(vectors) if vectors else None
    got = 0.0
    for word in asked:
        if word.lemma in lemmas:
            got += word.worth
        elif matrix is not None and word.vector is not None:
            near = float((matrix @ word.vector).max())
            got += word.worth * near if near > _NEAR else 0.0
    return got / sum(word.worth for word in asked)
