"""Files that mean harm are refused before anything reads them, fast and in little memory."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from mcu_nlp_service.jobs.archive_check import check_archive
from mcu_nlp_service.jobs.work import read_input
from mcu_nlp_service.problems import RefusalError
from openpyxl import Workbook

LIMIT = 20_000_000


def book(**members: bytes) -> bytes:
    """A real xlsx; ``members`` replace or add what stands at a path (``__`` is ``/``)."""
    workbook, plain, out = Workbook(), io.BytesIO(), io.BytesIO()
    workbook.active.append(["Текст"])
    workbook.active.append(["Яма у дома"])
    workbook.save(plain)
    changed = {name.replace("__", "/").replace("_dot_", "."): content for name, content in members.items()}
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            target.writestr(entry.filename, changed.pop(entry.filename, source.read(entry)))
        for name, content in changed.items():
            target.writestr(name, content)
    return out.getvalue()


def lying(content: bytes, name: bytes, told: int) -> bytes:
    """The archive with another unpacked size told for a member, in both places where it is told."""
    found = bytearray(content)
    for signature, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        place = found.find(signature)
        while place >= 0:
            if found[place + name_at : place + name_at + len(name)] == name:
                struct.pack_into("<I", found, place + size_at, told)
            place = found.find(signature, place + 4)
    return bytes(found)


DOCTYPE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>&e;</worksheet>'
LAUGHS = '<?xml version="1.0"?><!-- a --><!DOCTYPE l [<!ENTITY a "ха">]><l>&a;</l>'
BIG = b"<sst>" + b"0" * (2 * LIMIT)

HOSTILE = {
    "bomb": (book(xl__sharedStrings_dot_xml=BIG), "file_too_large"),
    "bomb that tells a small size": (
        lying(book(xl__sharedStrings_dot_xml=BIG), b"xl/sharedStrings.xml", 900),
        "file_unsafe",
    ),
    "external entity": (book(xl__workbook_dot_xml=DOCTYPE.encode()), "file_unsafe"),
    "external entity in UTF-16": (book(xl__workbook_dot_xml=DOCTYPE.encode("utf-16")), "file_unsafe"),
    "entities that multiply": (book(xl__styles_dot_xml=LAUGHS.encode()), "file_unsafe"),
    "a path that leads out": (book(**{"..__..__etc__cron": b"x"}), "file_unsafe"),
    "an absolute path": (book(__etc__cron=b"x"), "file_unsafe"),
    "cut off": (book()[:-40], "file_unreadable"),
    "no archive": (b"\xd0\xcf\x11\xe0 an old xls", "file_unreadable"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_xlsx_is_refused_fast_and_in_little_memory(tmp_path: Path, name: str) -> None:
    content, code = HOSTILE[name]
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    begun = time.monotonic()
    tracemalloc.start()
    with pytest.raises(RefusalError) as refused:
        check_archive(path, LIMIT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.code == code
    assert time.monotonic() - begun < 5
    assert peak < 5_000_000


def test_an_honest_xlsx_passes(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(book())
    check_archive(path, LIMIT)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("bom.csv", "Текст;Тема\nЯма;\n".encode("utf-8-sig"), ["Яма"]),
        ("cp1251.csv", "Текст;Тема\nЯма;\n".encode("cp1251"), ["Яма"]),
        ("nul.csv", "Текст;Тема\nЯ\0ма;\n".encode(), ["Яма"]),
        ("invalid.jsonl", b'{"text": "\xff\xfe\xfd"}\n{"text": "x"}\n', None),
        ("deep.jsonl", b'{"text": ' + b"[" * 100_000 + b"\n" + b'{"text": "x"}\n', ["row_not_json", "x"]),
        ("huge.jsonl", b'{"text": "x", "id": ' + b"9" * 10_000 + b"}\n", ["row_not_json"]),
        ("half.jsonl", b'{"text": "\\ud83d"}\n', ["?"]),
    ],
)
def test_strange_bytes_are_rows_or_errors(tmp_path: Path, name: str, content: bytes, expected: list[str]) -> None:
    source, rows = tmp_path / name, tmp_path / "rows.jsonl"
    source.write_bytes(content)
    found = read_input(source, rows, name, {})
    lines = rows.read_text("utf-8").splitlines()
    assert len(lines) == found.total > 0
    if expected is not None:
        assert all(word in line for word, line in zip(expected, lines, strict=True))


def test_rows_are_read_once_and_chunks_found_again(tmp_path: Path) -> None:
    source, rows = tmp_path / "a.jsonl", tmp_path / "rows.jsonl"
    source.write_bytes(b'{"text": "a\\u2028b"}\n' * 130)
    first = read_input(source, rows, "a.jsonl", {})
    assert (first.total, len(first.offsets)) == (130, 3)
    source.unlink()
    assert read_input(source, rows, "a.jsonl", {}) == first
