"""The calls of the service."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any
from uuid import uuid4

import httpx

from mcu_nlp.client.answers import Answer, Corrected, Job
from mcu_nlp.client.batches import DEFAULT_BYTES, Item, halves, in_batches
from mcu_nlp.client.refusals import ClientError
from mcu_nlp.client.transport import Transport, understood
from mcu_nlp.records import Analysis, Message
from mcu_nlp.whole_file import whole_file

_TOO_LARGE = 413


class Client:
    """Talks to one service; close it or use it in ``with``. It may be shared between threads.

    ``tries`` counts the attempts of a call that the service asks to repeat (429, 503) or that does not arrive.
    ``batch`` is the most appeals in one request of :meth:`map`; ``transport`` replaces the network in tests.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8000",
        key: str | None = None,
        *,
        timeout: float = 120,
        tries: int = 5,
        batch: int = 100,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout, transport=transport)
        self._transport = Transport(self._http, tries)
        self._batch = batch

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Give back the connections."""
        self._http.close()

    def analyze(self, message: str | Message, *, mask: bool = False, explain: bool = False) -> Answer:
        """Analyse one appeal. Raises ``ClientError``, as every call does."""
        item = Item.of(message, mask, explain)
        answer = self._transport.call("POST", "/v1/analyze", content=item.json, headers=_JSON)
        with understood(answer):
            return Answer(Analysis.from_dict(answer.json()), answer.headers.get("x-analysis-id"), item.message)

    def map(
        self, messages: Iterable[str | Message], *, mask: bool = False, explain: bool = False
    ) -> Iterator[Analysis]:
        """Analyse many appeals in order, in batches; a batch that the service finds too large is halved.

        An appeal that cannot be analysed ends it: the error's ``item`` counts from the first message.
        """
        done = 0
        for batch in in_batches((Item.of(m, mask, explain) for m in messages), self._batch, DEFAULT_BYTES):
            try:
                yield from self._analyze_batch(batch)
            except ClientError as error:
                raise error.moved(done) from error
            done += len(batch)

    def reply(self, appeal: str | Message, reply: str, **options: Any) -> dict[str, Any]:
        """Review an official reply; ``options`` are those of ``POST /v1/reply`` (``answered``, ``mask`` …)."""
        message = Message(appeal) if isinstance(appeal, str) else appeal
        body = {"appeal": message.text, "channel": message.channel, "received": message.received, "reply": reply}
        return self._json("POST", "/v1/reply", content=_bytes(body | options), headers=_JSON)

    def submit(
        self,
        path: str | Path,
        *,
        text: str | None = None,
        id: str | None = None,
        mask: bool = False,
        explain: bool = False,
        queue: bool = False,
        idempotency_key: str | None = None,
    ) -> Job:
        """Send a file (csv, xlsx, jsonl) to be analysed; ``text`` and ``id`` name its columns.

        The same ``idempotency_key`` never begins a second job; without one, every call is a job of its own.
        """
        path = Path(path)
        form = {"text": text, "id": id} | {
            name: "true" for name, wanted in (("mask", mask), ("explain", explain), ("queue", queue)) if wanted
        }
        content = self._json(
            "POST",
            "/v1/jobs",
            files={"file": (path.name, path.read_bytes())},
            data={name: value for name, value in form.items() if value is not None},
            headers={"Idempotency-Key": idempotency_key or uuid4().hex},
        )
        return Job.of(content)

    def job(self, job: Job | str) -> Job:
        """The job as it stands now."""
        return Job.of(self._json("GET", f"/v1/jobs/{_id(job)}"))

    def wait(self, job: Job | str, *, seconds: float | None = None, every: float = 1.0) -> Job:
        """The job when it is finished, whatever became of it. Raises ``TimeoutError`` after ``seconds``."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while not (now := self.job(job)).is_finished:
            if deadline is not None and time.monotonic() >= deadline:
                raise TimeoutError(f"job {now.id} is {now.state}: {now.rows_done} of {now.rows_total} rows")
            time.sleep(every)
        return now

    def download(self, job: Job | str, path: str | Path) -> Path:
        """Write the result of a finished job; the suffix (.jsonl, .csv, .xlsx) is the format. Whole or not at all."""
        path = Path(path)
        wanted = {"format": path.suffix.lstrip(".").lower()}
        with whole_file(path) as draft, draft.open("wb") as into:
            self._transport.call("GET", f"/v1/jobs/{_id(job)}/result", params=wanted, into=into)
        return path

    def cancel(self, job: Job | str) -> Job:
        """Stop a job; what it did is not published."""
        return Job.of(self._json("POST", f"/v1/jobs/{_id(job)}/cancel"))

    def delete(self, job: Job | str) -> None:
        """Remove a finished job with its files."""
        self._transport.call("DELETE", f"/v1/jobs/{_id(job)}", gone_is_done=True)

    def correct(self, answer: Answer | str, **fields: Any) -> Corrected:
        """Say what is right: ``topic``, ``department``, ``kind``, ``tone``, ``card``, ``comment``, ``who``.

        An :class:`Answer` brings its message along, so that the service need not have kept it.
        """
        if isinstance(answer, str):
            number = answer
        elif answer.analysis_id is None:
            raise ValueError("the service told no number of this analysis")
        else:
            number, message = answer.analysis_id, answer.message
            told = {
                "text": message.text,
                "id": message.id,
                "channel": message.channel,
                "received": message.received,
            }
            fields = {name: value for name, value in told.items() if value is not None} | fields
        path = f"/v1/analyses/{number}/correction"
        content = self._json("POST", path, repeatable=False, content=_bytes(fields), headers=_JSON)
        return Corrected(content["id"], content.get("analysis_id", number))

    def taxonomy(self) -> dict[str, Any]:
        """Categories, topics and departments of the active model."""
        return self._json("GET", "/v1/taxonomy")

    def ready(self) -> dict[str, Any]:
        """The active model's name and version."""
        return self._json("GET", "/readyz")

    def _analyze_batch(self, batch: list[Item]) -> Iterator[Analysis]:
        content = b'{"items":[' + b",".join(item.json for item in batch) + b"]}"
        try:
            answer = self._transport.call("POST", "/v1/analyze/batch", content=content, headers=_JSON)
        except ClientError as error:
            if error.status != _TOO_LARGE or error.item is not None or len(batch) == 1:
                raise
            first, second = halves(batch)
            yield from self._analyze_batch(first)
            try:
                yield from self._analyze_batch(second)
            except ClientError as later:
                raise later.moved(len(first)) from later
            return
        with understood(answer):
            analyses = list(map(Analysis.from_dict, answer.json()["items"]))
        if len(analyses) != len(batch):
            raise ClientError.strange(answer)
        yield from analyses

    def _json(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        answer = self._transport.call(method, path, **request)
        with understood(answer):
            content = answer.json()
            if not isinstance(content, dict):
                raise TypeError(type(content).__name__)
        return content


_JSON = {"Content-Type": "application/json"}


def _bytes(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, default=str).encode("utf-8", "backslashreplace")


def _id(job: Job | str) -> str:
    return job.id if isinstance(job, Job) else job
