"""Hostile bodies and files: refused or answered within seconds, in bounded memory, and the service lives on."""

from __future__ import annotations

import io
import json
import time
import zipfile

import httpx
import openpyxl
import psutil
import pytest

SECONDS = 5
JSON = {"content-type": "application/json"}
GROWTH = 300_000_000  # bytes, of the service and all its processes


@pytest.fixture(scope="module")
def guarded(start):
    settings = {"MCU_NLP_MAX_UNPACKED": "20000000", "MCU_NLP_MAX_UPLOAD": "5000000", "MCU_NLP_MAX_WAITING": "32"}
    with start(**settings) as server, httpx.Client(base_url=server.url, timeout=60, trust_env=False) as client:
        # Everything that is begun when it is first needed, works: what grows from here on is what the tests cause.
        client.post("/v1/analyze", json={"text": "Яма на дороге"})
        assert job(client, "a.xlsx", GOOD)[1]["state"] == "done"
        process = psutil.Process(server.process.pid)
        before = memory(process)
        yield client
        assert client.post("/v1/analyze", json={"text": "Яма на дороге"}).status_code == 200
        assert memory(process) - before < GROWTH


def memory(process: psutil.Process) -> int:
    return sum(part.memory_info().rss for part in (process, *process.children(recursive=True)))


def in_time(answer: httpx.Response, *statuses: int) -> dict:
    assert answer.status_code in statuses, answer.text[:500]
    assert answer.elapsed.total_seconds() < SECONDS
    return answer.json()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 1_000_000, 400),
        (b'{"text":' * 400_000, 400),
        (b'{"text": "x", "id": ' + b"9" * 3_000_000 + b"}", 400),
        (b'{"text": "x", "received": 1e999999}', 422),
        (b'{"text": "\xff\xfe\xfd"}', 400),
        ('{"text": "Яма на дороге"}'.encode("cp1251"), 400),
        (b'{"text": "\x00"}', 400),
        (b'{"text": "' + b"x" * 1_000_000 + b'"}', 413),
        (json.dumps({"text": "ы" * 1_000_000}, ensure_ascii=False).encode(), 413),
        (b'{"text": "x"' + b', "text": "x"' * 200_000 + b', "y": 1}', 422),
    ],
    ids=lambda value: f"{value[:12]!a}x{len(value)}" if isinstance(value, bytes) else str(value),
)
def test_a_hostile_body_is_refused(guarded, body, status):
    in_time(guarded.post("/v1/analyze", content=body, headers=JSON), status)


@pytest.mark.parametrize("text", ["ы" * 50_000, "а.б" * 16_000, "ул." * 16_000, "8" * 50_000, "«" * 49_999 + "ы"])
def test_a_long_word_is_answered(guarded, text):
    in_time(guarded.post("/v1/analyze", json={"text": text}), 200, 422)


def sheet(*rows: tuple[str, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def changed(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one part replaced or added."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, part)
    return made.getvalue()


GOOD = sheet(("id", "text"), ("1", "Яма на дороге"))
STRINGS, SHEET = "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"
ENTITIES = b"".join(b'<!ENTITY e%d "%s">' % (n + 1, b"&e%d;" % n * 10) for n in range(9))
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">' + ENTITIES + b"]>"
XXE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY canary SYSTEM "file:///etc/passwd">]>'
TABLE = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>'
WORDS = b"".join(b"<si><t>%s</t></si>" % word for word in (b"id", b"text", b"1", b"&%s;"))


def job(client: httpx.Client, name: str, content: bytes) -> tuple[httpx.Response, dict]:
    """The first answer, and the job when it is finished."""
    answer = client.post("/v1/jobs", files={"file": (name, content)})
    assert answer.elapsed.total_seconds() < SECONDS
    state = answer.json()
    deadline = time.monotonic() + 60
    while answer.status_code == 202 and state["state"] in ("queued", "running"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
        state = client.get(f"/v1/jobs/{state['id']}").json()
    return answer, state


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(changed(GOOD, SHEET, b" " * 60_000_000), id="zip bomb in the sheet"),
        pytest.param(changed(GOOD, "xl/media/x.bin", b"\0" * 60_000_000), id="zip bomb beside it"),
        pytest.param(changed(GOOD, STRINGS, LAUGHS + TABLE % (WORDS % b"e9")), id="a billion laughs"),
        pytest.param(changed(GOOD, STRINGS, XXE + TABLE % (WORDS % b"canary")), id="a file of the machine"),
        pytest.param(GOOD[:200], id="cut short"),
        pytest.param(b"PK\x03\x04" + b"\0" * 1000, id="no archive"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_a_hostile_workbook_is_refused(guarded, content):
    answer, state = job(guarded, "a.xlsx", content)
    assert 400 <= answer.status_code < 500 or state["state"] == "failed", (answer.status_code, state)
    assert "root:" not in json.dumps(state)


def test_a_way_out_of_the_folder_leads_nowhere(guarded):
    answer, state = job(guarded, "../../../evil.xlsx", changed(GOOD, "../../../../evil.txt", b"x"))
    assert answer.status_code in (202, 400, 413, 415, 422)
    assert ".." not in str(state.get("filename"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", "text\nЯма на дороге\n".encode("utf-8-sig")),
        ("a.csv", "text\nЯма на дороге\n".encode("cp1251")),
        ("a.csv", "text\nЯма на \x00дороге\n".encode()),
        ("a.csv", "text\nЯма на ".encode() + b"\xff\xd0" + " дороге\n".encode()),
        ("a.csv", b"text\n" + "ы".encode() * 1_000_000 + b"\n"),
        ("a.csv", b'text\n"' + "ы, ".encode() * 500_000),
        ("a.jsonl", b"[" * 1_000_000 + b"\n"),
        ("a.jsonl", b'{"text": "x", "id": ' + b"9" * 1_000_000 + b"}\n"),
    ],
    ids=lambda value: f"{value[:16]!a}x{len(value)}" if isinstance(value, bytes) else value,
)
def test_a_strange_table_is_read_or_told(guarded, name, content):
    answer, state = job(guarded, name, content)
    assert 400 <= answer.status_code < 500 or state["state"] in ("done", "failed"), state
