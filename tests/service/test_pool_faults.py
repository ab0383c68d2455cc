"""Pools whose model is spoilt under them, whose start fails and whose callers go: one version, nothing left behind."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import time
from pathlib import Path

import psutil
import pytest
from mcu_nlp_service.inference import ModelSource, Pool, WorkerLostError, worker
from mcu_nlp_service.inference.snapshot import Snapshot, sweep

from mcu_nlp import BundleError, InputError, Message

pytestmark = pytest.mark.anyio
TEXT = "Яма на дороге по ул. Мира, 7"
RULES = 'format = 1\n[[department]]\nid = "hall"\ntitle = "Администрация"\n'


def nap(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def touch(file: str) -> None:
    Path(file).touch()


def name_version(folder: Path, version: str) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8")) | {"version": version}
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def workers() -> int:
    return sum("forkserver" in " ".join(p.cmdline()) for p in psutil.Process().children(recursive=True))


async def until(holds, seconds=60):
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)


async def versions(pool, calls=8):
    (found,) = zip(*[await pool.run(worker.analyze, [Message(TEXT)], False, False) for _ in range(calls)], strict=True)
    return {json.loads(answer.json)["model"]["version"] for answer in found}


@pytest.fixture
def model(toy_model, tmp_path):
    return Path(shutil.copytree(toy_model, tmp_path / "model"))


@pytest.fixture
async def opened(model, tmp_path):
    (tmp_path / "routing.toml").write_text(RULES, "utf-8")
    pool = Pool(ModelSource(model, tmp_path / "routing.toml", 1000), 2, 30)
    await pool.start()
    yield pool
    await pool.close(abandon=True)


async def test_what_becomes_of_the_originals_changes_no_answer(opened, model, tmp_path):
    before = await versions(opened)
    name_version(model, "another")
    (tmp_path / "routing.toml").write_text("format = ", "utf-8")
    os.kill(await opened.run(os.getpid), signal.SIGKILL)
    await until(lambda: opened.restarts == 1 and opened.is_ready())
    assert await versions(opened) == before
    shutil.rmtree(model)
    os.kill(await opened.run(os.getpid), signal.SIGKILL)
    await until(lambda: opened.restarts == 2 and opened.is_ready())


async def test_a_process_that_cannot_load_takes_no_work_and_is_tried_again(opened, caplog):
    hidden = opened._snapshot.source.folder / "weights.npz"
    shutil.move(hidden, hidden.with_suffix(".hidden"))
    os.kill(await opened.run(os.getpid), signal.SIGKILL)
    await until(lambda: "bundle_missing" in caplog.text)
    assert (opened.alive, opened.is_ready()) == (1, False)
    assert len({await opened.run(os.getpid) for _ in range(8)}) == 1
    # The other one too: who waits and who comes is told at once.
    napping = asyncio.create_task(opened.run(nap, 60))
    waiting = asyncio.create_task(opened.run(nap, 0))
    await until(lambda: opened.waiting == 1)
    os.kill(next(p for p in map(psutil.Process, pids(opened)) if p.is_running()).pid, signal.SIGKILL)
    for lost in await asyncio.wait_for(asyncio.gather(napping, waiting, return_exceptions=True), 60):
        assert isinstance(lost, WorkerLostError)
    shutil.move(hidden.with_suffix(".hidden"), hidden)
    await until(opened.is_ready)
    assert await versions(opened)


def pids(pool):
    return [pid for lane in pool._lanes if lane._pool for pid in lane._pool._pool_manager.worker_manager.workers]


async def test_a_process_with_another_version_takes_no_work(opened, caplog):
    before = await versions(opened)
    name_version(opened._snapshot.source.folder, "another")
    os.kill(await opened.run(os.getpid), signal.SIGKILL)
    await until(lambda: "cannot load" in caplog.text)
    assert opened.alive == 1
    assert await versions(opened) == before


async def test_a_start_that_fails_leaves_nothing(model, tmp_path, monkeypatch):
    before = workers()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    with pytest.raises(TimeoutError):
        await Pool(ModelSource(model, None, 1000), 2, 30).start(seconds=0.01)
    (model / "weights.npz").write_bytes(b"PK")
    with pytest.raises(BundleError) as told:
        await Pool(ModelSource(model, None, 1000), 2, 30).start()
    assert str(model) in told.value.russian
    with pytest.raises(InputError) as missing:
        await Pool(ModelSource(None, tmp_path / "nowhere.toml", 1000), 1, 30).start()
    assert str(tmp_path / "nowhere.toml") in missing.value.russian
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(OSError, match="nowhere"):
        await Pool(ModelSource(model, None, 1000), 1, 30).start()
    await until(lambda: workers() == before)
    assert list((tmp_path / "tmp").iterdir()) == []


async def test_a_pool_that_is_abandoned_ends_at_once(opened):
    asking = [asyncio.create_task(opened.run(nap, 300)) for _ in range(4)]
    await until(lambda: opened.waiting == 2)
    asking.pop(0).cancel()  # nobody is told of this one
    begun = time.monotonic()
    await opened.close(abandon=True)
    assert time.monotonic() - begun < 10
    assert all(isinstance(e, WorkerLostError) for e in await asyncio.gather(*asking, return_exceptions=True))


async def test_who_goes_away_while_waiting_leaves_no_work(opened, tmp_path):
    napping = [asyncio.create_task(opened.run(nap, 0.5)) for _ in range(2)]
    leaving = asyncio.create_task(opened.run(touch, str(tmp_path / "touched")))
    await until(lambda: opened.waiting == 1)
    leaving.cancel()
    await asyncio.gather(*napping)
    await opened.run(os.getpid)
    assert (opened.waiting, (tmp_path / "touched").exists()) == (0, False)


def test_copies_of_a_killed_service_are_swept(model, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    held, left = Snapshot(ModelSource(model, None, 1)), Snapshot(ModelSource(model, None, 1))
    os.close(left._lock)
    sweep()
    assert left.source.folder.exists()  # young: its maker may not have locked it yet
    for copy in (held, left):
        os.utime(copy.source.folder.parent, (0, 0))
    sweep()
    assert (held.source.folder.exists(), left.source.folder.exists()) == (True, False)
    held.remove()
    assert list((tmp_path / "tmp").iterdir()) == []
