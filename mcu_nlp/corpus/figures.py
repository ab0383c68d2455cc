"""How large and how varied the corpus is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mcu_nlp.corpus.rows import CorpusRow

QUANTILES = (5, 25, 50, 75, 90, 95)
# The corpus has to hold at least so many.
QUOTAS: Mapping[str, tuple[int, Callable[[CorpusRow], bool]]] = {
    "rows": (2400, lambda _: True),
    "cards": (600, lambda row: row.card is not None),
    "several_questions": (150, lambda row: len(row.questions) > 1),
    "conflict": (250, lambda row: row.tone == "conflict"),
    "tense": (400, lambda row: row.tone == "tense"),
    "out_of_scope": (150, lambda row: row.topic is None),
}
TOPIC_QUOTA = 10
# Texts of such likeness are one text with a few words changed.
NEAR = 0.9
NEAR_SHARE = 0.01
_CHUNK = 256
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class CorpusFigures:
    """Counts by label; ``trigrams`` are distinct runs of three words, their share is of all such runs."""

    quotas: dict[str, int]
    topics: int
    smallest_topic: int
    channels: dict[str, int]
    registers: dict[str, int]
    kinds: dict[str, int]
    tones: dict[str, int]
    signals: dict[str, int]
    near_duplicates: int
    trigrams: int
    trigram_share: float
    lengths: dict[str, list[int]]

    def to_dict(self) -> dict[str, Any]:
        """For reports."""
        return asdict(self)


def corpus_figures(rows: Sequence[CorpusRow]) -> CorpusFigures:
    """Measure a corpus."""
    topics = Counter(row.topic for row in rows if row.topic)
    distinct, share = distinct_trigrams(row.text for row in rows)
    return CorpusFigures(
        quotas={name: sum(map(belongs, rows)) for name, (_, belongs) in QUOTAS.items()},
        topics=len(topics),
        smallest_topic=min(topics.values(), default=0),
        channels=_counts(row.channel for row in rows),
        registers=_counts(row.register for row in rows),
        kinds=_counts(row.kind for row in rows),
        tones=_counts(row.tone for row in rows),
        signals=_counts(signal.id for row in rows for signal in row.signals),
        near_duplicates=len({place for pair in near_duplicates([row.text for row in rows]) for place in pair}),
        trigrams=distinct,
        trigram_share=round(share, 4),
        lengths={
            "all": length_quantiles(row.text for row in rows),
            "portal": length_quantiles(row.text for row in rows if row.channel == "portal"),
            "social": length_quantiles(row.text for row in rows if row.channel == "social"),
        },
    )


def distinct_trigrams(texts: Iterable[str]) -> tuple[int, float]:
    """How many different runs of three words there are, and their share of all runs.

    >>> distinct_trigrams(["Яма на дороге", "яма на дороге, яма"])
    (2, 0.6666666666666666)
    """
    seen: set[tuple[str, ...]] = set()
    total = 0
    for text in texts:
        words = _WORD.findall(text.lower())
        total += max(0, len(words) - 2)
        seen.update(zip(words, words[1:], words[2:], strict=False))
    return len(seen), len(seen) / total if total else 0.0


def length_quantiles(texts: Iterable[str]) -> list[int]:
    """Lengths in characters at ``QUANTILES``; empty without texts.

    >>> length_quantiles(["Яма"] * 20)
    [3, 3, 3, 3, 3, 3]
    """
    lengths = sorted(map(len, texts))
    return [lengths[min(len(lengths) - 1, len(lengths) * percent // 100)] for percent in QUANTILES] if lengths else []


def near_duplicates(texts: Sequence[str], likeness: float = NEAR) -> list[tuple[int, int]]:
    """Pairs of texts whose counts of character 4-grams have at least this cosine.

    >>> near_duplicates(["Яма на улице Мира", "яма на улице Мира!", "Нет света"], 0.8)
    [(0, 1)]
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    if len(texts) < 2:
        return []
    rows = TfidfVectorizer(analyzer="char", ngram_range=(4, 4), use_idf=False).fit_transform(texts)
    columns = rows.T.tocsr()
    pairs: list[tuple[int, int]] = []
    for first in range(0, len(texts), _CHUNK):
        alike = (rows[first : first + _CHUNK] @ columns).tocoo()
        close = alike.data >= likeness
        found = zip(alike.row[close] + first, alike.col[close], strict=True)
        pairs += sorted((int(one), int(other)) for one, other in found if one < other)
    return pairs


def _counts(values: Iterable[str]) -> dict[str, int]:
    return dict(Counter(values).most_common())
