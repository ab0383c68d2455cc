"""What is handed to a reviewer and what comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mcu_nlp.tables import BadRow

Purpose = Literal["suspects", "next"]
Choice = Literal["keep", "replace", "unsure"]

# What can be reviewed, the finest first, and what reviewers call it.
FIELD_TITLES: Mapping[str, str] = {"topic": "Тема", "category": "Группа тем", "department": "Исполнитель"}


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One label to be looked at.

    ``number`` and ``id`` are those of the record in its file, ``label`` is ``None`` where
    there is none yet. ``score`` is from 0 to 1 and gives the order, not a probability.
    ``reasons`` are in Russian, the weightiest first.
    """

    number: int
    id: str
    text: str
    field: str
    label: str | None
    proposed: str | None
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewList:
    """Items, best first, with the labels that can be chosen by field.

    ``failed`` records of the file could not be read, ``failed_labelled`` are those of the labelled file beside it.
    """

    purpose: Purpose
    items: tuple[ReviewItem, ...]
    choices: Mapping[str, tuple[str, ...]]
    failed: tuple[BadRow, ...] = ()
    failed_labelled: tuple[BadRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer decided: ``row`` is the line of the review, ``label`` what was seen, ``new`` what shall be."""

    row: int
    number: int | None
    id: str
    text: str
    field: str
    label: str | None
    choice: Choice
    new: str | None


@dataclass(frozen=True, slots=True)
class Review:
    """A review as it was read: decisions, lines that make no sense, and how many were left open."""

    decisions: tuple[Decision, ...]
    errors: tuple[BadRow, ...]
    undecided: int
    choices: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Applied:
    """What a review did to the data: ``changed`` labels, ``unchanged`` ones that were already so, and the rest.

    ``followed`` counts categories that were changed because their topic was. Numbers in
    ``errors`` are lines of the review.
    """

    rows: int
    changed: int
    unchanged: int
    followed: int
    kept: int
    unsure: int
    undecided: int
    errors: tuple[BadRow, ...]
