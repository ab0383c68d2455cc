"""What a model answers on texts it never saw: a running service measures drift against it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mcu_nlp.linear import Calibrator
from mcu_nlp.linear.ngrams import Floats

# Confidence is counted in tenths.
BINS = 10


def reference(scores: Floats, classes: Sequence[str], calibrator: Calibrator) -> dict[str, Any]:
    """Shares of the answers, and shares of the tenths of confidence, over out-of-fold scores ``(texts, classes)``."""
    counts = np.bincount(scores.argmax(axis=1), minlength=len(classes)) / max(1, len(scores))
    tenths = np.minimum((calibrator.confidence(scores) * BINS).astype(np.intp), BINS - 1)
    confidence = np.bincount(tenths, minlength=BINS) / max(1, len(scores))
    return {
        "shares": {name: round(float(share), 5) for name, share in zip(classes, counts, strict=True) if share},
        "confidence": [round(float(share), 5) for share in confidence],
    }
