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
_Clauses = tuple[list[Span], list[SparseRow], Floats]
# What a rule's find in a clause counts.
_RULE = 0.7


def read_clauses(
    document: Document, terms: Sequence[Term], hits: Sequence[Hit], ngrams: NgramEncoder, rules: Mapping[str, int]
) -> _Clauses:
    """The clauses, their n-grams, and the rules found in each, ``(clauses, rules)``; read once a document."""
    # Another encoder numbers the n-grams otherwise: training reads one document with several.
    known: tuple[NgramEncoder, _Clauses] | None = document.notes.get("read_clauses")
    if known is None or known[0] is not ngrams:
        known = document.notes["read_clauses"] = ngrams, _read_clauses(document, terms, hits, ngrams, rules)
    return known[1]


def _read_clauses(
    document: Document, terms: Sequence[Term], hits: Sequence[Hit], ngrams: NgramEncoder, rules: Mapping[str, int]
) -> _Clauses:
    spans = clauses(document)
    own: list[list[Term]] = [[] for _ in spans]
    for place, term in zip(places_of(spans, [term.token.start for term in terms]), terms, strict=False):
        own[place].append(term)
    return spans, ngrams.encode_all(own), found_rules(spans, hits, rules)


def places_of(spans: Sequence[Span], starts: Sequence[int]) -> list[int]:
    """In which clause each place of the text lies; none where there are no clauses."""
    begins = [clause.start for clause in spans]
    return [max(0, bisect_right(begins, start) - 1) for start in starts] if spans else []


def found_rules(spans: Sequence[Span], hits: Sequence[Hit], rules: Mapping[str, int]) -> Floats:
    """What the finds of rules count in each clause: ``(clauses, rules)``."""
    found = np.zeros((len(spans), len(rules)), np.float32)
    for place, hit in zip(places_of(spans, [hit.span.start for hit in hits]), hits, strict=False):
        found[place, rules[hit.rule]] = _RULE
    return found


def clause_scores(rows: Sequence[SparseRow], found: Floats, heads: Heads, signal: int, style: int) -> Floats:
    """How well each clause proves a signal; ``style`` is where the rules begin among the dense features."""
    column = heads.columns(HEAD).start + signal
    owners = np.repeat(np.arange(len(rows)), [len(row.indices) for row in rows])
    weights = heads.weights(np.concatenate([row.indices for row in rows]), column)
    spoken = np.bincount(owners, np.concatenate([row.values for row in rows]) * weights, minlength=len(rows))
    return spoken.astype(np.float32) + found @ heads.dense[style : style + found.shape[1], column]
