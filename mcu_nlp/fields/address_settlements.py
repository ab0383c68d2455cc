"""Towns, villages and districts of addresses."""

from __future__ import annotations

from mcu_nlp.fields.address_names import read_name
from mcu_nlp.fields.address_numbers import read_number
from mcu_nlp.fields.address_parts import Part, adjective_before, after_mark, bare, begins_person
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.words import Words
from mcu_nlp.text.morph import is_known

_SHORT_SETTLEMENTS = WordSet("address_words", "short_settlements")

_MIDDLE = WordSet("address_words", "middle")

_INSIDE = WordSet("address_words", "inside")

_FAR = WordSet("address_words", "far")

_VILLAGE_ENDS = WordSet("address_words", "village_ends")

_SHORT_VILLAGE = 4

_STREETS = frozenset(("ул", "улица", "пер", "пр-т"))
_NUMBERED = frozenset(("микрорайон", "жилой комплекс"))
# After these with a full stop a name in small letters is believed.
_BELIEVED = frozenset(("р", "г", "с", "д", "п", "х", "пос", "дер", "ст-ца"))


def settlement(words: Words, i: int, kind: str, floor: int) -> Part | None:
    """«г. Ольховск», «деревня Малые Ключи», «СНТ «Заря»», «Северный микрорайон», «3 микрорайон»."""
    low = words.low[i]
    start = after_mark(words, i + 1)
    if low == "р":
        start = i + 4  # «р.п.»
        if words.word(i + 1) != "." or words.word(i + 2) != "п" or words.word(i + 3) != ".":
            return None
    elif low in _SHORT_SETTLEMENTS and _means_else(words, i, start):
        return None
    stop = _name(words, start, kind, any_case=start > i + 1 and low in _BELIEVED)
    plain = start == i + 1 and not words.has_capital(start) and words.quoted(start) == start
    if len(low) > _SHORT_VILLAGE - 1 and plain and words.is_letters(start):
        stop = small_village(words, start)  # «в селе новая дорога» names no village
    if stop > start and words.word(start) not in _STREETS and not begins_person(words, start):
        return Part(i, stop, "settlement", {"settlement": bare(words, start, stop), "settlement_kind": kind})
    before = i if low in _SHORT_SETTLEMENTS else adjective_before(words, i, floor)
    if before == i and kind in _NUMBERED and i - 1 >= floor and words.is_digits(i - 1):
        before = i - 1
    if before == i:
        return None
    return Part(before, i + 1, "settlement", {"settlement": words.text(before, i), "settlement_kind": kind})


def _name(words: Words, start: int, kind: str, *, any_case: bool) -> int:
    """The end of a settlement's name or number."""
    stop = read_name(words, start, any_case=any_case)
    if stop == start:
        return read_number(words, start) if kind in _NUMBERED else start
    noun_follows = {"NOUN", "nomn"} <= words.grammemes(stop) and words.word(stop + 1) in (",", ".")
    # «д. Тихая заря»
    return stop + 1 if stop == start + 1 and "ADJF" in words.grammemes(start) and noun_follows else stop


def _means_else(words: Words, i: int, start: int) -> bool:
    """Whether a short form is no settlement: a year's «г.», the preposition «с», «и т. д.», a first name's letter."""
    low = words.low[i]
    if words.word(i - 1) == "." and words.word(i - 2) == "т":
        return True
    if words.is_digits(i - 1) and low in ("г", "с", "п", "д"):
        return True
    undotted = start == i + 1 and low in ("с", "х", "д", "п")
    if undotted and not (low in ("д", "п") and words.word(i - 1) in ("в", "из", "по", "на", "с")):
        return True
    if words.joined(i) and words.is_letters(i - 1):
        return True
    return words.has_capital(i) and len(low) == 1 and not _opens_address(words, i, start)


def _opens_address(words: Words, i: int, start: int) -> bool:
    """Whether a capital «Г.» or «С.» begins an address rather than stands for a first name."""
    stop = read_name(words, start)
    known = lexicon("address_words")
    follows = words.word(stop + 1 if words.word(stop) == "," else stop)
    return words.opens_sentence(i) and (
        follows in known["street"]
        or follows in known["house"]
        or (words.word(stop) == "," and words.has_capital(stop + 1))
    )


def district(words: Words, i: int, kind: str, floor: int) -> Part | None:
    """«Степного района», «Озёрная обл.», «район ЖБИ»."""
    middle = i - 1 if words.word(i - 1) in _MIDDLE and i - 1 >= floor else i
    before = adjective_before(words, middle, floor)
    if before < middle:
        stop = after_mark(words, i + 1) if words.low[i] in ("обл", "респ") else i + 1
        return Part(before, stop, "district", {"district": words.text(before, stop)})
    if kind in ("район", "республика") and not words.has_capital(i):
        stop = read_name(words, i + 1)
        streets = lexicon("address_words")["street"]
        if stop > i + 1 and words.word(stop) in streets and "ADJF" in words.grammemes(stop - 1):
            return None  # «в районе Сиреневого проезда»
        if stop > i + 1 and words.word(i + 1) not in streets:
            return Part(i, stop, "district", {"district": bare(words, i + 1, stop)})
    return None


def bare_settlement(words: Words, i: int) -> Part | None:
    """«в Ольховске», «из Подгорного»: a town without its type word, by the dictionary."""
    if not words.has_capital(i) or words.word(i - 1) not in _INSIDE or words.tokens[i].text.isascii():
        return None
    stop = i + 1
    if words.has_capital(stop):
        # «в Верхнем Гуторово»
        if not {"ADJF"} & words.grammemes(i) or not _is_village(words, stop) or words.has_capital(stop + 1):
            return None
        stop += 1
    elif not _is_village(words, i):
        return None
    return Part(i, stop, "settlement", {"settlement": words.text(i, stop)})


def _is_village(words: Words, i: int) -> bool:
    """Whether the dictionary holds a town of this name, or the unknown word ends as villages do."""
    if words.tokens[i].text.isupper():
        return False
    if "Geox" in words.grammemes(i):
        return words.low[i] not in _FAR
    return len(words.low[i]) > _SHORT_VILLAGE and _ends_as_village(words, i) and "VERB" not in words.grammemes(i)


def small_village(words: Words, i: int) -> int:
    """«в деревне клишино»: the end of a name in small letters after a full type word, or ``i``."""
    if words.has_capital(i) or not words.is_letters(i) or len(words.low[i]) <= _SHORT_VILLAGE:
        return i
    return i + 1 if "Geox" in words.grammemes(i) or _ends_as_village(words, i) else i


def _ends_as_village(words: Words, i: int) -> bool:
    """Whether an unknown word has the ending of a village."""
    low = words.low[i]
    return not is_known(words.tokens[i].lower) and (low[-3:] in _VILLAGE_ENDS or low[-4:] in _VILLAGE_ENDS)
