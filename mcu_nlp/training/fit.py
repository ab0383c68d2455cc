"""Examples -> a fitted model: encoders, heads, and what topics say of departments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np

from mcu_nlp.dataset.examples import FOLDS, Example
from mcu_nlp.linear import Heads, TextEncoder
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.stages.identify_kind import KINDS
from mcu_nlp.stages.identify_topic import TopicIdentifier
from mcu_nlp.stages.route_department import topic_features
from mcu_nlp.taxonomy import Label, Taxonomy
from mcu_nlp.tone.evidence import HEAD as EVIDENCE
from mcu_nlp.tone.levels import LEVELS
from mcu_nlp.tone.lexicon import SIGNALS
from mcu_nlp.training.calibrate import places_of
from mcu_nlp.training.encoding import encode_ngrams, encode_readings
from mcu_nlp.training.features import AppealVectorizer, half
from mcu_nlp.training.near import nearness, soften
from mcu_nlp.training.reading import Clauses, Readings
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.ridge import Doubles, Reals, bounded, class_weights, one_against_rest, solve_primal
from mcu_nlp.training.solver import Problem, Rows, Solver, unlabelled

# Weights of n-grams and of dense features, and intercepts; with the names of the columns before them.
HeadWeights = tuple[Floats, Reals, Reals]
Part = tuple[tuple[str, ...], Floats, Reals, Reals]
_PLACE = re.compile(r"[А-ЯЁ][а-яё]{3,}")
# So much of a place's name stays the same in all its cases («Соснов|ского»).
_STEM = 6


@dataclass(frozen=True)
class Fitted:
    """A model before calibration: it can score, but not say how sure it is."""

    taxonomy: Taxonomy
    encoder: TextEncoder
    heads: Heads
    department_topics: Floats


def place_stems(departments: Sequence[Label]) -> tuple[str, ...]:
    """Beginnings of the place names in department titles, which must not be masked.

    >>> place_stems([Label("a", "Администрация Сосновского района"), Label("b", "Комитет города Лугового")])
    ('лугово', 'соснов')
    """
    words = {word.lower()[:_STEM] for label in departments for word in _PLACE.findall(label.title.split(" ", 1)[-1])}
    return tuple(sorted(words))


def fit_model(examples: Sequence[Example], readings: Readings, taxonomy: Taxonomy, recipe: Recipe) -> Fitted:
    """Fit all heads. ``readings`` are the examples' texts, read once for all folds."""
    encoder, heads = _prepare(examples, readings, taxonomy, recipe)
    ids = _ids(taxonomy)
    routed, _ = heads.labelled(ids["department"], attrgetter("department"))
    found: dict[str, Part] = {}
    held_out: dict[str, Floats] = {}
    for head in ("category", "topic"):
        weights, held_out[head] = heads.solve(head, ids[head], attrgetter(head), routed)
        found[head] = (ids[head], *weights)
    found["kind"] = (KINDS, *heads.solve("kind", KINDS, attrgetter("kind"))[0])
    found["level"] = (LEVELS, *heads.solve("level", LEVELS, attrgetter("tone"))[0])
    found["signal"] = (SIGNALS, *heads.solve_signals())
    found["scope"] = (("out",), *heads.solve_scope())
    proving = solve_clauses(examples, readings.clauses, encoder, recipe)
    if proving is not None:
        found[EVIDENCE] = (SIGNALS, *proving)
    department_topics: Reals = np.zeros((len(ids["topic"]) + len(ids["category"]), len(ids["department"])))
    if ids["department"]:
        identify = TopicIdentifier(taxonomy, recipe.joint, {})
        joint = identify.joint_scores(held_out["topic"], held_out["category"])
        features = topic_features(joint, identify.category_scores(joint))
        weights, department_topics = heads.solve_department(ids["department"], features)
        found["department"] = (ids["department"], *weights)
    return Fitted(taxonomy, encoder, _quantize(found), half(department_topics))


def fit_topics(examples: Sequence[Example], readings: Readings, taxonomy: Taxonomy, recipe: Recipe) -> Fitted:
    """Fit the heads of category and topic alone, for figures that ask for nothing else."""
    encoder, heads = _prepare(examples, readings, taxonomy, recipe)
    ids = _ids(taxonomy)
    found = {head: (ids[head], *heads.solve(head, ids[head], attrgetter(head))[0]) for head in ("category", "topic")}
    return Fitted(taxonomy, encoder, _quantize(found), np.zeros((0, 0), np.float32))


def _prepare(
    examples: Sequence[Example], readings: Readings, taxonomy: Taxonomy, recipe: Recipe
) -> tuple[TextEncoder, _Heads]:
    """The encoder, and the heads' problems over what it makes of the texts."""
    vectorizer = AppealVectorizer(
        min_df=recipe.min_df,
        width=recipe.meaning_width,
        places=place_stems(taxonomy.departments),
        random_state=recipe.random_state,
        most_ngrams=recipe.most_ngrams,
    )
    encoder = vectorizer.fit_readings(readings).encoder_
    solver = Solver(encode_readings(encoder, readings), encoder.blocks, recipe)
    return encoder, _Heads(examples, recipe, solver)


def _ids(taxonomy: Taxonomy) -> dict[str, tuple[str, ...]]:
    return {name: tuple(label.id for label in labels) for name, labels in _labels(taxonomy).items()}


def _labels(taxonomy: Taxonomy) -> dict[str, Sequence[Label]]:
    return {"category": taxonomy.categories, "topic": taxonomy.topics, "department": taxonomy.departments}


class _Heads:
    """What each head is to learn from the examples, and how strongly."""

    def __init__(self, examples: Sequence[Example], recipe: Recipe, solver: Solver) -> None:
        self.examples, self.recipe, self.solver = examples, recipe, solver
        self.invented = np.array([example.source == "corpus" for example in examples])
        self.folds = np.array([example.fold if example.fold >= 0 else n % FOLDS for n, example in enumerate(examples)])

    def problem(self, head: str, rows: Rows, targets: Doubles, weight: Doubles, more: Floats | None = None) -> Problem:
        """What a head is to learn of ``rows``, as strongly and reading as much as its recipe says."""
        recipe = self.recipe.heads[head]
        asked = {"style": recipe.style, "cues": recipe.cues, "places": recipe.places}
        read = tuple(name for name, reads in asked.items() if reads)
        return Problem(rows, targets, weight, recipe.alpha, read, more)

    def weight(self, head: str, rows: Rows) -> Doubles:
        """What each text counts when a head is fitted."""
        return np.where(self.invented[rows], self.recipe.heads[head].corpus, 1.0)

    def balanced(self, head: str, rows: Rows, labels: Rows) -> Doubles:
        """The same, rare classes counting more, but no text more than its label is sure."""
        own, recipe = self.weight(head, rows), self.recipe.heads[head]
        return bounded(own * class_weights(labels, own, recipe.balance), recipe.noise / recipe.alpha)

    def labelled(self, classes: Sequence[str], label: Callable[[Example], str | None]) -> tuple[Rows, Rows]:
        """The rows whose label is one of the classes, and the labels' places."""
        return places_of(classes, [label(example) for example in self.examples])

    def solve(
        self, head: str, classes: Sequence[str], label: Callable[[Example], str | None], wanted: Rows | None = None
    ) -> tuple[HeadWeights, Floats]:
        """Weights of a head, and scores of the ``wanted`` rows by solutions that did not see their folds."""
        rows, labels = self.labelled(classes, label)
        wanted = np.empty(0, np.intp) if wanted is None else wanted
        if not len(rows):
            ngrams, dense, _, bias = unlabelled(self.solver, len(classes))
            scores: Floats = np.zeros((len(wanted), len(classes)), np.float32)
        else:
            targets = self.targets(head, rows, labels, len(classes))
            problem = self.problem(head, rows, targets, self.balanced(head, rows, labels))
            (ngrams, dense, _, bias), scores = self.solver.solve_held_out(problem, wanted, self.folds)
        return (ngrams, dense, bias), np.asarray(scores, np.float32)

    def targets(self, head: str, rows: Rows, labels: Rows, classes: int) -> Doubles:
        """+1 for a row's class and -1 for the others, less so for those that it is taken for by cross-validation."""
        targets, recipe = one_against_rest(labels, classes), self.recipe.heads[head]
        # Who is taken for whom is learned from real texts, and from as many as the dual takes at once.
        judged = np.flatnonzero(~self.invented[rows])
        if not recipe.near or not len(judged):
            return targets
        if len(rows) > self.recipe.dual_rows:
            few = np.random.default_rng(self.recipe.random_state).permutation(len(rows))[: self.recipe.dual_rows]
            judged = np.intersect1d(judged, few)
        else:
            few = np.arange(len(rows))
        few = np.sort(few)
        problem = self.problem(head, rows[few], targets[few], self.balanced(head, rows[few], labels[few]))
        _, scores = self.solver.solve_held_out(problem, rows[judged], self.folds)
        near = nearness(scores, labels[judged], self.recipe.joint.topic_sharpness)
        return soften(targets, labels, near, recipe.near)

    def solve_scope(self) -> HeadWeights:
        """One column: the larger, the likelier the text is no appeal of the taxonomy."""
        rows = np.arange(len(self.examples))
        labels = np.array([int(not example.in_scope) for example in self.examples], np.intp)
        if not labels.any():
            ngrams, dense, _, bias = unlabelled(self.solver, 1)  # nothing to tell apart: the score stays 0
        else:
            targets, weight = one_against_rest(labels, 2)[:, 1:], self.balanced("scope", rows, labels)
            ngrams, dense, _, bias = self.solver.solve(self.problem("scope", rows, targets, weight))
        return ngrams, dense, bias

    def solve_signals(self) -> HeadWeights:
        """All signals in one solve: they do not exclude each other, so no class weighs more."""
        rows = np.array([n for n, example in enumerate(self.examples) if example.signals is not None], np.intp)
        if not len(rows):
            ngrams, dense, _, bias = unlabelled(self.solver, len(SIGNALS))
            return ngrams, dense, bias
        present = [[signal in (self.examples[row].signals or ()) for signal in SIGNALS] for row in rows]
        targets = np.where(np.array(present, bool).reshape(len(rows), len(SIGNALS)), 1.0, -1.0)
        problem = self.problem("signal", rows, targets, self.weight("signal", rows))
        ngrams, dense, _, bias = self.solver.solve(problem)
        return ngrams, dense, bias

    def solve_department(self, classes: Sequence[str], topics: Floats) -> tuple[HeadWeights, Reals]:
        """Weights of the text, and of the ``topics`` that were told of the labelled rows without having seen them."""
        rows, labels = self.labelled(classes, attrgetter("department"))
        # The weight of a block of features is the square of what its numbers are multiplied by.
        scale = self.recipe.topic_weight**0.5
        ngrams, dense, more, bias = self.solver.solve(
            self.problem(
                "department",
                rows,
                one_against_rest(labels, len(classes)),
                self.balanced("department", rows, labels),
                np.asarray(topics * scale, np.float32),
            )
        )
        return (ngrams, dense, bias), more * scale


def solve_clauses(
    examples: Sequence[Example], clauses: Clauses, encoder: TextEncoder, recipe: Recipe
) -> HeadWeights | None:
    """Weights by which a clause proves a signal, from texts with marked evidence; ``None`` without any.

    Each signal is learned inside the texts that show it: its clauses against their others.
    """
    if not len(clauses.owners):
        return None
    ngrams = encode_ngrams(encoder.ngrams, clauses.texts, clauses.texts.kinds.table(encoder.places))
    weights = np.zeros((len(encoder.ngrams), len(SIGNALS)), np.float32)
    dense, bias = np.zeros((encoder.width, len(SIGNALS))), np.zeros(len(SIGNALS))
    rules = clauses.found.shape[1]
    for place, signal in enumerate(SIGNALS):
        shown = np.array([signal in (example.signals or ()) for example in examples], bool)
        inside = np.flatnonzero(shown[clauses.owners])
        if not len(inside):
            continue
        target = np.where(clauses.proven[inside, place], 1.0, -1.0)[:, None]
        found = np.hstack([clauses.found[inside], np.ones((len(inside), 1), np.float32)])
        even = np.ones(len(inside))
        solved = solve_primal(
            ngrams[inside], found, target, even, recipe.evidence_alpha, recipe.tolerance, recipe.most_steps
        )[:, 0]
        weights[:, place] = solved[: len(encoder.ngrams)]
        begin = encoder.meaning.width
        dense[begin : begin + rules, place] = solved[len(encoder.ngrams) : -1]
        bias[place] = float(solved[-1])
    return weights, dense, bias


def _quantize(heads: dict[str, Part]) -> Heads:
    """n-gram weights as int8 with a scale a class: a quarter of the size, decisions all but unchanged."""
    dense = np.concatenate([part[2] for part in heads.values()], axis=1)
    bias = np.concatenate([part[3] for part in heads.values()])
    scales = [np.maximum(np.abs(part[1]).max(axis=0), 1e-12) / 127 for part in heads.values()]
    rounded = [np.round(part[1] / scale).astype(np.int8) for part, scale in zip(heads.values(), scales, strict=True)]
    return Heads(
        {name: part[0] for name, part in heads.items()},
        np.concatenate(rounded, axis=1),
        np.concatenate(scales).astype(np.float32),
        half(dense),
        bias.astype(np.float32),
    )
