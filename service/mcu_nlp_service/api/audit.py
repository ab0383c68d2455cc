"""The audit log, for whoever answers for the service."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from mcu_nlp_service.access.roles import GuardedRoute, needs
from mcu_nlp_service.api.learned import AuditOut, AuditRecordOut
from mcu_nlp_service.api.refusals import refusals
from mcu_nlp_service.parts import PartsDep

router = APIRouter(prefix="/v1", tags=["audit"], dependencies=[needs("admin")], route_class=GuardedRoute)


@router.get("/audit", response_model=AuditOut, responses=refusals(401, 403, 422, 503))
def audit(
    parts: PartsDep,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="`next` of the page before")] = None,
) -> AuditOut:
    """Who did what to keys, models, corrections and stored texts, newest first."""
    rows = parts.audit.read(limit + 1, before)
    items = [AuditRecordOut.of(row) for row in rows[:limit]]
    return AuditOut(items=items, next=items[-1].id if len(rows) > limit else None)
