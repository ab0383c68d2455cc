"""Models are changed while requests come in; a bad one is refused with its reason and the old one goes on."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import time
from pathlib import Path
from shutil import copytree

import psutil
import pytest

TEXT = "Яма на дороге по ул. Мира, 7, прошу отремонтировать"
# 50 are what the service must bear; so many take some minutes.
CHANGES = int(os.environ.get("MCU_NLP_TEST_CHANGES", "6"))
REQUIRED = ("weights.npz", "settings.json", "taxonomy.json")


def version_of(folder: Path) -> str:
    return json.loads((folder / "manifest.json").read_text("utf-8"))["version"]


def change_manifest(folder: Path, **changes: object) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8")) | changes
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def sign(folder: Path) -> None:
    change_manifest(folder, files={n: hashlib.sha256((folder / n).read_bytes()).hexdigest() for n in REQUIRED})


@pytest.fixture
def shelf(toy_model: Path, tmp_path: Path) -> Path:
    """A folder of two good models and three bad ones."""
    shelf = tmp_path / "models"
    for name in ("one", "two", "damaged", "foreign", "unlike"):
        copytree(toy_model, shelf / name)
        change_manifest(shelf / name, version=f"{name}-1")
    (shelf / "damaged" / "weights.npz").write_bytes(b"PK" + bytes(1000))
    change_manifest(shelf / "foreign", format=99)
    # A taxonomy that the weights were not trained for, with checksums that agree.
    taxonomy = json.loads((shelf / "unlike" / "taxonomy.json").read_text("utf-8"))
    taxonomy["topics"].reverse()
    (shelf / "unlike" / "taxonomy.json").write_text(json.dumps(taxonomy), "utf-8")
    sign(shelf / "unlike")
    return shelf


@pytest.mark.anyio
async def test_models_are_listed_with_what_is_wrong_with_them(inside, shelf):
    async with inside(model=shelf / "one", models=shelf, processes=1) as (_, client):
        told = (await client.get("/v1/models")).json()
    assert (told["active"], told["previous"], told["shadow"]) == ("one", None, None)
    items = {item["name"]: item for item in told["items"]}
    assert set(items) == {"one", "two", "damaged", "foreign", "unlike"}
    assert [name for name, item in items.items() if item["active"]] == ["one"]
    assert items["two"]["version"] == "two-1"
    assert "контрольная сумма" in items["damaged"]["problem"]
    assert "формат" in items["foreign"]["problem"]


@pytest.mark.anyio
async def test_a_model_is_changed_under_load(inside, shelf):
    answers: list[tuple[int, set[str]]] = []
    async with inside(model=shelf / "one", models=shelf, processes=1, max_waiting=64) as (_, client):
        over = asyncio.Event()

        async def ask() -> None:
            while not over.is_set():
                answer = await client.post("/v1/analyze/batch", json={"items": [{"text": TEXT}] * 20})
                answers.append((answer.status_code, {item["model"]["version"] for item in answer.json()["items"]}))

        asking = [asyncio.create_task(ask()) for _ in range(2)]
        assert (await client.post("/v1/models/two/activate")).json()["active"] == "two"
        assert (await client.get("/readyz")).json()["version"] == "two-1"
        assert (await client.post("/v1/analyze", json={"text": TEXT})).json()["model"]["version"] == "two-1"
        begun = time.monotonic()
        assert (await client.post("/v1/models/rollback")).json()["active"] == "one"
        assert time.monotonic() - begun < 5
        audit = (await client.get("/v1/audit")).json()["items"]
        assert [(r["action"], r["subject"]) for r in audit] == [
            ("model_rolled_back", "one"),
            ("model_activated", "two"),
        ]
        over.set()
        await asyncio.gather(*asking)
    assert {status for status, _ in answers} == {200}
    assert all(len(versions) == 1 for _, versions in answers)
    assert {version for _, versions in answers for version in versions} == {"one-1", "two-1"}


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("name", "told"), [("damaged", "контрольная сумма"), ("foreign", "формат"), ("unlike", "классы|classes")]
)
async def test_a_bad_model_is_refused_and_the_old_one_serves(inside, shelf, name, told):
    async with inside(model=shelf / "one", models=shelf, processes=1) as (_, client):
        for call in (client.post(f"/v1/models/{name}/activate"), client.put("/v1/models/shadow", json={"name": name})):
            answer = await call
            assert (answer.status_code, answer.json()["code"]) == (409, "model_refused")
            assert any(word in answer.json()["detail"] for word in told.split("|"))
        assert (await client.get("/v1/models")).json()["active"] == "one"
        assert (await client.post("/v1/analyze", json={"text": TEXT})).json()["model"]["version"] == "one-1"
        assert (await client.post("/v1/models/rollback")).json()["code"] == "model_no_previous"
        assert (await client.post("/v1/models/nowhere/activate")).json()["code"] == "model_unknown"
        assert (await client.post("/v1/models/..%2Fone/activate")).status_code == 404


@pytest.mark.anyio
async def test_a_model_without_the_topics_of_the_routing_rules_is_refused(inside, shelf, tmp_path):
    topic = json.loads((shelf / "one" / "taxonomy.json").read_text("utf-8"))["topics"][0]["id"]
    rules = tmp_path / "routing.toml"
    rules.write_text(
        f'format = 1\n[[department]]\nid = "hall"\ntitle = "Администрация"\n'
        f'[[rule]]\nid = "first"\ndepartment = "hall"\ntopic = "{topic}"\n',
        "utf-8",
    )
    # The same model with that topic called otherwise everywhere.
    for file in ("taxonomy.json", "settings.json"):
        path = shelf / "two" / file
        path.write_text(path.read_text("utf-8").replace(f'"{topic}"', f'"{topic}-renamed"'), "utf-8")
    sign(shelf / "two")
    async with inside(model=shelf / "one", models=shelf, routing=rules, processes=1) as (_, client):
        answer = await client.post("/v1/models/two/activate")
        assert (answer.status_code, answer.json()["code"]) == (409, "model_refused")
        assert topic in answer.json()["detail"]
        assert (await client.post("/v1/analyze", json={"text": TEXT})).json()["model"]["version"] == "one-1"


@pytest.mark.anyio
async def test_the_active_model_is_remembered_until_another_one_is_set(inside, shelf):
    async with inside(model=shelf / "one", models=shelf, processes=1) as (_, client):
        await client.post("/v1/models/two/activate")
    async with inside(model=shelf / "one", models=shelf, processes=1) as (_, client):
        told = (await client.get("/v1/models")).json()
        assert (told["active"], told["previous"]) == ("two", "one")
    # The remembered one is gone: the configured one answers.
    change_manifest(shelf / "two", format=99)
    async with inside(model=shelf / "one", models=shelf, processes=1) as (_, client):
        assert (await client.get("/v1/models")).json()["active"] == "one"
    copytree(shelf / "one", shelf / "three")
    async with inside(model=shelf / "three", models=shelf, processes=1) as (_, client):
        assert (await client.get("/v1/models")).json()["active"] == "three"


@pytest.mark.anyio
async def test_a_shadow_model_is_compared_and_never_answers(inside, shelf):
    async with inside(model=shelf / "one", models=shelf, processes=1) as (app, client):
        assert (await client.put("/v1/models/shadow", json={"name": "two"})).json()["shadow"] == "two"
        for _ in range(3):
            assert (await client.post("/v1/analyze", json={"text": TEXT})).json()["model"]["version"] == "one-1"
        shadow = app.state.parts.models.shadow
        await asyncio.wait_for(shadow.drain(), 20)
        metrics = (await client.get("/metrics")).text
        assert "mcu_nlp_shadow_compared_total 3.0" in metrics
        assert "mcu_nlp_shadow_differed_total{" not in metrics
        assert 'mcu_nlp_shadow_model_info{name="toy",version="two-1"} 1.0' in metrics
        assert (await client.put("/v1/models/shadow", json={"name": None})).json()["shadow"] is None
        assert "mcu_nlp_shadow_model_info{" not in (await client.get("/metrics")).text


@pytest.mark.anyio
async def test_changes_leave_no_process_and_no_memory_behind(inside, shelf, record_property):
    def workers() -> list[psutil.Process]:
        children = psutil.Process().children(recursive=True)
        return [child for child in children if "forkserver" in " ".join(child.cmdline())]

    def memory() -> int:
        return sum(process.memory_info().rss for process in (psutil.Process(), *workers()))

    async with inside(model=shelf / "one", models=shelf, processes=1) as (app, client):
        models, sizes, counts = app.state.parts.models, [], []
        for number in range(CHANGES):
            assert (await client.post(f"/v1/models/{('two', 'one')[number % 2]}/activate")).status_code == 200
            assert (await client.post("/v1/analyze", json={"text": TEXT})).status_code == 200
            await asyncio.gather(*models._ending)
            sizes.append(memory())
            counts.append(len(workers()))
    record_property("memory", f"{CHANGES} changes: {sizes[1] / 1e6:.0f} -> {sizes[-1] / 1e6:.0f} MB")
    assert max(counts) == min(counts)
    assert sizes[-1] <= sizes[1] * 1.1


@pytest.mark.anyio
async def test_a_model_that_is_activated_again_keeps_the_way_back(inside, shelf):
    async with inside(model=shelf / "one", models=shelf, processes=1) as (_, client):
        for _ in range(2):
            told = (await client.post("/v1/models/two/activate")).json()
            assert (told["active"], told["previous"]) == ("two", "one")
        backs = await asyncio.gather(*(client.post("/v1/models/rollback") for _ in range(2)))
        assert [back.status_code for back in backs] == [200, 200]
        # There and back again: the second one sees what the first has done.
        told = (await client.get("/v1/models")).json()
        assert (told["active"], told["previous"]) == ("two", "one")


@pytest.mark.anyio
async def test_a_failing_shadow_harms_nobody(inside, shelf, monkeypatch):
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    before = len(psutil.Process().children(recursive=True))
    async with inside(model=shelf / "one", models=shelf, processes=1) as (app, client):
        await client.put("/v1/models/shadow", json={"name": "two"})
        shadow = app.state.parts.models.shadow
        with monkeypatch.context() as broken:
            broken.setattr(shadow.pool, "run", fail)
            assert (await client.post("/v1/analyze", json={"text": TEXT})).status_code == 200
            await asyncio.wait_for(shadow.drain(), 20)
        await client.post("/v1/analyze", json={"text": TEXT})
        await asyncio.wait_for(shadow.drain(), 20)
        metrics = (await client.get("/metrics")).text
        assert "mcu_nlp_shadow_failed_total 1.0" in metrics
        assert "mcu_nlp_shadow_compared_total 1.0" in metrics
        close = shadow.pool.close
        monkeypatch.setattr(shadow.pool, "close", fail)
    # The active model's processes are ended all the same.
    await close(abandon=True)
    assert len(psutil.Process().children(recursive=True)) <= max(before, 2)
