"""A district's own file of labelled appeals -> examples and their taxonomy."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from mcu_nlp.bundle import Bundle, read_bundle
from mcu_nlp.dataset.column_report import ColumnReport
from mcu_nlp.dataset.copies import Copies, find_copies
from mcu_nlp.dataset.corrections import MergedCorrections, merge_corrections
from mcu_nlp.dataset.examples import Example, fold_title
from mcu_nlp.dataset.taxonomy import Labels, read_labels, read_taxonomy
from mcu_nlp.errors import InputError
from mcu_nlp.labels import level_titles
from mcu_nlp.stages.clean_text import clean_text
from mcu_nlp.stages.identify_kind import KINDS, kind_titles
from mcu_nlp.tables import BadRow, Row, column_option, read_rows
from mcu_nlp.taxonomy import Taxonomy, shipped_taxonomy
from mcu_nlp.tone.levels import LEVELS

FEWEST = 20
# What a model is built on beside the table: the open corpus, nothing, or else a model folder.
CORPUS, NONE = "corpus", "none"
# A topic is told by either; a model in use, as a base, learns these and departments.
_TOPICS = ("category", "topic")


@dataclass(frozen=True)
class LabelledTable:
    """What a file gave: examples, the taxonomy of its labels, and rows that could not be used.

    ``rows`` are the examples' rows as they were written, in the same order. Where the file names no category and no
    topic, ``taxonomy`` is what the base knows.
    """

    examples: tuple[Example, ...]
    taxonomy: Taxonomy
    skipped: tuple[BadRow, ...]
    rows: tuple[Row, ...] = ()
    columns: ColumnReport = field(default_factory=ColumnReport)
    corrections: MergedCorrections | None = None
    # The taxonomy was given, not read from the rows.
    given: bool = False
    # No row of the file named a category or a topic.
    topics_of_base: bool = False
    sha256: str = ""
    # ``corpus``, ``none`` or the folder of ``base_model``.
    base: str = CORPUS
    base_model: Bundle | None = None

    @cached_property
    def copies(self) -> Copies:
        """Groups of the examples' texts that repeat each other."""
        return find_copies([example.text for example in self.examples])


def read_table(
    path: str | Path,
    chosen: Mapping[str, str | None] | None = None,
    *,
    taxonomy: str | Path | None = None,
    corrections: str | Path | None = None,
    base: str | Path = CORPUS,
) -> LabelledTable:
    """Read texts with any of category, topic, department, kind and tone, and with date and id where there are any.

    ``chosen`` names headers outright (``{"text": "Жалоба", "received": "Когда"}``). ``base`` is what the model will
    be built on: ``corpus``, ``none`` or a model folder. Titles that the base or the shipped taxonomy knows keep
    their ids; others get ids made of their titles (see :func:`read_labels`). With ``taxonomy``, a file, only its
    labels are learned. ``corrections`` is an export of the service, put over the table's labels. A row without a
    topic teaches only its category; what no row has is the base's. Raises ``InputError``: what
    :func:`mcu_nlp.read_rows` raises, ``training_data`` when there is too little to learn, ``training_labels`` when
    there is nothing that this base would learn, ``topics_unknown`` when neither rows nor base tell of topics;
    ``ConfigError`` for the taxonomy; ``BundleError``.
    """
    base_model = None if str(base) in (CORPUS, NONE) else read_bundle(base)
    columns = ColumnReport()
    rows: list[Row] = []
    skipped: list[BadRow] = []
    for row in read_rows(path, chosen, columns.hear):
        if isinstance(row, BadRow):
            skipped.append(row)
        elif clean_text(row.values["text"]).text:
            rows.append(row)
        else:
            skipped.append(BadRow(row.number, InputError("text_empty")))
    named, merged = _name_topics(rows), None
    if corrections is not None:
        rows, merged = merge_corrections(rows, corrections)
    known = [*([base_model.taxonomy] if base_model else ()), shipped_taxonomy()]
    # A handful of corrections makes no taxonomy where a base has one.
    named = named or (base == NONE and _name_topics(rows))
    if taxonomy is not None:
        labels = Labels.of(read_taxonomy(taxonomy))
    else:
        labels = read_labels(rows, known) if named else Labels.of(known[0])
    table = LabelledTable(
        tuple(_example(row, labels) for row in rows),
        labels.taxonomy,
        tuple(skipped),
        tuple(rows),
        columns,
        merged,
        given=taxonomy is not None,
        topics_of_base=not named,
        sha256=_rows_hash(rows),
        base=str(base),
        base_model=base_model,
    )
    _check_enough(table, path)
    return table


def _check_enough(table: LabelledTable, path: str | Path) -> None:
    """Raise where nothing would come of training."""
    model, topics = table.base_model, len(table.taxonomy.topics)
    if len(table.rows) < FEWEST or (model is None and topics < 2):
        raise InputError("training_data", path=path, rows=len(table.rows), topics=topics, fewest=FEWEST)
    if not table.topics_of_base:
        return
    learned = (*_TOPICS, "department") if model else (*_TOPICS, "department", "kind", "tone")
    if not any(getattr(example, name) for example in table.examples for name in learned):
        options = ", ".join(map(column_option, learned))
        raise InputError("training_labels", path=path, base=table.base, options=options)
    taught = {topic.id for topic in shipped_taxonomy().topics} if table.base == CORPUS else set()
    if model is None and len(taught.intersection(topic.id for topic in table.taxonomy.topics)) < 2:
        raise InputError("topics_unknown", path=path, base=table.base)


def _name_topics(rows: Sequence[Row]) -> bool:
    return any(fold_title(row.values.get(column)) for row in rows for column in _TOPICS)


def _rows_hash(rows: Sequence[Row]) -> str:
    """SHA-256 of what was read: the same table gives the same in csv, xlsx and jsonl."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{sorted(row.values.items())}\n".encode())
    return digest.hexdigest()


def _example(row: Row, labels: Labels) -> Example:
    values = row.values
    category, topic = fold_title(values.get("category")), fold_title(values.get("topic"))
    topic_id = labels.topic_ids.get(topic or category or "")
    category_id = labels.category_ids.get(category or topic or "")
    if category_id is None and topic_id is not None:
        category_id = labels.taxonomy.topic(topic_id).category
    return Example(
        id=row.id,
        text=values["text"],
        source="portal",
        category=category_id,
        topic=topic_id,
        department=fold_title(values.get("department")),
        kind=read_kind(values.get("kind")),
        tone=read_tone(values.get("tone")),
    )


def read_kind(written: str | None) -> str | None:
    """The kind that an id or a Russian title names; ``None`` for anything else.

    >>> read_kind("Жалоба"), read_kind("письмо")
    ('complaint', None)
    """
    return _by_title(written, dict(kind_titles()), KINDS)


def read_tone(written: str | None) -> str | None:
    """The level of tone that an id or a Russian title names; ``None`` for anything else.

    >>> read_tone("Конфликтный"), read_tone("злой")
    ('conflict', None)
    """
    return _by_title(written, level_titles(), LEVELS)


def _by_title(written: str | None, titles: Mapping[str, str], ids: tuple[str, ...]) -> str | None:
    folded = (written or "").strip().lower()
    return next((id for id in ids if folded in (id, titles[id].lower())), None)
