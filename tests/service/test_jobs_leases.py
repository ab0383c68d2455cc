"""Leases of jobs: one holder at a time, and a stale one cannot write."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from mcu_nlp_service.jobs.store import JobStore, LeaseLostError
from mcu_nlp_service.storage import Database
from mcu_nlp_service.storage.tables import Job
from sqlalchemy.exc import IntegrityError


@pytest.fixture
def store(database_url) -> Iterator[JobStore]:
    database = Database(database_url)
    database.migrate()
    yield JobStore(database, keep_days=1)
    database.close()


def add(store, job_id):
    job, created = store.create(Job(id=job_id, key_id="", filename="a.csv", options={}))
    assert created
    return job


def test_one_job_has_one_holder(store):
    add(store, "a")
    _job, lease = store.claim("one", 60)
    assert store.claim("two", 60) is None
    add(store, "b")
    assert store.claim("two", 60)[0].id == "b"
    assert store.renew(lease, 60) is False
    store.cancel("a")
    assert store.renew(lease, 60) is True


def test_who_claims_at_the_same_moment_gets_another_job(store):
    names = {f"job-{number}" for number in range(12)}
    for name in sorted(names):
        add(store, name)

    def claim_all(owner: int) -> list[str]:
        # A claim that lost a race comes back empty, though jobs are left.
        found = [store.claim(f"worker {owner}", 60) for _ in range(40)]
        return [claimed[0].id for claimed in found if claimed]

    with ThreadPoolExecutor(6) as pool:
        taken = [job for jobs in pool.map(claim_all, range(6)) for job in jobs]
    assert sorted(taken) == sorted(names)


def test_a_stale_holder_cannot_write(store):
    add(store, "a")
    _job, stale = store.claim("one", -1)
    job, lease = store.claim("two", 60)
    assert (job.id, lease.token) == ("a", stale.token + 1)
    for write in (
        lambda: store.renew(stale, 60),
        lambda: store.begin_try(stale),
        lambda: store.note(stale, rows_total=5),
        lambda: store.add_chunk(stale, 0, "part-stale", 64, 0),
        lambda: store.finish(stale, "done"),
        lambda: store.release(stale),
    ):
        with pytest.raises(LeaseLostError):
            write()
    store.add_chunk(lease, 0, "part-good", 64, 1)
    assert store.parts("a") == {0: "part-good"}
    store.finish(lease, "done")
    with pytest.raises(LeaseLostError):
        store.add_chunk(lease, 1, "late", 64, 0)


def test_a_chunk_counts_once(store):
    add(store, "a")
    _job, lease = store.claim("one", 60)
    store.add_chunk(lease, 0, "part", 64, 0)
    with pytest.raises(IntegrityError):
        store.add_chunk(lease, 0, "again", 64, 0)
    with store.database.read() as session:
        assert session.get(Job, "a").rows_done == 64


def test_tries_are_counted_across_holders_and_given_back_in_order(store):
    add(store, "a")
    for expected in (1, 2):
        _job, lease = store.claim("dies", -1)
        assert store.begin_try(lease) == expected
    _job, lease = store.claim("ends in order", 60)
    assert store.begin_try(lease) == 3
    store.release(lease)
    _job, lease = store.claim("next", 60)
    assert store.begin_try(lease) == 3


def test_a_deleted_job_stops_its_holder(store):
    add(store, "a")
    _job, lease = store.claim("one", 60)
    store.delete("a")
    with pytest.raises(LeaseLostError):
        store.renew(lease, 60)
