"""The corpus of appeal-reply pairs: text blocks that people edit <-> rows of ``replies.jsonl``.

    === reply-001 portal 2222-22222 fair 2025-03-04 2025-03-20 lighting
    appeal: Темно. {ask:1 Прошу поставить фонарь.}
    reply: Уважаемая Инесса Павловна!
    {answer:1 {action Фонарь поставит МУП «Горсвет» до 3 апреля.}}

The header gives id, channel, the ten scores in the order of the rubric (``-`` for a point
that does not apply), ``brush`` or ``fair``, the dates of receipt and reply, and the topic.
A reply keeps its lines. Marks are those of :mod:`mcu_nlp.corpus.markup`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mcu_nlp.corpus.markup import Mark, parse
from mcu_nlp.errors import ConfigError
from mcu_nlp.reply.lexicon import POINTS

HEAD = "=== "
CHANNELS = ("portal", "social")
MARKS = ("ask", "answer", "action", "norm", "forward", "template", "pii")
_ID = re.compile(r"reply-(\d{3})")
_SCORES = re.compile(rf"[012-]{{{len(POINTS)}}}")
_PHONE = re.compile(r"(?<![\d./])(?:8|\+7) \(?(\d{3})\)? \d{3}[- ]\d\d[- ]\d\d(?!\d)")
_CODES = ("944", "945", "946", "947", "948", "975", "976")
_EMAIL = re.compile(r"[\w.-]+@([\w.-]*\w)")
_DOMAINS = ("example.com", "gov.example")
_TEST = "test"


@dataclass(frozen=True, slots=True)
class ReplyPair:
    """An invented appeal, its invented reply, and what a reader said of it."""

    id: str
    channel: str
    topic: str
    appeal: str
    reply: str
    scores: tuple[int | None, ...]
    brush_off: bool
    received: date | None
    answered: date | None
    appeal_marks: tuple[Mark, ...] = ()
    reply_marks: tuple[Mark, ...] = ()
    file: str = ""

    @property
    def split(self) -> str:
        """``test`` for a pair of ``test.txt`` or ``…_test.txt``: no rule is written on those."""
        return "test" if self.file.split("_")[-1] == _TEST else "dev"

    def to_dict(self) -> dict[str, Any]:
        """The row of the JSONL file."""
        return {
            "id": self.id,
            "file": self.file,
            "split": self.split,
            "channel": self.channel,
            "topic": self.topic,
            "appeal": self.appeal,
            "reply": self.reply,
            "points": dict(zip(POINTS, self.scores, strict=True)),
            "brush_off": self.brush_off,
            "received": self.received.isoformat() if self.received else None,
            "answered": self.answered.isoformat() if self.answered else None,
            "appeal_spans": [_span(self.appeal, mark) for mark in self.appeal_marks],
            "reply_spans": [_span(self.reply, mark) for mark in self.reply_marks],
        }


def read_pairs(folder: Path) -> list[ReplyPair]:
    """The pairs of every ``*.txt`` in a folder by id. Raises ``ConfigError`` (``corpus_markup``)."""
    pairs = [pair for path in sorted(folder.glob("*.txt")) for pair in parse_pairs(path.read_text("utf-8"), path.stem)]
    check_pairs(pairs)
    return sorted(pairs, key=lambda pair: pair.id)


def write_jsonl(pairs: Iterable[ReplyPair], path: Path) -> None:
    """Write one row a line."""
    lines = [json.dumps(pair.to_dict(), ensure_ascii=False) + "\n" for pair in pairs]
    path.write_text("".join(lines), "utf-8", newline="\n")


def parse_pairs(source: str, name: str = "source") -> list[ReplyPair]:
    """Read blocks; ``name`` is the file's, without its ending.

    >>> [pair] = parse_pairs("=== reply-001 social -000-22202 brush - - snow\\nappeal: Снег!\\nreply: Учтено.\\n")
    >>> pair.scores[1], pair.brush_off, pair.reply
    (0, True, 'Учтено.')
    """
    return [_pair(header, body, where, name) for header, body, where in _blocks(source, name)]


def check_pairs(pairs: Sequence[ReplyPair]) -> None:
    """Refuse a corpus that contradicts itself or could hold somebody's real data."""
    seen: set[str] = set()
    for pair in pairs:
        if pair.id in seen:
            raise _error(pair.id, "the id stands twice")
        seen.add(pair.id)
        for problem in problems(pair):
            raise _error(pair.id, problem)


def problems(pair: ReplyPair) -> Iterator[str]:
    """What is wrong with a pair, in the order of its parts."""
    known = pair.received is not None and pair.answered is not None
    if known != (pair.scores[0] is not None):
        yield "on_time is scored when and only when both dates are given"
    if pair.received and pair.answered and pair.answered < pair.received:
        yield "answered before it was received"
    if any(score is None for place, score in enumerate(pair.scores) if POINTS[place] not in ("on_time", "norm")):
        yield "only on_time and norm may be left out"
    if pair.brush_off and pair.scores[POINTS.index("action")] == 2:
        yield "a brush-off has no concrete action"
    for code in _PHONE.findall(pair.appeal + "\n" + pair.reply):
        if code not in _CODES:
            yield f"a phone of code {code}; use {', '.join(_CODES)}, which nobody has"
    for domain in _EMAIL.findall(pair.appeal + " " + pair.reply):
        if not domain.endswith(_DOMAINS):
            yield f"an e-mail at {domain}; use {' or '.join(_DOMAINS)}"
    asked = {mark.value for mark in pair.appeal_marks if mark.kind == "ask"}
    if {mark.value for mark in pair.reply_marks if mark.kind == "answer"} - asked:
        yield "an answer to a question that is not marked in the appeal"
    if any(mark.kind not in MARKS for mark in (*pair.appeal_marks, *pair.reply_marks)):
        yield f"an unknown mark; use {', '.join(MARKS)}"


def _blocks(source: str, name: str) -> Iterator[tuple[list[str], list[str], str]]:
    header: list[str] = []
    body: list[str] = []
    where = name
    for number, line in enumerate(source.split("\n"), 1):
        if line.startswith(HEAD):
            if header:
                yield header, body, where
            header, body, where = line[len(HEAD) :].split(), [], f"{name}:{number}"
        elif line.strip():
            if not header:
                raise _error(f"{name}:{number}", "text before the first `=== ` header")
            body.append(line)
    if header:
        yield header, body, where


def _pair(header: list[str], body: list[str], where: str, file: str) -> ReplyPair:
    if len(header) != 7:
        raise _error(where, "a header reads ID CHANNEL SCORES brush|fair RECEIVED ANSWERED TOPIC")
    id, channel, scores, verdict, received, answered, topic = header
    if not _ID.fullmatch(id) or channel not in CHANNELS or not _SCORES.fullmatch(scores):
        raise _error(where, f"expected reply-001, one of {', '.join(CHANNELS)}, and {len(POINTS)} scores of 0, 1, 2, -")
    if verdict not in ("brush", "fair"):
        raise _error(where, "after the scores stands brush or fair")
    starts = [number for number, line in enumerate(body) if line.startswith("reply: ")]
    if not body or not body[0].startswith("appeal: ") or len(starts) != 1:
        raise _error(where, "a block has one `appeal: ` first and one `reply: ` after it")
    appeal = "\n".join(body[: starts[0]])[len("appeal: ") :]
    reply = "\n".join(body[starts[0] :])[len("reply: ") :]
    plain_appeal, appeal_marks = parse(appeal, where)
    plain_reply, reply_marks = parse(reply, where)
    return ReplyPair(
        id=id,
        channel=channel,
        topic=topic,
        appeal=plain_appeal,
        reply=plain_reply,
        scores=tuple(None if score == "-" else int(score) for score in scores),
        brush_off=verdict == "brush",
        received=_date(received, where),
        answered=_date(answered, where),
        appeal_marks=appeal_marks,
        reply_marks=reply_marks,
        file=file,
    )


def _date(written: str, where: str) -> date | None:
    try:
        return None if written == "-" else date.fromisoformat(written)
    except ValueError:
        raise _error(where, "a date reads 2025-03-04, or - when it is not known") from None


def _span(text: str, mark: Mark) -> dict[str, Any]:
    return {
        "kind": mark.kind,
        "value": mark.value,
        "start": mark.start,
        "end": mark.end,
        "text": text[mark.start : mark.end],
    }


def _error(where: str, problem: str) -> ConfigError:
    return ConfigError("corpus_markup", where=where, problem=problem)
