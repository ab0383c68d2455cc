"""Marks: every line of ``cases/corpus_markup.txt``, and the two inverses over invented marks."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mcu_nlp.corpus.markup import Mark, parse, render
from mcu_nlp.errors import ConfigError

LINES = (Path(__file__).parent / "cases" / "corpus_markup.txt").read_text("utf-8").splitlines()
GOOD = [line.split(" --") for line in LINES if " --" in line and not line.startswith("#")]
BAD = [line.split(" => ") for line in LINES if " => " in line and not line.startswith("#")]


def shown(text: str, marks: tuple[Mark, ...]) -> str:
    return "; ".join(f"{m.kind}{f':{m.value}' if m.value else ''}={text[m.start : m.end]}" for m in marks)


@pytest.mark.parametrize(("marked", "expected"), GOOD)
def test_good(marked: str, expected: str) -> None:
    text, marks = parse(marked)
    assert shown(text, marks) == expected.strip()
    assert render(text, marks) == marked


@pytest.mark.parametrize(("marked", "problem"), BAD)
def test_bad(marked: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem) as error:
        parse(marked, "roads.txt:7")
    assert error.value.code == "corpus_markup"
    assert str(error.value).startswith("roads.txt:7, character ")
    assert "Мира" not in str(error.value)  # no words of a text in an error


@pytest.mark.parametrize(
    ("text", "marks", "problem"),
    [
        ("Яма на Мира", [Mark("place", None, 0, 6), Mark("date", None, 4, 11)], "crosses another"),
        ("Яма", [Mark("place", None, 0, 4)], "mend its span"),
        ("Яма", [Mark("place", None, 2, 2)], "mend its span"),
        ("Яма", [Mark("Place", None, 0, 3)], "small Latin letters"),
        ("Яма", [Mark("person", "Author", 0, 3)], "small Latin letters"),
        ("Яма {у дома}", [], "holds a brace"),
    ],
)
def test_marks_that_cannot_be_written(text: str, marks: list[Mark], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        render(text, marks)


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> str:
    """A marked text, its marks nested by chance."""
    words = st.text("яма у дома.! ", min_size=1, max_size=6)
    parts = [draw(words)]
    for _ in range(draw(st.integers(0, 3)) if depth else 0):
        kind = draw(st.sampled_from(["place", "risk", "person:author", "question:roads.city-snow"]))
        parts += (f"{{{kind} {draw(trees(depth - 1))}}}", draw(words))
    return "".join(parts)


@given(trees())
def test_render_undoes_parse(marked: str) -> None:
    text, marks = parse(marked)
    assert render(text, marks) == marked
    assert parse(render(text, marks)) == (text, marks)


@pytest.mark.parametrize("piece", ["{place а}", "{place ", "{", "{a", "а{risk б} "])
def test_linear(piece: str) -> None:
    def seconds(size: int) -> float:
        start = time.perf_counter()
        try:
            text, marks = parse(piece * size)
            render(text, marks)
        except ConfigError:
            pass
        return time.perf_counter() - start

    seconds(1000)
    # Twenty times the text; a quadratic parser would take four hundred times as long.
    assert seconds(80_000) < 150 * max(seconds(4000), 0.04)
