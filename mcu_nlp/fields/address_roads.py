"""Roads, lines of traffic, kilometres and crossings of addresses."""

from __future__ import annotations

import re

from mcu_nlp.fields.address_names import read_name, read_ordinal
from mcu_nlp.fields.address_parts import Part, adjective_before
from mcu_nlp.fields.address_settlements import with_number
from mcu_nlp.fields.words import Words
from mcu_nlp.text.morph import grammemes

# Roads by code: «М-2», «А144», «Р-22».
_ROAD_CODE = re.compile(r"(?<!\w)(?:[МРАКЕ]|[MRAKE])[ -]?\d{1,3}(?!\w)")
_ROUTE = re.compile(
    r"[А-ЯЁ][\w.]{1,25}(?: [А-ЯЁ]\w{1,25})?(?: ?\([\w ]{1,20}\))? ?[-–—] ?(?:[гпсдх]\. ?)?[А-ЯЁ][\w.]{2,25}"
    r"(?: ?[-–—] ?[А-ЯЁ]\w{2,25})?"
)


def road(words: Words, i: int, kind: str, floor: int) -> Part | None:
    """«трасса М-2», «автодороги Каменка — Заречный», «маршрут Ольховск-Горки»."""
    before = adjective_before(words, i, floor) if kind == "трасса" else i
    named = before < i and words.has_capital(before)
    own = Part(before, i + 1, "road", {"road": words.text(before, i + 1)}) if named else None  # «Горская трасса»
    if i + 1 >= words.size:
        return own
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
        if end < words.size and words.tokens[end - 1].end < found.end() + 1:
            dash = words.word(end) == "-" and words.joined(end) and words.joined(end + 1) and words.is_digits(end + 1)
            end = end + 2 if dash else with_number(words, end)  # «Ольховск - Горск 2»
        first = start if kind == "маршрут" else i
        return Part(first, max(end, first + 1), "road", {"road": found[0].strip()})
    if own:
        return own
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


def route(words: Words, i: int) -> Part | None:
    """«Ольховск-Горск»: two or three towns joined by hyphens are a line of traffic."""
    if "-" not in words.low[i]:
        return None
    towns = words.tokens[i].text.split("-")
    if len(towns) < 2 or not all(town[:1].isupper() and "Geox" in grammemes(town.lower()) for town in towns):
        return None
    return Part(i, i + 1, "road", {"road": words.tokens[i].text})


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
