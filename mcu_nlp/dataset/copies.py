"""Copies of a text and its near copies: texts that say the same must not be learned from and judged by at once.

MinHash with banding (Broder, 1997) proposes pairs, the cosine of character 4-grams confirms them; time grows with
the number of texts, not with its square.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import HashingVectorizer

Groups = npt.NDArray[np.intp]

# From this cosine on, two texts are one appeal retold, sent twice or filled into the same form.
NEAR = 0.8
_NGRAM = 4
_FEATURES = 1 << 18
# A pair at the threshold shares a band with a probability of 0.99, a pair of strangers (Jaccard 0.05) of 0.0002.
_BANDS, _WIDTH = 25, 4
# In a larger bucket every text is compared with a few neighbours only: letters by one form, thousands of them.
_BUCKET, _NEIGHBOURS = 40, 5
_ROWS, _PAIRS = 20_000, 50_000
_MARKUP = re.compile(r"<[^<>]{1,200}>")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Copies:
    """Group numbers of texts: ``exact`` for the same words, ``near`` for the same appeal; the latter hold the former.

    They depend on the texts alone and not on their order.
    """

    exact: Groups
    near: Groups


def plain_words(text: str) -> str:
    """What of a text makes it a copy of another: its words, without case, «ё», punctuation and markup.

    >>> plain_words("<p>Ещё&nbsp;ЯМА, у дома 7!</p>")
    'еще яма у дома 7'
    """
    bare = html.unescape(_MARKUP.sub(" ", text))
    return " ".join(_WORD.findall(bare.lower().replace("ё", "е")))


def find_copies(texts: Sequence[str], *, near: float = NEAR, random_state: int = 0) -> Copies:
    """Group texts that repeat each other, word for word or nearly (cosine of character 4-grams from ``near`` on).

    >>> copies = find_copies(["Яма у дома 7", "яма у дома 7!", "Нет света третий день"])
    >>> copies.near.tolist()
    [1, 1, 0]
    """
    if not texts:
        return Copies(np.zeros(0, np.intp), np.zeros(0, np.intp))
    # Sorted, so that groups and everything made of them do not depend on the order of the file.
    unique, exact = np.unique(np.array([plain_words(text) for text in texts], object), return_inverse=True)
    vectorizer = HashingVectorizer(
        analyzer="char_wb", ngram_range=(_NGRAM, _NGRAM), n_features=_FEATURES, binary=True, alternate_sign=False,
        lowercase=False, dtype=np.float32,
    )  # fmt: skip
    vectors = sparse.csr_matrix(vectorizer.transform(unique))
    first, second = _confirmed(vectors, _candidates(_signatures(vectors, random_state)), near)
    links = sparse.coo_matrix((np.ones(len(first), np.int8), (first, second)), shape=(len(unique), len(unique)))
    _, component = connected_components(links, directed=False)
    return Copies(exact.astype(np.intp), component[exact].astype(np.intp))


def _signatures(vectors: sparse.csr_matrix, random_state: int) -> npt.NDArray[np.int32]:
    """The least of a text's features under each of many permutations: ``(texts, permutations)``."""
    random = np.random.default_rng(random_state)
    found = np.zeros((vectors.shape[0], _BANDS * _WIDTH), np.int32)
    filled = np.flatnonzero(np.diff(vectors.indptr))
    parts = [filled[begin : begin + _ROWS] for begin in range(0, len(filled), _ROWS)]
    for number in range(found.shape[1]):
        permutation = random.permutation(_FEATURES).astype(np.int32)
        for rows in parts:
            begin, end = vectors.indptr[rows[0]], vectors.indptr[rows[-1] + 1]
            found[rows, number] = np.minimum.reduceat(
                permutation[vectors.indices[begin:end]], vectors.indptr[rows] - begin
            )
    return found


def _candidates(signatures: npt.NDArray[np.int32]) -> Groups:
    """Pairs of texts that agree in a whole band, each once: ``(pairs, 2)``, the smaller number first."""
    pairs: list[Groups] = [np.zeros((0, 2), np.intp)]
    digits = np.uint64(_FEATURES) ** np.arange(_WIDTH - 1, dtype=np.uint64)
    for band in range(_BANDS):
        part = signatures[:, band * _WIDTH : (band + 1) * _WIDTH].astype(np.uint64)
        # Three of the four as one number and the fourth folded in: a clash only proposes a pair too many.
        keys = part[:, 1:] @ digits ^ (part[:, 0] * np.uint64(0x9E3779B97F4A7C15))
        order = np.argsort(keys, kind="stable")
        bounds = np.flatnonzero(np.concatenate(([True], np.diff(keys[order]) != 0, [True])))
        pairs += [_pairs(order[b:e]) for b, e in pairwise(bounds) if e - b > 1]
    return np.unique(np.concatenate(pairs), axis=0)


def _pairs(members: Groups) -> Groups:
    if len(members) <= _BUCKET:
        return np.stack([members[side] for side in np.triu_indices(len(members), 1)], axis=1)
    near = [np.stack((members[:-step], members[step:]), axis=1) for step in range(1, _NEIGHBOURS + 1)]
    return np.concatenate([*near, np.stack((np.full(len(members) - 1, members[0]), members[1:]), axis=1)])


def _confirmed(vectors: sparse.csr_matrix, pairs: Groups, near: float) -> tuple[Groups, Groups]:
    kept = [np.zeros((0, 2), np.intp), *(part[_cosines(vectors, part) >= near - 1e-6] for part in _batches(pairs))]
    first, second = np.concatenate(kept).T
    return first, second


def _batches(pairs: Groups) -> Iterator[Groups]:
    yield from (pairs[begin : begin + _PAIRS] for begin in range(0, len(pairs), _PAIRS))


def _cosines(vectors: sparse.csr_matrix, pairs: Groups) -> npt.NDArray[np.float64]:
    products = vectors[pairs[:, 0]].multiply(vectors[pairs[:, 1]])
    return np.asarray(products.sum(axis=1), np.float64).ravel()
