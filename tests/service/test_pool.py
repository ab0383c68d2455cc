"""Worker processes: missed when they die, replaced, and never the caller's trouble."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from mcu_nlp_service.inference import ModelSource, Pool, TooSlowError, WorkerLostError

import mcu_nlp

TEXT = "Яма на дороге по ул. Мира, 7"


def nap(seconds: float) -> int:
    time.sleep(seconds)
    return os.getpid()


def die_once(mark: str) -> str:
    if not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@asynccontextmanager
async def opened(folder: Path, processes: int = 2, seconds: float = 30) -> AsyncIterator[Pool]:
    pool = Pool(ModelSource(folder, None, 1000), processes, seconds)
    try:
        await pool.start()
        yield pool
    finally:
        await pool.close()


async def ready_again(pool: Pool, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not pool.is_ready():
            await asyncio.sleep(0.05)


@pytest.mark.anyio
async def test_a_killed_idle_worker_is_missed_and_replaced(toy_model):
    async with opened(toy_model) as pool:
        pids = {await pool.run(os.getpid) for _ in range(8)}
        assert len(pids) == 2
        os.kill(pids.pop(), signal.SIGKILL)
        async with asyncio.timeout(5):
            while pool.is_ready():
                await asyncio.sleep(0.01)
        # The other one goes on meanwhile.
        assert await asyncio.wait_for(pool.run(os.getpid), 20)
        await ready_again(pool)
        assert pool.restarts == 1


@pytest.mark.anyio
async def test_a_killed_busy_worker_costs_nobody_an_answer(toy_model, tmp_path):
    async with opened(toy_model) as pool:
        napping = asyncio.create_task(pool.run(nap, 0.5))
        assert await pool.run(die_once, str(tmp_path / "mark")) == "done"
        assert await napping
        await ready_again(pool)


@pytest.mark.anyio
async def test_deadly_work_is_given_up_and_the_pool_lives(toy_model):
    async with opened(toy_model, processes=1) as pool:
        with pytest.raises(WorkerLostError):
            await pool.run(die)
        await ready_again(pool)
        assert await pool.run(os.getpid)


@pytest.mark.anyio
async def test_work_that_does_not_end_is_ended(toy_model):
    async with opened(toy_model, processes=1, seconds=0.3) as pool:
        with pytest.raises(TooSlowError):
            await pool.run(nap, 60)
        assert not pool.is_ready()
        await ready_again(pool)
        assert await pool.run(os.getpid)
        assert pool.restarts == 1


@pytest.mark.anyio
async def test_whoever_asked_may_go_away(toy_model):
    async with opened(toy_model, processes=1) as pool:
        pid = await pool.run(os.getpid)
        asking = asyncio.create_task(pool.run(nap, 0.3))
        await asyncio.sleep(0.1)
        asking.cancel()
        assert await pool.run(os.getpid) == pid


@pytest.mark.anyio
async def test_a_model_that_cannot_be_loaded_says_why(tmp_path):
    with pytest.raises(mcu_nlp.BundleError) as refused:
        async with opened(tmp_path / "nowhere"):
            pass
    assert refused.value.code == "bundle_missing"


@pytest.mark.anyio
async def test_readiness_tells_of_a_dead_worker_and_recovers(inside):
    async with inside(processes=1) as (app, client):
        pid = await app.state.parts.models.run(os.getpid)
        os.kill(pid, signal.SIGKILL)
        killed = time.monotonic()
        async with asyncio.timeout(5):
            while (answer := await client.get("/readyz")).status_code == 200:
                await asyncio.sleep(0.02)
        assert answer.status_code == 503
        assert time.monotonic() - killed < 5
        async with asyncio.timeout(60):
            while (await client.get("/readyz")).status_code != 200:
                await asyncio.sleep(0.02)
        assert (await client.post("/v1/analyze", json={"text": TEXT})).status_code == 200
