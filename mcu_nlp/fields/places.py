"""Where: the longest continuous address phrases of a text, with the parts they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache

from mcu_nlp.fields import (
    address_bare_streets,
    address_houses,
    address_landmarks,
    address_roads,
    address_settlements,
    address_streets,
)
from mcu_nlp.fields.address_coordinates import find_coordinates
from mcu_nlp.fields.address_names import is_known_street
from mcu_nlp.fields.address_parts import Part, Rule
from mcu_nlp.fields.cover import Cover
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.words import QUOTES, Words
from mcu_nlp.records import Organization, Place, Span
from mcu_nlp.text.document import Document

# In this order a word of several meanings is tried: «д.» as a house, then as a village.
RULES: Mapping[str, Rule] = {
    "house": address_houses.house,
    "street": address_streets.street,
    "settlement": address_settlements.settlement,
    "district": address_settlements.district,
    "building": address_houses.building,
    "flat": address_houses.flat,
    "stop": address_landmarks.stop,
    "road": address_roads.road,
    "kilometre": address_roads.kilometre,
    "crossing": address_roads.crossing,
    "landmark": address_landmarks.landmark,
}
_PUNCTUATION = frozenset(',()-–—:;№«»"“”')
_LIST_LINKS = WordSet("address_words", "list_links")
# Alone they tell of a region, not of a place.
_REGIONS = ("област", "обл", "край", "края", "крае", "краю", "респ")
_GARDENS = ("снт", "тсн", "днт", "дпк", "гск", "сдт")
_LONGEST_LINK = 5
# No street that people write in small letters is shorter.
_SHORTEST_SMALL = 4
_LONGEST_LIST_LINK = 4
_KEEPS_AND = frozenset({"street", "house", "landmark", "stop"})
_SURNAME_ENDS = ("ова", "ева", "ина", "ского", "цкого")
_BEFORE_TOWN = frozenset({"street", "house", "flat", "building", "settlement"})


@cache
def _triggers() -> dict[str, tuple[tuple[str, str], ...]]:
    """Written form -> the rules to try at it, each with the name of the kind."""
    known = lexicon("address_words")
    found: dict[str, list[tuple[str, str]]] = {}
    for section in RULES:
        for form, kind in known[section].items():
            found.setdefault(form, []).append((section, kind))
    return {form: tuple(kinds) for form, kinds in found.items()}


def find_places(document: Document, taken: Iterable[Span] = ()) -> tuple[Place, ...]:
    """Address phrases in order, outside the spans that are ``taken`` already.

    >>> place, = find_places(Document.of("Нет света на пр-т Труда д.17Д, помогите"))
    >>> place.text, place.street, place.street_kind, place.house
    ('пр-т Труда д.17Д', 'Труда', 'проспект', '17Д')
    >>> find_places(Document.of("В квартире 14 градусов, за 5 лет ничего"))
    ()
    """
    words = Words(document)
    coordinates = tuple(find_coordinates(document.text))
    blocked = _blocked(words, (*(span for span in taken if not _tells_where(words, span)), *coordinates))
    places = [_place(words, group) for group in _groups(words, list(_parts(words, blocked)))]
    places = sorted((*places, *coordinates), key=lambda place: place.start) if coordinates else places
    return tuple(_without_bare_houses(places))


def _tells_where(words: Words, span: Span) -> bool:
    """Whether an organisation only tells where something is: «около МБОУ СОШ № 71», «у магазина «Маяк»»."""
    if not isinstance(span, Organization):
        return False
    first = words.at(span.start)
    known = lexicon("address_words")
    if words.word(first - 1) in known["stop"]:
        return True
    if words.word(first - 1) in ("в", "на", "у", "около") and words.word(first) in _GARDENS:
        return True  # «в ТСН СНТ «Вишня»»: a firm and a place
    beside = address_landmarks.is_beside(words, first) or words.word(first - 1) in ("находится", "расположена")
    return words.word(first) in known["landmark"] and beside


def _blocked(words: Words, taken: Iterable[Span]) -> frozenset[int]:
    """Numbers of the tokens that belong to somebody else."""
    cover = Cover(taken)
    return frozenset(i for i, token in enumerate(words.tokens) if cover.touches(token.start, token.end))


def _parts(words: Words, blocked: frozenset[int]) -> Iterator[Part]:
    triggers = _triggers()
    floor = 0
    last: Part | None = None
    for i in range(words.size):
        if i < floor or i in blocked:
            continue
        part = _part_at(words, i, triggers.get(words.low[i], ()), floor)
        if part is None and last and i - last.stop <= _LONGEST_LIST_LINK and _continues(words, last, i):
            part = address_streets.listed_street(words, i)
        if (
            part is None
            and last
            and last.stop == i - 1
            and last.kind in _BEFORE_TOWN
            and words.word(i - 1) in (",", "и")
        ):
            part = address_settlements.listed_settlement(words, i)
        if part is None and words.is_digits(i):
            part = address_houses.houses_along(words, i)
        if part and not blocked.intersection(range(part.first, part.stop)):
            yield part
            floor, last = part.stop, part


def _continues(words: Words, last: Part, i: int) -> bool:
    """Whether a street in a list may follow: «улиц Кирова и …», «на пересечении …», «от ул. Мира до …»."""
    between = words.low[last.stop : i]
    if last.kind == "street" and between in (["-"], ["–"], ["—"], ["/"], ["+"]):
        return words.has_capital(i) and (is_known_street(words, i) or words.low[i].endswith(_SURNAME_ENDS))
    if last.kind == "word":
        return (not between or between == ["с"]) and words.low[last.first] in lexicon("address_words")["crossing"]
    return last.kind == "street" and len(between) > 0 and all(word in _LIST_LINKS for word in between)


def _part_at(words: Words, i: int, kinds: tuple[tuple[str, str], ...], floor: int) -> Part | None:
    abbreviated = address_roads.road_abbreviated(words, i, floor) if words.low[i] == "а" else None
    if abbreviated:
        return abbreviated
    weak: Part | None = None
    for section, kind in kinds:
        part = RULES[section](words, i, kind, floor)
        if part and (part.strong or part.kind in ("flat", "building", "house")):
            return part
        weak = weak or part
    if weak is None and not kinds and (words.is_letters(i) or words.is_digits(i)):
        named = words.has_capital(i)
        if not named and len(words.low[i]) < _SHORTEST_SMALL and words.is_letters(i):
            return None
        told = address_bare_streets.address_told(words, i)
        if not named and words.is_letters(i):
            return address_bare_streets.bare_street(words, i, "", floor, house_before=told)
        return address_bare_streets.bare_street(words, i, "", floor, house_before=told) or (
            address_settlements.bare_settlement(words, i)
            or address_roads.route(words, i)
            or address_landmarks.bare_landmark(words, i)
        )
    if weak is None and words.low[i] in QUOTES:
        return address_landmarks.bare_landmark(words, i)
    return weak


def _groups(words: Words, parts: Sequence[Part]) -> Iterator[list[Part]]:
    """Parts that form one phrase; groups without a strong part are dropped."""
    group: list[Part] = []
    for part in parts:
        if group and not _linked(words, group[-1], part):
            yield from _trimmed(words, group)
            group = []
        group.append(part)
    yield from _trimmed(words, group)


def _linked(words: Words, left: Part, right: Part) -> bool:
    """Whether only link words and marks stand between two parts."""
    if right.first - left.stop > _LONGEST_LINK:
        return False
    links = lexicon("address_words")["link"]
    for i in range(left.stop, right.first + 1):
        if words.breaks_before(i) and not (words.word(i - 1) == "," or i == left.stop == right.first):
            return False
        if i == right.first:
            break
        if words.low[i] == "и" and not {left.kind, right.kind} <= _KEEPS_AND and left.kind != "word":
            return False
        alone = right.first - left.stop == 1 and left.kind == right.kind == "street" and "house" not in left.values
        if words.low[i] in ("по", "или") and alone:
            return False  # «по Садовой по Луговой»: two ways
        if words.low[i] == "а" and words.word(i + 1) not in ("также", "так", "именно"):
            return False
        if words.low[i] == "." and right.kind == "house" and words.is_digits(right.first):
            return False  # «по ул. Мира. 4 дома …»
        if words.low[i] == "." and right.kind not in ("house", "building", "flat"):
            return False
        if words.low[i] not in links and words.low[i] not in _PUNCTUATION and words.low[i] != ".":
            return False
    return True


def _trimmed(words: Words, group: list[Part]) -> Iterator[list[Part]]:
    first, stop = 0, len(group)
    while stop > 0 and group[stop - 1].kind == "word":
        stop -= 1
    crossings = lexicon("address_words")["crossing"]
    while first < stop and group[first].kind == "word" and words.low[group[first].first] not in crossings:
        first += 1
    while first + 1 < stop and _leads_nowhere(words, group[first], group[first + 1]):
        first += 1
    kept = group[first:stop]
    if (any(part.strong for part in kept) and not _names_region(words, kept)) or (
        len(kept) > 1 and {"house", "flat"} <= {part.kind for part in kept}
    ):
        yield kept


def _leads_nowhere(words: Words, part: Part, after: Part) -> bool:
    """Whether the first part of a phrase is a landmark without a name that belongs to the sentence before."""
    if part.kind != "landmark" or part.strong:
        return False
    return not after.strong or words.word(part.stop) == "," or words.low[part.stop - 1].startswith("админ")


def _names_region(words: Words, group: Sequence[Part]) -> bool:
    """«Озёрная область» alone, «главе Озёрного сельского поселения»: whose, rather than where."""
    if any(part.kind != "district" and part.values.get("settlement_kind") != "сельсовет" for part in group):
        return False
    first, last = group[0].first, group[-1].stop - 1
    inside = words.word(first - 1) in ("в", "во")
    if inside and words.low[group[0].stop - 1].startswith(("район", "округ")):
        return False  # «в Степном районе Озёрной области»
    told = inside or words.low[last] == "область"
    if len(group) == 1 and told and words.low[last].startswith("обл") and words.word(last + 1) not in QUOTES:
        return words.word(last + 1) == "»"  # «закон … в Озёрной области»
    return words.low[last].startswith(_REGIONS) or words.word(first - 1) in lexicon("person_words")["official"]


def _place(words: Words, group: Sequence[Part]) -> Place:
    values: dict[str, str] = {}
    for part in group:
        # The kind of one street does not go with the name of another.
        owned = {f"{name}_kind" for name in ("street", "settlement") if name in values}
        for name, value in part.values.items():
            if name not in owned:
                values.setdefault(name, value)
    first, stop = group[0].first, group[-1].stop
    if words.word(stop) == ")" and words.low[first:stop].count("(") > words.low[first:stop].count(")"):
        stop += 1
    start, end = words.tokens[first].start, words.tokens[stop - 1].end
    return Place(start, end, words.source[start:end], **values)


def _without_bare_houses(places: Sequence[Place]) -> Iterator[Place]:
    """Drop a bare house that stands in a longer place already."""
    houses = {place.house for place in places if place.street and place.house}
    for place in places:
        if not (place.house in houses and place.street is None and place.settlement is None and place.landmark is None):
            yield place
