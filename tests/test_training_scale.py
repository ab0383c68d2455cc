"""Training in numbers that grow with the rows: what is read once, solved one way or the other, held out by a rule."""

from __future__ import annotations

import pickle
import runpy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import sparse
from sklearn.metrics import f1_score
from sklearn.model_selection import cross_validate
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.utils import estimator_checks
from toy import RECIPE, toy_examples, toy_rows, toy_taxonomy

import mcu_nlp.training as training
from mcu_nlp.dataset.examples import FOLDS
from mcu_nlp.linear.places import PLACE_WEIGHT
from mcu_nlp.text.document import Document
from mcu_nlp.training import holdout
from mcu_nlp.training.calibrate import even_sources, fit_signal
from mcu_nlp.training.encoding import Features, encode_readings
from mcu_nlp.training.fit import fit_model
from mcu_nlp.training.holdout import decision_scores, hold_out
from mcu_nlp.training.reading import read_documents, read_texts
from mcu_nlp.training.ridge import factorize, gram, held_out_scores, one_against_rest, solve_dual, solve_primal
from mcu_nlp.training.run import with_departments
from mcu_nlp.training.solver import Problem, Solver

ROOT = Path(__file__).parents[1]
TEXTS = [row["text"] for row in toy_rows()]
ODD = ["", "7", "в на и", "Иванов", "яма", "яма яма яма", "щщщщщщщ", "дом 5а", "КОГДА?!", "БЕЗОБРАЗИЕ на ул. Мира"]


def problem(rows: int = 60, classes: int = 5) -> tuple[sparse.csr_matrix, np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    X = sparse.random(rows, 90, density=0.2, format="csr", random_state=0, dtype=np.float64)
    targets = one_against_rest(random.integers(0, classes, rows), classes)
    return X, targets, random.uniform(0.2, 3, rows)


def test_many_texts_are_encoded_as_inference_encodes_them() -> None:
    vectorizer = training.AppealVectorizer(width=8, places=("мира", "садов")).fit(TEXTS)
    found = encode_readings(vectorizer.encoder_, read_texts([*TEXTS, *ODD]))
    expected = vectorizer.encoder_.encode([Document.of(text) for text in [*TEXTS, *ODD]])
    np.testing.assert_allclose(found.dense, expected.dense, atol=2e-3)  # half precision of the encoder
    named = found.dense[:, vectorizer.encoder_.blocks["places"]]
    assert named[-1].tolist() == pytest.approx([PLACE_WEIGHT, 0]), "the last text names Мира"
    assert named[:, 1].any(), "some text names Садовая"
    for number, row in enumerate(expected.rows):
        own = found.ngrams[number]
        np.testing.assert_array_equal(own.indices, row.indices)
        np.testing.assert_allclose(own.data, row.values, rtol=1e-5)


def test_reading_does_not_depend_on_processes_and_survives_pickling() -> None:
    examples = toy_examples()
    alone, together = (read_documents(examples, processes=processes) for processes in (1, 2))
    assert alone.texts.kinds.kinds == together.texts.kinds.kinds
    for one, other in ((alone, together), (alone, pickle.loads(pickle.dumps(alone)))):  # noqa: S301
        np.testing.assert_array_equal(one.texts.tokens, other.texts.tokens)
        np.testing.assert_array_equal(one.style, other.style)
    part = alone.take([5, 2])
    bounds = alone.texts.bounds
    expected = [alone.texts.tokens[bounds[n] : bounds[n + 1]] for n in (5, 2)]
    np.testing.assert_array_equal(part.texts.tokens, np.concatenate(expected))
    assert len(part) == 2
    np.testing.assert_array_equal(part.style, alone.style[[5, 2]])


def test_no_texts_are_read_too() -> None:
    assert len(read_texts([])) == 0


def test_vocabulary_is_bounded_by_a_growing_document_frequency() -> None:
    whole = training.AppealVectorizer(width=4).fit(TEXTS).encoder_.ngrams
    small = training.AppealVectorizer(width=4, most_ngrams=len(whole) // 3).fit(TEXTS).encoder_.ngrams
    assert 0 < len(small) <= len(whole) // 3
    assert set(small.words) < set(whole.words)
    assert small.idf.max() < whole.idf.max()


@pytest.mark.parametrize("classes", [1, 5, 70])
def test_primal_and_dual_agree(classes: int) -> None:
    X, targets, weight = problem(classes=max(2, classes))
    targets = targets[:, :classes]
    exact = X.T @ solve_dual(gram(X), targets, weight, 0.7)
    found = solve_primal(X, np.ones((60, 1)), targets, weight, 0.7, 1e-6, 300)
    np.testing.assert_allclose(found[:-1], exact, atol=1e-4)


def test_scores_without_a_fold_are_those_of_a_fit_without_it() -> None:
    X, targets, weight = problem()
    folds = np.arange(60) % 3
    root = np.sqrt(weight)[:, None]
    factor = factorize(gram(X), root, 0.7)
    solution = np.linalg.solve(gram(X) * root * root.T + 0.7 * np.eye(60), root * targets)
    held = held_out_scores(factor[0], solution, targets, root, folds[20:])  # the first 20 are never held out
    for fold in range(3):
        out = np.arange(60)[(folds == fold) & (np.arange(60) >= 20)]
        seen = np.setdiff1d(np.arange(60), out)
        dual = solve_dual(gram(X[seen]), targets[seen], weight[seen], 0.7)
        np.testing.assert_allclose(
            held[out - 20], (X[out] @ X[seen].T + np.ones((len(out), len(seen)))) @ dual, atol=1e-8
        )


def test_either_solver_gives_much_the_same_model() -> None:
    """The rule of the recipe decides about time and memory, not about answers.

    Near topics are left out: what is taken for what is counted over five folds by one solver, over two by the other.
    """
    examples, taxonomy = with_departments(toy_examples(), toy_taxonomy())
    readings = read_documents(examples)
    exact = replace(RECIPE, heads={name: replace(head, near=0.0) for name, head in RECIPE.heads.items()})
    dual, primal = (
        decision_scores(fit_model(examples, readings, taxonomy, recipe), readings, recipe)
        for recipe in (replace(exact, dual_classes=1), replace(exact, dual_rows=0, tolerance=1e-5))
    )
    for head in ("topic", "category", "kind", "level", "scope"):
        np.testing.assert_allclose(primal[head], dual[head], atol=0.05)
        assert (primal[head].argmax(axis=1) == dual[head].argmax(axis=1)).mean() > 0.98


def test_many_rows_are_held_out_once() -> None:
    examples, taxonomy = with_departments(toy_examples(), toy_taxonomy())
    readings = read_documents(examples)
    first = [example.text for example in examples if example.fold == 0]
    whole = hold_out(examples, readings, taxonomy, RECIPE)
    once = hold_out(examples, readings, taxonomy, replace(RECIPE, cross_validated_rows=20))
    assert len(whole.examples) == len(examples)
    assert [example.text for example in once.examples] == first
    assert {example.fold for example in once.examples} == set(range(FOLDS)), "calibration is judged by folds of these"
    own = [n for n, example in enumerate(whole.examples) if example.fold == 0]
    np.testing.assert_allclose(once.scores["topic"], whole.scores["topic"][own], atol=1e-5)


def test_the_model_fitted_beside_the_folds_is_that_of_all_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    examples, taxonomy = with_departments(toy_examples(), toy_taxonomy())
    readings = read_documents(examples)
    alone = fit_model(examples, readings, taxonomy, RECIPE)
    monkeypatch.setattr(holdout, "processes_for", lambda _: 2)
    held_out, fitted = holdout.fit_and_hold_out(examples, readings, taxonomy, RECIPE)
    assert len(held_out.examples) == len(examples)
    for name in ("sparse", "scale", "dense", "bias"):
        np.testing.assert_array_equal(getattr(fitted.heads, name), getattr(alone.heads, name))


def test_no_threshold_of_a_signal_is_better_than_the_one_that_is_chosen() -> None:
    chance = np.random.default_rng(0)
    present = chance.random(300) < 0.2
    scores = (chance.normal(size=300) + present).astype(np.float32)
    chosen = fit_signal(scores, present)
    probability = 1 / (1 + np.exp(-(chosen["slope"] * scores + chosen["offset"])))
    best = f1_score(present, probability >= chosen["threshold"])
    others = [f1_score(present, probability >= step, zero_division=0) for step in np.linspace(0.2, 0.9, 40)]
    assert best >= max(others) - 0.02  # thresholds are rounded to a thousandth


def test_a_half_without_rows_has_no_say() -> None:
    """All rows of a head may stand in folds of one parity: what the other half learned of them is nothing."""
    X, targets, weight = problem()
    features = Features(X.astype(np.float32), np.zeros((60, 1), np.float32))
    solver = Solver(features, {"meaning": slice(0, 1)}, replace(RECIPE, dual_rows=0))
    rows = np.arange(20)
    own = Problem(rows, targets[rows], weight[rows], 1.0, ())
    _, scores = solver.solve_held_out(own, np.arange(20, 30), np.zeros(60, np.intp))
    assert not scores.any()


def test_texts_of_signs_alone_are_encoded() -> None:
    vectorizer = training.AppealVectorizer(width=4, places=("мира",)).fit(TEXTS)
    assert vectorizer.transform(["!!!", "…"]).shape[0] == 2


def test_all_sources_count_alike_in_calibration() -> None:
    sources = np.array(["portal"] * 6 + ["social"] * 2)
    weight = even_sources(sources)
    assert weight.mean() == pytest.approx(1.0)
    assert weight[sources == "portal"].sum() == pytest.approx(weight[sources == "social"].sum())


def test_estimators_stand_in_pipelines_and_unions() -> None:
    rows = [row for row in toy_rows() if row["category"]]
    texts, labels = [row["text"] for row in rows], [row["category"] for row in rows]
    union = FeatureUnion(
        [("a", training.AppealVectorizer(width=4)), ("b", training.AppealVectorizer(width=2, style=True))]
    )
    scores = cross_validate(make_pipeline(union, training.BalancedRidge()), texts, labels, cv=3)
    assert scores["test_score"].mean() > 0.7
    names = union.fit(texts).get_feature_names_out()
    assert names[0].startswith("a__word:")
    assert len(names) == union.transform(texts).shape[1]
    assert sparse.issparse(union.transform(texts))


# The checks of scikit-learn that ask nothing of a table of numbers.
CHECKS = (
    "check_no_attributes_set_in_init",
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_parameters_default_constructible",
    "check_get_params_invariance",
    "check_set_params",
    "check_estimator_tags_renamed",
)


@pytest.mark.parametrize("name", CHECKS)
def test_vectorizer_passes_the_checks_that_apply_to_texts(name: str) -> None:
    getattr(estimator_checks, name)("AppealVectorizer", training.AppealVectorizer(width=4))


def test_vectorizer_refuses_a_single_text() -> None:
    with pytest.raises(ValueError, match="single string"):
        training.AppealVectorizer().fit("яма на дороге")


def test_large_problems_are_solved_by_conjugate_gradients(monkeypatch: pytest.MonkeyPatch) -> None:
    X, targets, _ = problem(rows=80)
    y = targets.argmax(axis=1)
    exact = training.BalancedRidge().fit(X, y)
    monkeypatch.setattr("mcu_nlp.training.ridge.DUAL_ROWS", 10)
    for given in (X, X.toarray()):
        found = training.BalancedRidge(tol=1e-6).fit(given, y)
        np.testing.assert_allclose(found.coef_, exact.coef_, atol=1e-4)
        np.testing.assert_allclose(found.intercept_, exact.intercept_, atol=1e-4)


def test_example_of_an_own_classifier_runs() -> None:
    example = runpy.run_path(str(ROOT / "examples" / "own_classifier.py"))
    found = example["compare"](rows=90)
    assert set(found) == {"words alone", "the library's", "own"}
    assert all(0 < accuracy <= 1 for accuracy in found.values())
