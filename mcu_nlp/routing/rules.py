"""What a routing rule is and which one decides: the most specific, not the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mcu_nlp.records import Card, Choice
from mcu_nlp.taxonomy import Label
from mcu_nlp.text.names import fold_name

# What a rule can ask for, and how much it narrows. Every weight is larger than the sum of
# the lighter ones, so two rules weigh the same only when they ask for the same things.
WEIGHTS: Mapping[str, int] = {
    "organization": 32,
    "topic": 16,
    "settlement": 8,
    "district": 4,
    "category": 2,
    "channel": 1,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an appeal when it is routed. Names are compared without case and ending."""

    category: str | None = None
    topic: str | None = None
    settlements: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    organizations: tuple[str, ...] = ()
    channel: str | None = None

    @classmethod
    def of(cls, category: Choice | None, topic: Choice | None, card: Card | None, channel: str | None = None) -> Facts:
        """The facts that the earlier stages found."""
        places = card.places if card else ()
        return cls(
            category.id if category else None,
            topic.id if topic else None,
            tuple(place.settlement for place in places if place.settlement),
            tuple(place.district for place in places if place.district),
            tuple(body.normal_form or body.text for body in card.organizations) if card else (),
            channel,
        )

    def values(self, condition: str) -> frozenset[str]:
        """The comparable values that a condition of this name is held against."""
        found: Iterable[str | None]
        if condition in ("category", "topic", "channel"):
            found = (getattr(self, condition),)
            return frozenset(value for value in found if value)
        found = getattr(self, condition + "s")
        return frozenset(fold_name(value) for value in found if value)


@dataclass(frozen=True, slots=True)
class Rule:
    """If every condition holds (one of its values is met), the department answers."""

    id: str
    department: str
    conditions: Mapping[str, frozenset[str]]
    line: int
    note: str | None = None

    @property
    def weight(self) -> int:
        """How specific the rule is; the largest weight decides."""
        return sum(WEIGHTS[name] for name in self.conditions)

    def catches(self, values: Mapping[str, frozenset[str]]) -> bool:
        """Whether every condition meets one of the appeal's values."""
        return all(wanted & values[name] for name, wanted in self.conditions.items())


@dataclass(frozen=True)
class RoutingTable:
    """Departments of a district and the rules that lead to them.

    ``default`` is the department that gets what neither a rule nor the model decides.
    """

    path: Path
    departments: Mapping[str, Label]
    rules: tuple[Rule, ...]
    default: str | None = None
    curators: Mapping[str, str] = field(default_factory=dict)

    def match(self, facts: Facts) -> Rule | None:
        """The most specific rule that catches the appeal, or ``None``."""
        values = {name: facts.values(name) for name in WEIGHTS}
        # ``rules`` are ordered by falling weight, so the first catch is the decision.
        return next((rule for rule in self.rules if rule.catches(values)), None)


def load_routing(path: str | Path, *, categories: Iterable[str], topics: Mapping[str, str]) -> RoutingTable:
    """Read and check a routing file against the ids that the model can answer.

    ``topics`` maps each topic id to its category id. Raises ``ConfigError`` with file,
    line and remedy for anything unknown, contradictory or unreachable, and
    ``InputError`` (``file_missing``) when there is no file.
    """
    # The checks are the longer part and only run here.
    from mcu_nlp.routing.check import read_checked

    return read_checked(Path(path), frozenset(categories), dict(topics))
