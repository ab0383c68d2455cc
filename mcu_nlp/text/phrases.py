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
from dataclasses import dataclass, replace
from functools import reduce
from itertools import product
from operator import or_
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


# One element of a phrase to match: the bit of what fits it (0 for a gap), and whether it may be absent.
_Step = tuple[int, bool]
# A key, the steps, and the bits of all steps after the first that must be in the text.
_Phrase = tuple[Key, Sequence[_Step], int]


class PhraseMatcher(Generic[Key]):
    """Finds phrases in one pass over the words; each phrase carries a key of the caller's.

    Every distinct element is one bit; a word form is the bits of the elements it fits, worked
    out once. So what most phrases lack, some word of theirs, is told by one look at bits.

    >>> from mcu_nlp.text.document import Document
    >>> matcher = PhraseMatcher([("прокуратура", "написать|обратиться ... прокуратура")])
    >>> tokens = Document.of("Завтра же напишу жалобу в прокуратуру!").words
    >>> [(key, tokens[a].text, tokens[b - 1].text) for key, a, b in matcher.find(tokens)]
    [('прокуратура', 'напишу', 'прокуратуру')]
    """

    def __init__(self, phrases: Iterable[tuple[Key, str]]) -> None:
        self._bits: dict[_Element, int] = {}
        self._by_lemma: dict[str, int] = defaultdict(int)
        self._by_form: dict[str, int] = defaultdict(int)
        self._by_prefix: dict[str, int] = defaultdict(int)
        self._inflected: dict[str, list[tuple[str, int]]] = defaultdict(list)
        self._number = 0
        self._begun_by: dict[int, list[_Phrase[Key]]] = defaultdict(list)
        for key, written in phrases:
            for elements in parse_phrase(written):
                steps = tuple((self._bit(element), element.optional) for element in elements)
                needed = reduce(or_, (bit for bit, optional in steps[1:] if not optional), 0)
                self._begun_by[steps[0][0]].append((key, steps, needed))
        self._beginnings = reduce(or_, self._begun_by, 0)
        self._prefixes = tuple(self._by_prefix)
        # What each form fits, and the phrases it begins: forms repeat, each is looked up only once.
        self._known: dict[str, tuple[int, tuple[_Phrase[Key], ...]]] = {}

    def _bit(self, element: _Element) -> int:
        if element.gap:
            return 0
        element = replace(element, optional=False)
        known = self._bits.get(element)
        if known is not None:
            return known
        bit = self._bits[element] = 1 << len(self._bits)
        for words, index in (
            (element.lemmas, self._by_lemma),
            (element.forms, self._by_form),
            (element.prefixes, self._by_prefix),
        ):
            for word in words:
                index[word] |= bit
        for word, grammeme in element.inflected:
            self._inflected[word].append((grammeme, bit))
        if element.number:
            self._number |= bit
        return bit

    def find(self, words: Sequence[Token]) -> Iterator[tuple[Key, int, int]]:
        """Yield ``(key, first, after_last)`` as positions in ``words``."""
        known = [self._known.get(token.lower) or self._read(token) for token in words]
        fits = [bits for bits, _ in known]
        # What stands after each place.
        following = [0] * len(words)
        for place in range(len(words) - 1, 0, -1):
            following[place - 1] = following[place] | fits[place]
        for place, (_, begun) in enumerate(known):
            after = following[place]
            for key, steps, needed in begun:
                if needed & after == needed:
                    end = _match(steps, 1, fits, place + 1)
                    if end:
                        yield key, place, end

    def _read(self, token: Token) -> tuple[int, tuple[_Phrase[Key], ...]]:
        if len(self._known) >= _CACHED_FORMS:
            self._known.clear()
        bits = self._fitting(token)
        begun: list[_Phrase[Key]] = []
        left = bits & self._beginnings
        while left:
            lowest = left & -left
            begun += self._begun_by[lowest]
            left ^= lowest
        known = self._known[token.lower] = (bits, tuple(begun))
        return known

    def _fitting(self, token: Token) -> int:
        lower = token.lower
        bits = self._by_form.get(lower, 0)
        if lower[0].isdigit():
            return bits | self._number
        lemma = token.lemma
        bits |= self._by_lemma.get(lemma, 0)
        if lemma in self._inflected:
            said = grammemes(lower)
            bits = reduce(or_, (bit for grammeme, bit in self._inflected[lemma] if grammeme in said), bits)
        plain = lower.replace("ё", "е")
        # Few forms begin as any prefix does: one look at all of them spares the rest.
        if plain.startswith(self._prefixes):
            bits = reduce(or_, (bit for prefix, bit in self._by_prefix.items() if plain.startswith(prefix)), bits)
        return bits


def _match(steps: Sequence[_Step], number: int, fits: Sequence[int], place: int) -> int:
    """The place after the match of ``steps[number:]`` from ``place`` on, or 0."""
    if number == len(steps):
        return place
    bit, optional = steps[number]
    if not bit:
        for skipped in range(_GAP + 1):
            end = _match(steps, number + 1, fits, place + skipped)
            if end:
                return end
        return 0
    if place < len(fits) and fits[place] & bit:
        end = _match(steps, number + 1, fits, place + 1)
        if end:
            return end
    return _match(steps, number + 1, fits, place) if optional else 0


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
