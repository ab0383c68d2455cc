"""What decides the rows of a job: one model and one version of the rules, and a database that may refuse a row."""

from __future__ import annotations

import json
import os
import shutil
import signal

import anyio
import httpx
import pytest
from mcu_nlp_service import Settings, create_app
from mcu_nlp_service.jobs import progress
from mcu_nlp_service.jobs.work import CHUNK, analyze_chunk
from sqlalchemy.exc import DataError

from mcu_nlp import BundleError

pytestmark = pytest.mark.anyio

TEXT = "Яма на дороге по ул. Мира, 7, прошу отремонтировать"
RULES = """format = 1
[[department]]
id = "{id}"
title = "Администрация"
[[rule]]
id = "all-roads"
department = "{id}"
category = "roads"
"""


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def service(toy_model, tmp_path_factory):
    """One app whose model folder and rules may be overwritten."""
    state = tmp_path_factory.mktemp("state")
    model = shutil.copytree(toy_model, state / "models" / "toy")
    rules = state / "operator.toml"
    rules.write_text(RULES.format(id="hall"), "utf-8")
    settings = {"processes": 1, "lease_seconds": 3, "rate": "100000/minute", "store": "all"}
    app = create_app(Settings(model=model, models=model.parent, routing=rules, state=state, **settings))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost", timeout=60) as caller,
    ):
        yield app.state.parts.jobs, caller


async def ended(caller, rows, **fields):
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    sent = await caller.post("/v1/jobs", files={"file": ("a.jsonl", content)}, data=fields)
    assert sent.status_code == 202, sent.text
    with anyio.fail_after(120):
        while (job := (await caller.get(sent.headers["location"])).json())["state"] in ("queued", "running"):
            await anyio.sleep(0.05)
    return job


async def departments(caller, job):
    assert job["state"] == "done", job
    lines = (await caller.get(f"/v1/jobs/{job['id']}/result")).text.splitlines()
    return {json.loads(line)["department"]["id"] for line in lines}


def edit_and_die(rows, offset, part, mask, explain):
    """The operator edits the rules, and the process that works on the second chunk is lost."""
    state = rows.parents[2]
    if offset and not (state / "edited").exists():
        (state / "operator.toml").write_text(RULES.format(id="other"), "utf-8")
        (state / "edited").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return analyze_chunk(rows, offset, part, mask, explain)


async def test_rules_edited_while_a_job_runs_decide_the_next_one(service, monkeypatch):
    jobs, caller = service
    monkeypatch.setattr(progress, "analyze_chunk", edit_and_die)
    job = await ended(caller, [{"text": TEXT}] * (3 * CHUNK))
    assert (jobs.files.root.parent / "edited").exists()
    assert await departments(caller, job) == {"hall"}
    assert await departments(caller, await ended(caller, [{"text": TEXT}])) == {"other"}


async def test_an_overwritten_model_folder_is_read_anew(service):
    jobs, caller = service
    before = await ended(caller, [{"text": TEXT}])
    path = jobs.files.root.parent / "models" / "toy" / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(manifest | {"version": "later"}), "utf-8")
    assert (await caller.post("/v1/models/toy/activate")).status_code == 200
    after = await ended(caller, [{"text": TEXT}])
    assert (before["version"], after["version"]) == (manifest["version"], "later")
    lines = (await caller.get(f"/v1/jobs/{after['id']}/result")).text
    assert json.loads(lines)["model"]["version"] == "later"


async def test_a_model_that_cannot_be_loaded_now_is_tried_again(service, monkeypatch):
    _jobs, caller = service
    monkeypatch.setattr(progress, "_PAUSE_SECONDS", 0.01)
    tries = []

    def copied_meanwhile(source):
        tries.append(source)
        if len(tries) < progress.TRIES:
            raise BundleError("bundle_missing", path=source.folder, name="weights.npz")
        return "whole"

    monkeypatch.setattr(progress, "fingerprint", copied_meanwhile)
    assert (await ended(caller, [{"text": TEXT}]))["state"] == "done"

    def damaged(source):
        raise BundleError("bundle_checksum", path=source.folder, name="weights.npz")

    monkeypatch.setattr(progress, "fingerprint", damaged)
    job = await ended(caller, [{"text": TEXT}])
    assert (job["state"], job["error"]) == ("failed", "model_unusable")


async def test_what_a_database_will_never_take_fails_the_job(service, monkeypatch):
    jobs, caller = service

    def refuse(*_):
        raise DataError("INSERT", {}, ValueError())

    monkeypatch.setattr(jobs.store, "add_chunk", refuse)
    job = await ended(caller, [{"text": TEXT}])
    assert (job["state"], job["error"]) == ("failed", "internal_error")


async def test_a_long_number_is_a_bad_row_on_every_database(toy_model, tmp_path, database_url):
    app = create_app(Settings(model=toy_model, state=tmp_path, database=database_url, processes=1, store="all"))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=60) as caller,
    ):
        rows = [{"id": "№" * length, "text": TEXT} for length in (200, 201)]
        job = await ended(caller, rows)
        assert (job["state"], job["rows_done"], job["rows_failed"]) == ("done", 2, 1)
        lines = (await caller.get(f"/v1/jobs/{job['id']}/result")).text.splitlines()
        assert json.loads(lines[0])["id"] == rows[0]["id"]
        assert json.loads(lines[1])["error"]["code"] == "id_too_long"
