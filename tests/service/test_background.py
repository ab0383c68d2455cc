"""What runs beside the requests: its end is told, its failure harms nobody, and what was begun is ended."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest
from mcu_nlp_service import Settings, create_app
from mcu_nlp_service.seeing.job_counts import JobCounts
from mcu_nlp_service.storage import Database
from mcu_nlp_service.storage.tables import Job

pytestmark = pytest.mark.anyio
TEXT = "Яма на дороге по ул. Мира, 7"


async def test_a_background_loop_that_ends_is_told(inside, monkeypatch):
    async def fail(_self: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("mcu_nlp_service.learning.analyses.Analyses.run", fail)
    async with inside(processes=1) as (_, client):
        answer = await client.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "not_ready")
        assert "expiry" in answer.json()["detail"]
        # The others go on.
        assert (await client.post("/v1/analyze", json={"text": TEXT})).status_code == 200


async def test_a_failed_start_ends_what_was_begun(toy_model, tmp_path, monkeypatch):
    def fail(_self: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("mcu_nlp_service.learning.analyses.Analyses.open", fail)
    app = create_app(Settings(model=toy_model, state=tmp_path))
    with pytest.raises(RuntimeError):
        async with app.router.lifespan_context(app):
            pass
    assert not app.state.parts.models.is_ready()


async def test_jobs_are_counted_by_state(unloaded):
    async with unloaded() as (app, client):
        parts = app.state.parts
        counts = JobCounts(parts.database, parts.metrics)
        with parts.database.write() as session:
            session.add_all(
                Job(id=f"{n:032x}", state=s, filename="a.csv") for n, s in enumerate(("queued", "done", "done"))
            )
        counting = asyncio.create_task(counts.run())
        async with asyncio.timeout(20):
            while 'mcu_nlp_jobs{state="done"} 2.0' not in (metrics := (await client.get("/metrics")).text):
                await asyncio.sleep(0.02)
        counting.cancel()
        assert 'mcu_nlp_jobs{state="queued"} 1.0' in metrics
        assert 'mcu_nlp_jobs{state="failed"} 0.0' in metrics


def test_a_journal_that_cannot_be_overwritten_is_logged(tmp_path, monkeypatch, caplog):
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    database.migrate()

    def fail() -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(database.engine, "raw_connection", fail)
    database.forget()
    assert "journal" in caplog.text
    database.close()
