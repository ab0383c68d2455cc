"""A district's own file of labelled appeals -> examples and their taxonomy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mcu_nlp.dataset.examples import Example, fold_title, text_fold
from mcu_nlp.dataset.slugs import slugs
from mcu_nlp.errors import InputError
from mcu_nlp.labels import level_titles
from mcu_nlp.stages.clean_text import clean_text
from mcu_nlp.stages.identify_kind import KINDS, kind_titles
from mcu_nlp.tables import BadRow, Row, read_rows
from mcu_nlp.taxonomy import Label, Taxonomy, TopicLabel, shipped_taxonomy
from mcu_nlp.tone.levels import LEVELS

_FEWEST = 20


@dataclass(frozen=True)
class LabelledTable:
    """What a file gave: examples, the taxonomy of its labels, and rows that could not be used."""

    examples: tuple[Example, ...]
    taxonomy: Taxonomy
    skipped: tuple[BadRow, ...]


def read_table(path: str | Path, chosen: Mapping[str, str | None]) -> LabelledTable:
    """Read texts with category and, where there are any, topic, department, kind and tone.

    Titles that the shipped taxonomy knows keep its ids; others get ids made of their
    titles. A topic that stands under several categories belongs to its commonest; a row
    without a topic teaches only its category. Raises ``InputError``: what
    :func:`mcu_nlp.read_rows` raises, and ``training_data`` when there is too little to learn.
    """
    rows: list[Row] = []
    skipped: list[BadRow] = []
    for row in read_rows(path, chosen):
        if isinstance(row, BadRow):
            skipped.append(row)
        elif clean_text(row.values["text"]).text:
            rows.append(row)
        else:
            skipped.append(BadRow(row.number, InputError("text_empty")))
    taxonomy, category_ids, topic_ids = _read_taxonomy(rows)
    if len(rows) < _FEWEST or len(taxonomy.topics) < 2:
        raise InputError("training_data", path=path, rows=len(rows), topics=len(taxonomy.topics), fewest=_FEWEST)
    return LabelledTable(tuple(_example(row, category_ids, topic_ids) for row in rows), taxonomy, tuple(skipped))


def _read_taxonomy(rows: list[Row]) -> tuple[Taxonomy, dict[str, str], dict[str, str]]:
    """The taxonomy of the rows, and ids by title of categories and topics."""
    known = shipped_taxonomy()
    parents: dict[str, Counter[str]] = {}
    categories: set[str] = set()
    for row in rows:
        category, topic = fold_title(row.values.get("category")), fold_title(row.values.get("topic"))
        # A file with one column of classes: each category is its own only topic, or the other way round.
        category, topic = category or topic, topic or None
        if category:
            categories.add(category)
            if topic:
                parents.setdefault(topic, Counter())[category] += 1
    for category in categories - {count.most_common(1)[0][0] for count in parents.values()}:
        parents.setdefault(category, Counter())[category] += 1
    category_ids = _ids(categories, known.categories)
    topic_ids = _ids(parents, known.topics)
    topics = tuple(
        TopicLabel(topic_ids[title], title, category_ids[parents[title].most_common(1)[0][0]])
        for title in sorted(parents)
    )
    labels = tuple(Label(category_ids[title], title) for title in sorted(categories))
    return Taxonomy(labels, topics, ()), category_ids, topic_ids


def _ids(titles: set[str] | Mapping[str, object], known: tuple[Label, ...]) -> dict[str, str]:
    by_title = {label.title: label.id for label in known} | {label.id: label.id for label in known}
    return slugs(titles) | {title: by_title[title] for title in titles if title in by_title}


def _example(row: Row, category_ids: Mapping[str, str], topic_ids: Mapping[str, str]) -> Example:
    values = row.values
    category, topic = fold_title(values.get("category")), fold_title(values.get("topic"))
    return Example(
        id=row.id,
        text=values["text"],
        source="portal",
        category=category_ids.get(category or topic or ""),
        topic=topic_ids.get(topic or category or ""),
        department=fold_title(values.get("department")),
        kind=_by_title(values.get("kind"), dict(kind_titles()), KINDS),
        tone=_by_title(values.get("tone"), level_titles(), LEVELS),
        fold=text_fold(values["text"]),
    )


def _by_title(written: str | None, titles: Mapping[str, str], ids: tuple[str, ...]) -> str | None:
    """An id from an id or a Russian title; anything else is not guessed at."""
    folded = (written or "").strip().lower()
    return next((id for id in ids if folded in (id, titles[id].lower())), None)
