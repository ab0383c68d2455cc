"""People: the names that were found, and the same people elsewhere in the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from mcu_nlp.fields.cover import Cover
from mcu_nlp.fields.lexicon import forms, lexicon
from mcu_nlp.privacy.kinds import Kind, MaskPolicy, Private
from mcu_nlp.records import Organization, Person, Span
from mcu_nlp.text.document import Document, Token
from mcu_nlp.text.morph import lemma, read_form

# Case endings of names, longest first, «ё» written «е».
_CASES = "ого его ому ему ыми ими ой ей ою ею ом ем ым им ых их ый ий ая яя ую юю а я ы и у ю е о ь й"
_ENDINGS = tuple(sorted(forms(_CASES), key=len, reverse=True))
_SHORTEST = 3
_NAMED = 0.5
_SOLE_TRADER = re.compile(r"(?:ИП|ЧП|КФХ)\s{1,2}(?:глава КФХ\s)?(?=[А-ЯЁ])", re.IGNORECASE)
_QUOTES = frozenset('«»"“”')


def private_people(
    persons: Iterable[Person], organizations: Iterable[Organization], policy: MaskPolicy
) -> Iterator[Private]:
    """Names to be masked; a sole trader's firm bears his name."""
    for person in persons:
        if policy.officials or person.role != "official":
            yield Private(person.start, person.end, Kind.PERSON)
    for organization in organizations:
        yield from _sole_trader(organization)


def is_sole_trader(organization: Organization) -> bool:
    """Whether the name of the firm is the name of a person: «ИП Лунина З. П.»."""
    return _SOLE_TRADER.match(organization.text) is not None and _QUOTES.isdisjoint(organization.text)


def _sole_trader(organization: Organization) -> Iterator[Private]:
    form = _SOLE_TRADER.match(organization.text)
    if form and is_sole_trader(organization):
        yield Private(organization.start + form.end(), organization.end, Kind.PERSON)


def same_people(document: Document, names: Sequence[Private], elsewhere: Iterable[Span]) -> Iterator[Private]:
    """Words of the found names in other places and cases, outside streets and firms (``elsewhere``).

    >>> text = "Лунина Зоя пишет. На вопрос Луниной не ответили, ул. Зои Лунина не при чём"
    >>> found = same_people(Document.of(text), [Private(0, 10, Kind.PERSON)], [Span.of(text, 49, 64)])
    >>> [text[p.start:p.end] for p in found]
    ['Лунина', 'Зоя', 'Луниной']
    """
    inside = Cover([Span.of(document.text, name.start, name.end) for name in names])
    known = {key for token in document.words if inside.touches(token.start, token.end) for key in keys_of(token)}
    if not known:
        return
    foreign = Cover(elsewhere)
    for token in document.words:
        if known.isdisjoint(keys_of(token)) or foreign.touches(token.start, token.end):
            continue
        if token.is_capitalized or _is_small_name(token):
            yield Private(token.start, token.end, Kind.PERSON)


def keys_of(token: Token) -> tuple[str, ...]:
    """What the cases of one name share; nothing when the word is no part of a name."""
    low = token.lower.replace("ё", "е")
    if len(low) < _SHORTEST or low in lexicon("person_words")["never"]:
        return ()
    return "=" + lemma(token.lower), name_stem(low)


@lru_cache(1 << 14)
def name_stem(name: str) -> str:
    """A small-letter name without its case ending: cases and sexes of one surname share it.

    >>> name_stem("панкратовой") == name_stem("панкратов") == name_stem("панкратову")
    True
    """
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= _SHORTEST:
            return name.removesuffix(ending)
    return name


def _is_small_name(token: Token) -> bool:
    """A name in small letters: nothing but the capital is missing."""
    form = read_form(token.lower)
    likely = form.first_name >= _NAMED or (form.only_name and form.name > 0)
    return likely if form.known else len(token.lower) > 4
