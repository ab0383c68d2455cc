"""Clauses: the pieces of a sentence that evidence is shown as."""

from __future__ import annotations

import re
from bisect import bisect_right

from mcu_nlp.records import Span
from mcu_nlp.text.document import Document

_CUT = re.compile(r"[,;:()…]+|(?<=\s)[-–—]+(?=\s)|[.!?]+")
# A shorter piece («Увы,») proves nothing by itself and stays with its neighbour.
_SHORTEST = 12


def clauses(document: Document) -> list[Span]:
    """The document's clauses in order, without blanks and marks at their edges.

    >>> [c.text for c in clauses(Document.of("Звонили пять раз, ответа нет, в прокуратуру пойдём!"))]
    ['Звонили пять раз', 'ответа нет, в прокуратуру пойдём!']
    """
    found = document.notes.get("clauses")
    if found is None:
        found = document.notes["clauses"] = [
            document.span(start, end) for sentence in document.sentences for start, end in _split(sentence)
        ]
    return list(found)


def clause_at(document: Document, place: int) -> Span:
    """The clause that holds a character."""
    all_clauses = clauses(document)
    number = bisect_right(all_clauses, place, key=lambda clause: clause.start) - 1
    return all_clauses[max(0, number)]


def _split(sentence: Span) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    begin = sentence.start
    for cut in _CUT.finditer(sentence.text):
        end = sentence.start + cut.start()
        if end - begin >= _SHORTEST and sentence.end - (sentence.start + cut.end()) >= _SHORTEST:
            pieces.append((begin, end))
            begin = sentence.start + cut.end()
    pieces.append((begin, sentence.end))
    return [trimmed for trimmed in (_trim(sentence, *piece) for piece in pieces) if trimmed[0] < trimmed[1]]


def _trim(sentence: Span, start: int, end: int) -> tuple[int, int]:
    text = sentence.text
    start, end = start - sentence.start, end - sentence.start
    while start < end and text[start] in " ,;:-–—":
        start += 1
    while end > start and text[end - 1] in " ,;:-–—":
        end -= 1
    return sentence.start + start, sentence.start + end
