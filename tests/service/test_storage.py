"""The database under many writers, on a full or read-only disk, and its migrations; SQLite and PostgreSQL alike."""

from __future__ import annotations

import json
import multiprocessing
import os
import sqlite3
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from mcu_nlp_service.inference.worker import Answer, Facts
from mcu_nlp_service.learning.analyses import Analyses, Kept, Said
from mcu_nlp_service.problems import RefusalError
from mcu_nlp_service.settings import Settings
from mcu_nlp_service.storage import Database
from mcu_nlp_service.storage.failures import reason
from mcu_nlp_service.storage.tables import Table
from mcu_nlp_service.storage.turns import Turns
from sqlalchemy import event, text
from sqlalchemy.exc import DatabaseError

from mcu_nlp import Message

# The whole trial takes a minute; every run of the tests takes a short one.
SECONDS = float(os.environ.get("MCU_NLP_TEST_SECONDS", "3"))
MODEL = ("toy", "1")


def on(database):
    analyses = Analyses(database, Settings())
    analyses.open()
    return analyses


def kept(text, confidence=0.5):
    facts = Facts(
        category="roads",
        topic="roads.city-potholes",
        department="d",
        department_source="model",
        kind="complaint",
        level="tense",
        signals=(),
        topic_confidence=confidence,
        category_confidence=0.9,
        department_confidence=0.9,
        review_required=True,
        reasons=(),
        characters=len(text),
    )
    return Kept(Message(text), Answer(json.dumps({"text": text}).encode(), facts), MODEL)


def put(analyses, text, comment):
    number = analyses.number(text, None, MODEL)
    return analyses.correct(number, Said({"kind": "complaint"}, comment), kept(text))


def comments(analyses):
    rows = analyses.corrected("", 1_000_000)
    return sorted(correction.comment for _, corrections in rows for correction in corrections)


def write_and_read(url, process, writers, readers, seconds):
    """What one process does: its threads write and read until time is up; tells what was written and what failed."""
    analyses, end = on(Database(url)), time.monotonic() + seconds
    written, failed, slowest = [], [], [0.0]

    def write(thread):
        turn = 0
        while time.monotonic() < end:
            comment, begun = f"{process}.{thread}.{turn}", time.monotonic()
            put(analyses, f"Яма {turn % 50}", comment)
            written.append(comment)
            slowest[0] = max(slowest[0], time.monotonic() - begun)
            turn += 1

    def read(_thread):
        while time.monotonic() < end:
            analyses.queue(20)
            number = analyses.number("Яма 0", None, MODEL)
            if analyses.find(number):
                assert analyses.get(number)[1], "an appeal and its correction appear together"

    def guarded(work, thread):
        try:
            work(thread)
        except Exception as error:
            failed.append(repr(error))

    threads = [threading.Thread(target=guarded, args=(write, n)) for n in range(writers)]
    threads += [threading.Thread(target=guarded, args=(read, n)) for n in range(readers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    analyses.database.close()
    return written, failed, slowest[0]


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    database.migrate()
    yield database
    database.close()


@pytest.mark.parametrize("processes", [1, 4])
def test_eight_writers_and_four_readers_lose_nothing(database, database_url, processes):
    work = [(database_url, n, 8 // processes, 4 // processes, SECONDS) for n in range(processes)]
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        done = list(pool.map(write_and_read, *zip(*work, strict=True)))
    assert [failed for _, failed, _ in done if failed] == []
    written = sorted(comment for comments, _, _ in done for comment in comments)
    assert len(written) > 10
    assert comments(on(database)) == written
    print(f"{len(written) / SECONDS:.0f} corrections a second, the slowest {max(s for *_, s in done):.2f} s")  # noqa: T201


def test_writers_of_one_process_come_in_their_order():
    turns, order = Turns(), []

    def write(number):
        with turns.take():
            order.append(number)

    with turns.take():
        threads = []
        for number in range(20):
            threads.append(threading.Thread(target=write, args=(number,)))
            threads[-1].start()
            while len(turns._waiting) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == list(range(20))
    with turns.take():
        assert not turns._waiting


def test_two_processes_that_start_together(database_url):
    """Both migrate, and both get the same secret."""
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert len(set(pool.map(first_number, [database_url] * 2))) == 1


def first_number(url):
    database = Database(url)
    database.migrate()
    number = on(database).number("Яма", None, MODEL)
    database.close()
    return number


def test_migrations_make_the_tables_that_the_code_expects(database):
    database.migrate()
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Table.metadata) == []


def test_reading_cannot_write(database):
    with pytest.raises(DatabaseError), database.read() as session:
        session.execute(text("DELETE FROM setting"))


def test_nul_is_left_out(database):
    analyses = on(database)
    assert put(analyses, "Яма\0", "Да\0").comment == "Да"
    assert analyses.get(analyses.number("Яма\0", None, MODEL))[0].text == "Яма"


@pytest.fixture
def file(tmp_path):
    return tmp_path / "test.db"


@pytest.fixture
def analyses(file):
    database = Database(f"sqlite:///{file}")
    database.migrate()
    yield on(database)
    database.close()


def test_full_disk_leaves_the_database_intact(analyses, file):
    put(analyses, "Яма", "до")

    @event.listens_for(analyses.database.engine, "begin")
    def no_more_pages(connection):
        connection.exec_driver_sql("PRAGMA max_page_count=1")  # never less than there are

    stored = []

    def fill():
        for turn in range(1000):
            stored.append(put(analyses, f"Длинное обращение {turn} " * 200, "во время").comment)

    with pytest.raises(DatabaseError) as refused:
        fill()
    assert reason(refused.value) == "OperationalError SQLITE_FULL"
    event.remove(analyses.database.engine, "begin", no_more_pages)
    analyses.database.engine.dispose()
    with sqlite3.connect(file) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    put(analyses, "Яма", "после")
    told = comments(analyses)
    assert told == [*stored, "до", "после"]


def test_read_only_database_is_told(analyses, file):
    put(analyses, "Яма", "до")
    closed = replace(analyses, database=Database(f"sqlite:///file:{file}?mode=ro&uri=true"))
    assert comments(closed) == ["до"]
    with pytest.raises(DatabaseError) as refused:
        put(closed, "Яма", "после")
    assert reason(refused.value) == "OperationalError SQLITE_READONLY"
    closed.database.close()


@pytest.mark.anyio
async def test_failing_database_is_503_and_tells_nothing(inside, caplog):
    async with inside(processes=1, store="all") as (app, caller):

        @event.listens_for(app.state.parts.database.engine, "begin")
        def fail(connection):
            connection.exec_driver_sql("SELECT 'Канарейка' FROM nowhere.nothing")

        answer = await caller.post("/v1/analyze", json={"text": "Яма на дороге"})
        assert answer.status_code == 200, "an answer is not withheld because it could not be stored"
        answer = await caller.get("/v1/audit")
        assert (answer.status_code, answer.json()["code"]) == (503, "storage_failed")
        assert answer.headers["retry-after"]
        event.remove(app.state.parts.database.engine, "begin", fail)
        assert (await caller.get("/v1/audit")).status_code == 200
    assert "the database failed: OperationalError SQLITE_ERROR" in caplog.text
    assert "Канарейка" not in answer.text + caplog.text


def test_deleted_appeals_are_overwritten(analyses, file):
    for turn in range(50):
        put(analyses, f"Канарейка {turn} " * 100, "Канарейка")
    for row, _ in analyses.corrected("", 100):
        analyses.delete(row.id, None)
    found = [path.name for path in file.parent.iterdir() if "Канарейка".encode() in path.read_bytes()]
    assert found == []
    with pytest.raises(RefusalError):
        analyses.delete("0" * 32, None)


def test_forgetting_never_fails(analyses, file, monkeypatch, caplog):
    """The rows are deleted by then: a disk that refuses the rest is logged and is not the caller's fault."""
    put(analyses, "Яма", "до")
    (row, _) = analyses.corrected("", 1)[0]
    with sqlite3.connect(file) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM setting").fetchall()
        analyses.delete(row.id, None)
        reader.execute("COMMIT")
    reader.close()
    assert analyses.find(row.id) is None

    def refuse():
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(analyses.database.engine, "raw_connection", refuse)
    analyses.database.forget()
    assert "the journal could not be overwritten: OperationalError" in caplog.text
    monkeypatch.undo()
    with analyses.database.read() as session:
        assert session.scalar(text("PRAGMA busy_timeout")) == 60_000
