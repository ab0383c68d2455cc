"""Marks of a text <-> signals, questions and the registration card."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from mcu_nlp.corpus.labels import CARD_MARKS, CONTACTS, MARKS, PLACE_PARTS, QUESTION, SIGNALS, VALUES
from mcu_nlp.corpus.markup import Mark
from mcu_nlp.corpus.rows import (
    CorpusCard,
    CorpusPerson,
    CorpusPlace,
    CorpusPrior,
    CorpusQuestion,
    CorpusRow,
    CorpusSignal,
    PlacePart,
    TypedSpan,
)
from mcu_nlp.errors import ConfigError
from mcu_nlp.records import Span

_RANKS = {kind: rank for rank, kind in enumerate(MARKS)}
_Record = TypeVar("_Record")


def signals_of(text: str, marks: Iterable[Mark]) -> tuple[CorpusSignal, ...]:
    """The signals, each with the clauses that prove it, in the order of ``labels.SIGNALS``."""
    proofs: dict[str, list[Span]] = {kind: [] for kind in SIGNALS}
    for mark in marks:
        if mark.kind in proofs:
            proofs[mark.kind].append(_span(text, mark))
    return tuple(CorpusSignal(kind, tuple(spans)) for kind, spans in proofs.items() if spans)


def questions_of(text: str, marks: Iterable[Mark]) -> tuple[CorpusQuestion, ...]:
    """The different problems that the text raises."""
    return tuple(
        CorpusQuestion(mark.start, mark.end, text[mark.start : mark.end], mark.value or "")
        for mark in marks
        if mark.kind == QUESTION
    )


def card_of(text: str, summary: str, marks: Sequence[Mark]) -> CorpusCard:
    """The card that the marks make up.

    >>> from mcu_nlp.corpus.markup import parse
    >>> text, marks = parse("Яма на {place ул. {street Мира}}")
    >>> [part.text for place in card_of(text, "Яма на ул. Мира", marks).places for part in place.parts]
    ['Мира']
    """
    spans: dict[str, list[Span]] = {kind: [] for kind in ("request", "organization", "date", "duration")}
    for mark in marks:
        if mark.kind in spans:
            spans[mark.kind].append(_span(text, mark))
    return CorpusCard(
        summary=summary,
        request=spans["request"][0] if spans["request"] else None,
        places=tuple(_places(text, marks)),
        persons=_valued(CorpusPerson, text, marks, "person"),
        organizations=tuple(spans["organization"]),
        contacts=tuple(TypedSpan(m.start, m.end, text[m.start : m.end], m.kind) for m in marks if m.kind in CONTACTS),
        dates=tuple(spans["date"]),
        duration=tuple(spans["duration"]),
        prior_appeals=tuple(_priors(text, marks)),
        ids=_valued(TypedSpan, text, marks, "id"),
    )


def check_marks(marks: Sequence[Mark], card: bool, where: str) -> None:
    """Refuse marks that no row can hold. Raises ``ConfigError`` (``corpus_markup``)."""
    for mark in marks:
        problem = _problem(mark, card)
        if problem:
            raise ConfigError("corpus_markup", where=where, problem=f"mark {mark.kind!r}: {problem}")
    if sum(mark.kind == "request" for mark in marks) > 1:
        raise ConfigError("corpus_markup", where=where, problem="more than one request; mark the main one")
    _check_parts(marks, "place", PLACE_PARTS, where)
    _check_parts(marks, "prior", ("number",), where)


def marks_of(row: CorpusRow) -> list[Mark]:
    """Every mark of a row, outer before inner; the inverse of the other functions of this module."""
    marks = {*_outer_marks(row), *(_card_marks(row.card) if row.card else ())}
    return sorted(marks, key=lambda mark: (mark.start, -mark.end, _RANKS[mark.kind], mark.value or ""))


def _problem(mark: Mark, card: bool) -> str | None:
    if mark.kind not in _RANKS:
        return f"unknown; expected one of {', '.join(MARKS)}"
    if mark.kind in CARD_MARKS and not card:
        return "belongs to a card; end the header with `card` and add the summary, or remove the mark"
    if mark.kind == QUESTION:
        return None if mark.value else "has no topic; write {question:TOPIC text}"
    expected = VALUES.get(mark.kind)
    if expected and mark.value not in expected:
        return f"needs one of {', '.join(expected)} after a colon"
    return "takes no value after a colon" if mark.value and not expected else None


def _check_parts(marks: Sequence[Mark], whole: str, parts: Sequence[str], where: str) -> None:
    """Parts lie inside a whole, and no whole lies inside another."""
    reached = 0
    for mark in marks:
        if mark.kind == whole:
            if mark.start < reached:
                raise ConfigError(
                    "corpus_markup", where=where, problem=f"a {whole} inside a {whole}; mark the longer one"
                )
            reached = mark.end
        elif mark.kind in parts and mark.end > reached:
            raise ConfigError(
                "corpus_markup", where=where, problem=f"{mark.kind!r} outside a {whole}; widen the {whole}"
            )


def _places(text: str, marks: Sequence[Mark]) -> Iterator[CorpusPlace]:
    for place, inner in _wholes(marks, "place"):
        parts = tuple(PlacePart(m.start, m.end, text[m.start : m.end], m.kind) for m in inner if m.kind in PLACE_PARTS)
        yield CorpusPlace(place.start, place.end, text[place.start : place.end], parts)


def _priors(text: str, marks: Sequence[Mark]) -> Iterator[CorpusPrior]:
    for prior, inner in _wholes(marks, "prior"):
        numbers = tuple(_span(text, mark) for mark in inner if mark.kind == "number")
        dates = tuple(_span(text, mark) for mark in inner if mark.kind == "date")
        yield CorpusPrior(prior.start, prior.end, text[prior.start : prior.end], numbers, dates)


def _wholes(marks: Sequence[Mark], kind: str) -> Iterator[tuple[Mark, list[Mark]]]:
    """The marks of a kind, each with the marks inside it; one pass, as they never overlap."""
    found: list[tuple[Mark, list[Mark]]] = []
    for mark in marks:
        if mark.kind == kind:
            found.append((mark, []))
        elif found and mark.end <= found[-1][0].end:
            found[-1][1].append(mark)
    yield from found


def _valued(
    make: Callable[[int, int, str, str], _Record], text: str, marks: Iterable[Mark], kind: str
) -> tuple[_Record, ...]:
    return tuple(make(m.start, m.end, text[m.start : m.end], m.value or "") for m in marks if m.kind == kind)


def _outer_marks(row: CorpusRow) -> Iterator[Mark]:
    for question in row.questions:
        yield _mark(QUESTION, question, question.topic)
    for signal in row.signals:
        for span in signal.spans:
            yield _mark(signal.id, span)


def _card_marks(card: CorpusCard) -> Iterator[Mark]:
    if card.request:
        yield _mark("request", card.request)
    for kind, spans in (("organization", card.organizations), ("date", card.dates), ("duration", card.duration)):
        yield from (_mark(kind, span) for span in spans)
    for place in card.places:
        yield _mark("place", place)
        yield from (_mark(part.kind, part) for part in place.parts)
    for prior in card.prior_appeals:
        yield _mark("prior", prior)
        # Dates of a mention are among the card's dates already.
        yield from (_mark("number", number) for number in prior.numbers)
    yield from (_mark("person", person, person.role) for person in card.persons)
    yield from (_mark(contact.type, contact) for contact in card.contacts)
    yield from (_mark("id", number, number.type) for number in card.ids)


def _mark(kind: str, span: Span, value: str | None = None) -> Mark:
    return Mark(kind, value, span.start, span.end)


def _span(text: str, mark: Mark) -> Span:
    return Span(mark.start, mark.end, text[mark.start : mark.end])
