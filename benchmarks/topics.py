"""What each idea for category, topic and department is worth: variants of the recipe on the register's own folds.

python benchmarks/topics.py                         the variants of docs/research.md that are still in the code
python benchmarks/topics.py width noise             some of them
python benchmarks/topics.py --departments           departments too, which takes twice as long

Every variant is trained by the code that trains the shipped model and differs from the first
in what its name tells. Differences are paired by folds: their mean and its standard error.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from mcu_nlp.dataset.examples import FOLDS, Example
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.stages.identify_topic import TopicIdentifier
from mcu_nlp.stages.route_department import topic_features
from mcu_nlp.taxonomy import Taxonomy, shipped_taxonomy
from mcu_nlp.training.__main__ import shipped_examples
from mcu_nlp.training.calibrate import places_of
from mcu_nlp.training.encoding import encode_readings
from mcu_nlp.training.figures import figures
from mcu_nlp.training.fit import fit_model, fit_topics
from mcu_nlp.training.reading import Readings, read_documents
from mcu_nlp.training.recipe import HeadRecipe, Recipe
from mcu_nlp.training.run import with_departments

DECISIONS = ("category", "topic", "department")
COLUMNS = (
    ("portal", "category", "weighted_f1"),
    ("portal", "topic", "accuracy"),
    ("portal", "topic", "top3"),
    ("portal", "topic", "macro_f1"),
    ("social", "category", "accuracy"),
    ("social", "topic", "accuracy"),
    ("social", "topic", "top3"),
    ("portal", "department", "top3"),
)


def variants() -> dict[str, Recipe]:
    """The recipe before this research, each change alone, and all of them: the recipe of today."""
    now = Recipe()
    before = replace(
        now,
        meaning_width=128,
        heads=now.heads
        | {
            "topic": HeadRecipe(alpha=2.0, balance=0.5),
            "category": HeadRecipe(alpha=1.5, balance=0.8),
            "department": HeadRecipe(alpha=4.0, balance=0.3),
        },
    )

    def changed(**heads: HeadRecipe) -> Recipe:
        return replace(before, heads=before.heads | heads)

    old = before.heads
    return {
        "before": before,
        "width": replace(before, meaning_width=512),
        "noise": changed(topic=replace(old["topic"], noise=0.4), category=replace(old["category"], noise=0.4)),
        "noise 1.2": changed(topic=replace(old["topic"], noise=1.2), category=replace(old["category"], noise=1.2)),
        "near": changed(topic=replace(old["topic"], near=0.7)),
        "department": changed(department=now.heads["department"]),
        "today": now,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="VARIANT")
    parser.add_argument("--departments", action="store_true")
    arguments = parser.parse_args()
    known = variants()
    unknown = sorted(set(arguments.names) - set(known))
    if unknown:
        parser.error(f"no variant {', '.join(unknown)}; there are {', '.join(known)}")
    names = ["before", *(name for name in arguments.names or known if name != "before")]
    console = Console()
    examples, taxonomy = with_departments(shipped_examples(shipped_taxonomy()), shipped_taxonomy())
    readings = read_documents(examples)
    table = Table("", *(" ".join(column) for column in COLUMNS if arguments.departments or column[1] != "department"))
    first: list[npt.NDArray[np.float64]] = []
    for name in names:
        scores = hold_out(examples, readings, taxonomy, known[name], departments=arguments.departments)
        found = [judge(examples, taxonomy, scores, *column) for column in COLUMNS if column[1] in scores]
        first = first or [folds for _, folds in found]
        table.add_row(name, *(_cell(*one, base) for one, base in zip(found, first, strict=True)))
        console.log(name)
    console.print(table)


def hold_out(
    examples: list[Example], readings: Readings, taxonomy: Taxonomy, recipe: Recipe, *, departments: bool
) -> dict[str, Floats]:
    """Scores of every held-out text, ``(texts, classes)`` by decision; rows that are never held out stay at zero."""
    folds = np.array([example.fold for example in examples])
    labels = {"category": taxonomy.categories, "topic": taxonomy.topics, "department": taxonomy.departments}
    decided = DECISIONS if departments else DECISIONS[:2]
    scores = {name: np.zeros((len(examples), len(labels[name])), np.float32) for name in decided}
    identify = TopicIdentifier(taxonomy, recipe.joint, {})
    for fold in range(FOLDS):
        seen, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        fit = fit_model if departments else fit_topics
        fitted = fit([examples[n] for n in seen], readings.take(seen), taxonomy, recipe)
        encoded, heads = encode_readings(fitted.encoder, readings.take(held)), fitted.heads
        raw = {}
        for head in decided:
            own = heads.columns(head)
            spoken = encoded.ngrams @ heads.sparse[:, own].astype(np.float32)
            raw[head] = spoken * heads.scale[own] + encoded.dense @ heads.dense[:, own] + heads.bias[own]
        joint = identify.joint_scores(raw["topic"], raw["category"])
        by_category = identify.category_scores(joint)
        scores["topic"][held], scores["category"][held] = joint, by_category
        if departments:
            topics = topic_features(joint, by_category) @ fitted.department_topics
            scores["department"][held] = raw["department"] + topics
    return scores


def judge(
    examples: list[Example], taxonomy: Taxonomy, scores: Mapping[str, Floats], source: str, decision: str, figure: str
) -> tuple[float, npt.NDArray[np.float64]]:
    """A figure over all held-out texts of a source, and over each fold of them."""
    labels: Any = {"category": taxonomy.categories, "topic": taxonomy.topics, "department": taxonomy.departments}
    rows, truth = places_of([label.id for label in labels[decision]], [getattr(e, decision) for e in examples])
    folds = np.array([examples[row].fold for row in rows])
    own = np.array([examples[row].source == source for row in rows])

    def over(chosen: npt.NDArray[np.bool_]) -> float:
        held = scores[decision][rows[chosen]]
        return float(getattr(figures(truth[chosen], held, np.zeros(len(held)), 0.95), figure))

    return over(own), np.array([over(own & (folds == fold)) for fold in range(FOLDS)])


def _cell(value: float, folds: npt.NDArray[np.float64], base: npt.NDArray[np.float64]) -> str:
    gain = folds - base
    if not gain.any():
        return f"{value:.3f}"
    return f"{value:.3f} ({100 * gain.mean():+.1f} ± {100 * gain.std(ddof=1) / len(gain) ** 0.5:.1f})"


if __name__ == "__main__":
    main()
