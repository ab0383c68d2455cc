"""Suspected label errors: what the model, the neighbours and the copies of a text say against its label.

After confident learning (Northcutt, Jiang, Chuang, 2021): a label is judged by its out-of-sample probability,
measured against how sure the model usually is of texts that bear it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from mcu_nlp.dataset import find_copies
from mcu_nlp.errors import InputError
from mcu_nlp.labelling.neighbours import Neighbours, find_neighbours
from mcu_nlp.labelling.probabilities import Doubles, LabelSpace, held_out_probabilities
from mcu_nlp.labelling.records import ReviewItem, ReviewList
from mcu_nlp.labelling.rows import Data, choices_of, labelled_fields, labels_of, sorted_rows
from mcu_nlp.russian_numbers import number
from mcu_nlp.tables import Row
from mcu_nlp.training.features import AppealVectorizer

# Fewer records say nothing about labels.
FEWEST = 20
# How much it counts that the model is seldom sure of a class, and what the neighbours and copies say.
_CLASS_DOUBT, _NEIGHBOURS, _COPIES = 0.5, 0.5, 2.0
# A class of few texts is judged with so many texts of average sureness added.
_SMOOTHING = 3
_FLOOR = 0.05
_SURE = 0.5
_FEW_NEIGHBOURS = 3


@dataclass(frozen=True)
class _Evidence:
    """What speaks about the labels of one field, a row or an element a record."""

    space: LabelSpace
    probabilities: Doubles
    neighbours: Neighbours
    votes: npt.NDArray[np.float32]
    copies: Doubles
    scores: Doubles

    def proposal(self, record: int) -> int:
        """The likeliest other class."""
        weights = self.probabilities[record] + _NEIGHBOURS * self.votes[record] + _COPIES * self.copies[record]
        weights[self.space.places[record]] = -1
        return int(weights.argmax())


def find_suspects(
    data: Data,
    *,
    fields: Sequence[str] | None = None,
    count: int | None = None,
    chosen: Mapping[str, str | None] | None = None,
    random_state: int = 0,
) -> ReviewList:
    """Rank the labels of a file, or of rows that were read, by how likely they are wrong.

    ``fields``: some of ``topic``, ``category``, ``department``; all that are labelled by
    default. ``count`` keeps the first so many of all fields together. Every labelled
    record is in the list without it. Raises what :func:`mcu_nlp.read_rows` raises, and
    ``InputError``: ``labels_missing`` without any label, ``labels_few`` with fewer than 20
    labelled records or less than two labels in a field that was asked for.
    """
    rows, failed = sorted_rows(data, chosen)
    found = labelled_fields(rows)
    if not found:
        raise InputError("labels_missing", path=data if isinstance(data, str) else getattr(data, "name", "data"))
    texts = [row.values["text"] for row in rows]
    for field in fields or ():
        check_labels(field, labels_of(rows, field))
    fields = (
        tuple(dict.fromkeys(fields or ()))
        or tuple(field for field in found if enough_labels(labels_of(rows, field)))
        or found[:1]
    )
    check_labels(fields[0], labels_of(rows, fields[0]))
    features = sparse.csr_matrix(AppealVectorizer(random_state=random_state).fit_transform(texts))
    groups = find_copies(texts).near
    items: list[ReviewItem] = []
    for field in fields:
        items += _field_items(rows, features, groups, field, random_state)
    items.sort(key=lambda item: (-item.score, item.number))
    choices = {field: choices_of(labels_of(rows, field)) for field in fields}
    return ReviewList("suspects", tuple(items[:count]), choices, failed)


def check_labels(field: str, labels: Sequence[str | None]) -> None:
    """Raise ``InputError`` (``labels_few``) when there is too little to learn a field from."""
    if not enough_labels(labels):
        given = [label for label in labels if label]
        raise InputError("labels_few", field=field, rows=len(given), classes=len(set(given)), fewest=FEWEST)


def enough_labels(labels: Sequence[str | None]) -> bool:
    """Whether something can be learned: 20 labels, two different ones."""
    given = [label for label in labels if label]
    return len(given) >= FEWEST and len(set(given)) >= 2


def _field_items(
    rows: Sequence[Row], features: sparse.csr_matrix, groups: npt.NDArray[np.intp], field: str, random_state: int
) -> list[ReviewItem]:
    every = labels_of(rows, field)
    kept = np.array([place for place, label in enumerate(every) if label], np.intp)
    labels = [str(every[place]) for place in kept]
    parents = [labels_of(rows, "category")[place] for place in kept] if field == "topic" else None
    space = LabelSpace.of(labels, parents)
    evidence = weigh_labels(features[kept], groups[kept], space, field, random_state)
    return [
        ReviewItem(
            number=rows[place].number,
            id=rows[place].id,
            text=rows[place].values["text"],
            field=field,
            label=labels[record],
            proposed=space.classes[evidence.proposal(record)],
            score=float(evidence.scores[record]),
            reasons=tuple(_reasons(evidence, record)),
        )
        for record, place in enumerate(kept)
    ]


def weigh_labels(
    features: sparse.csr_matrix, groups: npt.NDArray[Any], space: LabelSpace, field: str, random_state: int = 0
) -> _Evidence:
    """Gather the evidence of one field and put it into one score from 0 to 1 a record."""
    probabilities = held_out_probabilities(features, groups, space, field, random_state)
    neighbours = find_neighbours(features, groups)
    votes = neighbours.votes(space.places, len(space.classes))
    copies = _copies(groups, space)
    records, own = np.arange(len(groups)), space.places
    sure = probabilities[records, own]
    sizes = np.bincount(own, minlength=len(space.classes))
    totals = np.bincount(own, weights=sure, minlength=len(space.classes))
    usual = (totals + _SMOOTHING * sure.mean()) / (sizes + _SMOOTHING)
    against = -np.log(sure + 1e-9) + _CLASS_DOUBT * np.log(usual[own])
    against -= _NEIGHBOURS * np.log(votes[records, own] + _FLOOR)
    others = copies.copy()
    others[records, own] = 0
    against += _COPIES * others.max(axis=1)
    # A number that people can read; its order is that of the evidence.
    scores = 1 / (1 + np.exp(np.median(against) - against))
    return _Evidence(space, probabilities, neighbours, votes, copies, np.asarray(scores, np.float64))


def _copies(groups: npt.NDArray[Any], space: LabelSpace) -> Doubles:
    """What share of a record's copies, itself left out, bear each class."""
    _, group = np.unique(groups, return_inverse=True)
    counts = np.zeros((group.max() + 1, len(space.classes)), np.float32)
    np.add.at(counts, (group, space.places), 1)
    found = counts[group].astype(np.float64)
    found[np.arange(len(group)), space.places] -= 1
    return np.asarray(found / np.maximum(found.sum(axis=1, keepdims=True), 1), np.float64)


def _reasons(evidence: _Evidence, record: int) -> list[str]:
    classes, own = evidence.space.classes, int(evidence.space.places[record])
    found = []
    copies = evidence.copies[record].copy()
    copies[own] = 0
    if copies.max() > 0:
        found.append(f"дубликат под другой меткой: «{classes[int(copies.argmax())]}»")
    probabilities = evidence.probabilities[record]
    best, rival = int(probabilities.argmax()), evidence.proposal(record)
    if best != own:
        word = "модель уверена в" if probabilities[best] >= _SURE else "модель скорее за"
        found.append(
            f"{word} «{classes[best]}» ({number(probabilities[best])}), "
            f"метка «{classes[own]}» ({number(probabilities[own])})"
        )
    around = Counter(evidence.space.places[evidence.neighbours.places[record]].tolist())
    near, times = around.most_common(1)[0] if around else (own, 0)
    if near != own and times >= _FEW_NEIGHBOURS and times > around[own]:
        found.append(f"похожие обращения ({times}) стоят под другой меткой: «{classes[near]}»")
    if (evidence.space.places == own).sum() == 1:
        found.append("метка встречается один раз: судить о ней не по чему")
    return found or [
        f"метка «{classes[own]}» ({number(probabilities[own])}), ближайшая другая «{classes[rival]}» "
        f"({number(probabilities[rival])})"
    ]
