"""Writing analyses: jsonl holds the contract's JSON, csv and xlsx one flat row an appeal."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol

from mcu_nlp.errors import InputError
from mcu_nlp.labels import level_titles
from mcu_nlp.records import Analysis
from mcu_nlp.whole_file import whole_file

if TYPE_CHECKING:
    from openpyxl import Workbook

SUFFIXES = (".jsonl", ".csv", ".xlsx")


class AnalysisWriter(Protocol):
    """Takes analyses one by one, in order."""

    def write(self, analysis: Analysis | Mapping[str, Any]) -> None:
        """Append one analysis, or its contract JSON as a mapping."""


@contextmanager
def open_writer(path: str | Path | None, *, rows: bool = False) -> Iterator[AnalysisWriter]:
    """A writer by the file's suffix; ``None`` or ``-`` is JSONL on standard output.

    With ``rows``, tables get two more columns, filled from mappings only: ``row`` is the record's
    number, and ``error`` tells why there is no analysis of it. The file appears under its name
    only when everything is written. Raises ``InputError`` for an unknown suffix (``output_type``)
    and a missing folder (``folder_missing``), ``OSError`` when the disk refuses.
    """
    if path is None or str(path) == "-":
        yield _JsonLines(sys.stdout)
        sys.stdout.flush()
        return
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise InputError("output_type", path=path, got=suffix, expected=", ".join(SUFFIXES))
    if not path.parent.is_dir():
        raise InputError("folder_missing", path=path.parent)
    with (
        whole_file(path) as draft,
        _WRITERS[suffix](draft, FLAT_COLUMNS + (ROW_COLUMNS if rows else ())) as writer,
    ):
        yield writer


class _JsonLines:
    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream

    def write(self, analysis: Analysis | Mapping[str, Any]) -> None:
        self.stream.write(json.dumps(_content(analysis), ensure_ascii=False) + "\n")


@contextmanager
def _jsonl(path: Path, _columns: tuple[str, ...]) -> Iterator[_JsonLines]:
    with path.open("w", encoding="utf-8") as stream:
        yield _JsonLines(stream)


class _Csv:
    def __init__(self, stream: IO[str], columns: tuple[str, ...]) -> None:
        # Excel in Russia expects semicolons and the mark of UTF-8.
        self.rows = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        self.rows.writerow(columns)
        self.width = len(columns)

    def write(self, analysis: Analysis | Mapping[str, Any]) -> None:
        self.rows.writerow(flat_row(_content(analysis))[: self.width])


@contextmanager
def _csv(path: Path, columns: tuple[str, ...]) -> Iterator[_Csv]:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        yield _Csv(stream, columns)


class _Xlsx:
    def __init__(self, columns: tuple[str, ...]) -> None:
        from openpyxl import Workbook

        self.book = Workbook(write_only=True)
        self.sheet = self.book.create_sheet("Обращения")
        self.sheet.freeze_panes = "C2"
        for number, width in enumerate(_WIDTHS):
            self.sheet.column_dimensions[chr(ord("A") + number)].width = width
        self.sheet.append(columns)
        self.width = len(columns)

    def write(self, analysis: Analysis | Mapping[str, Any]) -> None:
        self.sheet.append([fitting(value) for value in flat_row(_content(analysis))[: self.width]])

    def discard(self) -> None:
        """Remove openpyxl's temporary file: it holds appeals."""
        self.sheet.close()
        self.sheet._writer.cleanup()


# What a spreadsheet cell can hold, in units of UTF-16.
_CELL = 32_767
_NOT_IN_CELL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# The same analyses give the same bytes: nothing in a file tells when it was written.
_WRITTEN = datetime(1980, 1, 1)


def fitting(value: Any) -> Any:
    """What a cell holds of a value: a long text is cut, but not in the middle of a character.

    >>> len(fitting("🙂" * 20_000)), len(fitting("я" * 40_000))
    (16383, 32767)
    """
    if not isinstance(value, str) or 2 * len(value) <= _CELL:
        return value
    return value.encode("utf-16-le")[: 2 * _CELL].decode("utf-16-le", "ignore")


class _Archive(zipfile.ZipFile):
    """Its members are all of one time."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        with self.open(_member(zinfo_or_arcname), "w") as member:
            member.write(data.encode() if isinstance(data, str) else data)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        with Path(filename).open("rb") as source, self.open(_member(arcname), "w", force_zip64=True) as member:
            shutil.copyfileobj(source, member, 1 << 20)


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _WRITTEN.timetuple()[:6])
    member.compress_type = zipfile.ZIP_DEFLATED
    return member


def save_book(book: Workbook, path: Path) -> None:
    """Write a workbook so that the same cells give the same bytes."""
    from openpyxl.writer.excel import ExcelWriter

    book.properties.created = book.properties.modified = _WRITTEN
    ExcelWriter(book, _Archive(path, "w", zipfile.ZIP_DEFLATED)).save()


@contextmanager
def _xlsx(path: Path, columns: tuple[str, ...]) -> Iterator[_Xlsx]:
    writer = _Xlsx(columns)
    try:
        yield writer
    except BaseException:
        writer.discard()
        raise
    save_book(writer.book, path)


_WRITERS: dict[str, Callable[[Path, tuple[str, ...]], AbstractContextManager[AnalysisWriter]]] = {
    ".jsonl": _jsonl,
    ".csv": _csv,
    ".xlsx": _xlsx,
}


FLAT_COLUMNS = (
    "Номер", "Текст", "Вид", "Группа тем", "Уверенность в группе", "Тема", "Уверенность в теме", "Исполнитель",
    "Уверенность в исполнителе", "Основание", "Тон", "Признаки", "Краткая суть", "Просьба", "Адреса", "Когда",
    "Прежние обращения", "Нужен человек", "Причины",
)  # fmt: skip
ROW_COLUMNS = ("Строка", "Ошибка")
_WIDTHS = (10, 60, 14, 26, 10, 50, 10, 40, 10, 14, 14, 20, 50, 40, 40, 20, 30, 10, 30, 10, 50)


def _content(analysis: Analysis | Mapping[str, Any]) -> Mapping[str, Any]:
    return analysis.to_dict() if isinstance(analysis, Analysis) else analysis


def flat_row(content: Mapping[str, Any]) -> list[str | float]:
    """A contract JSON as the cells of ``FLAT_COLUMNS`` and ``ROW_COLUMNS``; absent parts are empty.

    Cells that a spreadsheet would take for a formula get an apostrophe before them.
    """
    card, tone, review = (content.get(part) or {} for part in ("card", "tone", "review"))
    choices = {name: content.get(name) or {} for name in ("kind", "category", "topic", "department")}
    request, error = card.get("request") or {}, content.get("error") or {}

    def choice(name: str) -> list[str | float]:
        found = choices[name]
        return [found["title"], found["confidence"]] if found else ["", ""]

    def texts(*parts: str) -> str:
        return "; ".join(span["text"] for part in parts for span in card.get(part, ()))

    cells: list[str | float] = [
        content.get("id") or "",
        content.get("text") or "",
        choices["kind"].get("title", ""),
        *choice("category"),
        *choice("topic"),
        *choice("department"),
        choices["department"].get("source", ""),
        level_titles()[tone["level"]] if tone else "",
        ", ".join(signal["id"] for signal in tone.get("signals", ())),
        card.get("summary") or "",
        request.get("text", ""),
        texts("places"),
        texts("dates", "duration"),
        texts("prior_appeals"),
        ("да" if review["required"] else "нет") if review else "",
        ", ".join(review.get("reasons", ())),
        content.get("row", ""),
        f"{error['code']}: {error['detail']}" if error else "",
    ]
    return [neutralize(cell) if isinstance(cell, str) else cell for cell in cells]


def neutralize(cell: str) -> str:
    """Keep a spreadsheet from reading a text as a formula.

    >>> neutralize("=1+1"), neutralize("Яма")
    ("'=1+1", 'Яма')
    """
    # Control characters go first: a formula may not hide behind one that the file cannot hold.
    cell = _NOT_IN_CELL.sub("", cell)
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")) else cell
