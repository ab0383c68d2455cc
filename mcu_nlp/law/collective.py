"""Collective appeals and how many signed: «Мы, жители …», «подписали 38 человек»."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mcu_nlp.law.reading import Reading, outermost
from mcu_nlp.records import Flag, Span

# A number stands beside «подписи» with no more than this between them.
_BESIDE = 3
# A number in words is made of no more than these, and is less than that.
_SPOKEN, _MOST = 4, 100_000
_STEMS = ("чел", "жит", "жил", "собств", "род", "сем", "всего", "более", "уже", "под", "нас")
_HEADER, _TAIL = 200, 120
_FROM = re.compile(r"от (?:жи|соб|род|сот|раб|сад|пас)", re.IGNORECASE)
# Signatures under another paper than this one.
_EARLIER = re.compile(
    r"прошл|отнесли|передал|отдал|сдали|отправил|направил|прокуратур|в суд\b|петици|готово|собер", re.IGNORECASE
)
_ROUND = 120
_LISTED = re.compile(r"(?:[\s,;.]|и|ещё|еще)*", re.IGNORECASE)
_MORE = ("ещё", "еще")
_NUMBER = re.compile(r"(?<![\d№.:/-])[0-9]{1,6}(?![\d:./-]\d)")
_PAGE = re.compile(r"\s*(?:-?[хмти]{1,2}\s)?(?:лист|л\.|стр|экз|год|г\.|дом|д\.|кв\b|раз)", re.IGNORECASE)


def collective(reading: Reading) -> list[Flag]:
    """One flag with every sign of it; its value is the number of signatures, when it is told."""
    spans = [span for span in reading.by_words("collective") if not _in_passing(reading, span)]
    told = next(_signers(reading), None)
    if told is None:
        return [Flag("collective", tuple(spans))] if spans else []
    number, span = told
    return [Flag("collective", tuple(outermost([*spans, span])), number or None)]


def _in_passing(reading: Reading, span: Span) -> bool:
    """«Как стало известно от жильцов»: those who write are named at the edges of an appeal."""
    if not _FROM.match(span.text):
        return False
    return span.start > _HEADER and len(reading.text) - span.end > _TAIL


def _signers(reading: Reading) -> Iterator[tuple[int, Span]]:
    """Numbers beside words of signing, the first told first."""
    for find in reading.finds("cue", "signatures"):
        place, sentence = reading.words[find.first].start, reading.sentence_span(find.first)
        if _EARLIER.search(reading.text, max(sentence.start, place - _ROUND), min(sentence.end, place + _ROUND)):
            continue
        yield from _after(reading, find.first, find.stop)
        yield from _before(reading, find.first, find.stop)


def _before(reading: Reading, first: int, stop: int) -> Iterator[tuple[int, Span]]:
    """«38 подписей», «и ещё 22 подписи», «двадцать пять подписей», «45 человек подписали»."""
    if not reading.words[first].lower.startswith(("подпис", "подп")):
        return
    low = reading.words[first].start
    sentence = reading.sentence_span(first)
    gap = max(sentence.start, low - 24)
    hits = [hit for hit in _NUMBER.finditer(reading.text, gap, low) if _fits(reading, hit.end(), low)]
    if hits:
        hit = hits[-1]
        span = reading.document.span(hit.start(), reading.words[stop - 1].end)
        if not reading.text[: hit.start()].rstrip().lower().endswith(_MORE):
            yield int(hit[0]), span
            return
        named = _named_before(reading, hit.start())
        # Without the names before «ещё» the whole number is not told.
        yield int(hit[0]) + named if named else 0, span
        return
    spoken = _spoken(reading, first - 1, -1)
    if spoken is not None:
        number, at = spoken
        yield number, reading.span(at, stop)


def _after(reading: Reading, first: int, stop: int) -> Iterator[tuple[int, Span]]:
    """«подписали 38 человек», «подписи: 45 чел.», «подписи 68 собственников»."""
    end = reading.words[stop - 1].end
    hit = _NUMBER.search(reading.text, end, min(reading.sentence_span(first).end, end + 22))
    if hit is not None and _fits(reading, end, hit.start()) and not _PAGE.match(reading.text, hit.end()):
        after = reading.word_at(hit.end())
        counted = after in reading.firsts("set", "counted")
        if counted or re.fullmatch(r"\s*[:—–-]\s*", reading.text[end : hit.start()]):
            last = reading.words[after].end if counted else hit.end()
            yield int(hit[0]), reading.document.span(reading.words[first].start, last)
            return
    spoken = _spoken(reading, stop, 1)
    if spoken is not None and spoken[1] + 1 in reading.firsts("set", "counted"):
        yield spoken[0], reading.span(first, spoken[1] + 2)


def _fits(reading: Reading, start: int, end: int) -> bool:
    """Whether only a few words that may stand between number and signature do."""
    between = reading.text[start:end].strip(" :—–-(")
    words = between.lower().split()
    return len(words) < _BESIDE and all(word.startswith(_STEMS) for word in words)


def _named_before(reading: Reading, place: int) -> int:
    """How many people are listed right before «и ещё 22 подписи»."""
    named = 0
    for person in sorted(reading.card.persons, key=lambda person: -person.end):
        if person.end <= place and _LISTED.fullmatch(reading.text, person.end, place):
            named, place = named + 1, person.start
    return named


def _spoken(reading: Reading, word: int, step: int) -> tuple[int, int] | None:
    """A number in words from ``word`` on, and the word at which it ends (or begins, backwards)."""
    at = word
    seen: list[int] = []
    while len(seen) < _SPOKEN and 0 <= at < len(reading.words) and reading.words[at].lower in reading.lexicon.numbers:
        seen.append(reading.lexicon.numbers[reading.words[at].lower])
        at += step
    total = sum(seen)
    return (total, at - step) if 1 < total < _MOST else None
