"""The audit log tells who did what, and no word of an appeal."""

from __future__ import annotations

import pytest
from test_learning import TEXT, TOPIC, analyze, correct

pytestmark = pytest.mark.anyio


async def test_corrections_and_deletions_are_recorded_without_texts(inside):
    async with inside(processes=1) as (app, caller):
        number = await analyze(caller)
        assert (await correct(caller, number, topic=TOPIC, comment="Канарейка", text=TEXT)).status_code == 201
        await caller.post(f"/v1/analyses/{number}/reviewed")
        await caller.delete(f"/v1/analyses/{number}")
        app.state.parts.audit.write("command line", "key.create", "abc", role="client")
        answer = await caller.get("/v1/audit")
        records = answer.json()["items"]
        actions = ["key.create", "analysis.delete", "analysis.review", "analysis.correct"]
        assert [record["action"] for record in records] == actions
        assert {record["subject"] for record in records[1:]} == {number}
        assert records[3]["details"]["fields"] == ["category", "topic"]
        assert not any(word in answer.text for word in ("Полевой", "Лунина", "Канарейка"))
        page = (await caller.get("/v1/audit?limit=3")).json()
        assert (len(page["items"]), page["next"]) == (3, records[2]["id"])
        rest = (await caller.get("/v1/audit", params={"before": page["next"]})).json()
        assert ([record["id"] for record in rest["items"]], rest["next"]) == ([records[3]["id"]], None)
