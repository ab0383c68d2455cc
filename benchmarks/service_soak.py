"""Mixed load for minutes: single calls, batches, jobs and corrections together, with nothing lost."""

from __future__ import annotations

import asyncio
import csv
import io
import itertools
import math
import time
from collections import Counter
from collections.abc import Sequence

import httpx
import psutil

JOB_ROWS = 300
# The first quarter is for whatever is begun when it is first needed: the processes of jobs among it.
WARM = 0.25
FIRST, FIRST_SECONDS = ("single", "batch", "correction", "job"), 120


class Soak:
    """One run against a service; ``process`` is the service's own, its children are counted too."""

    def __init__(self, url: str, process: psutil.Process, texts: Sequence[str], minutes: float) -> None:
        self.process, self.texts, self.minutes = process, texts, minutes
        self.client = httpx.AsyncClient(base_url=url, timeout=120, trust_env=False)
        self.deadline = math.inf
        self.done: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.before = self.after = 0

    @property
    def growth(self) -> float:
        """Share by which the memory of all processes grew after they were warm."""
        return self.after / self.before - 1

    async def run(self) -> None:
        """Work until the time is over and tell growth of memory, errors and lost rows."""
        async with asyncio.TaskGroup() as group:
            for part in (self.single(), self.single(), self.batch(), self.correct(), self.job()):
                group.create_task(part)
            await self.warm()
            self.before = self.memory()
            # The time to measure begins now, however long the first job took.
            self.deadline = time.monotonic() + self.minutes * 60 * (1 - WARM)
        self.after = self.memory()
        kept = (await self.client.get("/v1/corrections", params={"format": "jsonl"})).text.splitlines()
        self.faults["corrections lost"] += max(0, self.done["correction"] - len(kept))
        await self.client.aclose()
        print(f"soak of {self.minutes:g} min: {dict(self.done)}, faults {dict(+self.faults)} (none)")
        print(f"  memory {self.before / 1e6:.0f} -> {self.after / 1e6:.0f} MB: {self.growth:+.1%} (at most +10 %)")

    async def warm(self) -> None:
        """Wait until every kind of work was done once, and for a share of the time."""
        await asyncio.sleep(self.minutes * 60 * WARM)
        async with asyncio.timeout(FIRST_SECONDS):
            while not all(self.done[kind] for kind in FIRST):
                await asyncio.sleep(0.1)

    def memory(self) -> int:
        parts = (self.process, *self.process.children(recursive=True))
        return sum(part.memory_info().rss for part in parts)

    @property
    def goes_on(self) -> bool:
        return time.monotonic() < self.deadline

    async def good(self, answer: httpx.Response, kind: str) -> bool:
        if answer.status_code == 429:
            self.done["asked to wait"] += 1
            await asyncio.sleep(0.2)
        elif answer.is_success:
            self.done[kind] += 1
        else:
            self.faults[f"{kind} {answer.status_code}"] += 1
        return answer.is_success

    async def single(self) -> None:
        for text in itertools.takewhile(lambda _: self.goes_on, itertools.cycle(self.texts)):
            await self.good(await self.client.post("/v1/analyze", json={"text": text}), "single")

    async def batch(self) -> None:
        items = [{"text": text} for text in self.texts[:20]]
        while self.goes_on:
            answer = await self.client.post("/v1/analyze/batch", json={"items": items})
            if await self.good(answer, "batch"):
                self.faults["rows of a batch"] += len(answer.json()["items"]) != len(items)
            await asyncio.sleep(0.3)

    async def correct(self) -> None:
        for number in itertools.takewhile(lambda _: self.goes_on, itertools.count()):
            text = f"{self.texts[number % len(self.texts)]} № {number}"
            answer = await self.client.post("/v1/analyze", json={"text": text})
            if await self.good(answer, "single"):
                path = f"/v1/analyses/{answer.headers['x-analysis-id']}/correction"
                await self.good(await self.client.post(path, json={"text": text, "comment": "soak"}), "correction")
            await asyncio.sleep(0.5)

    async def job(self) -> None:
        while self.goes_on:
            answer = await self.client.post("/v1/jobs", files={"file": ("soak.csv", self.table())})
            if not await self.good(answer, "job sent"):
                continue
            where = answer.headers["location"]
            while (state := (await self.client.get(where)).json())["state"] in ("queued", "running"):
                await asyncio.sleep(0.3)
            result = await self.client.get(f"{where}/result", params={"format": "jsonl"})
            await self.good(result, "job")
            self.faults["rows of a job"] += len(result.text.splitlines()) != JOB_ROWS or state["rows_failed"] > 0
            await self.client.delete(where)

    def table(self) -> bytes:
        made = io.StringIO()
        writer = csv.writer(made)
        writer.writerow(["id", "text"])
        writer.writerows((str(n), self.texts[n % len(self.texts)]) for n in range(JOB_ROWS))
        return made.getvalue().encode()
