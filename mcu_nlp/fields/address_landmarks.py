"""Landmarks and stops: what tells where without a street."""

from __future__ import annotations

from mcu_nlp.fields.address_names import is_known_street, read_name, read_ordinal
from mcu_nlp.fields.address_numbers import read_number, read_numbers
from mcu_nlp.fields.address_parts import Part, adjective_before, bare, begins_person
from mcu_nlp.fields.address_settlements import with_number
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.person_words import is_surname
from mcu_nlp.fields.words import Words
from mcu_nlp.text.morph import name_score

_STOP_KINDS = WordSet("address_words", "stop_kinds")
_SHOPS = ("магаз", "супермаркет", "гипермаркет", "кафе", "ресторан", "аптек", "киоск")
_SCHOOLS = frozenset(("сош", "школа", "лицей", "гимназия"))
_RAILWAYS = ("вокзал", "переезд", "мост", "станци", "больниц", "поликлин", "путепровод", "платформ", "депо", "узел")
_SHORT_NUMBER = 4
_OWNED = ("ино", "ово", "ево", "ин", "ов", "ев", "ином", "овом", "ева", "ина", "ова")
_WATERS = ("озер", "пруд", "лес", "луг", "овраг", "рощ", "болот")
_NEAR = WordSet("address_words", "near")
_STOP_WORDS = WordSet("address_words", "stop_words")
_LANDMARK_KINDS = WordSet("address_words", "landmark_kinds")
_BEFORE_NUMBERED = WordSet("address_words", "before_numbered")
# Landmarks (by form or by kind) after which a number is theirs.
_NUMBERED = WordSet("address_words", "numbered")
_PROPER_ENDS = ("ский", "ская", "ской", "ского")
_ABBREVIATION = 6
_BESIDE = frozenset(("между", "возле", "около", "напротив", "вблизи", "мимо"))
_NAMED = 0.2
_NO_NAME = WordSet("address_words", "no_name")


def stop(words: Words, i: int, _kind: str, floor: int) -> Part | None:
    """«остановка Площадь Героев», «на остановке «Школа»», «3-я Полевая улица»."""
    first = i - 1 if i - 1 >= floor and words.word(i - 1) in _STOP_KINDS else i
    start = i + 1
    while (words.word(start) == "." and len(words.low[i]) < _ABBREVIATION) or words.word(start) in _STOP_WORDS:
        start += 1
    end = _stop_name(words, start)
    if end == start:
        before = adjective_before(words, i, floor)
        if before < i and words.low[before] not in _STOP_KINDS:
            return Part(before, i + 1, "stop", {"stop": words.text(before, i)})
        return Part(first, i + 1, "word", {}, strong=False)
    return Part(first, end, "stop", {"stop": bare(words, start, end)})


def _stop_name(words: Words, start: int) -> int:
    known = lexicon("address_words")
    if words.word(start) in known["street"] and words.word(start + 1) == ".":
        named = read_name(words, start + 2)
        return named if named > start + 2 else start  # «остановка ул. Мира»
    end = read_name(words, start)
    if words.has_capital(start) and words.word(start) in known["street"] and end == start:
        end = start + 1
    if end > start and words.word(start) in known["street"] and words.quoted(start) == start:
        return max(end, read_name(words, end))
    if (end > start and words.word(end) in known["street"] and words.word(end) not in ("ул", "улица")) or (
        read_ordinal(words, start) > start and words.word(end) in known["street"]
    ):
        return end + 1
    if end == start and words.is_digits(start):
        end = read_number(words, start)
        return end + 1 if end > start and words.joined(end) and words.word(end) in known["settlement"] else end
    return with_number(words, end) if end > start and words.is_letters(end - 1) else end


def landmark(words: Words, i: int, kind: str, floor: int) -> Part | None:
    """«школа № 28», «магазин «Магнит»», «парк Героев», «Покровская церковь»; weak without a name."""
    start, end = _landmark_name(words, i, kind)
    known = lexicon("address_words")
    if end > start and words.low[i] in known["crossing"] and words.word(end) in known["street"]:
        return None  # «на перекрёстке Полевого бульвара и …»
    first = _landmark_first(words, i, floor)
    named = end > start or (first < i and not words.low[i - 1].startswith(("детск", "торгов")))
    railway = _railway_before(words, i, first, floor)
    if railway < first:
        return Part(railway, max(end, i + 1), "landmark", {"landmark": words.text(railway, max(end, i + 1))})
    if not named and words.low[i].startswith("пост"):
        return None
    if not named:
        brand = words.low[i].startswith("сбербанк") and is_beside(words, i)
        return Part(first, i + 1, "landmark", {"landmark": words.text(first, i + 1)}, strong=brand)
    last = max(end, i + 1) if end > start else i + 1
    shop = words.low[i].startswith(_SHOPS) and words.quoted(start) > start
    strong = (not shop or words.word(first - 1) in _NEAR) and not words.low[i].startswith("админ")
    return Part(first, last, "landmark", {"landmark": words.text(first, last)}, strong)


def _landmark_name(words: Words, i: int, kind: str) -> tuple[int, int]:
    """The first token and the end of a landmark's name or number; they are the same when it has none."""
    start = i + 1
    while words.word(start) in ("№", "#") or (words.word(start) == "." and len(words.low[i]) < 4 and start - i < 3):
        start += 1
    if words.word(start) == "-" and words.joined(start) and words.joined(start + 1) and words.is_digits(start + 1):
        start += 1  # «ГСК-71»
    end = words.quoted(start)
    if (
        end == start
        and words.is_digits(start)
        and (kind in ("школа", "детский сад", "больница") or words.low[i] in _NUMBERED)
    ):
        end = read_numbers(words, i + 1 if words.word(i + 1) not in (".", "-") else start)
    if end <= start and words.word(start) in ("имени", "им"):
        end = _named_after(words, start + 1)
    if end <= start and words.word(start) in _SCHOOLS and words.word(start) != words.word(i):
        end = max(end, _after_school(words, start))  # «МБОУ СОШ № 71»
    if end <= start and start == i + 1 and words.low[i] not in ("школ", "школами"):
        end = read_name(words, start)
        officials = lexicon("person_words")["official"]
        official = words.word(start) in officials or (words.word(i - 1) in officials and is_surname(words, start))
        if end > start and (words.low[start] in _NO_NAME or official or begins_person(words, start)):
            end = start
        if end > start and _names_something_else(words, i, start, end):
            end = start
    return start, end


def _names_something_else(words: Words, i: int, start: int, end: int) -> bool:
    """Whether the words after a landmark are of a district, of a street with a house, or no name at all."""
    known = lexicon("address_words")
    if words.word(end) in known["district"] or (words.word(end) == "с" and words.word(end + 1) == "/"):
        return True  # «школой Озёрного района»
    if end == start + 1 and is_known_street(words, start) and read_number(words, end) > end:
        return True  # «около рынка Чехова 36а»
    shouted = (
        len(words.low[i]) > _SHORT_NUMBER and words.tokens[i].text.isupper() and words.tokens[start].text.isupper()
    )
    if shouted and {"ADJF", "PRTF"} & words.grammemes(start) and end == start + 1:
        return True  # «СВЕТОФОР НОВЫЙ»
    small = not words.has_capital(start) and words.low[start] in known["name_head"]
    return small and not words.has_capital(start + 1) and not is_known_street(words, start + 1)


def _after_school(words: Words, i: int) -> int:
    """The end of the number after «СОШ», or ``i``."""
    start = i + 2 if words.word(i + 1) in ("№", "#") else i + 1
    return start + 1 if words.is_digits(start) and len(words.low[start]) < _SHORT_NUMBER else i


def _named_after(words: Words, i: int) -> int:
    """The end of the person's name after «имени», or 0: «сквер им. Чехова», «школа имени А. С. Попова»."""
    start = i + 1 if words.word(i) == "." else i
    end = read_name(words, start)
    return end if end > start else 0


def _railway_before(words: Words, i: int, first: int, floor: int) -> int:
    """The first token of «жд», «ж/д» or «железнодорожный» before a landmark of railways, or ``first``."""
    if not words.low[i].startswith(_RAILWAYS):
        return first
    if first - 1 >= floor and words.low[first - 1] in ("жд", "ж-д"):
        return first - 1
    split = words.word(first - 1) == "д" and words.word(first - 2) in ("/", ".") and words.word(first - 3) == "ж"
    dotted = words.word(first - 1) == "." and words.word(first - 2) == "д" and words.word(first - 4) == "ж"
    back = 3 if split else 5 if dotted else 0
    return first - back if back and first - back >= floor else first


def _landmark_first(words: Words, i: int, floor: int) -> int:
    """The first token of what describes a landmark from the left: «Покровской», «детским», «5»."""
    first = adjective_before(words, i, floor)
    proper = not words.opens_sentence(first) or words.low[first].endswith(_PROPER_ENDS)
    if first < i and words.has_capital(first) and proper:
        return first
    if i - 1 < floor:
        return i
    if words.word(i - 1) in _LANDMARK_KINDS:
        return i - 1
    if words.has_capital(i - 1) and not words.opens_sentence(i - 1) and words.low[i - 1].endswith(_OWNED):
        return i - 1 if words.low[i].startswith(_WATERS) else i  # «Ольгино озеро»
    if words.word(i - 1) == "." and i - 2 >= floor and words.word(i - 2) in _LANDMARK_KINDS:
        return i - 2  # «дет.садик»
    if words.is_digits(i - 1) and words.word(i - 2) in _BEFORE_NUMBERED:
        return i - 1 if words.low[i].startswith(("школ", "лице", "гимн", "больниц", "поликлиник")) else i
    return i - 3 if i - 3 >= floor and read_ordinal(words, i - 3) == i else i


def bare_landmark(words: Words, i: int) -> Part | None:
    """«возле Стекломаша», «напротив «Магнита»», «рядом с ЦУМом»: a proper name after a word that tells where."""
    if not is_beside(words, i):
        return None
    end = words.quoted(i)
    between = words.word(i - 1) == "между" and "Geox" not in words.grammemes(i)
    if end == i and words.has_capital(i) and not between and not _is_somebody(words, i):
        end = read_name(words, i)
        if words.tokens[i].text.isupper() and words.word(end) in ("№", "#") and words.is_digits(end + 1):
            end += 2  # «рядом с ОПС № 8»
        if end > i and words.word(end) in ("имени", "им"):
            end = max(end, _named_after(words, end + 1))
    if end > i and words.low[end - 1] in lexicon("organization_words")["body"]:
        return None
    return Part(i, end, "landmark", {"landmark": bare(words, i, end)}) if end > i else None


def is_beside(words: Words, i: int) -> bool:
    """Whether the words before token ``i`` say that something stands beside it."""
    return words.word(i - 1) in _BESIDE or (words.word(i - 1) in ("с", "со") and words.word(i - 2) == "рядом")


def _is_somebody(words: Words, i: int) -> bool:
    """Whether a word with a capital is a person, a title or a pronoun rather than a landmark."""
    low = words.low[i]
    titles = lexicon("person_words")
    if any(low in titles[kind] for kind in ("official", "author", "other", "never")):
        return True
    names = sum(name_score(words.tokens[i].lower))
    return names > _NAMED or bool({"Apro", "NPRO", "ADJF"} & words.grammemes(i)) or begins_person(words, i)
