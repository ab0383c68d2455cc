"""Labels by the register of MCU_NLP_DATA: are injected errors found, does our choice of what to label save labels.

python benchmarks/labelling.py --errors   10 % of topics made wrong: share of them in the first 15 % of the list
python benchmarks/labelling.py --next     from 200 labels on, 100 at a time: how many reach what 1000 random ones do

Errors are injected three ways: any other topic alike (uniform), as often as topics are (frequent), inside the same
category (near). Choices are judged on the register's folds: a fold is tested, the other four are the pool.
"""

# ruff: noqa: ARG005
from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.metrics import f1_score

from mcu_nlp.dataset import find_copies
from mcu_nlp.dataset.examples import read_register
from mcu_nlp.labelling.choose import doubt_of, pick_batch
from mcu_nlp.labelling.neighbours import likeness
from mcu_nlp.labelling.probabilities import LabelSpace
from mcu_nlp.labelling.suspects import weigh_labels
from mcu_nlp.linear.calibrator import log_softmax
from mcu_nlp.taxonomy import shipped_taxonomy
from mcu_nlp.training.features import AppealVectorizer
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.ridge import class_weights, gram, one_against_rest, solve_dual

START, BATCH, GOAL = 200, 100, 1000
WRONG, LOOKED_AT = 0.10, 0.15
KINDS = ("uniform", "frequent", "near")
FIGURES = ("topic accuracy", "category accuracy", "topic macro F1")


class Register:
    """The register's texts as features, and its labels as numbers."""

    def __init__(self) -> None:
        examples = read_register(Path(os.environ["MCU_NLP_DATA"]) / "kursk", shipped_taxonomy())
        self.texts = [example.text for example in examples]
        # Features are learned without labels: from the pool and the tested texts alike, as in use.
        self.features = sparse.csr_matrix(AppealVectorizer().fit_transform(self.texts))
        self.topics = [str(example.topic) for example in examples]
        self.categories = [str(example.category) for example in examples]
        self.space = LabelSpace.of(self.topics, self.categories)
        self.folds = np.array([example.fold for example in examples])


def inject(register: Register, kind: str, seed: int):
    """Topics with a tenth made wrong, and which."""
    random = np.random.default_rng(seed)
    space, n = register.space, len(register.texts)
    wrong = random.choice(n, round(WRONG * n), replace=False)
    places = space.places.copy()
    sizes = np.bincount(space.places, minlength=len(space.classes)).astype(float)
    for record in wrong:
        weights = np.ones(len(sizes)) if kind == "uniform" else sizes.copy()
        if kind == "near":
            inside = space.parent_of == space.own_parents[record]
            # A category of one topic has no other inside: any of the others then.
            weights = weights * inside if inside.sum() > 1 else weights
        weights[places[record]] = 0
        places[record] = random.choice(len(sizes), p=weights / weights.sum())
    return places, wrong


def errors(register: Register, seeds: int, console: Console) -> None:
    groups = find_copies(register.texts).near
    space = register.space
    table = Table("errors", "seeds", "found in first 15 %", "least", "precision in first 5 %", title="injected errors")
    for kind in KINDS:
        found, precise = [], []
        for seed in range(seeds):
            places, wrong = inject(register, kind, seed)
            topics = [space.classes[place] for place in places]
            # A wrong topic brings its category with it, as it does in a register.
            categories = [space.parents[space.parent_of[place]] for place in places]
            evidence = weigh_labels(register.features, groups, LabelSpace.of(topics, categories), "topic", seed)
            order = np.argsort(-evidence.scores, kind="stable")
            found.append(np.isin(wrong, order[: round(LOOKED_AT * len(order))]).mean())
            precise.append(np.isin(order[: round(0.05 * len(order))], wrong).mean())
        row = (f"{np.mean(found):.3f}", f"{min(found):.3f}", f"{np.mean(precise):.3f}")
        table.add_row(kind, str(seeds), *row)
        console.print(kind, *row)
    console.print(table)


class Learner:
    """The heads of topic and category, and the features among which a choice is made."""

    def __init__(self, register: Register) -> None:
        self.space, self.products = register.space, gram(register.features)
        self.likeness = likeness(register.features, register.features)
        width = 100
        self.points = TruncatedSVD(width, random_state=0).fit_transform(register.features)
        self.points /= np.linalg.norm(self.points, axis=1, keepdims=True)

    def ask(self, known, asked):
        """Probabilities of topics: the same arithmetic as ``fit_and_ask``, with shared inner products."""
        joint, space = Recipe().joint, self.space
        topic = self._scores("topic", space.places, len(space.classes), known, asked)
        category = self._scores("category", space.own_parents, len(space.parents), known, asked)
        shared = joint.category_share * log_softmax(category * joint.category_sharpness)[:, space.parent_of]
        return np.exp(log_softmax(log_softmax(topic * joint.topic_sharpness) + shared)).astype(np.float64)

    def _scores(self, head, places, classes, known, asked):
        recipe, own = Recipe().heads[head], places[known]
        weights = class_weights(own, np.ones(len(known)), recipe.balance)
        products = self.products[np.ix_(known, known)]
        dual = solve_dual(products, one_against_rest(own, classes), weights, recipe.alpha)
        scores = self.products[np.ix_(asked, known)] @ dual
        scores[:, np.setdiff1d(np.arange(classes), own)] = -1
        return scores


def margin(p):
    best = np.partition(p, -2, axis=1)[:, -2:]
    return 1 - (best[:, 1] - best[:, 0])


def spread(weights, points, count, random):
    """k-means++ seeding: far from what is chosen already, as often as the weights say."""
    found = [int(random.choice(len(weights), p=weights / weights.sum()))]
    far = ((points - points[found[0]]) ** 2).sum(axis=1)
    while len(found) < count:
        chance = weights * far
        chance[found] = 0
        found.append(int(random.choice(len(weights), p=chance / chance.sum())))
        far = np.minimum(far, ((points - points[found[-1]]) ** 2).sum(axis=1))
    return found


def apart(weights, near, count):
    """The weightiest, each the less the liker it is to one that was taken."""
    found, closest = [], np.zeros(len(weights))
    for _ in range(count):
        value = weights * (1 - closest)
        value[found] = -1
        found.append(int(value.argmax()))
        closest = np.maximum(closest, near[found[-1]])
    return found


def half(p, near, count):
    """The first half of a batch covers the doubt, the second is the least sure of what is left, apart from it."""
    found = pick_batch(doubt_of(p), near, count // 2)
    weights = margin(p) * (1 - near[found].max(axis=0))
    weights[found] = 0
    return [*found, *apart(weights, near, count - len(found))]


def badge(p, near, count, random):
    """k-means++ over gradients of the last layer (Ash et al., 2020), by their inner products."""
    gradients = p.copy()
    gradients[np.arange(len(p)), p.argmax(axis=1)] -= 1
    products = (gradients @ gradients.T) * near
    own = np.diag(products)
    found = [int(own.argmax())]
    far = own + own[found[0]] - 2 * products[found[0]]
    while len(found) < count:
        chance = np.maximum(far, 0)
        chance[found] = 0
        found.append(int(random.choice(len(p), p=chance / chance.sum())))
        far = np.minimum(far, own + own[found[-1]] - 2 * products[found[-1]])
    return found


# Of the pool: probabilities, likeness, points; how many; a source of chance.
STRATEGIES: dict[str, Callable] = {
    "random": lambda p, near, points, count, random: random.choice(len(p), count, replace=False),
    "ours": lambda p, near, points, count, random: pick_batch(doubt_of(p), near, count),
    "cover closely": lambda p, near, points, count, random: pick_batch(doubt_of(p), near**1.5, count),
    "cover margin": lambda p, near, points, count, random: pick_batch(margin(p), near, count),
    "half": lambda p, near, points, count, random: half(p, near, count),
    "margin": lambda p, near, points, count, random: np.argsort(-margin(p), kind="stable")[:count],
    "entropy": lambda p, near, points, count, random: np.argsort((p * np.log(p + 1e-12)).sum(1))[:count],
    "margin apart": lambda p, near, points, count, random: apart(margin(p), near, count),
    "margin k-means++": lambda p, near, points, count, random: spread(margin(p), points, count, random),
    "badge": lambda p, near, points, count, random: badge(p, near, count, random),
}


def curve(register: Register, learner: Learner, name: str, fold: int, seed: int) -> list[tuple[float, ...]]:
    """Figures on the fold after every batch; the first labels are the same for all strategies."""
    random = np.random.default_rng(1000 * fold + seed)
    space, tested = register.space, np.flatnonzero(register.folds == fold)
    whole = np.flatnonzero(register.folds != fold)
    known, found = random.choice(whole, START, replace=False), []
    while True:
        best = learner.ask(known, tested).argmax(axis=1)
        truth = space.places[tested]
        present = np.unique(truth)
        found.append(
            (
                float((best == truth).mean()),
                float((space.parent_of[best] == space.own_parents[tested]).mean()),
                float(f1_score(truth, best, average="macro", labels=present, zero_division=0)),
            )
        )
        if len(known) >= GOAL:
            return found
        pool = np.setdiff1d(whole, known)
        near = learner.likeness[np.ix_(pool, pool)]
        picked = STRATEGIES[name](learner.ask(known, pool), near, learner.points[pool], BATCH, random)
        known = np.concatenate([known, pool[picked]])


def reached(figures, goal: float) -> float:
    """How many labels it takes to the goal, on straight lines between the measured points; infinite if it does not."""
    for step, (before, after) in enumerate(pairwise(figures)):
        if after >= goal:
            return START + BATCH * (step + max(0.0, (goal - before) / (after - before)))
    return float("inf")


def choices(register: Register, seeds: int, names: list[str], console: Console) -> None:
    learner = Learner(register)
    table = Table("choice", *(f"{figure}: labels to reach" for figure in FIGURES), title=f"random has {GOAL} labels")
    goal = None
    for name in names:
        runs = [curve(register, learner, name, fold, seed) for fold in range(5) for seed in range(seeds)]
        means = np.mean(runs, axis=0)
        goal = means[-1] if goal is None else goal
        for figure, values in zip(FIGURES, means.T, strict=True):
            console.print(f"{name:18}{figure:18}", " ".join(f"{value:.3f}" for value in values), highlight=False)
        table.add_row(name, *(f"{reached(values, end):.0f}" for values, end in zip(means.T, goal, strict=True)))
    console.print(table)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--errors", action="store_true")
    what.add_argument("--next", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--strategies", default=",".join(STRATEGIES), help="comma-separated; random goes first")
    arguments = parser.parse_args()
    console, register = Console(), Register()
    if arguments.errors:
        errors(register, arguments.seeds, console)
    else:
        choices(register, arguments.seeds, arguments.strategies.split(","), console)


if __name__ == "__main__":
    main()
