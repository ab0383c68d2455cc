"""A filled-in review sheet -> decisions; what makes no sense is told by the number of its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from mcu_nlp.dataset.examples import fold_title
from mcu_nlp.errors import InputError
from mcu_nlp.labelling.records import FIELD_TITLES, Decision, Review
from mcu_nlp.labelling.review_sheet import COLUMNS, DECISIONS, LABELS, SHEET
from mcu_nlp.tables import BadRow, check_xlsx

_FIELDS = {title.lower(): field for field, title in FIELD_TITLES.items()}


def read_review(path: str | Path) -> Review:
    """Read a review that :func:`write_review` wrote and a person filled in.

    A line is decided by «Решение», or by «Новая метка» alone, which means «заменить».
    Raises ``InputError``: ``file_missing``, ``file_type``, ``file_unreadable``, and ``review_columns``
    when columns are gone. Lines that make no sense are in ``errors``: ``review_decision_unknown``,
    ``review_field_unknown``, ``review_contradiction``, ``review_label_missing``.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise InputError("file_type", path=path, got=path.suffix, expected=".xlsx")
    if not path.is_file():
        raise InputError("file_missing", path=path)
    lines, labels = _sheets(path)
    headers = [str(cell or "").strip() for cell in lines[0]] if lines else []
    missing = [column for column in COLUMNS if column not in headers]
    if missing:
        raise InputError("review_columns", path=path, missing=", ".join(missing))
    places = {column: headers.index(column) for column in COLUMNS}
    decisions: list[Decision] = []
    errors: list[BadRow] = []
    undecided = 0
    for row, line in enumerate(lines[1:], 2):
        cells = {column: _text(line[place]) if place < len(line) else "" for column, place in places.items()}
        if not any(cells.values()):
            continue
        if not cells["Решение"] and not cells["Новая метка"]:
            undecided += 1
            continue
        try:
            decisions.append(_decision(row, cells))
        except InputError as problem:
            errors.append(BadRow(row, problem))
    return Review(tuple(decisions), tuple(errors), undecided, labels)


def _sheets(path: Path) -> tuple[list[tuple[Any, ...]], dict[str, tuple[str, ...]]]:
    from openpyxl import load_workbook

    try:
        check_xlsx(path)
        with path.open("rb") as stream, closing(load_workbook(stream, read_only=True, data_only=True)) as book:
            for sheet in book.worksheets:
                sheet.reset_dimensions()
            first = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
            labels = book[LABELS].iter_rows(values_only=True) if LABELS in book.sheetnames else ()
            return list(first.iter_rows(values_only=True)), _labels(labels)
    except InputError:
        raise
    except Exception as problem:  # openpyxl raises whatever its parsers meet: KeyError, ParseError, ValueError
        raise InputError("file_unreadable", path=path, kind="xlsx", problem=type(problem).__name__) from None


def _labels(lines: Iterable[Sequence[Any]]) -> dict[str, tuple[str, ...]]:
    table = [[_text(cell) for cell in line] for line in lines]
    found = {}
    for place, title in enumerate(table[0] if table else ()):
        if title.lower() in _FIELDS:
            column = [line[place] for line in table[1:] if place < len(line)]
            found[_FIELDS[title.lower()]] = tuple(filter(None, column))
    return found


def _decision(row: int, cells: Mapping[str, str]) -> Decision:
    field = _FIELDS.get(cells["Что проверить"].lower())
    if field is None:
        expected = ", ".join(FIELD_TITLES.values())
        raise InputError("review_field_unknown", got=cells["Что проверить"][:40], expected=expected)
    written = cells["Решение"].lower()
    choice = DECISIONS.get(written) if written else "replace"
    if choice is None:
        raise InputError("review_decision_unknown", got=cells["Решение"][:40], expected=", ".join(DECISIONS))
    new = cells["Новая метка"] or None
    if choice != "replace" and new and new.lower() != cells["Метка сейчас"].lower():
        raise InputError("review_contradiction", decision=written)
    if choice == "replace":
        new = new or cells["Предложение"] or None
        if new is None:
            raise InputError("review_label_missing")
    number = cells["Строка"].removesuffix(".0")
    return Decision(
        row=row,
        number=int(number) if number.isdecimal() else None,
        id=cells["Номер"],
        text=cells["Текст"],
        field=field,
        label=cells["Метка сейчас"] or None,
        choice=choice,
        new=new if choice == "replace" else None,
    )


def _text(cell: Any) -> str:
    return fold_title("" if cell is None else str(cell)) or ""
