"""Keys: made and shown once, kept as hashes, listed, revoked; sessions that name them; the command line."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from mcu_nlp_service.access import keys as keys_module
from mcu_nlp_service.access import sessions as sessions_module
from mcu_nlp_service.access.keys import Keys
from mcu_nlp_service.access.sessions import SECONDS, Ended, Sessions
from mcu_nlp_service.seeing.audit import Audit
from mcu_nlp_service.storage import Database
from mcu_nlp_service.storage.tables import ApiKey, EndedSession, now
from sqlalchemy import event, select, update

COMMAND = Path(sys.executable).with_name("mcu-nlp")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(f"sqlite:///{tmp_path / 'kept.db'}")
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def keys(database: Database) -> Keys:
    return Keys(database)


def test_a_key_names_its_caller(keys):
    key = keys.create("Портал Петровска", "client")
    caller = keys.check(key)
    assert caller.name == "Портал Петровска"
    assert caller.role == "client"
    assert key.startswith(f"mcu_{caller.key_id}_")
    assert keys.holder(caller.key_id) == caller


@pytest.mark.parametrize("role", ["client", "operator", "admin"])
def test_a_role_may_what_lesser_ones_may(keys, role):
    order = ("client", "operator", "admin")
    caller = keys.check(keys.create("Кто-то", role))
    assert [caller.may(other) for other in order] == [order.index(other) <= order.index(role) for other in order]


def test_only_the_hash_is_kept(keys, database, tmp_path):
    secret_part = keys.create("Портал", "client").rpartition("_")[2]
    with database.read() as session:
        assert session.scalars(select(ApiKey.secret_hash)).one() == sha256(secret_part.encode()).digest()
    files = [path.read_bytes() for path in tmp_path.iterdir()]
    assert files
    assert not any(secret_part.encode() in content for content in files)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "mcu",
        "mcu__",
        "mcu_0a1b2c3d4e5f_",
        "mcu_0a1b2c3d4e5f_00",
        "MCU_{id}_{secret}",
        "mcu_{id}_{secret}0",
        "{id}",
        "mcu_{id}_",
        "mcu_{id}_\x00",
        "mcu_{id}_ключ",
        "mcu_' OR 1=1 --_{secret}",
        "mcu_0a1b2c3d4e5\x00_{secret}",
        "mcu_{id}_{secret}" + "0" * 10_000,
    ],
    ids=lambda wrong: ascii(wrong[:30]),
)
def test_a_wrong_key_is_nobody(keys, wrong):
    _, key_id, secret_part = keys.create("Портал", "client").split("_")
    assert keys.check(wrong.replace("{id}", key_id).replace("{secret}", secret_part)) is None


def test_every_check_compares_in_constant_time(keys, monkeypatch):
    """Right, wrong, unknown, not a key at all: one comparison of two hashes, by ``hmac.compare_digest``."""
    right = keys.create("Портал", "client")
    compared = []

    def compare(a: bytes, b: bytes) -> bool:
        compared.append((len(a), len(b)))
        return a == b

    monkeypatch.setattr(keys_module.hmac, "compare_digest", compare)
    found = [keys.check(key) for key in (right, right[:-1] + "x", "mcu_0a1b2c3d4e5f_00", "letmein")]
    assert [caller is not None for caller in found] == [True, False, False, False]
    assert compared == [(32, 32)] * 4


def test_a_revoked_key_stops_in_every_process_within_seconds(keys, database):
    key = keys.create("Портал", "client")
    elsewhere = Keys(database)
    assert elsewhere.check(key)
    (listed,) = keys.list()
    assert keys.revoke(listed.id)
    assert keys.check(key) is None
    time.sleep(keys_module.FRESH_SECONDS + 0.1)
    assert elsewhere.check(key) is None
    assert elsewhere.holder(listed.id) is None
    assert not keys.revoke(listed.id)
    assert not keys.any()
    (listed,) = keys.list()
    assert listed.revoked >= listed.created


def test_the_database_is_asked_once_in_a_while(keys, database):
    key = keys.create("Портал", "client")
    asked = []
    event.listen(database.engine, "begin", asked.append)
    for _ in range(100):
        assert keys.check(key)
    assert len(asked) == 1


@pytest.mark.parametrize("name", ["", "  ", "а\nб", "я" * 201])
def test_a_name_must_be_readable(keys, name):
    with pytest.raises(ValueError, match="name"):
        keys.create(name, "client")


def test_a_role_must_be_known(keys):
    with pytest.raises(ValueError, match="role"):
        keys.create("Портал", "root")


def test_changes_of_keys_are_in_the_audit_log(keys, database):
    keys.create("Портал", "client", who="0a1b2c3d4e5f")
    (key,) = keys.list()
    keys.revoke(key.id)
    newest, oldest = Audit(database).read(10)
    assert (oldest.who, oldest.action, oldest.subject) == ("0a1b2c3d4e5f", "key_created", key.id)
    assert oldest.details == {"name": "Портал", "role": "client"}
    assert (newest.who, newest.action, newest.subject) == ("command line", "key_revoked", key.id)
    assert [record.id for record in Audit(database).read(10, before=newest.id)] == [oldest.id]


def test_a_session_names_its_key_until_it_ends():
    now = 1_000_000.0
    sessions = Sessions(b"one", clock=lambda: now)
    value = sessions.begin("0a1b2c3d4e5f")
    assert sessions.read(value).key_id == "0a1b2c3d4e5f"
    assert Sessions(b"two", clock=lambda: now).read(value) is None
    now += SECONDS
    assert sessions.read(value) is None


def test_an_ended_session_is_ended_in_every_process(database):
    sessions = Sessions(b"one")
    one, two = (sessions.read(sessions.begin("0a1b2c3d4e5f")) for _ in range(2))
    here, elsewhere = Ended(database), Ended(database)
    assert not any(ended.has(one) for ended in (here, elsewhere))
    here.add(one)
    here.add(one)
    assert here.has(one)
    time.sleep(sessions_module.FRESH_SECONDS + 0.1)
    assert [(ended.has(one), ended.has(two)) for ended in (here, elsewhere)] == [(True, False)] * 2
    with database.write() as transaction:
        transaction.execute(update(EndedSession).values(until=now()))
    here.add(two)
    with database.read() as transaction:
        assert transaction.scalars(select(EndedSession.id)).all() == [two.id], "what is over by itself is forgotten"


def test_a_forged_session_is_nobody():
    sessions = Sessions(b"one")
    key_id, number, end, signature = sessions.begin("0a1b2c3d4e5f").split(".")
    for value in (
        f"ffffffffffff.{number}.{end}.{signature}",
        f"{key_id}.{number[::-1]}.{end}.{signature}",
        f"{key_id}.{number}.{int(end) + 1}.{signature}",
        f"{key_id}.{number}.{end}.{signature[:-1]}",
        f"{key_id}.{number}.{end}",
        f"{key_id}.{number}.{end}.",
        "",
        "..",
        "\ud800.\xff.\x00",
        "9" * 10_000,
    ):
        assert sessions.read(value) is None


def command(state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"MCU_NLP_STATE": str(state), "COLUMNS": "200"}
    return subprocess.run(
        [COMMAND, "keys", *arguments], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_keys_on_the_command_line(tmp_path):
    made = command(tmp_path, "create", "--name", "Портал [bold]", "--role", "operator")
    assert made.returncode == 0, made.stderr
    key = made.stdout.strip()
    assert key.startswith("mcu_")
    assert "\n" not in key
    assert "больше он показан не будет" in made.stderr
    key_id = key.split("_")[1]

    listed = command(tmp_path, "list").stdout
    assert key_id in listed
    assert "Портал [bold]" in listed
    assert "operator" in listed
    assert key not in listed
    assert key.split("_")[2] not in listed

    assert command(tmp_path, "revoke", key_id).stdout == f"Ключ {key_id} отозван.\n"
    again = command(tmp_path, "revoke", key_id)
    assert again.returncode == 2
    assert again.stderr.startswith("Ошибка key_not_there: ")
    assert command(tmp_path, "create", "--name", " ", "--role", "client").returncode == 2
    assert command(tmp_path, "create", "--name", "Портал", "--role", "root").returncode == 2
