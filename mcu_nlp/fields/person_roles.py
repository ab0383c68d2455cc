"""Whose name it is: the author's, an official's or somebody else's; and what a signature looks like."""

from __future__ import annotations

from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.person_words import is_patronymic
from mcu_nlp.fields.words import Words

_TAIL = WordSet("person_words", "tail")
_GREETINGS = frozenset((",", "день", "вечер", "утро", "здравствуйте"))
_REACH = 5
_ABBREVIATION = 2
_NEAR_BEGINNING = 8


def is_signature(words: Words, first: int, stop: int) -> bool:
    """Whether the tokens stand alone at the end of the message, as a signature does."""
    if words.size - stop > 12 or first == 0:
        return False
    alone = words.low[first - 1] in (".", "!", "?", ",", ")", "»", "…", ";") or words.breaks_before(first)
    alone = alone or (words.is_digits(first - 1) and len(words.low[first - 1]) > 1 and stop >= words.size)
    rest = (
        stop >= words.size
        or words.low[stop] in (".", ",", ";", "!")
        or words.breaks_before(stop)
        or words.is_digits(stop)
        or words.low[stop] in ("+", "тел", "(")
    )
    tail = all(
        not words.is_letters(at) or words.low[at] in _TAIL or words.tokens[at].text.isascii()
        for at in range(stop, words.size)
    )
    return alone and rest and (tail or stop >= words.size)


def role_of(words: Words, first: int, stop: int) -> str | None:
    """author, official or other, where the words round the name tell."""
    role = _told_before(words, first)
    if role:
        return role
    if words.word(stop) == "зовут" or (words.size - stop <= 12 and is_signature(words, first, stop)):
        return "author"
    return _first_named(words, first, stop) if first == 0 else _greeted(words, first, stop)


def _first_named(words: Words, first: int, stop: int) -> str | None:
    """«Пётр Ильич, почините …» calls an official, «Лунина Зоя Ильинична, город …» tells who writes."""
    if words.word(stop) not in (",", "!", "."):
        return None
    if stop - first == 2 and is_patronymic(words, stop - 1):
        return "official" if words.word(stop) != "." else None
    return "author" if stop - first == 3 and is_patronymic(words, stop - 1) else None


def _greeted(words: Words, first: int, stop: int) -> str | None:
    """«Добрый день, Пётр Ильич!»: near the beginning, after a greeting."""
    called = first < _NEAR_BEGINNING and words.word(stop) in ("!", ",", ".")
    return "official" if called and words.word(first - 1) in _GREETINGS else None


def _told_before(words: Words, first: int) -> str | None:
    """The role that one of the five words before a name tells."""
    titles = lexicon("person_words")
    for at in range(first - 1, max(-1, first - _REACH), -1):
        low = words.low[at]
        if low in ("!", "?") or (low == "." and len(words.word(at - 1)) > _ABBREVIATION):
            return None
        if low.startswith("уважаем") or low in titles["official"]:
            return "official"
        if low in titles["other"] and words.word(at - 1) == "от":
            return "author"
        if low in titles["author"] or low == "я" or (low == "от" and first - at <= 2):
            return "author"
        if low in titles["other"]:
            return "other"
    return None
