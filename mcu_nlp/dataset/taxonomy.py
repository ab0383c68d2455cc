"""The labels of a file: their taxonomy, read from the rows or from a file of its own, and the id of every title."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from mcu_nlp.dataset.examples import fold_title
from mcu_nlp.dataset.slugs import slugs
from mcu_nlp.errors import ConfigError, InputError
from mcu_nlp.tables import Row
from mcu_nlp.tables.encoding import decode
from mcu_nlp.taxonomy import Label, Taxonomy, TopicLabel

SUFFIXES = (".toml", ".csv")
_COLUMNS = ("id", "title", "parent")


@dataclass(frozen=True)
class Labels:
    """A taxonomy, and what ids the titles (and ids) written in a file stand for."""

    taxonomy: Taxonomy
    category_ids: Mapping[str, str]
    topic_ids: Mapping[str, str]

    @classmethod
    def of(cls, taxonomy: Taxonomy) -> Labels:
        """The labels of a taxonomy that is given."""
        return cls(taxonomy, _by_title(taxonomy.categories), _by_title(taxonomy.topics))


def read_labels(rows: Sequence[Row], known: Sequence[Taxonomy]) -> Labels:
    """The labels that stand in the rows.

    Titles that a ``known`` taxonomy has keep its ids, the first that knows them wins; others get ids made of
    their titles. A topic under several categories belongs to its commonest; one without a category to that of
    the known taxonomy, else it is a category of its own.
    """
    parents: dict[str, Counter[str]] = {}
    categories: set[str] = set()
    usual = {
        name: taxonomy.category(topic.category).title
        for taxonomy in reversed(known)
        for topic in taxonomy.topics
        for name in (topic.id, topic.title)
    }
    written = [(fold_title(row.values.get("category")), fold_title(row.values.get("topic"))) for row in rows]
    # Rows that name both come first: they tell where the topics of the others belong.
    for category, topic in sorted(written, key=lambda pair: None in pair):
        if topic and not category:
            if topic in parents:
                continue
            category = usual.get(topic, topic)
        if category:
            categories.add(category)
            if topic:
                parents.setdefault(topic, Counter())[category] += 1
    chosen = {topic: min(count, key=lambda name: (-count[name], name)) for topic, count in parents.items()}
    # A file with one column of classes: each category is its own only topic.
    chosen |= {category: category for category in categories - set(chosen.values())}
    category_ids = _ids(categories, [taxonomy.categories for taxonomy in known])
    topic_ids = _ids(chosen, [taxonomy.topics for taxonomy in known])
    titles = {label.id: label.title for taxonomy in reversed(known) for label in taxonomy.categories}
    topic_titles = {label.id: label.title for taxonomy in reversed(known) for label in taxonomy.topics}
    # A title and an id of one class may stand in one file: they are one label.
    labels = {category_ids[name]: Label(category_ids[name], titles.get(name, name)) for name in sorted(categories)}
    topics = {
        topic_ids[name]: TopicLabel(topic_ids[name], topic_titles.get(name, name), category_ids[chosen[name]])
        for name in sorted(chosen)
    }
    return Labels(Taxonomy(tuple(labels.values()), tuple(topics.values()), ()), category_ids, topic_ids)


def read_taxonomy(path: str | Path) -> Taxonomy:
    """A taxonomy from a file of its own.

    ``.toml`` has the form of the package's ``taxonomy.toml``: ``[[category]]`` with id and title, ``[[topic]]``
    with id, title and category. ``.csv`` has the columns id, title, parent; a row without a parent is a category.
    Raises ``InputError`` (``file_missing``, ``file_type``) and ``ConfigError`` (``taxonomy_toml``,
    ``taxonomy_columns``, and what :class:`Taxonomy` raises).
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise InputError("file_type", path=path, got=path.suffix, expected=", ".join(SUFFIXES))
    if not path.is_file():
        raise InputError("file_missing", path=path)
    content = decode(path.read_bytes())
    return _from_toml(content, path) if path.suffix.lower() == ".toml" else _from_csv(content, path)


def _from_toml(content: str, path: Path) -> Taxonomy:
    try:
        read = tomllib.loads(content)
        categories = tuple(Label(c["id"], c["title"]) for c in read["category"])
        topics = tuple(TopicLabel(t["id"], t["title"], t["category"]) for t in read.get("topic", ()))
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as problem:
        raise ConfigError("taxonomy_toml", path=path, problem=f"{type(problem).__name__}: {problem}") from None
    if not all(isinstance(part, str) for label in (*categories, *topics) for part in astuple(label)):
        raise ConfigError("taxonomy_toml", path=path, problem="a number or list in place of a string")
    return _whole(categories, topics)


def _from_csv(content: str, path: Path) -> Taxonomy:
    first = content.partition("\n")[0]
    lines = list(csv.DictReader(content.splitlines(), delimiter=max(";,\t", key=first.count)))
    if not lines or not set(_COLUMNS) <= set(lines[0]):
        raise ConfigError("taxonomy_columns", path=path, columns=", ".join(_COLUMNS))
    rows = [{name: fold_title(line[name]) or "" for name in _COLUMNS} for line in lines]
    categories = tuple(Label(row["id"], row["title"]) for row in rows if not row["parent"])
    topics = tuple(TopicLabel(row["id"], row["title"], row["parent"]) for row in rows if row["parent"])
    return _whole(categories, topics)


def _whole(categories: tuple[Label, ...], topics: tuple[TopicLabel, ...]) -> Taxonomy:
    """A category without topics is its own only topic, as in a file with one column of classes."""
    parents = {topic.category for topic in topics}
    own = tuple(TopicLabel(c.id, c.title, c.id) for c in categories if c.id not in parents)
    return Taxonomy(categories, (*topics, *own), ())


def _by_title(labels: Sequence[Label]) -> dict[str, str]:
    return {label.id: label.id for label in labels} | {label.title: label.id for label in labels}


def _ids(titles: set[str] | Mapping[str, object], known: Sequence[Sequence[Label]]) -> dict[str, str]:
    by_title: dict[str, str] = {}
    for labels in reversed(known):
        by_title |= _by_title(labels)
    made = slugs((title for title in titles if title not in by_title), taken=by_title.values())
    return made | {title: by_title[title] for title in titles if title in by_title}
