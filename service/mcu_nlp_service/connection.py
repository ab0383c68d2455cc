"""A connection of the server: closed when it stays silent, a problem when there are too many."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any, ClassVar

from fastapi.responses import JSONResponse
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mcu_nlp_service.problems import RefusalError

_LAST = {"Connection": "close", "X-Content-Type-Options": "nosniff"}


class Connection(HttpToolsProtocol):
    """uvicorn's connection, which lets go of who sends no whole head of a request within ``head_seconds``.

    What uvicorn answers in plain text is a problem here: a request beyond ``limit_concurrency`` open connections
    (``too_many_connections``), and what is not HTTP (``bad_request``).
    """

    head_seconds: ClassVar[float] = 60.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._most, self.limit_concurrency = self.limit_concurrency, None
        self._service = self.app
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The time for the first head begins."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Whatever comes when nothing is being answered begins a head."""
        if self.cycle is None or self.cycle.response_complete:
            self._await_head()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """The head is whole: the request is answered, or refused when too many are connected."""
        self._forget_head()
        crowded = self._most is not None and len(self.connections) > self._most
        self.app = _refusal("too_many_connections", {"Retry-After": "1"}) if crowded else self._service
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._forget_head()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Refuse what is not HTTP."""
        response = _refusal("bad_request", {})
        lines = [f"HTTP/1.1 {response.status_code} {HTTPStatus(response.status_code).phrase}".encode()]
        lines += [name + b": " + value for name, value in response.raw_headers]
        self.transport.write(b"\r\n".join([*lines, b"", bytes(response.body)]))
        self.transport.close()

    def _await_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(self.head_seconds, self.transport.close)

    def _forget_head(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def _refusal(code: str, headers: dict[str, str]) -> JSONResponse:
    return RefusalError(code).response(_LAST | headers)
