"""A table with all its columns, known or not: for what is written again, so that nothing of it is lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from mcu_nlp.errors import InputError
from mcu_nlp.tables.archive import check_xlsx
from mcu_nlp.tables.columns import find_columns
from mcu_nlp.tables.encoding import decode, decode_line
from mcu_nlp.tables.headers import DEPTH, header_place
from mcu_nlp.tables.lines import csv_lines
from mcu_nlp.tables.read import table_suffix
from mcu_nlp.tables.sheet import first_sheet
from mcu_nlp.tables.write import neutralize
from mcu_nlp.tables.write_sheet import write_sheet
from mcu_nlp.whole_file import whole_file

# Stands where a JSON record has no such key; one that is ``null`` stays so.
_ABSENT = ...


@dataclass
class WholeTable:
    """Headers, the place of every known column, and the cells of every record in order.

    Records are numbered as :func:`mcu_nlp.read_rows` numbers them. Titles above the headers, cells beside them
    and further sheets of a book are not kept.
    """

    headers: list[str]
    places: dict[str, int]
    records: list[list[Any]]

    def cell(self, record: int, column: str) -> str:
        """The text of a cell, empty where there is none."""
        place = self.places.get(column)
        cells = self.records[record]
        value = cells[place] if place is not None and place < len(cells) else None
        return "" if value is None or value is _ABSENT else str(value).strip()

    def put(self, record: int, column: str, value: str) -> None:
        """Set a cell; a column that is not there is added."""
        if column not in self.places:
            self.places[column] = len(self.headers)
            self.headers.append(column)
        place, cells = self.places[column], self.records[record]
        cells.extend([_ABSENT] * (place + 1 - len(cells)))
        cells[place] = value


def read_whole(path: str | Path, chosen: Mapping[str, str | None] | None = None) -> WholeTable:
    """Read a csv, xlsx or jsonl file with everything in it.

    Raises what :func:`mcu_nlp.read_rows` raises, and ``InputError`` for a record that cannot be read
    (``quote_unclosed``, ``row_not_json``, ``row_not_object``): it could not be written either.
    """
    path = Path(path)
    suffix = table_suffix(path)
    if suffix == ".jsonl":
        return _from_jsonl(path, chosen)
    lines = _xlsx_lines(path) if suffix == ".xlsx" else csv_lines(decode(path.read_bytes()), path, chosen)
    return _from_lines(lines, path, chosen)


def _from_lines(
    lines: Iterable[Iterable[Any] | InputError], path: Path, chosen: Mapping[str, str | None] | None
) -> WholeTable:
    records = _filled(lines)
    head = list(islice(records, DEPTH))
    texts = [["" if cell is None else str(cell).strip() for cell in line] for line in head]
    at = header_place(texts, chosen) or 0
    headers = texts[at] if texts else []
    found = find_columns([header for header in headers if header], path, chosen)
    places = {column: headers.index(header) for column, header in found.items()}
    return WholeTable(headers, places, [*head[at + 1 :], *records])


def _filled(lines: Iterable[Iterable[Any] | InputError]) -> Iterator[list[Any]]:
    for line in lines:
        if isinstance(line, InputError):
            raise line
        cells = list(line)
        if any(cell is not None and str(cell).strip() for cell in cells):
            yield cells


def _xlsx_lines(path: Path) -> list[list[Any]]:
    try:
        check_xlsx(path)
        with first_sheet(path) as lines:
            return [list(line) for line in lines]
    except InputError:
        raise
    except Exception as problem:  # openpyxl raises whatever its parsers meet: KeyError, ParseError, ValueError
        raise InputError("file_unreadable", path=path, kind="xlsx", problem=type(problem).__name__) from None


def _from_jsonl(path: Path, chosen: Mapping[str, str | None] | None) -> WholeTable:
    contents: list[dict[str, Any]] = []
    with path.open("rb") as lines:
        for text in filter(None, (decode_line(line).strip() for line in lines)):
            try:
                content = json.loads(text)
            except json.JSONDecodeError as problem:
                raise InputError("row_not_json", problem=problem.msg, position=problem.pos) from None
            except (ValueError, RecursionError) as problem:  # a number of thousands of digits, a thousand brackets
                raise InputError("row_not_json", problem=type(problem).__name__, position=0) from None
            if not isinstance(content, dict):
                raise InputError("row_not_object", got=type(content).__name__)
            contents.append(content)
    headers = list(dict.fromkeys(chain.from_iterable(contents)))
    found = find_columns(headers, path, chosen)
    places = {column: headers.index(header) for column, header in found.items()}
    return WholeTable(headers, places, [[content.get(header, _ABSENT) for header in headers] for content in contents])


def write_whole(table: WholeTable, path: str | Path) -> None:
    """Write a table by the file's suffix; the file appears only when it is whole.

    Texts that a spreadsheet would take for a formula get an apostrophe. Raises
    ``InputError`` for an unknown suffix (``output_type``) and a missing folder (``folder_missing``).
    """
    path = Path(path)
    if path.suffix.lower() != ".jsonl":
        write_sheet(path, table.headers, _lines(table), title="Обращения")
        return
    if not path.parent.is_dir():
        raise InputError("folder_missing", path=path.parent)
    names = _distinct(table.headers)
    # JSON can hold half of a character, no file can.
    with whole_file(path) as part, part.open("w", encoding="utf-8", errors="replace") as stream:
        for cells in table.records:
            content = {name: cell for name, cell in zip(names, cells, strict=False) if cell is not _ABSENT}
            stream.write(json.dumps(content, ensure_ascii=False, default=str) + "\n")


def _distinct(headers: list[str]) -> list[str]:
    """Headers as keys of a record: one that stands twice gets its place behind it.

    >>> _distinct(["Тема", "", "Тема", ""])
    ['Тема', '', 'Тема (3)', ' (4)']
    """
    return [
        f"{header} ({place})" if header in headers[: place - 1] else header for place, header in enumerate(headers, 1)
    ]


def _lines(table: WholeTable) -> Iterator[list[Any]]:
    width = len(table.headers)
    for cells in table.records:
        yield [sheet_cell(cell) for cell in (*cells[:width], *[None] * (width - len(cells)))]


def sheet_cell(value: Any) -> Any:
    """A value as a spreadsheet can hold it: no formula, no control characters."""
    if value is _ABSENT:
        return None
    if isinstance(value, (dict, list)):
        value = json.dumps(value, ensure_ascii=False)
    return neutralize(value) if isinstance(value, str) else value
