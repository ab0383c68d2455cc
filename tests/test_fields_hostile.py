"""Texts made to hurt are read in a time that grows with their length only."""

from __future__ import annotations

import time

import pytest

from mcu_nlp.fields import extract_fields
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
    "1-",
    "а/д ",
]


@pytest.mark.parametrize("piece", PIECES)
def test_time_grows_with_length(piece: str) -> None:
    document = Document.of(piece * (100_000 // len(piece)))
    assert document.tokens
    assert document.sentences
    started = time.perf_counter()
    extract_fields(document)
    assert time.perf_counter() - started < 60
