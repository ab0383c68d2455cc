"""What an operator meets: state, metrics, documentation, settings, overload, the end."""

from __future__ import annotations

import ast
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import mcu_nlp_service
import pytest
from mcu_nlp_service.api.answers import AnalysisOut

import mcu_nlp

COMMAND = Path(sys.executable).with_name("mcu-nlp")
CANARY = "Канарейкина"
SECRETS = (CANARY, "канарейк", "Kanareikina", "912 000-11-22", "9120001122")
TEXT = f"Меня зовут {CANARY} Анна (Kanareikina), тел. 8 912 000-11-22. Яма на дороге!"


def test_state(client, analyzer):
    assert client.get("/healthz").json() == {"status": "ok"}
    model = analyzer.model
    assert client.get("/readyz").json() == {"status": "ok", "model": model.name, "version": model.version}


def test_metrics_name_routes_and_never_paths(client):
    client.post("/v1/analyze", json={"text": TEXT})
    client.get(f"/{CANARY}?q={CANARY}")
    client.request("KANAREIKINA", "/healthz")
    answer = client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    assert re.search(r'mcu_nlp_requests_total\{route="/v1/analyze",status="200"\} [1-9]', answer.text)
    assert 'mcu_nlp_requests_total{route="unmatched",status="404"}' in answer.text
    assert re.search(r"mcu_nlp_analyses_total [1-9]", answer.text)
    assert "mcu_nlp_model_info{" in answer.text
    assert not any(secret in answer.text for secret in SECRETS)
    routes = set(re.findall(r'route="([^"]*)"', answer.text))
    assert {"unmatched", "/healthz"} <= routes
    pages = "login|logout|static|queue|jobs"
    known = rf"unmatched|/|/openapi\.json|/(v1|docs|healthz|readyz|metrics|{pages})[a-z/.{{}}:_-]*"
    assert [route for route in routes if not re.fullmatch(known, route)] == []


def test_docs_need_no_internet(client):
    page = client.get("/docs")
    assert page.status_code == 200
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.search(r"(?:https?:)?//", page.text)
    parts = re.findall(r'(?:src|href)="((?!data:)[^"]*)"', page.text)
    assert len(parts) == 4
    for part in parts:
        assert client.get(f"/{part}").status_code == 200
    assert "http" not in client.get("/docs/start.js").text
    script = client.get("/docs/swagger-ui-bundle.js")
    assert "SwaggerUIBundle" in script.text
    assert "javascript" in script.headers["content-type"]


def test_openapi_documents_the_contract(client):
    schema = client.get("/openapi.json").json()
    parts = schema["components"]["schemas"]
    assert "HTTPValidationError" not in parts
    for path, answer in (("/v1/analyze", "AnalysisOut"), ("/v1/analyze/batch", "BatchOut")):
        responses = schema["paths"][path]["post"]["responses"]
        assert responses["200"]["content"]["application/json"]["schema"] == {"$ref": f"#/components/schemas/{answer}"}
        for status in ("400", "413", "415", "422", "503"):
            assert responses[status]["content"] == {
                "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
            }
    (example,) = parts["AnalysisOut"]["examples"]
    assert AnalysisOut.model_validate(example, strict=True).model_dump(exclude_unset=True) == example
    assert client.get("/openapi.json").json() == schema


def test_the_documented_request_works(client):
    (example,) = client.get("/openapi.json").json()["components"]["schemas"]["AppealIn"]["examples"]
    answer = client.post("/v1/analyze", json=example).json()
    assert answer["id"] == example["id"]


def test_service_knows_only_public_names():
    public = set(mcu_nlp.__all__)
    files = sorted(Path(mcu_nlp_service.__file__).parent.rglob("*.py"))
    assert files
    for file in files:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "mcu_nlp":
                assert node.module == "mcu_nlp", file
                assert {alias.name for alias in node.names} <= public, file
            if isinstance(node, ast.Import):
                assert not any(alias.name.split(".")[0] == "mcu_nlp" for alias in node.names), file


def test_no_appeal_in_the_servers_output(start):
    with start(MCU_NLP_MAX_BODY="200000") as server, httpx.Client(base_url=server.url, trust_env=False) as client:
        bodies = [
            {"text": TEXT, "id": CANARY, "explain": True},
            {"text": TEXT, CANARY: 1},
            {"text": [TEXT]},
            {"text": TEXT, "received": CANARY},
            {"text": TEXT, "channel": CANARY * 9},
            {"text": TEXT * 800},
            {"text": TEXT * 6000},
        ]
        assert [client.post("/v1/analyze", json=body).status_code for body in bodies] == [
            200,
            422,
            422,
            422,
            422,
            413,
            413,
        ]
        client.post("/v1/analyze/batch", json={"items": [*bodies[:2]]})
        client.post("/v1/analyze", content=f'{{"text": "{TEXT}'.encode(), headers={"content-type": "application/json"})
        client.post(f"/{CANARY}?text={CANARY}", json=bodies[0], headers={"x-request-id": f"{CANARY}".encode()})
        client.request("KANAREIKINA", "/v1/analyze")
        # Not HTTP at all.
        with socket.create_connection(("127.0.0.1", client.base_url.port)) as raw:
            raw.sendall(f"POST /{CANARY}\r\n{TEXT}\r\n\r\n".encode())
            assert raw.recv(1000)
        assert server.stop() == 0
    output = server.output.read_text("utf-8")
    lines = [json.loads(line) for line in output.splitlines()]
    assert ("/v1/analyze", 200, None) in {(line.get("route"), line.get("status"), line.get("key_id")) for line in lines}
    assert "Traceback" not in output
    assert not any(secret.lower() in output.lower() for secret in SECRETS), output


@pytest.mark.anyio
async def test_a_failure_is_told_without_the_appeal(inside, caplog, capfd, monkeypatch):
    caplog.set_level("DEBUG")

    async with inside() as (app, client):

        async def fail(_work: object, messages: list[mcu_nlp.Message], *_: object) -> None:
            raise ValueError(f"cannot read {messages[0].text}")

        monkeypatch.setattr(app.state.parts.models.active.pool, "run", fail)
        for path, body in (("/v1/analyze", {"text": TEXT}), ("/v1/analyze/batch", {"items": [{"text": TEXT}]})):
            answer = await client.post(path, json=body, headers={"x-request-id": "req-500"})
            assert answer.status_code == 500
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["x-request-id"] == "req-500"
            assert answer.json()["code"] == "internal_error"
            assert not any(secret in answer.text for secret in SECRETS)
        metrics = (await client.get("/metrics")).text
    assert 'route="/v1/analyze",status="500"' in metrics
    (failure, *_) = [record for record in caplog.records if record.getMessage() == "failed"]
    assert (failure.request_id, failure.error) == ("req-500", "ValueError")
    assert failure.at.startswith("test_service_operation.py:")
    told = caplog.text + "".join(capfd.readouterr()) + str([vars(record) for record in caplog.records])
    assert not any(secret in told for secret in SECRETS)


@pytest.mark.anyio
async def test_not_ready_before_the_model_is_loaded(toy_model, tmp_path):
    app = mcu_nlp_service.create_app(mcu_nlp_service.Settings(model=toy_model, state=tmp_path))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        assert (await client.get("/healthz")).status_code == 200
        for answer in (await client.get("/readyz"), await client.post("/v1/analyze", json={"text": TEXT})):
            assert answer.status_code == 503
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["retry-after"]
            assert answer.json()["code"] == "not_ready"


@pytest.mark.anyio
async def test_overload_is_refused_and_the_loop_stays_free(inside, monkeypatch):
    import anyio

    async with inside(processes=1, max_waiting=1) as (app, client):
        pool, gate, statuses = app.state.parts.models.active.pool, anyio.Event(), []
        real = pool.run

        async def slow(*work: object) -> object:
            await gate.wait()
            return await real(*work)

        monkeypatch.setattr(pool, "run", slow)

        async def ask() -> None:
            answer = await client.post("/v1/analyze", json={"text": TEXT})
            statuses.append((answer.status_code, answer.json().get("code")))

        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(ask)
            try:
                with anyio.fail_after(15):
                    while len(statuses) < 3:
                        await anyio.sleep(0.02)
                assert statuses == [(429, "busy")] * 3
                assert (await client.get("/healthz")).status_code == 200
            finally:
                gate.set()
        assert sorted(statuses) == [(200, None)] * 2 + [(429, "busy")] * 3


@pytest.mark.anyio
async def test_a_body_that_does_not_come_is_refused(inside):
    import anyio

    async def slow():
        yield b"{"
        await anyio.sleep(5)

    async with inside(body_seconds=0.1) as (_, client):
        answer = await client.post("/v1/analyze", content=slow(), headers={"content-type": "application/json"})
    assert answer.status_code == 408
    assert answer.json()["code"] == "request_timeout"


@pytest.mark.anyio
@pytest.mark.parametrize("length", ["-1", "x", "9" * 6000, "9" * 19])
async def test_strange_announced_length(inside, length):
    async with inside() as (_, client):
        answer = await client.post("/v1/analyze", content=b"{}", headers={"content-length": length})
    assert answer.status_code == (413 if length.isdigit() else 400)


@pytest.mark.parametrize("order", [signal.SIGTERM, signal.SIGINT])
def test_the_end_is_orderly(start, order):
    """Requests begun are answered, then the status is 0."""
    server = start()
    answers: list[httpx.Response] = []
    items = [{"text": f"Яма номер {n} на дороге по ул. Мира, {n}. " * 20} for n in range(300)]

    def ask() -> None:
        answers.append(httpx.post(f"{server.url}/v1/analyze/batch", json={"items": items}, timeout=60, trust_env=False))

    asking = threading.Thread(target=ask)
    asking.start()
    # Two: the batch and the question about it.
    while "mcu_nlp_requests_running 2.0" not in httpx.get(f"{server.url}/metrics", timeout=30, trust_env=False).text:
        assert asking.is_alive()
        time.sleep(0.05)
    server.process.send_signal(order)
    assert server.process.wait(60) == 0
    asking.join(60)
    assert [answer.status_code for answer in answers] == [200]
    assert len(answers[0].json()["items"]) == 300


@pytest.mark.parametrize(
    ("arguments", "settings", "told"),
    [
        (["--model", "nowhere"], {}, "nowhere"),
        (["--routing", "nowhere.toml"], {}, "nowhere.toml"),
        (["--port", "70000"], {}, "--port"),
        ([], {"MCU_NLP_MAX_TEXT": "many"}, "MCU_NLP_MAX_TEXT"),
        ([], {"MCU_NLP_PROCESSES": "0"}, "MCU_NLP_PROCESSES"),
        ([], {"MCU_NLP_STATE": "/dev/null/state"}, "state_unwritable"),
        # Who may call is looked at before a model is loaded.
        (["--model", "nowhere", "--host", "0.0.0.0"], {"MCU_NLP_ACCESS": "open"}, "access_open_beyond"),  # noqa: S104
    ],
)
def test_unusable_arguments_are_one_line_and_status_2(tmp_path, arguments, settings, told):
    done = subprocess.run(
        [COMMAND, "serve", *arguments],
        cwd=tmp_path,
        env=os.environ | settings | {"COLUMNS": "200"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
