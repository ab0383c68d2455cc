"""Firms known by quotes, by the ending of their name or by what they pour into the air."""

from __future__ import annotations

from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.organization_bodies import Hit
from mcu_nlp.fields.words import Words
from mcu_nlp.text.morph import is_known

# What stands before a quoted phrase that is no firm: stops, programmes, signs, words.
_NOT_FIRM_BEFORE = WordSet("organization_words", "not_firm_before")
# Networks where people only talk.
_NETWORKS = WordSet("organization_words", "networks")
OPENING = frozenset('«“"„')
_BEFORE_FIRM = frozenset(("в", "из", "от", "с", "к", "у"))
# Endings by which firms are called, in the nominative and as they decline.
_STEMS = (
    "транс сервис строй энерго сбыт телеком автодор водоканал сеть газ банк комхоз жилхоз зеленхоз жилкомплекс снаб"
)
_SUFFIXES = tuple(stem + ending for stem in _STEMS.split() for ending in ("", "а", "ом", "е", "у"))
# Long words with these endings are no plain words in small letters either.
_SURE_STEMS = "автотранс автодор водоканал электросеть электросети теплосеть теплосети межрегионгаз спецтранс"
_SURE_SUFFIXES = tuple(stem + ending for stem in _SURE_STEMS.split() for ending in ("", "а", "ом", "е", "у"))
# Whose people a firm is told by: «сотрудники «Горсвета»».
_STAFF = WordSet("organization_words", "staff")
_NUISANCES = ("запах", "вон", "смрад", "выброс", "отход", "дым", "шум", "смог")
NO_FIRMS = WordSet("organization_words", "no_firms")
_SHORT_NAME = 2
_LONGEST_NAME = 5


def quoted(words: Words, i: int, _floor: int) -> Hit | None:
    """«Горсвет» in quotes with no kind before it: a firm where the words before do not speak against it."""
    stop = words.quoted(i)
    size = stop - i - 2
    if stop == i or not 1 <= size <= _LONGEST_NAME or not words.has_capital(i + 1) or words.word(i) not in OPENING:
        return None
    if is_unknown_abbreviation(words, i - 1):
        return Hit(i - 1, stop, "quoted")
    if words.low[i + 1] in _NETWORKS or words.low[i + 1] in lexicon("organization_words")["legal"]:
        return None
    named = all(_may_name_firm(words, at) for at in range(i + 1, stop - 1))
    if named and size <= _SHORT_NAME and (words.word(i - 1) in _STAFF or _acts(words, i, stop)):
        return Hit(i, stop, "quoted")
    if not named or _speaks_against(words, i - 1):
        return None
    marks = words.grammemes(i - 1)
    of_firm = "NOUN" in marks and size <= _SHORT_NAME and "nomn" not in marks
    return Hit(i, stop, "quoted") if words.word(i - 1) in _BEFORE_FIRM or of_firm else None


def _acts(words: Words, i: int, stop: int) -> bool:
    """«Чистый двор» не вывозит мусор»: a quoted name that begins a sentence and does something."""
    if not words.opens_sentence(i) or words.word(i - 1) == ":":
        return False
    at = stop + (words.word(stop) == "не")
    marks = words.grammemes(at)
    return {"VERB", "tran"} <= marks and "1per" not in marks


def is_unknown_abbreviation(words: Words, i: int) -> bool:
    """Whether a token is an unknown word in capitals, as «ЗОСПКО» before a quoted name."""
    if not words.is_letters(i) or not 3 <= len(words.low[i]) <= 7 or not words.tokens[i].text.isupper():
        return False
    known = lexicon("address_words")
    common = any(words.low[i] in known[section] for section in ("landmark", "settlement", "street", "stop"))
    return not common and not words.low[i].isascii() and words.low[i] not in NO_FIRMS and not is_known(words.low[i])


def source(words: Words, i: int, floor: int) -> Hit | None:
    """«вонь от Зелёной долины»: what stinks and smokes is called by an adjective and a noun without quotes."""
    if i - 1 < floor or not any(words.word(at).startswith(_NUISANCES) for at in range(i - 4, i)):
        return None
    first, last = i + 1, i + 2
    if not words.has_capital(first) or words.has_capital(last) or not words.is_letters(last):
        return None
    adjective, noun = words.grammemes(first), words.grammemes(last)
    known = lexicon("address_words")
    if "ADJF" not in adjective or "Apro" in adjective or not {"NOUN", "gent"} <= noun:
        return None
    if any(words.low[last] in known[section] for section in ("landmark", "settlement", "street", "stop", "district")):
        return None
    return Hit(first, last + 1, "source")


def _may_name_firm(words: Words, i: int) -> bool:
    marks = words.grammemes(i)
    if words.is_letters(i) and {"VERB", "INFN", "PREP", "NPRO"} & marks:
        return False
    return (
        words.has_capital(i) or words.is_digits(i) or words.low[i] in ("-", "и", "+") or bool({"NOUN", "ADJF"} & marks)
    )


def _speaks_against(words: Words, i: int) -> bool:
    """Whether the word before a quoted name makes a stop, a street, a sign or a speech of it."""
    before = words.word(i)
    known = lexicon("address_words")
    if not before or before in _NOT_FIRM_BEFORE or before in (":", "—", "–", "-", "("):
        return True
    if any(before in known[section] for section in ("landmark", "settlement", "street", "stop")):
        return True
    marks = words.grammemes(i) if words.is_letters(i) else frozenset()
    if "gent" in marks and words.word(i - 1) in _NOT_FIRM_BEFORE:
        return True  # «остановка трамвая «Мебельная фабрика»»
    return "VERB" in marks or {"plur", "NOUN"} <= marks


def suffix(words: Words, i: int, _floor: int) -> Hit | None:
    """«Горавтотранс», «СТРОЙСЕРВИС»: an unknown word with a capital that ends as firms do."""
    endings = _SUFFIXES if words.has_capital(i) else _SURE_SUFFIXES
    if not words.low[i].endswith(endings) or is_known(words.tokens[i].lower):
        return None
    stop = (
        i + 3
        if words.word(i + 1) == "-" and words.joined(i + 1) and words.joined(i + 2) and words.is_digits(i + 2)
        else i + 1
    )
    return Hit(i, stop, "suffix")
