"""One place once: a later mention that names nothing new is the place that the card has already."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache

from mcu_nlp.fields.lexicon import lexicon
from mcu_nlp.records import Place

_WORD = re.compile(r"\w+")
# Words that say what kind of thing a name is: «улица», «дом», «г.»
_KINDS = ("street", "settlement", "district", "house", "building", "flat", "road", "link")
# Cases change at most so many letters at a word's end, and a name keeps at least so many at its beginning.
_ENDING, _BEGINNING = 3, 4


def without_repeats(places: Iterable[Place]) -> Iterator[Place]:
    """The places in order, without those all of whose names stand in one that came before.

    >>> def said(*texts): return [Place(0, len(text), text) for text in texts]
    >>> [place.text for place in without_repeats(said("ул. Садовая, д. 4", "на Садовой", "улице Садовой, 9"))]
    ['ул. Садовая, д. 4', 'улице Садовой, 9']
    """
    # Name -> numbers of the places that bear it: no place is compared with all before it.
    bearers: dict[str, set[int]] = defaultdict(set)
    for number, place in enumerate(places):
        names = _names(place.text)
        if names and set.intersection(*sorted((bearers[name] for name in names), key=len)):
            continue
        for name in names:
            bearers[name].add(number)
        yield place


def _names(text: str) -> frozenset[str]:
    """What is left of a phrase without kinds and cases."""
    words = [word for word in _WORD.findall(text.lower()) if word not in _kinds()]
    return frozenset(word if word[0].isdigit() else word[: max(_BEGINNING, len(word) - _ENDING)] for word in words)


@cache
def _kinds() -> frozenset[str]:
    known = lexicon("address_words")
    return frozenset(form for section in _KINDS for form in known[section])
