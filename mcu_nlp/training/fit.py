"""Examples -> a fitted model: encoders, heads, and what topics say of departments."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
import numpy.typing as npt
from scipy import sparse

from mcu_nlp.dataset.examples import FOLDS, Example
from mcu_nlp.linear import Encoded, Heads, TextEncoder
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.stages.identify_kind import KINDS
from mcu_nlp.stages.identify_topic import TopicIdentifier
from mcu_nlp.stages.route_department import topic_features
from mcu_nlp.taxonomy import Label, Taxonomy
from mcu_nlp.text.document import Document
from mcu_nlp.text.terms import Term, read_terms
from mcu_nlp.tone.evidence import HEAD as EVIDENCE
from mcu_nlp.tone.evidence import read_clauses
from mcu_nlp.tone.levels import LEVELS
from mcu_nlp.tone.lexicon import SIGNALS
from mcu_nlp.training.features import AppealVectorizer, half, sparse_rows
from mcu_nlp.training.recipe import Recipe
from mcu_nlp.training.ridge import Doubles, class_weights, gram, one_against_rest, solve_dual

# Weights of n-grams and of dense features, and intercepts; with the names of the columns before them.
Weights = tuple[npt.NDArray[np.floating], Doubles, Doubles]
Part = tuple[tuple[str, ...], npt.NDArray[np.floating], Doubles, Doubles]
_PLACE = re.compile(r"[А-ЯЁ][а-яё]{3,}")
# So much of a place's name stays the same in all its cases («Соснов|ского»).
_STEM = 6


@dataclass(frozen=True)
class Fitted:
    """A model before calibration: it can score, but not say how sure it is."""

    taxonomy: Taxonomy
    places: tuple[str, ...]
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


def read_documents(examples: Sequence[Example]) -> list[Document]:
    """Clean and wrap the texts of examples."""
    return [Document.of(example.text) for example in examples]


def fit_model(examples: Sequence[Example], documents: Sequence[Document], taxonomy: Taxonomy, recipe: Recipe) -> Fitted:
    """Fit all heads. ``documents`` are the examples' texts, read once for all folds."""
    places, encoder, encoded, solver = _prepare(examples, documents, taxonomy, recipe)
    ids = _ids(taxonomy)
    heads = {head: (ids[head], *solver.solve(head, ids[head], attrgetter(head))) for head in ("category", "topic")}
    heads["kind"] = (KINDS, *solver.solve("kind", KINDS, lambda e: e.kind))
    heads["level"] = (LEVELS, *solver.solve("level", LEVELS, lambda e: e.tone))
    heads["signal"] = (SIGNALS, *solver.solve_signals())
    heads["scope"] = (("out",), *solver.solve_scope())
    proving = solve_clauses(examples, documents, encoder, encoded.terms, recipe)
    if proving is not None:
        heads[EVIDENCE] = (SIGNALS, *proving)
    department_topics = np.zeros((len(ids["topic"]) + len(ids["category"]), len(ids["department"])))
    if ids["department"]:
        held_out = solver.inner_topics(taxonomy, ids)
        weights, department_topics = solver.solve_department(ids["department"], held_out)
        heads["department"] = (ids["department"], *weights)
    return Fitted(taxonomy, places, encoder, _quantize(heads), half(department_topics))


def fit_topics(
    examples: Sequence[Example], documents: Sequence[Document], taxonomy: Taxonomy, recipe: Recipe
) -> Fitted:
    """Fit the heads of category and topic alone, for figures that ask for nothing else."""
    places, encoder, _, solver = _prepare(examples, documents, taxonomy, recipe)
    ids = _ids(taxonomy)
    heads = {head: (ids[head], *solver.solve(head, ids[head], attrgetter(head))) for head in ("category", "topic")}
    return Fitted(taxonomy, places, encoder, _quantize(heads), np.zeros((0, 0), np.float32))


def _prepare(
    examples: Sequence[Example], documents: Sequence[Document], taxonomy: Taxonomy, recipe: Recipe
) -> tuple[tuple[str, ...], TextEncoder, Encoded, _Solver]:
    """Place stems, the encoder with what it makes of the texts, and the solver over them."""
    places = place_stems(taxonomy.departments)
    vectorizer = AppealVectorizer(
        min_df=recipe.min_df, width=recipe.meaning_width, places=places, random_state=recipe.random_state
    )
    vectorizer.fit_terms([list(read_terms(document, places)) for document in documents])
    encoder = vectorizer.encoder_
    encoded = encoder.encode(documents)
    sparse_part = sparse_rows(encoded.rows, len(encoder.ngrams)).astype(np.float64)
    dense = encoded.dense.astype(np.float64)
    return places, encoder, encoded, _Solver(examples, recipe, sparse_part, dense, encoder)


def _ids(taxonomy: Taxonomy) -> dict[str, tuple[str, ...]]:
    return {name: tuple(label.id for label in labels) for name, labels in _labels(taxonomy).items()}


def _labels(taxonomy: Taxonomy) -> dict[str, Sequence[Label]]:
    return {"category": taxonomy.categories, "topic": taxonomy.topics, "department": taxonomy.departments}


class _Solver:
    """Shares the inner products of all texts between the heads."""

    def __init__(
        self,
        examples: Sequence[Example],
        recipe: Recipe,
        ngrams: sparse.csr_matrix,
        dense: Doubles,
        encoder: TextEncoder,
    ) -> None:
        self.examples, self.recipe, self.ngrams, self.dense = examples, recipe, ngrams, dense
        self.invented = np.array([example.source == "corpus" for example in examples])
        meaning, marks = encoder.meaning.width, encoder.meaning.width + len(encoder.style.names)
        self.blocks = {"style": slice(meaning, marks), "cues": slice(marks, encoder.width)}
        self.folds = np.array([example.fold if example.fold >= 0 else n % FOLDS for n, example in enumerate(examples)])
        self.text = gram(ngrams) + dense[:, :meaning] @ dense[:, :meaning].T
        self.extra = {name: dense[:, block] @ dense[:, block].T for name, block in self.blocks.items()}

    def products(self, head: str, rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp] | None = None) -> Doubles:
        """Inner products between rows as a head sees them."""
        place = np.ix_(rows, rows if columns is None else columns)
        products = self.text[place]
        for block in self.read_by(head):
            products += self.extra[block][place]
        return products

    def read_by(self, head: str) -> list[str]:
        """The blocks of dense features, beside meaning, that a head reads."""
        recipe = self.recipe.heads[head]
        return [name for name, read in (("style", recipe.style), ("cues", recipe.cues)) if read]

    def weight(self, head: str, rows: npt.NDArray[np.intp]) -> Doubles:
        """What each text counts when a head is fitted."""
        return np.where(self.invented[rows], self.recipe.heads[head].corpus, 1.0)

    def labelled(
        self, classes: Sequence[str], label: Callable[[Example], str | None]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        places = {name: place for place, name in enumerate(classes)}
        found = [(n, places[name]) for n, e in enumerate(self.examples) if (name := label(e)) in places]
        rows, labels = zip(*found, strict=True) if found else ((), ())
        return np.array(rows, np.intp), np.array(labels, np.intp)

    def dual(self, head: str, rows: npt.NDArray[np.intp], labels: npt.NDArray[np.intp], classes: int) -> Doubles:
        recipe = self.recipe.heads[head]
        own = self.weight(head, rows)
        weight = own * class_weights(labels, own, recipe.balance)
        return solve_dual(self.products(head, rows), one_against_rest(labels, classes), weight, recipe.alpha)

    def primal(self, head: str, rows: npt.NDArray[np.intp], dual: Doubles) -> Weights:
        """Weights of n-grams and dense features, and the intercepts."""
        dense = self.dense[rows].T @ dual
        for name, block in self.blocks.items():
            if name not in self.read_by(head):
                dense[block] = 0
        return np.asarray((self.ngrams[rows].T @ dual), np.float32), dense, dual.sum(axis=0)

    def solve(self, head: str, classes: Sequence[str], label: Callable[[Example], str | None]) -> Weights:
        rows, labels = self.labelled(classes, label)
        return self.primal(head, rows, self.dual(head, rows, labels, len(classes)))

    def solve_scope(self) -> Weights:
        """One column: the larger, the likelier the text is no appeal of the taxonomy."""
        rows = np.arange(len(self.examples))
        labels = np.array([int(not example.in_scope) for example in self.examples], np.intp)
        if labels.any():
            return self.primal("scope", rows, self.dual("scope", rows, labels, 2)[:, 1:])
        return self.primal("scope", rows, np.zeros((len(rows), 1)))  # nothing to tell apart: the score stays 0

    def solve_signals(self) -> Weights:
        """All signals in one solve: they do not exclude each other, so no class weighs more."""
        rows = np.array([n for n, example in enumerate(self.examples) if example.signals is not None], np.intp)
        present = [[signal in (self.examples[row].signals or ()) for signal in SIGNALS] for row in rows]
        targets = np.where(np.array(present, bool).reshape(len(rows), len(SIGNALS)), 1.0, -1.0)
        alpha = self.recipe.heads["signal"].alpha
        return self.primal(
            "signal", rows, solve_dual(self.products("signal", rows), targets, self.weight("signal", rows), alpha)
        )

    def inner_topics(self, taxonomy: Taxonomy, ids: dict[str, tuple[str, ...]]) -> Floats:
        """Topic features of every text from heads that did not see it, as they will be when the model is used."""
        identify = TopicIdentifier(taxonomy, self.recipe.joint, {})
        scores: dict[str, Doubles] = {}
        for head in ("topic", "category"):
            classes = ids[head]
            rows, labels = self.labelled(classes, attrgetter(head))
            scores[head] = np.zeros((len(self.examples), len(classes)))
            for fold in range(FOLDS):
                seen = self.folds[rows] != fold
                held = np.flatnonzero(self.folds == fold)
                dual = self.dual(head, rows[seen], labels[seen], len(classes))
                scores[head][held] = self.products(head, held, rows[seen]) @ dual
        joint = identify.joint_scores(scores["topic"].astype(np.float32), scores["category"].astype(np.float32))
        return topic_features(joint, identify.category_scores(joint))

    def solve_department(self, classes: Sequence[str], held_out: Floats) -> tuple[Weights, Doubles]:
        rows, labels = self.labelled(classes, lambda e: e.department)
        topics = held_out[rows].astype(np.float64)
        recipe = self.recipe.heads["department"]
        products = self.products("department", rows) + self.recipe.topic_weight * (topics @ topics.T)
        own = self.weight("department", rows)
        weight = own * class_weights(labels, own, recipe.balance)
        dual = solve_dual(products, one_against_rest(labels, len(classes)), weight, recipe.alpha)
        return self.primal("department", rows, dual), self.recipe.topic_weight * (topics.T @ dual)


def solve_clauses(
    examples: Sequence[Example],
    documents: Sequence[Document],
    encoder: TextEncoder,
    terms: Sequence[Sequence[Term]],
    recipe: Recipe,
) -> Weights | None:
    """Weights by which a clause proves a signal, from texts with marked evidence; ``None`` without any.

    Each signal is learned inside the texts that show it: its clauses against their others.
    """
    rules = {rule: place for place, rule in enumerate(encoder.style.lexicon.rules)}
    rows, found, marked, shown = [], [], [], []
    for example, document, own in zip(examples, documents, terms, strict=True):
        if not example.evidence or document.text != example.text:
            continue
        spans, clause_rows, clause_found = read_clauses(
            document, own, encoder.style.hits(document), encoder.ngrams, rules
        )
        rows += clause_rows
        found.append(clause_found)
        for clause in spans:
            proven = {s for s, start, end in example.evidence if start < clause.end and clause.start < end}
            marked.append([signal in proven for signal in SIGNALS])
            shown.append([signal in (example.signals or ()) for signal in SIGNALS])
    if not rows:
        return None
    ngrams = sparse_rows(rows, len(encoder.ngrams)).astype(np.float64)
    styles = np.concatenate(found).astype(np.float64)
    weights = np.zeros((len(encoder.ngrams), len(SIGNALS)), np.float32)
    dense, bias = np.zeros((encoder.width, len(SIGNALS))), np.zeros(len(SIGNALS))
    for place in range(len(SIGNALS)):
        inside = np.flatnonzero(np.array(shown)[:, place])
        if not len(inside):
            continue
        target = np.where(np.array(marked)[inside, place], 1.0, -1.0)[:, None]
        products = gram(ngrams[inside]) + styles[inside] @ styles[inside].T
        dual = solve_dual(products, target, np.ones(len(inside)), recipe.evidence_alpha)
        weights[:, place] = np.asarray(ngrams[inside].T @ dual)[:, 0]
        begin = encoder.meaning.width
        dense[begin : begin + len(rules), place] = (styles[inside].T @ dual)[:, 0]
        bias[place] = float(dual.sum())
    return weights, dense, bias


def _quantize(heads: dict[str, Part]) -> Heads:
    """n-gram weights as int8 with a scale a class: a quarter of the size, decisions all but unchanged."""
    weights = np.concatenate([part[1] for part in heads.values()], axis=1)
    dense = np.concatenate([part[2] for part in heads.values()], axis=1)
    bias = np.concatenate([part[3] for part in heads.values()])
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-12) / 127
    return Heads(
        {name: part[0] for name, part in heads.items()},
        np.round(weights / scale).astype(np.int8),
        scale.astype(np.float32),
        half(dense),
        bias.astype(np.float32),
    )
