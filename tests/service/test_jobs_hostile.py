"""Files that mean harm are refused before anything reads them, fast and in little memory."""

from __future__ import annotations

import copy
import io
import json
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from mcu_nlp_service.jobs.work import read_input
from openpyxl import Workbook

from mcu_nlp import check_xlsx, read_rows

LIMIT = 40_000_000


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


def trailing(content: bytes, name: str) -> bytes:
    """The archive with megabytes told to belong to a member after its deflate stream has ended."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w") as target:
        for entry in source.infolist():
            if entry.filename != name:
                target.writestr(entry, source.read(entry))
                continue
            squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
            packed = squeeze.compress(source.read(entry)) + squeeze.flush() + bytes(30_000_000)
            target.writestr(name, packed)
    found = bytearray(out.getvalue())
    for signature, method_at, size_at, name_at in ((b"PK\x03\x04", 8, 22, 30), (b"PK\x01\x02", 10, 24, 46)):
        place = found.find(name.encode()) - name_at if signature == b"PK\x03\x04" else found.rfind(name.encode()) - 46
        struct.pack_into("<H", found, place + method_at, zipfile.ZIP_DEFLATED)
        struct.pack_into("<I", found, place + size_at, len(zipfile.ZipFile(io.BytesIO(content)).read(name)))
    return bytes(found)


def overlapping(content: bytes, copies: int) -> bytes:
    """The archive with a member told many times over, all at one place."""
    out = io.BytesIO(content)
    with zipfile.ZipFile(out, "a") as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
        for number in range(copies):
            again = copy.copy(entry)
            again.filename = again.orig_filename = f"xl/worksheets/more{number}.xml"
            archive.filelist.append(again)
        archive._didModify = True
    return out.getvalue()


DOCTYPE = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><worksheet>&e;</worksheet>'
LAUGHS = '<?xml version="1.0"?><!-- a --><!DOCTYPE l [<!ENTITY a "ха">]><l>&a;</l>'
BIG = b"<sst>" + b"0" * (2 * LIMIT)
XF = b"<styleSheet><cellXfs>" + b"<xf/>" * 150_000 + b"</cellXfs></styleSheet>"

HOSTILE = {
    "bomb": (lambda: book(xl__sharedStrings_dot_xml=BIG), "file_too_large"),
    "bomb that tells a small size": (
        lambda: lying(book(xl__sharedStrings_dot_xml=BIG), b"xl/sharedStrings.xml", 900),
        "file_unsafe",
    ),
    "markup bomb": (lambda: book(xl__styles_dot_xml=XF), "file_unsafe"),
    "markup bomb of strings": (
        lambda: book(xl__sharedStrings_dot_xml=b"<sst>" + b"<a b=''/>" * 4_100_000),
        "file_too_large",
    ),
    "one endless tag": (lambda: book(xl__sharedStrings_dot_xml=b"<sst " + b'a="" ' * 3_000_000), "file_unsafe"),
    "one endless remark": (lambda: book(xl__workbook_dot_xml=b"<!-- <a>" + b"<b/>" * 4_000_000), "file_unsafe"),
    "bytes after the end": (lambda: trailing(book(), "xl/workbook.xml"), "file_unsafe"),
    "members over one another": (lambda: overlapping(book(), 9_000), "file_unsafe"),
    "too many members": (lambda: overlapping(book(), 60_000), "file_unsafe"),
    "external entity": (lambda: book(xl__workbook_dot_xml=DOCTYPE.encode()), "file_unsafe"),
    "external entity in UTF-16": (lambda: book(xl__workbook_dot_xml=DOCTYPE.encode("utf-16")), "file_unsafe"),
    "external entity in UTF-16 without a mark": (
        lambda: book(xl__workbook_dot_xml=DOCTYPE.encode("utf-16-le")),
        "file_unsafe",
    ),
    "entities that multiply": (lambda: book(xl__styles_dot_xml=LAUGHS.encode()), "file_unsafe"),
    "a path that leads out": (lambda: book(**{"..__..__etc__cron": b"x"}), "file_unsafe"),
    "an absolute path": (lambda: book(__etc__cron=b"x"), "file_unsafe"),
    "cut off": (lambda: book()[:-40], "file_unreadable"),
    "no archive": (lambda: b"\xd0\xcf\x11\xe0 an old xls", "file_unreadable"),
}

# What zlib and expat take is seen by nobody but the system: a process of its own is measured.
MEASURED = """
import json, resource, sys, time
from mcu_nlp import InputError, check_xlsx
check_xlsx(sys.argv[1])
before, begun, code = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic(), None
try:
    check_xlsx(sys.argv[2], int(sys.argv[3]))
except InputError as error:
    code = error.code
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps([code, time.monotonic() - begun, grown * 1024]))
"""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_xlsx_is_refused_fast_and_in_little_memory(tmp_path: Path, name: str) -> None:
    make, expected = HOSTILE[name]
    path, honest = tmp_path / "a.xlsx", tmp_path / "honest.xlsx"
    path.write_bytes(make())
    honest.write_bytes(book())
    arguments = [sys.executable, "-c", MEASURED, honest, path, str(LIMIT)]
    told = subprocess.run(arguments, check=True, capture_output=True, text=True).stdout
    code, seconds, grown = json.loads(told)
    assert code == expected
    assert seconds < 5
    assert grown < 20_000_000


def test_an_honest_xlsx_passes(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(book(xl__media__image1_dot_png=b"\x89PNG" + bytes(range(256)) * 4_000))
    check_xlsx(path, LIMIT)
    assert [row.id for row in read_rows(path)] == ["1"]


def test_a_long_number_is_a_bad_row(tmp_path: Path) -> None:
    source, rows = tmp_path / "a.jsonl", tmp_path / "rows.jsonl"
    ids = ("а" * 200, "а" * 201)
    source.write_text("".join(json.dumps({"text": "яма", "id": id}) + "\n" for id in ids), "utf-8")
    read_input(source, rows, "a.jsonl", {})
    first, second = map(json.loads, rows.read_text("utf-8").splitlines())
    assert first["id"] == ids[0]
    assert second["error"]["code"] == "id_too_long"
    assert ids[1] not in rows.read_text("utf-8")


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
