"""The learning loop: an analysis has a number, a person corrects it, the correction becomes training data."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta

import pytest
from mcu_nlp_service.storage.tables import StoredAnalysis, now
from sqlalchemy import update

import mcu_nlp
from mcu_nlp.dataset.table import read_table
from mcu_nlp.training import train_table
from mcu_nlp.training.recipe import Recipe

pytestmark = pytest.mark.anyio

TEXT = "На Полевой улице яма во всю дорогу, объехать нельзя. Лунина Зоя Петровна, 8 944 123-45-60"
TOPIC = "roads.city-potholes"
DEPARTMENT = "Комитет жилищного хозяйства"


async def analyze(caller, text=TEXT, **more):
    answer = await caller.post("/v1/analyze", json={"text": text, **more})
    assert answer.status_code == 200
    return answer.headers["X-Analysis-ID"]


async def correct(caller, number, **said):
    return await caller.post(f"/v1/analyses/{number}/correction", json=said)


async def test_number_is_of_text_caller_id_and_model(inside):
    async with inside(processes=1) as (app, caller):
        number = await analyze(caller, id="7")
        assert await analyze(caller, id="7", explain=True) == number
        others = {await analyze(caller), await analyze(caller, id="8"), await analyze(caller, "Яма")}
        assert len(others | {number}) == 4
        analyses, model = app.state.parts.analyses, app.state.parts.models.active.facts
        assert number == analyses.number(TEXT, "7", model.named) != analyses.number(TEXT, "7", (model.name, "other"))
    async with inside(processes=1) as (app, caller):
        assert await analyze(caller, id="7") == number, "the secret outlives a restart"


async def test_correction_keeps_the_appeal_and_who_said_it(inside):
    async with inside(processes=1) as (app, caller):
        number = await analyze(caller, id="7")
        assert (await caller.get(f"/v1/analyses/{number}")).json()["code"] == "analysis_unknown"
        said = {"topic": TOPIC, "department": DEPARTMENT, "kind": "complaint", "tone": "tense", "who": "Регистратор"}
        card = {"places": ["Полевая улица"], "summary": None}
        answer = await correct(caller, number, **said, card=card, comment="Нужен выезд", text=TEXT, id="7")
        assert answer.status_code == 201, answer.text
        told = answer.json()
        assert told["topic"]["id"] == TOPIC
        assert told["category"]["id"] == "roads"
        assert told["department"]["title"] == DEPARTMENT
        assert (told["kind"], told["tone"], told["card"]) == ("complaint", "tense", card)
        facts = app.state.parts.models.active.facts
        assert (told["model"], told["version"]) == facts.named
        # Once it is stored, its number is enough.
        assert (await correct(caller, number, comment="Ещё раз")).status_code == 201
        stored = (await caller.get(f"/v1/analyses/{number}")).json()
        assert stored["text"] == TEXT
        assert stored["reviewed"]
        assert [one["comment"] for one in stored["corrections"]] == ["Нужен выезд", "Ещё раз"]


REFUSED = [
    ({"topic": "no.such"}, 422, "label_unknown", "/topic"),
    ({"department": "Нет такого"}, 422, "label_unknown", "/department"),
    ({"kind": "no such"}, 422, "request_invalid", "/kind"),
    ({"card": {"place": ["Дом"]}}, 422, "request_invalid", "/card/?"),
    ({}, 422, "correction_empty", None),
    ({"topic": TOPIC}, 404, "analysis_unknown", None),
    ({"topic": TOPIC, "text": TEXT + "!"}, 409, "analysis_mismatch", None),
    ({"topic": TOPIC, "text": TEXT, "id": "8"}, 409, "analysis_mismatch", None),
]


async def test_what_does_not_fit_is_refused(inside):
    async with inside(processes=1) as (_, caller):
        number = await analyze(caller)
        for said, status, code, pointer in REFUSED:
            answer = await correct(caller, number, **said)
            assert (answer.status_code, answer.json()["code"]) == (status, code)
            assert pointer is None or answer.json()["errors"][0]["pointer"] == pointer
        assert (await caller.get("/v1/corrections")).content == b""


async def test_store_decides_what_is_kept(inside):
    texts = [TEXT, "Батареи холодные, в подъезде темно и снег не убран, а вообще спасибо", "Дымит свалка"]
    for store in ("corrected", "review", "all"):
        async with inside(processes=1, store=store) as (_, caller):
            numbers = [await analyze(caller, text) for text in texts]
            batch = await caller.post("/v1/analyze/batch", json={"items": [{"text": text} for text in texts]})
            doubtful = [one["review"]["required"] for one in batch.json()["items"]]
            kept = [(await caller.get(f"/v1/analyses/{number}")).status_code == 200 for number in numbers]
            assert kept == {"corrected": [False] * 3, "review": doubtful, "all": [True] * 3}[store]


async def test_queue_is_least_certain_first_and_shrinks(inside):
    async with inside(processes=1, store="all") as (app, caller):
        numbers = [await analyze(caller, f"Яма номер {n}, а ещё снег и дым") for n in range(5)]
        confidences = dict(zip(numbers, (0.5, 0.2, 0.2, 0.9, 0.1), strict=True))
        with app.state.parts.database.write() as session:
            for number, confidence in confidences.items():
                changed = update(StoredAnalysis).where(StoredAnalysis.id == number)
                session.execute(changed.values(confidence=confidence, review_required=True))
        seen, after = [], None
        while True:
            page = (await caller.get("/v1/queue", params={"limit": 2} | ({"after": after} if after else {}))).json()
            seen += [item["analysis_id"] for item in page["items"]]
            after = page["next"]
            if after is None:
                break
        assert seen == sorted(numbers, key=lambda number: (confidences[number], number))
        assert (await caller.post(f"/v1/analyses/{seen[0]}/reviewed")).status_code == 204
        await correct(caller, seen[1], topic=TOPIC)
        page = (await caller.get("/v1/queue")).json()
        assert ([item["analysis_id"] for item in page["items"]], page["waiting"]) == (seen[2:], 3)
        refused = await caller.get("/v1/queue?after=nonsense")
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "query after")


async def test_corrections_teach_the_next_model(inside, toy_model, tmp_path):
    """From the service to the command: exported as a sheet, merged into a table, learned, answered."""
    texts = ["=Голуби на балконе;\r\nкормит соседка", "-голубей кормят у подъезда", TEXT]
    async with inside(processes=1) as (_, caller):
        for text in texts:
            number = await analyze(caller, text)
            await correct(caller, number, text=text, topic="ecology.illegal-dumps", department=DEPARTMENT, tone="tense")
        for kind in ("csv", "jsonl"):
            exported = await caller.get("/v1/corrections", params={"format": kind})
            (tmp_path / f"corrections.{kind}").write_bytes(exported.content)
    own = [{"text": f"Яма номер {n} на дороге", "topic": TOPIC} for n in range(20)] + [{"text": TEXT, "topic": TOPIC}]
    (tmp_path / "own.jsonl").write_text("".join(json.dumps(row) + "\n" for row in own), "utf-8")
    told = []
    for kind in ("csv", "jsonl"):
        table = read_table(tmp_path / "own.jsonl", corrections=tmp_path / f"corrections.{kind}", base=toy_model)
        assert table.corrections.to_dict() == {"read": 3, "merged": 1, "added": 2, "superseded": 0, "unreadable": 0}
        assert {e.topic for e in table.examples[-3:]} == {"ecology.illegal-dumps"}
        train_table(table, tmp_path / kind, recipe=Recipe(meaning_width=16))
        told.append((tmp_path / kind / "weights.npz").read_bytes())
    assert told[0] == told[1], "the sheet teaches what the lines teach"
    asked = "Голуби на балконе, кормит соседка"
    before, after = (mcu_nlp.load(model)(asked) for model in (toy_model, tmp_path / "csv"))
    assert before.topic.id != after.topic.id == "ecology.illegal-dumps"
    assert DEPARTMENT in {choice.title for choice in after.department_candidates}


async def test_export_is_training_data(inside, tmp_path):
    texts = [f"=Яма {n} на дороге, Лунина Зоя Петровна, 8 944 123-45-60" for n in range(60)]
    async with inside(processes=1) as (_, caller):
        for n, text in enumerate(texts):
            number = await analyze(caller, text)
            await correct(caller, number, text=text, topic=(TOPIC, "roads.city-snow")[n % 2], department=DEPARTMENT)
        await correct(caller, number, kind="complaint")
        lines = (await caller.get("/v1/corrections")).text
        sheet = await caller.get("/v1/corrections?format=csv")
        masked = (await caller.get("/v1/corrections?mask=true")).text
    rows = [json.loads(line) for line in lines.splitlines()]
    assert sorted(row["text"] for row in rows) == sorted(texts)
    (last,) = [row for row in rows if row["kind"]]
    assert (last["text"], last["kind"]) == (texts[-1], "complaint")
    assert last["topic"], "what was said before it still holds"
    assert "Лунина" in lines
    assert "Лунина" not in masked
    assert "[ФИО]" in masked
    assert sheet.headers["content-disposition"].endswith('"corrections.csv"')
    cells = list(csv.DictReader(io.StringIO(sheet.content.decode("utf-8-sig")), delimiter=";"))
    assert {row["text"][:2] for row in cells} == {"'="}
    for name, content in (("rows.jsonl", lines.encode()), ("rows.csv", sheet.content)):
        (tmp_path / name).write_bytes(content)
        table = read_table(tmp_path / name, {})
        assert not table.skipped
        assert {topic.id for topic in table.taxonomy.topics} == {TOPIC, "roads.city-snow"}
        assert {example.department for example in table.examples} == {DEPARTMENT}
        assert [example.kind for example in table.examples].count("complaint") == 1


async def test_export_tells_what_people_said_of_the_card(inside):
    async with inside(processes=1) as (_, caller):
        number = await analyze(caller)
        said = {"card": {"persons": ["Лунина Зоя Петровна"], "summary": "Яма"}, "comment": "Звонить 8 944 123-45-60"}
        assert (await correct(caller, number, **said, who="Регистратор", text=TEXT)).status_code == 201
        await correct(caller, number, card={"summary": "Яма во всю дорогу"})
        row, masked = [
            json.loads((await caller.get(f"/v1/corrections?mask={mask}")).text) for mask in ("false", "true")
        ]
        header = (await caller.get("/v1/corrections?format=csv")).content.decode("utf-8-sig").splitlines()[0]
    card = {"persons": ["Лунина Зоя Петровна"], "summary": "Яма во всю дорогу"}
    assert (row["card"], row["comment"], row["who"]) == (card, "Звонить 8 944 123-45-60", "Регистратор")
    assert masked["card"] == {"persons": ["[ФИО]"], "summary": "Яма во всю дорогу"}
    assert "944" not in masked["comment"]
    assert header == "id;text;category;topic;department;kind;tone;model;version;created"


async def test_what_was_masked_is_stored_masked(inside):
    async with inside(processes=1, store="all") as (_, caller):
        number = await analyze(caller, mask=True)
        await caller.post("/v1/analyze/batch", json={"items": [{"text": TEXT, "mask": True, "id": "7"}]})
        stored = (await caller.get(f"/v1/analyses/{number}")).json()
        queue = (await caller.get("/v1/queue?limit=200")).text
        corrected = await correct(caller, number, topic=TOPIC, text=TEXT)
        exported = (await caller.get("/v1/corrections")).text
    assert corrected.status_code == 201, "it is numbered by what was sent"
    assert "[ФИО]" in stored["text"]
    assert "Лунина" not in json.dumps(stored, ensure_ascii=False) + queue + exported
    async with inside(processes=1) as (_, caller):
        number = await analyze(caller, "Дымит свалка, Лунина Зоя Петровна", mask=True)
        text = "Дымит свалка, Лунина Зоя Петровна"
        assert (await correct(caller, number, topic=TOPIC, text=text, mask=True)).status_code == 201
        assert "Лунина" not in (await caller.get("/v1/corrections")).text


@pytest.mark.parametrize("store", ["corrected", "all"])
async def test_half_a_character_is_no_fault(inside, store):
    """«\\ud83d» alone is JSON and no character: it is dropped before anything is done with it."""
    async with inside(processes=1, store=store) as (_, caller):
        half = b'{"text": "\\ud83d %s", "id": "7"}'
        appeal = half % "Яма на дороге".encode()
        headers = {"Content-Type": "application/json"}
        answer = await caller.post("/v1/analyze", content=appeal, headers=headers)
        assert answer.status_code == 200
        batch = await caller.post("/v1/analyze/batch", content=b'{"items": [%s]}' % appeal, headers=headers)
        assert batch.status_code == 200
        number = answer.headers["X-Analysis-ID"]
        said = b'{"comment": "\\ud83d", "card": {"places": ["\\udfff"]}, ' + appeal[1:]
        answer = await caller.post(f"/v1/analyses/{number}/correction", content=said, headers=headers)
        assert answer.status_code == 201, answer.text
        stored = (await caller.get(f"/v1/analyses/{number}")).json()
        assert stored["text"] == " Яма на дороге"
        reply = '{"appeal": "\\ud83d Нет воды", "reply": "\\ud83d Вода будет завтра."}'.encode()
        assert (await caller.post("/v1/reply", content=reply, headers=headers)).status_code == 200


async def test_delete_and_expiry_take_the_corrections_along(inside):
    async with inside(processes=1, store="all") as (app, caller):
        numbers = [await analyze(caller, text) for text in (TEXT, "Дымит свалка", "Снег не убран")]
        for number in numbers:
            assert (await correct(caller, number, topic=TOPIC)).status_code == 201
        assert (await caller.delete(f"/v1/analyses/{numbers[0]}")).status_code == 204
        assert (await caller.delete(f"/v1/analyses/{numbers[0]}")).status_code == 404
        with app.state.parts.database.write() as session:
            past = update(StoredAnalysis).where(StoredAnalysis.id == numbers[1])
            session.execute(past.values(expires=now() - timedelta(seconds=1)))
        assert app.state.parts.analyses.expire() == 1
        left = (await caller.get("/v1/corrections")).text.splitlines()
        assert [json.loads(line)["id"] for line in left] == [numbers[2]]
