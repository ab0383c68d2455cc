"""What an operator sees, and what nobody may see: no word of an appeal in logs, metrics, errors or pages of errors."""

from __future__ import annotations

import json
import logging
import re
from io import StringIO
from logging.config import dictConfig

import pytest
from mcu_nlp_service.seeing.log import log_config

NAME = "Канарейкина"
SECRETS = (NAME, "канарейк", "2-14-36", "9480021436")
TEXT = f"Меня зовут {NAME} Анна, тел. 8 (94800) 2-14-36. Яма на дороге по ул. Мира, 7!"


def clean(told: str) -> bool:
    unescaped = json.dumps(told, ensure_ascii=False) + json.dumps(told)
    return not any(s.lower() in unescaped.lower() or json.dumps(s)[1:-1] in unescaped for s in SECRETS)


@pytest.mark.anyio
async def test_no_word_of_an_appeal_is_seen(inside, caplog):
    caplog.set_level("DEBUG")
    async with inside(processes=1) as (app, client):
        await client.put("/v1/models/shadow", json={"name": "toy"})
        assert (await client.post("/v1/analyze", json={"text": TEXT, "id": NAME})).status_code == 200
        assert (await client.post("/v1/analyze/batch", json={"items": [{"text": TEXT}]})).status_code == 200
        await app.state.parts.models.shadow.drain()
        refusals = [
            await client.get(f"/{NAME}?text={NAME}"),
            await client.post(f"/v1/models/{NAME}/activate"),
            await client.post("/v1/analyze", json={"text": TEXT, NAME: 1}),
            await client.post(
                "/v1/routing/dry-run", json={"rules": f"# {NAME}\nformat = 2", "items": [{"text": TEXT}]}
            ),
            await client.put("/v1/models/shadow", json={"name": NAME}),
        ]
        metrics = (await client.get("/metrics")).text
    assert [answer.status_code for answer in refusals] == [404, 404, 422, 409, 404]
    assert all(clean(answer.text) for answer in refusals)
    assert clean(metrics)
    told = caplog.text + str([vars(r) for r in caplog.records if r.name != "httpx"])
    assert clean(re.sub(r"HTTP Request: .*", "", told))
    for name in ("text_characters_count", "confidence_count", "categories_total", "department_sources_total",
                 "pool_processes 1.0", "drift_psi", "request_bytes_count", "shadow_compared_total 2.0"):  # fmt: skip
        assert f"mcu_nlp_{name}" in metrics, name


def test_a_line_of_the_log_is_json_and_tells_of_an_error_only_type_and_places():
    settings, lines = log_config(), StringIO()
    settings["handlers"]["lines"]["stream"] = lines
    before = {name: logging.getLogger(name).handlers[:] for name in ("", "mcu_nlp_service", "uvicorn.error")}
    try:
        dictConfig(settings)
        logging.getLogger("mcu_nlp_service").info("request", extra={"request_id": "r-1", "status": 200})
        try:
            raise ValueError(TEXT)
        except ValueError:
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")
    finally:
        for name, handlers in before.items():
            logging.getLogger(name).handlers[:] = handlers
            logging.getLogger(name).propagate = True
    request, failure = map(json.loads, lines.getvalue().splitlines())
    assert (request["event"], request["request_id"], request["status"]) == ("request", "r-1", 200)
    assert (failure["error"], failure["level"]) == ("ValueError", "error")
    assert failure["at"].startswith("test_seeing.py:")
    assert clean(lines.getvalue())
