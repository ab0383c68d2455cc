"""A row of the corpus and its JSON: one line a row, every span with its offsets and its words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeVar

from mcu_nlp.errors import ConfigError
from mcu_nlp.records import Span

_Record = TypeVar("_Record")


@dataclass(frozen=True, slots=True)
class PlacePart(Span):
    """A part of an address: ``kind`` is settlement, street, house and so on (``labels.PLACE_PARTS``)."""

    kind: str


@dataclass(frozen=True, slots=True)
class CorpusPlace(Span):
    """The longest continuous address phrase and its parts; a kind may come several times («дома 7 и 9»)."""

    parts: tuple[PlacePart, ...] = ()


@dataclass(frozen=True, slots=True)
class CorpusPerson(Span):
    """A name as written; ``role`` is author, official or other."""

    role: str


@dataclass(frozen=True, slots=True)
class TypedSpan(Span):
    """A contact or an identity number of a ``type`` (``labels.CONTACTS``, ``labels.IDENTITIES``)."""

    type: str


@dataclass(frozen=True, slots=True)
class CorpusPrior(Span):
    """A mention of an earlier appeal, with the numbers and dates that it gives."""

    numbers: tuple[Span, ...] = ()
    dates: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class CorpusQuestion(Span):
    """One of two or three different problems, and its topic."""

    topic: str


@dataclass(frozen=True, slots=True)
class CorpusSignal:
    """A sign of conflict and the clauses that prove it."""

    id: str
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class CorpusCard:
    """The complete registration card. ``dates`` holds those inside ``prior_appeals`` too."""

    summary: str
    request: Span | None = None
    places: tuple[CorpusPlace, ...] = ()
    persons: tuple[CorpusPerson, ...] = ()
    organizations: tuple[Span, ...] = ()
    contacts: tuple[TypedSpan, ...] = ()
    dates: tuple[Span, ...] = ()
    duration: tuple[Span, ...] = ()
    prior_appeals: tuple[CorpusPrior, ...] = ()
    ids: tuple[TypedSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class CorpusRow:
    """One invented appeal with every label; spans index ``text``.

    ``category`` and ``topic`` are ``None`` for a message of no topic, ``card`` for a
    row whose card is not marked. ``appeal`` is false where there is nothing to act on.
    """

    id: str
    text: str
    channel: str
    register: str
    category: str | None
    topic: str | None
    kind: str
    tone: str
    appeal: bool
    signals: tuple[CorpusSignal, ...] = ()
    questions: tuple[CorpusQuestion, ...] = ()
    card: CorpusCard | None = None

    def to_json(self) -> str:
        """The row as one line of JSON, the keys always in the same order."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, line: str, where: str = "row") -> CorpusRow:
        """Read what :meth:`to_json` wrote.

        >>> row = CorpusRow("none.thanks-01", "Спасибо!", "social", "plain", None, None, "gratitude", "neutral", False)
        >>> CorpusRow.from_json(row.to_json()) == row
        True

        Raises ``ConfigError`` (``corpus_markup``) for anything else.
        """
        try:
            return _row(json.loads(line))
        except (ValueError, KeyError, TypeError, RecursionError) as problem:
            text = f"not a row of the corpus ({type(problem).__name__}); build the file anew from its sources"
            raise ConfigError("corpus_markup", where=where, problem=text) from None


def read_rows(path: Path) -> list[CorpusRow]:
    """The rows of ``appeals.jsonl``. Raises ``ConfigError`` (``corpus_markup``) with the line."""
    if not path.is_file():
        raise ConfigError(
            "corpus_markup", where=str(path), problem="no such file; build it with `mcu-nlp corpus build`"
        )
    lines = path.read_text("utf-8").splitlines()
    return [CorpusRow.from_json(line, f"{path.name}:{number}") for number, line in enumerate(lines, 1)]


def write_rows(path: Path, rows: Iterable[CorpusRow]) -> None:
    """Write rows one a line, in the order of :func:`row_order`, however they came."""
    lines = [f"{row.to_json()}\n" for row in sorted(rows, key=lambda row: row_order(row.id))]
    path.write_text("".join(lines), "utf-8", newline="\n")


def row_order(id: str) -> tuple[str, int]:
    """Rows go by topic, then by number.

    >>> sorted(["roads.snow-10", "housing.lift-02", "roads.snow-09"], key=row_order)
    ['housing.lift-02', 'roads.snow-09', 'roads.snow-10']
    """
    topic, _, number = id.rpartition("-")
    return topic, int(number) if number.isdecimal() else 0


def _row(record: Mapping[str, Any]) -> CorpusRow:
    signals = tuple(CorpusSignal(s["id"], _all(Span, s["spans"])) for s in record["signals"])
    card = None if record["card"] is None else _card(record["card"])
    return CorpusRow(
        **{**record, "signals": signals, "questions": _all(CorpusQuestion, record["questions"]), "card": card}
    )


def _card(record: Mapping[str, Any]) -> CorpusCard:
    return CorpusCard(
        summary=record["summary"],
        request=None if record["request"] is None else Span(**record["request"]),
        places=_all(_place, record["places"]),
        persons=_all(CorpusPerson, record["persons"]),
        organizations=_all(Span, record["organizations"]),
        contacts=_all(TypedSpan, record["contacts"]),
        dates=_all(Span, record["dates"]),
        duration=_all(Span, record["duration"]),
        prior_appeals=_all(_prior, record["prior_appeals"]),
        ids=_all(TypedSpan, record["ids"]),
    )


def _place(parts: Iterable[Mapping[str, Any]], **span: Any) -> CorpusPlace:
    return CorpusPlace(**span, parts=_all(PlacePart, parts))


def _prior(numbers: Iterable[Mapping[str, Any]], dates: Iterable[Mapping[str, Any]], **span: Any) -> CorpusPrior:
    return CorpusPrior(**span, numbers=_all(Span, numbers), dates=_all(Span, dates))


def _all(make: Callable[..., _Record], records: Iterable[Mapping[str, Any]]) -> tuple[_Record, ...]:
    return tuple(make(**record) for record in records)
