"""The OpenAPI document as it is served: what every route shares is told here once."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from mcu_nlp_service.access.roles import is_public
from mcu_nlp_service.api.answers import EXAMPLE, AnalysisOut
from mcu_nlp_service.api.refusals import MEANINGS

_KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "a key from `mcu-nlp keys create`; on loopback none is needed unless the service is told so",
}
# Whoever calls may be refused so by any route that needs a key, and so may any body.
_OF_CALLERS, _OF_BODIES = (401, 403, 429, 503), (400, 408, 413, 415, 422)
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}


def describe(app: FastAPI) -> None:
    """Mend what FastAPI writes: refusals of all routes, their media type, the key, and an example's nulls."""
    written = app.openapi

    def openapi() -> dict[str, Any]:
        schema = written()
        for path, operations in schema["paths"].items():
            for operation in operations.values():
                _mend(operation, is_public(path))
        schema["components"]["schemas"][AnalysisOut.__name__]["examples"] = [EXAMPLE]
        schema["components"]["securitySchemes"] = {"key": _KEY}
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def _mend(operation: dict[str, Any], public: bool) -> None:
    responses = operation["responses"]
    if not public:
        operation["security"] = [{"key": []}]
    for status in (*(() if public else _OF_CALLERS), *(_OF_BODIES if "requestBody" in operation else ())):
        responses.setdefault(str(status), {"description": MEANINGS[status]})
    for status, response in responses.items():
        if status >= "400":
            response["content"] = _PROBLEM
