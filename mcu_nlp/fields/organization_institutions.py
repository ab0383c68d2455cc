"""Schools, nurseries, hospitals: named by a number, by quotes or by the adjective before them."""

from __future__ import annotations

from mcu_nlp.fields.address_names import read_name
from mcu_nlp.fields.address_numbers import read_number, read_numbers
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.organization_bodies import Hit, adjectives_before, is_adjective
from mcu_nlp.fields.words import Words

# Prepositions that make a landmark of an institution.
NEAR = WordSet("organization_words", "near")
_KINDS_OF_HOSPITALS = ("городск", "центральн", "районн", "областн", "детск", "стоматологич", "инфекцион", "женск")
# A place or a level names a hospital, what it treats does not.
_LEVELS = ("городск", "центральн", "районн", "областн")
_FROM = frozenset(("от", "до"))
_ORDINAL_ENDS = frozenset(("я", "ю", "й", "ая", "ую", "ой", "ей", "ую"))
_LONG_NUMBER = 3


def institution(words: Words, i: int, floor: int) -> Hit | None:
    """«поликлиника № 2», «Каменская районная больница», «5 поликлиника», «школа № 12»."""
    medical = lexicon("organization_words")["institution"][words.low[i]] == "больница"
    if words.low[i].startswith("консультац") and not words.word(i - 1).startswith("женск"):
        return None
    garden = words.low[i].startswith("сад")
    first = adjectives_before(words, i, floor)
    done_to = {"VERB", "tran"} <= words.grammemes(first - 1)
    if not medical and not words.speaks_of_lessons and not done_to:
        return None  # Where nobody speaks of lessons, a school only tells the place.
    if is_landmark(words, _with_ordinal(words, first, floor), i, medical=medical):
        return None
    if words.low[i].startswith("госпитал") and words.word(i + 1) == "ветеранов":
        return Hit(first, i + 2, "institution")
    stop = numbered(words, i)
    if stop > i + 1:
        kind_before = i - 1 >= floor and words.low[i - 1].startswith(_KINDS_OF_HOSPITALS)
        return Hit(i - 1 if kind_before else i, _in_memory(words, stop), "institution")
    if garden and not any(low.startswith("детск") for low in words.low[first:i]):
        return None  # «микрорайон Вишнёвый сад»
    ordinal = _with_ordinal(words, first, floor)
    if ordinal < first and (medical or first < i or words.low[i] in ("гимназия", "гимназии")):
        return Hit(ordinal, i + 1, "institution")
    if first < i and words.word(first - 1) not in NEAR:
        proper = words.has_capital(first) and not words.opens_sentence(first)
        if proper or (medical and any(low.startswith(_LEVELS) for low in words.low[first:i])):
            return Hit(first, _in_memory(words, i + 1), "institution")
    return None


def numbered(words: Words, i: int) -> int:
    """The end of the number, the numbers or the quoted name after the institution at token ``i``, or ``i + 1``."""
    start = i + 2 if words.word(i + 1) == "." else i + 1
    many = words.low[i].endswith(("ы", "и", "ов", "ами", "ах")) and words.low[i].startswith(("сад", "школ"))
    stop = read_numbers(words, start) if many else read_number(words, start)
    stop = max(stop, words.quoted(start))
    return stop if stop > start else i + 1


def _with_ordinal(words: Words, i: int, floor: int) -> int:
    """The beginning of «5», «3-я», «третья» right before token ``i``, or ``i``."""
    if i - 1 >= floor and words.is_digits(i - 1) and len(words.low[i - 1]) < _LONG_NUMBER:
        return i - 1
    if i - 3 >= floor and words.low[i - 1] in _ORDINAL_ENDS and words.low[i - 2] == "-" and words.is_digits(i - 3):
        return i - 3 if len(words.low[i - 3]) < _LONG_NUMBER else i
    if i - 1 >= floor and "Anum" in words.grammemes(i - 1):
        return i - 1 if is_adjective(words, i - 1) and not words.low[i - 1].startswith("одн") else i
    return i


def _in_memory(words: Words, i: int) -> int:
    """The end of «им. Н. А. Лунина» after an institution, or ``i``."""
    if words.word(i) not in ("им", "имени"):
        return i
    start = i + 2 if words.word(i + 1) == "." else i + 1
    stop = read_name(words, start)
    return stop if stop > start else i


def is_landmark(words: Words, first: int, i: int, *, medical: bool) -> bool:
    """«у школы № 3» tells where; «перевели из 5 поликлиники» does not."""
    if medical and words.word(first - 1) in _FROM:
        return False
    return any(words.word(at - 1) in NEAR or words.word(at - 2) in NEAR for at in {first, i})
