"""Named organisations: firms, bodies of power, services and institutions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from mcu_nlp.fields.address_numbers import read_number
from mcu_nlp.fields.cover import Cover
from mcu_nlp.fields.lexicon import lexicon
from mcu_nlp.fields.organization_bodies import Hit
from mcu_nlp.fields.organization_rules import RULES
from mcu_nlp.fields.words import QUOTES, Words
from mcu_nlp.records import Organization, Span
from mcu_nlp.text.document import Document
from mcu_nlp.text.morph import lemma

# A firm called by its ending («Горавтотранс») has a longer name.
_SHORT_FIRM = 7
_FULL_FORMS: Mapping[str, str] = {"ооо": "ООО", "оао": "АО", "зао": "АО", "пао": "АО"}


@cache
def _triggers() -> dict[str, tuple[str, ...]]:
    known = lexicon("organization_words")
    found: dict[str, list[str]] = {}
    for section in RULES:
        for form in known.get(section, {}):
            found.setdefault(form, []).append(section)
    return {form: tuple(sections) for form, sections in found.items()}


def find_organizations(document: Document, taken: Iterable[Span] = ()) -> tuple[Organization, ...]:
    """Named organisations in order.

    >>> text = "УК «Мой дом» и администрация г. Ольховска молчат, управляющая компания тоже"
    >>> [(o.text, o.normal_form) for o in find_organizations(Document.of(text))]
    [('УК «Мой дом»', 'УК «Мой дом»'), ('администрация г. Ольховска', 'администрация г. ольховск')]
    """
    words = Words(document)
    blocked = Cover(taken)
    found = []
    for hit in _hits(words):
        start, end = words.tokens[hit.first].start, words.tokens[hit.stop - 1].end
        if not blocked.touches(start, end):
            found.append(Organization(start, end, words.source[start:end], normal_form(words, hit)))
    return tuple(found)


def _hits(words: Words) -> Iterator[Hit]:
    triggers = _triggers()
    floor = 0
    for i in range(words.size):
        if i < floor:
            continue
        sections = triggers.get(words.low[i]) or _untold(words, i)
        for section in sections:
            hit = RULES[section](words, i, floor)
            if hit:
                yield hit
                floor = hit.stop
                break


def _untold(words: Words, i: int) -> tuple[str, ...]:
    """The rules for a token that no list holds."""
    if words.low[i] in QUOTES:
        return ("quoted",)
    if words.low[i] == "от":
        return ("source",)
    return ("suffix",) if len(words.low[i]) > _SHORT_FIRM and words.tokens[i].text[0].isupper() else ()


def normal_form(words: Words, hit: Hit) -> str:
    """One form for all spellings: the dictionary form of the type, the name in «» as written.

    >>> words = Words(Document.of('в управляющей компании "Уют"'))
    >>> normal_form(words, Hit(1, 6, "legal"))
    'УК «Уют»'
    """
    known = lexicon("organization_words")
    if hit.section == "named":
        return next(known["named"][words.low[i]] for i in range(hit.first, hit.stop) if words.low[i] in known["named"])
    pieces: list[str] = []
    i = hit.first
    while i < hit.stop:
        quoted = words.quoted(i)
        if quoted > i:
            quoted = min(quoted, hit.stop)
            pieces.append(f"«{words.text(i + 1, quoted - 1)}»")
            i = quoted
            continue
        number = read_number(words, i)
        if number > i:
            pieces.append(words.text(i, number))
            i = number
            continue
        pieces.append(_piece(words, i, known["legal"]))
        i += 2 if words.word(i) in ("управляющей", "управляющая", "управляющую") and i + 1 < hit.stop else 1
    return " ".join(pieces).replace(" .", ".")


def _piece(words: Words, i: int, legal: Mapping[str, str]) -> str:
    low = words.low[i]
    if low in legal:
        return _FULL_FORMS.get(low, "УК" if legal[low] == "УК" else words.tokens[i].text.upper())
    return (
        lemma(words.tokens[i].lower)
        if words.is_letters(i) and not words.tokens[i].text.isupper()
        else words.tokens[i].text
    )
