"""Names after a legal form or a kind of firm: «ООО «Уют»», «УК Престиж», «застройщик Монолит»."""

from __future__ import annotations

from mcu_nlp.fields.address_numbers import read_number
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.organization_bodies import Hit
from mcu_nlp.fields.organization_institutions import numbered
from mcu_nlp.fields.words import QUOTES, Words
from mcu_nlp.text.morph import is_known

_NOT_NAMES = WordSet("organization_words", "not_names")
# Short forms that are plain words too are believed in capitals only, these in any case.
_WRITTEN_SMALL = WordSet("organization_words", "written_small")
# After these an unknown or well-known word in small letters is a name too: «пао теплосеть».
_BEFORE_SMALL = WordSet("organization_words", "before_small")
_PLACE_HEADS = WordSet("organization_words", "place_heads")
_SECOND_FORMS = frozenset(("жкх", "сош", "жкс", "снт", "днт", "."))
_SHORT_FORM = 3
_MOST_FORMS = 4
_MOST_ADJECTIVES = 3
_MOST_NAMES = 4


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
    stop = _institution(words, start)
    if stop == start:
        stop = firm_name(words, start)
    if stop == start and _is_small_name(words, start, company=company or words.word(i) == "ук", form=words.low[i]):
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


def _institution(words: Words, i: int) -> int:
    """The end of an institution after its legal form: «МБДОУ детский сад № 8», or ``i``."""
    institutions = lexicon("organization_words")["institution"]
    for at in range(i, min(i + _MOST_ADJECTIVES, words.size)):
        if words.low[at] in institutions:
            stop = numbered(words, at)
            return stop if stop > at + 1 else i
        if "ADJF" not in words.grammemes(at):
            break
    return i


def _is_small_name(words: Words, i: int, *, company: bool, form: str) -> bool:
    """«УК прогресс не чистит»: a noun in the nominative, and the sentence goes on."""
    if words.breaks_before(i) or not words.is_letters(i) or words.has_capital(i) or words.low[i] in _NOT_NAMES:
        return False
    marks = words.grammemes(i)
    if not {"NOUN", "nomn"} <= marks or "Name" in marks:
        return False
    well_known = words.low[i] in lexicon("organization_names")["named"] or not is_known(words.tokens[i].lower)
    return (company and words.is_letters(i + 1)) or (form in _BEFORE_SMALL and well_known)


def firm_name(words: Words, start: int) -> int:
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
    # «ООО «Парковая.»: nobody closed the quotes.
    opened = words.word(start) in QUOTES and words.has_capital(start + 1)
    first = start + opened
    stop = unquoted_name(words, first)
    if stop > first and words.low[stop - 1].endswith("ого") and words.word(stop) in _PLACE_HEADS:
        stop += 1  # «МКУ Благоустройство Озёрного района»
    return stop if stop > first else start


def unquoted_name(words: Words, start: int) -> int:
    """The end of a name in capitals or with a capital that begins at token ``start``, or ``start``."""
    stop = start
    while (
        stop < words.size
        and stop - start < _MOST_NAMES
        and words.has_capital(stop)
        and not words.breaks_before(stop)
        and words.low[stop] not in _NOT_NAMES
        and (words.may_be_named(stop) or words.tokens[stop].text.isupper())
    ):
        stop += 1
    if stop > start + 1 and len(words.low[stop - 1]) == 1:
        while words.word(stop) == "." and (words.joined(stop) or words.has_capital(stop + 1)):
            stop += 2 if words.has_capital(stop + 1) and len(words.low[stop + 1]) == 1 else 1
    if stop > start and words.word(stop) == "плюс":
        return stop + 1
    if stop > start and words.word(stop) in ("-", "+") and words.joined(stop):
        stop += 2 if words.joined(stop + 1) and words.is_digits(stop + 1) else 1
    return stop
