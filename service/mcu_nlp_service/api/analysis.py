"""Analyses on demand: a request becomes messages, the workers' JSON becomes the answer."""

from __future__ import annotations

from asyncio import Semaphore
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from anyio import create_task_group
from fastapi import APIRouter, Response

from mcu_nlp import Message
from mcu_nlp_service.access.roles import needs
from mcu_nlp_service.api.admitted import AdmittedRoute
from mcu_nlp_service.api.answers import AnalysisOut, BatchOut, ReplyOut
from mcu_nlp_service.api.refusals import refusals
from mcu_nlp_service.api.schemas import AppealIn, BatchIn, ReplyIn
from mcu_nlp_service.inference import worker
from mcu_nlp_service.inference.models import Loaded
from mcu_nlp_service.inference.worker import Answer, Refused
from mcu_nlp_service.learning.analyses import Kept
from mcu_nlp_service.parts import Parts, PartsDep
from mcu_nlp_service.problems import RefusalError

router = APIRouter(prefix="/v1", tags=["analysis"], dependencies=[needs("client")], route_class=AdmittedRoute)

_REFUSALS = refusals(400, 401, 403, 413, 415, 422, 429, 503)
_NUMBERED: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"X-Analysis-ID": {"description": "number for corrections", "schema": {"type": "string"}}}}
}
# A batch goes to the workers in pieces of so many: small enough to share out, large enough to gain by.
_PIECE = 16


@router.post("/analyze", response_model=AnalysisOut, responses=_REFUSALS | _NUMBERED)
async def analyze(appeal: AppealIn, parts: PartsDep) -> Response:
    """Analyse one appeal; the answer is the analysis of the contract, ``X-Analysis-ID`` its number for corrections."""
    with parts.models.use() as model:
        kept = await answer_one(appeal, model, parts)
    response = json_response(kept.answer.json)
    response.headers["X-Analysis-ID"] = number_of(kept, parts)
    return response


@router.post("/analyze/batch", response_model=BatchOut, responses=_REFUSALS)
async def analyze_batch(batch: BatchIn, parts: PartsDep) -> Response:
    """Analyse several appeals in order; one that cannot be analysed refuses the whole batch and is named."""
    with parts.admission.enter(), parts.models.use() as model:
        answers = await analyze_all(batch.items, model)
    good: list[Answer] = []
    for number, answer in enumerate(answers):
        if isinstance(answer, Refused):
            raise RefusalError.of(answer.error, number)
        good.append(answer)
    _count(parts, batch.items, good)
    pairs = zip(batch.items, good, strict=True)
    named = model.facts.named
    await parts.analyses.keep_wanted([Kept(item.message, answer, named, masked=item.mask) for item, answer in pairs])
    return json_response(b'{"items":[' + b",".join(answer.json for answer in good) + b"]}")


@router.post("/reply", response_model=ReplyOut, responses=_REFUSALS)
async def review_reply(body: ReplyIn, parts: PartsDep) -> Response:
    """Review an official reply beside its appeal: ten points with reasons, and whether it is a brush-off."""
    appeal = Message(body.appeal, channel=body.channel, received=body.received)
    options = {"answered": body.answered, "deadline_days": body.deadline_days, "mask": body.mask}
    with parts.admission.enter(), parts.models.use() as model:
        answer = await model.run(worker.reply, appeal, body.reply, options)
    if isinstance(answer, Refused):
        raise RefusalError.of(answer.error)
    return json_response(answer)


async def answer_one(appeal: AppealIn, model: Loaded, parts: Parts) -> Kept:
    """One appeal analysed, counted, and stored where the settings say so. Raises ``RefusalError``."""
    with parts.admission.enter():
        (answer,) = await analyze_all([appeal], model)
    if isinstance(answer, Refused):
        raise RefusalError.of(answer.error)
    _count(parts, [appeal], [answer])
    kept = Kept(appeal.message, answer, model.facts.named, masked=appeal.mask)
    await parts.analyses.keep_wanted([kept])
    return kept


def number_of(kept: Kept, parts: Parts) -> str:
    """The number under which corrections of this analysis are sent."""
    return parts.analyses.number(kept.message.text, kept.message.id, kept.model)


async def analyze_all(appeals: Sequence[AppealIn], model: Loaded) -> list[Answer | Refused]:
    """The answers in the order of the appeals, all of one model; pieces are shared out among its processes."""
    alike: dict[tuple[bool, bool], list[int]] = defaultdict(list)
    for number, appeal in enumerate(appeals):
        alike[appeal.mask, appeal.explain].append(number)
    pieces = [
        (places[begin : begin + _PIECE], mask, explain)
        for (mask, explain), places in alike.items()
        for begin in range(0, len(places), _PIECE)
    ]
    # A long batch takes turns with other requests and does not stand before them with all its pieces.
    turns = Semaphore(model.pool.processes)

    found: dict[int, Answer | Refused] = {}

    async def answer(places: list[int], mask: bool, explain: bool) -> None:
        async with turns:
            answers = await model.run(worker.analyze, [appeals[n].message for n in places], mask, explain)
        found.update(zip(places, answers, strict=True))

    try:
        async with create_task_group() as group:  # when a piece fails, the others do not work on for nobody
            for piece in pieces:
                group.start_soon(answer, *piece)
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [found[number] for number in range(len(appeals))]


def json_response(content: bytes) -> Response:
    """JSON that nobody on the way may keep: appeals are personal data."""
    return Response(content, media_type="application/json", headers={"Cache-Control": "no-store"})


def _count(parts: Parts, appeals: Sequence[AppealIn], answers: Sequence[Answer]) -> None:
    facts = [answer.facts for answer in answers]
    for found in facts:
        parts.metrics.count(found)
    parts.models.compare([appeal.message for appeal in appeals], facts)
