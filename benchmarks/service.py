"""Speed and endurance of the service beside a bare FastAPI app that calls the library, in one run.

    python benchmarks/service.py [--soak MINUTES] [--model DIR] [--seconds N]

Without ``--model`` a toy model is trained first. Both sides have one process that analyses, but for the
batch. Ratios are what counts.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import itertools
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
import httpx
import psutil
from service_soak import Soak

ROOT = Path(__file__).parents[1]
BARE = """
import sys, uvicorn, mcu_nlp
from fastapi import FastAPI
from pydantic import BaseModel
analyzer = mcu_nlp.load(sys.argv[1])
app = FastAPI()
class Appeal(BaseModel):
    text: str
@app.get("/readyz")
def ready(): return {}
@app.post("/v1/analyze")
def analyze(appeal: Appeal): return analyzer(appeal.text).to_dict()
uvicorn.run(app, port=int(sys.argv[2]), access_log=False, log_level="error")
"""
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def texts() -> list[str]:
    with (ROOT / "examples" / "appeals.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row["Текст обращения"] for row in csv.DictReader(file, delimiter=";")]


TEXTS = texts()


@contextmanager
def running(command: list[str], port: int, **settings: str) -> Iterator[tuple[str, psutil.Process]]:
    with tempfile.TemporaryDirectory() as state:
        environment = os.environ | ONE_THREAD | {"MCU_NLP_STATE": state, "MCU_NLP_RATE": "1000000/minute"} | settings
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        url = f"http://127.0.0.1:{port}"
        try:
            for _ in range(600):
                try:
                    if httpx.get(f"{url}/readyz", trust_env=False).status_code == 200:
                        break
                except httpx.TransportError:
                    pass
                time.sleep(0.2)
            yield url, psutil.Process(process.pid)
        finally:
            process.terminate()
            process.wait(60)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def service(model: Path, **settings: str):
    port = free_port()
    command = [str(Path(sys.executable).with_name("mcu-nlp")), "serve", "--port", str(port), "--model", str(model)]
    return running(command, port, **({"MCU_NLP_PROCESSES": "1", "MCU_NLP_MAX_WAITING": "8"} | settings))


def bare(model: Path):
    port = free_port()
    return running([sys.executable, "-c", BARE, str(model), str(port)], port)


def session(url: str) -> aiohttp.ClientSession:
    """A caller that costs little: it shares the machine with what it measures."""
    connector = aiohttp.TCPConnector(limit=200)
    return aiohttp.ClientSession(url, connector=connector, timeout=aiohttp.ClientTimeout(120))


async def closed(url: str, seconds: float, callers: int = 4) -> float:
    """Appeals a second from callers that each send the next one when the last is answered."""
    turn, done = itertools.cycle(TEXTS), 0
    deadline = time.perf_counter() + seconds

    async def call(client: aiohttp.ClientSession) -> None:
        nonlocal done
        while time.perf_counter() < deadline:
            async with client.post("/v1/analyze", json={"text": next(turn)}) as answer:
                await answer.read()
            done += answer.status == 200

    async with session(url) as client:
        await asyncio.gather(*(call(client) for _ in range(callers)))
    return done / seconds


async def opened(url: str, rate: float, seconds: float) -> tuple[list[float], Counter[int]]:
    """Times of accepted calls (200) that begin at a steady rate, whether or not the earlier ones are answered."""
    times: list[float] = []
    statuses: Counter[int] = Counter()

    async def call(client: aiohttp.ClientSession, text: str) -> None:
        begun = time.perf_counter()
        try:
            async with client.post("/v1/analyze", json={"text": text}) as answer:
                await answer.read()
        except aiohttp.ClientError:
            statuses[0] += 1
            return
        statuses[answer.status] += 1
        if answer.status == 200:
            times.append(time.perf_counter() - begun)

    async with session(url) as client:
        tasks, begun = [], time.perf_counter()
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            tasks.append(asyncio.create_task(call(client, TEXTS[number % len(TEXTS)])))
        await asyncio.gather(*tasks)
    return times, statuses


def percentile(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100)[percent - 1] if len(times) > 1 else float("nan")


async def batches(url: str, seconds: float) -> tuple[float, float]:
    """Appeals a second one by one (a call after the other) and in batches of 100."""
    alone = await closed(url, seconds, callers=1)
    items = [{"text": text} for text, _ in zip(itertools.cycle(TEXTS), range(100), strict=False)]
    done, begun = 0, time.perf_counter()
    async with session(url) as client:
        while time.perf_counter() - begun < seconds:
            async with client.post("/v1/analyze/batch", json={"items": items}) as answer:
                done += len((await answer.json())["items"])
    return alone, done / (time.perf_counter() - begun)


async def measure(model: Path, seconds: float, minutes: float) -> None:
    # In turns, so that other work on the machine falls on both sides alike.
    ours: list[float] = []
    theirs: list[float] = []
    with service(model) as (url, _), bare(model) as (other, _):
        for address in (url, other):
            await closed(address, 2)
        for _ in range(3):
            theirs.append(await closed(other, seconds / 3))
            ours.append(await closed(url, seconds / 3))
    rate, base = statistics.median(ours), statistics.median(theirs)
    print(f"throughput: service {rate:.0f}/s, bare app {base:.0f}/s: {rate / base:.0%} (at least 90 %)")
    # As the service comes: two processes, which share a batch.
    with service(model, MCU_NLP_PROCESSES="2") as (url, _):
        await closed(url, 2)
        alone, together = await batches(url, seconds)
        print(f"batch of 100: {together:.0f}/s, one by one {alone:.0f}/s: {together / alone:.1f} times (at least 3)")
    with service(model) as (url, _):
        await closed(url, 2)
        capacity = await closed(url, seconds)
        times, statuses = await opened(url, 0.7 * capacity, seconds)
        p50, p95, p99 = (percentile(times, percent) for percent in (50, 95, 99))
        print(
            f"70 % of {capacity:.0f}/s: p50 {p50 * 1e3:.1f} ms, p95 {p95 * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms: "
            f"p99 is {p99 / p50:.1f} x p50 (at most 5), {dict(statuses)}"
        )
        over, statuses = await opened(url, 4 * capacity, seconds)
        busy = percentile(over, 95)
        print(f"4 x capacity: accepted p95 {busy * 1e3:.1f} ms: {busy / p95:.1f} x (at most 2), {dict(statuses)}")
        begun = time.perf_counter()
        calm, _ = await opened(url, 0.3 * capacity, 3)
        print(f"  after it: p95 {percentile(calm, 95) * 1e3:.1f} ms within {time.perf_counter() - begun:.0f} s")
    if minutes:
        with service(model, MCU_NLP_MAX_WAITING="16") as (url, process):
            await Soak(url, process, TEXTS, minutes).run()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--soak", type=float, default=0, metavar="MINUTES")
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--model", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = given.model
        if model is None:
            sys.path.insert(0, str(ROOT / "tests"))
            from toy import train_toy

            model = Path(folder) / "toy"
            train_toy(model)
        asyncio.run(measure(model, given.seconds, given.soak))


if __name__ == "__main__":
    main()
