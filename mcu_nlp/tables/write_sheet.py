"""Any table as a file: csv, xlsx or jsonl, made so that Excel in Russia opens it and runs nothing of it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from mcu_nlp.errors import InputError
from mcu_nlp.tables.write import SUFFIXES, fitting, neutralize, save_book
from mcu_nlp.whole_file import whole_file

_WIDEST = 60


def write_sheet(path: str | Path, headers: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str) -> None:
    """Write rows under headers; ``title`` names the sheet of an xlsx. The file appears only when it is whole.

    Texts that a spreadsheet would take for a formula get an apostrophe before them. Raises
    ``InputError`` for an unknown suffix (``output_type``) and a missing folder (``folder_missing``).
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError("output_type", path=path, got=suffix, expected=", ".join(SUFFIXES))
    if not path.parent.is_dir():
        raise InputError("folder_missing", path=path.parent)
    with whole_file(path) as part:
        if suffix == ".jsonl":
            lines = (json.dumps(dict(zip(headers, row, strict=True)), ensure_ascii=False) for row in rows)
            part.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        elif suffix == ".csv":
            _csv(part, headers, rows)
        else:
            _xlsx(part, headers, rows, title)


def _cells(row: Sequence[Any]) -> list[Any]:
    return [neutralize(cell) if isinstance(cell, str) else cell for cell in row]


def _csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        writer.writerow(headers)
        writer.writerows(map(_cells, rows))


def _xlsx(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]], title: str) -> None:
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.active
    sheet.title = title
    sheet.freeze_panes = "A2"
    sheet.append(list(headers))
    for row in rows:
        sheet.append([fitting(cell) for cell in _cells(row)])
    for number, column in enumerate(sheet.iter_cols(max_row=200, values_only=True), 1):
        widest = max(len(str(cell)) for cell in column if cell is not None) if any(column) else 0
        sheet.column_dimensions[get_column_letter(number)].width = min(_WIDEST, widest + 2)
    save_book(book, path)
