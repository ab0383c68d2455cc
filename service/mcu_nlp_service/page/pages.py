"""The specialist's pages with their styles and scripts, all served from here."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.staticfiles import StaticFiles
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Mount, Route

from mcu_nlp import stylesheet
from mcu_nlp_service.page import appeal, jobs, queue
from mcu_nlp_service.problems import of_http


def install(app: FastAPI) -> None:
    """Offer the pages, and below ``/static/`` what they load: files of their own, and the style of the card."""
    for area in (appeal, queue, jobs):
        app.include_router(area.router)

    own = StaticFiles(directory=Path(str(files("mcu_nlp_service.page"))) / "static")
    routes = [Route("/card.css", _card_style), Mount("/", own)]
    app.mount("/static", Starlette(routes=routes, exception_handlers={HTTPException: _refuse}), name="static")


async def _refuse(_request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    return of_http(error, "GET, HEAD").response()


async def _card_style(_request: Request) -> Response:
    return Response(stylesheet(), media_type="text/css")
