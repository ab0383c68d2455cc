"""The app: model loaded in lifespan, no state at module level."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from anyio import to_thread
from fastapi import FastAPI

from mcu_nlp import Analyzer, __version__, load
from mcu_nlp_service import docs_page, problems, routes
from mcu_nlp_service.answers import EXAMPLE, AnalysisOut
from mcu_nlp_service.limits import BodyLimit
from mcu_nlp_service.metrics import Metrics
from mcu_nlp_service.request_log import RequestLog
from mcu_nlp_service.settings import Settings
from mcu_nlp_service.workers import Workers


def create_app(settings: Settings | None = None) -> FastAPI:
    """Build the service; the model is loaded when the app starts, not before.

    Raises nothing itself; a model or routing file that cannot be used stops the start
    with ``BundleError`` or ``ConfigError``.
    """
    settings = settings or Settings()
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.workers = Workers(settings.threads, settings.max_waiting)
        app.state.analyzer = await to_thread.run_sync(_load, settings)
        metrics.tell_model(app.state.analyzer)
        yield
        app.state.analyzer = None

    app = FastAPI(
        title="mcu-nlp",
        version=__version__,
        summary="Разбор обращений граждан: карточка, тема, исполнитель, тон",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    problems.install(app)
    routes.install(app, settings, metrics)
    metrics.install(app)
    docs_page.install(app)
    # The last one added is the outermost: it also sees what the limit refuses.
    app.add_middleware(BodyLimit, limit=settings.max_body, seconds=settings.body_seconds)
    app.add_middleware(RequestLog, metrics=metrics)
    _document_problems(app)
    return app


def _load(settings: Settings) -> Analyzer:
    return load(settings.model, routing=settings.routing, max_text=settings.max_text)


def _document_problems(app: FastAPI) -> None:
    """Mend what FastAPI writes: refusals have a media type of their own, and an example keeps its nulls."""
    described = app.openapi

    def openapi() -> dict[str, Any]:
        schema = described()
        for path in schema["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    content = response.get("content", {})
                    if status >= "400" and "application/json" in content:
                        content["application/problem+json"] = content.pop("application/json")
        schema["components"]["schemas"][AnalysisOut.__name__]["examples"] = [EXAMPLE]
        return schema

    app.openapi = openapi  # type: ignore[method-assign]
