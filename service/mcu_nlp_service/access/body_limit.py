"""Refuses a body that is too large or too slow before anything else happens to it."""

from __future__ import annotations

from collections.abc import Mapping

from anyio import CancelScope, current_time, move_on_after
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mcu_nlp import InputError
from mcu_nlp_service.access.roles import is_public
from mcu_nlp_service.problems import RefusalError

# Bytes of a body that anybody may send without a key: the form of the login is far smaller.
PUBLIC_LIMIT = 8_000
_MAX_DIGITS = 18  # of an announced length; Python refuses to read a number of thousands of digits


class BodyLimit:
    """ASGI middleware: more than ``limit`` bytes of body is 413, announced or not; less without a key.

    Bodies posted to ``uploads`` (paths and their limits) are passed on as they come and not kept in memory.
    """

    def __init__(self, app: ASGIApp, limit: int, seconds: float, uploads: Mapping[str, int] | None = None) -> None:
        self.app, self.limit, self.seconds, self.uploads = app, limit, seconds, uploads or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it with a problem."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        upload = self.uploads.get(scope["path"]) if scope["method"] == "POST" else None
        limit = min(self.limit, PUBLIC_LIMIT) if is_public(scope["path"]) else self.limit
        parts: list[Message] = []
        try:
            _check_announced(dict(scope["headers"]).get(b"content-length", b"0"), upload or limit)
            if upload:
                await self.app(scope, self._counted(receive, upload), send)
                return
            # The whole body is read first: at most `limit` bytes, and a clean refusal before any answer begins.
            with move_on_after(self.seconds) as deadline:
                parts = await _read(receive, limit)
            if deadline.cancelled_caught:
                raise RefusalError("request_timeout")
        except RefusalError as refusal:
            # What was not read of the body cannot be skipped: the connection ends here.
            await refusal.response({"Connection": "close"})(scope, receive, send)
            return
        if parts[-1]["type"] == "http.disconnect":
            return
        parts.reverse()

        async def replay() -> Message:
            return parts.pop() if parts else await receive()

        await self.app(scope, replay, send)

    def _counted(self, receive: Receive, limit: int) -> Receive:
        """The same body, refused where it grows too large or comes slower than a small one would be let."""
        size = 0
        deadline = current_time() + self.seconds * (1 + limit / self.limit)

        async def read() -> Message:
            nonlocal size
            with CancelScope(deadline=deadline) as scope:
                part = await receive()
            if scope.cancelled_caught:
                raise RefusalError("request_timeout")
            size += len(part.get("body", b""))
            if size > limit:
                raise _too_large(limit)
            return part

        return read


async def _read(receive: Receive, limit: int) -> list[Message]:
    parts: list[Message] = []
    size = 0
    while True:
        part = await receive()
        parts.append(part)
        size += len(part.get("body", b""))
        if size > limit:
            raise _too_large(limit)
        if part["type"] != "http.request" or not part.get("more_body", False):
            return parts


def _check_announced(length: bytes, limit: int) -> None:
    if not length.isdigit():
        raise RefusalError("bad_request")
    if len(length) > _MAX_DIGITS or int(length) > limit:
        raise _too_large(limit)


def _too_large(limit: int) -> RefusalError:
    return RefusalError.of(InputError("body_too_large", limit=limit))
