"""One job on its way: the file is read, its chunks are analysed in any order, the result is put together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from anyio import create_task_group

from mcu_nlp import InputError, McuNlpError
from mcu_nlp_service.inference import ModelSource, WorkerLostError
from mcu_nlp_service.jobs.faults import JobFaultError, storage_fault
from mcu_nlp_service.jobs.sources import fingerprint, freeze
from mcu_nlp_service.jobs.store import Lease
from mcu_nlp_service.jobs.work import XLSX_ROWS, Answered, Rows, analyze_chunk, read_input, write_result
from mcu_nlp_service.learning.analyses import Kept
from mcu_nlp_service.storage.tables import Job

if TYPE_CHECKING:
    from mcu_nlp_service.jobs.runner import JobRunner

logger = logging.getLogger("mcu_nlp_service")

_T = TypeVar("_T")
# A piece of work that ends its worker, or its service, so many times is not tried again.
TRIES = 3
_PAUSE_SECONDS = 1.0


class Progress:
    """What a holder knows of its job. ``lost``: the lease is gone; ``fault``: why the job fails."""

    def __init__(self, runner: JobRunner, job: Job, lease: Lease) -> None:
        self.runner, self.job, self.lease = runner, job, lease
        self.lost, self.cancelled = False, job.cancel_asked
        self.fault: str | None = None
        self.model = ("", "")  # name and version

    async def work(self) -> None:
        """Do all that is left to do. Raises ``JobFaultError``, ``LeaseLostError``, ``OSError``."""
        if self.cancelled:
            return
        await self._open_model()
        # Counted before the work: a try that kills the whole service is remembered.
        if await self._store("begin_try") > TRIES:
            raise JobFaultError("job_poisonous")
        files, job = self.runner.files, self.job
        source = files.input(job.id, job.options["suffix"])
        rows = await self._read(source, files.rows(job.id))
        await self._store("note", rows_total=rows.total)
        parts = await self.runner.in_thread(self.runner.store.parts, job.id)
        await self._analyze([number for number in range(len(rows.offsets)) if number not in parts], rows.offsets)
        await self._put_together(rows.total)

    async def _open_model(self) -> None:
        """What cannot be loaded now may be in the middle of being copied: it is tried again, but not for ever."""
        for turn in range(TRIES):
            await asyncio.sleep(_PAUSE_SECONDS if turn else 0)
            try:
                await self._begin()
            except (McuNlpError, OSError, WorkerLostError) as error:
                logger.warning("a job's model cannot be loaded: %s", type(error.__cause__ or error).__name__)
            else:
                return
        raise JobFaultError("model_unusable")

    async def _begin(self) -> None:
        source = await self.runner.in_thread(self._source)
        found = await self.runner.in_thread(fingerprint, source)
        if self.job.options.get("fingerprint", found) != found:
            raise JobFaultError("model_changed")
        facts = await self.runner.pool.open(source, found)
        self.model = facts.named
        if self.job.model_version is None:
            kept = {
                "folder": str(source.folder) if source.folder else None,
                "rules": source.routing.name if source.routing else None,
                "max_text": source.max_text,
            }
            options = {**self.job.options, "source": kept, "fingerprint": found}
            await self._store("note", model=facts.name, model_version=facts.version, options=options)

    def _source(self) -> ModelSource:
        """What the job was begun with, else what is active now."""
        job, files = self.job, self.runner.files
        if job.model_version is None:
            return freeze(self.runner.models.active.source, files.rules(job.id, self.lease.token))
        kept = job.options["source"]
        folder, rules = kept["folder"], kept["rules"]
        return ModelSource(
            Path(folder) if folder else None, files.folder(job.id) / rules if rules else None, kept["max_text"]
        )

    async def _read(self, source: Path, rows: Path) -> Rows:
        columns = {name: self.job.options.get(name) for name in ("text", "id")}
        try:
            return await self._try(read_input, source, rows, self.job.filename, columns)
        except InputError as error:
            raise JobFaultError(error.code) from None

    async def _analyze(self, numbers: list[int], offsets: list[int]) -> None:
        """Chunks are shared out among the processes; the first fault ends the work on all."""
        waiting = iter(numbers)
        faults: list[Exception] = []

        async def take_turns(waiting: Iterator[int]) -> None:
            try:
                for number in waiting:
                    await self._analyze_chunk(number, offsets[number])
            except Exception as fault:  # told below, when the others have stopped
                faults.append(fault)
                group.cancel_scope.cancel()

        async with create_task_group() as group:
            for _ in range(self.runner.settings.job_processes):
                group.start_soon(take_turns, waiting)
        if faults:
            raise faults[0]

    async def _analyze_chunk(self, number: int, offset: int) -> None:
        job, files, options = self.job, self.runner.files, self.job.options
        part = files.part(job.id, number, self.lease.token)
        arguments = (files.rows(job.id), offset, part, bool(options.get("mask")), bool(options.get("explain")))
        done = await self._try(analyze_chunk, *arguments)
        # Before the chunk counts as done: after a kill an appeal is kept again, which changes nothing.
        await self.runner.in_thread(self.runner.analyses.keep, self._wanted(done.answered))
        await self._store("add_chunk", number, part.name, done.rows, done.failed)
        for answered in done.answered:
            self.runner.metrics.count(answered.answer.facts)

    def _wanted(self, answered: list[Answered]) -> list[Kept]:
        """What is to be stored: by the setting, or because the job puts doubtful appeals into the queue."""
        queues = self.job.options.get("queue")
        return [
            Kept(message, answer, self.model, self.job.id)
            for message, answer in answered
            if self.runner.analyses.wants(answer.facts) or (queues and answer.facts.review_required)
        ]

    async def _put_together(self, total: int) -> None:
        files, job_id, token = self.runner.files, self.job.id, self.lease.token
        named = await self.runner.in_thread(self.runner.store.parts, job_id)
        parts = [files.folder(job_id) / named[number] for number in sorted(named)]
        drafts = [files.draft(job_id, kind, token) for kind in ("jsonl", "csv", "xlsx")]
        xlsx = drafts[2] if total <= XLSX_ROWS else None
        await self._try(write_result, parts, drafts[0], drafts[1], xlsx)
        await self._store("renew", self.runner.settings.lease_seconds)
        await self.runner.in_thread(files.publish, job_id, token)

    async def _try(self, piece: Callable[..., _T], *arguments: Any) -> _T:
        """Do a piece of work in a worker; one that dies of it is replaced, but not for ever."""
        for _ in range(TRIES):
            try:
                return await self.runner.pool.run(piece, *arguments)
            except WorkerLostError:
                continue
            except OSError as error:
                raise JobFaultError(storage_fault(error)) from None
        raise JobFaultError("job_poisonous")

    async def _store(self, method: str, *arguments: Any, **named: Any) -> Any:
        return await self.runner.in_thread(getattr(self.runner.store, method), self.lease, *arguments, **named)
