"""Jobs: a file in, a number at once, the result when it is done."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from mcu_nlp_service.access.roles import Caller, GuardedRoute, needs
from mcu_nlp_service.api.refusals import refusals
from mcu_nlp_service.jobs.faults import FAULTS
from mcu_nlp_service.jobs.store import FINISHED, owner_of
from mcu_nlp_service.jobs.upload import JobOptions, receive_job
from mcu_nlp_service.parts import PartsDep
from mcu_nlp_service.problems import RefusalError
from mcu_nlp_service.storage.tables import Job

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], route_class=GuardedRoute)

_MEDIA = {
    "jsonl": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_ID = Path(min_length=32, max_length=32, pattern="^[0-9a-f]{32}$", description="the job's number")
JobId = Annotated[str, _ID]
CallerDep = Annotated[Caller, needs("client")]


class JobOut(BaseModel):
    """A job and how far it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "5f2b8c1d9e7a4f60b3c2d1e0f9a8b7c6",
                    "state": "running",
                    "filename": "обращения за март.xlsx",
                    "rows_total": 1200,
                    "rows_done": 320,
                    "rows_failed": 1,
                    "model": "kursk",
                    "version": "1.0",
                    "error": None,
                    "detail": None,
                    "created": "2025-03-14T09:00:00Z",
                    "started": "2025-03-14T09:00:01Z",
                    "finished": None,
                    "expires": None,
                }
            ]
        }
    )

    id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    filename: str
    rows_total: int | None = Field(description="records in the file; null until it has been read")
    rows_done: int = Field(description="records that are finished, whether or not they could be analysed")
    rows_failed: int = Field(description="records of these that have an error in place of an analysis")
    model: str | None
    version: str | None
    error: str | None = Field(description="stable code of why the job failed")
    detail: str | None = Field(description="the same in Russian, with what to do")
    created: datetime
    started: datetime | None
    finished: datetime | None
    expires: datetime | None = Field(description="when the result is deleted")

    @classmethod
    def of(cls, job: Job) -> JobOut:
        """What a caller sees of a job."""
        named = {name: getattr(job, name) for name in cls.model_fields if name not in ("version", "detail")}
        return cls(version=job.model_version, detail=FAULTS.get(job.error or ""), **named)


class JobsOut(BaseModel):
    """Jobs, the newest first."""

    items: list[JobOut]


def _form() -> dict[str, Any]:
    schema = JobOptions.model_json_schema()
    schema["properties"] = {"file": {"type": "string", "format": "binary"}, **schema["properties"]}
    schema["required"] = ["file"]
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


@router.post(
    "",
    status_code=202,
    response_model=JobOut,
    responses={
        200: {"model": JobOut, "description": "the job that was begun with this Idempotency-Key"},
        **refusals(400, 401, 403, 408, 409, 413, 415, 422, 429, 503, 507),
    },
    openapi_extra=_form(),
)
async def create_job(
    request: Request,
    response: Response,
    parts: PartsDep,
    caller: CallerDep,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255, pattern="^[!-~]+$")] = None,
) -> JobOut:
    """Send a file of appeals (.csv, .xlsx, .jsonl) in the field ``file``; Location tells where to look."""
    job = await receive_job(request, parts.jobs.files, parts.settings)
    job.key_id, job.idempotency_key = owner_of(caller), idempotency_key
    try:
        kept, created = await to_thread.run_sync(parts.jobs.store.create, job)
    except BaseException:
        await to_thread.run_sync(parts.jobs.files.remove, job.id)
        raise
    if created:
        parts.jobs.runner.wake()
    else:
        response.status_code = 200
        await to_thread.run_sync(parts.jobs.files.remove, job.id)
    response.headers["Location"] = f"/v1/jobs/{kept.id}"
    return JobOut.of(kept)


@router.get("", response_model=JobsOut, responses=refusals(401, 403, 422))
def list_jobs(parts: PartsDep, caller: CallerDep, limit: Annotated[int, Query(ge=1, le=200)] = 50) -> JobsOut:
    """The caller's jobs; an operator sees all."""
    return JobsOut(items=[JobOut.of(job) for job in parts.jobs.store.list(caller, limit)])


@router.get("/{job_id}", response_model=JobOut, responses=refusals(401, 403, 404, 422))
def get_job(job_id: JobId, parts: PartsDep, caller: CallerDep) -> JobOut:
    """How far a job is."""
    return JobOut.of(parts.jobs.store.get(job_id, caller))


@router.post("/{job_id}/cancel", response_model=JobOut, responses=refusals(401, 403, 404, 422))
def cancel_job(job_id: JobId, parts: PartsDep, caller: CallerDep) -> JobOut:
    """Stop a job; one that is finished stays as it is."""
    parts.jobs.store.get(job_id, caller)
    parts.jobs.store.cancel(job_id)
    job = parts.jobs.store.get(job_id, caller)
    if job.state in FINISHED:
        parts.jobs.files.tidy(job_id)
    return JobOut.of(job)


@router.delete("/{job_id}", status_code=204, responses=refusals(401, 403, 404, 422))
def delete_job(job_id: JobId, parts: PartsDep, caller: CallerDep) -> None:
    """Delete a job with its file and its result; one that runs is stopped."""
    parts.jobs.store.get(job_id, caller)
    parts.jobs.store.delete(job_id)
    parts.jobs.files.remove(job_id)


@router.get(
    "/{job_id}/result",
    response_class=FileResponse,
    responses={
        200: {"content": {media: {} for media in _MEDIA.values()}, "description": "a line for each record"},
        **refusals(401, 403, 404, 409, 422),
    },
)
def get_result(
    job_id: JobId,
    parts: PartsDep,
    caller: CallerDep,
    format: Annotated[Literal["jsonl", "csv", "xlsx"], Query(description="kind of file")] = "jsonl",
) -> FileResponse:
    """The result: every record once, in the order of the file, with its analysis or its error."""
    job = parts.jobs.store.get(job_id, caller)
    if job.state != "done":
        raise RefusalError("job_not_done", state=job.state)
    path = parts.jobs.files.result(job_id, format)
    if not path.is_file():
        raise RefusalError("format_unavailable" if format == "xlsx" else "job_not_found")
    return FileResponse(
        path,
        media_type=_MEDIA[format],
        filename=f"{job_id}.{format}",
        headers={"Cache-Control": "no-store"},
    )
