"""Every refusal as ``application/problem+json`` (RFC 9457): a stable code, and no word of the caller's text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from mcu_nlp import InputError, McuNlpError

# code: status, title (the same for every problem of the type), what to do when the library does not tell it
PROBLEMS: dict[str, tuple[int, str, str]] = {
    "json_invalid": (400, "The body is not JSON", "Тело запроса должно быть документом JSON в кодировке UTF-8."),
    "bad_request": (400, "Bad request", "Запрос нельзя прочитать."),
    "not_found": (404, "Not found", "Такого адреса нет; список адресов: GET /docs."),
    "method_not_allowed": (405, "Method not allowed", "Этот метод здесь не принимается; см. заголовок Allow."),
    "request_timeout": (408, "Request timeout", "Тело запроса не пришло вовремя, повторите запрос."),
    "body_too_large": (413, "Body too large", ""),
    "text_too_long": (413, "Text too long", ""),
    "batch_too_large": (413, "Batch too large", ""),
    "media_type_unsupported": (415, "Unsupported media type", "Пришлите заголовок Content-Type: application/json."),
    "text_empty": (422, "Text empty", ""),
    "request_invalid": (422, "Request does not fit the contract", ""),
    "internal_error": (
        500,
        "Internal error",
        "Внутренняя ошибка сервиса. Она записана в журнал под номером из заголовка X-Request-ID.",
    ),
    "not_ready": (503, "Not ready", ""),
    "busy": (503, "Busy", "Сервис занят другими запросами, повторите чуть позже."),
}
_OF_STATUS = {status: code for code, (status, *_) in reversed(PROBLEMS.items())} | {400: "json_invalid"}
_PARTS = frozenset({"body", "items", "id", "text", "mask", "explain", "channel", "received"})


class RefusalError(Exception):
    """A request that the service refuses; ``more`` are further members of the problem."""

    def __init__(self, code: str, detail: str = "", **more: Any) -> None:
        super().__init__(code)
        self.code, self.detail, self.more = code, detail, more

    @classmethod
    def of(cls, error: McuNlpError, item: int | None = None, **more: Any) -> RefusalError:
        """The library's error as a refusal; ``item`` is the place in a batch, counted from 0."""
        detail = error.russian
        if item is not None:
            detail, more = f"Обращение {item + 1} в пакете. {detail}", {"item": item, **more}
        if error.code in PROBLEMS:
            return cls(error.code, detail, **more)
        # Any other fault of an input is the caller's; of a model or its settings, ours.
        return cls("request_invalid", detail, **more) if isinstance(error, InputError) else cls("internal_error")

    def response(self, headers: Mapping[str, str] | None = None) -> JSONResponse:
        """The refusal as a response."""
        status, title, detail = PROBLEMS[self.code]
        content = {
            "type": f"urn:mcu-nlp:problem:{self.code}",
            "title": title,
            "status": status,
            "detail": self.detail or detail,
            "code": self.code,
            **self.more,
        }
        more = {"Retry-After": "1"} if status == 503 else {}
        return JSONResponse(content, status, {**more, **(headers or {})}, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Make every error of the app a problem."""

    @app.exception_handler(RefusalError)
    async def refuse(_request: Request, refusal: RefusalError) -> JSONResponse:
        return refusal.response()

    @app.exception_handler(McuNlpError)
    async def refuse_input(_request: Request, error: McuNlpError) -> JSONResponse:
        return RefusalError.of(error).response()

    @app.exception_handler(RequestValidationError)
    async def refuse_shape(request: Request, error: RequestValidationError) -> JSONResponse:
        return _misshapen(request, error.errors()).response()

    @app.exception_handler(HTTPException)
    async def refuse_http(_request: Request, error: HTTPException) -> JSONResponse:
        fallback = "bad_request" if error.status_code < 500 else "internal_error"
        return RefusalError(_OF_STATUS.get(error.status_code, fallback)).response(error.headers)


def _misshapen(request: Request, faults: Sequence[Any]) -> RefusalError:
    """Tell where and what kind of fault, nothing else: input, messages and unknown keys may hold an appeal."""
    kinds = {fault["type"] for fault in faults}
    if "json_invalid" in kinds:
        return RefusalError("json_invalid")
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/json" and not media.endswith("+json"):
        return RefusalError("media_type_unsupported")
    told = [{"pointer": _pointer(fault["loc"]), "fault": fault["type"]} for fault in faults[:20]]
    error = InputError("request_invalid", problem=f"{told[0]['pointer'] or '/'}: {told[0]['fault']}")
    item = next((part for part in faults[0]["loc"] if isinstance(part, int)), None)
    return RefusalError.of(error, item, errors=told)


def _pointer(places: Sequence[int | str]) -> str:
    """A JSON pointer into the body; a key that the contract does not know becomes ``?``."""
    inside = places[1:] if places and places[0] == "body" else places
    return "".join(f"/{part}" if isinstance(part, int) or part in _PARTS else "/?" for part in inside)
