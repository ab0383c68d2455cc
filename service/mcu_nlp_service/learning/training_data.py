"""Corrections as training data: rows that ``mcu-nlp train`` reads back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from mcu_nlp_service.storage.tables import Correction, StoredAnalysis

COLUMNS = ("id", "text", "category", "topic", "department", "kind", "tone", "model", "version", "created")
_TITLED = ("category", "topic", "department")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

Row = dict[str, str | None]


def training_row(stored: StoredAnalysis, corrections: Sequence[Correction]) -> Row:
    """One appeal with what people said of it, the latest word of each; what nobody said is empty and teaches nothing.

    Titles and not ids: training makes the same ids of them, whatever the district's taxonomy.
    """
    said = {name: value for correction in corrections for name, value in correction.fields.items()}
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
    }


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
