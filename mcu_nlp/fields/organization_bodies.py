"""Bodies of power and services: which words round «комитет» or «администрация» belong to the name."""

from __future__ import annotations

from dataclasses import dataclass

from mcu_nlp.fields.address_names import read_name
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.words import Words

# Bodies that everybody has are named only by a place or a proper name.
_GENERAL_BODIES = WordSet("organization_words", "general_bodies")
_PLACE_HEADS = WordSet("organization_words", "place_heads")
_ADJECTIVE_BODIES = WordSet("organization_words", "adjective_bodies")
# Assemblies and offices of these are no bodies with a name.
_PRIVATE = WordSet("organization_words", "private")
_PRIVATE_ADJECTIVES = ("родительск", "домов", "уличн")
_COMMON_ADJECTIVES = WordSet("organization_words", "common_adjectives")
_ABBREVIATED_MATTERS = WordSet("organization_words", "abbreviated_matters")
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
    named_before = first < i and words.has_capital(first) and not words.opens_sentence(first)
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
        first -= 1
    return first


def _complement(words: Words, i: int) -> tuple[int, bool]:
    """The end of the words that tell which body is meant, and whether a proper name is among them."""
    stop, proper = i, False
    while stop < min(i + _LONGEST, words.size) and not words.breaks_before(stop):
        if words.quoted(stop) > stop and stop - i < _QUOTED_WITHIN and words.has_capital(stop + 1):
            return words.quoted(stop), True
        end, named = _step(words, i, stop)
        if end == stop:
            break
        stop, proper = end, proper or named
    while stop > i and words.low[stop - 1] in _JOINING:
        stop -= 1
    return stop, proper


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
    if not begun and low.isalpha() and words.tokens[stop].text.isupper() and 1 < len(low) < _ABBREVIATION:
        return stop + 1, low not in _ABBREVIATED_MATTERS or low in ("мвд", "рф")  # «администрация ЦО»
    if low in _PLACE_HEADS and not (dotted and len(low) == 1 and words.has_capital(stop)):
        told = begun and words.has_capital(stop - 1)
        after = stop + 2 if dotted else stop + 1
        if told and len(low) >= _ABBREVIATION - 1:
            return after, True  # «Приозёрного района», «Заозёрной обл.»
        if words.has_capital(after):
            return max(read_name(words, after), stop + 1), True  # «г. Ольховска»
        if begun and len(low) >= _ABBREVIATION:
            return stop + 1, False  # «министерство транспорта области»
    dative = words.word(i) == "по"
    if low in _JOINING and (begun or low == "по") and _governed(words, stop + 1, dative=dative or low == "по"):
        return stop + 2, False
    if low in _ABBREVIATED_MATTERS:
        return stop + 1, low in ("мвд", "рф")
    if _governed(words, stop, dative=dative):
        return stop + 1, words.has_capital(stop)
    return stop, False


def _governed(words: Words, i: int, *, dative: bool) -> bool:
    """Whether a word can belong to the name of a body: a noun or adjective in the genitive."""
    if not words.is_letters(i) or len(words.low[i]) < _ABBREVIATION - 1:
        return False
    marks = words.grammemes(i)
    if not {"NOUN", "ADJF", "PRTF"} & marks or {"Apro", "Name", "Patr"} & marks:
        return False
    if "Surn" in marks and words.word(i + 1) not in _PLACE_HEADS and words.word(i + 1) not in _MIDDLE:
        return False
    if "gent" in marks or (dative and "datv" in marks):
        return True
    if "ADJF" in marks and ("datv" in marks or ("accs" in marks and words.low[i].endswith(_GENITIVE_ADJECTIVES))):
        return True
    return "NOUN" in marks and not {"loct", "nomn"} & marks and words.low[i].endswith(_GENITIVE_NOUNS)
