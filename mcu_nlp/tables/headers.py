"""Which line of a table holds the headers: the first, or one under a title."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mcu_nlp.errors import InputError
from mcu_nlp.tables.columns import find_columns

# Among so many lines that are not empty the headers are looked for.
DEPTH = 10


def header_place(lines: Sequence[Sequence[str]], chosen: Mapping[str, str | None] | None = None) -> int | None:
    """The place of the first line that gives a text column, under nothing but titles.

    >>> header_place([["Реестр за март", ""], ["№", "Текст обращения"], ["1", "Яма"]])
    1
    """
    widest_title = 0
    for place, line in enumerate(lines):
        width = sum(map(bool, line))
        # A record before a line that only looks like headers is not lost as a title.
        if names_text(line, chosen) and (widest_title <= 1 or widest_title < width):
            return place
        widest_title = max(widest_title, width)
    return None


def names_text(line: Sequence[str], chosen: Mapping[str, str | None] | None = None) -> bool:
    """Whether a line names the column of texts, be it even twice."""
    try:
        found = find_columns([cell for cell in line if cell], "", {"text": (chosen or {}).get("text")}, required=())
    except InputError as problem:
        return problem.code == "column_ambiguous"
    return "text" in found
