"""Why the classifiers answered so: the words that weighed most, with their places and weights."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from mcu_nlp.kind.lexicon import Cue
from mcu_nlp.linear import Encoded
from mcu_nlp.linear.attribution import word_weights
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.records import Analysis, Explanation, Reason, Span
from mcu_nlp.tone.levels import LEVELS

if TYPE_CHECKING:
    from mcu_nlp.analyzer import Analyzer

_MOST = 8


def explain_analysis(
    analyzer: Analyzer, analysis: Analysis, encoded: Encoded, number: int, cues: Sequence[Cue]
) -> Analysis:
    """Add ``because`` to the parts that the analysis holds; ``number`` is its place in ``encoded``.

    ``cues`` are those of kinds found in the text.
    """

    def words(head: str, answer: str) -> tuple[Reason, ...]:
        classes = analyzer.bundle.heads.classes.get(head, ())
        if answer not in classes:
            return ()  # a rule's department is explained by its rule
        added = cues if head == "kind" else ()
        return _reasons(analyzer, analysis.text, encoded, number, head, classes.index(answer), added)

    level = analysis.tone.level if analysis.tone else LEVELS[0]
    explanation = Explanation(
        category=words("category", analysis.category.id) if analysis.category else (),
        topic=words("topic", analysis.topic.id) if analysis.topic else (),
        department=words("department", analysis.department.id) if analysis.department else (),
        tone=words("level", level) if analysis.tone else (),
        kind=words("kind", analysis.kind.id) if analysis.kind else (),
    )
    return replace(analysis, explanation=explanation)


def _reasons(
    analyzer: Analyzer, text: str, encoded: Encoded, number: int, head: str, answer: int, cues: Sequence[Cue]
) -> tuple[Reason, ...]:
    """Words with a positive weight, heaviest first; the occurrences of a word are one reason."""
    heads, terms = analyzer.bundle.heads, encoded.terms[number]
    column = heads.columns(head).start + answer
    weights = word_weights(terms, encoded.rows[number], analyzer.bundle.encoder.ngrams, heads, column)
    weights += cue_weights(analyzer, encoded, number, column, cues)
    weights += place_weights(analyzer, encoded, number, column)
    total: dict[str, float] = defaultdict(float)
    spans: dict[str, list[Span]] = defaultdict(list)
    for term, weight in zip(terms, weights, strict=True):
        word = term.word or term.token.lower
        total[word] += float(weight)
        spans[word].append(Span.of(text, term.token.start, term.token.end))
    heaviest = sorted(total, key=lambda word: -total[word])[:_MOST]
    return tuple(Reason(word, total[word], tuple(spans[word])) for word in heaviest if total[word] > 0)


def cue_weights(analyzer: Analyzer, encoded: Encoded, number: int, column: int, cues: Sequence[Cue]) -> Floats:
    """What each term added to a column's score as part of a cue: ``(terms,)``; a cue's words share it."""
    starts = [term.token.start for term in encoded.terms[number]]
    encoder, times = analyzer.bundle.encoder, Counter(cue.rule for cue in cues)
    begin = encoder.blocks["cues"].start
    weights = np.zeros(len(starts), np.float32)
    for cue in cues:
        feature = begin + encoder.cues.place(cue.rule)
        added = encoded.dense[number, feature] * analyzer.bundle.heads.dense[feature, column] / times[cue.rule]
        first, last = bisect_left(starts, cue.span.start), bisect_left(starts, cue.span.end)
        weights[first:last] += added / max(1, last - first)
    return weights


def place_weights(analyzer: Analyzer, encoded: Encoded, number: int, column: int) -> Floats:
    """What each term added to a column's score by naming a place: ``(terms,)``; words of one place share it."""
    encoder, dense = analyzer.bundle.encoder, analyzer.bundle.heads.dense
    begin = encoder.blocks["places"].start
    named = [encoder.named.places(term.token.lower) for term in encoded.terms[number]]
    times = Counter(place for places in named for place in places)
    added = {
        place: float(encoded.dense[number, begin + place] * dense[begin + place, column]) / count
        for place, count in times.items()
    }
    return np.array([sum(added[place] for place in places) for places in named], np.float32)
