"""The app: its parts are made when it starts, none at module level."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from anyio import create_task_group, to_thread
from fastapi import Depends, FastAPI

from mcu_nlp import __version__
from mcu_nlp_service import problems
from mcu_nlp_service.access import login
from mcu_nlp_service.access.body_limit import BodyLimit
from mcu_nlp_service.access.entrance import Entrance
from mcu_nlp_service.access.gate import Gate
from mcu_nlp_service.access.headers import SecurityHeaders
from mcu_nlp_service.access.roles import GuardedRoute, enforce_role
from mcu_nlp_service.api import analysis, audit, corrections, described, docs, jobs, models, state, taxonomy
from mcu_nlp_service.background import Background
from mcu_nlp_service.inference.admission import Admission
from mcu_nlp_service.inference.models import Models
from mcu_nlp_service.jobs import Jobs
from mcu_nlp_service.learning.analyses import Analyses
from mcu_nlp_service.page import pages
from mcu_nlp_service.parts import Parts
from mcu_nlp_service.seeing.audit import Audit
from mcu_nlp_service.seeing.job_counts import JobCounts
from mcu_nlp_service.seeing.metrics import Metrics
from mcu_nlp_service.seeing.request_log import RequestLog
from mcu_nlp_service.settings import Settings
from mcu_nlp_service.storage import Database, failures


def create_app(settings: Settings | None = None, host: str = "127.0.0.1") -> FastAPI:
    """Build the service; database and model are opened when the app starts, not before.

    ``host`` is the address that it will listen on: beyond this machine callers need a key.
    Raises ``ConfigError`` when the settings leave it open there; a model or routing file that
    cannot be used stops the start with ``BundleError`` or ``ConfigError``.
    """
    settings = settings or Settings()
    database, metrics = Database(settings.database_url), Metrics()
    active, analyses = Models(settings, database, metrics), Analyses(database, settings)
    parts = Parts(
        settings=settings,
        database=database,
        models=active,
        admission=Admission(settings.processes, settings.max_waiting),
        metrics=metrics,
        analyses=analyses,
        audit=Audit(database),
        background=Background(),
        entrance=Entrance(settings, database, host),
        jobs=Jobs(settings, database, active, metrics, analyses),
    )

    loops = {
        "expiry": parts.analyses.run,
        "jobs": parts.jobs.runner.run,
        "job counts": JobCounts(database, metrics).run,
    }
    metrics.watch("mcu_nlp_requests_inside", "Requests at work or in line", lambda: parts.admission.inside)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as opened:
            opened.callback(parts.database.close)
            await to_thread.run_sync(parts.database.migrate)
            await to_thread.run_sync(parts.entrance.start)
            opened.push_async_callback(parts.models.close)
            await parts.models.start()
            await to_thread.run_sync(parts.analyses.open)
            group = await opened.enter_async_context(create_task_group())
            opened.callback(group.cancel_scope.cancel)
            for name, loop in loops.items():
                group.start_soon(parts.background.keep, name, loop)
            yield

    app = FastAPI(
        title="mcu-nlp",
        version=__version__,
        summary="Разбор обращений граждан: карточка, тема, исполнитель, тон",
        lifespan=lifespan,
        dependencies=[Depends(enforce_role)],
        docs_url=None,
        redoc_url=None,
    )
    app.router.route_class = GuardedRoute
    app.state.parts = parts
    problems.install(app)
    failures.install(app)
    for area in (state, analysis, jobs, corrections, audit, login, models, taxonomy):
        app.include_router(area.router)
    docs.install(app)
    pages.install(app)
    # The last one added is the outermost: it also sees what the limit refuses.
    uploads = {"/v1/jobs": settings.max_upload}
    app.add_middleware(BodyLimit, limit=settings.max_body, seconds=settings.body_seconds, uploads=uploads)
    app.add_middleware(Gate, entrance=parts.entrance)
    app.add_middleware(RequestLog, metrics=parts.metrics)
    app.add_middleware(SecurityHeaders)
    described.describe(app)
    return app
