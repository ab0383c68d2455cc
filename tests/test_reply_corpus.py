"""The corpus of appeal-reply pairs: whole, invented, and the same in both its forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mcu_nlp.errors import ConfigError
from mcu_nlp.reply.lexicon import POINTS
from mcu_nlp.reply.pairs import check_pairs, parse_pairs, read_pairs, write_jsonl

CORPUS = Path(__file__).parent.parent / "corpus"
PAIRS = read_pairs(CORPUS / "replies")
BLOCK = "=== reply-001 portal 2000-22202 brush 2025-03-04 2025-03-20 snow\nappeal: {ask:1 Снег!}\nreply: Учтено."


def test_enough_of_everything() -> None:
    assert len(PAIRS) >= 290
    assert len({pair.topic for pair in PAIRS}) >= 50
    assert sum(pair.brush_off for pair in PAIRS) >= 60
    assert len({pair.reply for pair in PAIRS}) == len({pair.appeal for pair in PAIRS}) == len(PAIRS)
    for place, id in enumerate(POINTS):
        assert sum(pair.scores[place] in (0, 1) for pair in PAIRS) >= 15, id
    for split, least in (("test", 110), ("dev", 180)):
        assert sum(pair.split == split for pair in PAIRS) >= least
    for channel in ("portal", "social"):
        assert sum(pair.channel == channel for pair in PAIRS) >= 50


def test_brush_offs_follow_the_rubric() -> None:
    answered, action = POINTS.index("answered"), POINTS.index("action")
    for pair in PAIRS:
        assert pair.brush_off == (pair.scores[answered] == 0 and pair.scores[action] == 0), pair.id


def test_the_file_tells_the_split() -> None:
    splits = {pair.file: pair.split for pair in PAIRS}
    assert splits == {"dev": "dev", "test": "test", "letters_dev": "dev", "letters_test": "test"}
    assert all(sum(pair.file == file for pair in PAIRS) >= 40 for file in splits)


def test_jsonl_is_up_to_date(tmp_path: Path) -> None:
    write_jsonl(PAIRS, tmp_path / "replies.jsonl")
    assert (tmp_path / "replies.jsonl").read_text("utf-8") == (CORPUS / "replies.jsonl").read_text("utf-8")


def test_spans_of_the_jsonl() -> None:
    for line in (CORPUS / "replies.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        for text, spans in ((row["appeal"], row["appeal_spans"]), (row["reply"], row["reply_spans"])):
            assert all(text[span["start"] : span["end"]] == span["text"] for span in spans)
        assert tuple(row["points"]) == POINTS


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("reply-001", "reply-1", "expected reply-001"),
        ("portal", "fax", "expected reply-001"),
        ("2000-22202", "2000-2220", "expected reply-001"),
        ("2000-22202", "2300-22202", "expected reply-001"),
        ("2000-22202", "2-00-22202", "only on_time and norm"),
        ("2000-22202", "-000-22202", "both dates"),
        ("2000-22202", "2020-22202", "no concrete action"),
        ("brush", "bad", "brush or fair"),
        ("2025-03-20", "2025-03-01", "before it was received"),
        ("2025-03-20", "20.03.2025", "a date reads"),
        (" snow", "", "a header reads"),
        ("reply: Учтено", "Учтено", "one `reply: `"),
        ("Учтено", "{answer:2 Учтено}", "not marked in the appeal"),
        ("Учтено", "{norma Учтено}", "unknown mark"),
        ("Учтено", "Учтено, 8 (912) 345-67-89", "code 912"),
        ("Учтено", "Учтено, a@mail.test", "e-mail"),
        ("===", "Текст\n===", "before the first"),
    ],
)
def test_faults_are_told(old: str, new: str, problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        check_pairs(parse_pairs(BLOCK.replace(old, new, 1)))


def test_the_same_id_twice() -> None:
    with pytest.raises(ConfigError, match="stands twice"):
        check_pairs(parse_pairs(f"{BLOCK}\n\n{BLOCK}"))
