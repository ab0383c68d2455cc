"""Jobs under kills, lost leases, poisonous rows and disks that refuse: every row once, or a clear failure."""

from __future__ import annotations

import errno
import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import anyio
import httpx
import psutil
import pytest
from mcu_nlp_service import Settings, create_app
from mcu_nlp_service.access.roles import ANYBODY
from mcu_nlp_service.jobs import progress
from mcu_nlp_service.jobs.work import CHUNK, analyze_chunk
from mcu_nlp_service.storage.tables import Job, now

KILLS = int(os.environ.get("MCU_NLP_TEST_KILLS", "4"))
LEASE = 1.0
PER_KILL = 12  # chunks that may be done while a kill waits for its moment
RESULTS = ["result.csv", "result.jsonl", "result.xlsx"]


def content(rows, **more):
    texts = (f"На Полевой улице, дом {number}, яма во всю дорогу, прошу засыпать" for number in range(rows))
    lines = [{"id": str(number), "text": text} for number, text in enumerate(texts)]
    lines[-1] |= more
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


# Whoever stands by while processes are killed


def workers_of(server):
    own = psutil.Process(server.process.pid)
    children = own.children()
    return children, [one for one in own.children(recursive=True) if one not in children]


def look(server, job_id):
    return httpx.get(f"{server.url}/v1/jobs/{job_id}", timeout=30, trust_env=False).json()


def send(server, sent):
    answer = httpx.post(f"{server.url}/v1/jobs", files={"file": ("a.jsonl", sent)}, timeout=30, trust_env=False)
    assert answer.status_code == 202, answer.text
    return answer.json()["id"]


def wait(server, job_id, enough, seconds=180 + 60 * KILLS):
    deadline = time.monotonic() + seconds
    while not enough(job := look(server, job_id)):
        assert time.monotonic() < deadline, job
        assert job["state"] in ("queued", "running"), job
        time.sleep(0.05)
    return job


def finished(server, job_id):
    wait(server, job_id, lambda job: job["state"] == "done")
    return {
        kind: httpx.get(f"{server.url}/v1/jobs/{job_id}/result?format={kind}", timeout=60, trust_env=False).content
        for kind in ("jsonl", "csv", "xlsx")
    }


def end(servers):
    for server in servers:
        server.process.kill()
        server.process.wait()


def settings_of(tmp_path):
    return {
        "MCU_NLP_STATE": str(tmp_path / "state"),
        "MCU_NLP_LEASE_SECONDS": str(LEASE),
        "MCU_NLP_PROCESSES": "1",
        "MCU_NLP_RATE": "100000/minute",
    }


def test_kills_lose_no_row_and_change_no_byte(start, tmp_path):
    seed = random.randrange(10**6)  # noqa: S311
    chance = random.Random(seed)  # noqa: S311
    settings = settings_of(tmp_path)
    # Between two kills a chunk is done, and a few more while the moment of the next one is awaited.
    rows = CHUNK * (PER_KILL * KILLS + 10) + 7
    alive, coming = [start(**settings)], []
    with ThreadPoolExecutor() as starters:
        try:
            expected = finished(alive[0], send(alive[0], content(rows)))
            alive.append(start(**settings))  # two live on one state folder from now on
            job_id, seen = send(alive[0], content(rows)), 0
            for turn in range(KILLS):
                # Three kills without a finished chunk between would be a poisonous job: that is another test.
                wait_until(lambda seen=seen: stored(tmp_path, job_id)[1] > seen)
                time.sleep(chance.random() * 0.3)
                ready = [one for one in coming if one.done()]
                alive, coming = [*alive, *(one.result() for one in ready)], [c for c in coming if c not in ready]
                victim = chance.choice(alive)
                children, workers = workers_of(victim)
                # Nobody waits for a new service to be ready: the job would be done meanwhile.
                assert stored(tmp_path, job_id)[0] == "running", f"kill {turn} would strike an idle service"
                if turn % 2 and workers:
                    chance.choice(workers).kill()
                else:
                    alive.remove(victim)
                    victim.process.kill()
                    victim.process.wait()
                    _gone, left = psutil.wait_procs(children + workers, timeout=20)
                    assert not left, "a killed service leaves processes behind"
                    coming.append(starters.submit(start, **settings))
                seen = stored(tmp_path, job_id)[1]
            alive += [one.result() for one in coming]
            assert finished(alive[0], job_id) == expected, seed
            lines = [json.loads(line) for line in expected["jsonl"].splitlines()]
            assert [line["row"] for line in lines] == list(range(1, rows + 1))
        finally:
            end([*alive, *(one.result() for one in coming)])


def stored(tmp_path, job_id):
    """State and finished rows of a job, whether or not a service lives to tell them."""
    with closing(sqlite3.connect(tmp_path / "state" / "mcu-nlp.db", timeout=30)) as database:
        return database.execute("SELECT state, rows_done FROM job WHERE id = ?", (job_id,)).fetchone()


def test_a_holder_that_slept_doubles_nothing(start, tmp_path):
    """A whole service is stopped in the middle of a job, another one takes over, and the first one wakes up."""
    settings = settings_of(tmp_path)
    rows = CHUNK * 60
    servers = [start(**settings)]
    try:
        expected = finished(servers[0], send(servers[0], content(rows)))
        job_id = send(servers[0], content(rows))
        wait(servers[0], job_id, lambda job: job["rows_done"] > 0)
        sleeper = psutil.Process(servers[0].process.pid)
        asleep = [sleeper, *sleeper.children(recursive=True)]
        for process in asleep:
            process.suspend()
        servers.append(start(**settings))
        seen = look(servers[1], job_id)["rows_done"]
        held = wait(servers[1], job_id, lambda job: job["rows_done"] > seen)
        assert held["state"] == "running"
        for process in asleep:
            process.resume()
        # What it was doing when it fell asleep ends now, and whoever it is must not count.
        assert finished(servers[1], job_id) == expected
        told = look(servers[0], job_id)
        assert (told["rows_total"], told["rows_done"], told["rows_failed"]) == (rows, rows, 0)
        assert finished(servers[0], job_id) == expected
        folder = tmp_path / "state" / "jobs" / job_id
        wait_until(lambda: sorted(path.name for path in folder.iterdir()) == RESULTS)
    finally:
        end(servers)


def wait_until(holds, seconds=180):
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


# In one app: leases that ran out, poison, refusing disks


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
async def service(toy_model, tmp_path_factory):
    state = tmp_path_factory.mktemp("state")
    settings = {"processes": 1, "lease_seconds": 3, "rate": "100000/minute"}
    app = create_app(Settings(model=toy_model, state=state, **settings))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost", timeout=60) as caller,
    ):
        yield app.state.parts.jobs, caller


async def ask(caller, sent):
    return await caller.post("/v1/jobs", files={"file": ("a.jsonl", sent)})


async def ended(caller, job_id):
    with anyio.fail_after(120):
        while (job := (await caller.get(f"/v1/jobs/{job_id}")).json())["state"] in ("queued", "running"):
            await anyio.sleep(0.05)
    return job


def poisonous(rows: Path, offset: int, part: Path, mask: bool, explain: bool):
    if "яд" in rows.read_text("utf-8"):
        with (rows.parent.parent / "tries").open("a") as tries:
            tries.write("x")
        os.kill(os.getpid(), signal.SIGKILL)
    return analyze_chunk(rows, offset, part, mask, explain)


def full(*_: object):
    raise OSError(errno.ENOSPC, "no space")


@pytest.mark.anyio
async def test_a_poisonous_job_fails_after_three_tries_and_the_others_go_on(service, monkeypatch):
    jobs, caller = service
    monkeypatch.setattr(progress, "analyze_chunk", poisonous)
    bad = (await ask(caller, content(3, text="яд"))).json()["id"]
    good = (await ask(caller, content(3))).json()["id"]
    failed = await ended(caller, bad)
    assert (failed["state"], failed["error"]) == ("failed", "job_poisonous")
    assert (jobs.files.root / "tries").read_text() == "xxx"
    assert (await ended(caller, good))["state"] == "done"
    assert (await caller.get(f"/v1/jobs/{bad}/result")).status_code == 409


@pytest.mark.anyio
async def test_a_lease_that_ran_out_is_taken_up_within_two_heartbeats(service):
    jobs, caller = service
    runner = jobs.runner
    job = Job(id="f" * 32, key_id="", filename="a.jsonl", options={"suffix": ".jsonl"})
    folder = jobs.files.folder(job.id)
    folder.mkdir(parents=True)
    (folder / "input.jsonl").write_bytes(content(3))
    until = now() + timedelta(seconds=1)
    job.state, job.lease_owner, job.lease_token, job.lease_until = "running", "dead", 1, until
    jobs.store.create(job)
    with anyio.fail_after(60):
        while (found := jobs.store.get(job.id, ANYBODY)).lease_owner != runner.owner:
            await anyio.sleep(0.02)
    taken = found.started
    assert until <= taken <= until + timedelta(seconds=2 * runner.settings.lease_seconds / 3)
    assert (await ended(caller, job.id))["state"] == "done"


@pytest.mark.anyio
async def test_a_disk_that_refuses_under_a_worker_fails_the_job(service, monkeypatch):
    jobs, caller = service
    monkeypatch.setattr(progress, "analyze_chunk", full)
    job = await ended(caller, (await ask(caller, content(3))).json()["id"])
    assert (job["state"], job["error"]) == ("failed", "storage_full")
    assert "место" in job["detail"]
    assert list(jobs.files.folder(job["id"]).iterdir()) == []


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of 256 kB at this folder; the test is left out where nobody may mount one."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder], check=False)
    if mounted.returncode:
        pytest.skip("no right to mount")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.mark.anyio
async def test_a_full_disk_publishes_nothing(service):
    jobs, caller = service
    with small_disk(jobs.files.root):
        refused = await ask(caller, content(4_000))
        assert (refused.status_code, refused.json()["code"]) == (507, "storage_full")
        assert list(jobs.files.root.iterdir()) == []
        job = await ended(caller, (await ask(caller, content(500))).json()["id"])
        assert (job["state"], job["error"]) == ("failed", "storage_full")
        assert (await caller.get(f"/v1/jobs/{job['id']}/result")).status_code == 409
        assert list(jobs.files.folder(job["id"]).iterdir()) == []
        subprocess.run(["mount", "-o", "remount,ro", jobs.files.root], check=True)
        refused = await ask(caller, content(3))
        assert (refused.status_code, refused.json()["code"]) == (507, "storage_read_only")
    job = await ended(caller, (await ask(caller, content(3))).json()["id"])
    assert job["state"] == "done"
    with jobs.store.database.read() as session:
        assert session.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
