"""Fitting the encoders: which n-grams are known, how rare words are, what the texts mean on average."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import KMeans
from sklearn.utils.validation import check_is_fitted

from mcu_nlp.kind.encoder import CueEncoder
from mcu_nlp.kind.lexicon import shipped_cues
from mcu_nlp.linear import Encoded, MeaningEncoder, NgramEncoder, TextEncoder
from mcu_nlp.linear.meaning import DIMENSIONS, likeness, word_vector
from mcu_nlp.linear.ngrams import Floats, SparseRow, form_ngrams, word_ngrams
from mcu_nlp.text.document import Document
from mcu_nlp.text.morph import read_form
from mcu_nlp.text.terms import NAME, NUMBER, Term, read_terms
from mcu_nlp.tone.lexicon import shipped_lexicon
from mcu_nlp.tone.style import StyleEncoder

_MASKS = frozenset({NAME, NUMBER})
_LIKELY_NAME = 0.5


class AppealVectorizer(TransformerMixin, BaseEstimator):
    """Raw messages -> the features of the model, as one sparse matrix.

    Parameters
    ----------
    min_df : int
        In how many texts an n-gram must stand to be known.
    width : int
        How many landmarks carry the meaning; fewer when there are fewer texts.
    places : tuple of str
        Beginnings of words that stay although they look like names.
    style : bool
        Whether the marks of tone are features too; a classifier of topics is better off without.
    random_state : int
        Seed of the clustering that finds the landmarks.
    """

    def __init__(
        self,
        min_df: int = 2,
        width: int = 128,
        places: tuple[str, ...] = (),
        style: bool = False,
        random_state: int = 0,
    ) -> None:
        self.min_df = min_df
        self.width = width
        self.places = places
        self.style = style
        self.random_state = random_state

    def fit(self, X: Sequence[str], y: object = None) -> AppealVectorizer:  # noqa: ARG002
        """Learn the vocabulary from raw messages."""
        return self.fit_terms(self._read([Document.of(text) for text in X]))

    def fit_terms(self, texts: Sequence[Sequence[Term]]) -> AppealVectorizer:
        """Learn from texts that were read into terms already."""
        ngrams = self._fit_ngrams(texts)
        style = StyleEncoder(shipped_lexicon())
        cues = CueEncoder(shipped_cues())
        self.encoder_ = TextEncoder(ngrams, self._fit_meaning(texts), style, cues, tuple(self.places))
        self.n_features_out_ = len(ngrams) + self.encoder_.meaning.width + len(style.names) * self.style
        return self

    def transform(self, X: Sequence[str]) -> sparse.csr_matrix:
        """Encode raw messages: ``(texts, features)``."""
        check_is_fitted(self)
        encoded = self.encoder_.encode([Document.of(text) for text in X], style=self.style)
        return as_matrix(encoded, len(self.encoder_.ngrams))[:, : self.n_features_out_]

    def get_feature_names_out(self, input_features: object = None) -> npt.NDArray[np.object_]:  # noqa: ARG002
        """n-grams of words, of characters, meaning, style: in the order of the columns."""
        check_is_fitted(self)
        encoder = self.encoder_
        names = [
            *(f"word:{ngram}" for ngram in encoder.ngrams.words),
            *(f"char:{ngram}" for ngram in encoder.ngrams.characters),
            *(f"meaning:{number}" for number in range(encoder.meaning.width)),
            *(f"style:{name}" for name in encoder.style.names if self.style),
        ]
        return np.array(names, object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags

    def _read(self, documents: Sequence[Document]) -> list[list[Term]]:
        return [list(read_terms(document, tuple(self.places))) for document in documents]

    def _fit_ngrams(self, texts: Sequence[Sequence[Term]]) -> NgramEncoder:
        common = self._common_words(texts)
        words: Counter[str] = Counter()
        characters: Counter[str] = Counter()
        of_form: dict[str, frozenset[str]] = {}
        for terms in texts:
            words.update(
                ngram
                for ngram in set(word_ngrams(terms))
                if common.issuperset(ngram.split(" ")) and not _may_name(ngram)
            )
            seen: set[str] = set()
            for form in {term.form for term in terms if term.form is not None and term.word in common}:
                if form not in of_form:
                    of_form[form] = frozenset(form_ngrams(form))
                seen |= of_form[form]
            characters.update(seen)
        kept = [sorted(n for n, count in counter.items() if count >= self.min_df) for counter in (words, characters)]
        counts = [counter[ngram] for counter, names in zip((words, characters), kept, strict=True) for ngram in names]
        idf = np.log((1 + len(texts)) / (1 + np.array(counts, np.float64))) + 1
        return NgramEncoder(kept[0], kept[1], idf.astype(np.float32))

    def _common_words(self, texts: Sequence[Sequence[Term]]) -> set[str | None]:
        """Words that somebody wrote without a capital letter, abbreviations, towns and the listed places.

        A word that only ever stands with a capital may be a surname that the dictionary
        takes for an adjective. Function words (``None``) are common.
        """
        common: set[str | None] = {None, NAME, NUMBER}
        for terms in texts:
            for term in terms:
                if term.word in common:
                    continue
                text, lower = term.token.text, term.token.lower
                named = text[0].isupper() and not (text.isupper() and len(text) > 1)
                if not named or read_form(lower).place >= _LIKELY_NAME or lower.startswith(tuple(self.places)):
                    common.add(term.word)
        return common

    def _fit_meaning(self, texts: Sequence[Sequence[Term]]) -> MeaningEncoder:
        counts = Counter(form for terms in texts for form in {t.form for t in terms if t.form is not None})
        known = {form: vector for form in sorted(counts) if (vector := word_vector(form)) is not None}
        common = self._common_words(texts)
        spoken = {term.form for terms in texts for term in terms if term.word in common}
        kept = [form for form in known if counts[form] > 1 and form in spoken and not _may_name(form)]
        idf = {form: float(np.log((1 + len(texts)) / (1 + counts[form])) + 1) for form in kept}
        word_mean = np.mean(list(known.values()), axis=0) if known else np.zeros(DIMENSIONS)
        # Half precision is what the model folder holds: training must see the same numbers.
        means = [half(word_mean), np.zeros(DIMENSIONS, np.float32)]
        rarity = {form: float(np.float16(value)) for form, value in idf.items()}
        no_landmarks, no_whitening = np.zeros((0, DIMENSIONS), np.float32), np.zeros((0, 0), np.float32)
        draft = MeaningEncoder(rarity, means[0], means[1], no_landmarks, no_whitening)
        texts_means = np.array([draft.mean(terms) for terms in texts], np.float32)
        draft.text_mean = half(texts_means.mean(axis=0))
        landmarks = self._fit_landmarks(draft.directions(texts_means))
        return MeaningEncoder(rarity, draft.word_mean, draft.text_mean, landmarks, half(_whitening(landmarks)))

    def _fit_landmarks(self, directions: Floats) -> Floats:
        """Centres of clusters of texts: no landmark is a text."""
        width = min(self.width, len(np.unique(directions, axis=0)))
        clusters = KMeans(width, n_init=1, max_iter=30, random_state=self.random_state).fit(directions)
        centres = clusters.cluster_centers_
        return half(centres / np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9))


def _whitening(landmarks: Floats) -> npt.NDArray[np.floating]:
    """The inverse square root of the landmarks' kernel; directions without substance are left out."""
    values, vectors = np.linalg.eigh(likeness(landmarks, landmarks).astype(np.float64))
    kept = np.where(values > values.max() * 1e-4, 1 / np.sqrt(np.maximum(values, 1e-12)), 0.0)
    return np.asarray(vectors * kept)


@cache
def _may_name(ngram: str) -> bool:
    """Whether a part of an n-gram is likelier a person's name than not: a lower-case surname, say."""
    return any(read_form(word).name >= _LIKELY_NAME for word in ngram.split(" ") if word not in _MASKS)


def half(array: npt.NDArray[Any]) -> Floats:
    """Rounded to half precision, as the model folder holds it."""
    return np.asarray(np.asarray(array, np.float16), np.float32)


def as_matrix(encoded: Encoded, ngrams: int) -> sparse.csr_matrix:
    """Encoded texts as one sparse matrix: n-grams first, dense features after them."""
    return sparse.hstack([sparse_rows(encoded.rows, ngrams), sparse.csr_matrix(encoded.dense)], format="csr")


def sparse_rows(rows: Sequence[SparseRow], width: int) -> sparse.csr_matrix:
    """Sparse rows as a matrix ``(texts, width)``."""
    bounds = np.cumsum([0, *(len(row.indices) for row in rows)])
    indices = np.concatenate([row.indices for row in rows]) if rows else np.empty(0, np.int32)
    values = np.concatenate([row.values for row in rows]) if rows else np.empty(0, np.float32)
    return sparse.csr_matrix((values, indices, bounds), shape=(len(rows), width))
