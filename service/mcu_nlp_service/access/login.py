"""The login of the pages: a form takes a key and gives a session."""

from __future__ import annotations

import re
from urllib.parse import parse_qs

from anyio import to_thread
from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from mcu_nlp_service.access.roles import Caller, GuardedRoute, needs
from mcu_nlp_service.access.sessions import COOKIE, SECONDS
from mcu_nlp_service.parts import PartsDep
from mcu_nlp_service.problems import PROBLEMS, RefusalError

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)

_PAGES = Environment(
    loader=PackageLoader("mcu_nlp_service", "page/templates"), autoescape=True, undefined=StrictUndefined
)
# A page of ours and nothing else: the login must not lead anybody to another site.
_OWN_PATH = re.compile(r"/(?:[A-Za-z0-9_-][A-Za-z0-9_/.-]{0,200})?(?:\?[A-Za-z0-9_.=&%-]{0,300})?")
_MAX_FIELDS = 10


@router.get("/login")
async def show_login(parts: PartsDep, next: str = "") -> Response:
    """The form; where no key is needed there is nothing to fill in."""
    if parts.entrance.is_open:
        return RedirectResponse("/", 303)
    return _form(next)


@router.post("/login")
async def log_in(request: Request, parts: PartsDep) -> Response:
    """Begin a session with a key that works."""
    if parts.entrance.is_open:
        return RedirectResponse("/", 303)
    fields = _fields(await request.body())
    key, wanted = fields.get("key", "").strip(), fields.get("next", "")
    address = request.client.host if request.client else ""
    caller = await parts.entrance.check(key)
    if caller is None:
        try:
            parts.entrance.wrong_keys.count(address)
        except RefusalError as refusal:
            return _form(wanted, refusal.code, 429, refusal.headers)
        return _form(wanted, "key_unknown", 401, {"WWW-Authenticate": "Bearer"})
    # A page that the role may not see would lead into a refusal.
    page = _own(wanted) if caller.may("operator") else ""
    answer = RedirectResponse(page or _first_page(caller), 303)
    answer.set_cookie(
        COOKIE,
        parts.entrance.sessions.begin(caller.key_id or ""),
        max_age=SECONDS,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@router.post("/logout", dependencies=[needs("client")])
async def log_out(request: Request, parts: PartsDep) -> Response:
    """End the session, in this browser and wherever its cookie was copied to."""
    session = parts.entrance.session(request)
    if session is not None:
        await to_thread.run_sync(parts.entrance.ended.add, session)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


def _form(wanted: str, code: str = "", status: int = 200, headers: dict[str, str] | None = None) -> Response:
    message = PROBLEMS[code][2] if code else ""
    content = _PAGES.get_template("login.html").render(message=message, next=_own(wanted))
    return HTMLResponse(content, status, headers)


def _fields(body: bytes) -> dict[str, str]:
    try:
        found = parse_qs(body.decode("ascii"), max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise RefusalError("bad_request") from error
    return {name: values[-1] for name, values in found.items()}


def _own(path: str) -> str:
    return path if _OWN_PATH.fullmatch(path) else ""


def _first_page(caller: Caller) -> str:
    return "/" if caller.may("operator") else "/docs"
