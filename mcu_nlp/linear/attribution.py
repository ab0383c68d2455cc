"""Which words spoke for an answer: the features' contributions, gathered on the words they came from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mcu_nlp.linear.heads import Heads
from mcu_nlp.linear.ngrams import Floats, Ints, NgramEncoder, SparseRow
from mcu_nlp.text.terms import Term


def word_weights(terms: Sequence[Term], row: SparseRow, ngrams: NgramEncoder, heads: Heads, column: int) -> Floats:
    """What each term added to a column's score: ``(terms,)``.

    A feature that occurs several times is shared out equally among its places, so the
    weights sum to the score that the n-grams gave. ``row`` must be the encoding of ``terms``.
    """
    owners, features = _occurrences(terms, ngrams)
    if not len(features):
        return np.zeros(len(terms), np.float32)
    # The features of a row are unique and ascending.
    places = np.searchsorted(row.indices, features)
    contribution = row.values * heads.weights(row.indices, column)
    counts = np.bincount(places, minlength=len(row.indices))
    shares = contribution / np.maximum(counts, 1)
    return np.bincount(owners, weights=shares[places], minlength=len(terms)).astype(np.float32)


def _occurrences(terms: Sequence[Term], ngrams: NgramEncoder) -> tuple[Ints, Ints]:
    """Every feature of every term: whose it is, and which. A pair of words belongs to both."""
    owners: list[int] = []
    features: list[int] = []
    previous: tuple[int, str] | None = None
    for place, term in enumerate(terms):
        if term.word is None:
            continue
        found = ngrams.word_features(term.word)
        owners += [place] * len(found)
        features += found
        if previous is not None:
            pair = ngrams.word_features(f"{previous[1]} {term.word}")
            for owner in (place, previous[0]):
                owners += [owner] * len(pair)
                features += pair
        previous = (place, term.word)
    forms = [np.empty(0, np.int32) if term.form is None else ngrams.form_features(term.form) for term in terms]
    of_forms = np.repeat(np.arange(len(terms)), [len(form) for form in forms])
    return (
        np.concatenate((np.array(owners, np.int32), of_forms)).astype(np.int32),
        np.concatenate((np.array(features, np.int32), *forms)),
    )
