"""Streets without their type word: «на Ленина 5», «Космонавтов, 17», «по адресу заречная 7»."""

from __future__ import annotations

from mcu_nlp.fields.address_names import is_known_street, looks_like_name, read_ordinal
from mcu_nlp.fields.address_numbers import read_number
from mcu_nlp.fields.address_parts import Part, begins_person
from mcu_nlp.fields.address_streets import house_follows, with_houses
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.words import Words
from mcu_nlp.text.morph import is_known

_WHERE = WordSet("address_words", "where")
_NEAR = WordSet("address_words", "near")
_LONG_NAME = 7


def bare_street(words: Words, i: int, _kind: str, floor: int, *, house_before: bool = False) -> Part | None:
    """A street without its type word: «на Ленина 5», «Космонавтов 17», «на Заречном»."""
    known = is_known_street(words, i) or _small_pair(words, i)
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
    if part.stop > stop or house_follows(words, stop):
        stranger = part.stop == stop and stop == i + 1 and not is_known(words.tokens[i].lower)
        return part if house_before or stranger or _may_have_house(words, stop) else None
    if house_before:
        return None
    return part if _located(words, i, stop) or _listed(words, i, stop) else None


def _small_pair(words: Words, i: int) -> bool:
    """«на карла маркса»: a known name of two words in small letters."""
    first = words.word(i) in lexicon("address_words")["name_head"] and "ADJF" not in words.grammemes(i)
    return first and is_known_street(words, i + 1) and "ADJF" not in words.grammemes(i + 1)


def _small_adjective(words: Words, i: int) -> bool:
    """«около слободская 6»: an adjective of a street in small letters, and a house number."""
    low = words.word(i)
    if words.has_capital(i) or not low.endswith(("ская", "ской", "скую", "цкая", "цкой")) or len(low) < _LONG_NAME:
        return False
    return read_number(words, i + 1) > i + 1 and (words.word(i - 1) in _WHERE or words.word(i - 1) in _NEAR)


def address_told(words: Words, i: int) -> bool:
    """«по адресу заречная 7», «Адрес: Луговая, 3»: an address stands here for certain."""
    before = words.word(i - 2) if words.word(i - 1) in (":", "-", "–", "—") else words.word(i - 1)
    house = i + 2 if words.word(i + 1) == "," else i + 1
    return before.startswith("адрес") and (
        read_number(words, house) > house or words.word(house) in lexicon("address_words")["house"]
    )


def _listed(words: Words, i: int, stop: int) -> bool:
    """«Ленина, Мира и Садовая»: two widespread names side by side are streets."""
    names = is_known_street(words, stop - 1) and words.has_capital(i) and words.word(stop) in (",", "и")
    return names and words.has_capital(stop + 1) and is_known_street(words, stop + 1)


def _bare_name(words: Words, i: int, start: int, house_before: bool) -> int:
    word = words.word(start)
    known = lexicon("address_words")
    if word in known["street"] or word in known["house"] or not looks_like_name(words, start, any_case=house_before):
        return i
    small = not words.has_capital(start) and not is_known_street(words, start)
    if small and not house_before and not _small_pair(words, start):
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
    if before == "по" and words.is_digits(i - 2) and last.endswith(("ов", "ев")):
        return True  # «от дома 12 по Сталеваров»
    marks = words.grammemes(stop - 1)
    people = {"NOUN", "plur"} <= marks and bool({"gent", "accs"} & marks)
    if people and last.endswith(("ов", "ев")) and not {"Surn", "Geox"} & marks:
        return before in ("на", "по") and stop == i + 1 and not after_person(words, i)  # «на Сталеваров»
    if "ADJF" in marks:
        surname = (
            last.endswith(("ского", "цкого")) and not after_person(words, i) and not begins_person(words, stop - 1)
        )
        return last.endswith(("ой", "ей", "ом")) or surname
    return last.endswith(("ова", "ева", "ина", "ского", "цкого")) and not after_person(words, i)


def after_person(words: Words, i: int) -> bool:
    """Whether the words before speak about a person: «жалоба на Петрова»."""
    return any(words.word(at).startswith(("жалоб", "жалу", "обид", "управ", "заявлен")) for at in (i - 2, i - 3))
