"""Landmarks, stops, roads and kilometres: the parts of addresses outside streets and houses."""

from __future__ import annotations

import re

from mcu_nlp.fields.address_names import read_name, read_ordinal
from mcu_nlp.fields.address_numbers import read_number, read_numbers
from mcu_nlp.fields.address_parts import Part, adjective_before, bare, begins_person
from mcu_nlp.fields.lexicon import WordSet, lexicon
from mcu_nlp.fields.person_words import is_surname
from mcu_nlp.fields.words import Words
from mcu_nlp.text.morph import name_score

_STOP_KINDS = WordSet("address_words", "stop_kinds")
_SHOPS = ("магаз", "супермаркет", "гипермаркет", "кафе", "ресторан", "аптек", "киоск")
_NEAR = WordSet("address_words", "near")
_STOP_WORDS = WordSet("address_words", "stop_words")
_LANDMARK_KINDS = WordSet("address_words", "landmark_kinds")
_BEFORE_NUMBERED = WordSet("address_words", "before_numbered")
# Landmarks (by form or by kind) after which a number is theirs.
_NUMBERED = WordSet("address_words", "numbered")
_PROPER_ENDS = ("ский", "ская", "ской", "ского")
_ABBREVIATION = 6
_BESIDE = frozenset(("возле", "около", "напротив", "вблизи", "мимо"))
_NAMED = 0.2
# Roads by code: «М-2», «А144», «Р-22».
_ROAD_CODE = re.compile(r"(?<!\w)(?:[МРАКЕ]|[MRAKE])[ -]?\d{1,3}(?!\w)")
_ROUTE = re.compile(
    r"[А-ЯЁ][\w.]{1,25}(?: [А-ЯЁ]\w{1,25})?(?: ?\([\w ]{1,20}\))? ?[-–—] ?[А-ЯЁ][\w.]{2,25}(?: ?[-–—] ?[А-ЯЁ]\w{2,25})?"
)


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
        return read_number(words, start)
    return end


def landmark(words: Words, i: int, kind: str, floor: int) -> Part | None:
    """«школа № 28», «магазин «Магнит»», «парк Героев», «Покровская церковь»; weak without a name."""
    start = i + 1
    while words.word(start) in ("№", "#") or (words.word(start) == "." and len(words.low[i]) < 4 and start - i < 3):
        start += 1
    end = words.quoted(start)
    if (
        end == start
        and words.is_digits(start)
        and (kind in ("школа", "детский сад", "больница") or words.low[i] in _NUMBERED)
    ):
        end = read_numbers(words, i + 1 if words.word(i + 1) != "." else start)
    if end <= start and start == i + 1:
        end = read_name(words, start)
        officials = lexicon("person_words")["official"]
        official = words.word(start) in officials or (words.word(i - 1) in officials and is_surname(words, start))
        if end > start and (words.low[start] in _NO_NAME or official or begins_person(words, start)):
            end = start
    first = _landmark_first(words, i, floor)
    named = end > start or (first < i and not words.low[i - 1].startswith(("детск", "торгов")))
    if not named and words.low[i].startswith("пост"):
        return None
    if not named:
        return Part(first, i + 1, "landmark", {"landmark": words.text(first, i + 1)}, strong=False)
    last = max(end, i + 1) if end > start else i + 1
    shop = words.low[i].startswith(_SHOPS) and words.quoted(start) > start
    strong = (not shop or words.word(first - 1) in _NEAR) and not words.low[i].startswith("админ")
    return Part(first, last, "landmark", {"landmark": words.text(first, last)}, strong)


_NO_NAME = WordSet("address_words", "no_name")


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
    if words.is_digits(i - 1) and words.word(i - 2) in _BEFORE_NUMBERED:
        return i - 1 if words.low[i].startswith(("школ", "лице", "гимн", "больниц", "поликлиник")) else i
    return i - 3 if i - 3 >= floor and read_ordinal(words, i - 3) == i else i


def bare_landmark(words: Words, i: int) -> Part | None:
    """«возле Стекломаша», «напротив «Магнита»», «рядом с ЦУМом»: a proper name after a word that tells where."""
    near = words.word(i - 1) in _BESIDE or (words.word(i - 1) in ("с", "со") and words.word(i - 2) == "рядом")
    if not near:
        return None
    end = words.quoted(i)
    if end == i and words.has_capital(i) and not _is_somebody(words, i):
        end = read_name(words, i)
    if end > i and words.low[end - 1] in lexicon("organization_words")["body"]:
        return None
    return Part(i, end, "landmark", {"landmark": bare(words, i, end)}) if end > i else None


def _is_somebody(words: Words, i: int) -> bool:
    """Whether a word with a capital is a person, a title or a pronoun rather than a landmark."""
    low = words.low[i]
    titles = lexicon("person_words")
    if any(low in titles[kind] for kind in ("official", "author", "other", "never")):
        return True
    names = sum(name_score(words.tokens[i].lower))
    return names > _NAMED or bool({"Apro", "NPRO", "ADJF"} & words.grammemes(i)) or begins_person(words, i)


def road(words: Words, i: int, kind: str, _floor: int) -> Part | None:
    """«трасса М-2», «автодороги Каменка — Заречный», «маршрут Ольховск-Горки»."""
    if i + 1 >= words.size:
        return None
    start = (words.quoted(i + 1) > i + 1 and i + 2) or i + 1
    found = _ROUTE.match(words.source, words.tokens[min(start, words.size - 1)].start) or _ROAD_CODE.match(
        words.source, words.tokens[i + 1].start
    )
    if found:
        end = start
        while end < words.size and words.tokens[end].end <= found.end():
            end += 1
        if start == i + 2:
            end = max(end, words.quoted(i + 1))
        first = start if kind == "маршрут" else i
        return Part(first, max(end, first + 1), "road", {"road": found[0].strip()})
    if kind == "трасса":
        return Part(i, i + 1, "word", strong=False)
    return None


def road_abbreviated(words: Words, i: int, floor: int) -> Part | None:
    """«а/д Каменка — Заречный», «а. д. Крым», a road called by its ends or by one name."""
    if i < floor or words.word(i + 1) not in ("/", ".") or words.word(i + 2) != "д":
        return None
    start = i + 4 if words.word(i + 3) == "." else i + 3
    if start >= words.size:
        return None
    found = _ROUTE.match(words.source, words.tokens[start].start) or _ROAD_CODE.match(
        words.source, words.tokens[start].start
    )
    end = max(start, read_name(words, start))
    while found and end < words.size and words.tokens[end].end <= found.end():
        end += 1
    return Part(i, end, "road", {"road": words.text(start, end)}) if end > start else None


def kilometre(words: Words, i: int, _kind: str, floor: int) -> Part | None:
    """«412 км», «31-го километра», «км 14+200»; a distance («5 км от дома») is no place."""
    if words.is_digits(i + 1) and words.low[i].startswith("к") and not words.is_digits(i - 1):
        end = i + 2
        while words.word(end) in ("+", "км", "-", "–", "—") or words.is_digits(end):
            end += 1
        return Part(i, end, "kilometre", {"kilometre": words.text(i + 1, end)})
    first = i - 1
    if i - 3 >= floor and read_ordinal(words, i - 3) == i:
        first = i - 3
    elif first < floor or not words.is_digits(first):
        return None
    distance = words.word(i + 1) in ("от", "до", "в", "пути", "дороги", "пешком")
    if distance and words.word(first - 1) in ("в", "за", "около", "примерно", "через"):
        return None
    exact = (
        first == i - 3
        or words.low[i].startswith("километре")
        or (words.word(first - 1) == "на" and not distance and int(words.low[first][:5]) > 3)
    )
    return Part(first, i + 1, "kilometre", {"kilometre": words.text(first, i).split("-")[0]}, strong=exact)


def crossing(_words: Words, i: int, _kind: str, _floor: int) -> Part | None:
    """«пересечение», «угол»: begins a phrase when streets follow."""
    return Part(i, i + 1, "word", strong=False)
