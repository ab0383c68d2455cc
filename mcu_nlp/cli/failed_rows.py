"""What every command does about rows that could not be read."""

from __future__ import annotations

from collections.abc import Iterable

from mcu_nlp.cli.main import console

SOME_FAILED = 1
# Thousands of lines would bury the result.
_SHOWN = 20


def tell_failed(rows: Iterable[tuple[int, str, str]]) -> int:
    """Tell number, problem and, where it is not plain, file of each row; returns how many there are."""
    count = 0
    for count, (number, problem, data) in enumerate(rows, 1):
        if count <= _SHOWN:
            line = f"{data}, строка {number}: {problem}" if data else f"Строка {number}: {problem}"
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    if count:
        console.print(f"Пропущено строк: {count}", highlight=False)
    return count
