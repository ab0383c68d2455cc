"""One file of labelled appeals -> two: what a model may learn, and what it has not seen and is judged by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mcu_nlp.dataset.split import split_table
from mcu_nlp.dataset.table import read_table
from mcu_nlp.errors import InputError
from mcu_nlp.tables.whole import read_whole, write_whole


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
    latest fifth. Records without a text or a label stay in ``learn``. Raises ``InputError``: ``output_is_input``,
    and what :func:`read_table`, :func:`split_table` and writing raise.
    """
    paths = [Path(path).resolve() for path in (data, learn, test)]
    for number, path in enumerate(paths):
        if path in paths[:number]:
            raise InputError("output_is_input", path=path)
    table = read_table(data, chosen)
    folds = [example.fold for example in split_table(table, by).examples]
    held = {row.number for row, fold in zip(table.rows, folds, strict=True) if fold == 0}
    whole = read_whole(data, chosen)
    numbered = list(enumerate(whole.records, 1))
    learned = replace(whole, records=[record for number, record in numbered if number not in held])
    judged = replace(whole, records=[record for number, record in numbered if number in held])
    write_whole(learned, learn)
    write_whole(judged, test)
    return Parts(len(learned.records), len(judged.records))
