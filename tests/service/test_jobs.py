"""Jobs: a file in, a number at once, every row of the file once in the result."""

from __future__ import annotations

import csv
import io
import json
import time
from pathlib import Path

import anyio
import httpx
import pytest
from mcu_nlp_service import Settings, create_app
from mcu_nlp_service.access import gate
from mcu_nlp_service.access.roles import Caller
from mcu_nlp_service.jobs import Jobs
from mcu_nlp_service.storage.tables import Job, now
from openpyxl import Workbook, load_workbook
from sqlalchemy import update

pytestmark = pytest.mark.anyio

TEXTS = [f"На Полевой улице, дом {number}, яма во всю дорогу, прошу засыпать" for number in range(1, 71)]


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def service(toy_model: Path, tmp_path_factory: pytest.TempPathFactory):
    """One app for all that is told here, with small limits and quick to look for jobs."""
    state = tmp_path_factory.mktemp("state")
    settings = {"processes": 1, "lease_seconds": 3, "max_text": 2_000, "max_upload": 900_000, "rate": "100000/minute"}
    app = create_app(Settings(model=toy_model, state=state, **settings))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost", timeout=60) as caller,
    ):
        yield app, caller


@pytest.fixture
def caller(service) -> httpx.AsyncClient:
    return service[1]


@pytest.fixture
def jobs(service) -> Jobs:
    return service[0].state.parts.jobs


def jsonl(rows):
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def table(rows, suffix):
    if suffix == "csv":
        out = io.StringIO()
        csv.writer(out, delimiter=";").writerows(rows)
        return out.getvalue().encode("cp1251")
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


async def send(caller, content, name="обращения.jsonl", headers=None, **fields):
    return await caller.post("/v1/jobs", files={"file": (name, content)}, data=fields, headers=headers or {})


async def done(caller, job_id, states=("done",)):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        job = (await caller.get(f"/v1/jobs/{job_id}")).json()
        if job["state"] not in ("queued", "running"):
            assert job["state"] in states, job
            return job
        await anyio.sleep(0.1)
    raise AssertionError(job)


async def result(caller, job_id, kind="jsonl"):
    answer = await caller.get(f"/v1/jobs/{job_id}/result", params={"format": kind})
    assert answer.status_code == 200, answer.text
    return answer


async def test_each_kind_of_file_comes_back_in_each_format(caller):
    rows = [["Номер", "Текст обращения", "Тема"], *([f"А-{n}", text, ""] for n, text in enumerate(TEXTS))]
    files = {
        "март.CSV": table(rows, "csv"),
        "март.xlsx": table(rows, "xlsx"),
        "март.jsonl": jsonl({"id": f"А-{n}", "text": text} for n, text in enumerate(TEXTS)),
    }
    contents = []
    for name, content in files.items():
        sent = await send(caller, content, name)
        assert sent.status_code == 202, sent.text
        job_id = sent.json()["id"]
        assert sent.headers["Location"] == f"/v1/jobs/{job_id}"
        job = await done(caller, job_id)
        assert (job["filename"], job["rows_total"], job["rows_done"], job["rows_failed"]) == (name, 70, 70, 0)
        assert (job["model"], job["error"]) == ("toy", None)
        assert job["created"] <= job["started"] <= job["finished"] < job["expires"]
        contents.append((await result(caller, job_id)).content)
    assert contents[0] == contents[1] == contents[2]
    lines = [json.loads(line) for line in contents[0].splitlines()]
    assert [(line["row"], line["id"]) for line in lines] == [(n + 1, f"А-{n}") for n in range(70)]
    alone = (await caller.post("/v1/analyze", json={"id": "А-3", "text": TEXTS[3]})).json()
    assert lines[3] == {"row": 4, **alone}
    assert next(job["id"] for job in (await caller.get("/v1/jobs")).json()["items"]) == job_id

    flat = (await result(caller, job_id, "csv")).content.decode("utf-8-sig")
    read = list(csv.DictReader(io.StringIO(flat), delimiter=";"))
    assert [line["Номер"] for line in read] == [f"А-{n}" for n in range(70)]
    assert (read[3]["Тема"], read[3]["Ошибка"]) == (alone["topic"]["title"], "")
    sheet = load_workbook(io.BytesIO((await result(caller, job_id, "xlsx")).content)).active
    assert sheet.max_row == 71


async def test_a_bad_row_is_told_and_the_others_go_on(caller):
    content = (
        jsonl([{"text": TEXTS[0]}, {"text": ""}, {"id": "7", "text": "а" * 3_000}])
        + b'{"text": \n'
        + jsonl([{"text": TEXTS[1]}, {"пометка": "без столбца"}])
    )
    job = await done(caller, (await send(caller, content)).json()["id"])
    assert (job["rows_total"], job["rows_done"], job["rows_failed"]) == (6, 6, 4)
    lines = [json.loads(line) for line in (await result(caller, job["id"])).content.splitlines()]
    codes = [line.get("error", {}).get("code") for line in lines]
    assert codes == [None, "text_empty", "text_too_long", "row_not_json", None, "column_missing"]
    assert [line["row"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert lines[2]["id"] == "7"
    assert "обращения.jsonl" in lines[5]["error"]["detail"]
    flat = (await result(caller, job["id"], "csv")).content.decode("utf-8-sig")
    assert [line["Строка"] for line in csv.DictReader(io.StringIO(flat), delimiter=";")] == list("123456")


async def test_options_choose_columns_and_mask(caller):
    rows = [["Тело", "Шифр"], ["Яма у дома, звоните 8 944 123-45-60, Лунина Зоя Петровна", "=1+1"]]
    sent = await send(caller, table(rows, "csv"), "a.csv", text="Тело", id="Шифр", mask="true", explain="1")
    job = await done(caller, sent.json()["id"])
    (line,) = [json.loads(line) for line in (await result(caller, job["id"])).content.splitlines()]
    assert "8 944" not in line["text"]
    assert "[ТЕЛЕФОН]" in line["text"]
    assert "because" in line["topic"]
    sheet = load_workbook(io.BytesIO((await result(caller, job["id"], "xlsx")).content)).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("'=1+1", "s")


async def test_the_same_idempotency_key_is_the_same_job(caller):
    first = await send(caller, jsonl([{"text": TEXTS[0]}]), headers={"Idempotency-Key": "выгрузка-1".encode().hex()})
    same = await send(caller, jsonl([{"text": TEXTS[0]}]), headers={"Idempotency-Key": "выгрузка-1".encode().hex()})
    other = await send(caller, jsonl([{"text": TEXTS[1]}]), headers={"Idempotency-Key": "выгрузка-1".encode().hex()})
    assert (first.status_code, same.status_code, other.status_code) == (202, 200, 409)
    assert first.json()["id"] == same.json()["id"]
    assert other.json()["code"] == "idempotency_conflict"
    await done(caller, first.json()["id"])
    assert [job["id"] for job in (await caller.get("/v1/jobs")).json()["items"]].count(first.json()["id"]) == 1


async def test_a_job_can_be_cancelled_and_deleted(caller, jobs):
    long = jsonl({"text": text} for text in TEXTS * 40)
    running, waiting = [(await send(caller, long)).json()["id"] for _ in range(2)]
    assert (await caller.get(f"/v1/jobs/{running}/result")).json()["code"] == "job_not_done"
    assert (await caller.post(f"/v1/jobs/{waiting}/cancel")).json()["state"] == "cancelled"
    while (await caller.get(f"/v1/jobs/{running}")).json()["rows_done"] == 0:
        await anyio.sleep(0.1)
    await caller.post(f"/v1/jobs/{running}/cancel")
    job = await done(caller, running, ("cancelled",))
    assert 0 < job["rows_done"] < job["rows_total"]
    assert (await caller.post(f"/v1/jobs/{running}/cancel")).json() == job
    third = (await send(caller, long)).json()["id"]
    while (await caller.get(f"/v1/jobs/{third}")).json()["rows_done"] == 0:
        await anyio.sleep(0.1)
    assert (await caller.delete(f"/v1/jobs/{third}")).status_code == 204
    assert (await caller.get(f"/v1/jobs/{third}")).json()["code"] == "job_not_found"
    fourth = await done(caller, (await send(caller, jsonl([{"text": TEXTS[0]}]))).json()["id"])
    jobs.runner._sweep()
    left = {path.name for path in jobs.files.root.rglob("*.*")}
    assert left == {"result.csv", "result.jsonl", "result.xlsx"}, fourth
    assert not jobs.files.folder(third).exists()


async def test_a_finished_job_is_kept_for_some_days(caller, jobs):
    job = await done(caller, (await send(caller, jsonl([{"text": TEXTS[0]}]))).json()["id"])
    with jobs.store.database.write() as session:
        session.execute(update(Job).values(expires=now()))
    await anyio.sleep(0.01)
    jobs.runner._sweep()
    assert (await caller.get(f"/v1/jobs/{job['id']}/result")).status_code == 404
    assert list(jobs.files.root.iterdir()) == []


async def test_a_client_sees_its_own_jobs_and_an_operator_all(caller, monkeypatch):
    monkeypatch.setattr(gate, "ANYBODY", Caller("one", "портал", "client"))
    job_id = (await send(caller, jsonl([{"text": TEXTS[0]}]))).json()["id"]
    await done(caller, job_id)
    monkeypatch.setattr(gate, "ANYBODY", Caller("two", "приёмная", "client"))
    for method, path in (("GET", ""), ("GET", "/result"), ("POST", "/cancel"), ("DELETE", "")):
        answer = await caller.request(method, f"/v1/jobs/{job_id}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "job_not_found")
    assert (await caller.get("/v1/jobs")).json() == {"items": []}
    monkeypatch.setattr(gate, "ANYBODY", Caller("three", "отдел", "operator"))
    assert (await caller.get(f"/v1/jobs/{job_id}/result")).status_code == 200
    assert job_id in {job["id"] for job in (await caller.get("/v1/jobs")).json()["items"]}


async def test_doubtful_rows_go_to_the_queue_when_asked(caller):
    doubtful = jsonl([{"id": "1", "text": "Здравствуйте"}, {"id": "2", "text": "Спасибо"}])
    await done(caller, (await send(caller, doubtful)).json()["id"])
    assert (await caller.get("/v1/queue")).json()["items"] == []
    job = await done(caller, (await send(caller, doubtful, queue="true")).json()["id"])
    lines = [json.loads(line) for line in (await result(caller, job["id"])).content.splitlines()]
    expected = sum(line["review"]["required"] for line in lines)
    assert expected > 0
    assert len((await caller.get("/v1/queue")).json()["items"]) == expected


@pytest.mark.parametrize(
    ("files", "fields", "status", "code"),
    [
        ({"file": ("a.pdf", b"%PDF")}, {}, 415, "file_type"),
        ({"other": ("a.csv", b"x")}, {}, 422, "file_missing"),
        ({"file": ("a.jsonl", b"{}")}, {"maks": "true"}, 422, "request_invalid"),
        ({"file": ("a.jsonl", b"{}")}, {"mask": "наверное"}, 422, "request_invalid"),
        ({"file": ("a.xlsx", b"PK\x03\x04 not a zip")}, {}, 422, "file_unreadable"),
        ({"file": ("a.jsonl", b"x" * 1_000_000)}, {}, 413, "body_too_large"),
    ],
)
async def test_what_is_not_a_job_is_refused(caller, jobs, files, fields, status, code):
    answer = await caller.post("/v1/jobs", files=files, data=fields)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert "maks" not in answer.text
    assert "наверное" not in answer.text
    assert {folder.name for folder in jobs.files.root.iterdir()} == set(jobs.store.known())


async def test_an_upload_without_a_told_length_is_counted(caller):
    async def endless():
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jsonl"\r\n\r\n'
        while True:
            yield b"y" * 65_536

    answer = await caller.post(
        "/v1/jobs", content=endless(), headers={"Content-Type": "multipart/form-data; boundary=x"}
    )
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    answer = await caller.post("/v1/jobs", json={"text": "Яма"})
    assert (answer.status_code, answer.json()["code"]) == (415, "form_expected")


async def test_a_file_without_texts_fails_with_its_reason(caller):
    job = await done(caller, (await send(caller, "а;б\n1;2\n".encode(), "a.csv")).json()["id"], ("failed",))
    assert (job["error"], job["rows_total"]) == ("column_missing", None)
    assert "столбец" in job["detail"]
    empty = await done(caller, (await send(caller, b"", "a.jsonl")).json()["id"])
    assert empty["rows_total"] == 0
    assert (await result(caller, empty["id"])).content == b""
