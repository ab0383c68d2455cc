"""What a specialist can choose instead of what the model answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mcu_nlp import field_titles, kind_titles, level_titles
from mcu_nlp_service.inference import ModelFacts


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen; ``share`` is the model's confidence in it, where it has one."""

    id: str
    title: str
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A field of the analysis: what was answered, what is offered at once, and all that may be searched."""

    field: str
    title: str
    chosen: str
    offered: Sequence[Option]
    searched: Sequence[Option] = ()
    search_title: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the model at work knows the answer: one of an older taxonomy cannot be confirmed."""
        return not self.searched or any(option.id == self.chosen for option in self.searched)


@dataclass(frozen=True, slots=True)
class CardField:
    """A field of the card as it can be written anew: ``lines`` of what was found, one each where there are several."""

    name: str
    title: str
    lines: Sequence[str]
    several: bool


def decisions(analysis: Mapping[str, Any], facts: ModelFacts) -> list[Decision]:
    """The four fields that a specialist confirms or corrects."""
    topics = _distinct(facts.taxonomy["topics"], {c["id"]: c["title"] for c in facts.taxonomy["categories"]})
    departments = [Option(d["id"], d["title"]) for d in facts.taxonomy["departments"]]
    return [
        _learned(analysis, "topic", "Тема", topics, "Другая тема"),
        _learned(analysis, "department", "Исполнитель", departments, "Другой исполнитель"),
        Decision("kind", "Вид обращения", analysis["kind"]["id"], _titled(kind_titles())),
        Decision("tone", "Тон", analysis["tone"]["level"], _titled(level_titles())),
    ]


def card_fields(analysis: Mapping[str, Any]) -> list[CardField]:
    """The fields of the card with the words that were found."""
    return [_card_field(name, title, analysis["card"][name]) for name, title in field_titles().items()]


def _card_field(name: str, title: str, found: Any) -> CardField:
    if isinstance(found, list):
        return CardField(name, title, [" ".join(span["text"].split()) for span in found], several=True)
    text = found["text"] if isinstance(found, dict) else found
    return CardField(name, title, [" ".join(text.split())] if text else [], several=False)


def _learned(
    analysis: Mapping[str, Any], field: str, title: str, searched: Sequence[Option], search_title: str
) -> Decision:
    candidates = {choice["id"]: choice for choice in (analysis[field], *analysis[f"{field}_candidates"])}
    offered = [Option(id, choice["title"], choice["confidence"]) for id, choice in candidates.items()]
    return Decision(field, title, analysis[field]["id"], offered, searched, search_title)


def _titled(titles: Mapping[str, str]) -> list[Option]:
    return [Option(id, title) for id, title in titles.items()]


def _distinct(topics: Iterable[Mapping[str, str]], categories: Mapping[str, str]) -> list[Option]:
    """Topics with titles that can be told apart: equal ones name their category too."""
    topics = list(topics)
    times = Counter(topic["title"] for topic in topics)
    return [
        Option(t["id"], t["title"] if times[t["title"]] == 1 else f"{t['title']} ({categories[t['category']]})")
        for t in topics
    ]
