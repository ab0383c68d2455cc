"""What worker processes do for jobs: read the file once, analyse a chunk, write the result."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from mcu_nlp import BadRow, InputError, Message, Row, open_writer, read_rows, whole_file
from mcu_nlp_service.inference import worker
from mcu_nlp_service.inference.worker import Answer, Refused

CHUNK = 64
# A sheet has 1 048 576 lines, one of them for headers.
XLSX_ROWS = 1_048_575
# As in a request; a database may hold no more.
MAX_ID = 200


class Rows(NamedTuple):
    """How many records a file has, and where in its file of rows each chunk begins."""

    total: int
    offsets: list[int]


class Answered(NamedTuple):
    """An appeal and its analysis; where personal data are masked, they are masked in both."""

    message: Message
    answer: Answer


class ChunkDone(NamedTuple):
    """What came of a chunk; ``failed`` of its ``rows`` have no analysis."""

    rows: int
    failed: int
    answered: list[Answered]


def read_input(source: Path, rows: Path, filename: str, columns: Mapping[str, str | None]) -> Rows:
    """Write the file's records one a line, a bad one too; what is there already is only counted.

    Raises ``InputError`` when the file cannot be read, ``OSError`` when the disk refuses.
    """
    if not rows.exists():
        with whole_file(rows) as draft, draft.open("wb") as stream:
            for row in read_rows(source, columns):
                stream.write(_line(_record(row, filename)))
    offsets, place, total = [], 0, 0
    with rows.open("rb") as lines:
        for line in lines:
            if total % CHUNK == 0:
                offsets.append(place)
            place += len(line)
            total += 1
    return Rows(total, offsets)


def analyze_chunk(rows: Path, offset: int, part: Path, mask: bool, explain: bool) -> ChunkDone:
    """Analyse the records from ``offset`` on and write a line for each; the same records give the same bytes."""
    with rows.open("rb") as lines:
        lines.seek(offset)
        records = [json.loads(line) for line in islice(lines, CHUNK)]
    messages = [_message(record) for record in records if "error" not in record]
    answered = zip(messages, worker.analyze(messages, mask, explain), strict=True)
    good: list[Answered] = []
    failed = 0
    with whole_file(part) as draft, draft.open("wb") as stream:
        for record in records:
            if "error" not in record:
                message, answer = next(answered)
                if isinstance(answer, Answer):
                    good.append(Answered(_masked(message, answer) if mask else message, answer))
                    stream.write(b'{"row":%d,' % record["row"] + answer.json[1:] + b"\n")
                    continue
                record = _failure(record["row"], record["id"], answer)
            failed += 1
            stream.write(_line(record))
    return ChunkDone(len(records), failed, good)


def write_result(parts: Sequence[Path], jsonl: Path, csv: Path, xlsx: Path | None) -> None:
    """Put the parts together, in all formats; nothing has its final name yet."""
    with whole_file(jsonl) as draft, draft.open("wb") as whole:
        for part in parts:
            with part.open("rb") as stream:
                shutil.copyfileobj(stream, whole)
    for table in filter(None, (csv, xlsx)):
        with open_writer(table, rows=True) as writer:
            for line in _lines(jsonl):
                writer.write(line)


def _record(row: Row | BadRow, filename: str) -> dict[str, Any]:
    if isinstance(row, BadRow):
        return _failure(row.number, None, Refused(_renamed(row.error, filename)))
    message = row.message
    if len(row.id) > MAX_ID:
        return _failure(row.number, None, Refused(InputError("id_too_long", size=len(row.id), limit=MAX_ID)))
    received = message.received.isoformat() if message.received else None
    return {
        "row": row.number,
        "id": message.id,
        "text": message.text,
        "channel": message.channel,
        "received": received,
    }


def _renamed(error: InputError, filename: str) -> InputError:
    """The error with the name that the sender knows, and not with a path of the service."""
    if "path" not in error.details:
        return error
    return InputError(error.code, **{**error.details, "path": filename})


def _failure(row: int, row_id: str | None, refused: Refused) -> dict[str, Any]:
    error = {"code": refused.error.code, "detail": refused.error.russian}
    return {"row": row, "id": row_id, "error": error}


def _message(record: Mapping[str, Any]) -> Message:
    received = date.fromisoformat(record["received"]) if record["received"] else None
    return Message(record["text"], id=record["id"], channel=record["channel"], received=received)


def _masked(message: Message, answer: Answer) -> Message:
    return replace(message, text=json.loads(answer.json)["text"])


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as lines:
        for line in lines:
            yield json.loads(line)
