"""What must hold of every single row; each rule is a small function that yields what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from mcu_nlp.corpus import labels
from mcu_nlp.corpus.cards import marks_of
from mcu_nlp.corpus.markup import parse, render
from mcu_nlp.corpus.reach import reachable
from mcu_nlp.corpus.rows import CorpusRow
from mcu_nlp.corpus.sources import parse_rows, render_rows
from mcu_nlp.errors import ConfigError
from mcu_nlp.stages.clean_text import clean_text

Rule = Callable[[CorpusRow], Iterator[str]]
_EDGES = " ,;"
# What the analyzer asks of a text, or it calls it empty.
_READABLE = re.compile(r"[^\W_]")
# Words that tell what a mark is, and so stay outside it: «№ {number 17}», «г. {settlement Затон}».
_OUTER_WORDS = {
    "number": re.compile(r"(?i)№|(?:исх|вх)\.|номер|заявка"),
    "id": re.compile("(?i)№|лицевой|л/с|снилс|паспорт|полис|инн"),
    "settlement": re.compile(r"(?:г|пгт|п|с|д|х|ст)\. "),
    "street": re.compile(r"(?:ул|пер|пр|б-р|пл)\. "),
    "house": re.compile(r"(?i)д\. |дом "),
    "flat": re.compile(r"(?i)кв"),
}


def known_labels(row: CorpusRow) -> Iterator[str]:
    """Channel, register, kind and tone come from ``labels``."""
    for name, got, expected in (
        ("channel", row.channel, labels.CHANNELS),
        ("register", row.register, labels.REGISTERS),
        ("kind", row.kind, labels.KINDS),
        ("tone", row.tone, labels.TONES),
    ):
        if got not in expected:
            yield f"{name} {got!r}; expected one of {', '.join(expected)}"


def clean(row: CorpusRow) -> Iterator[str]:
    """The text is what cleaning makes of it, so that its spans index the analysed text too."""
    if not row.text or clean_text(row.text).text != row.text:
        yield "cleaning changes the text; take out markup, mentions, blanks and invisible characters"


def readable(row: CorpusRow) -> Iterator[str]:
    """There is a letter or a digit: the analyzer refuses texts without."""
    if not _READABLE.search(row.text):
        yield "the text has no letter or digit and is refused as empty; give it words"


def spans_fit(row: CorpusRow) -> Iterator[str]:
    """Every span holds the words that stand at its offsets, and the row comes back from its source block."""
    try:
        text, marks = parse(render(row.text, marks_of(row), row.id), row.id)
        same = text == row.text and list(marks) == marks_of(row) and parse_rows(render_rows([row])) == [row]
    except ConfigError as error:
        yield str(error)
        return
    if not same:
        yield "spans, words and labels do not agree; build the file anew from its sources"


def tidy_marks(row: CorpusRow) -> Iterator[str]:
    """No mark begins or ends with a blank or a comma."""
    for mark in marks_of(row):
        words = row.text[mark.start : mark.end]
        if words != words.strip(_EDGES):
            yield f"mark {mark.kind!r} at {mark.start} has a blank or a comma at its edge; move the brace"


def bare_names(row: CorpusRow) -> Iterator[str]:
    """A part of an address or a number is marked without the word that tells what it is."""
    for mark in marks_of(row):
        word = _OUTER_WORDS.get(mark.kind)
        if word and word.match(row.text, mark.start):
            yield f"mark {mark.kind!r} at {mark.start} begins with the word for it; mark the name or number alone"


def proven_conflict(row: CorpusRow) -> Iterator[str]:
    """Conflict needs a signal."""
    if row.tone == "conflict" and not row.signals:
        yield "tone conflict without a signal; mark the clause that proves it or lower the tone"


def several_questions(row: CorpusRow) -> Iterator[str]:
    """Two or more questions are marked, or none."""
    if len(row.questions) == 1:
        yield "a single question mark; mark every one of the two or three problems, or none"


def short_summary(row: CorpusRow) -> Iterator[str]:
    """A summary is one short sentence."""
    if row.card and not 0 < len(row.card.summary) <= labels.SUMMARY_LIMIT:
        yield f"the summary has {len(row.card.summary)} characters; write 1 to {labels.SUMMARY_LIMIT}"


def out_of_reach(row: CorpusRow) -> Iterator[str]:
    """No invented phone rings and no invented address receives mail."""
    for start, problem in reachable(row.text):
        yield f"character {start}: {problem}"


ROW_RULES: Sequence[Rule] = (
    known_labels, clean, readable, spans_fit, tidy_marks, bare_names,
    proven_conflict, several_questions, short_summary, out_of_reach,
)  # fmt: skip
