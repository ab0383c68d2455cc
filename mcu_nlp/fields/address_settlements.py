"""Towns, villages and districts of addresses."""

from __future__ import annotations

from mcu_nlp.fields.address_names import read_name
from mcu_nlp.fields.address_numbers import counts_something, read_number
from mcu_nlp.fields.address_parts import Part, adjective_before, after_mark, bare, begins_person, is_small_name
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.words import Words
from mcu_nlp.text.morph import is_known

_SHORT_SETTLEMENTS = WordSet("address_words", "short_settlements")

_MIDDLE = WordSet("address_words", "middle")

_INSIDE = WordSet("address_words", "inside")

_FAR = WordSet("address_words", "far")

_TURNS = ("поворот", "дорог", "въезд", "выезд", "трасс")
_TOWARDS = frozenset(("с", "со", "от", "через", "к", "ко", "около", "возле"))

_VILLAGE_ENDS = WordSet("address_words", "village_ends")

_SHORT_VILLAGE = 4
_YEAR = 4

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
    if stop > start and _is_shouted(words, start, stop):
        return None  # «город ПЫЛИ»
    if stop > start and words.word(start) not in _STREETS and not begins_person(words, start):
        stop = with_number(words, stop)
        return Part(i, stop, "settlement", {"settlement": bare(words, start, stop), "settlement_kind": kind})
    before = i if low in _SHORT_SETTLEMENTS else adjective_before(words, i, floor)
    if before == i and kind in _NUMBERED and i - 1 >= floor and words.is_digits(i - 1):
        before = i - 1
    if before == i:
        return None
    return Part(before, i + 1, "settlement", {"settlement": words.text(before, i), "settlement_kind": kind})


def _name(words: Words, start: int, kind: str, *, any_case: bool) -> int:
    """The end of a settlement's name or number."""
    if kind == "микрорайон" and words.word(start) == "ижс":
        start += 1
    stop = read_name(words, start, any_case=any_case)
    if stop == start:
        number = read_number(words, start) if kind in _NUMBERED else start
        return start if "plur" in words.grammemes(number) else number  # «в микрорайоне 8 новых домов»
    noun_follows = {"NOUN", "nomn"} <= words.grammemes(stop) and words.word(stop + 1) in (",", ".")
    # «д. Тихая заря»
    return stop + 1 if stop == start + 1 and "ADJF" in words.grammemes(start) and noun_follows else stop


def _is_shouted(words: Words, start: int, stop: int) -> bool:
    """Whether a plain word in capitals is no name."""
    plain = is_known(words.tokens[start].lower) and "Geox" not in words.grammemes(start)
    shouted = words.tokens[start].text.isupper() and not words.tokens[max(start - 1, 0)].text.isupper()
    return stop == start + 1 and plain and shouted and {"NOUN", "plur"} <= words.grammemes(start)


def with_number(words: Words, i: int) -> int:
    """Step over the number of a town or a station: «Ольховск 2», but not «в Горске 2 моста»."""
    if not words.is_digits(i) or len(words.low[i]) > 1 or counts_something(words, i + 1):
        return i
    if words.joined(i + 1) and (words.is_letters(i + 1) or words.word(i + 1) in ("-", "/", ":")):
        return i
    counted = words.is_letters(i + 1) and bool({"NOUN", "ADJF"} & words.grammemes(i + 1))
    return i if counted or words.is_digits(i + 1) else i + 1


def _means_else(words: Words, i: int, start: int) -> bool:
    """Whether a short form is no settlement: a year's «г.», the preposition «с», «и т. д.», a first name's letter."""
    low = words.low[i]
    if words.word(i - 1) == "." and words.word(i - 2) == "т":
        return True
    if words.is_digits(i - 1) and low in ("г", "с", "п", "д"):
        return not (low == "г" and _follows_numbered(words, i - 1) and words.has_capital(start))
    undotted = start == i + 1 and low in ("с", "х", "д", "п")
    if undotted and not (low in ("д", "п") and words.word(i - 1) in ("в", "из", "по", "на", "с")):
        return True
    if words.joined(i) and words.is_letters(i - 1):
        return True
    return words.has_capital(i) and len(low) == 1 and not _opens_address(words, i, start)


def _follows_numbered(words: Words, i: int) -> bool:
    """Whether the number at token ``i`` is an institution's: «школы № 5 г. Ольховска»."""
    return words.word(i - 1) in ("№", "n") and len(words.low[i]) < _YEAR


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
    if before == middle == i and i - 1 >= floor and is_small_name(words, i - 1) and kind in ("район", "область"):
        before = i - 1
    if before < middle:
        stop = after_mark(words, i + 1) if words.low[i] in ("обл", "респ") else i + 1
        return Part(before, stop, "district", {"district": words.text(before, stop)})
    if kind in ("район", "республика") and not words.has_capital(i):
        if any(words.word(i + 1) in lexicon("address_words")[part] for part in ("landmark", "stop", "house")):
            return None  # «в районе ТЦ «Маяк»»
        stop = read_name(words, i + 1)
        streets = lexicon("address_words")["street"]
        if stop > i + 1 and words.word(stop) in streets and "ADJF" in words.grammemes(stop - 1):
            return None  # «в районе Сиреневого проезда»
        if (
            stop > i + 1
            and words.word(i + 1) not in streets
            and words.word(stop) not in lexicon("address_words")["district"]
        ):
            return Part(i, stop, "district", {"district": bare(words, i + 1, stop)})
    return None


def bare_settlement(words: Words, i: int) -> Part | None:
    """«в Ольховске», «из Подгорного»: a town without its type word, by the dictionary."""
    if not words.has_capital(i) or words.tokens[i].text.isascii():
        return None
    stop = i + 1
    sure = words.word(i - 1) in _TOWARDS or _opens_line_of_address(words, i)
    if sure and "Geox" in words.grammemes(i) and not words.has_capital(stop) and _is_village(words, i):
        stop = with_number(words, stop)
        return Part(i, stop, "settlement", {"settlement": words.text(i, stop)})
    turn = words.word(i - 1) == "на" and words.word(i - 2).startswith(_TURNS)
    if words.word(i - 1) not in _INSIDE and not turn and not words.word(i - 1).startswith("жител"):
        return None
    if words.has_capital(stop):
        # «в Верхнем Гуторово»
        if not {"ADJF"} & words.grammemes(i) or not _is_village(words, stop) or words.has_capital(stop + 1):
            return None
        stop += 1
    elif not _is_village(words, i):
        return None
    stop = with_number(words, stop)
    return Part(i, stop, "settlement", {"settlement": words.text(i, stop)})


def listed_settlement(words: Words, i: int) -> Part | None:
    """«ул. Мира, Ольховск», «в Горске и Ольховске»: a town right after another part of an address."""
    town = words.has_capital(i) and "Geox" in words.grammemes(i) and _is_village(words, i)
    if not town or words.has_capital(i + 1) or words.word(i + 1) in lexicon("address_words")["street"]:
        return None
    stop = with_number(words, i + 1)
    return Part(i, stop, "settlement", {"settlement": words.text(i, stop)})


def _opens_line_of_address(words: Words, i: int) -> bool:
    """«Адрес: Ольховск, ул. Мира»: a town before its street."""
    known = lexicon("address_words")
    after = words.word(i + 2)
    if words.word(i + 1) != ",":
        return False
    return after in known["street"] or (
        words.has_capital(i + 2) and (read_number(words, i + 3) > i + 3 or words.word(i + 3) in known["street"])
    )


def _is_village(words: Words, i: int) -> bool:
    """Whether the dictionary holds a town of this name, or the unknown word ends as villages do."""
    if words.tokens[i].text.isupper():
        return False
    if "Geox" in words.grammemes(i) or "-на-" in words.low[i]:
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
