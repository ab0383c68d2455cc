"""The gate before every route: who calls, from where, how often."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mcu_nlp_service.access.entrance import Entrance
from mcu_nlp_service.access.origin import is_cross_site, is_local
from mcu_nlp_service.access.roles import ANYBODY, Caller, is_public
from mcu_nlp_service.problems import RefusalError

_POLICY_VIOLATION = 1008  # a websocket's number for a refusal
_NO_KEY = frozenset({"key_missing", "key_unknown"})


class Gate:
    """ASGI middleware: nothing but :func:`is_public` is reached without a caller, whoever adds a route."""

    def __init__(self, app: ASGIApp, entrance: Entrance) -> None:
        self.app, self.entrance = app, entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its caller in ``request.state``, or answer it with a problem."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            scope.setdefault("state", {})["caller"] = await self._let_in(scope)
        except RefusalError as refusal:
            await _refuse(scope, refusal)(scope, receive, send)
            return
        await self.app(scope, receive, send)

    async def _let_in(self, scope: Scope) -> Caller | None:
        if is_cross_site(scope):
            raise RefusalError("cross_site")
        address = f"address:{scope['client'][0]}" if scope.get("client") else "address:"
        if is_public(scope["path"]):
            self.entrance.rate.count(f"public {address}")
            return None
        if self.entrance.is_open:
            if not is_local(scope):
                raise RefusalError("not_local")
            self.entrance.rate.count(address)
            return ANYBODY
        try:
            caller = await self.entrance.caller(HTTPConnection(scope), address)
            if caller is None:
                raise RefusalError("key_missing")
        except RefusalError:
            self.entrance.rate.count(address)
            raise
        self.entrance.rate.count(f"key:{caller.key_id}")
        return caller


def _refuse(scope: Scope, refusal: RefusalError) -> Response:
    request = HTTPConnection(scope)
    if refusal.code in _NO_KEY:
        if "text/html" in request.headers.get("accept", ""):
            query = f"?{request.url.query}" if scope["method"] == "GET" and request.url.query else ""
            return RedirectResponse(f"/login?next={quote(scope['path'] + query, safe='/')}", 303)
        return refusal.response({"WWW-Authenticate": "Bearer"})
    return refusal.response()
