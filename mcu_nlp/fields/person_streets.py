"""Surnames that name a street or a town where no type of place stands: «от Мира до Лунина»."""

from __future__ import annotations

from mcu_nlp.fields.lexicon import WordSet
from mcu_nlp.fields.words import Words
from mcu_nlp.text.morph import is_known, name_score

_KNOWN_STREET = WordSet("address_words", "known_street")
# Before these nobody stands, only places do.
_WHERE = WordSet("person_words", "where")
# What joins two streets: a crossing or a stretch of road.
_JOINS = frozenset(("-", "–", "—", "/", "и", ",", "до"))
_GENITIVE = ("ова", "ева", "ина", "ына", "ского", "цкого", "ко", "ых", "их", "ой", "ича", "ля", "на")
_TITLES = WordSet("person_words", "complaint")
_LETTERS_OF_PLACES = frozenset("сгпдх")
_SURE = 0.3
_LONGEST_LIST = 8


def names_place(words: Words, first: int, stop: int) -> bool:
    """Whether the tokens that read as a name rather tell where: a street, a crossing, a town."""
    last = stop - 1
    if words.low[last] == ".":
        return False
    genitive = words.low[last].endswith(_GENITIVE)
    before = words.word(first - 1)
    lone = stop - first == 1
    initialled = not lone and len(words.low[first]) == 1
    if initialled and stop - first <= 3 and words.low[first] in _LETTERS_OF_PLACES:
        low = words.tokens[last].lower
        return (name_score(low)[1] < _SURE or not is_known(low)) and words.low[first - 1 : first] != ["."]
    if not lone and not initialled:
        return genitive and words.low[last] in _KNOWN_STREET and stop - first == 2 and before in _WHERE
    if (
        before in _WHERE
        and not words.has_capital(first - 1)
        and words.word(first - 2) not in _TITLES
        and not words.word(first - 2).startswith("жал")
    ):
        return genitive or (lone and before in ("в", "из"))
    if not lone or not genitive:
        return False
    return (before == "от" and words.word(stop) == "до") or _beside_street(words, first, stop)


def _beside_street(words: Words, first: int, stop: int) -> bool:
    """«Гагарина - Лунина», «Кирова, Лунина и Зубова»: another street stands on one side."""
    at = first
    while words.word(at - 1) in _JOINS and words.has_capital(at - 2) and first - at < _LONGEST_LIST:
        at -= 2
        if words.low[at] in _KNOWN_STREET:
            return True
    return words.word(stop) in _JOINS and words.word(stop + 1) in _KNOWN_STREET
