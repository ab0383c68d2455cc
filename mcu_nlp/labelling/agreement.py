"""How far annotators agree: share, kappa (Cohen, 1960), alpha (Krippendorff, 2004), and on what they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import cohen_kappa_score

from mcu_nlp.errors import InputError
from mcu_nlp.labelling.records import FIELD_TITLES
from mcu_nlp.labelling.rows import Data, labels_of, sorted_rows
from mcu_nlp.tables import BadRow, Row

_DRAWS = 1000
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A pair of labels, in alphabetical order of the two, that annotators gave one appeal, and how often."""

    first: str
    second: str
    count: int


@dataclass(frozen=True, slots=True)
class FieldAgreement:
    """Agreement on one field.

    ``n`` appeals bear two labels or more. ``kappa`` with its 95 % bootstrap interval
    ``low`` .. ``high`` is there for two annotators; ``None`` for more, and where all labels
    are one and the same. ``alpha`` is Krippendorff's for nominal data, for any number.
    """

    field: str
    n: int
    share: float
    kappa: float | None
    low: float | None
    high: float | None
    alpha: float | None
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement by field; of each file, how many appeals stand in no other, and the records that could not be read."""

    fields: tuple[FieldAgreement, ...]
    unmatched: tuple[int, ...]
    failed: tuple[tuple[BadRow, ...], ...]


def agreement(*annotators: Data, chosen: Mapping[str, str | None] | None = None, random_state: int = 0) -> Agreement:
    """Compare two or more files (or lists of rows) that label the same appeals.

    Records are matched by id where all files have ids and share some, otherwise by text.
    White space and case do not tell texts or labels apart. Raises ``TypeError`` for fewer than two,
    what :func:`mcu_nlp.read_rows` raises, and ``InputError``: ``annotators_unmatched`` when no label can be compared.
    """
    if len(annotators) < 2:
        raise TypeError(f"agreement compares two files or more, got {len(annotators)}")
    tables, failed = zip(*(sorted_rows(one, chosen) for one in annotators), strict=True)
    by_id = all(row.values.get("id") for rows in tables for row in rows)
    keyed = [_keyed(rows, by_id=by_id) for rows in tables]
    shared = Counter(key for one in keyed for key in one)
    if by_id and max(shared.values(), default=0) < 2:
        # Every file counts its records in its own way.
        keyed = [_keyed(rows, by_id=False) for rows in tables]
        shared = Counter(key for one in keyed for key in one)
    spelling: dict[str, str] = {}
    found = []
    for field in FIELD_TITLES:
        labels = [
            {
                key: spelling.setdefault(label.casefold(), label)
                for key, row in one.items()
                if (label := _label(row, field))
            }
            for one in keyed
        ]
        units = [[one.get(key) for one in labels] for key in shared]
        units = [unit for unit in units if sum(label is not None for label in unit) > 1]
        if units:
            found.append(_field(field, units, random_state))
    if not found:
        raise InputError("annotators_unmatched", files=len(annotators))
    return Agreement(tuple(found), tuple(sum(shared[key] == 1 for key in one) for one in keyed), failed)


def _keyed(rows: Sequence[Row], *, by_id: bool) -> dict[str, Row]:
    """Rows by what they are matched by; of copies the first counts."""
    found: dict[str, Row] = {}
    for row in rows:
        found.setdefault(row.id if by_id else " ".join(row.values["text"].lower().split()), row)
    return found


def _label(row: Row, field: str) -> str | None:
    return labels_of([row], field)[0]


def _field(field: str, units: Sequence[Sequence[str | None]], random_state: int) -> FieldAgreement:
    given = [[label for label in unit if label is not None] for unit in units]
    pairs = [(a, b) for unit in given for place, a in enumerate(unit) for b in unit[place + 1 :]]
    differ = Counter((min(pair), max(pair)) for pair in pairs if pair[0] != pair[1])
    ranked = sorted(differ.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
    kappa = low = high = None
    if len(units[0]) == 2:
        kappa, low, high = _kappa([(unit[0], unit[1]) for unit in given], random_state)
    return FieldAgreement(
        field=field,
        n=len(units),
        share=sum(a == b for a, b in pairs) / len(pairs),
        kappa=kappa,
        low=low,
        high=high,
        alpha=nominal_alpha(given),
        disagreements=tuple(Disagreement(a, b, count) for (a, b), count in ranked),
    )


def _kappa(pairs: Sequence[tuple[str, str]], random_state: int) -> tuple[float | None, float | None, float | None]:
    """Kappa and the percentiles 2.5 and 97.5 of kappas of resampled appeals."""
    names, places = np.unique(np.array(pairs, object), return_inverse=True)
    labels = places.reshape(-1, 2)
    if len(names) < 2:
        return None, None, None
    random = np.random.default_rng(random_state)
    draws = random.integers(len(labels), size=(_DRAWS, len(labels)))
    kappas = [_plain_kappa(labels[draw], len(names)) for draw in draws]
    defined = [kappa for kappa in kappas if kappa is not None]
    low, high = np.percentile(defined, [2.5, 97.5]) if defined else (np.nan, np.nan)
    return float(cohen_kappa_score(labels[:, 0], labels[:, 1])), float(low), float(high)


def _plain_kappa(labels: np.typing.NDArray[np.intp], classes: int) -> float | None:
    """Cohen's kappa by counting: a thousand draws of it cost what three of the library's cost."""
    expected = (
        float((np.bincount(labels[:, 0], minlength=classes) * np.bincount(labels[:, 1], minlength=classes)).sum())
        / len(labels) ** 2
    )
    observed = float((labels[:, 0] == labels[:, 1]).mean())
    return (observed - expected) / (1 - expected) if expected < 1 else None


def nominal_alpha(units: Sequence[Sequence[str]]) -> float | None:
    """Krippendorff's alpha of nominal labels, a list an appeal; ``None`` where all labels are one and the same.

    >>> nominal_alpha([["a", "a"], ["b", "b"], ["a", "b"]])
    0.4444...
    """
    kept = [unit for unit in units if len(unit) > 1]
    totals = Counter(label for unit in kept for label in unit)
    n = sum(totals.values())
    expected = sum(count * (n - count) for count in totals.values()) / (n - 1) if n > 1 else 0.0
    if not expected:
        return None
    observed = sum(
        sum(count * (len(unit) - count) for count in Counter(unit).values()) / (len(unit) - 1) for unit in kept
    )
    return 1 - observed / expected
