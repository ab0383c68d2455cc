"""The form in which people edit the corpus: one text file a category, one block a row.

    === housing.lift-01 portal plain statement neutral card
    summary: Не работает лифт в доме 7 по ул. Мира
    В {place доме {house 7} по ул. {street Мира}} стоит лифт. {request Прошу починить.}

The header gives id, channel, register, kind, tone and, for a row whose card is marked
whole, ``card``; then the summary of the card, then the text with its marks
(:mod:`mcu_nlp.corpus.markup`). A blank line ends the block.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mcu_nlp.corpus.cards import card_of, check_marks, marks_of, questions_of, signals_of
from mcu_nlp.corpus.labels import OUTSIDE, OUTSIDE_CATEGORY
from mcu_nlp.corpus.markup import parse, render
from mcu_nlp.corpus.rows import CorpusRow, row_order
from mcu_nlp.errors import ConfigError

HEAD = "=== "
SUMMARY = "summary: "
_ID = re.compile(r"([a-z_]+)\.([a-z0-9-]+)-([0-9]{2,4})")
_HEADER = ("ID", "CHANNEL", "REGISTER", "KIND", "TONE", "[card]")


@dataclass(frozen=True, slots=True)
class Block:
    """A block as it stands in a file: where, the words of its header, and the lines under it."""

    where: str
    header: tuple[str, ...]
    body: tuple[str, ...]


def read_sources(folder: Path) -> list[CorpusRow]:
    """The rows of every ``*.txt`` in a folder, ordered. Raises ``ConfigError`` (``corpus_markup``)."""
    paths = sorted(folder.glob("*.txt"))
    if not paths:
        raise ConfigError("corpus_markup", where=str(folder), problem="no sources there; name the corpus' folder")
    rows: list[CorpusRow] = []
    for path in paths:
        for row in parse_rows(path.read_text("utf-8"), path.name):
            if file_of(row) != path.name:
                problem = f"{row.id} belongs into {file_of(row)}; move the block"
                raise ConfigError("corpus_markup", where=path.name, problem=problem)
            rows.append(row)
    return sorted(rows, key=lambda row: row_order(row.id))


def write_sources(folder: Path, rows: Iterable[CorpusRow]) -> None:
    """Write rows into the file of their category, each in order; other files stay as they are."""
    by_file: dict[str, list[CorpusRow]] = {}
    for row in sorted(rows, key=lambda row: row_order(row.id)):
        by_file.setdefault(file_of(row), []).append(row)
    folder.mkdir(parents=True, exist_ok=True)
    for name, inside in by_file.items():
        (folder / name).write_text(render_rows(inside), "utf-8", newline="\n")


def parse_rows(source: str, name: str = "source") -> list[CorpusRow]:
    """Read blocks.

    >>> [row] = parse_rows("=== roads.city-snow-01 social angry complaint tense\\n{risk Дети падают}!!\\n")
    >>> row.topic, row.text, row.signals[0].spans[0].text
    ('roads.city-snow', 'Дети падают!!', 'Дети падают')
    """
    return [_row(block) for block in _blocks(source, name)]


def render_rows(rows: Sequence[CorpusRow]) -> str:
    """Write blocks: the inverse of :func:`parse_rows` for files in canonical form.

    Canonical are single blanks, one line a text, a blank line between blocks, and of
    marks round the same words the earlier of ``labels.MARKS`` outside.
    """
    return "\n".join(f"{_header(row)}\n{_body(row)}\n" for row in rows)


def file_of(row: CorpusRow) -> str:
    """The name of the file that holds a row."""
    return f"{row.id.partition('.')[0]}.txt"


def _blocks(source: str, name: str) -> Iterator[Block]:
    where, header, body = name, (), []  # type: str, tuple[str, ...], list[str]
    for number, line in enumerate(source.split("\n"), 1):
        if line.startswith(HEAD):
            if header:
                yield Block(where, header, tuple(body))
            where, header, body = f"{name}:{number}", tuple(line[len(HEAD) :].split()), []
        elif line.strip():
            if not header:
                raise ConfigError(
                    "corpus_markup", where=f"{name}:{number}", problem="text before the first `=== ` header"
                )
            body.append(line)
    if header:
        yield Block(where, header, tuple(body))


def _row(block: Block) -> CorpusRow:
    if len(block.header) not in (5, 6) or block.header[5:] not in ((), ("card",)):
        problem = f"a header reads {' '.join(_HEADER)}; got {len(block.header)} words"
        raise ConfigError("corpus_markup", where=block.where, problem=problem)
    name, channel, register, kind, tone = block.header[:5]
    where = f"{block.where} {name}"
    category, topic, appeal = _topic(name, where)
    summary, marked = _summary(block, where)
    text, marks = parse(marked, where)
    check_marks(marks, summary is not None, where)
    return CorpusRow(
        id=name,
        text=text,
        channel=channel,
        register=register,
        category=category,
        topic=topic,
        kind=kind,
        tone=tone,
        appeal=appeal,
        signals=signals_of(text, marks),
        questions=questions_of(text, marks),
        card=None if summary is None else card_of(text, summary, marks),
    )


def _topic(id: str, where: str) -> tuple[str | None, str | None, bool]:
    """What the id tells: category, topic, and whether there is something to act on."""
    parts = _ID.fullmatch(id)
    if not parts:
        raise ConfigError("corpus_markup", where=where, problem="an id reads CATEGORY.TOPIC-01; mend it")
    if parts[1] != OUTSIDE_CATEGORY:
        return parts[1], f"{parts[1]}.{parts[2]}", True
    if parts[2] not in OUTSIDE:
        problem = f"unknown sort of message; expected one of {', '.join(OUTSIDE)}"
        raise ConfigError("corpus_markup", where=where, problem=problem)
    return None, None, OUTSIDE[parts[2]]


def _summary(block: Block, where: str) -> tuple[str | None, str]:
    """The summary, ``None`` without a card, and the marked text on one line."""
    lines = block.body
    summary = None
    if lines and lines[0].startswith(SUMMARY):
        summary, lines = lines[0][len(SUMMARY) :].strip(), lines[1:]
    if (summary is not None) != (len(block.header) == 6):
        problem = "`card` in the header and a `summary: ` line go together; add the one or remove the other"
        raise ConfigError("corpus_markup", where=where, problem=problem)
    return summary, " ".join(" ".join(lines).split())


def _header(row: CorpusRow) -> str:
    words = (row.id, row.channel, row.register, row.kind, row.tone, *(("card",) if row.card else ()))
    return HEAD + " ".join(words)


def _body(row: CorpusRow) -> str:
    marked = render(row.text, marks_of(row), row.id)
    return f"{SUMMARY}{row.card.summary}\n{marked}" if row.card else marked
