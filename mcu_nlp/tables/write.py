"""Writing analyses: jsonl holds the contract's JSON, csv and xlsx one flat row an appeal."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from mcu_nlp.errors import InputError
from mcu_nlp.labels import level_titles
from mcu_nlp.records import Analysis

SUFFIXES = (".jsonl", ".csv", ".xlsx")


class AnalysisWriter(Protocol):
    """Takes analyses one by one, in order."""

    def write(self, analysis: Analysis) -> None:
        """Append one analysis."""


@contextmanager
def open_writer(path: str | Path | None) -> Iterator[AnalysisWriter]:
    """A writer by the file's suffix; ``None`` or ``-`` is JSONL on standard output.

    The file appears under its name only when everything is written. Raises
    ``InputError`` for an unknown suffix (``output_type``) and a missing folder (``folder_missing``),
    ``OSError`` when the disk refuses.
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
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _WRITERS[suffix](part) as writer:
            yield writer
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


class _JsonLines:
    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream

    def write(self, analysis: Analysis) -> None:
        self.stream.write(json.dumps(analysis.to_dict(), ensure_ascii=False) + "\n")


@contextmanager
def _jsonl(path: Path) -> Iterator[_JsonLines]:
    with path.open("w", encoding="utf-8") as stream:
        yield _JsonLines(stream)
        _sync(stream)


class _Csv:
    def __init__(self, stream: IO[str]) -> None:
        # Excel in Russia expects semicolons and the mark of UTF-8.
        self.rows = csv.writer(stream, delimiter=";", lineterminator="\r\n")
        self.rows.writerow(FLAT_COLUMNS)

    def write(self, analysis: Analysis) -> None:
        self.rows.writerow(flat_row(analysis))


@contextmanager
def _csv(path: Path) -> Iterator[_Csv]:
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        yield _Csv(stream)
        _sync(stream)


class _Xlsx:
    def __init__(self) -> None:
        from openpyxl import Workbook

        self.book = Workbook(write_only=True)
        self.sheet = self.book.create_sheet("Обращения")
        self.sheet.freeze_panes = "C2"
        for number, width in enumerate(_WIDTHS):
            self.sheet.column_dimensions[chr(ord("A") + number)].width = width
        self.sheet.append(FLAT_COLUMNS)

    def write(self, analysis: Analysis) -> None:
        self.sheet.append([_cell(value) for value in flat_row(analysis)])

    def discard(self) -> None:
        """Remove openpyxl's temporary file: it holds appeals."""
        self.sheet.close()
        self.sheet._writer.cleanup()


# What a spreadsheet cell can hold.
_CELL = 32_000
_NOT_IN_CELL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _cell(value: Any) -> Any:
    return _NOT_IN_CELL.sub("", value)[:_CELL] if isinstance(value, str) else value


@contextmanager
def _xlsx(path: Path) -> Iterator[_Xlsx]:
    writer = _Xlsx()
    try:
        yield writer
    except BaseException:
        writer.discard()
        raise
    writer.book.save(path)


_WRITERS: dict[str, Callable[[Path], AbstractContextManager[AnalysisWriter]]] = {
    ".jsonl": _jsonl,
    ".csv": _csv,
    ".xlsx": _xlsx,
}


def _sync(stream: IO[str]) -> None:
    stream.flush()
    os.fsync(stream.fileno())


FLAT_COLUMNS = (
    "Номер", "Текст", "Вид", "Группа тем", "Уверенность в группе", "Тема", "Уверенность в теме", "Исполнитель",
    "Уверенность в исполнителе", "Основание", "Тон", "Признаки", "Краткая суть", "Просьба", "Адреса", "Когда",
    "Прежние обращения", "Нужен человек", "Причины",
)  # fmt: skip
_WIDTHS = (10, 60, 14, 26, 10, 50, 10, 40, 10, 14, 14, 20, 50, 40, 40, 20, 30, 10, 30)


def flat_row(analysis: Analysis) -> list[str | float]:
    """One analysis as the cells of ``FLAT_COLUMNS``; absent parts are empty.

    Cells that a spreadsheet would take for a formula get an apostrophe before them.
    """
    card, tone, department = analysis.card, analysis.tone, analysis.department
    cells: list[str | float] = [
        analysis.id or "",
        analysis.text,
        analysis.kind.title if analysis.kind else "",
        analysis.category.title if analysis.category else "",
        round(analysis.category.confidence, 3) if analysis.category else "",
        analysis.topic.title if analysis.topic else "",
        round(analysis.topic.confidence, 3) if analysis.topic else "",
        department.title if department else "",
        round(department.confidence, 3) if department else "",
        department.source if department else "",
        level_titles()[tone.level] if tone else "",
        ", ".join(signal.id for signal in tone.signals) if tone else "",
        (card.summary or "") if card else "",
        card.request.text if card and card.request else "",
        "; ".join(place.text for place in card.places) if card else "",
        "; ".join(date.text for date in (*card.dates, *card.duration)) if card else "",
        "; ".join(appeal.text for appeal in card.prior_appeals) if card else "",
        ("да" if analysis.review.required else "нет") if analysis.review else "",
        ", ".join(analysis.review.reasons) if analysis.review else "",
    ]
    return [neutralize(cell) if isinstance(cell, str) else cell for cell in cells]


def neutralize(cell: str) -> str:
    """Keep a spreadsheet from reading a text as a formula.

    >>> neutralize("=1+1"), neutralize("Яма")
    ("'=1+1", 'Яма')
    """
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
