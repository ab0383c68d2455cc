"""Rules that find where the name of an organisation begins and ends; one for each section of the word list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mcu_nlp.fields.address_names import read_name
from mcu_nlp.fields.address_numbers import read_number
from mcu_nlp.fields.address_parts import after_mark
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.organization_bodies import Hit, adjectives_before, body, complement_of_place, is_adjective
from mcu_nlp.fields.words import Words
from mcu_nlp.text.morph import is_known

Rule = Callable[[Words, int, int], Hit | None]

_NOT_NAMES = WordSet("organization_words", "not_names")
# Short forms that are plain words too are believed in capitals only, these in any case.
_WRITTEN_SMALL = WordSet("organization_words", "written_small")
# What stands before a quoted phrase that is no firm: stops, programmes, signs, words.
_NOT_FIRM_BEFORE = WordSet("organization_words", "not_firm_before")
_NEAR = WordSet("organization_words", "near")
# Words of the list that are plain words too: believed with a capital inside a sentence only.
_COMMON_NAMED = WordSet("organization_words", "common_named")
# Networks that a region's adjective may precede: «Берёзовский РЭС».
_REGIONAL = WordSet("organization_words", "regional")
_SECOND_FORMS = frozenset(("жкх", "сош", "жкс", "."))
_SHOPS = ("магнит", "пятероч", "перекрест", "сбер", "светофор")
_OF_RUSSIA = ("мвд", "умвд", "омвд", "росс", "госстр", "газпром", "мин")
_KINDS_OF_HOSPITALS = ("городск", "центральн", "районн", "областн", "детск", "стоматологич", "инфекцион")
_FROM = frozenset(("от", "до"))
_OPENING = frozenset('«“"„')
_BEFORE_FIRM = frozenset(("в", "из", "от", "с", "к", "у"))
# Endings by which firms are called, in the nominative and as they decline.
_SUFFIXES = tuple(
    stem + ending
    for stem in ("транс", "сервис", "строй", "энерго", "сбыт", "телеком", "автодор", "водоканал", "сеть", "газ", "банк")
    for ending in ("", "а", "ом", "е")
)
# Networks where people only talk.
_NETWORKS = WordSet("organization_words", "networks")
_NUISANCES = ("запах", "вон", "смрад", "выброс", "отход", "дым", "шум", "смог")
_NO_FIRMS = frozenset(("дтп", "гост", "пдд", "снип", "смс", "рено", "паз", "тролза", "оооо", "жк", "мкд"))
_SHORT_FORM = 3
_MOST_FORMS = 4
_SHORT_NAME = 2
_LONGEST_NAME = 5
_LONG_NUMBER = 3


def legal(words: Words, i: int, _floor: int) -> Hit | None:
    """«ООО «Уют»», «МУП ЖКХ «Исток»», «УК Престиж», «ИП Иванов», «МБОУ СОШ № 4»."""
    start = i + 1
    if words.is_digits(i - 1):
        return None  # «А 111 УК 99» is the plate of a car.
    if _is_plain_word(words, i) and words.quoted(start) == start:
        return None
    company = words.word(i).startswith("управляющ")
    if company:
        if not words.word(start).startswith("компан"):
            return None
        start += 1
    start = _second_forms(words, start)
    stop = _name(words, start)
    if stop == start and (company or words.word(i) == "ук") and _is_small_name(words, start):
        stop = start + 1
    if stop == start and start > i + 1 and words.low[start - 1] in ("сош", "жкх"):
        return Hit(i, start, "legal")
    return Hit(i, stop, "legal") if stop > start else None


def _second_forms(words: Words, i: int) -> int:
    """Step over further forms: «МУП ЖКХ …», «ООО Управляющая компания …»."""
    legal_forms = lexicon("organization_words")["legal"]
    stop = i
    while stop - i < _MOST_FORMS:
        if words.word(stop) == "." and words.quoted(stop + 1) == stop + 1:
            break
        if words.word(stop).startswith("управляющ"):
            if not words.word(stop + 1).startswith("компан"):
                break
            stop += 1
        elif words.word(stop) not in legal_forms and words.word(stop) not in _SECOND_FORMS:
            break
        stop += 1
    return stop


def _is_plain_word(words: Words, i: int) -> bool:
    """Whether a short form in small letters is rather a word of the sentence."""
    low = words.low[i]
    return len(low) <= _SHORT_FORM and words.tokens[i].text.islower() and low not in _WRITTEN_SMALL


def _is_small_name(words: Words, i: int) -> bool:
    """«УК прогресс не чистит»: a noun in the nominative, and the sentence goes on."""
    if words.breaks_before(i) or not words.is_letters(i) or words.has_capital(i) or words.low[i] in _NOT_NAMES:
        return False
    marks = words.grammemes(i)
    return {"NOUN", "nomn"} <= marks and "Name" not in marks and words.is_letters(i + 1)


def _name(words: Words, start: int) -> int:
    """The end of a name after a legal form: quoted, numbered, in capitals or capitalised."""
    stop = words.quoted(start)
    if stop > start:
        # «ООО «УК «Зенит»»: quotes inside quotes close together.
        if words.word(stop) in ("»", '"', "”") and words.joined(stop):
            stop += 1
        if words.word(stop) == "-" and words.joined(stop) and words.quoted(stop + 1) > stop + 1:
            stop = words.quoted(stop + 1)  # «ПАО «Тепло»-«Южная генерация»»
        return stop
    stop = read_number(words, start)
    if stop > start:
        return stop
    while (
        stop < words.size
        and stop - start < 4
        and words.has_capital(stop)
        and not words.breaks_before(stop)
        and words.low[stop] not in _NOT_NAMES
        and (words.may_be_named(stop) or words.tokens[stop].text.isupper())
    ):
        stop += 1
    if stop > start and words.word(stop) in ("-", "+") and words.joined(stop):
        stop += 2 if words.joined(stop + 1) and words.is_digits(stop + 1) else 1
    return stop


def institution(words: Words, i: int, floor: int) -> Hit | None:
    """«поликлиника № 2», «Каменская районная больница», «5 поликлиника», «школа № 12»."""
    medical = lexicon("organization_words")["institution"][words.low[i]] == "больница"
    if not medical and not words.speaks_of_lessons:
        return None  # Where nobody speaks of lessons, a school only tells the place.
    if _is_landmark(words, i, medical=medical):
        return None
    start = i + 2 if words.word(i + 1) == "." else i + 1
    stop = max(read_number(words, start), words.quoted(start))
    if stop > start:
        kind_before = i - 1 >= floor and words.low[i - 1].startswith(_KINDS_OF_HOSPITALS)
        return Hit(i - 1 if kind_before else i, _in_memory(words, stop), "institution")
    garden = words.low[i].startswith("сад")
    first = adjectives_before(words, i, floor)
    if first < i and words.word(first - 1) not in _NEAR:
        proper = words.has_capital(first) and not words.opens_sentence(first)
        if garden and not any(low.startswith("детск") for low in words.low[first:i]):
            return None  # «микрорайон Вишнёвый сад»
        if proper or (medical and any(low.startswith(_KINDS_OF_HOSPITALS[:4]) for low in words.low[first:i])):
            return Hit(first, _in_memory(words, i + 1), "institution")
    numbered = i - 1 >= floor and words.is_digits(i - 1) and len(words.low[i - 1]) < _LONG_NUMBER
    return Hit(i - 1, i + 1, "institution") if medical and numbered else None


def _in_memory(words: Words, i: int) -> int:
    """The end of «им. Н. А. Лунина» after an institution, or ``i``."""
    if words.word(i) not in ("им", "имени"):
        return i
    start = i + 2 if words.word(i + 1) == "." else i + 1
    stop = read_name(words, start)
    return stop if stop > start else i


def _is_landmark(words: Words, i: int, *, medical: bool) -> bool:
    """«у школы № 3» tells where; «перевели из 5 поликлиники» does not."""
    if medical and (words.word(i - 1) in _FROM or (words.is_digits(i - 1) and words.word(i - 2) in _FROM)):
        return False
    return words.word(i - 1) in _NEAR or words.word(i - 2) in _NEAR


def firm(words: Words, i: int, _floor: int) -> Hit | None:
    """«магазин «Магнит»», «подрядчик «Строй-Юг»»; near a place it is a landmark."""
    start = i + 1
    stop = words.quoted(start)
    if stop == start or words.word(i - 1) in _NEAR or not words.has_capital(start + 1):
        return None
    if words.low[start + 1] in _NETWORKS:
        return None
    # A shop is called with its type, a contractor without.
    with_kind = lexicon("organization_words")["firm"][words.low[i]] in ("магазин", "банк", "кафе", "страховая")
    return Hit(i if with_kind else start, stop, "firm")


def named(words: Words, i: int, floor: int) -> Hit | None:
    """«ГЖИ», «Водоканал», «Россети»; common words only with a capital."""
    low = words.low[i]
    if low in _COMMON_NAMED and (not words.has_capital(i) or words.opens_sentence(i) or _all_capitals(words, i)):
        return None
    before = words.word(i - 2) if words.word(i - 1) in _OPENING else words.word(i - 1)
    if before in _NEAR and low.startswith(_SHOPS):
        return None
    regional = low in _REGIONAL and i - 1 >= floor and words.has_capital(i - 1) and is_adjective(words, i - 1)
    stop = i + 1
    if low.startswith(_OF_RUSSIA) and words.word(stop) in ("рф", "россии"):
        stop += 1
    if words.word(stop) == "по" and words.word(stop + 1) in ("г", "городу", "району"):
        start = after_mark(words, stop + 2)
        stop = read_name(words, start) if read_name(words, start) > start else stop
    return Hit(i - 1 if regional else i, complement_of_place(words, stop), "named")


def _all_capitals(words: Words, i: int) -> bool:
    """Whether the words round a token shout, so that its capitals prove nothing."""
    return words.tokens[i].text.isupper() and any(
        words.is_letters(at) and words.tokens[at].text.isupper() and len(words.low[at]) > 1 for at in (i - 1, i + 1)
    )


def quoted(words: Words, i: int, _floor: int) -> Hit | None:
    """«Горсвет» in quotes with no kind before it: a firm where the words before do not speak against it."""
    stop = words.quoted(i)
    size = stop - i - 2
    if stop == i or not 1 <= size <= _LONGEST_NAME or not words.has_capital(i + 1) or words.word(i) not in _OPENING:
        return None
    if _is_abbreviation(words, i - 1):
        return Hit(i - 1, stop, "quoted")
    if words.low[i + 1] in _NETWORKS or words.low[i + 1] in lexicon("organization_words")["legal"]:
        return None
    if not all(_may_name_firm(words, at) for at in range(i + 1, stop - 1)) or _speaks_against(words, i - 1):
        return None
    marks = words.grammemes(i - 1)
    of_firm = "NOUN" in marks and size <= _SHORT_NAME and "nomn" not in marks
    return Hit(i, stop, "quoted") if words.word(i - 1) in _BEFORE_FIRM or of_firm else None


def _is_abbreviation(words: Words, i: int) -> bool:
    """Whether a token is an unknown word in capitals, as «ЗОСПКО» before a quoted name."""
    if not words.is_letters(i) or not 3 <= len(words.low[i]) <= 7 or not words.tokens[i].text.isupper():
        return False
    known = lexicon("address_words")
    common = any(words.low[i] in known[section] for section in ("landmark", "settlement", "street", "stop"))
    return not common and not words.low[i].isascii() and words.low[i] not in _NO_FIRMS and not is_known(words.low[i])


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
    return "VERB" in marks or {"plur", "NOUN"} <= marks


def suffix(words: Words, i: int, _floor: int) -> Hit | None:
    """«Горавтотранс», «СТРОЙСЕРВИС»: an unknown word with a capital that ends as firms do."""
    if not words.low[i].endswith(_SUFFIXES) or not words.has_capital(i) or is_known(words.tokens[i].lower):
        return None
    stop = (
        i + 3
        if words.word(i + 1) == "-" and words.joined(i + 1) and words.joined(i + 2) and words.is_digits(i + 2)
        else i + 1
    )
    return Hit(i, stop, "suffix")


RULES: Mapping[str, Rule] = {
    "suffix": suffix,
    "legal": legal,
    "named": named,
    "firm": firm,
    "institution": institution,
    "body": body,
    "quoted": quoted,
    "source": source,
}
