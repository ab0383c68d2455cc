"""Texts made to hurt are read in a time that grows with their length only."""

from __future__ import annotations

import time

import pytest

from mcu_nlp.fields import extract_fields
from mcu_nlp.fields.summaries import summarize
from mcu_nlp.records import Card, Person, Span
from mcu_nlp.text.document import Document

PIECES = [
    "[",
    "«",
    "ООО ",
    "дом ",
    "д. 5, ",
    "УК. ",
    "Новая и ",
    "уже 3 недели ",
    "14 июня ",
    "писали в УК, ",
    "прошу, ",
    "просим убрать, ",
    "заявка " + "№" * 5_000,
    "писали в УК, " + "«снег, " * 5_000,
    "1-",
    "а/д ",
]


@pytest.mark.parametrize("piece", PIECES, ids=[piece[:20] for piece in PIECES])
def test_time_grows_with_length(piece: str) -> None:
    document = Document.of(piece * (100_000 // len(piece)))
    assert document.tokens
    assert document.sentences
    started = time.perf_counter()
    extract_fields(document)
    assert time.perf_counter() - started < 60


def test_names_of_a_summary_are_sought_where_it_is_read() -> None:
    document = Document.of("На дороге снег. " * 6_000)
    persons = tuple(Person(0, 1, f"Лунин{number}") for number in range(6_000))
    started = time.perf_counter()
    summarize(document, Card(persons=persons))
    assert time.perf_counter() - started < 10


def test_name_that_a_summary_cuts_is_left_out() -> None:
    text = "Во дворе нет света у Лунина Олега"
    request = Span.of(text, 0, text.index("Олега"))
    card = Card(persons=(Person(21, 33, text[21:33]),), request=request)
    assert "Лунин" not in str(summarize(Document.of(text), card))
