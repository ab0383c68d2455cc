"""The toy model: 128 invented appeals of three categories, six topics and three departments, trained in seconds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mcu_nlp.dataset.examples import Example, text_fold
from mcu_nlp.taxonomy import Label, Taxonomy, TopicLabel, shipped_taxonomy
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.run import train

CASES = Path(__file__).parent / "cases"
# A model so small lies outside what calibration and clustering were made for only in size, not in kind.
RECIPE = Recipe(meaning_width=16)


def toy_rows() -> list[dict[str, Any]]:
    lines = (CASES / "toy_appeals.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def toy_examples() -> list[Example]:
    return [
        Example(
            id=row["id"],
            text=row["text"],
            source="portal",
            category=row["category"],
            topic=row["topic"],
            department=row["department"],
            kind=row["kind"],
            tone=row["tone"],
            signals=frozenset(row["signals"]),
            in_scope=row["topic"] is not None,
            fold=text_fold(row["text"]),
        )
        for row in toy_rows()
    ]


def toy_taxonomy() -> Taxonomy:
    """The shipped labels that the toy appeals use."""
    rows, whole = toy_rows(), shipped_taxonomy()
    categories = {row["category"] for row in rows}
    topics = {row["topic"] for row in rows}
    return Taxonomy(
        tuple(Label(c.id, c.title) for c in whole.categories if c.id in categories),
        tuple(TopicLabel(t.id, t.title, t.category) for t in whole.topics if t.id in topics),
        (),
    )


def train_toy(folder: Path) -> dict[str, Any]:
    """Train the toy model into a folder; the report is returned."""
    return train(toy_examples(), toy_taxonomy(), folder, name="toy", recipe=RECIPE)
