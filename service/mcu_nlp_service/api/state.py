"""The state of the service, for whoever watches it."""

from __future__ import annotations

from fastapi import APIRouter, Response
from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from mcu_nlp_service.access.roles import GuardedRoute, needs
from mcu_nlp_service.api.answers import ReadyOut
from mcu_nlp_service.api.refusals import refusals
from mcu_nlp_service.parts import PartsDep
from mcu_nlp_service.problems import RefusalError

router = APIRouter(tags=["state"], route_class=GuardedRoute)


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@router.get("/readyz", response_model=ReadyOut, responses=refusals(503))
async def readyz(parts: PartsDep) -> dict[str, str]:
    """The model is loaded and all its processes live, as does what runs in the background; tells which model."""
    if not parts.models.is_ready():
        raise RefusalError("not_ready")
    if parts.background.ended:
        raise RefusalError("not_ready", f"Остановилось: {', '.join(parts.background.ended)}. Перезапустите сервис.")
    facts = parts.models.active.facts
    return {"status": "ok", "model": facts.name, "version": facts.version}


@router.get("/metrics", include_in_schema=False, dependencies=[needs("client")])
async def metrics(parts: PartsDep) -> Response:
    """Prometheus metrics."""
    return Response(generate_latest(parts.metrics.registry), media_type=CONTENT_TYPE_LATEST)
