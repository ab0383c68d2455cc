"""Bodies of power and services: which words round «комитет» or «администрация» belong to the name."""

from __future__ import annotations

from dataclasses import dataclass

from mcu_nlp.fields.address_names import read_name
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.words import Words
from mcu_nlp.text.morph import is_known

# Bodies that everybody has are named only by a place or a proper name.
_GENERAL_BODIES = WordSet("organization_words", "general_bodies")
_PLACE_HEADS = WordSet("organization_words", "place_heads")
_ADJECTIVE_BODIES = WordSet("organization_words", "adjective_bodies")
# Assemblies and offices of these are no bodies with a name.
_PRIVATE = WordSet("organization_words", "private")
_PRIVATE_ADJECTIVES = ("родительск", "домов", "уличн")
# Funds of houses, roads and books are no bodies, nor are wards for admission.
_NO_BODIES = {
    "фонд": ("жил", "маневренн", "дорожн", "лесн", "водн", "библиотечн", "золот"),
    "отделение": ("приемн", "детск", "инфекцион", "терапевтич", "хирургич", "реанимац", "родильн"),
}
# Centres that what they do names: «перинатальный центр», «центр занятости».
_CENTRES = ("перинатальн", "перенатальн", "диагностич", "онкологич", "кардиологич", "реабилитацион")
_CENTRES_OF = ("занятост", "соц", "госуслуг", "гигиен")
_OFFICES = ("президент", "губернатор", "главы", "мэра", "правительств")
_ABBREVIATED = frozenset(("соц", "гор", "обл", "жил", "дор", "хоз", "быт", "ком", "гос"))
_COMMON_ADJECTIVES = WordSet("organization_words", "common_adjectives")
_ABBREVIATED_MATTERS = WordSet("organization_words", "abbreviated_matters")
# Allotments, garages and houses after a body: it is theirs and has no name.
_OWNED = WordSet("organization_words", "owned")
# Whose councils and settlements are bodies: «глава … сельсовета», «сайт … сельсовета».
_OFFICES_OF_PLACES = WordSet("organization_words", "offices_of_places")
_MIDDLE = WordSet("address_words", "middle")
_JOINING = frozenset(("по", "и", ","))
# Forms of one spelling in several cases that stand for the genitive after a body.
_GENITIVE_ADJECTIVES = ("ого", "его", "ых", "их")
_GENITIVE_NOUNS = ("ения", "ости", "тва", "ики", "фии", "ции", "ания")
_LONGEST = 10
_QUOTED_WITHIN = 3
_MOST_ADJECTIVES = 3
_ABBREVIATION = 4


@dataclass(frozen=True, slots=True)
class Hit:
    """Tokens ``first`` to ``stop - 1`` name an organisation; ``section`` is the rule that found it."""

    first: int
    stop: int
    section: str


def body(words: Words, i: int, floor: int) -> Hit | None:
    """«администрация г. Ольховска», «комитет по транспорту», «районная прокуратура»."""
    kind = lexicon("organization_words")["body"][words.low[i]]
    first = adjectives_before(words, i, floor)
    stop, proper = _complement(words, i + 1)
    if kind == "приёмная" and not words.word(i + 1).startswith(_OFFICES):
        return None
    if first < i and words.low[i - 1].startswith(_NO_BODIES.get(kind, ("—",))):
        return None
    if kind == "центр" and first < i and words.low[i - 1].startswith(_CENTRES):
        return Hit(first, stop, "body")
    if kind == "центр" and stop > i + 1 and words.low[i + 1].startswith(_CENTRES_OF):
        return Hit(first, stop, "body")
    named_before = first < i and words.has_capital(first) and not words.opens_sentence(first)
    if kind == "прокуратура" and first == i and not proper:
        return None  # «писали в прокуратуру результата нет»
    if kind in _GENERAL_BODIES and not proper and not named_before:
        return None
    if stop == i + 1 and not (first < i and kind in _ADJECTIVE_BODIES):
        return None
    if kind == "центр" and (words.word(i + 1) in _PLACE_HEADS or words.word(i + 2) in _PLACE_HEADS):
        return None  # «в центре г. Ольховска», «в центре Приозёрного района»
    if words.word(i + 1) in _PRIVATE or (first < i and words.low[first].startswith(_PRIVATE_ADJECTIVES)):
        return None
    return Hit(first, stop, "body")


def is_adjective(words: Words, i: int) -> bool:
    """Whether a token is an adjective; the dictionary takes some («Каменский») for surnames."""
    return "ADJF" in words.grammemes(i) or (
        words.has_capital(i) and words.low[i].endswith(("ский", "ская", "ской", "ского", "скую", "ском", "скому"))
    )


def adjectives_before(words: Words, i: int, floor: int) -> int:
    """The first of at most three adjectives before token ``i``: «государственная жилищная инспекция»."""
    first = i
    while first - 1 >= floor and i - first < _MOST_ADJECTIVES and words.is_letters(first - 1):
        marks = words.grammemes(first - 1)
        if not is_adjective(words, first - 1) or {"Apro", "Anum"} & marks or words.low[first - 1] in _COMMON_ADJECTIVES:
            break
        if words.low[first - 1].startswith(("уважаем", "неуважаем", "многоуважаем", "глубокоуважаем")):
            break
        first -= 1
    return first


def _complement(words: Words, i: int) -> tuple[int, bool]:
    """The end of the words that tell which body is meant, and whether a proper name is among them."""
    stop, proper, placed = i, False, False
    while stop < min(i + _LONGEST, words.size) and not words.breaks_before(stop):
        if placed and not _place_goes_on(words, stop):
            break
        if words.quoted(stop) > stop and stop - i < _QUOTED_WITHIN and words.has_capital(stop + 1):
            return words.quoted(stop), True
        end, named = _step(words, i, stop)
        if end == stop:
            break
        ends_place = words.low[stop] in _PLACE_HEADS and not words.low[stop].endswith("ого")
        placed = named and (ends_place or _short_head(words, stop) > stop)
        stop, proper = end, proper or named
    while stop > i and words.low[stop - 1] in _JOINING:
        stop -= 1
    return stop, proper


def _place_goes_on(words: Words, i: int) -> bool:
    """Whether a larger place or a matter follows the place of a body: «Озёрного района Заречной области»."""
    if words.low[i] == "по" or words.low[i] in _PLACE_HEADS:
        return True
    return words.has_capital(i) and words.word(i + 1) in _PLACE_HEADS


def _short_head(words: Words, i: int) -> int:
    """The end of a type of place written with stops and strokes («р.п.», «с/совета»), or ``i``."""
    low, after = words.word(i), words.word(i + 2)
    if low == "р" and words.word(i + 1) == "." and after == "п":
        return i + 4 if words.word(i + 3) == "." else i + 3
    if low in ("с", "п") and words.word(i + 1) == "/" and after.startswith(("с", "п")):
        return i + 3
    return i


def complement_of_place(words: Words, i: int) -> int:
    """The end of the place after a body known by its letters: «ЕДДС Приозёрного района», «РЭС г. Ольховска»."""
    if words.breaks_before(i):
        return i
    low = words.word(i)
    if low in ("по", "в") and words.has_capital(i + 1) and low == "по":
        end = complement_of_place(words, i + 1)
        return end if end > i + 1 else i
    if words.has_capital(i) and words.word(i + 1) in _PLACE_HEADS and len(words.word(i + 1)) > 1:
        adjective = words.low[i].endswith(("ого", "ой", "ему", "ому"))
        if not adjective:
            return i
        end = i + 2 + (words.word(i + 2) == "." and len(words.low[i + 1]) < _ABBREVIATION)
        return complement_of_place(words, end) if words.word(i + 1).startswith(("район", "р-н")) else end
    if low in ("г", "города", "городу", "с", "п", "пос") and not words.has_capital(i):
        start = i + 2 if words.word(i + 1) == "." else i + 1
        return max(i, read_name(words, start)) if words.has_capital(start) and start - i == 1 + (len(low) < 4) else i
    return i


def _step(words: Words, i: int, stop: int) -> tuple[int, bool]:
    """One step on through the words after a body that end at ``stop``; the same place when they end."""
    low = words.low[stop]
    begun = stop > i
    dotted = words.word(stop + 1) == "." and len(low) < _ABBREVIATION
    of_branch = words.word(i - 1).startswith("филиал")
    if low in _OWNED or (low in lexicon("organization_words")["legal"] and not of_branch):
        return stop, False
    if not begun and low.isalpha() and words.tokens[stop].text.isupper() and 1 < len(low) < _ABBREVIATION:
        return stop + 1, low not in _ABBREVIATED_MATTERS or low in ("мвд", "рф")  # «администрация ЦО»
    head = _short_head(words, stop)
    if head > stop:
        told = begun and words.has_capital(stop - 1)
        return (head, True) if told else (max(read_name(words, head), stop), True)
    if low in _PLACE_HEADS and not (dotted and len(low) == 1 and words.has_capital(stop)):
        told = begun and words.has_capital(stop - 1) and words.low[stop - 1] not in _ABBREVIATED_MATTERS
        after = stop + 2 if dotted else stop + 1
        if told and len(low) >= _ABBREVIATION - 1:
            return after, True  # «Приозёрного района», «Заозёрной обл.»
        if words.has_capital(after) and words.low[after] not in lexicon("organization_words")["legal"]:
            return max(_without_adverbs(words, after, read_name(words, after)), stop + 1), True  # «г. Ольховска»
        if begun and len(low) >= _ABBREVIATION:
            return stop + 1, False  # «министерство транспорта области»
    dative = words.word(i) == "по"
    joined = _joined(words, i, stop)
    if joined[0] > stop:
        return joined
    if low in _ABBREVIATED_MATTERS:
        return stop + 1, low in ("мвд", "рф")
    end = _matter(words, stop, dative=dative)
    return end, end > stop and words.has_capital(stop)


def _joined(words: Words, i: int, stop: int) -> tuple[int, bool]:
    """One step over «по», «и» or a comma to the next matter or place; the same place when none follows."""
    low, after = words.low[stop], stop + 1
    begun, dative = stop > i, words.word(i) == "по" or words.low[stop] == "по"
    if low not in _JOINING or (low in (",", "и") and words.word(after) in lexicon("organization_names")["named"]):
        return stop, False
    if words.word(after) in _PLACE_HEADS and low == "по":
        # «комитет соцзащиты по городу Ольховску», but «комитет по области» is anybody's.
        return (read_name(words, after + 1), True) if begun and words.has_capital(after + 1) else (stop, False)
    end = _matter(words, after, dative=dative) if begun or low == "по" else after
    return (end, False) if end > after else (stop, False)


def _without_adverbs(words: Words, first: int, stop: int) -> int:
    """The end of a place without the adverbs and verbs in capitals that follow: «города Ольховска НИКОГДА не»."""
    while stop - 1 > first and _is_known_adverb(words, stop - 1):
        stop -= 1
    return stop


def _is_known_adverb(words: Words, i: int) -> bool:
    return bool({"ADVB", "VERB", "PRED"} & words.grammemes(i)) and is_known(words.tokens[i].lower)


def _matter(words: Words, i: int, *, dative: bool) -> int:
    """The end of one word of what a body deals with, abbreviated or not («соц. защиты»), or ``i``."""
    if words.word(i) in _ABBREVIATED and words.word(i + 1) == "." and _governed(words, i + 2, dative=dative):
        return i + 3
    managed = words.word(i - 1).startswith("управлени") or "ablt" in words.grammemes(i - 1)
    if dative and managed and words.is_letters(i) and "ablt" in words.grammemes(i):
        return i + 1  # «по управлению муниципальным имуществом»
    return i + 1 if _governed(words, i, dative=dative) else i


def _governed(words: Words, i: int, *, dative: bool) -> bool:
    """Whether a word can belong to the name of a body: a noun or adjective in the genitive."""
    if not words.is_letters(i) or len(words.low[i]) < _ABBREVIATION - 1:
        return False
    marks = words.grammemes(i)
    if words.has_capital(i) and words.word(i + 1) in _PLACE_HEADS and words.low[i].endswith(("ой", "ей", "ого", "его")):
        return True  # «администрация Заречной области», whatever else the adjective may be
    if not {"NOUN", "ADJF", "PRTF"} & marks or {"Apro", "Name", "Patr"} & marks:
        return False
    if "Surn" in marks and words.word(i + 1) not in _PLACE_HEADS and words.word(i + 1) not in _MIDDLE:
        return False
    if "gent" in marks or (dative and ("datv" in marks or {"NOUN", "loct", "femn"} <= marks)):
        return True
    if "ADJF" in marks and ("datv" in marks or ("accs" in marks and words.low[i].endswith(_GENITIVE_ADJECTIVES))):
        return True
    return "NOUN" in marks and not {"loct", "nomn"} & marks and words.low[i].endswith(_GENITIVE_NOUNS)


def village_council(words: Words, i: int, floor: int) -> Hit | None:
    """«главе Берёзовского сельсовета», «Берёзовский сельсовет не отвечает»; in an address it is a place."""
    first = i - 1
    short = words.low[i] == "совет" or words.low[i].startswith("поселени") or words.low[i] in ("совета", "совету")
    if short:
        if not words.word(i - 1).startswith("сельск"):
            return None
        first -= 1
    if first < floor or not is_adjective(words, first) or not (words.has_capital(first) or words.low[i] == "сельсовет"):
        return None
    if words.word(first - 1) in _OFFICES_OF_PLACES:
        return Hit(first, i + 1, "council")
    listed = words.word(first - 1) == "," or words.word(i + 1) in (",", ")") or words.word(i + 1) in _PLACE_HEADS
    acts = words.low[i].endswith(("сельсовет", "сельсовету")) and "VERB" in words.grammemes(i + 1)
    return Hit(first, i + 1, "council") if acts and not listed else None
