"""Houses, entrances and flats of addresses."""

from __future__ import annotations

from mcu_nlp.fields.address_bare_streets import bare_street
from mcu_nlp.fields.address_names import is_known_street, read_ordinal
from mcu_nlp.fields.address_numbers import counts_something, read_number, read_numbers
from mcu_nlp.fields.address_parts import Part, after_mark
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.words import Words

_BEFORE_HOUSES = WordSet("address_words", "before_houses")


def house(words: Words, i: int, _kind: str, floor: int) -> Part | None:
    """«д. 5», «дом 1 «А»», «домов 2 и 4», «за 21 домом», «дома Луговая 4б»."""
    start = i + 1
    while words.word(start) in (".", "№", "номер", "номером", ":", "-") and start - i < 4:
        if words.word(start) == "." and start == i + 1 and after_mark(words, start) == start:
            break  # «у дома. Собственник …»: the sentence ends
        start += 1
    if i - 3 >= floor and words.low[i].startswith("дом") and read_ordinal(words, i - 3) == i and words.is_digits(i - 3):
        return Part(i - 3, i + 1, "house", {"house": words.low[i - 3]})  # «у 55-го дома»
    if words.word(start) in ("с", "от") and words.low[i] in ("дома", "домов", "домам") and words.is_digits(start + 1):
        last = read_number(words, start + 3) if words.word(start + 2) in ("по", "до") else start + 3
        if last > start + 3:
            return Part(i, last, "house", {"house": words.text(start + 1, last)})
    stop = read_numbers(words, start)
    if stop > start and words.word(i - 1) in ("от", "с") and words.word(stop) in ("до", "по"):
        stop = max(stop, read_number(words, stop + 1))  # «от дома 12А до 26 А»
    if stop > start:
        if words.low[i] == "участок" and start == i + 1:
            return None
        number = words.text(start, max(read_number(words, start), start + 1)).lstrip("№ ").strip()
        name, mark, building = number.partition("к")
        values = {"house": name, "building": building} if mark and building.isdigit() else {"house": number}
        return Part(i, stop, "house", values, words.low[i] != "д")
    official = words.word(i - 1) in lexicon("person_words")["official"]  # «начальник участка Зубов»
    after = None if official else bare_street(words, start, "", floor, house_before=True)
    if after:
        return Part(i, after.stop, "street", after.values)
    if (
        i - 1 >= floor
        and words.is_digits(i - 1)
        and len(words.low[i]) > 2
        and len(words.low[i - 1]) < 4
        and not (words.low[i] == "дома" and words.opens_sentence(i - 1))
        and words.low[i] in ("дом", "дома", "дому", "доме", "домом")
    ):
        return Part(i - 1, i + 1, "house", {"house": words.low[i - 1]})
    letter = i - 2 >= floor and words.is_digits(i - 2) and len(words.low[i - 1]) == 1 and words.joined(i - 1)
    if letter and words.is_letters(i - 1):
        return Part(i - 2, i + 1, "house", {"house": words.text(i - 2, i)})
    return Part(i, i + 1, "word", {}, strong=False) if len(words.low[i]) > 2 else None


def houses_along(words: Words, i: int) -> Part | None:
    """«(дворы) 1, 3 и 5 по ул. Мира», «(у) 43 по Садовой»: houses without their word, then the street."""
    if words.word(i - 1) not in _BEFORE_HOUSES:
        return None
    stop = read_numbers(words, i)
    after = stop + 1
    if stop == i or words.word(stop) not in ("по", "на"):
        return None
    if words.word(after) not in lexicon("address_words")["street"] and not (
        words.has_capital(after) and is_known_street(words, after)
    ):
        return None
    return Part(i, stop, "house", {"house": words.text(i, max(read_number(words, i), i + 1))}, strong=False)


def building(words: Words, i: int, kind: str, floor: int) -> Part | None:
    """«корп. 2», «литера А», «подъезд 3», «3-й подъезд»."""
    start = after_mark(words, i + 1)
    if words.word(start) == "№":
        start += 1
    stop = read_number(words, start)
    if stop == start and kind == "литера" and words.is_letters(start) and len(words.low[start]) == 1:
        stop = start + 1
    entrance = kind in ("подъезд", "этаж", "секция")
    if stop > start and not (words.low[i] == "п" and start == i + 1):
        return Part(
            i,
            stop,
            "building",
            {} if entrance else {"building": words.text(start, stop)},
            strong=kind == "корпус" and len(words.low[i]) > 4,
        )
    if not entrance or words.low[i] == "п":
        return None
    first = i - 1
    if first >= floor and words.is_digits(first):
        return Part(first, i + 1, "building", strong=False)
    if i - 3 >= floor and read_ordinal(words, i - 3) == i:
        return Part(i - 3, i + 1, "building", strong=False)
    return None


def flat(words: Words, i: int, _kind: str, _floor: int) -> Part | None:
    """«кв. 12», «квартира № 5», but not «в квартире 14 градусов»."""
    start = after_mark(words, i + 1)
    stop = read_numbers(words, start)
    if stop == start or _is_fraction(words, start):
        return None
    return Part(i, stop, "flat", {"flat": words.text(start, read_number(words, start)).lstrip("№ ")})


def _is_fraction(words: Words, i: int) -> bool:
    """«в квартире 16,5 градусов»: the number at token ``i`` measures something."""
    return (
        words.word(i + 1) == "," and words.joined(i + 2) and words.is_digits(i + 2) and counts_something(words, i + 3)
    )
