"""Records of a file with their labels, as the review needs them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mcu_nlp.dataset.examples import fold_title
from mcu_nlp.errors import InputError
from mcu_nlp.labelling.records import FIELD_TITLES
from mcu_nlp.stages.clean_text import clean_text
from mcu_nlp.tables import BadRow, Row, read_rows

# A file, or records that were read already.
Data = str | Path | Iterable[Row | BadRow]


def sorted_rows(data: Data, chosen: Mapping[str, str | None] | None = None) -> tuple[list[Row], tuple[BadRow, ...]]:
    """The records that have a text, and the rest; what :func:`mcu_nlp.read_rows` raises is raised."""
    good: list[Row] = []
    bad: list[BadRow] = []
    for row in read_rows(data, chosen) if isinstance(data, (str, Path)) else data:
        if isinstance(row, BadRow):
            bad.append(row)
        elif clean_text(row.values["text"]).text:
            good.append(row)
        else:
            bad.append(BadRow(row.number, InputError("text_empty")))
    return good, tuple(bad)


def labels_of(rows: Sequence[Row], field: str) -> list[str | None]:
    """The label of every record, white space folded; ``None`` where there is none."""
    return [fold_title(row.values.get(field)) for row in rows]


def labelled_fields(rows: Sequence[Row]) -> tuple[str, ...]:
    """The fields that at least one record has a label of, the finest first."""
    return tuple(field for field in FIELD_TITLES if any(labels_of(rows, field)))


def choices_of(labels: Iterable[str | None]) -> tuple[str, ...]:
    """The labels that occur, in alphabetical order."""
    return tuple(sorted({label for label in labels if label}))
