"""Rules that find where the name of an organisation begins and ends; one for each section of the word list."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mcu_nlp.fields.address_names import read_name
from mcu_nlp.fields.address_parts import after_mark
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.organization_bodies import Hit, body, complement_of_place, is_adjective, village_council
from mcu_nlp.fields.organization_institutions import NEAR, institution
from mcu_nlp.fields.organization_legal import legal, unquoted_name
from mcu_nlp.fields.organization_quoted import NO_FIRMS, OPENING, is_unknown_abbreviation, quoted, source, suffix
from mcu_nlp.fields.words import Words

Rule = Callable[[Words, int, int], Hit | None]

# Words of the list that are plain words too: believed with a capital inside a sentence only.
_COMMON_NAMED = WordSet("organization_names", "common_named")
# Networks that a region's adjective may precede: «Берёзовский РЭС».
_REGIONAL = WordSet("organization_names", "regional")
# Networks where people only talk.
_NETWORKS = WordSet("organization_words", "networks")
# Prepositions and nouns after which a well-known firm only tells where something is.
_BESIDE = WordSet("organization_words", "beside")
_SHOPS = ("магнит", "пятероч", "перекрест", "сбер", "светофор")
_OF_RUSSIA = ("мвд", "умвд", "омвд", "росс", "госстр", "газпром", "мин", "уф", "фсин", "мчс", "фмба", "фсб", "фас")
_SHORTEST_NAME = 3


def firm(words: Words, i: int, _floor: int) -> Hit | None:
    """«магазин «Магнит»», «подрядчик «Строй-Юг»», «застройщик Монолит»; near a place it is a landmark."""
    start = i + 1
    kind = lexicon("organization_words")["firm"][words.low[i]]
    # A shop is called with its type, a contractor without.
    with_kind = kind in ("магазин", "банк", "кафе", "страховая")
    if _tells_place(words, i) or (with_kind and words.word(i - 1) in NEAR):
        return None
    stop = words.quoted(start)
    if stop == start and kind in ("компания", "подрядчик") and not words.word(i - 1).startswith("управляющ"):
        stop = _bare_name(words, start)
        return Hit(start, stop, "firm") if stop > start else None
    if stop == start or not words.has_capital(start + 1) or words.low[start + 1] in _NETWORKS:
        return None
    return Hit(i if with_kind else start, stop, "firm")


def staff(words: Words, i: int, _floor: int) -> Hit | None:
    """«сотрудники ЗСК», «автобусы АТПК»: letters that only a firm's people or vehicles stand before."""
    at = i + 1
    known = lexicon("organization_words")
    listed = any(words.word(at) in known[section] for section in ("legal", "institution"))
    if listed or words.word(at) in lexicon("organization_names")["named"] or not is_unknown_abbreviation(words, at):
        return None
    joined = words.word(at + 1) == "-" and words.joined(at + 1) and words.is_digits(at + 2)
    return Hit(at, at + 3 if joined else at + 1, "staff")


def _bare_name(words: Words, i: int) -> int:
    """The end of a firm's name without quotes after its kind; places, people and legal forms begin none."""
    low, marks = words.word(i), words.grammemes(i)
    known = lexicon("organization_words")["legal"]
    if low in known or low in NO_FIRMS or len(low) < _SHORTEST_NAME or {"Geox", "Name", "Patr", "Surn"} & marks:
        return i
    if low in lexicon("organization_names")["named"]:
        return i
    if words.opens_sentence(i) or not words.is_letters(i) or {"Anum", "Apro"} & marks:
        return i
    if "ADJF" in marks and "nomn" not in marks:
        return i
    return unquoted_name(words, i)


def _tells_place(words: Words, i: int) -> bool:
    """«рядом с Россетями», «со стороны Горгаза», «на остановке Почтамт»: no more than a landmark."""
    at = i - 1
    if words.word(at) in OPENING:
        at -= 1
    if words.word(at) in lexicon("organization_words")["firm"]:
        at -= 1
    return words.word(at) in _BESIDE or (words.word(at) in ("с", "со") and words.word(at - 1) == "рядом")


def named(words: Words, i: int, floor: int) -> Hit | None:
    """«ГЖИ», «Водоканал», «Россети»; common words only with a capital."""
    low = words.low[i]
    if low in _COMMON_NAMED and (not words.has_capital(i) or words.opens_sentence(i) or _all_capitals(words, i)):
        return None
    first = words.word(i - 2) if words.word(i - 1) in OPENING else words.word(i - 1)
    if _tells_place(words, i) or (first in NEAR and low.startswith(_SHOPS)):
        return None
    regional = low in _REGIONAL and i - 1 >= floor and words.has_capital(i - 1) and is_adjective(words, i - 1)
    stop = i + 1
    if low.startswith(_OF_RUSSIA) and words.word(stop) in ("рф", "россии"):
        stop += 1
    if words.word(stop) == "по" and words.word(stop + 1) in ("г", "городу", "району"):
        start = after_mark(words, stop + 2)
        stop = read_name(words, start) if read_name(words, start) > start else stop
    return Hit(i - 1 if regional else i, complement_of_place(words, stop), "named")


def phrase(words: Words, i: int, _floor: int) -> Hit | None:
    """«Почта России», «Красное и Белое»: names of several words."""
    for form in lexicon("organization_names")["phrase"]:
        parts = form.split("_")
        if words.low[i : i + len(parts)] == parts and (len(parts) == 1 or words.has_capital(i)):
            return None if _tells_place(words, i) else Hit(i, i + len(parts), "phrase")
    return None


def _all_capitals(words: Words, i: int) -> bool:
    """Whether the words round a token shout, so that its capitals prove nothing."""
    return words.tokens[i].text.isupper() and any(
        words.is_letters(at) and words.tokens[at].text.isupper() and len(words.low[at]) > 1 for at in (i - 1, i + 1)
    )


RULES: Mapping[str, Rule] = {
    "suffix": suffix,
    "legal": legal,
    "phrase": phrase,
    "named": named,
    "firm": firm,
    "staff": staff,
    "institution": institution,
    "council": village_council,
    "body": body,
    "quoted": quoted,
    "source": source,
}
