"""Privileged categories that the author tells of: the own ones and those of the family."""

from __future__ import annotations

import re

from mcu_nlp.law.lexicon import BENEFITS, Find
from mcu_nlp.law.reading import Reading, outermost
from mcu_nlp.records import Flag, Span
from mcu_nlp.text.morph import grammemes

# How many words may part «я» from «инвалид»: «Я, Лунина Зоя Петровна, инвалид».
_REACH = 6
# A stranger told within so many words before is meant: «соседка, инвалид первой группы».
_APART = 3
# A name further off than so many characters is not beside the category.
_FAR = 40
_BESIDE = re.compile(r"[\s,.;:—–()-]*(?:\d{4}\s?(?:г\.?\s?р\.?|года? рождения)?[\s,.;—–-]*)?")
# «от ветерана труда …» names the author only in the header.
_HEADER = 150
_ACTS = frozenset({"VERB", "INFN", "GRND"})
# These categories say more than the general one that they contain.
_IMPLIED = {"disabled": "disabled_child", "svo_participant": "svo_family", "combat_veteran": "svo_participant"}


def benefit_category(reading: Reading) -> list[Flag]:
    """One flag a category, its value the category's id; categories of strangers are passed over."""
    found: dict[str, list[Span]] = {}
    for id in BENEFITS:
        alone = [find for find in reading.finds("alone", id) if _is_own(reading, find)]
        terms = [find for find in reading.finds("term", id) if _belongs(reading, find)]
        spans = outermost([reading.span(find.first, find.stop) for find in (*alone, *terms)])
        if spans:
            found[id] = spans
    return [
        Flag("benefit_category", tuple(spans), id)
        for id, spans in found.items()
        if not _implied(spans, found.get(_IMPLIED.get(id, ""), []))
    ]


def _implied(spans: list[Span], closer: list[Span]) -> bool:
    """Whether a closer category holds every one of the spans."""
    return bool(closer) and all(any(c.start < s.end and s.start < c.end for c in closer) for s in spans)


def _is_own(reading: Reading, find: Find) -> bool:
    """A full phrase speaks for itself unless it is said of many or of a stranger."""
    marks = grammemes(reading.words[find.first].lower)
    return "plur" not in marks and not _stranger(reading, find)


def _stranger(reading: Reading, find: Find) -> bool:
    own, thirds = reading.sentence(find.first), reading.firsts("set", "third")
    return any(
        word in thirds and reading.sentence(word) == own for word in range(max(0, find.first - _APART), find.first)
    )


def _belongs(reading: Reading, find: Find) -> bool:
    """Whether a word of relation leads to the term, or the author's name stands beside it."""
    if _quoted(reading, find):
        return False
    start, end = reading.words[find.first].start, reading.words[find.stop - 1].end
    for person in reading.authors:
        if person.end < start - _FAR or person.start > end + _FAR:
            continue
        if person.end <= start and _BESIDE.fullmatch(reading.text, person.end, start):
            return True
        if person.start >= end and reading.is_author(person) and _BESIDE.fullmatch(reading.text, end, person.start):
            return True
    return _related(reading, find)


def _quoted(reading: Reading, find: Find) -> bool:
    """A name in quotes: СНТ «Ветеран», знак «Инвалиды»."""
    return reading.words[find.first].start > 0 and reading.text[reading.words[find.first].start - 1] in "«\"“„`'"


def _related(reading: Reading, find: Find) -> bool:
    own, selves = reading.sentence(find.first), reading.firsts("set", "self")
    thirds, allowed = reading.firsts("set", "third"), reading.firsts("set", "allowed")
    after = find.stop
    if after < len(reading.words) and reading.words[after].lower in ("я", "мы") and reading.sentence(after) == own:
        return True
    for word in range(find.first - 1, max(-1, find.first - 1 - _REACH), -1):
        if reading.sentence(word) != own or word in thirds:
            return False
        if word in selves and reading.words[word].lower == "от":
            return word == find.first - 1 and reading.words[word].start < _HEADER
        if word in selves:
            return _agrees(reading, word, find)
        if not _passes(reading, word, word in allowed):
            return False
    return False


def _agrees(reading: Reading, word: int, find: Find) -> bool:
    """«от пенсионеров», «как инвалидам» speak of others; «моим инвалидам» does not occur."""
    plural = "plur" in grammemes(reading.words[find.first].lower)
    singular_only = reading.words[word].lower in ("как", "я", "мне", "меня", "пишет", "является", "вам")
    return not (plural and singular_only)


def _passes(reading: Reading, word: int, allowed: bool) -> bool:
    """Whether a word may stand between «я» and the category: a name, an adjective, a link; no other noun or act."""
    token = reading.words[word]
    if allowed or any(person.start <= token.start < person.end for person in reading.card.persons):
        return True
    marks = grammemes(token.lower)
    if marks & _ACTS or "PREP" in marks:
        return False
    return "NOUN" not in marks or token.lower in ("группы", "лет", "год", "года")
