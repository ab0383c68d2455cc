"""House numbers as people write them: «19Д», «14/1», «1 «А»», «17к2», «№№ 10, 12А»."""

from __future__ import annotations

from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.words import Words

# A number before one of these counts something: it is no house.
_COUNTED = WordSet("address_words", "counted")
# «Стрелков 5 Дивизии»: the number belongs to the name of a street.
NUMBERED_NAMES = WordSet("address_words", "numbered_names")
_MARKS = WordSet("address_words", "marks")
# Capitals that begin a word group more often than they stand for a house letter.
_SHORT_WORDS = frozenset("аиоусквя")
# Letters of houses; «1-я», «2-й» are ordinals.
_LETTERS = frozenset("абвгдежзикл")
_ORDINALS = frozenset(("й", "я", "ю", "ая", "ый", "ой", "го", "му", "м"))
_RANGE = frozenset("/\\|-–")
_LONGEST = 4


def read_number(words: Words, i: int) -> int:
    """The end of the house number that begins at token ``i``, or ``i`` when there is none.

    >>> from mcu_nlp.text.document import Document
    >>> words = Words(Document.of("№ 14/1 и 5 «А» и 17к2 и 7 градусов"))
    >>> [words.text(i, read_number(words, i)) for i in (0, 5, 10, 14)]
    ['№ 14/1', '5 «А»', '17к2', '']
    """
    stop = i
    while words.word(stop) in _MARKS or (words.word(stop) == "." and stop > i):
        stop += 1
    if not words.is_digits(stop) or len(words.low[stop]) > _LONGEST:
        return i
    if words.joined(stop + 1) and words.word(stop + 1) in _ORDINALS:
        return i  # «1й переулок»
    stop = _after_letter(words, stop + 1)
    while words.word(stop) in _RANGE and words.joined(stop) and words.joined(stop + 1) and words.is_digits(stop + 1):
        if len(words.low[stop + 1]) > _LONGEST:
            return i
        stop = _after_letter(words, stop + 2)
    return i if counts_something(words, stop) else stop


def _after_letter(words: Words, i: int) -> int:
    """Step over the letter of a house: «19Д», «1 «А»», «8 А», «4-а», «17к2»."""
    if words.word(i) in ("к", "корп", "стр", "с") and words.joined(i) and words.is_digits(i + 1):
        return i + 2 if words.joined(i + 1) else i
    if words.word(i) == "-" and words.joined(i) and words.joined(i + 1) and words.word(i + 1) in _LETTERS:
        return i + 2
    if words.quoted(i) == i + 3 and len(words.low[i + 1]) == 1 and words.is_letters(i + 1):
        return i + 3
    letter = words.word(i)
    if len(letter) != 1 or not words.is_letters(i):
        return i
    if letter == "г" and words.joined(i) and len(words.low[i - 1]) < _LONGEST and words.word(i + 1) != ".":
        return i + 1  # «12г», not «2012г»
    if words.joined(i) or (words.has_capital(i) and letter not in _SHORT_WORDS) or letter in "бгде":
        return i if letter == "г" and not words.has_capital(i) else i + 1
    alone = i + 1 >= words.size or not words.is_letters(i + 1)
    return i + 1 if (letter == "а" and (words.has_capital(i) or alone)) or (letter == "в" and alone) else i


def counts_something(words: Words, i: int) -> bool:
    """Whether token ``i`` makes a quantity, an hour or a date of the number before it."""
    word = words.word(i)
    if word in _COUNTED:
        # «в доме 5 г. Ольховска», «на Мира 5 кв. 3»: an address goes on.
        return not (
            word in ("г", "кв", "м", "в", "р", "л")
            and (words.word(i + 1) == "." or words.has_capital(i + 1) or words.is_digits(i + 1))
        )
    if word in ("-", "–") and words.joined(i) and words.joined(i + 1) and words.is_letters(i + 1):
        return len(words.low[i + 1]) > 1 or words.low[i + 1] in "яйеюм"
    if word in NUMBERED_NAMES:
        return True
    return (
        word in (":", ".", ",") and words.joined(i) and words.joined(i + 1) and words.is_digits(i + 1) and word != ","
    )


def read_numbers(words: Words, i: int) -> int:
    """The end of a list of house numbers: «30 ,28,26», «2 и 4», «96 и 94», «5-11»."""
    stop = read_number(words, i)
    if stop == i:
        return i
    while True:
        after = stop
        while words.word(after) in (",", "и", "-", "–", "—") and after - stop < 2:
            after += 1
        if words.breaks_before(after):
            return stop
        end = read_number(words, after)
        if end == after or _names_next_part(words, end, listed=after > stop):
            return stop
        stop = end


def read_range(words: Words, i: int) -> int:
    """The end of a stretch of houses: «с 3 по 27», «от дома 4 до дома 16», «от 80-го и до 94».

    >>> from mcu_nlp.text.document import Document
    >>> words = Words(Document.of("с 3 по 27, с 8 до 17"))
    >>> words.text(0, read_range(words, 0)), read_range(words, 5)
    ('с 3 по 27', 5)
    """
    if words.word(i) not in ("с", "от"):
        return i
    at, told = _range_end(words, i + 1)
    if at == i + 1:
        return i
    at += words.word(at) == "и"
    if words.word(at) not in ("по", "до"):
        return i
    told = told or words.word(at) == "по"
    stop, told_twice = _range_end(words, at + 1)
    return stop if stop > at + 1 and (told or told_twice) else i


def _range_end(words: Words, i: int) -> tuple[int, bool]:
    """The end of a house number with or without its word, and whether it is a house for certain."""
    told = words.word(i).startswith("дом")
    start = i + 1 if told else i
    stop = read_number(words, start)
    if stop > start:
        return stop, told or stop > start + 1
    if words.is_digits(start) and words.word(start + 1) == "-" and words.word(start + 2) in ("го", "й", "ого"):
        return start + 3, True
    return i, False


def _names_next_part(words: Words, i: int, *, listed: bool) -> bool:
    """Whether the number before token ``i`` belongs to what follows: «21 1 подъезд»."""
    known = lexicon("address_words")
    return any(words.word(i) in known[part] for part in ("building", "landmark")) or (
        not listed and words.is_letters(i) and not words.is_letters(i - 1) and words.word(i) not in known["link"]
    )
