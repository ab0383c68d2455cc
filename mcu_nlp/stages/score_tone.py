"""Clean text -> tone: level, and signals with the words that prove them.

Each signal's probability comes from learned weights over the words and the hits of the
named rules together. Its evidence is the clause of the rules' hits or, where no rule
hit, the clause whose words weighed most.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mcu_nlp.linear import Calibrator, Heads, NgramEncoder, Scores
from mcu_nlp.linear.attribution import word_weights
from mcu_nlp.linear.ngrams import Floats, SparseRow
from mcu_nlp.records import Signal, Span, Tone
from mcu_nlp.text.clauses import clause_at, clauses
from mcu_nlp.text.document import Document
from mcu_nlp.text.terms import Term
from mcu_nlp.tone.evidence import HEAD, clause_scores, read_clauses
from mcu_nlp.tone.levels import LEVELS, REASONS, ConflictMix, conflict_scores, decide, level_scores
from mcu_nlp.tone.lexicon import OBSCENE, SIGNALS, Hit, shipped_lexicon
from mcu_nlp.tone.target import find_target

_MOST_SPANS = 3


@dataclass(frozen=True, slots=True)
class SignalSettings:
    """Platt's sigmoid of one signal's score, and the probability from which it is shown."""

    slope: float
    offset: float
    threshold: float

    def probability(self, score: float) -> float:
        """The calibrated probability of the signal."""
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, self.slope * score + self.offset))))


class ToneScorer:
    """Reads level and signals off the heads ``level`` and ``signal``.

    ``style_begin`` is where the lexicon's rules begin among the dense features.
    """

    def __init__(
        self,
        heads: Heads,
        ngrams: NgramEncoder,
        level: Calibrator,
        level_bias: Sequence[float],
        signals: Mapping[str, SignalSettings],
        mix: ConflictMix,
        style_begin: int,
    ) -> None:
        self.heads, self.ngrams, self.level, self.signals, self.mix = heads, ngrams, level, signals, mix
        self.level_bias = np.asarray(level_bias, np.float32)
        self.lexicon = shipped_lexicon()
        self._thresholds = {name: settings.threshold for name, settings in signals.items()}
        self._rules = {rule: place for place, rule in enumerate(self.lexicon.rules)}
        self._style_begin = style_begin

    def levels(self, scores: Scores, hits: Sequence[Sequence[Hit]]) -> Floats:
        """Probabilities of the levels: ``(texts, levels)``; ``hits`` are the lexicon's finds in each text."""
        conflict = conflict_scores(scores["level"], scores["signal"], self.mix)
        suspected = np.array([any(hit.conflict for hit in own) for own in hits], bool)
        return self.level.probabilities(level_scores(scores["level"], conflict, suspected, self.level_bias))

    def __call__(
        self,
        document: Document,
        probabilities: Floats,
        signal_scores: Floats,
        hits: Sequence[Hit],
        terms: Sequence[Term],
        row: SparseRow,
    ) -> Tone:
        """The tone of one text from its level probabilities ``(levels,)`` and signal scores ``(signals,)``."""
        likely = {
            signal: self.signals[signal].probability(score)
            for signal, score in zip(SIGNALS, signal_scores.tolist(), strict=True)
        }
        if not terms:
            likely = dict.fromkeys(SIGNALS, 0.0)  # without a word there is nothing to show
        rules = {hit.rule: self.lexicon.rules[hit.rule] for hit in hits}
        decision = decide(LEVELS[int(probabilities.argmax())], likely, self._thresholds, rules)
        found = tuple(
            self._signal(signal, decision.likely[signal], document, hits, terms, row) for signal in decision.shown
        )
        sure = max(float(probabilities[LEVELS.index(decision.level)]), decision.proven)
        return Tone(decision.level, sure, found)

    def _signal(
        self,
        signal: str,
        probability: float,
        document: Document,
        hits: Sequence[Hit],
        terms: Sequence[Term],
        row: SparseRow,
    ) -> Signal:
        spans = self._evidence(signal, document, hits, terms, row)
        aimed = signal in REASONS and spans
        return Signal(signal, probability, spans, find_target(document, spans[0]) if aimed else None)

    def _evidence(
        self, signal: str, document: Document, hits: Sequence[Hit], terms: Sequence[Term], row: SparseRow
    ) -> tuple[Span, ...]:
        """The clause that proves the signal best, as the corpus's evidence taught; obscene words prove themselves."""
        if signal == "insult" and (obscene := [hit for hit in hits if hit.rule == OBSCENE]):
            return tuple(dict.fromkeys(clause_at(document, hit.span.start) for hit in obscene))[:_MOST_SPANS]
        own = [hit for hit in hits if hit.signal == signal]
        proving = [hit for hit in own if hit.strong] or own
        clause = self._heaviest_clause(
            signal, document, hits, terms, row, {clause_at(document, hit.span.start) for hit in proving}
        )
        return () if clause is None else (clause,)

    def _heaviest_clause(
        self,
        signal: str,
        document: Document,
        hits: Sequence[Hit],
        terms: Sequence[Term],
        row: SparseRow,
        among: Collection[Span],
    ) -> Span | None:
        """The clause that proves the signal best; one of ``among`` if there are any."""
        candidates = [clause for clause in clauses(document) if not among or clause in among]
        if not candidates or not terms:
            return candidates[0] if candidates else None
        place = SIGNALS.index(signal)
        if HEAD in self.heads.classes:
            spans, rows, found = read_clauses(document, terms, hits, self.ngrams, self._rules)
            likely = clause_scores(rows, found, self.heads, place, self._style_begin)
            return spans[int(likely.argmax())]
        # A model without a corpus behind it: the clause whose words spoke most for the signal.
        weights = word_weights(terms, row, self.ngrams, self.heads, self.heads.columns("signal").start + place)
        starts = np.array([term.token.start for term in terms])
        return max(candidates, key=lambda c: float(weights[(starts >= c.start) & (starts < c.end)].sum()))
