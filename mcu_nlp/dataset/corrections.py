"""Corrections that people made in the service, merged into a file of labelled appeals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mcu_nlp.dataset.copies import plain_words
from mcu_nlp.stages.clean_text import clean_text
from mcu_nlp.tables import BadRow, Row, read_rows

_LABELS = ("category", "topic", "department", "kind", "tone")


@dataclass(frozen=True, slots=True)
class MergedCorrections:
    """What became of the corrections: labels of so many rows replaced, so many new rows added.

    ``superseded`` corrections gave way to later ones of the same appeal, ``unreadable`` could not be used.
    """

    read: int
    merged: int
    added: int
    superseded: int
    unreadable: int

    def to_dict(self) -> dict[str, int]:
        """For the report of a model."""
        return asdict(self)


def merge_corrections(rows: Sequence[Row], path: str | Path) -> tuple[list[Row], MergedCorrections]:
    """Put the service's export (``GET /v1/corrections``, JSONL or CSV) over the labels of a file.

    A correction belongs to every row with its text, else to the row with its id; it wins over the file, and of
    several the latest (by its time, then by its place) wins label by label. What fits no row is added after the
    last. Raises what :func:`mcu_nlp.read_rows` raises.
    """
    read = list(read_rows(path))
    corrections = [_bared(row) for row in read if isinstance(row, Row) and _teaches(row)]
    corrections.sort(key=lambda row: (row.values.get("received", ""), row.number))
    merged = list(rows)
    by_text: dict[str, list[int]] = {}
    by_id: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        by_text.setdefault(plain_words(row.values["text"]), []).append(place)
        if row.values.get("id"):
            by_id.setdefault(row.values["id"], []).append(place)
    touched: set[int] = set()
    superseded = 0
    number = max((row.number for row in rows), default=0)
    for correction in corrections:
        key = plain_words(correction.values["text"])
        places = by_text.get(key) or by_id.get(correction.values.get("id", ""), [])
        superseded += bool(touched.intersection(places))
        if not places:
            number += 1
            places = [len(merged)]
            merged.append(Row(number, {"text": correction.values["text"]}))
            by_text[key] = places
        touched.update(places)
        for place in places:
            merged[place] = Row(merged[place].number, _corrected(merged[place], correction))
    added = len(merged) - len(rows)
    unreadable = sum(isinstance(row, BadRow) for row in read) + sum(isinstance(row, Row) for row in read)
    figures = MergedCorrections(len(read), len(touched) - added, added, superseded, unreadable - len(corrections))
    return merged, figures


def _teaches(row: Row) -> bool:
    """Whether a label is said, and of a text that is one after cleaning."""
    return any(row.values.get(name) for name in _LABELS) and bool(clean_text(row.values["text"]).text)


def _corrected(row: Row, correction: Row) -> dict[str, str]:
    said = {name: correction.values[name] for name in _LABELS if correction.values.get(name)}
    values = dict(row.values)
    # Category and topic are one answer: a new half of it does not stand beside the old other half.
    if said.keys() & {"category", "topic"}:
        values = {name: value for name, value in values.items() if name not in ("category", "topic")}
    return values | said


def _bared(row: Row) -> Row:
    return Row(row.number, {name: _bare(value) for name, value in row.values.items()})


def _bare(text: str) -> str:
    """Without the apostrophe by which an export keeps a cell from being a formula.

    >>> _bare("'=Яма"), _bare("'Яма'")
    ('=Яма', "'Яма'")
    """
    return text[1:] if text[:1] == "'" and text[1:2] in set("=+-@\t\r") else text
