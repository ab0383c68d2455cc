"""What an appeal asks: its questions and requests, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mcu_nlp.fields.clauses import clauses
from mcu_nlp.fields.requests import clause_cue
from mcu_nlp.privacy.find import document_of
from mcu_nlp.records import Analysis, Span
from mcu_nlp.text.document import Document
from mcu_nlp.text.morph import grammemes

_AND = re.compile(r"(?:,\s*|\s)(?:и|а также|также)\s+|[,;]\s+")
_MARK = re.compile(r"(?<=[?!])\s+|(?<=[а-яё]{3}\.)\s+(?=[а-яё])")
_TAIL = re.compile(r"[,;]?\s*(?:и|а также|также)?\s*\Z")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LEADING = frozenset(
    ("прошу", "просим", "просьба", "требую", "требуем", "вас", "убедительно", "очень", "срочно", "пожалуйста")
)
_MOST = 12


def asked_questions(appeal: Analysis) -> tuple[Span, ...]:
    """The questions and requests of an appeal in order; at least one: the request of the card or the whole text.

    >>> found = asked_questions(Analysis("Темно. Прошу поставить фонарь и спилить ветку. Когда приедете?"))
    >>> [question.text for question in found]
    ['Прошу поставить фонарь', 'спилить ветку', 'Когда приедете?']
    """
    document = document_of(appeal.text)
    found = [one for sentence in document.sentences for one in _asked(document, sentence)][:_MOST]
    if found:
        return tuple(found)
    if appeal.card is not None and appeal.card.request is not None:
        return (appeal.card.request,)
    return (document.span(0, len(document.text)),)


def _asked(document: Document, sentence: Span) -> Iterator[Span]:
    for start, end in _between_marks(sentence):
        if document.text[start:end].rstrip(" )!").endswith("?"):
            yield document.span(start, end)
        else:
            yield from _requested(document, start, end)


def _between_marks(sentence: Span) -> Iterator[tuple[int, int]]:
    """A sentence cut where a small letter follows its mark: «уберите! когда приедете?»."""
    at = sentence.start
    for mark in _MARK.finditer(sentence.text):
        yield at, sentence.start + mark.start()
        at = sentence.start + mark.end()
    yield at, sentence.end


def _requested(document: Document, start: int, end: int) -> Iterator[Span]:
    cued = None
    for clause in clauses(document.text, start, end):
        if clause_cue(clause.text)[0]:
            cued = clause
            break
    if cued is None:
        return
    yield from _coordinated(document, cued.start, end)


def _coordinated(document: Document, start: int, end: int) -> Iterator[Span]:
    """Cut a request where another infinitive or imperative begins: «починить лавку и поставить урну»."""
    text = document.text
    cuts = [start]
    first = _verb_at(text, start, end)
    for joint in _AND.finditer(text, start, end):
        word = _WORD.match(text, joint.end())
        if word and first is not None and joint.start() > first and _is_asking(word[0].lower()):
            cuts.append(joint.end())
    bounds = [*cuts, end]
    for number, begin in enumerate(cuts):
        stop = bounds[number + 1]
        piece = text[begin:stop]
        if number + 1 < len(cuts):
            piece = _TAIL.sub("", piece)
        yield document.span(begin, begin + len(piece.rstrip(" .,;!")))


def _verb_at(text: str, start: int, end: int) -> int | None:
    """Where the first asked infinitive or imperative ends."""
    for word in _WORD.finditer(text, start, end):
        if word[0].lower() not in _LEADING and _is_asking(word[0].lower()):
            return word.end()
    return None


def _is_asking(word: str) -> bool:
    marks = grammemes(word)
    return "INFN" in marks or ({"VERB", "impr"} <= marks and word.endswith(("те", "тесь")))
