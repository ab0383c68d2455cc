"""Kind of appeal by 59-ФЗ, art. 4, and 8-ФЗ: learned from the words, calibrated."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from mcu_nlp.linear import Calibrator
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.records import Choice

KINDS = ("statement", "complaint", "proposal", "information_request", "gratitude")


@cache
def kind_titles() -> dict[str, str]:
    """Titles of the kinds by id."""
    text = (files("mcu_nlp") / "data" / "kinds.toml").read_text("utf-8")
    return {id: kind["title"] for id, kind in tomllib.loads(text).items()}


def identify_kind(scores: Floats, kinds: tuple[str, ...], calibrator: Calibrator) -> list[Choice]:
    """The likeliest kind of each text; ``scores`` ``(texts, kinds)`` are in the order of ``kinds``."""
    titles, confidence = kind_titles(), calibrator.confidence(scores)
    return [
        Choice(kinds[best], titles[kinds[best]], float(sure))
        for best, sure in zip(scores.argmax(axis=1), confidence, strict=True)
    ]
