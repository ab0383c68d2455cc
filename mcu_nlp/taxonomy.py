"""Categories, topics and departments with stable ids, checked when they are read."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from mcu_nlp.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Label:
    """A class that a text can be put into; the title may change, the id may not."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class TopicLabel(Label):
    """A topic; it lies in exactly one category."""

    category: str


@dataclass(frozen=True)
class Taxonomy:
    """What can be answered.

    Raises ``ConfigError`` when it contradicts itself: ``taxonomy_unnamed``, ``taxonomy_twice``, ``taxonomy_parent``.

    >>> taxonomy = Taxonomy((Label("roads", "Дороги"),), (TopicLabel("roads.potholes", "Ямы", "roads"),), ())
    >>> taxonomy.topic("roads.potholes").title
    'Ямы'
    """

    categories: tuple[Label, ...]
    topics: tuple[TopicLabel, ...]
    departments: tuple[Label, ...]

    def __post_init__(self) -> None:
        for name, labels in (("category", self.categories), ("topic", self.topics), ("department", self.departments)):
            _check_unique(name, labels)
        known = {label.id for label in self.categories}
        for topic in self.topics:
            if topic.category not in known:
                raise ConfigError("taxonomy_parent", id=topic.id, category=topic.category)

    @cached_property
    def _topics(self) -> Mapping[str, TopicLabel]:
        return {topic.id: topic for topic in self.topics}

    @cached_property
    def _categories(self) -> Mapping[str, Label]:
        return {category.id: category for category in self.categories}

    def topic(self, id: str) -> TopicLabel:
        """The topic of this id; ``KeyError`` if there is none."""
        return self._topics[id]

    def category(self, id: str) -> Label:
        """The category of this id; ``KeyError`` if there is none."""
        return self._categories[id]

    def topics_of(self, category: str) -> tuple[TopicLabel, ...]:
        """The topics inside a category, in order."""
        return tuple(topic for topic in self.topics if topic.category == category)

    def to_json(self) -> str:
        """The taxonomy as stable JSON text."""
        content = {
            "categories": [{"id": c.id, "title": c.title} for c in self.categories],
            "topics": [{"id": t.id, "title": t.title, "category": t.category} for t in self.topics],
            "departments": [{"id": d.id, "title": d.title} for d in self.departments],
        }
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Taxonomy:
        """Read what :meth:`to_json` wrote."""
        return cls._from_mapping(json.loads(text), "taxonomy.json")

    @classmethod
    def _from_mapping(cls, content: Mapping[str, Sequence[Mapping[str, str]]], where: str) -> Taxonomy:
        try:
            return cls(
                tuple(Label(c["id"], c["title"]) for c in content["categories"]),
                tuple(TopicLabel(t["id"], t["title"], t["category"]) for t in content["topics"]),
                tuple(Label(d["id"], d["title"]) for d in content.get("departments", ())),
            )
        except (KeyError, TypeError) as problem:
            raise _invalid(where, f"missing or wrong key {problem}", "see data/taxonomy.toml for the form") from None


def shipped_taxonomy() -> Taxonomy:
    """The national list of categories and topics that comes with the package (no departments)."""
    content = tomllib.loads((files("mcu_nlp") / "data" / "taxonomy.toml").read_text("utf-8"))
    named = {"categories": content.get("category", []), "topics": content.get("topic", [])}
    return Taxonomy._from_mapping(named, "data/taxonomy.toml")


def _check_unique(name: str, labels: Sequence[Label]) -> None:
    ids: set[str] = set()
    titles: set[str] = set()
    for label in labels:
        if not label.id or not label.title:
            raise ConfigError("taxonomy_unnamed", what=name, id=label.id, title=label.title)
        if label.id in ids:
            raise ConfigError("taxonomy_twice", what=name, field="id", value=label.id)
        if label.title in titles:
            raise ConfigError("taxonomy_twice", what=name, field="title", value=label.title)
        ids.add(label.id)
        titles.add(label.title)


def _invalid(where: str, problem: str, remedy: str) -> ConfigError:
    return ConfigError("taxonomy_invalid", where=where, problem=problem, remedy=remedy)
