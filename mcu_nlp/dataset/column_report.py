"""Which header of a file was taken for what, what was left aside, and how to say it outright."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from mcu_nlp.tables import Columns, column_option

# What training reads, in the order of the report.
USED = ("text", "category", "topic", "department", "kind", "tone", "received", "id")


@dataclass
class ColumnReport:
    """Filled while a file is read. ``taken``: column -> its headers; ``ignored``: headers that nobody reads."""

    taken: dict[str, list[str]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)

    def hear(self, headers: Sequence[str], found: Columns) -> None:
        """Take down one line of headers (JSONL may bring several)."""
        for column in USED:
            known = self.taken.setdefault(column, [])
            if column in found and found[column] not in known:
                known.append(found[column])
        used = {found[column] for column in USED if column in found}
        self.ignored += [header for header in headers if header not in used and header not in self.ignored]

    @property
    def missing(self) -> dict[str, str]:
        """Columns that were not found, and the option that names each."""
        return {column: column_option(column) for column in USED if not self.taken.get(column)}

    def to_dict(self) -> dict[str, Any]:
        """For the report of a model; headers only, never what stands under them."""
        taken = {column: headers for column, headers in self.taken.items() if headers}
        return {"taken": taken, "ignored": self.ignored, "missing": self.missing}
