"""What is fitted and how strongly; every number here won by cross-validation on the register's folds."""

from __future__ import annotations

from dataclasses import dataclass, field

from mcu_nlp.stages.identify_topic import JointWeights
from mcu_nlp.tone.levels import ConflictMix


@dataclass(frozen=True, slots=True)
class HeadRecipe:
    """Regularisation and class balance of one head.

    ``style`` tells whether it reads the marks of tone, ``cues`` whether those of kind, ``places`` which places
    of the departments' titles are named;
    ``corpus`` is what an invented text counts beside a real one: much where real examples
    are few. ``noise`` is how unsure a label is however much its text weighs: the weight of a
    rare class's text does not grow past ``alpha / noise``. ``near`` raises the targets of
    classes that are taken for each other (see ``near.py``).
    """

    alpha: float
    balance: float
    style: bool = False
    cues: bool = False
    places: bool = False
    corpus: float = 0.6
    noise: float = 0.0
    near: float = 0.0


def _heads() -> dict[str, HeadRecipe]:
    return {
        "topic": HeadRecipe(alpha=2.0, balance=0.5, noise=0.4, near=0.7),
        "category": HeadRecipe(alpha=1.5, balance=0.8, noise=0.4),
        "department": HeadRecipe(alpha=8.0, balance=0.1, places=True),
        "kind": HeadRecipe(alpha=2.0, balance=0.3, style=True, cues=True, corpus=0.2),
        "level": HeadRecipe(alpha=3.0, balance=0.0, style=True, corpus=0.4),
        "signal": HeadRecipe(alpha=3.0, balance=0.0, style=True, corpus=0.4),
        "scope": HeadRecipe(alpha=2.0, balance=0.5),
    }


@dataclass(frozen=True)
class Recipe:
    """Everything that a training run can be asked to do otherwise."""

    heads: dict[str, HeadRecipe] = field(default_factory=_heads)
    joint: JointWeights = field(default_factory=lambda: JointWeights(8.0, 4.0, 0.3))
    min_df: int = 2
    meaning_width: int = 512
    # What the topic's probabilities count beside the text when departments are learned.
    topic_weight: float = 2.0
    # Regularisation of the head that chooses evidence among clauses.
    evidence_alpha: float = 1.0
    conflict_mix: ConflictMix = field(default_factory=lambda: ConflictMix(reason=0.4, anger=0.1))
    # The share of conflicts that must not pass for calm, at the price of false alarms.
    conflict_recall: float = 0.975
    target_precision: float = 0.95
    required_reviews: tuple[str, ...] = (
        "category_uncertain",
        "several_questions",
        "conflict",
        "risk",
        "out_of_scope",
        "body_complained_of",
    )
    random_state: int = 0
    # More n-grams than these are never known: with more texts an n-gram must stand in more than ``min_df`` of them.
    most_ngrams: int = 200_000
    # A head of so many classes or more, over so many rows or fewer, is solved exactly in the dual; any other by
    # conjugate gradients, until what is left is this share of the first residual, in at most so many steps. Of many
    # rows and classes no more than the early steps are taken: what the later ones add is dear, and fits single rows.
    dual_rows: int = 8_000
    dual_classes: int = 12
    tolerance: float = 1e-3
    most_steps: int = 60
    early_steps: int = 10
    # With so many held-out rows or fewer, each fold is held out in turn; with more, a fifth of them tells enough.
    cross_validated_rows: int = 10_000
