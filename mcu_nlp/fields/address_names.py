"""Names inside addresses: «Верхняя Заречная», «3-я Озёрная», «К. Маркса», «40 лет Октября»."""

from __future__ import annotations

from mcu_nlp.fields.address_numbers import NUMBERED_NAMES
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.words import Words
from mcu_nlp.text.morph import is_known, name_score

_ORDINAL_ENDINGS = WordSet("address_words", "ordinal_endings")
_AFTER_NUMBER = WordSet("address_words", "after_number")
# Words with a capital that begin a sentence after an address without a full stop.
_STARTERS = WordSet("address_words", "starters")
# «Ленинского комсомола»: nouns in small letters that end a name.
_TAILS = WordSet("address_words", "name_tails")
_OF_STREETS = frozenset(("ул", ".", "улица", "улице", "улицы", "улицу"))
_LONGEST = 4
_SHORT = 3


def read_ordinal(words: Words, i: int) -> int:
    """The end of a number that belongs to a name («3-я», «40 лет», «9 Мая»), or ``i``.

    >>> from mcu_nlp.text.document import Document
    >>> words = Words(Document.of("3-я Озёрная, 40 лет Октября"))
    >>> words.text(0, read_ordinal(words, 0)), words.text(5, read_ordinal(words, 5))
    ('3-я', '40 лет')
    """
    if not words.is_digits(i) or len(words.low[i]) > _LONGEST:
        return i
    if words.word(i + 1) == "-" and words.joined(i + 1) and words.word(i + 2) in _ORDINAL_ENDINGS:
        return i + 3
    if words.word(i + 1) in _AFTER_NUMBER:
        return i + 2
    return i + 2 if words.joined(i + 1) and words.word(i + 1) in _ORDINAL_ENDINGS else i


def is_known_street(words: Words, i: int) -> bool:
    """Whether the token is a widespread street name («Ленина», «садовой»)."""
    return words.word(i) in lexicon("address_words")["known_street"]


def looks_like_name(words: Words, i: int, *, any_case: bool) -> bool:
    """Whether a token can begin a proper name; small letters are believed only with reason."""
    if not words.may_be_named(i) or words.word(i) in _STARTERS:
        return False
    if words.has_capital(i):
        return True
    low = words.low[i]
    if is_known_street(words, i) or low in lexicon("address_words")["name_head"]:
        return True
    if not any_case:
        return False
    return (
        not is_known(words.tokens[i].lower)
        or max(name_score(words.tokens[i].lower)) > 0.3
        or bool({"Geox", "ADJF"} & words.grammemes(i))
    )


def read_name(words: Words, i: int, *, any_case: bool = False) -> int:
    """The end of the proper name that begins at token ``i``, or ``i`` when there is none.

    ``any_case`` believes names in small letters too, as after «ул.».
    """
    if words.quoted(i) > i:
        return words.quoted(i) if words.has_capital(i + 1) or words.is_digits(i + 1) else i
    start = read_ordinal(words, i)
    if (
        start > i
        and words.word(start - 1) not in _ORDINAL_ENDINGS
        and start == i + 2
        and not looks_like_name(words, start, any_case=any_case)
    ):
        return start if words.has_capital(start - 1) or any_case else i
    stop = _read_initials(words, start)
    if not looks_like_name(words, stop, any_case=any_case or start > i):
        return i
    return _read_words(words, stop)


def _read_initials(words: Words, i: int) -> int:
    stop = i
    while words.has_capital(stop) and len(words.low[stop]) == 1 and words.word(stop + 1) == "." and stop - i < 4:
        stop += 2
    return stop


def _goes_on(words: Words, i: int) -> bool:
    """Whether token ``i`` is one more word of the name before it."""
    known = lexicon("address_words")
    low, after_head = words.low[i], words.low[i - 1] in known["name_head"]
    if (
        low == "линия"
        and words.low[i - 1].endswith("ая")
        and words.word(i - 2) in ("ул", ".", "улица", "улице", "улицы")
    ):
        return True  # «ул. Красная линия»
    if low in known["street"] or low in _STARTERS or words.word(i + 1) in known["district"]:
        return False
    if low in known["settlement"] and not (words.has_capital(i) and len(low) > _SHORT):
        return False
    if words.word(i + 2) == "." and len(words.word(i + 1)) == 1 and words.has_capital(i + 1):
        return False  # «с. Дальнее Лунин В. Н.»: a person begins.
    if words.is_digits(i + 1) and is_known_street(words, i) and not after_head:
        return False  # «г. Ольховск Ленина 5»: the next name has a house of its own.
    if low in known["house"] and not words.has_capital(i):
        return False
    if low in _TAILS and words.low[i - 1].endswith(("ого", "ой", "ей", "ых", "их", "ому")):
        return True
    return (words.has_capital(i) or after_head) and words.may_be_named(i)


def _read_words(words: Words, i: int) -> int:
    """Step over the words of a name, of which the first is believed already."""
    stop = i + 1
    if words.is_digits(stop) and words.word(stop + 1) == "-" and words.word(stop + 2) in NUMBERED_NAMES:
        return stop + 3  # «Стрелков 5-Дивизии»
    inner = read_ordinal(words, stop)
    if inner > stop and (words.word(inner - 1) in NUMBERED_NAMES or words.word(inner) in NUMBERED_NAMES):
        return inner if words.word(inner - 1) in NUMBERED_NAMES else inner + 1
    while stop < min(i + _LONGEST, words.size) and words.is_letters(stop) and not words.breaks_before(stop):
        if not _goes_on(words, stop):
            break
        stop += 1
    if words.word(stop) == "-" and words.joined(stop) and words.joined(stop + 1) and words.is_digits(stop + 1):
        stop += 2
    # «ГДК «Рассвет»»
    return words.quoted(stop) if words.tokens[stop - 1].text.isupper() and len(words.low[stop - 1]) > 1 else stop
