"""Files: drop a table of appeals, watch the work, take the result. The script speaks to ``/v1/jobs``."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from mcu_nlp_service.access.roles import GuardedRoute
from mcu_nlp_service.page.rendering import OperatorDep, respond
from mcu_nlp_service.parts import PartsDep

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)


@router.get("/jobs")
async def jobs(parts: PartsDep, caller: OperatorDep) -> HTMLResponse:
    """The place to drop a file, and the list of jobs that the script fills."""
    content = {"here": "jobs", "days": parts.settings.job_days, "largest": parts.settings.max_upload}
    return await respond("jobs.html", caller, content)
