"""Names of places and organisations in a form that can be compared."""

from __future__ import annotations

import re
from functools import lru_cache

from mcu_nlp.text.morph import lemma

_WORD = re.compile(r"[^\W_]+")


@lru_cache(1 << 14)
def fold_name(name: str) -> str:
    """The dictionary forms of a name's words, so that its cases and quotes do not matter.

    >>> fold_name("в Сосновке"[2:]) == fold_name("СОСНОВКА")
    True
    >>> fold_name("УК «Мой дом»")
    'ук мой дом'
    """
    return fold_words(name)


def fold_words(text: str) -> str:
    """The same for a text of any length, which is not worth remembering."""
    return " ".join(lemma(word) for word in _WORD.findall(text.lower()))
