"""Houses and flats: the part of an address that leads to a door."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator

from mcu_nlp.fields.address_numbers import read_numbers
from mcu_nlp.fields.lexicon import lexicon
from mcu_nlp.fields.words import Words
from mcu_nlp.privacy.kinds import Kind, MaskPolicy, Private
from mcu_nlp.records import Place, Span
from mcu_nlp.text.document import Document

_MARKS = frozenset([".", "№", "#", "номер", "номера", ":", "-"])
_JOINTS = frozenset([",", ".", "-", "–", "/", "(", "и"])
# «3 дома», «22 квартиры» count; «14 дома» can only be a number.
_COUNTS_FEW = re.compile(r"(?:\d*[02-9])?[234]")
# They stand for the part of a house only inside an address; an entrance or a storey leads to nobody without the house.
_BUILDINGS = frozenset(("корпус", "строение", "литера", "владение"))
# These mean a house or a flat without a street at their side, too.
_ALONE = frozenset(("дом", "домовладение", "коттедж", "квартира"))


class Homes:
    """Finds numbers of houses and flats in a document.

    >>> document = Document.of("На ул. 50 лет Октября, д. 7, кв. 12 дует, в школе № 5 и в квартире 8 тоже")
    >>> homes = Homes(document, MaskPolicy())
    >>> place = Place(3, 35, "ул. 50 лет Октября, д. 7, кв. 12", street="50 лет Октября", house="7", flat="12")
    >>> [document.text[p.start:p.end] for p in homes.inside([place])]
    ['д. 7, кв. 12']
    >>> [document.text[p.start:p.end] for p in homes.alone()]
    ['д. 7', 'кв. 12', 'квартире 8']
    """

    def __init__(self, document: Document, policy: MaskPolicy) -> None:
        self.words, self.policy = Words(document), policy
        self._starts = [token.start for token in self.words.tokens]

    def inside(self, places: Iterable[Place]) -> Iterator[Private]:
        """What leads to a door within address phrases; neighbouring parts are one piece."""
        for place in places:
            last: tuple[int, int] | None = None
            for first, stop in self._parts_of(place):
                if last and self._joined(last[1], first):
                    last = (last[0], stop)
                    continue
                if last:
                    yield self._private(*last)
                last = (first, stop)
            if last:
                yield self._private(*last)

    def alone(self) -> Iterator[Private]:
        """«дом 5», «кв. 12», «в квартире № 3» anywhere."""
        for i in range(self.words.size):
            if self.words.is_digits(i) or self._kind(i) in _ALONE:
                stop = self._typed(i)
                if stop > i:
                    yield self._private(i, stop)

    def _parts_of(self, place: Place) -> Iterator[tuple[int, int]]:
        tokens = range(bisect_left(self._starts, place.start), bisect_left(self._starts, place.end))
        names = _names(place)
        floor = 0
        for i in tokens:
            if i < floor:
                continue
            for stop in (self._typed(i), self._bare(i, place, names), self._dashed_flat(i, place)):
                if stop > i:
                    yield i, min(stop, tokens[-1] + 1)
                    floor = stop
                    break
        behind = self._after_place(place, tokens) if tokens else None
        if behind:
            yield behind

    def _typed(self, i: int) -> int:
        """The end of a type word with its number: «д. 5», «кв. № 12», «литера А», «34 домом»; or ``i``."""
        words = self.words
        if words.is_digits(i):
            return self._before_type(i)
        kind = self._kind(i)
        if not kind or not self._wanted(kind) or (words.word(i + 1) == "-" and words.joined(i + 1)):
            return i
        start = i + 1
        while words.word(start) in _MARKS and start - i < 4:
            start += 1
        if words.word(start) in ("с", "от") and words.low[i] in ("дома", "домов", "домам"):
            start += 1
        stop = read_numbers(words, start)
        if stop == start and words.low[i] == "кв" and words.is_digits(start):
            return start + 1  # «кв. 12 ямы»: after «кв.» nothing is counted
        if stop == start and kind == "литера" and words.is_letters(start) and len(words.low[start]) == 1:
            stop = start + 1
        return stop if stop > start else i

    def _before_type(self, i: int) -> int:
        """The end of «34 домом», «16-го дома», «из 5 квартиры», but not of «5 домов»; or ``i``."""
        words = self.words
        if len(words.low[i]) > 3:
            return i
        ordinal = self._is_ordinal(i + 1)
        at = i + 3 if ordinal else i + 1
        kind = self._kind(at)
        if kind not in ("дом", "квартира") or len(words.low[at]) < 3 or not self._wanted(kind):
            return i
        counted = words.low[at] in ("домов", "квартир") or (
            words.low[at] in ("дома", "квартиры") and _COUNTS_FEW.fullmatch(words.low[i]) is not None
        )
        return at + 1 if ordinal or words.word(i - 1) == "из" or not counted else i

    def _is_ordinal(self, i: int) -> bool:
        """Whether an ending follows a number: «16|-го», «3|-й»."""
        words = self.words
        joined = words.word(i) == "-" and words.joined(i) and words.joined(i + 1)
        return joined and words.is_letters(i + 1) and len(words.low[i + 1]) < 4

    def _bare(self, i: int, place: Place, names: list[Span]) -> int:
        """The end of numbers right after a street: «Мира, 7», «Мира 5 и 7», «Мира 7-12»; or ``i``."""
        words = self.words
        if not words.is_digits(i) and words.word(i) not in ("№", "#"):
            return i
        token = words.tokens[i]
        if any(name.start <= token.start < name.end for name in names):
            return i
        stop = read_numbers(words, i)
        if stop == i or self._is_ordinal(stop) or not (self._is_value(i, stop, place) or self._after_street(i)):
            return i
        return stop if self.policy.houses else i

    def _dashed_flat(self, i: int, place: Place) -> int:
        """The end of the flat of «Мира 7-12» where the house stays; or ``i``."""
        after_house = self.words.word(i - 1) in ("-", "–", "/") and self.words.word(i - 2) == place.house
        return i + 1 if place.flat and after_house and self.words.word(i) == place.flat else i

    def _is_value(self, i: int, stop: int, place: Place) -> bool:
        written = self.words.text(i, stop).lstrip("№# ")
        return written in (place.house, place.flat, f"{place.house}-{place.flat}", f"{place.house}/{place.building}")

    def _after_street(self, i: int) -> bool:
        words = self.words
        before = i - 2 if words.word(i - 1) in (",", "д", ".") else i - 1
        if not words.is_letters(before):
            return False
        known = lexicon("address_words")
        kinds = ("landmark", "road", "settlement", "stop", "building", "kilometre", "district")
        if not words.has_capital(before) or not words.may_be_named(before):
            return False
        return not any(words.low[before] in known[kind] for kind in kinds)

    def _after_place(self, place: Place, tokens: range) -> tuple[int, int] | None:
        """A number that ends the phrase right behind a place: «дер. Подлипки, 8.», «мкр Восточный, 11-90»."""
        words = self.words
        start = tokens[-1] + 1
        named = (place.street or place.settlement) and words.is_letters(start - 1)
        if place.house or not named or not self.policy.houses:
            return None
        start += words.word(start) == ","
        stop = read_numbers(words, start)
        return (start, stop) if stop > start and self._after_street(start) and not words.is_letters(stop) else None

    def _kind(self, i: int) -> str:
        """What a type word announces: a house, a flat or a part of a house."""
        known, low = lexicon("address_words"), self.words.word(i)
        for section in ("house", "flat", "building"):
            kind = known[section].get(low, "")
            if kind and (section != "building" or kind in _BUILDINGS):
                return kind
        return ""

    def _wanted(self, kind: str) -> bool:
        return self.policy.houses or kind in lexicon("address_words")["flat"].values()

    def _joined(self, left: int, right: int) -> bool:
        return right - left < 3 and all(self.words.low[i] in _JOINTS for i in range(left, right))

    def _private(self, first: int, stop: int) -> Private:
        return Private(self.words.tokens[first].start, self.words.tokens[stop - 1].end, Kind.ADDRESS)


def _names(place: Place) -> list[Span]:
    """Where names that may hold a number («50 лет Октября», «3-й микрорайон», «школа № 5») lie in the text."""
    names = []
    for part in ("street", "settlement", "district", "landmark", "stop", "road", "kilometre"):
        value = getattr(place, part)
        at = place.text.find(value) if value and not value.isdigit() else -1
        if value and at >= 0:
            names.append(Span(place.start + at, place.start + at + len(value), value))
    return names
