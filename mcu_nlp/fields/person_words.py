"""Whether a word is a first name, a patronymic or a surname."""

from __future__ import annotations

import re

from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.words import Words
from mcu_nlp.text.morph import is_known, name_score

_PATRONYMIC = re.compile(
    r".{2,}(?:[оеё]вич|[ьи]ич|[оеё]вн|ичн|инич)(?:|а|у|ем|е|ы|ой|ою)\Z|(?:иль|кузьм|лук|фом|никит)и?(?:ич|ничн)(?:|а|у|ем|е|ы|ой)\Z"
)
_SURNAME = re.compile(
    r".{2,}(?:[оеё]в|[иы]н|ск(?:ий|ая|ого|ой|ому)|цк(?:ий|ая|ого|ой|ому)|ко|ук|юк|чук|ян|дзе|швили|их|ых|[оеё]ва|[иы]на|[оеё]вой|[иы]ной|[оеё]ву|[иы]ну|[оеё]ву|ым|ак|як|ер|ман|ич|ец|ань|ай|ук)\Z"
)
# «Уважаемый Пётр Ильич»: the first word is no surname.
_ADDRESSING = ("уважаем", "многоуважаем", "глубокоуважаем", "дорог", "скрин", "российск", "основн")
_LEAST = 0.15
# How those sign who tell no name.
_NOBODY = WordSet("person_words", "nobody")


def is_first_name(words: Words, i: int) -> bool:
    """Whether the token can be a first name."""
    return (
        words.has_capital(i)
        and len(words.low[i]) > 2
        and words.low[i] not in _NOBODY
        and name_score(words.tokens[i].lower)[0] >= _LEAST
        and is_known(words.tokens[i].lower)
    )


def is_patronymic(words: Words, i: int) -> bool:
    """Whether the token can be a patronymic."""
    if not words.has_capital(i) or len(words.low[i]) < 4:
        return False
    return name_score(words.tokens[i].lower)[2] >= _LEAST or _PATRONYMIC.match(words.low[i]) is not None


def is_surname(words: Words, i: int) -> bool:
    """Whether the token is a surname by the dictionary, or by its ending if unknown to it."""
    if not words.has_capital(i) or len(words.low[i]) < 3 or words.low[i] in _NOBODY:
        return False
    if words.low[i] in lexicon("person_words")["never"]:
        return False
    low = words.tokens[i].lower
    return name_score(low)[1] >= _LEAST or (not is_known(low) and _SURNAME.match(words.low[i]) is not None)


def looks_like_surname(words: Words, i: int) -> bool:
    """Whether the token could be a surname at all: a capitalised word that is nothing else."""
    if not words.has_capital(i) or len(words.low[i]) < 2 or not words.is_letters(i):
        return False
    if words.low[i].startswith(_ADDRESSING) or words.tokens[i].text.isascii():
        return False
    if (
        words.low[i] in lexicon("person_words")["never"]
        or words.low[i] in lexicon("person_words")["official"]
        or words.low[i] in lexicon("person_words")["author"]
        or words.low[i] in lexicon("person_words")["other"]
    ):
        return False
    return is_surname(words, i) or (words.may_be_named(i) and not words.tokens[i].text.isupper())


_SMALL_PATRONYMIC = tuple(
    stem + ending
    for stem, endings in {"вич": " а у ем", "вн": "а ы е у ой", "ичн": "а ы е у ой"}.items()
    for ending in endings.split(" ")
)
_SURE = 0.5


def is_small_patronymic(words: Words, i: int) -> bool:
    """Whether a token in small letters is a patronymic beyond doubt."""
    low = words.word(i)
    if not low.endswith(_SMALL_PATRONYMIC) or not words.is_letters(i) or words.has_capital(i):
        return False
    return name_score(words.tokens[i].lower)[2] >= _SURE


def small_patronymics(words: Words) -> list[int]:
    """Where the patronymics in small letters stand."""
    likely = [i for i, low in enumerate(words.low) if low.endswith(_SMALL_PATRONYMIC)]
    return [i for i in likely if is_small_patronymic(words, i)]


def is_surname_in(words: Words, i: int) -> bool:
    """Whether a token in any case of letters can be a surname."""
    if not words.is_letters(i) or len(words.low[i]) < 3:
        return False
    return name_score(words.tokens[i].lower)[1] >= _LEAST or (
        not is_known(words.tokens[i].lower) and _SURNAME.match(words.low[i]) is not None
    )


def is_surname_in_capitals(words: Words, i: int) -> bool:
    """«ЗЛАТИНА АННА ИЛЬИНИЧНА»: a word that shouts among words that shout, with the ending of a surname."""
    return (
        words.is_letters(i)
        and words.tokens[i].text.isupper()
        and words.tokens[i + 1].text.isupper()
        and _SURNAME.match(words.low[i]) is not None
        and words.may_be_named(i)
    )


def is_common_word(words: Words, i: int) -> bool:
    """Whether a capitalised word after a title is a town or a plain noun in the genitive and no name."""
    marks = words.grammemes(i)
    common = is_known(words.tokens[i].lower) and _SURNAME.match(words.low[i]) is None
    return "Geox" in marks or (common and {"NOUN", "gent"} <= marks)
