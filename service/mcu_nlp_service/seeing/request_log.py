"""One line of the log, one measurement and one number for every request; no word of what it carried."""

from __future__ import annotations

import logging
import re
import time
from uuid import uuid4

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mcu_nlp_service.problems import RefusalError
from mcu_nlp_service.seeing.log import told_of
from mcu_nlp_service.seeing.metrics import Metrics

logger = logging.getLogger("mcu_nlp_service")

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_GONE = 499  # the caller went away before an answer; nginx's number for it


class RequestLog:
    """ASGI middleware around everything else, so that refusals and failures are told too."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app, self.metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; answer 500 when the app fails."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        begun = time.perf_counter()
        status = 0

        async def send_numbered(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
            await send(message)

        self.metrics.running.inc()
        try:
            await self.app(scope, receive, send_numbered)
        except Exception as error:
            # The message of an error may quote an appeal, so only its type and places are written.
            logger.error("failed", extra={"request_id": request_id, **told_of(error)})
            if not status:
                await RefusalError("internal_error").response()(scope, receive, send_numbered)
        finally:
            self.metrics.running.dec()
            # A mounted folder's routes are told with the place where it is mounted.
            path = getattr(scope.get("route"), "path", None)
            route = "unmatched" if path is None else scope.get("root_path", "") + path
            method = scope["method"] if scope["method"] in _METHODS else "OTHER"
            seconds = time.perf_counter() - begun
            self.metrics.observe(route, status or _GONE, seconds, _announced(scope))
            told = {
                "request_id": request_id,
                "method": method,
                "route": route,
                "status": status or _GONE,
                "ms": round(seconds * 1000, 1),
                "key_id": getattr(scope.get("state", {}).get("caller"), "key_id", None),
            }
            logger.info("request", extra=told)


def _request_id(scope: Scope) -> str:
    """The caller's number when it is a short plain word, else a new one: a header may not write into the log."""
    given: bytes = dict(scope["headers"]).get(b"x-request-id", b"")
    return given.decode("ascii") if _REQUEST_ID.fullmatch(given) else uuid4().hex


def _announced(scope: Scope) -> int | None:
    length: bytes = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() and len(length) < 16 else None
