"""The sheet that a reviewer fills in: what is asked, why, and drop-downs for the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

from mcu_nlp.errors import InputError
from mcu_nlp.labelling.records import FIELD_TITLES, Choice, ReviewList
from mcu_nlp.tables.whole import sheet_cell
from mcu_nlp.tables.write import fitting
from mcu_nlp.whole_file import whole_file

SHEET, LABELS, HELP = "Проверка", "Метки", "Как заполнять"
COLUMNS = (
    "Строка", "Номер", "Текст", "Что проверить", "Метка сейчас", "Предложение", "Причина", "Оценка", "Решение",
    "Новая метка",
)  # fmt: skip
DECISIONS: Mapping[str, Choice] = {"оставить": "keep", "заменить": "replace", "не знаю": "unsure"}
_WIDTHS = (8, 12, 70, 14, 36, 36, 48, 9, 13, 36)
_DECISION, _NEW = COLUMNS.index("Решение") + 1, COLUMNS.index("Новая метка") + 1
_HELP = (
    "Одна строка листа «Проверка» — одна метка одного обращения.",
    "Решение «оставить»: метка верна. «заменить»: верно «Предложение» или то, что выбрано в «Новая метка». "
    "«не знаю»: метка остаётся, строка попадёт в отчёт.",
    "Если выбрана «Новая метка», решение можно не писать.",
    "Пустая строка решений не меняет ничего: проверку можно прервать и продолжить.",
    "Своя метка, которой ещё нет: допишите её в столбец листа «Метки», затем выберите.",
    "Остальные столбцы не меняйте: по ним строка находит своё обращение. Сортировать и фильтровать можно.",
)


def check_sheet(path: Path) -> None:
    """Raise ``InputError`` (``output_type``, ``folder_missing``) for a file that no review can be written into."""
    if path.suffix.lower() != ".xlsx":
        raise InputError("output_type", path=path, got=path.suffix, expected=".xlsx")
    if not path.parent.is_dir():
        raise InputError("folder_missing", path=path.parent)


def write_review(path: str | Path, review: ReviewList) -> None:
    """Write the items to an ``.xlsx`` for review; the file appears only when it is whole.

    Raises ``InputError``: ``output_type`` for another suffix, ``folder_missing``.
    """
    from openpyxl import Workbook

    path = Path(path)
    check_sheet(path)
    book = Workbook()
    _fill_items(book.active, review)
    columns = _fill_labels(book.create_sheet(LABELS), review.choices)
    _add_choices(book[SHEET], review, columns)
    _fill_help(book.create_sheet(HELP))
    with whole_file(path) as part:
        book.save(part)


def _fill_items(sheet: Any, review: ReviewList) -> None:
    from openpyxl.styles import Alignment, PatternFill
    from openpyxl.utils import get_column_letter

    sheet.title = SHEET
    _head(sheet, COLUMNS, _WIDTHS)
    for item in review.items:
        title = FIELD_TITLES[item.field]
        reasons = "; ".join(item.reasons)
        line = [item.number, item.id, item.text, title, item.label, item.proposed, reasons, round(item.score, 3)]
        sheet.append([fitting(sheet_cell(cell)) for cell in line])
    to_fill = PatternFill("solid", fgColor="FFF8E1")
    for cells in sheet.iter_rows(min_row=2, max_row=len(review.items) + 1, max_col=len(COLUMNS)):
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        for place in (_DECISION, _NEW):
            cells[place - 1].fill = to_fill
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{len(review.items) + 1}"
    sheet.freeze_panes = "D2"


def _fill_labels(sheet: Any, choices: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """One column of labels a field; returns the letter of each field's column."""
    from openpyxl.utils import get_column_letter

    _head(sheet, [FIELD_TITLES[field] for field in choices], [60] * len(choices))
    letters = {}
    for column, (field, labels) in enumerate(choices.items(), 1):
        letters[field] = get_column_letter(column)
        for row, label in enumerate(labels, 2):
            sheet.cell(row, column, sheet_cell(label))
    return letters


def _add_choices(sheet: Any, review: ReviewList, columns: Mapping[str, str]) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    decisions = DataValidation(type="list", formula1=f'"{",".join(DECISIONS)}"', allow_blank=True)
    decisions.errorTitle, decisions.error = "Решение", f"Возможны: {', '.join(DECISIONS)}."
    # Room is left under the labels for those that a reviewer adds.
    labels = {
        field: DataValidation(
            type="list",
            formula1=f"{LABELS}!${letter}$2:${letter}${len(review.choices[field]) + 31}",
            allow_blank=True,
            errorTitle="Новая метка",
            error=f"Метки нет в списке; новую сначала допишите на лист «{LABELS}».",
        )
        for field, letter in columns.items()
    }
    row = 2
    # Whole ranges: a list of thousands of cells would be read slowly.
    for field, items in groupby(review.items, attrgetter("field")):
        last = row + len(list(items)) - 1
        labels[field].add(f"{get_column_letter(_NEW)}{row}:{get_column_letter(_NEW)}{last}")
        decisions.add(f"{get_column_letter(_DECISION)}{row}:{get_column_letter(_DECISION)}{last}")
        row = last + 1
    for validation in (decisions, *labels.values()):
        if validation.sqref:
            sheet.add_data_validation(validation)


def _fill_help(sheet: Any) -> None:
    from openpyxl.styles import Alignment

    sheet.column_dimensions["A"].width = 110
    for line in _HELP:
        sheet.append([line])
        sheet.cell(sheet.max_row, 1).alignment = Alignment(wrap_text=True, vertical="top")


def _head(sheet: Any, headers: Sequence[str], widths: Sequence[int]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet.append(list(headers))
    sheet.freeze_panes = "A2"
    for column, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        cell = sheet.cell(1, column)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE7F3")
        cell.alignment = Alignment(wrap_text=True, vertical="center")
