"""Every line of ``cases/fields`` is a case: what is marked is found, and nothing else."""

from __future__ import annotations

import datetime
import doctest
import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from mcu_nlp import fields
from mcu_nlp.corpus.markup import Mark, parse
from mcu_nlp.fields import extract_fields
from mcu_nlp.records import Card, Span
from mcu_nlp.stages.extract_card import extract_card
from mcu_nlp.text.document import Document

CASES = Path(__file__).parent / "cases" / "fields"
# Field of the card -> the kinds of marks that stand for it.
LISTS = {
    "places": ("place",),
    "persons": ("person",),
    "organizations": ("organization",),
    "contacts": ("phone", "email", "url", "account"),
    "dates": ("date",),
    "durations": ("duration",),
    "prior_appeals": ("prior",),
    "requests": ("request",),
}
PLACE_PARTS = ("settlement", "district", "street", "house", "building", "flat", "stop")


def lines(name: str) -> Iterator[str]:
    for line in (CASES / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line


def found(card: Card, name: str) -> Sequence[Span]:
    if name == "requests":
        return (card.request,) if card.request else ()
    return getattr(card, "duration" if name == "durations" else name)


def words(text: str) -> str:
    """Text without the marks and prepositions at its edges, which people place at will."""
    return text.strip(' .,;:!?«»"()').lower().removeprefix("в ").removeprefix("на ")


@pytest.mark.parametrize(("name", "line"), [(name, line) for name in LISTS for line in lines(name)])
def test_case(name: str, line: str) -> None:
    text, marks = parse(line)
    document = Document.of(text)
    card = extract_fields(document)
    expected = [mark for mark in marks if mark.kind in LISTS[name]]
    spans = found(card, name)
    assert [words(span.text) for span in spans] == [words(text[mark.start : mark.end]) for mark in expected]
    for span, mark in zip(spans, expected, strict=True):
        check_values(name, text, span, mark, marks)


def check_values(name: str, text: str, span: Span, mark: Mark, marks: Sequence[Mark]) -> None:
    inner = {part.kind: text[part.start : part.end] for part in reversed(marks) if mark.start <= part.start < mark.end}
    if name == "places":
        assert {part: value for part, value in inner.items() if part in PLACE_PARTS} == {
            part: getattr(span, part) for part in inner if part in PLACE_PARTS
        }
    if name == "persons" and mark.value:
        assert getattr(span, "role") == mark.value  # noqa: B009
    if name == "contacts":
        assert getattr(span, "type") == mark.kind  # noqa: B009
    if name == "prior_appeals" and "number" in inner:
        assert getattr(span, "number") == inner["number"]  # noqa: B009


@pytest.mark.parametrize("line", list(lines("summaries")))
def test_summary(line: str) -> None:
    text, marks = parse(line)
    summary = extract_card(Document.of(text)).summary
    assert summary is not None
    assert len(summary) <= 160
    for mark in marks:
        part = text[mark.start : mark.end].lower()
        assert (part in summary.lower()) == (mark.kind == "essence"), (part, summary)


@pytest.mark.parametrize("name", [path.stem for path in sorted(CASES.glob("*.txt"))])
def test_spans_index_the_text(name: str) -> None:
    for line in lines(name):
        document = Document.of(parse(line)[0])
        card = extract_fields(document, received=datetime.date(2024, 3, 1))
        for span in (s for field in LISTS for s in found(card, field)):
            assert document.text[span.start : span.end] == span.text


@pytest.mark.parametrize("name", [path.stem for path in sorted(CASES.glob("*.txt"))])
def test_enough_cases(name: str) -> None:
    assert len(list(lines(name))) >= (40 if name == "places" else 20)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "1" * 100_000,
        "я" * 100_000,
        "Иван Иванов " * 2_000,
        "ул. Мира, д. 5, " * 2_000,
        "1 " * 20_000,
        "прошу " * 5_000,
        "",
    ],
    ids=["brackets", "digits", "letters", "names", "streets", "numbers", "requests", "empty"],
)
def test_hostile_text_is_read_quickly(text: str) -> None:
    started = datetime.datetime.now(tz=datetime.UTC)
    extract_fields(Document.of(text))
    assert datetime.datetime.now(tz=datetime.UTC) - started < datetime.timedelta(minutes=1)


@pytest.mark.parametrize("module", [info.name for info in pkgutil.iter_modules(fields.__path__)])
def test_doctests(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"mcu_nlp.fields.{module}")).failed == 0
