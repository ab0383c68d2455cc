"""What to label next: appeals the model doubts, each of which speaks for many others, none like another.

A batch is chosen greedily so that the doubt of the whole pool, weighted by likeness, is
covered best (facility location; Wei, Iyer, Bilmes, 2015): after an appeal is taken, those
like it count no more.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from mcu_nlp.analyzer import Analyzer
from mcu_nlp.errors import InputError
from mcu_nlp.labelling.neighbours import Floats, likeness
from mcu_nlp.labelling.probabilities import Doubles, LabelSpace, fit_and_ask
from mcu_nlp.labelling.records import ReviewItem, ReviewList
from mcu_nlp.labelling.rows import Data, choices_of, labels_of, readable_rows
from mcu_nlp.labelling.suspects import check_labels
from mcu_nlp.stages.identify_topic import TopicIdentifier
from mcu_nlp.tables import Row
from mcu_nlp.text.document import Document
from mcu_nlp.training.features import AppealVectorizer, sparse_rows

# So many of the most doubted are compared with each other: the table of likeness is square.
LARGEST = 5000
# Likeness is raised to this power: far texts say nothing of each other.
_SHARPNESS = 2
# From this likeness on, a text in the pool is told as similar.
_SIMILAR = 0.4
_STRANGE = 0.15
_FEW = 10


@dataclass(frozen=True)
class _Pool:
    """Unlabelled texts as numbers: features, probabilities, and how like the likest labelled text each is."""

    features: sparse.csr_matrix
    classes: tuple[str, ...]
    probabilities: Doubles
    nearest: Floats
    counts: npt.NDArray[np.intp] | None


def choose_next(
    pool: Data,
    *,
    model: Analyzer | None = None,
    labelled: Data | None = None,
    field: str = "topic",
    count: int = 100,
    chosen: Mapping[str, str | None] | None = None,
    random_state: int = 0,
) -> ReviewList:
    """Choose the appeals of the pool whose labels would teach most, best first.

    Doubt is that of a head fitted to ``labelled`` (with those of the pool that bear a label
    already), or, without labelled appeals, of ``model``. Appeals of the pool that are labelled are not
    chosen. ``count`` is the most that is returned. Raises what :func:`mcu_nlp.read_rows`
    raises, and ``InputError``: ``labels_few`` when there is neither a model nor 20
    labelled appeals with two labels, ``model_not_for_field`` when the model does not know the field.
    """
    rows = readable_rows(pool, chosen)
    known = [] if labelled is None else readable_rows(labelled, chosen)
    known = [row for row in [*known, *rows] if labels_of([row], field)[0]]
    rows = _unlabelled(rows, known, field)
    if not rows or count < 1:
        return ReviewList("next", (), {field: choices_of(labels_of(known, field))})
    if model is not None and labelled is None:
        found = _asked_model(model, rows, field)
    else:
        check_labels(field, labels_of(known, field))
        found = _asked_labels(known, rows, field, random_state)
    return _as_review(rows, found, field, count)


def pick_batch(doubt: Doubles, likeness: Floats, count: int) -> list[int]:
    """The places of ``count`` texts that cover the doubt best, best first; ``likeness`` is square, from 0 to 1.

    >>> pick_batch(np.array([0.9, 0.9, 0.5]), np.array([[1, 0.9, 0], [0.9, 1, 0], [0, 0, 1]], np.float32), 2)
    [0, 2]
    """
    near = likeness**_SHARPNESS
    covered = np.zeros(len(doubt), np.float32)
    weights = np.asarray(doubt, np.float32)
    # What a text adds only falls while others are taken: the old value bounds the new one from above.
    queue = [(-float(gain), place) for place, gain in enumerate(near @ weights)]
    heapq.heapify(queue)
    found: list[int] = []
    while queue and len(found) < count:
        _, place = heapq.heappop(queue)
        gain = float(np.maximum(near[place] - covered, 0) @ weights)
        if queue and -gain > queue[0][0] + 1e-9:
            heapq.heappush(queue, (-gain, place))
            continue
        found.append(place)
        covered = np.maximum(covered, near[place])
    return found


def doubt_of(probabilities: Doubles) -> Doubles:
    """How much is to be learned from every text: how likely its best answer is wrong."""
    return np.asarray(1 - probabilities.max(axis=1), np.float64)


def _unlabelled(rows: Sequence[Row], known: Sequence[Row], field: str) -> list[Row]:
    """Rows without a label whose text is not labelled elsewhere; of copies the first."""
    seen = {row.values["text"] for row in known}
    found = []
    for row, label in zip(rows, labels_of(rows, field), strict=True):
        if label is None and row.values["text"] not in seen:
            seen.add(row.values["text"])
            found.append(row)
    return found


def _asked_labels(known: Sequence[Row], rows: Sequence[Row], field: str, random_state: int) -> _Pool:
    texts = [row.values["text"] for row in [*known, *rows]]
    features = sparse.csr_matrix(AppealVectorizer(random_state=random_state).fit_transform(texts))
    parents = labels_of(known, "category") if field == "topic" else None
    space = LabelSpace.of([str(label) for label in labels_of(known, field)], parents)
    own, asked = features[: len(known)], features[len(known) :]
    probabilities = fit_and_ask(own, space, field, np.arange(len(known)), asked)
    nearest = [likeness(asked[b : b + 500], own).max(axis=1) for b in range(0, len(rows), 500)]
    counts = np.bincount(space.places, minlength=len(space.classes))
    return _Pool(asked, space.classes, probabilities, np.concatenate(nearest), counts)


def _asked_model(model: Analyzer, rows: Sequence[Row], field: str) -> _Pool:
    bundle = model.bundle
    labels = {"topic": bundle.taxonomy.topics, "category": bundle.taxonomy.categories}.get(field)
    if labels is None:
        raise InputError("model_not_for_field", field=field)
    encoded = bundle.encoder.encode([Document.of(row.values["text"]) for row in rows])
    ngrams, meaning = sparse_rows(encoded.rows, len(bundle.encoder.ngrams)), bundle.encoder.meaning.width
    features = sparse.csr_matrix(sparse.hstack([ngrams, sparse.csr_matrix(encoded.dense[:, :meaning])]))
    scores = bundle.heads.score(encoded.rows, encoded.dense)
    identify = TopicIdentifier(bundle.taxonomy, bundle.joint, bundle.calibrators)
    joint = identify.joint_scores(scores["topic"], scores["category"])
    raw = joint if field == "topic" else identify.category_scores(joint)
    probabilities = np.asarray(bundle.calibrators[field].probabilities(raw), np.float64)
    # What the model was trained on is not in its folder: nothing is told strange.
    titles = tuple(label.title for label in labels)
    return _Pool(features, titles, probabilities, np.ones(len(rows), np.float32), None)


def _as_review(rows: Sequence[Row], pool: _Pool, field: str, count: int) -> ReviewList:
    doubt = doubt_of(pool.probabilities)
    kept = np.sort(np.argsort(-doubt, kind="stable")[:LARGEST])
    table = likeness(pool.features[kept], pool.features[kept])
    picked = pick_batch(doubt[kept], table, count)
    expected = Counter(pool.probabilities.argmax(axis=1).tolist())
    items = []
    for place in picked:
        record = int(kept[place])
        similar = int((table[place] >= _SIMILAR).sum()) - 1
        items.append(
            ReviewItem(
                number=rows[record].number,
                id=rows[record].id,
                text=rows[record].values["text"],
                field=field,
                label=None,
                proposed=pool.classes[int(pool.probabilities[record].argmax())],
                score=float(doubt[record]),
                reasons=tuple(_reasons(pool, record, similar, expected)),
            )
        )
    return ReviewList("next", tuple(items), {field: tuple(sorted(pool.classes))})


def _reasons(pool: _Pool, record: int, similar: int, expected: Mapping[int, int]) -> list[str]:
    probabilities = pool.probabilities[record]
    first, second = (int(place) for place in np.argsort(-probabilities, kind="stable")[:2])
    answers = [f"«{pool.classes[place]}» ({_number(probabilities[place])})" for place in (first, second)]
    found = [f"модель сомневается: {' или '.join(answers)}"]
    if pool.nearest[record] < _STRANGE:
        found.append("не похоже ни на одно размеченное обращение")
    if similar > 0:
        found.append(f"похожих неразмеченных: {similar}")
    if pool.counts is not None and pool.counts[first] < _FEW:
        found.append(f"вероятная метка редка: размечено {pool.counts[first]}, ожидается ещё {expected[first]}")
    return found


def _number(share: float) -> str:
    return f"{share:.2f}".replace(".", ",")
