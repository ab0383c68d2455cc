"""Reading appeals from csv, xlsx and jsonl: a bad row is told by its number, and the rest goes on."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import IO, Any

from mcu_nlp.errors import InputError
from mcu_nlp.records import Message
from mcu_nlp.tables.archive import check_xlsx
from mcu_nlp.tables.channels import read_channel
from mcu_nlp.tables.columns import Columns, find_columns
from mcu_nlp.tables.encoding import decode, decode_line
from mcu_nlp.tables.headers import DEPTH, header_place
from mcu_nlp.tables.lines import csv_lines
from mcu_nlp.tables.sheet import first_sheet

SUFFIXES = (".csv", ".xlsx", ".jsonl")
_NOT_A_CELL = (dict, list, bool)

# Is told the headers of a file, and which of them was taken for what.
Headers = Callable[[Sequence[str], Columns], None]


def _unheard(_headers: Sequence[str], _columns: Columns) -> None:
    """Nobody asks for the headers."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file: its number (1 is the first data row) and its known columns."""

    number: int
    values: Mapping[str, str]

    @property
    def id(self) -> str:
        """The record's own id, or its number."""
        return self.values.get("id") or str(self.number)

    @property
    def message(self) -> Message:
        """The record as the analyzer takes it."""
        channel = read_channel(self.values.get("channel"))
        return Message(self.values["text"], id=self.id, channel=channel, received=self.day)

    @property
    def day(self) -> date | None:
        """The day of receipt where the column holds an ISO or Russian date; anything else is not guessed at."""
        written = self.values.get("received", "")[:10]
        try:
            if written[2:3] == ".":
                day, month, year = written.split(".")
                # «26» is not the year 26; whether it is 2026 is not guessed at.
                return date(int(year), int(month), int(day)) if len(year) == len("2026") else None
            return date.fromisoformat(written)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class BadRow:
    """A record that could not be read, and why."""

    number: int
    error: InputError


def read_rows(
    path: str | Path, chosen: Mapping[str, str | None] | None = None, headers: Headers = _unheard
) -> Iterator[Row | BadRow]:
    """Yield the records of a file in order; ``-`` reads JSONL from standard input.

    ``chosen`` names columns outright (``{"text": "Жалоба"}``). ``headers`` is called with the
    headers and what they were taken for: once a table, once for every new set of names in JSONL.
    Raises ``InputError``:
    ``file_missing``, ``file_type``, ``file_unreadable``, ``file_unsafe``, ``file_too_large``,
    ``column_missing``, ``column_ambiguous``.
    """
    if str(path) == "-":
        yield from _jsonl(sys.stdin.buffer, path, chosen, headers)
        return
    path = Path(path)
    suffix = table_suffix(path)
    if suffix == ".xlsx":
        yield from _xlsx(path, chosen, headers)
    elif suffix == ".csv":
        yield from _csv(path, chosen, headers)
    else:
        with path.open("rb") as lines:
            yield from _jsonl(lines, path, chosen, headers)


def table_suffix(path: Path) -> str:
    """The suffix of a file that is there and can be read. Raises ``InputError``: ``file_type``, ``file_missing``."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError("file_type", path=path, got=suffix, expected=", ".join(SUFFIXES))
    if not path.is_file():
        raise InputError("file_missing", path=path)
    return suffix


def _csv(path: Path, chosen: Mapping[str, str | None] | None, told: Headers) -> Iterator[Row | BadRow]:
    yield from _table(csv_lines(decode(path.read_bytes()), path, chosen), path, chosen, told)


def _xlsx(path: Path, chosen: Mapping[str, str | None] | None, told: Headers) -> Iterator[Row | BadRow]:
    try:
        check_xlsx(path)
        with first_sheet(path) as lines:
            yield from _table(lines, path, chosen, told)
    except InputError:
        raise
    except Exception as problem:  # openpyxl raises whatever its parsers meet: KeyError, ParseError, ValueError
        raise InputError("file_unreadable", path=path, kind="xlsx", problem=type(problem).__name__) from None


def _table(
    lines: Iterable[Iterable[Any] | InputError],
    path: Path,
    chosen: Mapping[str, str | None] | None,
    told: Headers,
) -> Iterator[Row | BadRow]:
    """Rows under the line of headers; an error among the lines is a record that could not be read."""
    records = _filled(lines)
    head: list[list[str]] = []
    rest: list[list[str] | InputError] = []
    for record in records:
        if isinstance(record, InputError):
            if not head:
                raise record
            rest.append(record)
            break
        head.append(record)
        if len(head) == DEPTH:
            break
    place = header_place(head, chosen) or 0
    headers = head[place] if head else []
    found = find_columns([header for header in headers if header], path, chosen)
    told([header for header in headers if header], found)
    columns = {column: headers.index(header) for column, header in found.items()}
    for number, cells in enumerate(chain(head[place + 1 :], rest, records), 1):
        if isinstance(cells, InputError):
            yield BadRow(number, cells)
        else:
            yield _row(number, {column: cells[at] for column, at in columns.items() if at < len(cells)})


def _filled(lines: Iterable[Iterable[Any] | InputError]) -> Iterator[list[str] | InputError]:
    """Lines as texts; a blank line at the end of an export is not a record."""
    for line in lines:
        if isinstance(line, InputError):
            yield line
            continue
        cells = ["" if cell is None else str(cell).strip() for cell in line]
        if any(cells):
            yield cells


def _jsonl(
    lines: IO[bytes], path: object, chosen: Mapping[str, str | None] | None, told: Headers
) -> Iterator[Row | BadRow]:
    number = 0
    seen: set[tuple[str, ...]] = set()
    for line in lines:
        text = decode_line(line).strip()
        if not text:
            continue
        number += 1
        try:
            record = json.loads(text)
        except json.JSONDecodeError as problem:
            yield BadRow(number, InputError("row_not_json", problem=problem.msg, position=problem.pos))
            continue
        except (ValueError, RecursionError) as problem:
            yield BadRow(number, InputError("row_not_json", problem=type(problem).__name__, position=0))
            continue
        if not isinstance(record, dict):
            yield BadRow(number, InputError("row_not_object", got=type(record).__name__))
            continue
        try:
            found = find_columns(list(record), path, chosen)
        except InputError as problem:
            yield BadRow(number, problem)
            continue
        if tuple(record) not in seen:
            seen.add(tuple(record))
            told(list(record), found)
        wrong = next((record[h] for c, h in found.items() if not _fits(c, record[h])), None)
        if wrong is not None:
            yield BadRow(number, InputError("text_not_string", got=type(wrong).__name__))
            continue
        yield _row(number, {c: _cell(record[h]) for c, h in found.items()})


def _fits(column: str, value: object) -> bool:
    """Whether a column can hold the value: an id may be a number, a text may not."""
    return value is None or isinstance(value, str) or (column != "text" and not isinstance(value, _NOT_A_CELL))


def _cell(value: object) -> str:
    """Nothing for ``null`` and for the ``NaN`` that pandas writes in its place."""
    return "" if value is None or value != value else _whole(str(value))


def _whole(text: str) -> str:
    """JSON can hold half of a character («\\ud83d»), no file can."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _row(number: int, values: dict[str, str]) -> Row | BadRow:
    if not values.get("text", "").strip():
        return BadRow(number, InputError("text_empty"))
    return Row(number, values)
