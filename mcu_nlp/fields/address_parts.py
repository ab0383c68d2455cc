"""Parts of addresses, and what all rules of addresses share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from mcu_nlp.fields.address_names import is_known_street, read_ordinal
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.words import QUOTES, Words
from mcu_nlp.text.morph import name_score

_NOT_CUT = WordSet("address_words", "not_cut")

# The dictionary takes some adjectives of streets for other words: their ending is believed.
_ADJECTIVE_ENDS = ("ский", "ская", "ской", "ского", "ском", "скую", "скому", "дромном", "дромный", "дромного")

_SMALL_ENDS = ("ском", "ский", "ского", "скому", "ская", "ской", "скую", "цкий", "цкая", "цкой", "цком", "цкого")
_LONG_NAME = 7
_PLAIN_ADJECTIVES = WordSet("address_words", "plain_adjectives")

_COMMON_ADJECTIVES = (
    "уважаем",
    "добр",
    "данн",
    "кажд",
    "сосед",
    "чуж",
    "несущ",
    "умн",
    "главн",
    "проезж",
    "цел",
    "друг",
    "ближайш",
    "следующ",
    "разбит",
    "пешеход",
)


@dataclass(frozen=True, slots=True)
class Part:
    """Tokens ``first`` to ``stop - 1`` of an address; a weak part needs a strong neighbour."""

    first: int
    stop: int
    kind: str
    values: dict[str, str] = field(default_factory=dict)
    strong: bool = True


# Abbreviations that stand for nothing else.
_MISTYPED = frozenset(("ул", "пер", "просп", "пр-т"))

Rule = Callable[[Words, int, str, int], Part | None]


def after_mark(words: Words, i: int) -> int:
    """Step over the full stop of an abbreviation; after a full word it ends the sentence."""
    low = words.word(i - 1)
    if words.word(i) == "," and low in _MISTYPED and words.joined(i) and words.has_capital(i + 1):
        return i + 1  # «ул,Садовая»: the comma's key is beside
    return (
        i + 1
        if words.word(i) == "." and (len(low) < 5 or "-" in low or low in ("просп", "бульв")) and low not in _NOT_CUT
        else i
    )


def adjective_before(words: Words, i: int, floor: int) -> int:
    """The first token of a capitalised adjective before token ``i``, or ``i``: «Советская улица»."""
    first = i - 1
    if first < floor or not words.is_letters(first):
        return i
    if not (words.has_capital(first) or is_known_street(words, first)) or "Apro" in words.grammemes(first):
        return i
    if ("ADJF" not in words.grammemes(first) and not words.low[first].endswith(_ADJECTIVE_ENDS)) or (
        len(words.low[first]) > 1 and words.tokens[first].text.isupper()
    ):
        return i
    if words.low[first].startswith(_COMMON_ADJECTIVES):
        return i
    if not words.has_capital(first) and words.low[first].startswith(("центральн", "спортивн")):
        return i  # «на центральной улице города»
    for count in (3, 2):
        if first - count >= floor and read_ordinal(words, first - count) == first:
            return first - count
    if (
        first - 1 >= floor
        and words.is_digits(first - 1)
        and len(words.low[first - 1]) < 3
        and words.word(first - 2) not in lexicon("address_words")["house"]
    ):
        return first - 1
    return (
        first - 1
        if first - 1 >= floor
        and words.has_capital(first - 1)
        and words.low[first - 1] in lexicon("address_words")["name_head"]
        else first
    )


def is_small_name(words: Words, i: int) -> bool:
    """Whether an adjective in small letters may be a proper name: «на заводском переулке», «озёрский район»."""
    low = words.word(i)
    named = low.endswith(_SMALL_ENDS) and len(low) >= _LONG_NAME and low not in _PLAIN_ADJECTIVES
    return named and not words.has_capital(i)


def bare(words: Words, first: int, stop: int) -> str:
    """The text of a name without its quotes."""
    if stop - first > 2 and words.word(first) in QUOTES and words.quoted(first) == stop:
        return words.text(first + 1, stop - 1)
    return words.text(first, stop)


def begins_person(words: Words, i: int) -> bool:
    """Whether a person's name begins at token ``i``: «(староста деревни) Бабкин Ю. К.»."""
    after = i + 1
    if words.has_capital(after) and len(words.word(after)) == 1 and words.word(after + 1) == ".":
        return True
    return name_score(words.word(after))[2] > 0.3 or (
        name_score(words.word(after + 1))[2] > 0.3 and words.has_capital(after)
    )
