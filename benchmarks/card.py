"""The registration card against labels: F1 by field; texts come from MCU_NLP_DATA.

python benchmarks/card.py

shared: the shared labels, which the rules were written with
unseen: labels made afterwards (benchmarks/labels); errors on all but the blind ones were looked at once
corpus: cards of invented appeals

A span counts as found when at least half of the words of both are common (Jaccard), one to one.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from mcu_nlp import Analyzer, Message, clean_text, load

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("MCU_NLP_DATA", "../shared/data"))
LISTS = ("places", "persons", "organizations", "contacts", "dates", "duration", "prior_appeals")
FIELDS = (*LISTS, "request")
LEAST = 0.5

# One text with its labels: field -> texts of spans.
Labelled = tuple[str, dict[str, list[str]]]


def main() -> None:
    analyzer = load()
    console = Console()
    found = {name: (len(rows), score(rows, analyzer)) for name, rows in sets()}
    table = Table("", *found, title="F1 of the card's fields")
    table.add_row("texts", *(str(number) for number, _ in found.values()))
    for field in FIELDS:
        table.add_row(field, *(f"{figures[field]:.3f}" for _, figures in found.values()))
    table.add_row("mean", *(f"{sum(figures.values()) / len(figures):.3f}" for _, figures in found.values()))
    console.print(table)


def sets() -> Iterator[tuple[str, list[Labelled]]]:
    """Each set of labelled texts by name."""
    if (DATA / "kursk").is_dir():
        yield "shared", [(row["text"], _texts(row)) for row in _jsonl(shared_labels())]
        places = _jsonl(ROOT / "benchmarks" / "labels" / "card.jsonl")
        texts = _register(row["id"] for row in places)
        fresh = [(row["set"], (texts[row["id"]], _cut(texts[row["id"]], row))) for row in places]
        yield "unseen", [labelled for _, labelled in fresh]
        yield "of these blind", [labelled for kind, labelled in fresh if kind == "blind"]
    corpus = [row for row in _jsonl(ROOT / "corpus" / "appeals.jsonl") if row.get("card")]
    yield "corpus", [(row["text"], _texts(row["card"])) for row in corpus]


def shared_labels() -> Path:
    """Where the labels lie that the rules were written with."""
    return DATA / "kursk" / "structure.jsonl"


def score(rows: list[Labelled], analyzer: Analyzer) -> dict[str, float]:
    """F1 by field."""
    counts = {field: Counter[str]() for field in FIELDS}
    analyses = analyzer.map((Message(text) for text, _ in rows), fields=("card",))
    for (_, labels), analysis in zip(rows, analyses, strict=True):
        if analysis.card is None:
            raise RuntimeError("the card was asked for")
        for field in FIELDS:
            value = getattr(analysis.card, field)
            spans = [value] if field == "request" and value else value or ()
            told = [span.text for span in spans]
            hits = matches(labels[field], told)
            counts[field].update(right=hits, false=len(told) - hits, missed=len(labels[field]) - hits)
    return {field: 2 * c["right"] / max(1, 2 * c["right"] + c["false"] + c["missed"]) for field, c in counts.items()}


def matches(labelled: list[str], told: list[str]) -> int:
    """How many spans fit, each to one other, the likest first."""
    pairs = sorted(((likeness(g, t), n, m) for n, g in enumerate(labelled) for m, t in enumerate(told)), reverse=True)
    used_labels: set[int] = set()
    used_told: set[int] = set()
    for like, n, m in pairs:
        if like >= LEAST and n not in used_labels and m not in used_told:
            used_labels.add(n)
            used_told.add(m)
    return len(used_labels)


def likeness(one: str, other: str) -> float:
    """Jaccard of the words of two spans."""
    a, b = (Counter(re.findall(r"\w+", text.lower())) for text in (one, other))
    return (a & b).total() / max(1, (a | b).total())


def _texts(row: dict[str, Any]) -> dict[str, list[str]]:
    """Labels that are texts, or spans with their text."""
    found = {
        field: [item if isinstance(item, str) else item["text"] for item in row.get(field) or []] for field in LISTS
    }
    request = row.get("request")
    found["request"] = [_text(request)] if request else []
    return found


def _text(item: str | dict[str, Any]) -> str:
    return item if isinstance(item, str) else str(item["text"])


def _cut(text: str, row: dict[str, Any]) -> dict[str, list[str]]:
    """Labels that are places in the text."""
    places = {**{field: row[field] for field in LISTS}, "request": [row["request"]] if row["request"] else []}
    return {field: [text[begin:end] for begin, end in spans] for field, spans in places.items()}


def _register(ids: Iterable[int]) -> dict[int, str]:
    wanted = {str(id) for id in ids}
    csv.field_size_limit(1 << 26)
    with (DATA / "kursk" / "appeals.csv").open(encoding="utf-8", newline="") as lines:
        return {int(row["id"]): clean_text(row["text"]).text for row in csv.DictReader(lines) if row["id"] in wanted}


def _jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    main()
