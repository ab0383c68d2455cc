"""Out-of-fold scores: every held-out text is scored by a model that never saw it or its copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mcu_nlp.dataset.examples import FOLDS, Example
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.stages.identify_topic import TopicIdentifier
from mcu_nlp.stages.route_department import topic_features
from mcu_nlp.taxonomy import Taxonomy
from mcu_nlp.text.document import Document
from mcu_nlp.training.fit import Fitted, fit_model
from mcu_nlp.training.recipe import Recipe


@dataclass(frozen=True)
class HeldOut:
    """Scores by decision, ``(texts, classes)``, of the held-out examples, in their order.

    Among them ``rules``: 1 where a rule of the tone lexicon hit the text.
    """

    examples: tuple[Example, ...]
    scores: dict[str, Floats]


def decision_scores(fitted: Fitted, documents: Sequence[Document], recipe: Recipe) -> dict[str, Floats]:
    """What every decision is taken from, with the arithmetic of the shipped inference."""
    encoded = fitted.encoder.encode(documents)
    raw = fitted.heads.score(encoded.rows, encoded.dense)
    identify = TopicIdentifier(fitted.taxonomy, recipe.joint, {})
    joint = identify.joint_scores(raw["topic"], raw["category"])
    by_category = identify.category_scores(joint)
    found = {"topic": joint, "category": by_category, **{h: raw[h] for h in ("kind", "level", "signal", "scope")}}
    rules = encoded.dense[:, fitted.encoder.meaning.width :][:, : len(fitted.encoder.style.lexicon.rules)]
    found["rules"] = (rules > 0).astype(np.float32)
    if "department" in raw:
        found["department"] = raw["department"] + topic_features(joint, by_category) @ fitted.department_topics
    return found


def hold_out(
    examples: Sequence[Example],
    documents: Sequence[Document],
    taxonomy: Taxonomy,
    recipe: Recipe,
    tell: Callable[[str], None] = lambda _: None,
) -> HeldOut:
    """Fit once a fold and score the texts of that fold; texts of fold -1 always train."""
    order: list[int] = []
    parts: list[dict[str, Floats]] = []
    for fold in range(FOLDS):
        tell(f"fold {fold + 1} of {FOLDS}")
        seen = [n for n, example in enumerate(examples) if example.fold != fold]
        held = [n for n, example in enumerate(examples) if example.fold == fold]
        if not held:
            continue
        fitted = fit_model([examples[n] for n in seen], [documents[n] for n in seen], taxonomy, recipe)
        parts.append(decision_scores(fitted, [documents[n] for n in held], recipe))
        order += held
    by_place = np.argsort(order)
    scores = {name: np.concatenate([part[name] for part in parts])[by_place] for name in parts[0]}
    return HeldOut(tuple(examples[n] for n in sorted(order)), scores)
