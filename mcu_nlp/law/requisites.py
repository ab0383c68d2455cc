"""What art. 11, p. 1 and 4 ask for: the author's surname, an address for the answer, a text that can be read."""

from __future__ import annotations

import re

from mcu_nlp.law.reading import Reading
from mcu_nlp.records import Flag, Place
from mcu_nlp.text.morph import is_known, name_score

# «Роман» is a first name although the dictionary counts the surname as often.
_RARELY = 3
_INITIAL = re.compile(r"(?<![А-ЯЁа-яё])[А-ЯЁ](?![А-ЯЁа-яё])")
# How many words may stand between «проживаю по адресу» and the address, or it and the author's name.
_NEAR = 8
_FAR = 40
_BESIDE = re.compile(r"[\s,;.–—()\d+-]*(?:тел\.?|адрес:?|прож\w*)?[\s,:;.()\d+-]*", re.IGNORECASE)
_BEFORE_NAME = re.compile(r"[\s,;–—-]*")
_LONG = 2
_PATRONYMIC = re.compile(r"(?:[оеё]вич|[ьи]ич|[оеё]вн|ичн)[а-яё]{0,2}\Z", re.IGNORECASE)
_WORD = re.compile(r"[А-ЯЁа-яёA-Za-z-]{2,}")
# Below this share of dictionary words nothing can be made out; misspelt appeals keep above a half.
_LEGIBLE = 0.2
_ENOUGH_LETTERS = 12
_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбю"
_KEYS = str.maketrans(_LATIN, _CYRILLIC)
_CYRILLIC_WORD = re.compile(r"[а-яё]+")
_MOJIBAKE = re.compile(r"(?:[ÐÑРС][\u0080-\u00bfа-яёА-ЯЁ°±²³´µ¶·¸¹º»¼½¾¿ѓЃ„…†‡€‰‹]){6}")


def no_author(reading: Reading) -> list[Flag]:
    """No surname of an author in the text."""
    if reading.channel in reading.lexicon.without_requisites:
        return []
    return [] if any(has_surname(person.text) for person in reading.authors) else [Flag("no_author")]


def has_surname(name: str) -> bool:
    """Whether a name as written holds more than a first name and a patronymic.

    >>> has_surname("Зоя Лунина"), has_surname("Лунина З. П."), has_surname("Зоя Петровна"), has_surname("Зоя")
    (True, True, False, False)
    """
    words = _WORD.findall(name)
    if words and _INITIAL.search(name):
        return True
    given = [word for word in words if _is_given(word)]
    return len(words) > len(given) or len(given) > _LONG


def _is_given(word: str) -> bool:
    """A first name or a patronymic; endings lead the dictionary astray with surnames that it does not know."""
    first, surname, patronymic = name_score(word.lower())
    if patronymic > surname or (_PATRONYMIC.search(word) is not None and patronymic >= surname):
        return True
    return is_known(word.lower()) and first > surname / _RARELY


def no_address(reading: Reading) -> list[Flag]:
    """Neither an e-mail nor a place that the author calls the own one."""
    if reading.channel in reading.lexicon.without_requisites:
        return []
    if any(contact.type == "email" for contact in reading.card.contacts):
        return []
    return [] if any(_is_home(reading, place) for place in reading.card.places) else [Flag("no_address")]


def _is_home(reading: Reading, place: Place) -> bool:
    """A flat, words as «проживаю» before a house or settlement, or the author's name beside it."""
    if place.flat:
        return True
    if not (place.house or place.settlement):
        return False
    word = reading.word_at(place.start)
    for find in reading.finds("cue", "home"):
        near = 0 <= word - find.stop < _NEAR or place.start <= reading.words[find.first].start < place.end
        if near and place.house:
            return True
    return bool(place.house) and any(
        _BESIDE.fullmatch(reading.text, person.end, min(place.start, person.end + _FAR + 1))
        if person.end <= place.start <= person.end + _FAR
        else place.end <= person.start <= place.end + _FAR
        and _BEFORE_NAME.fullmatch(reading.text, place.end, person.start)
        for person in reading.authors
        if reading.is_author(person)
    )


def unreadable(reading: Reading) -> list[Flag]:
    """A text of which hardly a word is known; value ``layout`` when another keyboard layout makes it readable."""
    words = [token.lower for token in reading.words if len(token.lower) > _LONG]
    letters = sum(map(len, words))
    whole = reading.document.span(0, len(reading.text))
    if _MOJIBAKE.search(reading.text):
        return [Flag("unreadable", (whole,))]
    if letters < _ENOUGH_LETTERS or not words:
        return []
    if sum(len(word) for word in words if word.isascii()) > letters / 2:
        typed = [word for word in _CYRILLIC_WORD.findall(reading.text.lower().translate(_KEYS)) if len(word) > _LONG]
        return [Flag("unreadable", (whole,), "layout")] if typed and _known_share(typed) > 1 - 2 * _LEGIBLE else []
    return [Flag("unreadable", (whole,))] if _known_share(words) < _LEGIBLE else []


def _known_share(words: list[str]) -> float:
    """The share of letters that stand in words of the dictionary."""
    return sum(len(word) for word in words if is_known(word)) / max(1, sum(map(len, words)))
