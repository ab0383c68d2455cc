"""Sources <-> rows: both ways, byte for byte, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from mcu_nlp.corpus.rows import CorpusRow, read_rows, write_rows
from mcu_nlp.corpus.sources import parse_rows, read_sources, render_rows, write_sources
from mcu_nlp.errors import ConfigError

# One block on one line, written in pieces.
TEXT = " ".join(
    (
        "{question:roads.city-snow На {place ул. {street Мира}, {house 7}} снег",
        "{duration вторую неделю}}, {question:roads.city-lighting и темно}. {repeat {prior Писали",
        "{date 3 мая 2024}, № {number 17}}}, {accusation врут}.",
        "{request Уберите!} {person:author Нина}, {phone 8 946 213-45-67}, {id:snils",
        "000-111-222 33}",
    )
)
BLOCKS = f"""\
=== roads.city-snow-01 portal plain complaint conflict card
summary: Не убран снег на ул. Мира в пос. Затон
{TEXT}

=== roads.city-snow-02 social typos statement neutral
снег неубран {{risk дети подают}}
"""


def test_one_row_whole() -> None:
    row = parse_rows(BLOCKS)[0]
    assert (row.category, row.topic, row.appeal) == ("roads", "roads.city-snow", True)
    assert [signal.id for signal in row.signals] == ["repeat", "accusation"]
    assert [question.topic for question in row.questions] == ["roads.city-snow", "roads.city-lighting"]
    card = row.card
    assert card is not None
    assert card.request is not None
    assert (card.request.text, card.duration[0].text) == ("Уберите!", "вторую неделю")
    assert [(part.kind, part.text) for part in card.places[0].parts] == [("street", "Мира"), ("house", "7")]
    assert (card.prior_appeals[0].numbers[0].text, card.prior_appeals[0].dates) == ("17", card.dates)
    assert (card.persons[0].role, card.contacts[0].type, card.ids[0].type) == ("author", "phone", "snils")
    assert row.text[card.request.start : card.request.end] == "Уберите!"


def test_there_and_back(tmp_path: Path) -> None:
    rows = parse_rows(BLOCKS)
    assert render_rows(rows) == BLOCKS
    write_rows(tmp_path / "appeals.jsonl", reversed(rows))
    assert read_rows(tmp_path / "appeals.jsonl") == rows
    write_sources(tmp_path, read_rows(tmp_path / "appeals.jsonl"))
    assert (tmp_path / "roads.txt").read_text("utf-8") == BLOCKS
    assert read_sources(tmp_path) == rows


def test_messages_of_no_topic() -> None:
    heads = (
        "=== none.thanks-01 social plain gratitude neutral",
        "=== none.other-authority-01 portal plain complaint neutral",
    )
    rows = parse_rows("\n".join(f"{head}\nБанк закрыл" for head in heads))
    assert [(row.category, row.topic, row.appeal) for row in rows] == [(None, None, False), (None, None, True)]


def test_lines_are_folded() -> None:
    [row] = parse_rows("=== roads.city-snow-01 social plain statement neutral\nСнег\n  лежит\n\n\n")
    assert row.text == "Снег лежит"


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        ("снег", "before the first"),
        ("=== roads.city-snow-01 portal plain statement\nснег", "a header reads"),
        ("=== roads.city-snow-01 portal plain statement neutral cart\nснег", "a header reads"),
        ("=== roads-1 portal plain statement neutral\nснег", "an id reads"),
        ("=== none.joke-01 portal plain statement neutral\nснег", "unknown sort"),
        ("=== roads.city-snow-01 portal plain statement neutral card\nснег", "go together"),
        ("=== roads.city-snow-01 portal plain statement neutral\nsummary: Снег\nснег", "go together"),
        ("=== roads.city-snow-01 portal plain statement neutral\n{place ул. Мира}", "belongs to a card"),
        ("=== roads.city-snow-01 portal plain statement neutral\n{joy ура}", "unknown"),
        ("=== roads.city-snow-01 portal plain statement neutral\n{question снег}", "has no topic"),
        ("=== roads.city-snow-01 portal plain statement neutral\n{risk:high снег}", "takes no value"),
        ("=== roads.city-snow-01 portal plain statement neutral card\nsummary: С\n{person Нина}", "needs one of"),
        ("=== roads.city-snow-01 portal plain statement neutral card\nsummary: С\n{street Мира}", "outside a place"),
        ("=== roads.city-snow-01 portal plain statement neutral card\nsummary: С\n№ {number 7}", "outside a prior"),
        (
            "=== roads.city-snow-01 portal plain statement neutral card\nsummary: С\n{place а {place б}}",
            "inside a place",
        ),
        (
            "=== roads.city-snow-01 portal plain statement neutral card\nsummary: С\n{request а} {request б}",
            "one request",
        ),
    ],
)
def test_refused(block: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem) as error:
        parse_rows(block, "roads.txt")
    assert str(error.value).startswith("roads.txt:1")


def test_block_in_the_wrong_file(tmp_path: Path) -> None:
    (tmp_path / "housing.txt").write_text(BLOCKS, "utf-8")
    with pytest.raises(ConfigError, match=r"belongs into roads\.txt"):
        read_sources(tmp_path)


@pytest.mark.parametrize("line", ["", "[]", "{}", '{"id": 1}', "{", '{"signals": [{}], "card": null}'])
def test_line_that_is_no_row(line: str) -> None:
    with pytest.raises(ConfigError, match="not a row"):
        CorpusRow.from_json(line)


def test_files_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        read_rows(tmp_path / "appeals.jsonl")
    with pytest.raises(ConfigError, match="no sources"):
        read_sources(tmp_path)
