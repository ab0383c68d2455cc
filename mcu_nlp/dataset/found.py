"""What a rule of the data check returns."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from mcu_nlp.dataset.table import LabelledTable
from mcu_nlp.tables import Row


@dataclass(frozen=True, slots=True)
class Found:
    """Numbers of rows, and titles of the labels they are about."""

    rows: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[int], labels: Iterable[str] = ()) -> Found:
        """In order, each once."""
        return cls(tuple(sorted(set(rows))), tuple(sorted(set(labels))))


def where(table: LabelledTable, sees: Callable[[Row], object]) -> Found:
    """The rows that a predicate sees something in."""
    return Found.of(row.number for row in table.rows if sees(row))


def members(groups: Iterable[int]) -> dict[int, list[int]]:
    """Group number -> places of its members, where it has several."""
    found: dict[int, list[int]] = {}
    for place, group in enumerate(groups):
        found.setdefault(group, []).append(place)
    return {group: places for group, places in found.items() if len(places) > 1}
