"""Corrections as training data: rows that ``mcu-nlp train`` reads back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mcu_nlp_service.storage.tables import Correction, StoredAnalysis

COLUMNS = ("id", "text", "category", "topic", "department", "kind", "tone", "model", "version", "created")
# What a person wrote in words of his own.
_FREE = ("text", "comment", "who", "card")
_TITLED = ("category", "topic", "department")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = dict[str, Any]


def training_row(stored: StoredAnalysis, corrections: Sequence[Correction]) -> Row:
    """One appeal with what people said of it, the latest word of each; what nobody said is empty and teaches nothing.

    Titles and not ids: training makes the same ids of them, whatever the district's taxonomy.
    """
    said = {name: value for correction in corrections for name, value in correction.fields.items()}
    cards = [correction.fields.get("card", {}) for correction in corrections]
    titles: Row = {name: said[name]["title"] if name in said else None for name in _TITLED}
    last = corrections[-1]
    return {
        "id": stored.id,
        "text": stored.text,
        **titles,
        "kind": said.get("kind"),
        "tone": said.get("tone"),
        "model": last.model,
        "version": last.model_version,
        "created": last.created.isoformat(),
        "card": {name: value for card in cards for name, value in card.items()} or None,
        "comment": next((one.comment for one in reversed(corrections) if one.comment), None),
        "who": next((one.who for one in reversed(corrections) if one.who), None),
    }


def written(row: Row) -> list[str]:
    """Everything in a row that a person wrote freely, in the order that :func:`with_written` takes it back in.

    >>> row = {"text": "Яма", "comment": None, "who": "Лунина", "card": {"places": ["Полевая"], "summary": None}}
    >>> written(row)
    ['Яма', 'Лунина', 'Полевая']
    >>> with_written(row, iter("123"))
    {'text': '1', 'comment': None, 'who': '2', 'card': {'places': ['3'], 'summary': None}}
    """
    found: list[str] = []
    _each_written([row[name] for name in _FREE], found.append)
    return found


def with_written(row: Row, texts: Iterator[str]) -> Row:
    """The row with other texts in place of those that :func:`written` told."""
    changed = _each_written([row[name] for name in _FREE], lambda _: next(texts))
    return row | dict(zip(_FREE, changed, strict=True))


def _each_written(value: Any, change: Callable[[str], Any]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each_written(one, change) for one in value]
    if isinstance(value, dict):
        return {name: _each_written(one, change) for name, one in value.items()}
    return value


def json_lines(rows: Sequence[Row]) -> bytes:
    """The rows as JSON lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def csv_lines(rows: Sequence[Row], header: bool = False) -> bytes:
    """The rows as Excel in Russia reads them; a cell that it would take for a formula gets an apostrophe."""
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";", lineterminator="\r\n")
    if header:
        writer.writerow(COLUMNS)
    writer.writerows([_inert(row[column] or "") for column in COLUMNS] for row in rows)
    return lines.getvalue().encode("utf-8-sig" if header else "utf-8")


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
