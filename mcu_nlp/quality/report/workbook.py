"""A comparison as a workbook: verdict, classes, and every decision that changed, for filters and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mcu_nlp.quality.comparison import Comparison
from mcu_nlp.quality.report import words
from mcu_nlp.quality.report.comparison_page import reasons
from mcu_nlp.tables.write import neutralize

Cell = str | int | float | None

_PAIRED = ("Решение", "Строк", "Прежняя", "Новая", "Исправлено", "Испорчено", "p (лучше)", "p (хуже)")
_CLASSES = ("Класс", "Строк", "Исправлено", "Испорчено", "Потеря, доля", "Потеря не меньше", "Вывод")
_CHANGED = ("Строка", "№", "Было", "Стало", "В разметке", "Итог", "Текст (обезличен)")


def write_workbook(comparison: Comparison, path: Path) -> None:
    """Write the sheets «Вывод», «Классы» and «Изменённые решения»; no cell can be a formula."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    book.remove(book.active)
    for title, widths, lines in (
        ("Вывод", (34, 10, 12, 12, 13, 13, 12, 12), _verdict(comparison)),
        ("Классы", (52, 10, 13, 13, 14, 18, 10), _classes(comparison)),
        ("Изменённые решения", (9, 12, 38, 38, 38, 14, 90), _changes(comparison)),
    ):
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append([neutralize(cell) if isinstance(cell, str) else cell for cell in line])
        for number, width in enumerate(widths):
            sheet.column_dimensions[chr(ord("A") + number)].width = width
        for row in sheet.iter_rows():
            for cell in row:
                cell.alignment = Alignment(wrap_text=title != "Вывод", vertical="top")
        if title != "Вывод":
            sheet.freeze_panes = "A2"
            sheet.auto_filter.ref = sheet.dimensions
            for cell in sheet[1]:
                cell.font = Font(bold=True)
    book.save(path)


def _verdict(comparison: Comparison) -> Iterator[Sequence[Cell]]:
    yield [words.VERDICTS[comparison.verdict]]
    for reason in reasons(comparison):
        yield [reason]
    for title, model in (("Прежняя модель", comparison.old), ("Новая модель", comparison.new)):
        yield [title, f"{model['name']} {model['version']}"]
    yield []
    yield _PAIRED
    for name, paired in comparison.decisions.items():
        shares = [round(share, 4) for share in (paired.old_accuracy, paired.new_accuracy)]
        chances = [round(p, 5) for p in (paired.p_better, paired.p_worse)]
        yield [words.DECISIONS[name], paired.n, *shares, paired.wins, paired.losses, *chances]


def _classes(comparison: Comparison) -> Iterator[Sequence[Cell]]:
    yield _CLASSES
    for one in comparison.classes:
        loss = [round(one.loss, 4), round(one.loss_low, 4)]
        verdict = "хуже" if one.worse else "" if one.large else "мало строк"
        yield [one.title, one.n, one.wins, one.losses, *loss, verdict]


def _changes(comparison: Comparison) -> Iterator[Sequence[Cell]]:
    yield _CHANGED
    for one in comparison.changed:
        yield [one.number, one.id, one.old, one.new, one.truth, words.OUTCOMES[one.outcome], one.text]
