"""Streets of addresses with their type word, and the houses right after them."""

from __future__ import annotations

from mcu_nlp.fields.address_names import is_known_street, read_name, read_ordinal
from mcu_nlp.fields.address_numbers import read_number, read_numbers, read_range
from mcu_nlp.fields.address_parts import Part, adjective_before, after_mark, bare, begins_person, is_small_name
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.words import Words
from mcu_nlp.text.morph import name_score

_ABBREVIATED = WordSet("address_words", "abbreviated")

_SEVERAL = WordSet("address_words", "several")

_RARE_KINDS = WordSet("address_words", "rare_kinds")

_ORDINAL_ENDINGS = WordSet("address_words", "ordinal_endings")

_SHORT_KIND = 4


_SURE_NAME = 0.3


def street(words: Words, i: int, kind: str, floor: int) -> Part | None:
    """«ул. Мира», «Советская улица», «улиц Кирова и Полевой»; with the houses right after it."""
    if len(words.low[i]) == 1 and words.has_capital(i):
        return None
    start = after_mark(words, i + 1)
    if words.word(i - 1) in lexicon("person_words")["official"] and name_score(words.word(start))[0] > _SURE_NAME:
        return None  # «староста улицы Ринат»
    if words.word(start) in (":", "-", "–", "—") and words.low[i] in _SEVERAL:
        start += 1
    any_case = words.low[i] in _ABBREVIATED or start > i + 1
    before = adjective_before(words, i, floor)
    before = _small_before(words, i, floor) if before == i else before
    stop = read_name(words, start, any_case=any_case)
    numbered = _number_before(words, i, kind, floor) if before == i else i
    if kind == "квартал" and words.is_digits(i - 1) and words.word(i + 1) in lexicon("address_words")["settlement"]:
        return Part(i - 1, i + 1, "street", {"street": words.low[i - 1], "street_kind": kind})
    if numbered < i:
        last = stop if words.has_capital(start) else i + 1
        name = words.text(numbered, last if last > i + 1 else i)
        return with_houses(words, Part(numbered, last, "street", {"street": name, "street_kind": kind}))
    if stop == start and before == i:
        stop = _small_name(words, start)
    if stop == start or (
        before < i and (words.low[start] in lexicon("address_words")["settlement"] or not words.has_capital(start))
    ):
        if before == i:
            return _surname_before(words, i, kind, floor)
        return with_houses(
            words,
            Part(
                before,
                start if words.word(i + 1) == "." else i + 1,
                "street",
                {"street": words.text(before, i), "street_kind": kind},
            ),
        )
    name = bare(words, start, stop)
    if _bears_kind(words, stop):
        kind = lexicon("address_words")["street"][words.low[stop]]
        stop += 1
    return with_houses(words, Part(i, stop, "street", {"street": name, "street_kind": kind}))


def _small_before(words: Words, i: int, floor: int) -> int:
    """The first token of an adjective in small letters before a street: «на 3м заводском переулке»."""
    first = i - 1
    if first < floor or len(words.low[i]) < _SHORT_KIND or not is_small_name(words, first):
        return i
    for count in (2, 3):
        if first - count >= floor and read_ordinal(words, first - count) == first:
            return first - count
    return first


def _number_before(words: Words, i: int, kind: str, floor: int) -> int:
    """The first token of the number that is a street's name: «61-му переулку», «2-й проезд Титова»."""
    if kind in ("квартал", "линия", "съезд", "площадь", "аллея") or len(words.low[i]) < _SHORT_KIND:
        return i
    for count in (2, 3):
        if i - count >= floor and read_ordinal(words, i - count) == i and words.low[i - 1] in _ORDINAL_ENDINGS:
            return i - count
    return i


def _bears_kind(words: Words, i: int) -> bool:
    """«улица Сиреневый проезд, 11»: the street's own kind follows its name."""
    masculine = "ADJF" in words.grammemes(i - 1) and words.low[i - 1].endswith(("ый", "ий", "ом", "ого", "ому"))
    return masculine and words.word(i) in lexicon("address_words")["street"] and len(words.word(i)) > _SHORT_KIND


def _small_name(words: Words, i: int) -> int:
    """A name in small letters after a full type word: «улицы победы», «улице заречная»."""
    if words.word(i - 1) in _RARE_KINDS:
        return i
    if is_known_street(words, i) or (
        read_number(words, i + 1) > i + 1
        and words.may_be_named(i)
        and not words.has_capital(i)
        and not {"NOUN", "ablt"} <= words.grammemes(i)
    ):
        return i + 1
    adjective = words.may_be_named(i) and "ADJF" in words.grammemes(i) and not {"Apro", "Anum"} & words.grammemes(i)
    alone = (
        i + 1 >= words.size
        or not words.is_letters(i + 1)
        or not {"NOUN", "ADJF"} & words.grammemes(i + 1)
        or house_follows(words, i + 1)
    )
    return (
        i + 1
        if adjective and alone and words.low[i].endswith(("ская", "ской", "скую", "ная", "ной", "ная", "овая", "овой"))
        else i
    )


def _surname_before(words: Words, i: int, kind: str, floor: int) -> Part | None:
    """«Кирова ул.», «Гагарина проспект»: the name stands before its type word."""
    first = i - 1
    if first < floor or not (words.has_capital(first) and is_known_street(words, first)):
        return None
    if first - 2 >= floor and read_ordinal(words, first - 2) == first:
        first -= 2  # «40 лет Октября ул.»
    return with_houses(
        words, Part(first, after_mark(words, i + 1), "street", {"street": words.text(first, i), "street_kind": kind})
    )


def with_houses(words: Words, part: Part) -> Part:
    """Take the numbers right after a street into its part: «Мира, 7», «Чехова 30, 28»."""
    start = part.stop + 1 if words.word(part.stop) == "," else part.stop
    reach = read_range(words, start)
    if reach > start and not words.breaks_before(start):
        house = words.text(start, reach)
        return Part(part.first, reach, part.kind, dict(part.values) | {"house": house}, True)
    stop = read_numbers(words, start)
    if stop == start or words.breaks_before(start):
        return part
    first = read_number(words, start) or stop
    number = words.text(start, max(first, start + 1)).lstrip("№# ").strip()
    values = dict(part.values)
    house, dash, flat = number.partition("-")
    if dash and flat.isdigit() and house[:1].isdigit():
        values |= {"house": house, "flat": flat}
    else:
        house, mark, building = number.partition("к")
        values |= {"house": house, "building": building} if mark and building.isdigit() else {"house": number}
    return Part(part.first, stop, part.kind, values, True)


def listed_street(words: Words, i: int) -> Part | None:
    """A street that goes on a list or a crossing: «Кирова и Полевой», «пересечении Садовой с Новой»."""
    start = read_ordinal(words, i)
    if (
        not (words.has_capital(i) or start > i or is_known_street(words, i))
        or words.opens_sentence(i)
        or begins_person(words, i)
    ):
        return None
    stop = read_name(words, i)
    if stop == i + 1 and not words.has_capital(i) and "NOUN" in words.grammemes(stop):
        return None  # «до железнодорожной станции»
    if stop == i or (stop == i + 1 and "Geox" in words.grammemes(i) and "ADJF" not in words.grammemes(i)):
        return None
    kind = lexicon("address_words")["street"].get(words.word(stop), "")
    if len(kind) > _SHORT_KIND and words.low[stop] not in _ABBREVIATED and "ADJF" in words.grammemes(stop - 1):
        values = {"street": words.text(i, stop), "street_kind": kind}
        return with_houses(words, Part(i, stop + 1, "street", values))  # «… с Полевым переулком»
    return with_houses(words, Part(i, stop, "street", {"street": words.text(i, stop)}))


def house_follows(words: Words, i: int) -> bool:
    """«Луговая дом 4», «Мира, д. 5»: a house with its word stands at token ``i``."""
    start = i + 1 if words.word(i) == "," else i
    if words.word(start) not in lexicon("address_words")["house"]:
        return False
    number = after_mark(words, start + 1)
    return read_number(words, number) > number
