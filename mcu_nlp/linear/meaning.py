"""Text -> dense row: what its words mean, so that synonyms help each other.

The mean of the words' navec vectors (news model of the natasha project, 300 numbers a
word), weighted by rarity, is compared with some hundred landmarks by a Gaussian kernel
(the Nyström method, Williams and Seeger, 2001); a linear model over the comparisons acts
as one with that kernel. Random Fourier features of the same width were too noisy to help.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.text.terms import Term

DIMENSIONS = 300
# How much meaning counts beside the two blocks of n-grams, which count 1 each.
WEIGHT = 1.5
# The Gaussian kernel's width: exp(-SHARPNESS (1 - cosine)).
SHARPNESS = 3.0


@cache
def _navec() -> Any:
    from natasha import NewsEmbedding

    return NewsEmbedding()


class MeaningEncoder:
    """Encodes terms as ``width`` numbers.

    ``rarity`` maps lower-case forms to their idf (an unseen form counts as the rarest);
    ``word_mean`` (300) is taken from each word, ``text_mean`` (300) from each text;
    ``landmarks`` (width, 300) are directions of length 1 that texts are compared with,
    ``whitening`` (width, width) makes the comparisons independent of each other.
    """

    def __init__(
        self, rarity: Mapping[str, float], word_mean: Floats, text_mean: Floats, landmarks: Floats, whitening: Floats
    ) -> None:
        self.rarity, self.word_mean, self.text_mean = rarity, word_mean, text_mean
        self.landmarks, self.whitening = landmarks, whitening
        self._rarest = max(rarity.values(), default=1.0)
        self._forms: dict[str, Floats | None] = {}

    @property
    def width(self) -> int:
        """How many numbers a text becomes."""
        return len(self.landmarks)

    def mean(self, terms: Sequence[Term]) -> Floats:
        """The weighted mean direction of the text's words: 300 numbers of length 1, or zeros."""
        vectors = [v for v in (self._vector(t.form) for t in terms if t.form is not None) if v is not None]
        return _unit(np.sum(vectors, axis=0) if vectors else np.zeros(DIMENSIONS, np.float32))

    def directions(self, means: Floats) -> Floats:
        """Where texts point, apart from what all texts share: ``(texts, 300)``, length 1."""
        centred = means - self.text_mean
        length = np.linalg.norm(centred, axis=1, keepdims=True)
        return np.asarray(centred / np.maximum(length, 1e-9), np.float32)

    def encode(self, means: Floats) -> Floats:
        """Likeness to the landmarks: ``(texts, 300)`` -> ``(texts, width)``."""
        return np.asarray(likeness(self.directions(means), self.landmarks) @ self.whitening, np.float32)

    def _vector(self, form: str) -> Floats | None:
        if form in self._forms:
            return self._forms[form]
        raw = word_vector(form)
        vector = None
        if raw is not None:
            vector = _unit(raw - self.word_mean) * np.float32(self.rarity.get(form, self._rarest))
        if len(self._forms) >= 1 << 15:
            self._forms.clear()
        self._forms[form] = vector
        return vector


def word_vector(form: str) -> Floats | None:
    """The navec vector of a lower-case form, of its lemma if the form has none, or ``None``."""
    from mcu_nlp.text.morph import lemma

    navec = _navec()
    for word in (form, lemma(form)):
        if word in navec:
            return np.asarray(navec[word], np.float32)
    return None


def likeness(directions: Floats, landmarks: Floats) -> Floats:
    """The weighted Gaussian kernel between unit rows: ``(texts, landmarks)``."""
    return np.asarray(WEIGHT * np.exp(SHARPNESS * (directions @ landmarks.T - 1)), np.float32)


def _unit(vector: npt.NDArray[Any]) -> Floats:
    length = float(np.sqrt(vector @ vector))
    return np.asarray(vector / length if length else vector, np.float32)
