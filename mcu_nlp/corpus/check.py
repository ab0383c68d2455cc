"""Whether the corpus is in order: every rule over every row, then the rules over all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from mcu_nlp.corpus.figures import NEAR, NEAR_SHARE, QUOTAS, TOPIC_QUOTA, near_duplicates
from mcu_nlp.corpus.labels import TONES
from mcu_nlp.corpus.row_rules import ROW_RULES
from mcu_nlp.corpus.rows import CorpusRow, row_order
from mcu_nlp.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and in which row (``corpus`` where it is all of them). Never holds words of a text."""

    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.where}: {self.text}"


CorpusRule = Callable[[Sequence[CorpusRow], Taxonomy], Iterator[Problem]]
_ALL = "corpus"


def check_corpus(rows: Sequence[CorpusRow], taxonomy: Taxonomy, *, quotas: bool = True) -> list[Problem]:
    """Everything that is wrong, in the order of the rows; ``quotas=False`` leaves out the rules of size.

    >>> from mcu_nlp.corpus.sources import parse_rows
    >>> from mcu_nlp.taxonomy import shipped_taxonomy
    >>> rows = parse_rows("=== housing.lift-01 portal plain statement conflict\\nЛифт стоит")
    >>> [str(problem) for problem in check_corpus(rows, shipped_taxonomy(), quotas=False)]
    ['housing.lift-01: tone conflict without a signal; mark the clause that proves it or lower the tone']
    """
    problems = [Problem(row.id, text) for row in rows for rule in ROW_RULES for text in rule(row)]
    rules = CORPUS_RULES + (SIZE_RULES if quotas else ())
    return problems + [problem for rule in rules for problem in rule(rows, taxonomy)]


def unique_ids(rows: Sequence[CorpusRow], _: Taxonomy) -> Iterator[Problem]:
    """An id stands once, and rows stand in order."""
    for name, count in Counter(row.id for row in rows).items():
        if count > 1:
            yield Problem(name, f"the id stands {count} times; give each row its own number")
    if [row.id for row in rows] != sorted((row.id for row in rows), key=row_order):
        yield Problem(_ALL, "rows are out of order; build the file anew from its sources")


def known_topics(rows: Sequence[CorpusRow], taxonomy: Taxonomy) -> Iterator[Problem]:
    """Topics of rows and of their questions are the taxonomy's."""
    known = {topic.id: topic.category for topic in taxonomy.topics}
    for row in rows:
        if row.topic is not None and known.get(row.topic) != row.category:
            yield Problem(row.id, f"topic {row.topic!r} is not in the taxonomy; mend the id")
        for question in row.questions:
            if question.topic not in known:
                yield Problem(row.id, f"question of the unknown topic {question.topic!r}; name one of the taxonomy")


def distinct_texts(rows: Sequence[CorpusRow], _: Taxonomy) -> Iterator[Problem]:
    """No text stands twice, whatever its capitals."""
    first: dict[str, str] = {}
    for row in rows:
        earlier = first.setdefault(row.text.lower(), row.id)
        if earlier != row.id:
            yield Problem(row.id, f"the text of {earlier} again; write another")


def few_near_duplicates(rows: Sequence[CorpusRow], _: Taxonomy) -> Iterator[Problem]:
    """Less than one row in a hundred is nearly another."""
    pairs = near_duplicates([row.text for row in rows])
    alike = {place for pair in pairs for place in pair}
    if len(alike) >= max(1, NEAR_SHARE * len(rows)):
        for one, other in pairs:
            yield Problem(rows[other].id, f"nearly the text of {rows[one].id} (cosine {NEAR} or more); rewrite it")


def quotas_met(rows: Sequence[CorpusRow], _: Taxonomy) -> Iterator[Problem]:
    """There are enough rows of every sort."""
    for name, (least, belongs) in QUOTAS.items():
        count = sum(map(belongs, rows))
        if count < least:
            yield Problem(_ALL, f"{name}: {count}, at least {least} are wanted; write more")


def every_topic(rows: Sequence[CorpusRow], taxonomy: Taxonomy) -> Iterator[Problem]:
    """Every topic has enough rows."""
    counts = Counter(row.topic for row in rows)
    for topic in taxonomy.topics:
        if counts[topic.id] < TOPIC_QUOTA:
            yield Problem(_ALL, f"topic {topic.id}: {counts[topic.id]} rows, at least {TOPIC_QUOTA} are wanted")


def every_tone(rows: Sequence[CorpusRow], taxonomy: Taxonomy) -> Iterator[Problem]:
    """Every topic is spoken of in every tone, or the tone would be learned from the topic."""
    spoken = {(row.topic, row.tone) for row in rows}
    for topic in taxonomy.topics:
        missing = [tone for tone in TONES if (topic.id, tone) not in spoken]
        if missing:
            yield Problem(_ALL, f"topic {topic.id}: no row of tone {', '.join(missing)}; write one")


CORPUS_RULES: tuple[CorpusRule, ...] = (unique_ids, known_topics, distinct_texts, few_near_duplicates)
SIZE_RULES: tuple[CorpusRule, ...] = (quotas_met, every_topic, every_tone)
