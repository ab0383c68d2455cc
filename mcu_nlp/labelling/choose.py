"""What to label next: appeals the model doubts, of classes with few labels, each of which speaks for many others.

How a batch is put together is told in ``batch``; where nothing is labelled and there is no
model, all appeals are doubted alike, and the batch covers what the pool is about.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse

from mcu_nlp.analyzer import Analyzer
from mcu_nlp.errors import InputError
from mcu_nlp.labelling.batch import doubt_of, need_of, pick_batch, tie_of, unexplained_products
from mcu_nlp.labelling.neighbours import Floats, likeness
from mcu_nlp.labelling.probabilities import Doubles, LabelSpace, fit_and_ask
from mcu_nlp.labelling.records import ReviewItem, ReviewList
from mcu_nlp.labelling.rows import Data, choices_of, labels_of, sorted_rows
from mcu_nlp.labelling.suspects import check_labels, enough_labels
from mcu_nlp.russian_numbers import number
from mcu_nlp.stages.identify_topic import TopicIdentifier
from mcu_nlp.tables import Row
from mcu_nlp.taxonomy import shipped_taxonomy
from mcu_nlp.text.document import Document
from mcu_nlp.training.features import AppealVectorizer, sparse_rows

# So many of the most doubted are compared with each other: the table of likeness is square.
LARGEST = 5000
# Of the labelled ones those likest to the pool are taken into account; the others tell least of it.
LARGEST_KNOWN = 3000
# From this likeness on, a text in the pool is told as similar.
_SIMILAR = 0.4
_STRANGE = 0.15
_FEW = 10


@dataclass(frozen=True)
class _Pool:
    """Unlabelled texts as numbers, and the labelled ones.

    ``probabilities`` are ``None`` where nobody can tell them, ``nearest`` is how like the
    likest labelled text each is, ``counts`` the labels of every class.
    """

    features: sparse.csr_matrix
    classes: tuple[str, ...]
    probabilities: Doubles | None
    known: sparse.csr_matrix | None = None
    nearest: Floats | None = None
    counts: npt.NDArray[np.intp] | None = None


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
    already), or, without labelled appeals, of ``model``. With neither, and less than 20 labels in
    the pool, the appeals are chosen that speak for most of it, and nothing is proposed: the
    first ones to label. Appeals of the pool that are labelled are not chosen. ``count`` is
    the most that is returned. Records of either file that could not be read are told in
    the result. Raises what :func:`mcu_nlp.read_rows` raises, and
    ``InputError``: ``labels_few`` when ``labelled`` brings less than 20 labels or only
    one, ``model_not_for_field`` when the model does not know the field.
    """
    rows, failed = sorted_rows(pool, chosen)
    known, failed_labelled = ([], ()) if labelled is None else sorted_rows(labelled, chosen)
    known = [row for row in [*known, *rows] if labels_of([row], field)[0]]
    rows = _unlabelled(rows, known, field)
    if not rows or count < 1:
        choices = {field: choices_of(labels_of(known, field))}
        return ReviewList("next", (), choices, failed, failed_labelled)
    if model is not None and labelled is None:
        found = _asked_model(model, rows, field)
    elif labelled is None and not enough_labels(labels_of(known, field)):
        found = _asked_nobody(known, rows, field, random_state)
    else:
        check_labels(field, labels_of(known, field))
        found = _asked_labels(known, rows, field, random_state)
    choices = {field: tuple(sorted(found.classes))}
    return ReviewList("next", _chosen(rows, found, field, count), choices, failed, failed_labelled)


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
    nearest, kept = np.zeros(len(rows), np.float32), np.zeros(len(known), np.float32)
    for begin in range(0, len(rows), 500):
        table = likeness(asked[begin : begin + 500], own)
        nearest[begin : begin + 500] = table.max(axis=1)
        kept = np.maximum(kept, table.max(axis=0))
    telling = np.sort(np.argsort(-kept, kind="stable")[:LARGEST_KNOWN])
    counts = np.bincount(space.places, minlength=len(space.classes))
    return _Pool(asked, space.classes, probabilities, own[telling], nearest, counts)


def _asked_nobody(known: Sequence[Row], rows: Sequence[Row], field: str, random_state: int) -> _Pool:
    texts = [row.values["text"] for row in [*known, *rows]]
    features = sparse.csr_matrix(AppealVectorizer(random_state=random_state).fit_transform(texts))
    taxonomy = shipped_taxonomy()
    labels = {"topic": taxonomy.topics, "category": taxonomy.categories}.get(field, ())
    titles = {label.title for label in labels} | set(choices_of(labels_of(known, field)))
    return _Pool(features[len(known) :], tuple(titles), None, features[: len(known)])


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
    # What the model was trained on is not in its folder: nothing is told strange, no class is told rare.
    return _Pool(features, tuple(label.title for label in labels), probabilities)


def _chosen(rows: Sequence[Row], pool: _Pool, field: str, count: int) -> tuple[ReviewItem, ...]:
    doubt, own = _worth(pool)
    kept = np.sort(np.argsort(-doubt, kind="stable")[:LARGEST])
    features = pool.features[kept]
    picked = pick_batch(doubt[kept], unexplained_products(features, pool.known), count, own[kept])
    similar = (likeness(features[picked], features) >= _SIMILAR).sum(axis=1) - 1
    best = None if pool.probabilities is None else pool.probabilities.argmax(axis=1)
    expected = Counter([] if best is None else best.tolist())
    scores = np.ones(len(doubt)) if pool.probabilities is None else doubt_of(pool.probabilities)
    items = []
    for place, alike in zip(picked, similar.tolist(), strict=True):
        record = int(kept[place])
        items.append(
            ReviewItem(
                number=rows[record].number,
                id=rows[record].id,
                text=rows[record].values["text"],
                field=field,
                label=None,
                proposed=None if best is None else pool.classes[int(best[record])],
                score=float(scores[record]),
                reasons=tuple(_reasons(pool, record, alike, expected)),
            )
        )
    return tuple(items)


def _worth(pool: _Pool) -> tuple[Doubles, Doubles]:
    """How much is to be learned of every text, and from its own label."""
    if pool.probabilities is None:
        return np.ones(pool.features.shape[0]), np.ones(pool.features.shape[0])
    doubt = doubt_of(pool.probabilities)
    if pool.counts is not None:
        doubt *= need_of(pool.probabilities, pool.counts)
    return doubt, tie_of(pool.probabilities)


def _reasons(pool: _Pool, record: int, similar: int, expected: Mapping[int, int]) -> list[str]:
    found = []
    if pool.probabilities is None:
        found.append("первые метки: вместе с другими выбранными охватывает то, о чём пишут")
    else:
        probabilities = pool.probabilities[record]
        first, second = (int(place) for place in np.argsort(-probabilities, kind="stable")[:2])
        answers = [f"«{pool.classes[place]}» ({number(probabilities[place])})" for place in (first, second)]
        found.append(f"модель сомневается: {' или '.join(answers)}")
    if pool.nearest is not None and pool.nearest[record] < _STRANGE:
        found.append("не похоже ни на одно размеченное обращение")
    if similar > 0:
        found.append(f"похожих неразмеченных: {similar}")
    if pool.probabilities is not None and pool.counts is not None and pool.counts[first] < _FEW:
        found.append(f"вероятная метка редка: размечено {pool.counts[first]}, ожидается ещё {expected[first]}")
    return found
