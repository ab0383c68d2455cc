"""Backup while the service runs, restore when it does not: what was acknowledged is there again."""

from __future__ import annotations

import errno
import io
import sqlite3
import stat
import tarfile
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from mcu_nlp_service import cli
from mcu_nlp_service.settings import Settings
from mcu_nlp_service.storage import Database, backup
from mcu_nlp_service.storage.backup import bring_back, save
from mcu_nlp_service.storage.secrets import SESSIONS, own_secret
from test_storage import comments, on, put
from typer.testing import CliRunner

from mcu_nlp import InputError


@contextmanager
def running(settings):
    """A database that is open, as the service has it."""
    database = Database(settings.database_url)
    database.migrate()
    yield on(database)
    database.close()


@pytest.fixture
def settings(tmp_path):
    return Settings(state=tmp_path / "state")


@pytest.fixture
def archive(settings, tmp_path):
    """A backup with one correction and one job's result."""
    with running(settings) as analyses:
        put(analyses, "Яма", "до")
        result = settings.state / "jobs" / "1" / "result.jsonl"
        result.parent.mkdir(parents=True)
        result.write_text('{"id": "1"}\n')
        save(settings, tmp_path / "backup.tar.gz")
        put(analyses, "Снег", "после")
        result.unlink()
    return tmp_path / "backup.tar.gz"


def refused(settings, archive, force=False):
    with pytest.raises(InputError) as refusal:
        bring_back(settings, archive, force)
    return refusal.value.code


def told(settings):
    with running(settings) as analyses:
        return comments(analyses)


def test_restored_elsewhere_and_in_place(settings, archive, tmp_path):
    elsewhere = Settings(state=tmp_path / "elsewhere")
    bring_back(elsewhere, archive)
    assert told(elsewhere) == ["до"]
    assert told(settings) == ["до", "после"]
    assert refused(settings, archive) == "state_not_empty"
    bring_back(settings, archive, force=True)
    assert told(settings) == ["до"]
    for state in (settings.state, elsewhere.state):
        assert (state / "jobs" / "1" / "result.jsonl").read_text() == '{"id": "1"}\n'
        assert {path.name for path in state.iterdir()} == {"jobs", "mcu-nlp.db"}, "nothing is left behind"
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600


def modes(state):
    return {path.relative_to(state).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in state.rglob("*")}


def test_nobody_else_can_read_the_state(settings, archive, tmp_path):
    elsewhere = Settings(state=tmp_path / "elsewhere")
    bring_back(elsewhere, archive)
    assert modes(elsewhere.state) == {
        "mcu-nlp.db": 0o600,
        "jobs": 0o700,
        "jobs/1": 0o700,
        "jobs/1/result.jsonl": 0o600,
    }
    for state in (settings.state, elsewhere.state):
        assert stat.S_IMODE(state.stat().st_mode) == 0o700
    elsewhere.state.joinpath("mcu-nlp.db").chmod(0o644)  # as an earlier version left it
    with running(elsewhere) as analyses:
        put(analyses, "Снег", "после")
        assert {mode for name, mode in modes(elsewhere.state).items() if "db" in name} == {0o600}


@pytest.mark.parametrize("fault", [OSError(errno.EBUSY, "mount point"), KeyboardInterrupt()], ids=["busy", "ctrl-c"])
@pytest.mark.parametrize("turn", range(5))
def test_a_restore_that_fails_leaves_what_was_there(settings, archive, monkeypatch, fault, turn):
    """Whichever step fails, the database and the jobs are where they were."""
    (settings.state / "jobs" / "1" / "result.jsonl").write_text("нынешнее")
    steps = []

    def failing(step):
        def move(self, target):
            steps.append(self)
            if len(steps) == turn + 1:
                raise fault
            return step(self, target)

        return move

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", failing(Path.rename))
        patched.setattr(Path, "replace", failing(Path.replace))
        patched.setattr(backup, "sync_folder", lambda folder: steps.append(folder) or failing_sync(steps, turn, fault))
        with pytest.raises(type(fault)):
            bring_back(settings, archive, force=True)
    assert told(settings) == ["до", "после"]
    assert (settings.state / "jobs" / "1" / "result.jsonl").read_text() == "нынешнее"
    assert {path.name for path in settings.state.iterdir()} == {"jobs", "mcu-nlp.db"}


def failing_sync(steps, turn, fault):
    if len(steps) == turn + 1:
        raise fault


def test_a_failed_restore_into_an_empty_folder_leaves_it_empty(archive, tmp_path, monkeypatch):
    elsewhere = Settings(state=tmp_path / "elsewhere")
    monkeypatch.setattr(backup, "sync_folder", lambda _folder: failing_sync([0], 0, OSError(errno.EIO, "")))
    with pytest.raises(OSError, match="Errno 5"):
        bring_back(elsewhere, archive)
    assert list(elsewhere.state.iterdir()) == []


def test_a_restore_ends_every_session(settings, archive):
    with running(settings) as analyses:
        before = own_secret(analyses.database, SESSIONS)
        save(settings, archive)
    bring_back(settings, archive, force=True)
    with running(settings) as analyses:
        assert own_secret(analyses.database, SESSIONS) != before


def test_numbers_of_analyses_stay_the_same(settings, archive, tmp_path):
    elsewhere = Settings(state=tmp_path / "elsewhere")
    bring_back(elsewhere, archive)
    with running(settings) as here, running(elsewhere) as there:
        assert here.number("Яма", None, ("toy", "1")) == there.number("Яма", None, ("toy", "1"))


def test_running_service_is_not_overwritten(settings, archive):
    with running(settings) as analyses:
        assert refused(settings, archive, force=True) == "state_in_use"
        put(analyses, "Дым", "живёт")
    assert told(settings) == ["до", "живёт", "после"]


def test_backup_under_writing_is_whole(settings, tmp_path):
    with running(settings) as analyses:
        put(analyses, "Яма", "0")
        going, acknowledged, copies = threading.Event(), ["0"], []

        def write():
            while not going.is_set():
                put(analyses, "Яма", str(len(acknowledged)))
                acknowledged.append(str(len(acknowledged)))

        writer = threading.Thread(target=write)
        writer.start()
        for turn in range(3):
            before = set(acknowledged)
            copies.append((tmp_path / f"{turn}.tar.gz", before))
            save(settings, copies[-1][0])
        going.set()
        writer.join()
    for turn, (archive, before) in enumerate(copies):
        restored = Settings(state=tmp_path / f"restored-{turn}")
        bring_back(restored, archive)
        assert before <= set(told(restored)) <= set(acknowledged)


def rewritten(archive, change):
    """The archive with its database changed by ``change``."""
    content = {}
    with tarfile.open(archive) as source:
        for member in source.getmembers():
            content[member.name] = source.extractfile(member).read() if member.isfile() else None
    change(content)
    with tarfile.open(archive, "w:gz") as target:
        for name, data in content.items():
            if data is not None:
                entry = tarfile.TarInfo(name)
                entry.size = len(data)
                target.addfile(entry, io.BytesIO(data))


def newer(content, tmp_path):
    file = tmp_path / "newer.db"
    file.write_bytes(content["mcu-nlp.db"])
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    content["mcu-nlp.db"] = file.read_bytes()


@pytest.mark.parametrize("fault", ["cut", "damaged", "newer", "escaping", "format", "no database", "not an archive"])
def test_unsound_backup_changes_nothing(settings, archive, tmp_path, fault):
    changes = {
        "damaged": lambda content: content.update({"mcu-nlp.db": b"\0" * 4096}),
        "newer": lambda content: newer(content, tmp_path),
        "escaping": lambda content: content.update({"jobs/../../escaped": b"!"}),
        "format": lambda content: content.update({"manifest.json": b'{"format": 2}'}),
        "no database": lambda content: content.pop("mcu-nlp.db"),
    }
    if fault in changes:
        rewritten(archive, changes[fault])
    else:
        archive.write_bytes(b"no archive" if fault == "not an archive" else archive.read_bytes()[:-200])
    assert refused(settings, archive, force=True) == "backup_unreadable"
    assert told(settings) == ["до", "после"]
    assert not (tmp_path / "escaped").exists()


def test_command_line(settings, archive, monkeypatch, tmp_path):
    monkeypatch.setenv("MCU_NLP_STATE", str(settings.state))
    runner, app = CliRunner(), typer.Typer()
    cli.add_commands(app)
    saved = runner.invoke(app, ["backup", str(tmp_path / "second.tar.gz")])
    assert saved.exit_code == 0, saved.output
    assert isinstance(runner.invoke(app, ["restore", str(archive)]).exception, InputError)
    assert runner.invoke(app, ["restore", str(archive), "--force"]).exit_code == 0
    assert told(settings) == ["до"]
    monkeypatch.setenv("MCU_NLP_DATABASE", "postgresql://nobody@/nowhere")
    refusal = runner.invoke(app, ["backup", str(tmp_path / "third.tar.gz")]).exception
    assert refusal.code == "backup_not_embedded"
