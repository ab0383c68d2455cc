"""Texts -> numbers that every fit reads: each text is read once, whatever the folds are.

A token is the number of its kind (form and casing), so a hundred thousand appeals fit
into some hundred megabytes; what a kind is to a classifier is worked out once a kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import joblib
import numpy as np
import numpy.typing as npt
from scipy import sparse

from mcu_nlp.dataset.examples import Example
from mcu_nlp.kind.encoder import CueEncoder
from mcu_nlp.kind.lexicon import shipped_cues
from mcu_nlp.linear.ngrams import Floats
from mcu_nlp.text.clauses import clauses
from mcu_nlp.text.document import Document, Token
from mcu_nlp.text.terms import casing
from mcu_nlp.tone.evidence import found_rules, places_of
from mcu_nlp.tone.lexicon import SIGNALS, shipped_lexicon
from mcu_nlp.tone.style import StyleEncoder
from mcu_nlp.training.kinds import NUMBERS, Kind, Kinds
from mcu_nlp.training.parallel import in_processes

Rows = npt.NDArray[np.intp]
Evidence = tuple[tuple[str, int, int], ...]
_BATCH = 500
# Below this a second process costs more, by reading the dictionary again, than it saves.
_WORTH_PROCESSES = 2_000
_MOST_PROCESSES = 4


@dataclass(frozen=True)
class TokenLists:
    """Texts as lists of kinds: those of text ``n`` are ``tokens[bounds[n]:bounds[n + 1]]``."""

    kinds: Kinds
    tokens: npt.NDArray[np.int32]
    bounds: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.bounds) - 1

    def take(self, rows: Rows) -> TokenLists:
        """Some of the texts, in the order of ``rows``."""
        lengths = np.diff(self.bounds)[rows]
        bounds = np.concatenate(([0], np.cumsum(lengths)))
        places = np.arange(bounds[-1]) + np.repeat(self.bounds[rows] - bounds[:-1], lengths)
        return TokenLists(self.kinds, self.tokens[places], bounds)

    @cached_property
    def owners(self) -> npt.NDArray[np.int64]:
        """The text of every token."""
        return np.repeat(np.arange(len(self)), np.diff(self.bounds))

    def counts(self, columns: npt.NDArray[np.int32], width: int) -> sparse.csr_matrix:
        """How often each text holds each column, ``(texts, width)``; ``columns`` gives that of a kind, -1 for none."""
        found = columns[self.tokens]
        kept = found >= 0
        ones = np.ones(int(kept.sum()), np.float32)
        return sparse.coo_matrix((ones, (self.owners[kept], found[kept])), shape=(len(self), width)).tocsr()


@dataclass(frozen=True)
class Clauses:
    """The clauses of texts with marked evidence: whose they are, their tokens, rules found, signals proven."""

    owners: Rows
    texts: TokenLists
    found: Floats
    proven: npt.NDArray[np.bool_]

    def take(self, rows: Rows, length: int) -> Clauses:
        """The clauses of some texts out of ``length``; owners are numbered anew."""
        place = np.full(length, -1, np.intp)
        place[rows] = np.arange(len(rows))
        kept = np.flatnonzero(place[self.owners] >= 0)
        return Clauses(place[self.owners[kept]], self.texts.take(kept), self.found[kept], self.proven[kept])


@dataclass(frozen=True)
class Readings:
    """Texts that were read: tokens, marks of style ``(texts, rules and marks)`` and cues of kind ``(texts, cues)``."""

    texts: TokenLists
    style: Floats
    cues: Floats
    clauses: Clauses

    def __len__(self) -> int:
        return len(self.texts)

    def take(self, rows: Sequence[int] | Rows) -> Readings:
        """Some of the texts, in the order of ``rows``."""
        rows = np.asarray(rows, np.intp)
        own = self.clauses.take(rows, len(self))
        return Readings(self.texts.take(rows), self.style[rows], self.cues[rows], own)


class _Batch(NamedTuple):
    kinds: list[Kind]
    tokens: list[list[int]]
    style: Floats
    cues: Floats
    owners: list[int]
    clauses: list[list[int]]
    found: list[Floats]
    proven: list[list[bool]]


def read_documents(
    examples: Sequence[Example], tell: Callable[[int], None] = lambda _: None, *, processes: int | None = None
) -> Readings:
    """Read the texts of examples; ``tell`` hears how many are done.

    Many texts are read by several processes (``processes``; by default as many as there are
    cores, at most 4); the result does not depend on how many.
    """
    return read_texts([e.text for e in examples], [e.evidence for e in examples], tell, processes=processes)


def read_texts(
    texts: Sequence[str],
    evidence: Sequence[Evidence] | None = None,
    tell: Callable[[int], None] = lambda _: None,
    *,
    marks: bool = True,
    processes: int | None = None,
) -> Readings:
    """Read raw messages; without ``marks`` style and cues stay 0."""
    proofs = evidence if evidence is not None else [()] * len(texts)
    processes = processes or processes_for(len(texts))
    starts = range(0, len(texts), _BATCH)
    pieces = ((list(texts[start : start + _BATCH]), list(proofs[start : start + _BATCH]), marks) for start in starts)
    merged = _Merged()
    for batch in in_processes(_read_batch, pieces, processes):
        merged.add(batch)
        tell(len(merged.lengths))
    return merged.readings()


def processes_for(texts: int) -> int:
    """How many processes are worth starting for so many texts."""
    return min(_MOST_PROCESSES, joblib.cpu_count()) if texts >= _WORTH_PROCESSES else 1


def _read_batch(texts: list[str], evidence: list[Evidence], marks: bool) -> _Batch:
    style, cues = StyleEncoder(shipped_lexicon()), CueEncoder(shipped_cues())
    rules = {rule: place for place, rule in enumerate(style.lexicon.rules)}
    kinds: dict[Kind, int] = {}
    batch = _Batch(
        [],
        [],
        np.zeros((len(texts), len(style.names)), np.float32),
        np.zeros((len(texts), len(cues.names)), np.float32),
        [],
        [],
        [],
        [],
    )
    for number, text in enumerate(texts):
        document = Document.of(text)
        read = [(token.start, kind) for token in document.tokens if (kind := _kind(token)) is not None]
        tokens = [kinds.setdefault(kind, len(kinds)) for _, kind in read]
        batch.tokens.append(tokens)
        if not marks:
            continue
        batch.style[number] = style.encode(document)
        batch.cues[number] = cues.encode(document)
        # Evidence is marked by places in the raw text.
        if not evidence[number] or document.text != text:
            continue
        spans = clauses(document)
        own: list[list[int]] = [[] for _ in spans]
        for place, token in zip(places_of(spans, [start for start, _ in read]), tokens, strict=False):
            own[place].append(token)
        batch.owners.extend([number] * len(spans))
        batch.clauses.extend(own)
        batch.found.append(found_rules(spans, style.hits(document), rules))
        for clause in spans:
            proven = {s for s, start, end in evidence[number] if start < clause.end and clause.start < end}
            batch.proven.append([signal in proven for signal in SIGNALS])
    batch.kinds.extend(kinds)
    return batch


def _kind(token: Token) -> Kind | None:
    first = token.text[0]
    if first.isalpha():
        return token.lower, casing(token.text)
    return NUMBERS if first.isdigit() else None


class _Merged:
    """Batches put together; a kind gets its number when it is first met, so the order of texts decides alone."""

    def __init__(self) -> None:
        self.kinds: dict[Kind, int] = {}
        self.lengths: list[int] = []
        self.parts: dict[str, list[npt.NDArray[np.generic]]] = {}
        self.clause_lengths: list[int] = []

    def add(self, batch: _Batch) -> None:
        numbers = np.array([self.kinds.setdefault(kind, len(self.kinds)) for kind in batch.kinds], np.int32)
        begin = len(self.lengths)
        for name, lists in (("tokens", batch.tokens), ("clauses", batch.clauses)):
            flat = np.array([token for tokens in lists for token in tokens], np.intp)
            self._put(name, numbers[flat] if len(flat) else np.empty(0, np.int32))
        self.lengths += map(len, batch.tokens)
        self.clause_lengths += map(len, batch.clauses)
        self._put("style", batch.style)
        self._put("cues", batch.cues)
        self._put("owners", np.array(batch.owners, np.intp) + begin)
        self._put("proven", np.array(batch.proven, bool).reshape(-1, len(SIGNALS)))
        for found in batch.found:
            self._put("found", found)

    def _put(self, name: str, part: npt.NDArray[np.generic]) -> None:
        self.parts.setdefault(name, []).append(part)

    def _whole(self, name: str, width: int) -> npt.NDArray[np.generic]:
        parts = self.parts.get(name)
        return np.concatenate(parts) if parts else np.zeros((0, width), np.float32)

    def readings(self) -> Readings:
        kinds = Kinds(tuple(self.kinds))
        style, cues = StyleEncoder(shipped_lexicon()), CueEncoder(shipped_cues())
        if not self.parts:
            self.add(_read_batch([], [], False))
        texts, pieces = (
            TokenLists(kinds, np.concatenate(self.parts[name]).astype(np.int32), np.cumsum([0, *lengths]))
            for name, lengths in (("tokens", self.lengths), ("clauses", self.clause_lengths))
        )
        found = self._whole("found", len(style.lexicon.rules)).astype(np.float32)
        own = Clauses(
            np.concatenate(self.parts["owners"]).astype(np.intp),
            pieces,
            found,
            np.concatenate(self.parts["proven"]).astype(bool),
        )
        marks = [self._whole(name, len(e.names)).astype(np.float32) for name, e in (("style", style), ("cues", cues))]
        return Readings(texts, marks[0], marks[1], own)
