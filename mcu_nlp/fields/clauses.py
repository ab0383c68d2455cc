"""Clauses of a sentence: where its parts begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mcu_nlp.records import Span

# A comma or dash with a blank, a bracket, or a conjunction that opens a new thought.
_EDGE = re.compile(
    r"[,;](?=\s|[а-яё])|(?<=\s)[—–-](?=\s)|[()]|\s(?=(?:но|однако|зато|поэтому|по этому)\s)"
    r"|(?<=[а-яё]{3})\.(?=[А-ЯЁ](?:\s|[а-яё]{1,2}\s))|(?<!№):(?=\s|[А-ЯЁ]|\Z)|(?<![!?…])[!?…]++(?=\s|[А-ЯЁ]|\Z)|\.(?=[А-ЯЁ][а-яё]{2})|\.\Z|\.(?=\s(?:Я"
    r"|Мы)\s)|(?<=[а-яё]{4})\.(?=\s?[а-яё]|[А-ЯЁ])|(?<=\s)\.(?=\s)"
)


def clauses(text: str, start: int, end: int) -> Iterator[Span]:
    """Cut ``text[start:end]`` at its commas, dashes, brackets and stops.

    >>> [clause.text for clause in clauses("Звонили в УК, но толку нет.", 0, 27)]
    ['Звонили в УК', 'но толку нет']
    """
    at = start
    for edge in _EDGE.finditer(text, start, end):
        if edge.start() > at:
            yield from _trimmed(text, at, edge.start())
        at = edge.end()
    yield from _trimmed(text, at, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and not text[start].isalnum() and text[start] not in '«“"№#@+':
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield Span.of(text, start, end)
