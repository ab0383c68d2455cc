"""Rules of the data check that look at labels, and at what gives them away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from itertools import pairwise

from mcu_nlp.dataset.copies import plain_words
from mcu_nlp.dataset.examples import fold_title
from mcu_nlp.dataset.found import Found, members, where
from mcu_nlp.dataset.table import LabelledTable, read_kind, read_tone
from mcu_nlp.tables import Row

# Fewer examples say nothing reliable about a class.
FEWEST_OF_CLASS = 5
_LABELS = ("category", "topic", "department")
# What a table can teach without a topic.
_TAUGHT_BESIDE = ("department", "kind", "tone")
# What a model that is the base keeps as it is.
_KEPT = ("kind", "tone")
# A title of fewer letters stands in texts by itself.
_LONG_TITLE = 16
_NUMBER = re.compile(r"\d+")
_ENOUGH_IDS = 50
# From this lift over chance on, neighbours by id are of one topic too often.
_LIFT = 0.5


def _topic(row: Row) -> str | None:
    return fold_title(row.values.get("topic")) or fold_title(row.values.get("category"))


def _conflicts(table: LabelledTable, groups: Iterable[int]) -> dict[int, list[int]]:
    """Groups of copies whose members are labelled, but not alike."""
    found = {}
    for group, places in members(groups).items():
        labelled = [place for place in places if _topic(table.rows[place])]
        if len({_topic(table.rows[place]) for place in labelled}) > 1:
            found[group] = labelled
    return found


def label_conflict(table: LabelledTable) -> Found:
    """The same text under several topics."""
    conflicts = _conflicts(table, table.copies.exact.tolist())
    return Found.of(table.rows[place].number for places in conflicts.values() for place in places)


def label_conflict_near(table: LabelledTable) -> Found:
    """Nearly the same text under several topics."""
    same = {place for places in _conflicts(table, table.copies.exact.tolist()).values() for place in places}
    near = {place for places in _conflicts(table, table.copies.near.tolist()).values() for place in places}
    return Found.of(table.rows[place].number for place in near - same)


def label_missing(table: LabelledTable) -> Found:
    """Rows that teach no topic and no category; in a table without either, rows that teach nothing."""
    enough = ("category", "topic", *(_TAUGHT_BESIDE if table.topics_of_base else ()))
    return where(table, lambda row: not any(fold_title(row.values.get(column)) for column in enough))


def label_unknown(table: LabelledTable) -> Found:
    """Labels that a given taxonomy does not have."""
    unknown = [
        (row.number, written)
        for row, example in zip(table.rows, table.examples, strict=True)
        for written, known in (
            (fold_title(row.values.get("topic")), example.topic),
            (fold_title(row.values.get("category")), example.category),
        )
        if written and known is None
    ]
    return Found.of((number for number, _ in unknown), (written for _, written in unknown))


def labels_alike(table: LabelledTable) -> Found:
    """Labels that differ by case, punctuation, «ё» or spaces alone."""
    rows: list[int] = []
    labels: set[str] = set()
    for column in _LABELS:
        spellings: dict[str, Counter[str]] = {}
        for row in table.rows:
            title = fold_title(row.values.get(column))
            if title:
                spellings.setdefault(plain_words(title), Counter())[title] += 1
        # The commonest spelling is right; the rows of the others are to be mended.
        rare = {
            title
            for count in spellings.values()
            for title in sorted(count, key=lambda title: (-count[title], title))[1:]
        }
        labels |= rare
        rows += [row.number for row in table.rows if fold_title(row.values.get(column)) in rare]
    return Found.of(rows, labels)


def topic_in_two_categories(table: LabelledTable) -> Found:
    """Rows whose topic belongs to another category than the one beside it."""
    parents = {topic.id: topic.category for topic in table.taxonomy.topics}
    odd = [
        (row.number, fold_title(row.values.get("topic")))
        for row, example in zip(table.rows, table.examples, strict=True)
        if example.topic and example.category and parents[example.topic] != example.category
    ]
    return Found.of((number for number, _ in odd), (title for _, title in odd if title))


def _small(table: LabelledTable, label: Callable[[Row], str | None]) -> Found:
    counts = Counter(filter(None, map(label, table.rows)))
    small = {title for title, count in counts.items() if count < FEWEST_OF_CLASS}
    return Found.of((row.number for row in table.rows if label(row) in small), small)


def class_small(table: LabelledTable) -> Found:
    """Topics with a handful of rows."""
    return _small(table, _topic)


def department_small(table: LabelledTable) -> Found:
    """Departments with a handful of rows."""
    return _small(table, lambda row: fold_title(row.values.get("department")))


def kind_unknown(table: LabelledTable) -> Found:
    """Kinds that are written otherwise than 59-ФЗ and the package name them."""
    return where(table, lambda row: row.values.get("kind") and read_kind(row.values["kind"]) is None)


def tone_unknown(table: LabelledTable) -> Found:
    """Tones that are none of the levels."""
    return where(table, lambda row: row.values.get("tone") and read_tone(row.values["tone"]) is None)


def kept_by_base(table: LabelledTable) -> Found:
    """Rows whose kind or tone is not learned, for a model that is the base keeps its own."""
    if table.base_model is None:
        return Found()
    return where(table, lambda row: any(fold_title(row.values.get(column)) for column in _KEPT))


def date_unread(table: LabelledTable) -> Found:
    """Dates that are written otherwise than is read."""
    return where(table, lambda row: row.values.get("received") and row.day is None)


def leak_in_text(table: LabelledTable) -> Found:
    """Texts that hold their own id, or the title of their own label word for word."""
    plain = {
        title: plain_words(title)
        for row in table.rows
        for column in _LABELS
        if len(title := row.values.get(column, "")) >= _LONG_TITLE and " " in title.strip()
    }
    return where(table, partial(_tells, plain))


def _tells(plain: dict[str, str], row: Row) -> bool:
    text, id = row.values["text"], row.values.get("id", "")
    if len(id) > 3 and _NUMBER.search(id) and re.search(rf"(?<!\w){re.escape(id)}(?!\w)", text):
        return True
    titles = [plain[title] for column in _LABELS if (title := row.values.get(column, "")) in plain]
    return bool(titles) and any(f" {title} " in f" {plain_words(text)} " for title in titles)


def ids_tell_labels(table: LabelledTable) -> Found:
    """Ids by which topics are sorted: neighbours share a topic far more often than by chance."""
    known = [(row, topic) for row in table.rows if (topic := _topic(row)) and row.values.get("id")]
    if len(known) < _ENOUGH_IDS or len({row.id for row, _ in known}) < len(known):
        return Found()
    known.sort(key=lambda pair: _natural(pair[0].id))
    topics = [topic for _, topic in known]
    same = sum(one == other for one, other in pairwise(topics)) / (len(topics) - 1)
    chance = sum((count / len(topics)) ** 2 for count in Counter(topics).values())
    if same - chance < _LIFT * (1 - chance):
        return Found()
    return Found.of(row.number for row, _ in known)


def _natural(id: str) -> tuple[str, tuple[int, ...], str]:
    """Ids in the order in which a person would write them: a-2 before a-10."""
    return _NUMBER.sub("", id), tuple(int(number[:18]) for number in _NUMBER.findall(id)), id
