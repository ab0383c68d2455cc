"""What is learned from: texts with whichever labels they have."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from mcu_nlp.errors import InputError
from mcu_nlp.taxonomy import Taxonomy

FOLDS = 5
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text; a label that is not known is ``None``. ``fold`` is -1 for rows that are never held out."""

    id: str
    text: str
    source: str
    category: str | None = None
    topic: str | None = None
    department: str | None = None
    kind: str | None = None
    tone: str | None = None
    signals: frozenset[str] | None = None
    in_scope: bool = True
    fold: int = -1
    # Words that prove a signal: signal, start, end in the text; empty where nobody marked them.
    evidence: tuple[tuple[str, int, int], ...] = ()
    # Near copies share it; -1 where nobody looked for them.
    group: int = -1


def fold_title(title: str | None) -> str | None:
    """A title with white space folded, ``None`` for an empty one."""
    return _BLANKS.sub(" ", title).strip() or None if title else None


def read_register(folder: Path, taxonomy: Taxonomy) -> list[Example]:
    """The register of a feedback portal: ``appeals.csv`` with ``fold``, and tone labels beside it."""
    topics = {topic.title: topic for topic in taxonomy.topics}
    tones = {str(record["id"]): record for record in _jsonl(folder / "tone.jsonl")}
    csv.field_size_limit(1 << 26)
    examples = []
    with _open(folder / "appeals.csv") as lines:
        for row in csv.DictReader(lines):
            topic = topics.get(fold_title(row["topic"]) or "")
            if topic is None:
                continue  # the platform's own test category
            tone = tones[row["id"]]
            examples.append(
                Example(
                    id=row["id"],
                    text=row["text"],
                    source="portal",
                    category=topic.category,
                    topic=topic.id,
                    department=fold_title(row["department"]),
                    kind=tone["kind"],
                    tone=tone["tone"],
                    signals=frozenset(tone["signals"]),
                    fold=int(row["fold"]),
                )
            )
    return examples


def read_messages(path: Path, taxonomy: Taxonomy) -> list[Example]:
    """Messages of social networks; those outside the taxonomy teach what is out of scope."""
    topics = {topic.title: topic for topic in taxonomy.topics}
    known = {category.id for category in taxonomy.categories}
    examples = []
    for record in _jsonl(path):
        topic = topics.get(fold_title(record["topic"]) or "")
        category = record["category"] if record["category"] in known else None
        examples.append(
            Example(
                id=f"m{record['id']}",
                text=record["text"],
                source="social",
                category=category,
                topic=topic.id if topic else None,
                kind=record["kind"],
                tone=record["tone"],
                signals=frozenset(record["signals"]),
                in_scope=bool(record["appeal"]) and topic is not None and category is not None,
                fold=text_fold(record["text"]),
            )
        )
    return examples


def read_corpus(path: Path, taxonomy: Taxonomy, *, held_out: bool = False) -> list[Example]:
    """The project's invented appeals; trained on and, unless ``held_out``, never judged by."""
    topics = {topic.id: topic for topic in taxonomy.topics}
    examples = []
    for record in _jsonl(path):
        topic = topics.get(str(record["topic"]))
        signals = frozenset(str(signal["id"]) for signal in record["signals"])
        examples.append(
            Example(
                id=str(record["id"]),
                text=str(record["text"]),
                source="corpus",
                category=topic.category if topic else None,
                topic=topic.id if topic else None,
                kind=str(record["kind"]),
                tone=str(record["tone"]),
                signals=signals,
                # A topic that a taxonomy lacks is unknown, not out of scope: it may stand there by another title.
                in_scope=record["topic"] is not None,
                fold=text_fold(str(record["text"])) if held_out else -1,
                evidence=tuple(
                    (str(signal["id"]), int(span["start"]), int(span["end"]))
                    for signal in record["signals"]
                    for span in signal["spans"]
                ),
            )
        )
    return examples


def text_fold(text: str) -> int:
    """A fold that depends only on the words' beginnings, so that copies of a text share it."""
    words = re.findall(r"[а-яё]{4,}", text.lower())[:6]
    return hashlib.sha256(" ".join(sorted(words)).encode()).digest()[0] % FOLDS


def data_hash(examples: Iterable[Example]) -> str:
    """SHA-256 of texts and labels in order."""
    digest = hashlib.sha256()
    for example in examples:
        labels = (example.category, example.topic, example.department, example.kind, example.tone)
        digest.update(f"{example.text}\0{labels}\0{sorted(example.signals or ())}\0".encode())
    return digest.hexdigest()


def _open(path: Path) -> TextIO:
    if not path.is_file():
        raise InputError("file_missing", path=path)
    return path.open(encoding="utf-8", newline="")


def _jsonl(path: Path) -> list[dict[str, Any]]:
    with _open(path) as lines:
        return [json.loads(line) for line in lines if line.strip()]
