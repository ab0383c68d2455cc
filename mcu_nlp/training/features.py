"""Fitting the encoders: which n-grams are known, how rare words are, what the texts mean on average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.cluster import KMeans, kmeans_plusplus
from sklearn.utils.validation import check_is_fitted

from mcu_nlp.kind.encoder import CueEncoder
from mcu_nlp.kind.lexicon import shipped_cues
from mcu_nlp.linear import MeaningEncoder, NgramEncoder, TextEncoder
from mcu_nlp.linear.meaning import DIMENSIONS, likeness
from mcu_nlp.linear.ngrams import Floats, SparseRow
from mcu_nlp.tone.lexicon import shipped_lexicon
from mcu_nlp.tone.style import StyleEncoder
from mcu_nlp.training.encoding import WordCounts, chunks, encode_readings, mean_directions
from mcu_nlp.training.kinds import KindTable
from mcu_nlp.training.reading import Readings, TokenLists, read_texts

# Landmarks are found among so many texts: more would only make the clustering slower.
_TEXTS_A_LANDMARK = 4
_MOST_CLUSTERED = 10_000


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
    most_ngrams : int
        How many n-grams are known at most: beyond, ``min_df`` grows until they are no more.
    """

    def __init__(
        self,
        min_df: int = 2,
        width: int = 128,
        places: tuple[str, ...] = (),
        style: bool = False,
        random_state: int = 0,
        most_ngrams: int = 200_000,
    ) -> None:
        self.min_df = min_df
        self.width = width
        self.places = places
        self.style = style
        self.random_state = random_state
        self.most_ngrams = most_ngrams

    def fit(self, X: Sequence[str], y: object = None) -> AppealVectorizer:  # noqa: ARG002
        """Learn the vocabulary from raw messages."""
        return self.fit_readings(read_texts(_texts(X), marks=False))

    def fit_readings(self, readings: Readings) -> AppealVectorizer:
        """Learn from texts that were read already."""
        places = tuple(self.places)
        texts, table = readings.texts, readings.texts.kinds.table(places)
        usable = _usable(texts, table)
        ngrams = fit_ngrams(texts, table, usable, self.min_df, self.most_ngrams)
        meaning = self._fit_meaning(texts, table, usable)
        style, cues = StyleEncoder(shipped_lexicon()), CueEncoder(shipped_cues())
        self.encoder_ = TextEncoder(ngrams, meaning, style, cues, places)
        self.n_features_out_ = len(ngrams) + meaning.width + len(style.names) * self.style
        return self

    def transform(self, X: Sequence[str]) -> sparse.csr_matrix:
        """Encode raw messages: ``(texts, features)``."""
        check_is_fitted(self)
        readings = read_texts(_texts(X), marks=self.style)
        encoded = encode_readings(self.encoder_, readings)
        whole = sparse.hstack([encoded.ngrams, sparse.csr_matrix(encoded.dense)], format="csr", dtype=np.float32)
        return whole[:, : self.n_features_out_]

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

    def _fit_meaning(self, texts: TokenLists, table: KindTable, usable: _Usable) -> MeaningEncoder:
        counts = texts.counts(table.form_of, len(table.forms)).getnnz(axis=0)
        known = (counts > 0) & table.vectors.any(axis=1)
        kept = np.flatnonzero(known & (counts > 1) & usable.forms & ~table.form_names)
        # In the order of the forms, so that sums of them do not depend on the order of the texts.
        known_places = np.array(sorted(np.flatnonzero(known), key=table.forms.__getitem__), np.intp)
        word_mean = table.vectors[known_places].mean(axis=0) if len(known_places) else np.zeros(DIMENSIONS)
        idf = np.log((1 + len(texts)) / (1 + counts[kept])) + 1
        # Half precision is what the model folder holds: training must see the same numbers.
        rarity = {table.forms[place]: float(np.float16(value)) for place, value in zip(kept, idf, strict=True)}
        no_landmarks, no_whitening = np.zeros((0, DIMENSIONS), np.float32), np.zeros((0, 0), np.float32)
        draft = MeaningEncoder(rarity, half(word_mean), np.zeros(DIMENSIONS, np.float32), no_landmarks, no_whitening)
        weights = np.full(len(table.forms), max(rarity.values(), default=1.0), np.float32)
        weights[kept] = [rarity[table.forms[place]] for place in kept]
        means = mean_directions(texts, table, draft.word_mean, weights)
        draft.text_mean = half(means.mean(axis=0))
        landmarks = self._fit_landmarks(draft.directions(means))
        return MeaningEncoder(rarity, draft.word_mean, draft.text_mean, landmarks, half(_whitening(landmarks)))

    def _fit_landmarks(self, directions: Floats) -> Floats:
        """Centres of clusters of several texts: no landmark is a text."""
        if len(directions) > _MOST_CLUSTERED:
            chosen = np.random.default_rng(self.random_state).choice(len(directions), _MOST_CLUSTERED, replace=False)
            directions = directions[np.sort(chosen)]
        # Where landmarks are many for the texts, clusters of one text are: there are fewer, and those are left out.
        distinct = len({row.tobytes() for row in directions})
        width = max(1, min(self.width, distinct // _TEXTS_A_LANDMARK))
        clusters = KMeans(width, init=_seeds, n_init=1, max_iter=30, random_state=self.random_state).fit(directions)
        several = np.bincount(clusters.labels_, minlength=width) > 1
        centres = clusters.cluster_centers_[several if several.any() else slice(None)]
        return half(centres / np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9))


def _seeds(directions: Floats, n_clusters: int, random_state: np.random.RandomState) -> Floats:
    """One draw a seed: the best of several, as KMeans draws by itself, takes most of its time and changes little."""
    seeds, _ = kmeans_plusplus(directions, n_clusters, random_state=random_state, n_local_trials=1)
    return np.asarray(seeds)


def _whitening(landmarks: Floats) -> npt.NDArray[np.floating]:
    """The inverse square root of the landmarks' kernel; directions without substance are left out."""
    values, vectors = np.linalg.eigh(likeness(landmarks, landmarks).astype(np.float64))
    kept = np.where(values > values.max() * 1e-4, 1 / np.sqrt(np.maximum(values, 1e-12)), 0.0)
    return np.asarray(vectors * kept)


@dataclass(frozen=True)
class _Usable:
    """Which words and forms may become known.

    Words that somebody wrote without a capital letter, abbreviations, towns and the listed
    places: one that only ever stands with a capital may be a surname that the dictionary
    takes for an adjective. Forms of such words, and of function words. ``kinds`` are those
    whose form counts.
    """

    words: npt.NDArray[np.bool_]
    forms: npt.NDArray[np.bool_]
    kinds: npt.NDArray[np.bool_]


def _usable(texts: TokenLists, table: KindTable) -> _Usable:
    present = np.zeros(len(table.word_of), bool)
    present[texts.tokens] = True
    words = table.masks.copy()
    words[table.word_of[present & table.spoken & (table.word_of >= 0)]] = True
    kinds = present & (table.form_of >= 0) & ((table.word_of < 0) | words[table.word_of])
    forms = np.zeros(len(table.forms), bool)
    forms[table.form_of[kinds]] = True
    return _Usable(words, forms, kinds)


def fit_ngrams(texts: TokenLists, table: KindTable, usable: _Usable, min_df: int, most: int) -> NgramEncoder:
    """The n-grams of at least ``min_df`` texts; of more where there would be over ``most`` n-grams."""
    counts = WordCounts(texts, table)
    good = usable.words & ~table.word_names
    word_counts = counts.words.getnnz(axis=0) * good
    pair_counts = counts.pairs.getnnz(axis=0) * (good[counts.first] & good[counts.second])
    character_counts = _count_characters(texts, table, usable)
    enough = min_df
    while sum(int((c >= enough).sum()) for c in (word_counts, pair_counts, character_counts)) > most:
        enough += 1
    found = {table.words[place]: int(word_counts[place]) for place in np.flatnonzero(word_counts >= enough)}
    for place in np.flatnonzero(pair_counts >= enough).tolist():
        found[f"{table.words[counts.first[place]]} {table.words[counts.second[place]]}"] = int(pair_counts[place])
    names, _ = table.spelling
    spelt = {names[place]: int(character_counts[place]) for place in np.flatnonzero(character_counts >= enough)}
    words, characters = sorted(found), sorted(spelt)
    holding = np.array([*(found[ngram] for ngram in words), *(spelt[ngram] for ngram in characters)], np.float64)
    idf = np.log((1 + len(texts)) / (1 + holding)) + 1
    return NgramEncoder(words, characters, idf.astype(np.float32))


def _count_characters(texts: TokenLists, table: KindTable, usable: _Usable) -> npt.NDArray[np.intp]:
    """In how many texts each character n-gram stands."""
    names, held = table.spelling
    columns = np.where(usable.kinds, table.form_of, -1).astype(np.int32)
    total = np.zeros(len(names), np.intp)
    present = held.astype(bool)
    for rows in chunks(len(texts)):
        total += (texts.take(rows).counts(columns, len(table.forms)).astype(bool) @ present).getnnz(axis=0)
    return total


def _texts(X: Any) -> list[str]:
    """Texts, one a row; a single text is a mistake that would be read letter by letter."""
    if isinstance(X, str):
        raise ValueError("AppealVectorizer expects texts, one a row, got a single string")
    return [str(text) for text in X]


def half(array: npt.NDArray[Any]) -> Floats:
    """Rounded to half precision, as the model folder holds it."""
    return np.asarray(np.asarray(array, np.float16), np.float32)


def sparse_rows(rows: Sequence[SparseRow], width: int) -> sparse.csr_matrix:
    """Sparse rows as a matrix ``(texts, width)``."""
    bounds = np.cumsum([0, *(len(row.indices) for row in rows)])
    indices = np.concatenate([row.indices for row in rows]) if rows else np.empty(0, np.int32)
    values = np.concatenate([row.values for row in rows]) if rows else np.empty(0, np.float32)
    return sparse.csr_matrix((values, indices, bounds), shape=(len(rows), width))
