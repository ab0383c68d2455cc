"""Streets of addresses, with or without their type word, and the houses right after them."""

from __future__ import annotations

from mcu_nlp.fields.address_names import is_known_street, looks_like_name, read_name, read_ordinal
from mcu_nlp.fields.address_numbers import read_number, read_numbers, read_range
from mcu_nlp.fields.address_parts import Part, adjective_before, after_mark, bare, begins_person
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.words import Words
from mcu_nlp.text.morph import is_known, name_score

_ABBREVIATED = WordSet("address_words", "abbreviated")

_SEVERAL = WordSet("address_words", "several")

_RARE_KINDS = WordSet("address_words", "rare_kinds")

_WHERE = WordSet("address_words", "where")

_NEAR = WordSet("address_words", "near")

_LONG_NAME = 7

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
    stop = read_name(words, start, any_case=any_case)
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
    if words.low[i] not in _ABBREVIATED and _bears_kind(words, stop):
        kind = lexicon("address_words")["street"][words.low[stop]]
        stop += 1
    return with_houses(words, Part(i, stop, "street", {"street": name, "street_kind": kind}))


def _bears_kind(words: Words, i: int) -> bool:
    """«улица Сиреневый проезд, 11»: the street's own kind follows its name."""
    masculine = "ADJF" in words.grammemes(i - 1) and words.low[i - 1].endswith(("ый", "ий", "ом", "ого", "ому"))
    return masculine and words.word(i) in lexicon("address_words")["street"] and len(words.word(i)) > _SHORT_KIND


def _small_name(words: Words, i: int) -> int:
    """A name in small letters after a full type word: «улицы победы», «улице заречная»."""
    if words.word(i - 1) in _RARE_KINDS:
        return i
    if is_known_street(words, i) or (
        read_number(words, i + 1) > i + 1 and words.may_be_named(i) and not words.has_capital(i)
    ):
        return i + 1
    adjective = words.may_be_named(i) and "ADJF" in words.grammemes(i) and not {"Apro", "Anum"} & words.grammemes(i)
    alone = i + 1 >= words.size or not words.is_letters(i + 1) or not {"NOUN", "ADJF"} & words.grammemes(i + 1)
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
    if stop == i or (stop == i + 1 and "Geox" in words.grammemes(i) and "ADJF" not in words.grammemes(i)):
        return None
    return with_houses(words, Part(i, stop, "street", {"street": words.text(i, stop)}))


def bare_street(words: Words, i: int, _kind: str, floor: int, *, house_before: bool = False) -> Part | None:
    """A street without its type word: «на Ленина 5», «Космонавтов 17», «на Заречном»."""
    known = is_known_street(words, i)
    start = read_ordinal(words, i)
    head = start > i or (words.word(i) in lexicon("address_words")["name_head"] and words.has_capital(i))
    house_before = house_before or _small_adjective(words, i)
    if not (known or head or words.has_capital(i) or house_before):
        return None
    stop = _bare_name(words, i, start, house_before)
    if stop == i:
        return None
    first = (
        i - 2
        if i - 2 >= floor and words.word(i - 1) == "." and words.has_capital(i - 2) and len(words.low[i - 2]) == 1
        else i
    )
    part = with_houses(words, Part(first, stop, "street", {"street": words.text(first, stop)}))
    if part.stop > stop or _house_follows(words, stop):
        stranger = part.stop == stop and stop == i + 1 and not is_known(words.tokens[i].lower)
        return part if house_before or stranger or _may_have_house(words, stop) else None
    if house_before:
        return None
    return part if _located(words, i, stop) or _listed(words, i, stop) else None


def _small_adjective(words: Words, i: int) -> bool:
    """«около слободская 6»: an adjective of a street in small letters, and a house number."""
    low = words.word(i)
    if words.has_capital(i) or not low.endswith(("ская", "ской", "скую", "цкая", "цкой")) or len(low) < _LONG_NAME:
        return False
    return read_number(words, i + 1) > i + 1 and (words.word(i - 1) in _WHERE or words.word(i - 1) in _NEAR)


def address_told(words: Words, i: int) -> bool:
    """«по адресу заречная 7», «Адрес: Луговая, 3»: an address stands here for certain."""
    before = words.word(i - 2) if words.word(i - 1) in (":", "-", "–", "—") else words.word(i - 1)
    return before.startswith("адрес") and (
        read_number(words, i + 1) > i + 1 or words.word(i + 1) in lexicon("address_words")["house"]
    )


def _house_follows(words: Words, i: int) -> bool:
    """«Луговая дом 4», «Мира, д. 5»: a house with its word stands at token ``i``."""
    start = i + 1 if words.word(i) == "," else i
    if words.word(start) not in lexicon("address_words")["house"]:
        return False
    number = after_mark(words, start + 1)
    return read_number(words, number) > number


def _listed(words: Words, i: int, stop: int) -> bool:
    """«Ленина, Мира и Садовая»: two widespread names side by side are streets."""
    names = is_known_street(words, stop - 1) and words.has_capital(i) and words.word(stop) in (",", "и")
    return names and words.has_capital(stop + 1) and is_known_street(words, stop + 1)


def _bare_name(words: Words, i: int, start: int, house_before: bool) -> int:
    word = words.word(start)
    known = lexicon("address_words")
    if word in known["street"] or word in known["house"] or not looks_like_name(words, start, any_case=house_before):
        return i
    if not words.has_capital(start) and not is_known_street(words, start) and not house_before:
        return i
    stop = start + 1
    while stop < words.size and stop < start + 3 and words.is_letters(stop) and words.may_be_named(stop):
        goes_on = words.low[stop - 1] in known["name_head"] and (
            words.has_capital(stop) or is_known_street(words, stop) or words.low[stop].endswith(("ой", "ая", "ую"))
        )
        if not goes_on:
            break
        stop += 1
    return stop


def _may_have_house(words: Words, stop: int) -> bool:
    """Whether the word before a number can be a street: in the genitive, or a feminine adjective."""
    if is_known_street(words, stop - 1):
        return True
    marks = words.grammemes(stop - 1)
    if "ADJF" in marks and not {"plur"} & marks:
        return words.low[stop - 1].endswith(("ая", "ой", "ую", "ей", "яя", "юю", "ом", "ый", "ий", "ского", "цкого"))
    if (
        {"plur", "gent"} <= marks
        and words.has_capital(stop - 1)
        and words.low[stop - 1].endswith(("ов", "ев"))
        and "Surn" not in marks
    ):
        return True
    surname = words.low[stop - 1].endswith(("ова", "ева", "ина", "ына", "ского", "цкого", "ого", "ко"))
    return surname and ("gent" in marks or bool({"Surn", "Name"} & marks) or "NOUN" not in marks)


def _located(words: Words, i: int, stop: int) -> bool:
    """«на Советской», «по Ленина»: a preposition before, no noun of the adjective after."""
    before = words.word(i - 1)
    if before not in _WHERE:
        return False
    last = words.low[stop - 1]
    after = stop < words.size and words.is_letters(stop) and not words.breaks_before(stop)
    if (
        after
        and {"NOUN", "ADJF", "PRTF"} & words.grammemes(stop)
        and "ADJF" in words.grammemes(stop - 1)
        and words.low[stop] not in lexicon("address_words")["link"]
    ):
        return False
    if is_known_street(words, stop - 1):
        return before in ("на", "по") or (words.has_capital(stop - 1) and last.endswith(("ой", "ей")))
    if not words.has_capital(stop - 1) or before not in ("на", "по", "сторону"):
        return False
    marks = words.grammemes(stop - 1)
    if "ADJF" in marks:
        return last.endswith(("ой", "ей", "ом"))
    return last.endswith(("ова", "ева", "ина", "ского", "цкого")) and not after_person(words, i)


def after_person(words: Words, i: int) -> bool:
    """Whether the words before speak about a person: «жалоба на Петрова»."""
    return any(words.word(at).startswith(("жалоб", "жалу", "обид", "управ", "заявлен")) for at in (i - 2, i - 3))
