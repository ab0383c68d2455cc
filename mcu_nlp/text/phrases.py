"""Phrases of dictionary forms: how a lexicon says what it looks for in any inflection.

A phrase is words parted by blanks:

- ``отписка``: a word by its dictionary form;
- ``=доколе``: a word exactly as written (lower case);
- ``прокур*``: a word that begins so;
- ``писать:past``: a word by its dictionary form that has a grammeme of OpenCorpora;
- ``#``: a number;
- ``суд|прокуратура``: one of several, each of the kinds above; words joined by ``_`` are
  one of the several (``=спустя_рукава|плохо``);
- ``...``: up to three words of any kind; ``?word``: a word that may be absent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Generic, TypeVar

from mcu_nlp.errors import ConfigError
from mcu_nlp.text.document import Token
from mcu_nlp.text.morph import grammemes

Key = TypeVar("Key", bound=Hashable)
_GAP = 3
_CACHED_FORMS = 1 << 16


@dataclass(frozen=True, slots=True)
class _Element:
    lemmas: frozenset[str]
    forms: frozenset[str]
    prefixes: tuple[str, ...]
    inflected: frozenset[tuple[str, str]] = frozenset()
    number: bool = False
    optional: bool = False
    gap: bool = False

    def fits(self, token: Token) -> bool:
        lower = token.lower
        if lower in self.forms or (self.number and lower[0].isdigit()):
            return True
        if self.lemmas and token.lemma in self.lemmas:
            return True
        if self.prefixes and lower.replace("ё", "е").startswith(self.prefixes):
            return True
        if not self.inflected:
            return False
        lemma = token.lemma
        return any(lemma == word and grammeme in grammemes(lower) for word, grammeme in self.inflected)

    @property
    def words(self) -> frozenset[str] | None:
        """Lemmas and forms of which one must stand in the text, ``None`` when that cannot be told."""
        if self.prefixes or self.number or self.optional or self.gap:
            return None
        return self.lemmas | self.forms | {word for word, _ in self.inflected}


# A key, the elements, and for every element that tells it the words of which one must be there.
_Phrase = tuple[Key, Sequence[_Element], Sequence[frozenset[str]]]


class PhraseMatcher(Generic[Key]):
    """Finds phrases in one pass over the words; each phrase carries a key of the caller's.

    >>> from mcu_nlp.text.document import Document
    >>> matcher = PhraseMatcher([("прокуратура", "написать|обратиться ... прокуратура")])
    >>> tokens = Document.of("Завтра же напишу жалобу в прокуратуру!").words
    >>> [(key, tokens[a].text, tokens[b - 1].text) for key, a, b in matcher.find(tokens)]
    [('прокуратура', 'напишу', 'прокуратуру')]
    """

    def __init__(self, phrases: Iterable[tuple[Key, str]]) -> None:
        # Phrases by what they begin with: a lemma, a form, or the beginning of a form.
        self._by_lemma: dict[str, list[_Phrase[Key]]] = defaultdict(list)
        self._by_form: dict[str, list[_Phrase[Key]]] = defaultdict(list)
        self._by_prefix: list[tuple[str, _Phrase[Key]]] = []
        self._by_number: list[_Phrase[Key]] = []
        for key, written in phrases:
            for elements in parse_phrase(written):
                needed = [words for words in (element.words for element in elements[1:]) if words is not None]
                # The rarest word is the likeliest to be missing: the element with the fewest words first.
                self._index((key, elements, sorted(needed, key=len)))
        self._prefixes = tuple(prefix for prefix, _ in self._by_prefix)
        # Most forms begin no phrase: each is looked up only once.
        self._begun: dict[str, tuple[_Phrase[Key], ...]] = {}

    def _index(self, phrase: _Phrase[Key]) -> None:
        first = phrase[1][0]
        for lemma in first.lemmas | {word for word, _ in first.inflected}:
            self._by_lemma[lemma].append(phrase)
        for form in first.forms:
            self._by_form[form].append(phrase)
        self._by_prefix += [(prefix, phrase) for prefix in first.prefixes]
        if first.number:
            self._by_number.append(phrase)

    def find(self, words: Sequence[Token]) -> Iterator[tuple[Key, int, int]]:
        """Yield ``(key, first, after_last)`` as positions in ``words``."""
        present: set[str] = set()
        for place, token in enumerate(words):
            begun = self._begun.get(token.lower)
            if begun is None:
                begun = self._begun_by(token)
            if begun and not present:
                present = {form for word in words for form in (word.lower, word.lemma)}
            for key, elements, needed in begun:
                # Most phrases that a common word begins lack their other words: no need to try them.
                if any(one.isdisjoint(present) for one in needed):
                    continue
                end = _match(elements, 1, words, place + 1)
                if end:
                    yield key, place, end

    def _begun_by(self, token: Token) -> tuple[_Phrase[Key], ...]:
        if len(self._begun) >= _CACHED_FORMS:
            self._begun.clear()
        plain = token.lower.replace("ё", "е")
        # Few forms begin as any prefix does: one look at all of them spares the rest.
        by_prefix = self._by_prefix if plain.startswith(self._prefixes) else ()
        candidates: list[_Phrase[Key]] = [
            *(self._by_number if plain[0].isdigit() else self._by_lemma.get(token.lemma, ())),
            *self._by_form.get(token.lower, ()),
            *(phrase for prefix, phrase in by_prefix if plain.startswith(prefix)),
        ]
        fitting = {id(phrase): phrase for phrase in candidates if phrase[1][0].fits(token)}
        begun = self._begun[token.lower] = tuple(fitting.values())
        return begun


def _match(elements: Sequence[_Element], number: int, words: Sequence[Token], place: int) -> int:
    """The place after the match of ``elements[number:]`` from ``place`` on, or 0."""
    if number == len(elements):
        return place
    element = elements[number]
    if element.gap:
        for skipped in range(_GAP + 1):
            end = _match(elements, number + 1, words, place + skipped)
            if end:
                return end
        return 0
    if place < len(words) and element.fits(words[place]):
        end = _match(elements, number + 1, words, place + 1)
        if end:
            return end
    return _match(elements, number + 1, words, place) if element.optional else 0


def parse_phrase(phrase: str) -> list[list[_Element]]:
    """Read the notation: one list of elements for each way through the options of several words.

    Raises ``ConfigError`` (``taxonomy_invalid``) for a phrase that cannot match a word first.
    """
    ways = [_parse_part(part) for part in phrase.split()]
    found = [[element for step in way for element in step] for way in product(*ways)]
    for elements in found:
        if not elements or elements[0].gap or elements[0].optional or elements[-1].gap:
            raise ConfigError(
                "taxonomy_invalid",
                where=f"phrase {phrase!r}",
                problem="it must begin and end with a word",
                remedy="move the gap inside",
            )
    return found


def _parse_part(part: str) -> list[list[_Element]]:
    """The ways to read one part: its single words together, and each of its options of several words."""
    if part == "...":
        return [[_Element(frozenset(), frozenset(), (), gap=True)]]
    optional = part.startswith("?")
    options = [option for option in part.removeprefix("?").replace("ё", "е").split("|") if option]
    several = [option for option in options if "_" in option]
    single = [option for option in options if "_" not in option]
    ways = [[_element(single, optional)]] if single else []
    for option in several:
        mark = "=" if option.startswith("=") else ""
        ways.append([_element([mark + word.removeprefix("=")], optional) for word in option.split("_")])
    return ways


def _element(options: Sequence[str], optional: bool) -> _Element:
    exact = frozenset(o[1:] for o in options if o.startswith("="))
    plain = [o for o in options if not o.startswith("=") and not o.endswith("*") and o != "#"]
    return _Element(
        lemmas=frozenset(o for o in plain if ":" not in o),
        forms=exact | {form for o in exact for form in _with_yo(o)},
        prefixes=tuple(o.removeprefix("=")[:-1] for o in options if o.endswith("*")),
        inflected=frozenset((o.split(":")[0], o.split(":")[1]) for o in plain if ":" in o),
        number="#" in options,
        optional=optional,
    )


def _with_yo(form: str) -> list[str]:
    """The form with «ё» for each of its «е»: texts write it either way."""
    return [form[:place] + "ё" + form[place + 1 :] for place, letter in enumerate(form) if letter == "е"]
