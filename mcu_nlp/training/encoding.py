"""Texts that were read -> the features of an encoder, many at once: the numbers of inference, much quicker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from mcu_nlp.linear import MeaningEncoder, NgramEncoder, TextEncoder
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.linear.places import PLACE_WEIGHT, PlaceEncoder
from mcu_nlp.training.kinds import KindTable
from mcu_nlp.training.reading import Readings, TokenLists

# So many texts are encoded at a time: what lies between counts and features is many times larger than these.
_CHUNK = 10_000


@dataclass(frozen=True)
class Features:
    """Texts as features, float32: n-grams ``(texts, n-grams)`` and dense ``(texts, width)``."""

    ngrams: sparse.csr_matrix
    dense: Floats


class WordCounts:
    """How often each text holds each word and each pair of neighbours, function words passed over."""

    def __init__(self, texts: TokenLists, table: KindTable) -> None:
        found = table.word_of[texts.tokens]
        kept = found >= 0
        words, owners = found[kept].astype(np.int64), texts.owners[kept]
        near = np.flatnonzero(owners[1:] == owners[:-1])
        keys, pairs = np.unique(words[near] * len(table.words) + words[near + 1], return_inverse=True)
        self.first, self.second = keys // len(table.words), keys % len(table.words)
        self.words = _counted(owners, words, (len(texts), len(table.words)))
        self.pairs = _counted(owners[near], pairs, (len(texts), len(keys)))


def _counted(
    rows: npt.NDArray[np.integer], columns: npt.NDArray[np.integer], shape: tuple[int, int]
) -> sparse.csr_matrix:
    return sparse.coo_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape).tocsr()


def encode_readings(encoder: TextEncoder, readings: Readings) -> Features:
    """What ``encoder.encode`` makes of the texts."""
    table = readings.texts.kinds.table(encoder.places)
    meaning = encode_meaning(encoder.meaning, readings.texts, table)
    dense = (meaning, readings.style, readings.cues, encode_places(encoder.named, readings.texts))
    return Features(encode_ngrams(encoder.ngrams, readings.texts, table), np.concatenate(dense, axis=1))


def encode_ngrams(encoder: NgramEncoder, texts: TokenLists, table: KindTable) -> sparse.csr_matrix:
    """The tf-idf rows of texts; columns in the encoder's order."""
    characters, held = table.spelling
    split = len(encoder.words)
    known = {ngram: place for place, ngram in enumerate(encoder.characters)}
    spelt = held @ _selection([known.get(ngram, -1) for ngram in characters], len(known))
    idf = encoder.idf[:split], encoder.idf[split:]
    parts = []
    for blocks in _blocks(encoder, texts, table, spelt):
        weighed = [_weighed(block, rarity) for block, rarity in zip(blocks, idf, strict=True)]
        parts.append(sparse.hstack(weighed, format="csr", dtype=np.float32))
    return sparse.vstack(parts, format="csr", dtype=np.float32)


def _blocks(
    encoder: NgramEncoder, texts: TokenLists, table: KindTable, spelt: sparse.csr_matrix
) -> Iterator[tuple[sparse.csr_matrix, sparse.csr_matrix]]:
    """Chunk by chunk, the counts of known words and pairs, and of known character n-grams."""
    places = {ngram: place for place, ngram in enumerate(encoder.words)}
    words = _selection([places.get(word, -1) for word in table.words], len(places))
    paired = {word for ngram in encoder.words if " " in ngram for word in ngram.split(" ")}
    may_pair = np.array([word in paired for word in table.words], bool)
    for rows in chunks(len(texts)):
        part = texts.take(rows)
        counts = WordCounts(part, table)
        pairs = np.full(len(counts.first), -1, np.int64)
        likely = np.flatnonzero(may_pair[counts.first] & may_pair[counts.second])
        pairs[likely] = [
            places.get(f"{table.words[a]} {table.words[b]}", -1)
            for a, b in zip(counts.first[likely].tolist(), counts.second[likely].tolist(), strict=True)
        ]
        yield (
            counts.words @ words + counts.pairs @ _selection(pairs, len(places)),
            part.counts(table.form_of, len(table.forms)) @ spelt,
        )


def chunks(length: int) -> list[npt.NDArray[np.intp]]:
    """Rows in chunks of a bounded size, at least one."""
    return [np.arange(start, min(start + _CHUNK, length)) for start in range(0, max(1, length), _CHUNK)]


def _selection(columns: list[int] | npt.NDArray[np.int64], width: int) -> sparse.csr_matrix:
    """The matrix that puts what stands at ``n`` into column ``columns[n]``, or nowhere for -1."""
    places = np.array(columns, np.int64)
    kept = np.flatnonzero(places >= 0)
    return sparse.csr_matrix(
        (np.ones(len(kept), np.float32), (kept, places[kept])), shape=(len(places), width), dtype=np.float32
    )


def _weighed(counts: sparse.csr_matrix, idf: Floats) -> sparse.csr_matrix:
    """Sublinear tf-idf, rows of length 1 or 0."""
    counts.sort_indices()
    values = (1 + np.log(counts.data)) * idf[counts.indices]
    owners = np.repeat(np.arange(counts.shape[0]), np.diff(counts.indptr))
    length = np.sqrt(np.bincount(owners, weights=values * values, minlength=counts.shape[0]))
    counts.data = (values / length[owners]).astype(np.float32)
    return counts


def encode_meaning(encoder: MeaningEncoder, texts: TokenLists, table: KindTable) -> Floats:
    """Likeness of texts to the landmarks: ``(texts, width)``."""
    rarest = max(encoder.rarity.values(), default=1.0)
    rarity = np.array([encoder.rarity.get(form, rarest) for form in table.forms], np.float32)
    return encoder.encode(mean_directions(texts, table, encoder.word_mean, rarity))


def mean_directions(texts: TokenLists, table: KindTable, word_mean: Floats, rarity: Floats) -> Floats:
    """The weighted mean direction of each text's words, ``(texts, 300)`` of length 1 or 0."""
    known = np.asarray(table.vectors.any(axis=1))
    vectors = np.where(known[:, None], table.vectors - word_mean, 0)
    vectors *= rarity[:, None] / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    sums = texts.counts(table.form_of, len(table.forms)) @ vectors.astype(np.float32)
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12), np.float32)


def encode_places(encoder: PlaceEncoder, texts: TokenLists) -> Floats:
    """The places that texts name: ``(texts, places)``."""
    kinds = texts.kinds.kinds
    words = np.array([encoder.encode_words([lower]) for lower, _ in kinds], np.float32).reshape(
        len(kinds), len(encoder.stems)
    )
    held = texts.counts(np.arange(len(kinds), dtype=np.int32), len(kinds))
    named: Floats = (held @ sparse.csr_matrix(words)).toarray()
    return np.minimum(named, np.float32(PLACE_WEIGHT))
