"""The learning loop: analyses that are kept, corrections of them, and both as training data."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal

from anyio import to_thread
from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from mcu_nlp_service.access.roles import GuardedRoute, caller_of, needs
from mcu_nlp_service.api.analysis import analyze_all
from mcu_nlp_service.api.learned import CorrectedOut, CorrectionIn, CorrectionOut, QueueOut, StoredOut
from mcu_nlp_service.api.refusals import refusals
from mcu_nlp_service.api.schemas import AppealIn
from mcu_nlp_service.inference import worker
from mcu_nlp_service.inference.models import Loaded
from mcu_nlp_service.inference.worker import Refused
from mcu_nlp_service.learning.analyses import CURSOR, Kept, Said
from mcu_nlp_service.learning.labels import checked_labels
from mcu_nlp_service.learning.training_data import Row, csv_lines, json_lines, training_row, with_written, written
from mcu_nlp_service.parts import Parts, PartsDep
from mcu_nlp_service.problems import RefusalError

router = APIRouter(prefix="/v1", tags=["learning"], dependencies=[needs("operator")], route_class=GuardedRoute)

AnalysisId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="from the header X-Analysis-ID")]
_KNOWN = refusals(401, 403, 404, 422, 503)
_PAGE = 50
_MEDIA = {"jsonl": "application/x-ndjson", "csv": "text/csv; charset=utf-8"}


@router.post(
    "/analyses/{analysis_id}/correction",
    status_code=201,
    response_model=CorrectionOut,
    responses=_KNOWN | refusals(400, 409, 413, 415, 429),
)
async def correct(
    analysis_id: AnalysisId, body: CorrectionIn, request: Request, response: Response, parts: PartsDep
) -> CorrectionOut:
    """Say what is right; an appeal that is not stored is sent along and stored with the correction."""
    with parts.models.use() as model:
        fields: dict[str, Any] = checked_labels(_given(body, "topic", "department"), model.facts)
        fields |= _given(body, "kind", "tone")
        if body.card is not None and body.card.model_fields_set:
            fields["card"] = body.card.model_dump(exclude_unset=True)
        if not fields and not (body.comment or "").strip():
            raise RefusalError("correction_empty")
        kept = await _appeal(analysis_id, body, model, parts)
    said = Said(fields, body.comment, body.who, caller_of(request).key_id)
    response.headers["Cache-Control"] = "no-store"
    return CorrectionOut.of(await to_thread.run_sync(parts.analyses.correct, analysis_id, said, kept))


@router.get("/analyses/{analysis_id}", response_model=CorrectedOut, responses=_KNOWN)
def stored(analysis_id: AnalysisId, response: Response, parts: PartsDep) -> Any:
    """An appeal that is kept, with its analysis and its corrections."""
    row, corrections = parts.analyses.get(analysis_id)
    response.headers["Cache-Control"] = "no-store"
    return {**StoredOut.facts_of(row), "corrections": [CorrectionOut.of(one) for one in corrections]}


@router.delete("/analyses/{analysis_id}", status_code=204, responses=_KNOWN)
def delete(analysis_id: AnalysisId, request: Request, parts: PartsDep) -> None:
    """Delete an appeal with its analysis and its corrections."""
    parts.analyses.delete(analysis_id, caller_of(request).key_id)


@router.post("/analyses/{analysis_id}/reviewed", status_code=204, responses=_KNOWN)
def reviewed(analysis_id: AnalysisId, request: Request, parts: PartsDep) -> None:
    """A person looked and has nothing to correct: it leaves the queue."""
    parts.analyses.reviewed(analysis_id, caller_of(request).key_id)


@router.get("/queue", response_model=QueueOut, responses=refusals(401, 403, 422, 503))
def queue(
    response: Response,
    parts: PartsDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    after: Annotated[str | None, Query(pattern=CURSOR, description="`next` of the page before")] = None,
) -> Any:
    """Kept analyses that a person must look at and nobody has yet, the least certain first."""
    page = parts.analyses.queue(limit, after)
    response.headers["Cache-Control"] = "no-store"
    return {"items": [StoredOut.facts_of(row) for row in page.rows], "waiting": page.waiting, "next": page.next}


@router.get(
    "/corrections",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/x-ndjson": {}, "text/csv": {}}}, **refusals(401, 403, 422, 503)},
)
async def export(
    parts: PartsDep,
    format: Annotated[Literal["jsonl", "csv"], Query()] = "jsonl",
    mask: Annotated[bool, Query(description="replace personal data by placeholders")] = False,
) -> StreamingResponse:
    """Corrected appeals as training data for ``mcu-nlp train``: only what people said is filled in.

    Columns of csv: id, text, category, topic, department, kind, tone, model, version, created. jsonl also has what no
    model learns from yet: ``card`` (the fields that were corrected), ``comment`` and ``who``. ``created`` is when
    the last correction was made; of every column the last word counts.
    """
    first = await _rows(parts, "", mask)  # a database that refuses is told before the answer begins
    headers = {"Cache-Control": "no-store", "Content-Disposition": f'attachment; filename="corrections.{format}"'}
    return StreamingResponse(_stream(parts, first, format, mask), headers=headers, media_type=_MEDIA[format])


async def _stream(parts: Parts, rows: Sequence[Row], format: str, mask: bool) -> AsyncIterator[bytes]:
    if format == "csv":
        yield csv_lines([], header=True)
    while rows:
        yield csv_lines(rows) if format == "csv" else json_lines(rows)
        rows = await _rows(parts, rows[-1]["id"] or "", mask) if len(rows) == _PAGE else []


async def _rows(parts: Parts, after: str, mask: bool) -> list[Row]:
    page = await to_thread.run_sync(parts.analyses.corrected, after, _PAGE)
    rows = [training_row(*one) for one in page]
    if mask and rows:
        masked = iter(await parts.models.run(worker.mask, [text for row in rows for text in written(row)]))
        rows = [with_written(row, masked) for row in rows]
    return rows


async def _appeal(analysis_id: str, body: CorrectionIn, model: Loaded, parts: Parts) -> Kept | None:
    """The appeal to store with a correction; ``None`` when it is stored already."""
    row = await to_thread.run_sync(parts.analyses.find, analysis_id)
    if body.text is None:
        if row is None:
            raise RefusalError("analysis_unknown")
        return None
    named = (row.model, row.model_version) if row else model.facts.named
    if parts.analyses.number(body.text, body.id, named) != analysis_id:
        raise RefusalError("analysis_mismatch")
    if row is not None:
        return None
    same = ("text", "mask", "id", "channel", "received")
    appeal = AppealIn.model_validate({name: getattr(body, name) for name in same})
    with parts.admission.enter():
        (answer,) = await analyze_all([appeal], model)
    if isinstance(answer, Refused):
        raise RefusalError.of(answer.error)
    return Kept(appeal.message, answer, named, masked=body.mask)


def _given(body: CorrectionIn, *names: str) -> dict[str, str]:
    return {name: value for name in names if (value := getattr(body, name)) is not None}
