"""Templates of the page become responses: escaped by default, and rendered away from the event loop."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any

from anyio import to_thread
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from mcu_nlp import Analysis, __version__, render_html
from mcu_nlp_service.access.roles import Caller, needs

OperatorDep = Annotated[Caller, needs("operator")]

_SHORTEST, _LONGEST = 1, 99


@cache
def _templates() -> Environment:
    loader = PackageLoader("mcu_nlp_service.page")
    templates = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    templates.filters |= {"day": day, "percent": percent}
    templates.globals["version"] = __version__
    return templates


async def respond(template: str, caller: Caller, content: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """A page made from a template."""
    page = await to_thread.run_sync(lambda: _templates().get_template(template).render(content, caller=caller))
    return HTMLResponse(page, status)


async def card(analysis: dict[str, Any]) -> str:
    """The analysis as the notebooks show it; inert whatever the appeal holds."""
    return await to_thread.run_sync(lambda: render_html(Analysis.from_dict(analysis), style=False))


def day(value: date | datetime | str | None) -> str:
    """A day as Russians write it.

    >>> day("2025-03-14"), day(date(2025, 3, 4)), day(None)
    ('14.03.2025', '04.03.2025', '')
    """
    if not value:
        return ""
    return (date.fromisoformat(value) if isinstance(value, str) else value).strftime("%d.%m.%Y")


def percent(share: float) -> str:
    """A probability in whole percents, never a certainty.

    >>> percent(0.614), percent(1.0)
    ('61 %', '99 %')
    """
    return f"{min(_LONGEST, max(_SHORTEST, round(share * 100)))} %"
