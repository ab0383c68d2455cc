"""Inference in numpy gives the numbers of scikit-learn, and training the numbers of inference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_checks
from toy import RECIPE, toy_examples, toy_rows, toy_taxonomy

import mcu_nlp
from mcu_nlp.linear import Calibrator, Heads
from mcu_nlp.linear.attribution import word_weights
from mcu_nlp.linear.ngrams import word_ngrams
from mcu_nlp.text.document import Document
from mcu_nlp.text.terms import read_terms
from mcu_nlp.tone.evidence import read_clauses
from mcu_nlp.training.features import AppealVectorizer, sparse_rows
from mcu_nlp.training.fit import fit_model
from mcu_nlp.training.holdout import decision_scores
from mcu_nlp.training.reading import read_documents
from mcu_nlp.training.ridge import BalancedRidge, class_weights
from mcu_nlp.training.run import with_departments

TEXTS = [row["text"] for row in toy_rows()]
ODD = ["", "7", "в на и", "Иванов", "яма", "яма яма яма", "щщщщщщщ", "дом 5а", "КОГДА?!"]
DOCUMENTS = [Document.of(text) for text in [*TEXTS, *ODD]]


@pytest.fixture(scope="module")
def vectorizer() -> AppealVectorizer:
    return AppealVectorizer(width=8).fit(TEXTS)


def test_ngrams_are_those_of_two_tfidf_vectorizers(vectorizer: AppealVectorizer) -> None:
    encoder = vectorizer.encoder_.ngrams
    terms = [list(read_terms(document)) for document in DOCUMENTS]
    learned = terms[: len(TEXTS)]

    def forms(one: list) -> str:
        return " ".join(term.form for term in one if term.form is not None)

    words = TfidfVectorizer(analyzer=lambda one: list(word_ngrams(one)), vocabulary=encoder.words, sublinear_tf=True)
    characters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(3, 5), lowercase=False, vocabulary=encoder.characters, sublinear_tf=True
    )
    words.fit(learned)
    characters.fit([forms(one) for one in learned])
    # Pieces of words that only ever stand with a capital are not counted, so they seem rarer: the rest is the same.
    characters.idf_ = encoder.idf[len(encoder.words) :]
    expected = sparse.hstack([words.transform(terms), characters.transform([forms(one) for one in terms])])
    rows = [encoder.encode(one) for one in terms]
    np.testing.assert_allclose(sparse_rows(rows, len(encoder)).toarray(), expected.toarray(), atol=2e-6)


def test_many_pieces_are_encoded_as_one_by_one(vectorizer: AppealVectorizer) -> None:
    encoder = vectorizer.encoder_.ngrams
    pieces = [list(read_terms(document)) for document in DOCUMENTS]
    assert encoder.encode_all([]) == []
    for row, piece in zip(encoder.encode_all(pieces), pieces, strict=True):
        expected = encoder.encode(piece)
        np.testing.assert_array_equal(row.indices, expected.indices)
        np.testing.assert_allclose(row.values, expected.values, rtol=1e-5)


def test_clauses_are_read_anew_for_another_encoder() -> None:
    document = Document.of("Звонили пять раз, ответа нет. Лифт снова стоит!")
    terms = list(read_terms(document))
    small, large = (AppealVectorizer(width=8, min_df=df).fit(TEXTS).encoder_.ngrams for df in (9, 2))
    for ngrams in (large, small, large):
        _, rows, _ = read_clauses(document, terms, [], ngrams, {})
        assert read_clauses(document, terms, [], ngrams, {})[1] is rows
        assert max(row.indices.max(initial=-1) for row in rows) < len(ngrams)


def test_blocks_have_length_one_or_nothing(vectorizer: AppealVectorizer) -> None:
    encoder = vectorizer.encoder_.ngrams
    for document in DOCUMENTS:
        row = encoder.encode(list(read_terms(document)))
        assert (np.diff(row.indices) > 0).all(), "features of a row are unique and ascending"
        for block in (row.values[row.indices < len(encoder.words)], row.values[row.indices >= len(encoder.words)]):
            assert float(block @ block) == pytest.approx(1.0 if len(block) else 0.0, abs=1e-5)


def test_heads_score_is_a_matrix_product(analyzer: mcu_nlp.Analyzer) -> None:
    heads, encoder = analyzer.bundle.heads, analyzer.bundle.encoder
    encoded = encoder.encode(DOCUMENTS)
    features = sparse.hstack([sparse_rows(encoded.rows, len(encoder.ngrams)), sparse.csr_matrix(encoded.dense)]).tocsr()
    weights = np.concatenate([heads.sparse * heads.scale, heads.dense]).astype(np.float64)
    expected = features.astype(np.float64) @ weights + heads.bias
    scores = heads.score(encoded.rows, encoded.dense)
    assert list(scores) == list(heads.classes)
    np.testing.assert_allclose(np.concatenate(list(scores.values()), axis=1), expected, atol=1e-4)


def test_heads_know_their_columns() -> None:
    heads = Heads({"a": ("x", "y"), "b": ("z",)}, *([np.zeros((0, 3))] * 4))
    assert heads.columns("a") == slice(0, 2)
    assert heads.columns("b") == slice(2, 3)
    with pytest.raises(KeyError):
        heads.columns("c")


def test_inference_gives_the_scores_that_training_saw(analyzer: mcu_nlp.Analyzer) -> None:
    examples, taxonomy = with_departments(toy_examples(), toy_taxonomy())
    readings = read_documents(examples)
    fitted = fit_model(examples, readings, taxonomy, RECIPE)
    seen = decision_scores(fitted, readings, RECIPE)

    documents = [Document.of(example.text) for example in examples]
    encoded = analyzer.bundle.encoder.encode(documents)
    scores = analyzer.bundle.heads.score(encoded.rows, encoded.dense)
    answers = analyzer.identify_topic(scores["topic"], scores["category"])
    learned = analyzer.route_department.scores(scores["department"], answers.joint, answers.by_category)
    for name, found in (("topic", answers.joint), ("category", answers.by_category), ("department", learned)):
        np.testing.assert_allclose(found, seen[name], atol=1e-4, err_msg=name)
    for name in ("kind", "level", "signal", "scope"):
        np.testing.assert_allclose(scores[name], seen[name], atol=1e-4, err_msg=name)


def test_a_place_that_is_named_speaks_for_its_department() -> None:
    districts = {"Сосновском": "Администрация Сосновского района", "Луговском": "Администрация Луговского района"}
    told = [
        replace(example, text=f"В {district} районе. {example.text}", department=title)
        for example in toy_examples()
        for district, title in districts.items()
    ]
    examples, taxonomy = with_departments(told, toy_taxonomy())
    fitted = fit_model(examples, read_documents(examples), taxonomy, RECIPE)
    weights = fitted.heads.dense[fitted.encoder.blocks["places"], fitted.heads.columns("department")]
    titles = [label.title for label in taxonomy.departments]
    for stem, row in zip(fitted.encoder.places, weights, strict=True):
        assert stem in titles[int(row.argmax())].lower()


@pytest.mark.parametrize("head", ["topic", "category", "level", "signal", "kind"])
def test_word_weights_sum_to_what_the_ngrams_gave(analyzer: mcu_nlp.Analyzer, head: str) -> None:
    """A pair of words belongs to both of them; everything else adds up to the sparse part of the score."""
    encoder, heads = analyzer.bundle.encoder, analyzer.bundle.heads
    encoded = encoder.encode(DOCUMENTS)
    for terms, row in zip(encoded.terms, encoded.rows, strict=True):
        column = heads.columns(head).start
        weights = word_weights(terms, row, encoder.ngrams, heads, column)
        assert weights.shape == (len(terms),)
        expected = float(row.values @ heads.weights(row.indices, column))
        assert float(weights.sum()) == pytest.approx(expected, abs=1e-4)


SCORES = arrays(np.float32, st.tuples(st.integers(1, 4), st.integers(1, 7)), elements=st.floats(-50, 50, width=32))
CALIBRATORS = st.builds(
    Calibrator,
    st.tuples(*[st.floats(-20, 20)] * 3),
    st.floats(-20, 20),
    st.floats(0.05, 5),
)


@settings(max_examples=300, deadline=None)
@given(CALIBRATORS, SCORES)
def test_probabilities_are_probabilities(calibrator: Calibrator, scores: np.ndarray) -> None:
    probabilities = calibrator.probabilities(scores)
    assert probabilities.shape == scores.shape
    assert np.isfinite(probabilities).all()
    assert (probabilities >= 0).all()
    assert (probabilities.sum(axis=1) <= 1 + 1e-5).all()
    # Whatever calibration says, the order stays that of the scores: the best first, and alone.
    best = scores.argmax(axis=1)
    assert (probabilities.argmax(axis=1) == best).all()
    others = np.delete(probabilities, best[0], axis=1)[0]
    if scores.shape[1] > 1:
        assert probabilities[0, best[0]] > others.max()
        assert probabilities[0, best[0]] == pytest.approx(calibrator.confidence(scores)[0])


@settings(max_examples=100, deadline=None)
@given(CALIBRATORS, SCORES)
def test_probabilities_of_many_are_those_of_each(calibrator: Calibrator, scores: np.ndarray) -> None:
    alone = np.concatenate([calibrator.probabilities(line[None, :]) for line in scores])
    np.testing.assert_allclose(calibrator.probabilities(scores), alone, atol=1e-6)


def test_confidence_grows_with_the_gap() -> None:
    calibrator = Calibrator((0.0, 2.0, 0.0), -1.0, 1.0)
    scores = np.array([[1.0, 0.9, -1.0], [1.0, 0.0, -1.0], [1.0, -1.0, -1.0]])
    assert (np.diff(calibrator.confidence(scores)) > 0).all()


def test_balanced_ridge_passes_the_checks_of_scikit_learn() -> None:
    results = estimator_checks.check_estimator(BalancedRidge(), on_skip=None, on_fail=None)
    ran = [result for result in results if result["status"] == "passed"]
    failed = [(result["check_name"], result["exception"]) for result in results if result["status"] == "failed"]
    assert failed == []
    assert len(ran) > 20


@pytest.mark.parametrize("balance", [0.0, 0.5, 1.0])
def test_balanced_ridge_is_weighted_ridge(balance: float) -> None:
    """The dual solution equals the normal equations with the same weights."""
    random = np.random.default_rng(0)
    X, y = random.normal(size=(40, 6)), random.integers(0, 3, 40)
    model = BalancedRidge(alpha=0.7, balance=balance).fit(X, y)
    weight = class_weights(y, np.ones(40), balance)
    whole = np.column_stack([X, np.ones(40)])  # the intercept is a feature of 1 and is shrunk like the rest
    targets = np.where(y[:, None] == np.arange(3), 1.0, -1.0)
    left = whole.T @ (weight[:, None] * whole) + 0.7 * np.eye(7)
    solution = np.linalg.solve(left, whole.T @ (weight[:, None] * targets))
    np.testing.assert_allclose(model.coef_, solution[:6].T, atol=1e-8)
    np.testing.assert_allclose(model.intercept_, solution[6], atol=1e-8)
    np.testing.assert_array_equal(BalancedRidge(0.7, balance).fit(sparse.csr_matrix(X), y).predict(X), model.predict(X))


def test_vectorizer_works_as_scikit_learn_expects(vectorizer: AppealVectorizer) -> None:
    matrix = vectorizer.transform(TEXTS)
    names = vectorizer.get_feature_names_out()
    assert matrix.shape == (len(TEXTS), len(names)) == (len(TEXTS), vectorizer.n_features_out_)
    assert len(set(names)) == len(names)
    assert {name.split(":")[0] for name in names} == {"word", "char", "meaning"}
    marked = clone(vectorizer).set_params(style=True).fit(TEXTS)
    assert set(marked.get_feature_names_out()) - set(names) == {f"style:{n}" for n in marked.encoder_.style.names}
    copy = clone(vectorizer)
    assert not hasattr(copy, "encoder_")
    assert copy.get_params() == vectorizer.get_params()
    again = copy.fit_transform(TEXTS)
    assert (again != matrix).nnz == 0


def test_grid_search_over_the_whole_pipeline() -> None:
    rows = [row for row in toy_rows() if row["category"]]
    texts, labels = [row["text"] for row in rows], [row["category"] for row in rows]
    pipeline = make_pipeline(AppealVectorizer(width=4), BalancedRidge())
    grid = {"balancedridge__alpha": [0.5, 2.0], "appealvectorizer__min_df": [2]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(texts, labels)
    assert search.best_score_ > 0.7
    assert set(search.predict(["Яма на дороге, разбило колесо", "Свалка в лесу"])) <= set(labels)


def test_unfitted_vectorizer_refuses() -> None:
    from sklearn.exceptions import NotFittedError

    with pytest.raises(NotFittedError):
        AppealVectorizer().transform(["яма"])
    with pytest.raises(NotFittedError):
        AppealVectorizer().get_feature_names_out()


def test_meaning_of_likely_texts_is_likely(vectorizer: AppealVectorizer) -> None:
    meaning = vectorizer.encoder_.meaning
    pothole, hole, doctor = (
        meaning.mean(list(read_terms(Document.of(text))))
        for text in ("яма на дороге", "выбоина на трассе", "врач в поликлинике")
    )
    assert pothole @ hole > pothole @ doctor
    nothing = meaning.mean([])
    assert not nothing.any()
