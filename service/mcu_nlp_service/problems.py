"""Every refusal as ``application/problem+json`` (RFC 9457): a stable code, and no word of the caller's text."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.routing import Match

from mcu_nlp import InputError, McuNlpError

# code: status, title (the same for every problem of the type), what to do when the library does not tell it
PROBLEMS: dict[str, tuple[int, str, str]] = {
    "json_invalid": (400, "The body is not JSON", "Тело запроса должно быть документом JSON в кодировке UTF-8."),
    "bad_request": (400, "Bad request", "Запрос нельзя прочитать."),
    "key_missing": (401, "Key missing", "Нужен ключ доступа: заголовок Authorization: Bearer <ключ>."),
    "key_unknown": (401, "Key unknown", "Такого ключа нет, или он отозван."),
    "role_missing": (403, "Role missing", "Роль ключа этого не позволяет."),
    "cross_site": (403, "Cross-site request", "Запрос послан страницей другого сайта; такие не выполняются."),
    "not_local": (
        403,
        "Not local",
        "Без ключей сервис отвечает только своему компьютеру, по адресу localhost. Для других: MCU_NLP_ACCESS=keys.",
    ),
    "not_found": (404, "Not found", "Такого адреса нет; список адресов: GET /docs."),
    "analysis_unknown": (
        404,
        "Analysis unknown",
        "Этот разбор не хранится: пришлите с исправлением text, а также id, channel и received, как при разборе.",
    ),
    "job_not_found": (404, "No such job", "Такого задания нет: номер неверен, срок хранения вышел или задание чужое."),
    "model_unknown": (404, "Model unknown", "Модели с таким именем нет; список моделей: GET /v1/models."),
    "method_not_allowed": (405, "Method not allowed", "Этот метод здесь не принимается; см. заголовок Allow."),
    "request_timeout": (408, "Request timeout", "Тело запроса не пришло вовремя, повторите запрос."),
    "analysis_mismatch": (
        409,
        "Analysis mismatch",
        "Номер разбора дан не этому тексту, не этому id или другой моделью; разберите обращение ещё раз.",
    ),
    "job_not_done": (409, "Job not done", "Результата ещё нет; состояние задания: GET /v1/jobs/<номер>."),
    "format_unavailable": (409, "Format unavailable", "В xlsx столько строк не помещается; возьмите csv или jsonl."),
    "idempotency_conflict": (
        409,
        "Idempotency key used",
        "С этим Idempotency-Key уже прислан другой файл или другие параметры; возьмите новый ключ.",
    ),
    "routing_unusable": (409, "Routing rules unusable", "Правила маршрутизации содержат ошибку."),
    "model_refused": (409, "Model refused", "Модель не прошла проверку; работает прежняя."),
    "model_no_previous": (409, "No previous model", "Прежней модели нет: с последнего запуска модель не меняли."),
    "body_too_large": (413, "Body too large", ""),
    "text_too_long": (413, "Text too long", ""),
    "batch_too_large": (413, "Batch too large", ""),
    "file_too_large": (413, "File too large", "В распакованном виде файл больше допустимого; разделите его."),
    "media_type_unsupported": (415, "Unsupported media type", "Пришлите заголовок Content-Type: application/json."),
    "file_type": (415, "Unknown kind of file", "Принимаются файлы .csv, .xlsx и .jsonl."),
    "form_expected": (415, "Form expected", "Пришлите файл как multipart/form-data, в поле file."),
    "file_missing": (422, "File missing", "Приложите один файл с именем в поле file."),
    "file_unreadable": (422, "File unreadable", "Файл не читается: он повреждён или это не тот вид файла."),
    "file_unsafe": (422, "File unsafe", "В файле xlsx то, чего в таблицах не бывает; сохраните таблицу заново."),
    "analysis_timeout": (422, "Analysis timeout", "Разбор не закончился вовремя; пришлите текст короче."),
    "text_empty": (422, "Text empty", ""),
    "request_invalid": (422, "Request does not fit the contract", ""),
    "label_unknown": (422, "Label unknown", ""),
    "correction_empty": (422, "Correction empty", "Укажите хотя бы одно исправленное поле или комментарий."),
    "busy": (429, "Busy", "Сервис занят другими запросами, повторите чуть позже."),
    "rate_limited": (429, "Rate limited", "Слишком много запросов; повторите через время из заголовка Retry-After."),
    "too_many_jobs": (429, "Too many jobs", "Слишком много незаконченных заданий; дождитесь конца прежних."),
    "internal_error": (
        500,
        "Internal error",
        "Внутренняя ошибка сервиса. Она записана в журнал под номером из заголовка X-Request-ID.",
    ),
    "not_ready": (503, "Not ready", ""),
    "storage_failed": (
        503,
        "Storage failed",
        "База данных не отвечает или не принимает запись: нет места, прав или связи. Ничего не сохранено.",
    ),
    "too_many_connections": (503, "Too many connections", "Открыто слишком много соединений, повторите чуть позже."),
    "worker_lost": (503, "Worker lost", "Процесс, разбиравший обращение, завершился; повторите запрос."),
    "storage_full": (507, "Storage full", "На диске сервиса кончилось место; сообщите администратору."),
    "storage_read_only": (507, "Storage read-only", "Папка сервиса закрыта для записи; сообщите администратору."),
}
_OF_STATUS = {status: code for code, (status, *_) in reversed(PROBLEMS.items())} | {400: "json_invalid"}
# Parameters of the address are named by the service and not by the caller.
_OUTSIDE = frozenset({"path", "query", "header"})


class RefusalError(Exception):
    """A request that the service refuses; ``more`` are further members of the problem."""

    def __init__(self, code: str, detail: str = "", *, headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(code)
        self.code, self.detail, self.headers, self.more = code, detail, dict(headers or {}), more

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
        more = {"Retry-After": "1"} if status in (429, 503) else {}
        sent = {**more, **self.headers, **(headers or {})}
        return JSONResponse(content, status, sent, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Make every error of the app a problem."""

    @app.exception_handler(RefusalError)
    async def refuse(_request: Request, refusal: RefusalError) -> JSONResponse:
        return refusal.response()

    @app.exception_handler(McuNlpError)
    async def refuse_input(_request: Request, error: McuNlpError) -> JSONResponse:
        refusal = RefusalError.of(error)
        if refusal.code == "internal_error":
            raise error  # to the log of requests, which tells it under the request's number and answers
        return refusal.response()

    @app.exception_handler(RequestValidationError)
    async def refuse_shape(request: Request, error: RequestValidationError) -> JSONResponse:
        return _misshapen(request, error.errors()).response()

    @app.exception_handler(HTTPException)
    async def refuse_http(request: Request, error: HTTPException) -> JSONResponse:
        return of_http(error, _allowed(request)).response()


def of_http(error: HTTPException, allowed: str) -> RefusalError:
    """What the framework refuses; ``allowed`` are the address's methods. Raises the error when the fault is ours."""
    if error.status_code == 405:
        return RefusalError("method_not_allowed", headers={"Allow": allowed})
    code = _OF_STATUS.get(error.status_code, "bad_request" if error.status_code < 500 else "internal_error")
    if code == "internal_error":
        raise error
    return RefusalError(code, headers=error.headers)


def _allowed(request: Request) -> str:
    """Every method that this address takes; the route that refused knows only its own."""
    scope = {"type": "http", "path": request.scope["path"], "root_path": request.scope.get("root_path", "")}
    taken = (
        method
        for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    )
    return ", ".join(taken)


def _misshapen(request: Request, faults: Sequence[Any]) -> RefusalError:
    """Tell where and what kind of fault, nothing else: input, messages and unknown keys may hold an appeal."""
    kinds = {fault["type"] for fault in faults}
    if "json_invalid" in kinds:
        return RefusalError("json_invalid")
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    in_body = any(fault["loc"][:1] == ("body",) for fault in faults)
    if in_body and media != "application/json" and not media.endswith("+json"):
        return RefusalError("media_type_unsupported")
    body = getattr(request.scope.get("route"), "body_field", None)
    names = _names(body.field_info.annotation) if body else ()
    told = [{"pointer": _pointer(fault["loc"], names), "fault": fault["type"]} for fault in faults[:20]]
    error = InputError("request_invalid", problem=f"{told[0]['pointer'] or '/'}: {told[0]['fault']}")
    item = next((part for part in faults[0]["loc"] if isinstance(part, int)), None)
    return RefusalError.of(error, item, errors=told)


@cache
def _names(model: Any) -> frozenset[str]:
    """The names that a body of this model may have at any depth: those of the contract, never a caller's."""
    schema = TypeAdapter(model).json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    return frozenset(name for part in parts for name in part.get("properties", ()))


def _pointer(places: Sequence[int | str], names: Collection[str]) -> str:
    """A JSON pointer into the body; a key that the contract does not know becomes ``?``."""
    if places and places[0] in _OUTSIDE:
        return f"{places[0]} {places[1]}"
    inside = places[1:] if places and places[0] == "body" else places
    return "".join(f"/{part}" if isinstance(part, int) or part in names else "/?" for part in inside)
