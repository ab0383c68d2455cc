"""The check of labelled data before anything is learned from it: findings with rows and remedies."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from mcu_nlp.dataset import label_rules, text_rules
from mcu_nlp.dataset.found import Found
from mcu_nlp.dataset.table import LabelledTable
from mcu_nlp.tables import write_sheet

SEVERITIES = ("error", "warning", "note")
# So many rows are named where a person reads; the written table names all.
_EXAMPLES = 10

# A rule is named for what it finds; its code is its name.
RULES: tuple[Callable[[LabelledTable], Found], ...] = (
    text_rules.row_unreadable,
    text_rules.text_empty,
    text_rules.encoding_broken,
    text_rules.not_russian,
    text_rules.text_short,
    text_rules.text_long,
    text_rules.markup,
    text_rules.copy_exact,
    text_rules.copy_near,
    label_rules.label_conflict,
    label_rules.label_conflict_near,
    label_rules.label_missing,
    label_rules.label_unknown,
    label_rules.labels_alike,
    label_rules.topic_in_two_categories,
    label_rules.class_small,
    label_rules.department_small,
    label_rules.kind_unknown,
    label_rules.tone_unknown,
    label_rules.kept_by_base,
    label_rules.date_unread,
    label_rules.leak_in_text,
    label_rules.ids_tell_labels,
)
_HEADERS = ("Строка", "Код", "Важность", "Находка", "Что делать")


@cache
def _known() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("mcu_nlp") / "data" / "data_check.toml").read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: its stable ``code``, ``severity``, the numbers of the rows, and labels it is about.

    Row 1 is the first row under the headers. No text of an appeal is in it.
    """

    code: str
    severity: str
    rows: tuple[int, ...]
    labels: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What was found, in Russian."""
        return str(_known()[self.code]["title"])

    @property
    def remedy(self) -> str:
        """What to do about it, in Russian."""
        return str(_known()[self.code]["remedy"])

    def to_dict(self) -> dict[str, Any]:
        """For reports: how many rows, and the first of them."""
        return {
            "code": self.code,
            "severity": self.severity,
            "title": self.title,
            "remedy": self.remedy,
            "count": len(self.rows),
            "rows": list(self.rows[:_EXAMPLES]),
            "labels": list(self.labels),
        }


@dataclass(frozen=True, slots=True)
class DataCheck:
    """All findings of a table of ``rows`` rows, the gravest first."""

    rows: int
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What must be mended before training."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the findings, in their order."""
        return tuple(finding.code for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """For the report of a model."""
        return {"rows": self.rows, "findings": [finding.to_dict() for finding in self.findings]}

    def write(self, path: str | Path) -> None:
        """Every finding of every row as .csv, .xlsx or .jsonl; raises what :func:`write_sheet` raises."""
        titles = {"error": "ошибка", "warning": "предупреждение", "note": "заметка"}
        lines = (
            (row, finding.code, titles[finding.severity], finding.title, finding.remedy)
            for finding in self.findings
            for row in finding.rows
        )
        write_sheet(path, _HEADERS, lines, title="Проверка данных")


def check_data(table: LabelledTable) -> DataCheck:
    """Look for everything in a table that is known to spoil a model or the figures it is judged by."""
    size = len(table.rows) + len(table.skipped)
    findings = []
    for rule in RULES:
        found = rule(table)
        if found.rows:
            known = _known()[rule.__name__]
            grave = len(found.rows) >= known.get("error_share", 2.0) * size
            severity = "error" if grave else str(known["severity"])
            findings.append(Finding(rule.__name__, severity, found.rows, found.labels))
    findings.sort(key=lambda finding: SEVERITIES.index(finding.severity))
    return DataCheck(size, tuple(findings))
