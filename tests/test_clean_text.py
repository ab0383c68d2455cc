"""Cleaning: a case is a line, and what must hold whatever the text is."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mcu_nlp import clean_text

LINES = (Path(__file__).parent / "cases" / "clean_text.txt").read_text("utf-8").splitlines()
CASES = [line for line in LINES if line and not line.startswith("#")]
ESCAPE = re.compile(r"\\(?:[ntr]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")


def parse(line: str) -> tuple[str, str]:
    raw, clean = line.split(" -> ")
    return ESCAPE.sub(lambda escape: escape[0].encode("ascii").decode("unicode_escape"), raw), clean


PIECES = (
    "<p>", "</p>", "<br/>", "<p style=`a`>", "<", ">", "<a", "&nbsp;", "&amp;", "&lt;", "&gt;", "amp;", "lt;", "&#60;",
    "&", "[id1|Анна]", "[id1|", "[club2|", "|", "]", "[", "[Фото]", "Яма", "cвeт", "дом 5", "!!!", " ", "\n", "\u200b",
    "\u0301", "\u0306", "и", "е", "\u0308", "\xad", "'", "`", "Отправлено с iPhone", "Прислать новость", "👉", "\ud83d",
    "\x85", "\u2028", "\ufe0f", ".",
)  # fmt: skip
TEXTS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=25).map("".join), st.text(max_size=80))
MANY = settings(max_examples=300, deadline=None)


@pytest.mark.parametrize("line", CASES)
def test_case(line: str) -> None:
    raw, clean = parse(line)
    assert clean_text(raw).text == clean


@pytest.mark.parametrize("line", CASES)
def test_cases_are_clean_once_cleaned(line: str) -> None:
    clean = clean_text(parse(line)[0]).text
    assert clean_text(clean).text == clean


@MANY
@given(TEXTS)
def test_cleaning_is_idempotent(raw: str) -> None:
    once = clean_text(raw).text
    again = clean_text(once)
    assert again.text == once
    assert list(again.origins) == list(range(len(once)))


@MANY
@given(TEXTS)
def test_every_character_knows_where_it_came_from(raw: str) -> None:
    clean = clean_text(raw)
    origins = list(clean.origins)
    assert len(origins) == len(clean.text)
    assert origins == sorted(origins)
    for start in range(0, len(clean.text), 3):
        for end in range(start + 1, min(start + 9, len(clean.text)) + 1):
            span = clean.raw_span(start, end)
            assert 0 <= span.start < span.end <= len(raw)
            assert raw[span.start : span.end] == span.text


@MANY
@given(st.text("абвгдежзиклмнопрстуфхцчшщъыьэюя АБВ 0123456789 .,!?:;-—()№%\n\t", max_size=80))
def test_plain_text_only_has_its_white_space_folded(raw: str) -> None:
    clean = clean_text(raw)
    assert clean.text == " ".join(raw.split())
    visible = [(char, raw[origin]) for char, origin in zip(clean.text, clean.origins, strict=True) if char != " "]
    assert all(char == source for char, source in visible)


@MANY
@given(TEXTS)
def test_nothing_invisible_is_left(raw: str) -> None:
    text = clean_text(raw).text
    assert text == text.strip()
    assert "  " not in text
    assert [c for c in text if unicodedata.category(c) in ("Cc", "Cs") or c in "\u200b\ufeff\xad\u202e"] == []


@MANY
@given(TEXTS)
def test_breaks_are_places_of_blanks(raw: str) -> None:
    clean = clean_text(raw)
    assert list(clean.breaks) == sorted(set(clean.breaks))
    assert all(clean.text[place] == " " for place in clean.breaks)


@pytest.mark.parametrize(
    ("raw", "words", "source"),
    [
        ("<p>Яма&nbsp;у дома</p>", "у дома", "у дома"),
        ("[id42|Анна], нет света", "Анна", "Анна"),
        ("Нет&nbsp;&nbsp;cвeта", "света", "cвeта"),
        ("Яма &laquo;там&raquo;", "«там", "&laquo;там"),
        ("Я\u200bма у\u00a0дома", "Яма", "Я\u200bма"),
    ],
)
def test_a_span_is_found_in_the_raw_message(raw: str, words: str, source: str) -> None:
    clean = clean_text(raw)
    start = clean.text.index(words)
    span = clean.raw_span(start, start + len(words))
    assert span.text.startswith(source[0])
    assert span.text == source or source.startswith(span.text)
    assert raw[span.start : span.end] == span.text


@pytest.mark.parametrize(("start", "end"), [(0, 0), (2, 1), (-1, 2), (0, 99)])
def test_spans_outside_the_text_are_refused(start: int, end: int) -> None:
    with pytest.raises(IndexError, match="not inside a text of 3 characters"):
        clean_text("Яма").raw_span(start, end)


# Quadratic work on any of these would take hours.
HOSTILE = (
    "<", ">", "<a", "<a ", "</", "<!--", "&amp;", "&", "&amp;lt;", "[id1|", "[id1|а]", "[", "\u200b", "\u0301", " ",
    "\n", "'", "'`", " '", "aа", "a", "а ", "Отправлено с iPhone", "👉 Подписаться на ", "|•", "\ud800",
    "<p>", "<b><", "&#60;",
)  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_cleaned(piece: str) -> None:
    clean = clean_text(piece * (300_000 // len(piece)))
    assert len(clean.origins) == len(clean.text)


@pytest.mark.parametrize("depth", [1, 3, 5, 9, 40])
def test_markup_wrapped_in_markup_is_made_harmless(depth: int) -> None:
    raw = "&" + "amp;" * depth + "lt;script" + "&" + "amp;" * depth + "gt;Яма"
    assert clean_text(raw).text == "Яма"
    nested = "[id1|" * depth + "Анна" + "]" * depth
    text = clean_text(nested).text
    assert "Анна" in text
    assert clean_text(text).text == text
