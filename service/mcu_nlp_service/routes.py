"""The routes: a request becomes a message, an analysis becomes JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse

from mcu_nlp import Analyzer, InputError, Message
from mcu_nlp_service.answers import AnalysisOut, BatchOut, ReadyOut, ReplyOut
from mcu_nlp_service.metrics import Metrics
from mcu_nlp_service.problems import RefusalError
from mcu_nlp_service.schemas import AppealIn, BatchIn, Problem, ReplyIn
from mcu_nlp_service.settings import Settings
from mcu_nlp_service.workers import Workers

_REFUSALS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem, "description": "not JSON"},
    413: {"model": Problem, "description": "body, text or batch too large"},
    415: {"model": Problem, "description": "not application/json"},
    422: {"model": Problem, "description": "empty text, or not of the contract's form"},
    503: {"model": Problem, "description": "not ready or too busy; try again"},
}


async def _analyzer(request: Request) -> Analyzer:
    analyzer: Analyzer | None = getattr(request.app.state, "analyzer", None)
    if analyzer is None:
        raise InputError("not_ready")
    return analyzer


async def _workers(request: Request) -> Workers:
    workers: Workers | None = getattr(request.app.state, "workers", None)
    if workers is None:
        raise InputError("not_ready")
    return workers


AnalyzerDep = Annotated[Analyzer, Depends(_analyzer)]
WorkersDep = Annotated[Workers, Depends(_workers)]


def install(app: FastAPI, settings: Settings, metrics: Metrics) -> None:
    """Offer the analysis and the state of the service."""

    # What runs in a worker's thread also makes the response: JSON of a large batch takes time too.
    @app.post("/v1/analyze", response_model=AnalysisOut, responses=_REFUSALS, tags=["analysis"])
    async def analyze(appeal: AppealIn, analyzer: AnalyzerDep, workers: WorkersDep) -> JSONResponse:
        """Analyse one appeal; the answer is the analysis of the contract."""
        return await workers.run(lambda: _answer(_analyze([appeal], analyzer, metrics)[0]))

    @app.post("/v1/analyze/batch", response_model=BatchOut, responses=_REFUSALS, tags=["analysis"])
    async def analyze_batch(batch: BatchIn, analyzer: AnalyzerDep, workers: WorkersDep) -> JSONResponse:
        """Analyse several appeals in order; one that cannot be analysed refuses the whole batch and is named."""
        if len(batch.items) > settings.max_batch:
            raise InputError("batch_too_large", size=len(batch.items), limit=settings.max_batch)

        def answer() -> JSONResponse:
            _check(batch.items, analyzer)
            return _answer({"items": _analyze(batch.items, analyzer, metrics)})

        return await workers.run(answer)

    @app.post("/v1/reply", response_model=ReplyOut, responses=_REFUSALS, tags=["analysis"])
    async def review_reply(body: ReplyIn, analyzer: AnalyzerDep, workers: WorkersDep) -> JSONResponse:
        """Review an official reply beside its appeal: ten points with reasons, and whether it is a brush-off."""
        appeal = Message(body.appeal, channel=body.channel, received=body.received)

        def answer() -> JSONResponse:
            review = analyzer.reply(
                appeal, body.reply, answered=body.answered, deadline_days=body.deadline_days, mask=body.mask
            )
            return _answer(review.to_dict())

        return await workers.run(answer)

    @app.get("/healthz", tags=["state"])
    async def healthz() -> dict[str, str]:
        """The process lives."""
        return {"status": "ok"}

    @app.get("/readyz", response_model=ReadyOut, responses={503: _REFUSALS[503]}, tags=["state"])
    async def readyz(analyzer: AnalyzerDep) -> dict[str, str]:
        """The model is loaded and answers; tells which."""
        return {"status": "ok", "model": analyzer.model.name, "version": analyzer.model.version}


def _check(appeals: Sequence[AppealIn], analyzer: Analyzer) -> None:
    for number, appeal in enumerate(appeals):
        try:
            analyzer.check(appeal.text)
        except InputError as error:
            raise RefusalError.of(error, number) from None


def _analyze(appeals: Sequence[AppealIn], analyzer: Analyzer, metrics: Metrics) -> list[dict[str, Any]]:
    """The answers in the order of the appeals; those that ask for the same things go through together."""
    answers: list[dict[str, Any]] = [{}] * len(appeals)
    for mask, explain in {(appeal.mask, appeal.explain) for appeal in appeals}:
        places = [n for n, appeal in enumerate(appeals) if (appeal.mask, appeal.explain) == (mask, explain)]
        analyses = analyzer.map((_message(appeals[n]) for n in places), mask=mask, explain=explain)
        for place, analysis in zip(places, analyses, strict=True):
            metrics.count(analysis)
            answers[place] = analysis.to_dict()
    return answers


def _message(appeal: AppealIn) -> Message:
    return Message(appeal.text, id=appeal.id, channel=appeal.channel, received=appeal.received)


def _answer(content: Mapping[str, Any]) -> JSONResponse:
    # Appeals are personal data: nobody on the way may keep the answer.
    return JSONResponse(content, headers={"Cache-Control": "no-store"})
