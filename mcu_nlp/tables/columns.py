"""Which column holds what: by header name, whatever their order."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from mcu_nlp.errors import InputError

# What a column can hold -> the header found for it.
Columns = Mapping[str, str]

# Options that are named otherwise than the column.
_OPTIONS = {"received": "--date"}
_NOISE = re.compile(r"[^\w№]+")
# A title is short; a longer cell in its place is something that people wrote.
_LONGEST_HEADER = 40


@cache
def _aliases() -> dict[str, list[str]]:
    return tomllib.loads((files("mcu_nlp") / "data" / "columns.toml").read_text("utf-8"))


def _fold(header: str) -> str:
    return _NOISE.sub(" ", header.lower().replace("ё", "е").replace("_", " ")).strip()


def column_option(column: str) -> str:
    """The option that names a column's header outright.

    >>> column_option("text"), column_option("received")
    ('--text', '--date')
    """
    return _OPTIONS.get(column, f"--{column}")


def find_columns(
    headers: Sequence[str],
    path: object,
    chosen: Mapping[str, str | None] | None = None,
    required: Sequence[str] = ("text",),
) -> Columns:
    """Find the header of each known column.

    ``chosen`` names headers outright and goes before the aliases. Raises ``InputError``:
    ``column_missing`` for a required or chosen column that is not there,
    ``column_ambiguous`` where two headers are the same name.

    >>> sorted(find_columns(["Группа тем", "Текст инцидента"], "x.csv").items())
    [('category', 'Группа тем'), ('text', 'Текст инцидента')]
    """
    found: dict[str, str] = {}
    for column, header in (chosen or {}).items():
        if header is None:
            continue
        if header not in headers:
            raise _missing(path, header, headers, column)
        found[column] = header
    for column, aliases in _aliases().items():
        if column in found:
            continue
        for alias in map(_fold, aliases):
            fitting = [header for header in headers if _fold(header) == alias]
            if len(fitting) > 1:
                details = {"path": path, "column": column, "headers": fitting, "option": column_option(column)}
                raise InputError("column_ambiguous", **details)
            if fitting and fitting[0] not in found.values():
                found[column] = fitting[0]
                break
    for column in required:
        if column not in found:
            raise _missing(path, column, headers, column)
    return found


def _missing(path: object, column: str, headers: Sequence[str], option: str) -> InputError:
    # Where the headers were forgotten the first line is an appeal, and no error quotes one.
    shown = [header if len(header) <= _LONGEST_HEADER else "…" for header in headers[:20]]
    return InputError("column_missing", path=path, column=column, headers=shown, option=column_option(option))
