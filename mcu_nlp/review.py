"""When a person must look: thresholds of a model and which reasons count."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mcu_nlp.errors import ConfigError
from mcu_nlp.records import Review

REASONS = (
    "category_uncertain",
    "topic_uncertain",
    "department_uncertain",
    "several_questions",
    "conflict",
    "risk",
    "out_of_scope",
    "body_complained_of",
)
DECISIONS = ("category", "topic", "department")


@dataclass(frozen=True)
class ReviewPolicy:
    """Thresholds of confidence and the reasons that make a review required.

    A decision is uncertain below its threshold; the thresholds are set from out-of-fold
    data so that what lies above them is right at the target precision.
    """

    thresholds: Mapping[str, float]
    required: frozenset[str]

    def decide(self, confidences: Mapping[str, float], found: Sequence[str] = ()) -> Review:
        """The review of an analysis: its confidences, and reasons that the stages found.

        >>> policy = ReviewPolicy({"category": 0.8, "topic": 0.9}, frozenset({"category_uncertain"}))
        >>> policy.decide({"category": 0.95, "topic": 0.7}, ["risk"])
        Review(required=False, reasons=('topic_uncertain', 'risk'))
        """
        uncertain = {
            f"{name}_uncertain"
            for name, confidence in confidences.items()
            if confidence < self.thresholds.get(name, 0.0)
        }
        reasons = tuple(reason for reason in REASONS if reason in uncertain or reason in found)
        return Review(any(reason in self.required for reason in reasons), reasons)

    @classmethod
    def from_toml(cls, text: str) -> ReviewPolicy:
        """Read ``review.toml``; raises ``ConfigError`` (``taxonomy_invalid``) for anything unknown."""
        content = tomllib.loads(text)
        thresholds, required = content.get("thresholds", {}), content.get("required", [])
        if not isinstance(thresholds, dict) or not isinstance(required, list):
            raise _invalid("form", "write a table [thresholds] and a list required")
        for name, value in thresholds.items():
            if name not in DECISIONS or not isinstance(value, (int, float)) or not 0 <= value <= 1.01:
                raise _invalid(f"threshold {name!r} = {value!r}", f"thresholds of {DECISIONS} from 0 to 1.01")
        for reason in required:
            if reason not in REASONS:
                raise _invalid(f"reason {reason!r}", f"use some of {REASONS}")
        return cls({name: float(value) for name, value in thresholds.items()}, frozenset(required))


def _invalid(problem: str, remedy: str) -> ConfigError:
    return ConfigError("taxonomy_invalid", where="review.toml", problem=f"unknown {problem}", remedy=remedy)
