"""Marks in a text: ``Живу на {place ул. {street Мира}}`` <-> the plain text and its spans.

A mark is ``{kind text}`` or ``{kind:value text}``; marks nest and never cross, and
braces mean nothing else. ``parse`` and ``render`` are exact inverses, both linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mcu_nlp.errors import ConfigError

_NAME = r"[a-z_]+"
_VALUE = r"[a-z0-9_.\-]+"
_EDGE = re.compile(rf"\{{({_NAME})(?::({_VALUE}))? |[{{}}]")
_NAME_ALONE = re.compile(_NAME)
_VALUE_ALONE = re.compile(_VALUE)


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked piece of a text: ``text[start:end]`` is a ``kind``, of a closer sort told by ``value``."""

    kind: str
    value: str | None
    start: int
    end: int


@dataclass(slots=True)
class _Opened:
    """A mark whose closing brace is still to come; ``place`` is its turn among all marks."""

    kind: str
    value: str | None
    start: int
    place: int


def parse(marked: str, where: str = "marked text") -> tuple[str, tuple[Mark, ...]]:
    """The plain text and its marks, outer before inner, left before right.

    >>> text, marks = parse("Яма на {place ул. {street Мира}}")
    >>> text, [(mark.kind, text[mark.start:mark.end]) for mark in marks]
    ('Яма на ул. Мира', [('place', 'ул. Мира'), ('street', 'Мира')])

    Raises ``ConfigError`` (``corpus_markup``) that names the character of ``marked``.
    """
    pieces: list[str] = []
    marks: list[Mark | None] = []
    opened: list[_Opened] = []
    done = size = 0
    for edge in _EDGE.finditer(marked):
        pieces.append(marked[done : edge.start()])
        size += edge.start() - done
        done = edge.end()
        if edge[1]:
            opened.append(_Opened(edge[1], edge[2], size, len(marks)))
            marks.append(None)
        elif edge[0] == "{":
            raise _error(where, edge.start(), "a brace that opens no mark; write {kind text} or {kind:value text}")
        elif not opened:
            raise _error(where, edge.start(), "a closing brace without a mark to close; remove it or open the mark")
        else:
            mark = opened.pop()
            if mark.start == size:
                raise _error(where, edge.start(), f"the mark {mark.kind!r} is empty; put it round its words")
            marks[mark.place] = Mark(mark.kind, mark.value, mark.start, size)
    if opened:
        raise _error(where, len(marked), f"the mark {opened[-1].kind!r} is never closed; add a closing brace")
    pieces.append(marked[done:])
    return "".join(pieces), tuple(mark for mark in marks if mark)


def render(text: str, marks: Iterable[Mark], where: str = "marks") -> str:
    """The text with its marks written in; of two marks round the same words the first is the outer one.

    >>> render("Яма на ул. Мира", [Mark("place", None, 7, 15), Mark("street", None, 11, 15)])
    'Яма на {place ул. {street Мира}}'

    Raises ``ConfigError`` (``corpus_markup``) for marks that cross, are empty or lie outside the text.
    """
    if "{" in text or "}" in text:
        raise ConfigError("corpus_markup", where=where, problem="the text holds a brace; use other brackets")
    pieces: list[str] = []
    ends: list[int] = []
    done = 0
    for mark in sorted(marks, key=lambda mark: (mark.start, -mark.end)):
        _check(mark, text, where)
        done = _close(text, ends, mark.start, pieces, done)
        if ends and mark.end > ends[-1]:
            raise _error(where, mark.start, f"the mark {mark.kind!r} crosses another; let one end inside the other")
        pieces += (text[done : mark.start], "{", mark.kind, f":{mark.value} " if mark.value else " ")
        ends.append(mark.end)
        done = mark.start
    done = _close(text, ends, len(text), pieces, done)
    pieces.append(text[done:])
    return "".join(pieces)


def _close(text: str, ends: list[int], until: int, pieces: list[str], done: int) -> int:
    """Write the text and the closing braces of the marks that end by ``until``; tell how far the text is written."""
    while ends and ends[-1] <= until:
        end = ends.pop()
        pieces += (text[done:end], "}")
        done = end
    return done


def _check(mark: Mark, text: str, where: str) -> None:
    if not 0 <= mark.start < mark.end <= len(text):
        problem = f"the mark {mark.kind!r} ends at {mark.end} in a text of {len(text)} characters; mend its span"
        raise _error(where, mark.start, problem)
    if not _NAME_ALONE.fullmatch(mark.kind) or (mark.value is not None and not _VALUE_ALONE.fullmatch(mark.value)):
        raise _error(where, mark.start, "a kind or value that cannot be written; use small Latin letters")


def _error(where: str, place: int, problem: str) -> ConfigError:
    # The place is told, not the words: no text of an appeal gets into an error.
    return ConfigError("corpus_markup", where=f"{where}, character {place}", problem=problem)
