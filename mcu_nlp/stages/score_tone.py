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
import numpy.typing as npt

from mcu_nlp.linear import Calibrator, Heads, NgramEncoder, Scores
from mcu_nlp.linear.attribution import word_weights
from mcu_nlp.linear.ngrams import Floats, SparseRow
from mcu_nlp.records import Signal, Span, Tone
from mcu_nlp.text.clauses import clause_at, clauses
from mcu_nlp.text.document import Document
from mcu_nlp.text.terms import Term
from mcu_nlp.tone.evidence import HEAD, clause_scores, read_clauses
from mcu_nlp.tone.lexicon import OBSCENE, SIGNALS, Hit, shipped_lexicon
from mcu_nlp.tone.style import StyleEncoder
from mcu_nlp.tone.target import find_target

LEVELS = ("neutral", "tense", "conflict")
# Signals that can make a conflict (the definition of the level); without one there is none.
_OF_CONFLICT = ("insult", "accusation", "escalation", "reply_dispute", "sarcasm")
_MOST_SPANS = 3
# Signals that are aimed at somebody.
_AIMED = ("insult", "accusation", "escalation", "reply_dispute", "sarcasm")
# Signals that are never guessed without a rule's find: to say that a citizen insulted somebody needs the word.
_BY_RULE = ("insult",)
# An obscene word proves an insult whatever the learned weights say.
_PROVEN = 0.95


def level_scores(scores: npt.NDArray[np.floating], bias: npt.NDArray[np.floating]) -> Floats:
    """One score a level, the largest decides: ``(texts, levels)`` -> the same.

    Not neutral and conflict are two decisions, each with its own threshold in ``bias``
    (that of tense is not used): a conflict is found whatever the first one says.
    """
    calm, conflict = scores[:, 0] + bias[0], scores[:, 2] + bias[2]
    return np.stack((np.zeros_like(calm), -calm, np.maximum(-calm, 0) + conflict), axis=1).astype(np.float32)


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
    """Reads level and signals off the heads ``level`` and ``signal``."""

    def __init__(
        self,
        heads: Heads,
        ngrams: NgramEncoder,
        level: Calibrator,
        level_bias: Sequence[float],
        signals: Mapping[str, SignalSettings],
    ) -> None:
        self.heads, self.ngrams, self.level, self.signals = heads, ngrams, level, signals
        self.level_bias = np.asarray(level_bias, np.float32)
        style = StyleEncoder(shipped_lexicon()).names
        self._rules = {rule: place for place, rule in enumerate(shipped_lexicon().rules)}
        self._style_begin = len(heads.dense) - len(style)

    def levels(self, scores: Scores) -> Floats:
        """Probabilities of the levels: ``(texts, levels)``."""
        return self.level.probabilities(level_scores(scores["level"], self.level_bias))

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
        level = LEVELS[int(probabilities.argmax())]
        likely = {
            signal: self.signals[signal].probability(score)
            for signal, score in zip(SIGNALS, signal_scores.tolist(), strict=True)
        }
        if not terms:
            likely = dict.fromkeys(SIGNALS, 0.0)  # without a word there is nothing to show
        if any(hit.rule == OBSCENE for hit in hits):
            likely["insult"], level = max(likely["insult"], _PROVEN), "conflict"
        for signal in _BY_RULE:
            if not any(hit.signal == signal for hit in hits):
                likely[signal] = 0.0
        shown = [signal for signal in SIGNALS if likely[signal] >= self.signals[signal].threshold]
        if level == "neutral" and any(hit.conflict and hit.signal in shown for hit in hits):
            level = "tense"  # what makes a conflict by definition, shown as a signal, is not calm
        if level == "conflict" and not any(signal in _OF_CONFLICT for signal in shown):
            # No conflict without a reason shown: the likeliest reason, if half likely, else no conflict.
            strongest = max(_OF_CONFLICT, key=lambda signal: likely[signal] / self.signals[signal].threshold)
            if likely[strongest] >= self.signals[strongest].threshold / 2:
                shown.append(strongest)
            else:
                level = "tense"
        found = tuple(
            self._signal(signal, likely[signal], document, hits, terms, row) for signal in SIGNALS if signal in shown
        )
        return Tone(level, float(probabilities[LEVELS.index(level)]), found)

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
        aimed = signal in _AIMED and spans
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
