"""The queue: kept analyses that a person must look at, the least certain first."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import quote

from anyio import to_thread
from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from mcu_nlp import reason_titles
from mcu_nlp_service.access.roles import GuardedRoute
from mcu_nlp_service.learning.analyses import CURSOR
from mcu_nlp_service.page.choices import card_fields, decisions
from mcu_nlp_service.page.deadline import deadline
from mcu_nlp_service.page.rendering import OperatorDep, card, respond
from mcu_nlp_service.parts import Parts, PartsDep
from mcu_nlp_service.storage.tables import StoredAnalysis

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)

_SHOWN = 30


@router.get("/queue")
async def queue(
    parts: PartsDep,
    caller: OperatorDep,
    at: Annotated[str | None, Query(pattern="^[0-9a-f]{1,40}$")] = None,
    after: Annotated[str | None, Query(pattern=CURSOR)] = None,
) -> HTMLResponse:
    """The list, and the card of ``at`` or of the first one; ``after`` is where a further page begins."""
    found = await to_thread.run_sync(parts.analyses.queue, _SHOWN, after)
    rows = list(found.rows)
    chosen = next((row for row in rows if row.id == at), None)
    if chosen is None and at is not None:
        chosen = await to_thread.run_sync(parts.analyses.find, at)
    chosen = chosen or next(iter(rows), None)
    place = next((number for number, row in enumerate(rows) if chosen and row.id == chosen.id), None)
    content = {
        "here": "queue",
        "items": [_item(row) for row in rows],
        "waiting": found.waiting,
        "more": found.next,
        "after": after,
        "chosen": chosen.id if chosen else None,
        "next": _next(rows, place, after, found.next),
    }
    return await respond("queue.html", caller, content | await _shown(chosen, parts))


def _item(row: StoredAnalysis) -> dict[str, Any]:
    analysis, titles = row.analysis, reason_titles()
    return {
        "id": row.id,
        "number": row.caller_id,
        "topic": analysis["topic"]["title"],
        "share": row.confidence,
        "reasons": [titles.get(reason, reason) for reason in analysis["review"]["reasons"]],
        "day": row.received or row.created.date(),
    }


def _next(rows: list[StoredAnalysis], place: int | None, after: str | None, further: str | None) -> str:
    """Where to go when the chosen one is decided: to the one below it, or to those that are left."""
    if place is not None and place + 1 < len(rows):
        here = f"&after={quote(after)}" if after else ""
        return f"queue?at={rows[place + 1].id}{here}"
    return f"queue?after={quote(further)}" if further else "queue"


async def _shown(row: StoredAnalysis | None, parts: Parts) -> dict[str, Any]:
    if row is None:
        return {"card": None, "decisions": [], "card_fields": [], "deadline": None, "received": None, "reviewed": False}
    received = date.fromisoformat(row.received) if row.received else None
    return {
        "card": await card(row.analysis),
        "decisions": decisions(row.analysis, parts.models.active.facts),
        "card_fields": card_fields(row.analysis),
        "deadline": deadline(received) if received else None,
        "received": received,
        "reviewed": row.reviewed,
    }
