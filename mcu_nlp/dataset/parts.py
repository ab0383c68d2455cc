"""One file of labelled appeals -> two: what a model may learn, and what it has not seen and is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from mcu_nlp.dataset.split import split_table
from mcu_nlp.dataset.table import read_table
from mcu_nlp.errors import InputError
from mcu_nlp.tables.whole import read_whole, write_whole
from mcu_nlp.tables.write import SUFFIXES


@dataclass(frozen=True)
class Parts:
    """How many records were written to learn from, and how many to be judged by."""

    learn: int
    test: int


def split_file(
    data: str | Path,
    learn: str | Path,
    test: str | Path,
    *,
    by: str = "stratified",
    chosen: Mapping[str, str | None] | None = None,
) -> Parts:
    """Write a fifth of a file's records to ``test``, the others to ``learn``, with all their columns and in order.

    The fifth is the fold 0 of :func:`split_table`: near copies never part; ``by`` is ``stratified`` or ``date``, the
    latest fifth. Records without a text or a label stay in ``learn``. Cells are written as
    :func:`mcu_nlp.tables.whole.write_whole` writes them: in a table, what could be a formula gets an apostrophe. Both
    files appear, or neither. Raises ``InputError``: ``output_is_input``, and what :func:`read_table`,
    :func:`split_table` and writing raise.
    """
    paths = [Path(path).resolve() for path in (data, learn, test)]
    for number, path in enumerate(paths):
        if path in paths[:number]:
            raise InputError("output_is_input", path=path)
        if path.suffix.lower() not in SUFFIXES:
            raise InputError("output_type", path=path, got=path.suffix, expected=", ".join(SUFFIXES))
    whole = read_whole(data, chosen)
    table = read_table(data, chosen)
    folds = [example.fold for example in split_table(table, by).examples]
    held = {row.number for row, fold in zip(table.rows, folds, strict=True) if fold == 0}
    numbered = list(enumerate(whole.records, 1))
    learned = replace(whole, records=[record for number, record in numbered if number not in held])
    judged = replace(whole, records=[record for number, record in numbered if number in held])
    # A new file to learn from beside an old one to be judged by could share records.
    drafts = [path.with_name(f".{uuid4().hex}{path.suffix}") for path in paths[1:]]
    try:
        for part, draft in zip((learned, judged), drafts, strict=True):
            write_whole(part, draft)
        for draft, path in zip(drafts, paths[1:], strict=True):
            draft.replace(path)
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)
    return Parts(len(learned.records), len(judged.records))
