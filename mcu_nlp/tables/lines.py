"""Lines of a csv file: its delimiter is found out, and a quote that never closes is told."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

from mcu_nlp.errors import InputError
from mcu_nlp.tables.headers import DEPTH, header_place

_DELIMITERS = ";,\t|"
# A cell longer than any appeal, but short enough not to exhaust memory.
_CELL_LIMIT = 1 << 26
# The line by which Excel is told the delimiter.
_TOLD = re.compile(r'"?sep=([^\r\n"])"?[\t ;,|]{0,999}(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
# Stands after the last line: a record of its own, unless a quote is still open there.
_END = "\0"


def csv_lines(
    text: str, path: Path, chosen: Mapping[str, str | None] | None = None
) -> Iterator[list[str] | InputError]:
    """The lines of a csv text; the record into which an unclosed quote drew the rest is an error.

    Raises ``InputError``: ``file_unreadable``.
    """
    text = text.replace(_END, "")
    told = _TOLD.match(text)
    text, first = (text[told.end() :], 2) if told else (text, 1)
    try:
        yield from _lines(text, told[1] if told else _find_delimiter(text, chosen), first)
    except (csv.Error, TypeError, ValueError) as problem:
        raise InputError("file_unreadable", path=path, kind="csv", problem=problem) from None


def _lines(text: str, delimiter: str, first: int = 1) -> Iterator[list[str] | InputError]:
    csv.field_size_limit(_CELL_LIMIT)
    reader = csv.reader(chain(io.StringIO(text, newline=""), [_END]), delimiter=delimiter)
    begun = 0
    for line in reader:
        if line and line[-1].endswith(_END):
            if line != [_END]:
                yield InputError("quote_unclosed", line=first + begun, lines=reader.line_num - 1 - begun)
            return
        yield line
        begun = reader.line_num


def _find_delimiter(text: str, chosen: Mapping[str, str | None] | None) -> str:
    """What parts the headers, be there a title above them or not; the commonest of the first line where none are."""
    found: list[tuple[int, int, str]] = []
    for delimiter in _DELIMITERS:
        head = _head(text, delimiter)
        place = header_place(head, chosen)
        if place is not None:
            found.append((place, -len(head[place]), delimiter))
    if found:
        # Of equals the first listed is chosen: names of delimiters are not compared.
        return min(found, key=lambda one: one[:2])[2]
    first_line = text[: text.find("\n") + 1] or text
    return max(_DELIMITERS, key=first_line.count)


def _head(text: str, delimiter: str) -> list[list[str]]:
    head: list[list[str]] = []
    try:
        for line in _lines(text, delimiter):
            if isinstance(line, InputError) or len(head) == DEPTH:
                break
            if any(cell.strip() for cell in line):
                head.append([cell.strip() for cell in line])
    except csv.Error:
        pass  # what is wrong is told when the file is read
    return head
