"""Which clause proves a signal: each clause read by the head ``clause``, taught by the corpus's spans."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

import numpy as np

from mcu_nlp.linear.heads import Heads
from mcu_nlp.linear.ngrams import Floats, NgramEncoder, SparseRow
from mcu_nlp.records import Span
from mcu_nlp.text.clauses import clauses
from mcu_nlp.text.document import Document
from mcu_nlp.text.terms import Term
from mcu_nlp.tone.lexicon import Hit

HEAD = "clause"
# What a rule's find in a clause counts.
_RULE = 0.7


def read_clauses(
    document: Document, terms: Sequence[Term], hits: Sequence[Hit], ngrams: NgramEncoder, rules: Mapping[str, int]
) -> tuple[list[Span], list[SparseRow], Floats]:
    """The clauses, their n-grams, and the rules found in each, ``(clauses, rules)``; read once a document."""
    known: tuple[list[Span], list[SparseRow], Floats] | None = document.notes.get("read_clauses")
    if known is None:
        known = document.notes["read_clauses"] = _read_clauses(document, terms, hits, ngrams, rules)
    return known


def _read_clauses(
    document: Document, terms: Sequence[Term], hits: Sequence[Hit], ngrams: NgramEncoder, rules: Mapping[str, int]
) -> tuple[list[Span], list[SparseRow], Floats]:
    spans = clauses(document)
    starts = [clause.start for clause in spans]
    own: list[list[Term]] = [[] for _ in spans]
    found = np.zeros((len(spans), len(rules)), np.float32)
    if spans:
        for term in terms:
            own[max(0, bisect_right(starts, term.token.start) - 1)].append(term)
        for hit in hits:
            found[max(0, bisect_right(starts, hit.span.start) - 1), rules[hit.rule]] = _RULE
    return spans, [ngrams.encode(one) for one in own], found


def clause_scores(rows: Sequence[SparseRow], found: Floats, heads: Heads, signal: int, style: int) -> Floats:
    """How well each clause proves a signal; ``style`` is where the rules begin among the dense features."""
    column = heads.columns(HEAD).start + signal
    spoken = [float(row.values @ heads.weights(row.indices, column)) for row in rows]
    return np.asarray(spoken, np.float32) + found @ heads.dense[style : style + found.shape[1], column]
