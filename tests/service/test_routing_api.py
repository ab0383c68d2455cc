"""What can be answered, and trying routing rules that are not at work."""

from __future__ import annotations

import pytest

TEXT = "Яма на дороге по ул. Мира, 7, прошу отремонтировать"
RULES = """format = 1
[[department]]
id = "hall"
title = "Администрация"
[[rule]]
id = "all-roads"
department = "hall"
category = "roads"
"""


@pytest.mark.anyio
async def test_taxonomy_and_rules(inside, tmp_path):
    file = tmp_path / "routing.toml"
    file.write_text(RULES, "utf-8")
    async with inside(processes=1, routing=file) as (_, client):
        told = (await client.get("/v1/taxonomy")).json()
        assert "roads" in {category["id"] for category in told["categories"]}
        assert {topic["category"] for topic in told["topics"]} <= {category["id"] for category in told["categories"]}
        assert "hall" in {department["id"] for department in told["departments"]}
        assert (await client.get("/v1/routing")).json() == {"rules": RULES}

        good = await client.post("/v1/routing/check", json={"rules": RULES})
        assert good.json() == {"usable": True, "rules": 1, "departments": 1, "problem": None}
        bad = (await client.post("/v1/routing/check", json={"rules": RULES.replace('"roads"', '"rods"')})).json()
        assert not bad["usable"]
        assert "routing.toml" in bad["problem"]
        assert str(tmp_path.parent) not in bad["problem"]

        items = [{"text": TEXT}, {"text": "В поликлинике нет врача, очередь с утра"}]
        tried = (await client.post("/v1/routing/dry-run", json={"rules": RULES, "items": items})).json()
        assert (tried["total"], tried["caught"], tried["uncaught"]) == (2, {"all-roads": 1}, 1)
        refused = await client.post("/v1/routing/dry-run", json={"rules": "format = 2", "items": items})
        assert (refused.status_code, refused.json()["code"]) == (409, "routing_unusable")
        empty = await client.post("/v1/routing/dry-run", json={"rules": RULES, "items": [{"text": " "}]})
        assert empty.json()["code"] == "text_empty"
