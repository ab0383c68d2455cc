"""The first page: paste or open an appeal, get its card."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from mcu_nlp_service.access.roles import Caller, GuardedRoute
from mcu_nlp_service.api.analysis import answer_one, number_of
from mcu_nlp_service.api.schemas import AppealIn
from mcu_nlp_service.page.choices import card_fields, decisions
from mcu_nlp_service.page.deadline import deadline
from mcu_nlp_service.page.rendering import OperatorDep, card, respond
from mcu_nlp_service.parts import Parts, PartsDep
from mcu_nlp_service.problems import PROBLEMS, RefusalError

router = APIRouter(include_in_schema=False, route_class=GuardedRoute)

CHANNELS = {
    "portal": "Портал",
    "social": "Социальная сеть",
    "messenger": "Мессенджер",
    "paper": "Письмо на бумаге",
    "phone": "Телефон",
    "email": "Электронная почта",
}
_EMPTY = {"id": "", "received": "", "channel": "", "text": ""}
_EXAMPLE = {
    "id": "1741",
    "received": "2025-03-14",
    "channel": "portal",
    "text": (
        "Добрый день! Во дворе дома 12 по ул. Садовой в г. Петровске третью неделю не вывозят мусор, контейнеры "
        "переполнены, рядом детская площадка. Звонила в УК «Тёплый дом», заявка № 123-45 от 1 марта, в ответ одни "
        "отписки, никто ничего не делает. Прошу обязать управляющую компанию вывезти мусор и установить график вывоза. "
        "Если ничего не изменится, напишем в прокуратуру.\nЗоя Лунина, тел. 8 944 123-45-60"
    ),
}


@router.get("/")
async def empty(caller: OperatorDep, example: bool = False) -> HTMLResponse:
    """The form, empty or with an invented appeal."""
    return await _page(caller, _EXAMPLE if example else _EMPTY)


@router.post("/")
async def analyze(
    parts: PartsDep,
    caller: OperatorDep,
    text: Annotated[str, Form()] = "",
    id: Annotated[str, Form()] = "",
    channel: Annotated[str, Form()] = "",
    received: Annotated[str, Form()] = "",
) -> HTMLResponse:
    """The form again, with the card of what was sent or with what was wrong about it."""
    text = text.replace("\r\n", "\n")  # browsers send it so, whatever the lines ended with
    form = {"text": text, "id": id.strip(), "channel": channel, "received": received}
    try:
        appeal = AppealIn(
            text=text, id=form["id"] or None, channel=channel or None, received=received or None, explain=True
        )
        return await _page(caller, form, **await _answer(appeal, parts))
    except ValidationError:
        return await _page(
            caller, form, 422, problem="Проверьте дату поступления и номер обращения: их нельзя прочитать."
        )
    except RefusalError as refusal:
        status, _, detail = PROBLEMS[refusal.code]
        return await _page(caller, form, status, problem=refusal.detail or detail)


async def _answer(appeal: AppealIn, parts: Parts) -> dict[str, Any]:
    with parts.models.use() as model:
        kept = await answer_one(appeal, model, parts)
    analysis = json.loads(kept.answer.json)
    return {
        "card": await card(analysis),
        "decisions": decisions(analysis, model.facts),
        "card_fields": card_fields(analysis),
        "analysis_id": number_of(kept, parts),
        "appeal": appeal.model_dump(mode="json", exclude_none=True, exclude={"explain", "mask"}),
        "deadline": deadline(appeal.received) if appeal.received else None,
    }


async def _page(caller: Caller, form: dict[str, Any], status: int = 200, **content: Any) -> HTMLResponse:
    empty: dict[str, Any] = {"problem": None, "card": None, "deadline": None, "decisions": [], "card_fields": []}
    content = {**empty, "here": "appeal", "form": form, "channels": CHANNELS, **content}
    return await respond("appeal.html", caller, content, status)
