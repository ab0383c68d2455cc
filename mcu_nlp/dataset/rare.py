"""Classes with too few examples to be judged: each is told with the rule that it was treated by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

from mcu_nlp.dataset.examples import Example
from mcu_nlp.dataset.label_rules import FEWEST_OF_CLASS
from mcu_nlp.taxonomy import Taxonomy

# From the best off to the worst; their Russian titles are in data/labels.toml.
RULES = ("with_base", "learned_not_shown", "one_text", "base_only", "no_examples")


@dataclass(frozen=True, slots=True)
class RareClass:
    """A class with fewer than five examples.

    ``with_base``: learned from them and from what the base knows of it. ``learned_not_shown``: learned, counted in
    the figures of all, but with no figure of its own. ``one_text``: learned, but held out it is always missed, for
    all its rows are copies of one text. ``base_only`` and ``no_examples``: no rows, known from the base or not at all.
    """

    decision: str
    id: str
    title: str
    rows: int
    rule: str

    def to_dict(self) -> dict[str, str | int]:
        """For the report of a model."""
        return asdict(self)


def rare_classes(
    examples: Sequence[Example], taxonomy: Taxonomy, base: Collection[str] = (), departments: Iterable[str] = ()
) -> tuple[RareClass, ...]:
    """The rare categories, topics and departments (by title) of a table; ``base`` are the ids that the base knows."""
    named = [("category", label.id, label.title) for label in taxonomy.categories]
    named += [("topic", label.id, label.title) for label in taxonomy.topics]
    named += [("department", title, title) for title in sorted(set(departments))]
    rows: Counter[tuple[str, str]] = Counter()
    texts: dict[tuple[str, str], set[object]] = {}
    for number, example in enumerate(examples):
        for decision in ("category", "topic", "department"):
            label = getattr(example, decision)
            if label is not None:
                rows[decision, label] += 1
                own = example.group if example.group >= 0 else f"row {number}"
                texts.setdefault((decision, label), set()).add(own)
    found = []
    for decision, id, title in named:
        count = rows[decision, id]
        if count < FEWEST_OF_CLASS:
            rule = _rule(count, len(texts.get((decision, id), ())), id in base)
            found.append(RareClass(decision, id, title, count, rule))
    return tuple(found)


def _rule(rows: int, texts: int, known: bool) -> str:
    if not rows:
        return "base_only" if known else "no_examples"
    if known:
        return "with_base"
    return "learned_not_shown" if texts > 1 else "one_text"
