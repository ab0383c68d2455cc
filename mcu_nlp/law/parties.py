"""To whom an appeal is written, and whose act it is against (art. 7 and art. 8, p. 6)."""

from __future__ import annotations

import re
from dataclasses import replace

from mcu_nlp.law.reading import INDEXED, Reading
from mcu_nlp.law.requisites import has_surname
from mcu_nlp.records import Flag, Organization, Person, Span
from mcu_nlp.text.document import Token
from mcu_nlp.text.morph import grammemes

# A header ends before these; it stands at the very beginning and is not longer than so many words.
_HEAD_END = re.compile(
    r"(?:[.!?,;]?\s+(?:от|копия|уважаем\w+|здравствуйте|добрый|заявлени[ея]|жалоба|обращение|прошу|просим|коллективное|я|мы)\b"
    r"|(?<![\s.][А-ЯЁа-яё])[.!?](?=\s+[А-ЯЁ«(\d]|\s*\Z)|,\s(?=копия|прошу|просим)|\Z)",
    re.IGNORECASE,
)
_LONGEST_HEAD = 160
_NO_HEAD = frozenset({"VERB", "INFN", "GRND", "PRED", "NPRO", "PRTS", "ADJS"})
_DEAR = re.compile(r"\b(?:глубоко|много)?уважаем(?:ый|ая|ое|ые)\s", re.IGNORECASE)
_DEAR_END = re.compile(
    r"[!,;:?)]|(?<![\s.][А-ЯЁа-яё])\.(?=\s|\Z|[А-ЯЁ])"
    r"|\s(?=(?:прошу|просим|подскажите|ответьте|обращаюсь|и\s+его|очень|к)\b)|\Z"
)
_LONGEST_DEAR = 90
# What is complained of begins within so many words after the cue.
_NEAR = 3
# Past these the cue speaks of something else: «в случае бездействия обращусь в прокуратуру».
_ACTS = frozenset({"VERB", "INFN", "GRND", "PRCL"})
_BREAKS = frozenset({"VERB", "INFN", "GRND", "PREP"})
_INITIAL = re.compile(r"[\s.][А-ЯЁ]\Z")
_GREETING = re.compile(
    r"\W*(?:(?:здравствуйте|добрый день|добрый вечер|доброе утро|доброго времени суток)\W*)?", re.IGNORECASE
)


def addressee(reading: Reading) -> list[Flag]:
    """Offices and names that the text is addressed to, as written: one flag each."""
    found: dict[str, Span] = {}
    for span in (*_header(reading), *_dear(reading), *_called(reading)):
        found.setdefault(span.text.lower(), span)
    return [Flag("addressee", (span,), span.text) for span in found.values()]


def _header(reading: Reading) -> list[Span]:
    """«Главе района Чистякову Д. П. от жителей», «В департамент транспорта от …» at the very beginning."""
    words = reading.words
    if not words or words[0].start > 3 or not words[0].is_capitalized:
        return []
    first = 1 if words[0].lower in ("в", "во") and len(words) > 1 else 0
    offices = reading.firsts("cue", "office")
    if not any(place in offices for place in range(first, min(first + 3, len(words)))):
        return []
    marks = grammemes(words[first].lower)
    case = marks & {"datv", "accs", "nomn", "loct", "gent"}
    if first == 0 and words[0].lemma != "прокуратура" and "datv" not in case and "loct" not in case:
        return []
    breaks = [at for at in reading.document.clean.breaks if at > words[first].end]
    limit = min([words[0].start + _LONGEST_HEAD, len(reading.text), *breaks[:1]])
    end = _HEAD_END.search(reading.text, words[first].end, limit)
    stop = end.start() if end else limit
    inside = [words[number] for number in reading.words_in(words[first].start, stop)]
    if any(grammemes(token.lower) & _NO_HEAD and not _is_name(reading, token.start) for token in inside):
        return []
    at_border = end is not None and end.start() < len(reading.text)
    if not at_border and stop not in breaks:
        return []
    named = [person.end for person in reading.card.persons if words[first].start < person.start < stop]
    return [_trimmed(reading, words[first].start, min([stop, *named]))]


def _is_name(reading: Reading, place: int) -> bool:
    return any(person.start <= place < person.end for person in reading.card.persons)


def _dear(reading: Reading) -> list[Span]:
    """«Уважаемый Пётр Ильич!», «Уважаемая администрация, …»; neighbours and operators «уважаемые» are none."""
    found = []
    offices = reading.firsts("cue", "office")
    for hit in _DEAR.finditer(reading.text):
        end = _DEAR_END.search(reading.text, hit.end(), min(len(reading.text), hit.end() + _LONGEST_DEAR))
        stop = end.start() if end else hit.end()
        people = [p for p in reading.card.persons if hit.end() <= p.start < max(stop, hit.end() + 1)]
        if people:
            stop = max(stop, people[-1].end)
        inside = any(word in offices for word in reading.words_in(hit.end(), stop))
        if stop > hit.end() and (people or inside):
            told = [reading.words[word] for word in reading.words_in(hit.end(), stop)]
            stop = min([stop, *(token.start for token in told if _is_act(reading, token))])
            if stop > hit.end():
                found.append(_trimmed(reading, hit.end(), stop))
    return found


def _is_act(reading: Reading, token: Token) -> bool:
    return bool(_ACTS & grammemes(token.lower)) and not _is_name(reading, token.start)


def _called(reading: Reading) -> list[Span]:
    """«Анатолий Борисович! …», «Добрый день, Роман Владимирович, …» at the very beginning."""
    return [
        Span(person.start, person.end, person.text)
        for person in reading.card.persons
        if person.role != "author"
        and reading.text[person.end : person.end + 1] in ("!", ",")
        and _GREETING.fullmatch(reading.text, 0, person.start)
        and not has_surname(person.text)
        and " " in person.text
    ]


def _trimmed(reading: Reading, start: int, stop: int) -> Span:
    text = reading.text[start:stop]
    start += len(text) - len(text.lstrip(" ,:"))
    stop = start + len(reading.text[start:stop].rstrip(" ,:;—–-"))
    # The full stop of an initial belongs to the name.
    initial = _INITIAL.search(reading.text, start, stop) is not None and reading.text[stop : stop + 1] == "."
    return reading.document.span(start, stop + initial)


def complained_of(reading: Reading) -> list[Flag]:
    """Bodies and people whose act is appealed against: one flag each, named in normal form where there is one."""
    found: dict[str, Flag] = {}
    bodies: dict[int, int] = {}
    for find in reading.finds("cue", "body"):
        bodies[find.first] = max(find.stop, bodies.get(find.first, 0))
    for cue in reading.finds("cue", "complaint"):
        flag = _told(reading, bodies, cue.stop, cue.stop + _NEAR, reading.sentence(cue.first))
        if flag:
            found.setdefault(str(flag.value).lower(), flag)
    for cue in reading.finds("cue", "blamed"):
        flag = _told(reading, bodies, max(0, cue.first - _NEAR), cue.first, reading.sentence(cue.first), before=True)
        if flag:
            found.setdefault(str(flag.value).lower(), flag)
    return list(found.values())


def _told(
    reading: Reading, bodies: dict[int, int], first: int, stop: int, sentence: int, *, before: bool = False
) -> Flag | None:
    """The first organisation, person or body that begins within the words ``first`` to ``stop``."""
    stop = min(stop, len(reading.words))
    for place in range(first, stop):
        token = reading.words[place]
        if reading.sentence(place) != sentence:
            continue
        named = _named_at(reading, token.start)
        if named:
            return Flag("complained_of", (Span(named.start, named.end, named.text),), _title(named))
        marks = grammemes(token.lower)
        general = bodies.get(place, 0)
        if general and not (before and _is_oblique(reading, place)):
            span = reading.span(place, general)
            return Flag("complained_of", (span,), span.text)
        if not before and marks & _BREAKS:
            return None
    return None


def _is_oblique(reading: Reading, place: int) -> bool:
    """Whether a word cannot be who acts: «в поликлинике отказали»."""
    token = reading.words[place]
    if place > 0 and "PREP" in grammemes(reading.words[place - 1].lower):
        return True
    return not token.text.isupper() and "nomn" not in grammemes(token.lower) and "VERB" not in grammemes(token.lower)


def _named_at(reading: Reading, start: int) -> Organization | Person | None:
    """What the card names at a place: it holds each name but once, so another mention is found by its text."""
    for span in reading.named.get(reading.text[start : start + INDEXED].lower(), []):
        end = start + len(span.text)
        if reading.text[start:end].lower() == span.text.lower():
            return replace(span, start=start, end=end, text=reading.text[start:end])
    return None


def _title(named: Organization | Person) -> str:
    """The normal form of a named firm; what is known only by its dictionary forms stays as written."""
    if (
        isinstance(named, Organization)
        and named.normal_form
        and ("«" in named.normal_form or named.normal_form.isupper())
    ):
        return named.normal_form
    return named.text
