"""Who: names of people as written, with their role where the text tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mcu_nlp.fields.cover import Cover
from mcu_nlp.fields.lexicon import lexicon
from mcu_nlp.fields.person_roles import is_signature, role_of
from mcu_nlp.fields.person_streets import names_place
from mcu_nlp.fields.person_words import (
    is_common_word,
    is_first_name,
    is_patronymic,
    is_small_patronymic,
    is_surname,
    is_surname_in,
    is_surname_in_capitals,
    looks_like_surname,
    small_patronymics,
)
from mcu_nlp.fields.words import Words
from mcu_nlp.records import Person, Span
from mcu_nlp.text.document import Document
from mcu_nlp.text.morph import name_score

_NAME_IN_SMALL = 0.1
Rule = Callable[[Words, int], int]


def find_persons(document: Document, taken: Iterable[Span] = ()) -> tuple[Person, ...]:
    """Names outside the spans that are ``taken`` (streets and organisations bear names too).

    >>> found = find_persons(Document.of("Уважаемый Пётр Ильич! Меня зовут Зоя Лунина, пишу про ул. Мира."))
    >>> [(person.text, person.role) for person in found]
    [('Пётр Ильич', 'official'), ('Зоя Лунина', 'author')]
    """
    words = Words(document)
    cover = Cover(taken)
    free = [token.text[0].isalpha() and not cover.touches(token.start, token.end) for token in words.tokens]
    found = []
    for first, stop in _hits(words, free):
        start, end = words.tokens[first].start, words.tokens[stop - 1].end
        found.append(Person(start, end, words.source[start:end], role_of(words, first, stop)))
    return tuple(found)


def _hits(words: Words, free: list[bool]) -> Iterator[tuple[int, int]]:
    floor = 0
    small = small_patronymics(words)
    before_patronymics = {at - back for at in small for back in (1, 2)}
    never = lexicon("person_words")["never"]
    for i in range(words.size):
        if (
            i < floor
            or not free[i]
            or not (words.has_capital(i) or i in before_patronymics or is_patronymic(words, i + 1))
        ):
            continue
        for rule in RULES:
            stop = rule(words, i) if words.word(i - 1) not in ("имени", "им") and words.word(i - 2) != "им" else i
            if (
                stop > i
                and all(free[at] or not words.is_letters(at) for at in range(i, stop))
                and not (stop == i + 1 and words.low[i] in never and not is_signature(words, i, stop))
                and not names_place(words, i, stop)
            ):
                yield i, stop
                floor = stop
                break


def _is_initial(words: Words, i: int) -> bool:
    return words.has_capital(i) and len(words.low[i]) == 1 and not words.low[i].isascii()


def _initials(words: Words, i: int) -> int:
    """The end of one or two initials: «И.О.», «И. О», «И О»."""
    if not _is_initial(words, i):
        return i
    stop = i + 1
    if words.word(stop) == ".":
        stop += 1
    elif not _is_initial(words, stop):
        return i
    if _is_initial(words, stop):
        stop += 1
        if words.word(stop) == "." and words.joined(stop):
            stop += 1
    return stop


def surname_initials(words: Words, i: int) -> int:
    """«Половинкин В. С.», «Ким Т.»; a lone initial is believed after a surname only."""
    if not looks_like_surname(words, i) or not _is_initial(words, i + 1) or words.breaks_before(i + 1):
        return i
    stop = _initials(words, i + 1)
    double = stop - i - 1 >= 3 or (stop - i - 1 == 2 and words.word(stop - 1) != ".")
    named = is_surname(words, i) or is_first_name(words, i)
    return stop if stop > i + 1 and (double or named) else i


def initials_surname(words: Words, i: int) -> int:
    """«В. С. Половинкин», «А. Вихрова»."""
    stop = _initials(words, i)
    bare = stop - i == 2 and words.word(stop - 1) != "." and is_surname(words, stop)
    if stop == i or (words.word(stop - 1) != "." and stop - i < 3 and not bare):
        return i
    if (stop - i >= 3 and looks_like_surname(words, stop)) or is_surname(words, stop):
        return stop + 1 if not words.breaks_before(stop) else i
    return i


def _is_small_name(words: Words, i: int) -> bool:
    return words.is_letters(i) and name_score(words.tokens[i].lower)[0] > _NAME_IN_SMALL


def small_name(words: Words, i: int) -> int:
    """«лунина зоя петровна», «зоя петровна»: all in small letters, believed with a patronymic only."""
    if is_small_patronymic(words, i + 1) and _is_small_name(words, i):
        return i + 2
    known_name = is_small_patronymic(words, i + 2) and _is_small_name(words, i + 1)
    return i + 3 if known_name and is_surname_in(words, i) else i


def full_name(words: Words, i: int) -> int:
    """«Лунина Зоя Петровна», «Зоя Петровна Лунина», «Зоя Петровна»."""
    at = i
    if is_patronymic(words, i + 1) and not words.has_capital(i) and _is_small_name(words, i):
        return i + 2  # «уважаемый роман Владимирович»
    if (
        not is_patronymic(words, at + 1)
        and is_patronymic(words, at + 2)
        and words.has_capital(at + 1)
        and (looks_like_surname(words, at) or is_surname_in_capitals(words, at))
    ):
        return at + 3
    if is_patronymic(words, at + 1) and words.has_capital(at) and words.is_letters(at) and len(words.low[at]) > 1:
        stop = at + 2
        surname = (
            words.has_capital(stop)
            and looks_like_surname(words, stop)
            and not words.breaks_before(stop)
            and not is_first_name(words, stop)
        )
        return (
            stop + 1
            if surname and (is_surname(words, stop) or stop + 1 >= words.size or not words.is_letters(stop + 1))
            else stop
        )
    return i


def name_surname(words: Words, i: int) -> int:
    """«Зоя Лунина», «Лунина Зоя»."""
    if words.breaks_before(i + 1) or not words.has_capital(i + 1) or len(words.word(i + 1)) < 2:
        return i
    if is_first_name(words, i) and (
        is_surname(words, i + 1) or (looks_like_surname(words, i + 1) and not words.is_letters(i + 2))
    ):
        return i + 2
    if (
        words.has_capital(i + 2)
        and is_first_name(words, i + 1)
        and is_surname(words, i + 2)
        and not words.breaks_before(i + 2)
    ):
        return i
    if is_first_name(words, i + 1) and (
        is_surname(words, i)
        or (looks_like_surname(words, i) and (not words.opens_sentence(i) or is_signature(words, i, i + 2)))
    ):
        return i + 2
    return i


def lone_name(words: Words, i: int) -> int:
    """«меня зовут Зоя», «С уважением, Зоя», «Добрый день, Роман!», «депутат Лунин», «писали Лунину»."""
    if len(words.low[i]) < 3:
        return i
    name, surname = is_first_name(words, i), is_surname(words, i)
    titles = lexicon("person_words")
    before = words.word(i - 1) if words.word(i - 1) != "," else words.word(i - 2)
    before = _title_before(words, i) or before
    if words.low[i].endswith(_ADJECTIVE_ENDS) and words.is_letters(i + 1) and not words.has_capital(i + 1) and not name:
        return i
    titled = any(before in titles[kind] for kind in ("official", "other")) or words.word(i - 1) in (
        "зовут",
        "уважением",
        "заявитель",
        "семья",
        "тетя",
        "староста",
    )
    titled = titled or words.word(i + 1) == "зовут"
    if titled and not (name or surname) and is_common_word(words, i):
        return i  # «мэру Ольховска», «председатель Совета»
    if titled and (name or looks_like_surname(words, i)) and (name or surname or not words.opens_sentence(i)):
        return i + 1
    if is_signature(words, i, i + 1) and (name or surname):
        return i + 1
    initial = words.has_capital(i + 1) and len(words.low[i + 1]) == 1 and words.word(i + 2) == "."
    if name and initial and is_signature(words, i, i + 3):
        return i + 3  # «Надежда С.»
    if before in ("день", "вечер", "утро", "здравствуйте", "уважением") and name:
        return i + 1
    return i + 1 if surname and not name and not words.opens_sentence(i) and _only_surname(words, i) else i


def _title_before(words: Words, i: int) -> str:
    """The title that a genitive parts from the name: «главе поселения Лунину», «староста улицы Ринат»; or nothing."""
    for at in range(i - 1, max(-1, i - 4), -1):
        if words.low[at] in lexicon("person_words")["official"]:
            return words.low[at] if at < i - 1 else ""
        marks = words.grammemes(at)
        if words.has_capital(at) or not ({"NOUN", "gent"} <= marks or "ADJF" in marks):
            return ""
    return ""


def _only_surname(words: Words, i: int) -> bool:
    """Whether a lone capitalised word in a sentence is a surname beyond doubt: «буду писать и Лунину»."""
    marks = words.grammemes(i)
    common = (
        words.low[i] in lexicon("address_words")["known_street"]
        or words.low[i].endswith(_ADJECTIVE_ENDS)
        or words.has_capital(i + 1)
    )
    return "Surn" in marks and "Geox" not in marks and not common and not words.tokens[i].text.isupper()


_ADJECTIVE_ENDS = ("ой", "ый", "ий", "ая", "ое", "ые", "ого", "ому", "ом", "их", "ых")


RULES: tuple[Rule, ...] = (full_name, small_name, surname_initials, initials_surname, name_surname, lone_name)
