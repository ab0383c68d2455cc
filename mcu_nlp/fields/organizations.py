"""Named organisations: firms, bodies of power, services and institutions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from mcu_nlp.fields.cover import Cover
from mcu_nlp.fields.lexicon import lexicon
from mcu_nlp.fields.organization_bodies import Hit
from mcu_nlp.fields.organization_forms import normal_form
from mcu_nlp.fields.organization_rules import RULES
from mcu_nlp.fields.words import QUOTES, Words
from mcu_nlp.records import Organization, Span
from mcu_nlp.text.document import Document

# A firm called by its ending («Горавтотранс») has a longer name.
_SHORT_FIRM = 7
_SHORT_SMALL_FIRM = 11


@cache
def _triggers() -> dict[str, tuple[str, ...]]:
    words, names = lexicon("organization_words"), lexicon("organization_names")
    found: dict[str, list[str]] = {}
    for section in RULES:
        for form in (*words.get(section, {}), *names.get(section, {})):
            sections = found.setdefault(form.split("_")[0], [])
            if section not in sections:
                sections.append(section)
    return {form: tuple(sections) for form, sections in found.items()}


def find_organizations(document: Document, taken: Iterable[Span] = ()) -> tuple[Organization, ...]:
    """Named organisations in order.

    >>> text = "УК «Мой дом» и администрация г. Ольховска молчат, управляющая компания тоже"
    >>> [(o.text, o.normal_form) for o in find_organizations(Document.of(text))]
    [('УК «Мой дом»', 'УК «Мой дом»'), ('администрация г. Ольховска', 'администрация города Ольховска')]
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
    long_enough = len(words.low[i]) > (_SHORT_FIRM if words.has_capital(i) else _SHORT_SMALL_FIRM)
    return ("suffix",) if long_enough else ()
