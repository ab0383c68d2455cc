"""Who calls, and what that allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from mcu_nlp_service.problems import RefusalError

# Each role may do what those before it may.
ROLES = ("client", "operator", "admin")
# What needs no key: the state, and what a browser shows before anybody has shown one.
PUBLIC = frozenset({"/healthz", "/readyz", "/login"})
PUBLIC_FOLDER = "/static/"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: ``key_id`` is ``None`` where the service is open."""

    key_id: str | None
    name: str
    role: str

    def may(self, role: str) -> bool:
        """Whether the caller's role is at least this one."""
        return ROLES.index(self.role) >= ROLES.index(role)


ANYBODY = Caller(None, "anybody on this machine", "admin")


def is_public(path: str) -> bool:
    """Whether this path needs no key."""
    return path in PUBLIC or path.startswith(PUBLIC_FOLDER)


def caller_of(request: Request) -> Caller:
    """The caller that the gate let in. Raises ``RefusalError``: ``key_missing``."""
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller is None:
        raise RefusalError("key_missing")
    return caller


@dataclass(frozen=True)
class _Needs:
    """The dependency that :func:`needs` makes; ``role`` can be read from a route."""

    role: str

    async def __call__(self, request: Request) -> Caller:
        caller = caller_of(request)
        if not caller.may(self.role):
            raise RefusalError("role_missing")
        return caller


def needs(role: str) -> Any:
    """A dependency of a route: callers of a lesser role are refused as ``role_missing``."""
    return Depends(_Needs(role))


def role_of(route: APIRoute) -> str | None:
    """The role that a route declares with :func:`needs`: the highest of several, ``None`` when there is none."""
    return max(_declared(route.dependant), key=ROLES.index, default=None)


async def enforce_role(request: Request) -> None:
    """A dependency of the whole app: a route that declares no role needs the highest one."""
    if is_public(request.scope["path"]):
        return
    route = request.scope.get("route")
    role = role_of(route) if isinstance(route, APIRoute) else None
    await _Needs(role or ROLES[-1])(request)


class GuardedRoute(APIRoute):
    """Refuses a lesser role before the body is read: what it holds is none of its business."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, or raise ``RefusalError``: ``role_missing``."""
        await enforce_role(Request(scope))
        await super().handle(scope, receive, send)


def _declared(dependant: Dependant) -> list[str]:
    own = [dependant.call.role] if isinstance(dependant.call, _Needs) else []
    return own + [role for part in dependant.dependencies for role in _declared(part)]
