"""A real server, started once by the command line, and the app in this process for what needs a look inside."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from databases import fresh_database, private_cluster
from fastapi import FastAPI
from mcu_nlp_service import Settings, create_app

COMMAND = Path(sys.executable).with_name("mcu-nlp")


@dataclass
class Server:
    url: str
    process: subprocess.Popen[bytes]
    output: Path

    def stop(self) -> int:
        self.process.terminate()
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(server: Server) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        assert server.process.poll() is None, server.output.read_text()
        try:
            if httpx.get(f"{server.url}/readyz", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(server.output.read_text())


@pytest.fixture(scope="session")
def start(toy_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Server]:
    """Starts ``mcu-nlp serve`` with the toy model; settings are given as in the environment."""

    def start_server(**settings: str) -> Server:
        port = _free_port()
        folder = tmp_path_factory.mktemp("server")
        output = folder / "output.txt"
        settings = {"MCU_NLP_STATE": str(folder / "state")} | settings
        arguments = [COMMAND, "serve", "--port", str(port), "--model", toy_model]
        with output.open("wb") as sink:
            process = subprocess.Popen(
                arguments, env=os.environ | settings, stdout=sink, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
            )
        server = Server(f"http://127.0.0.1:{port}", process, output)
        try:
            _wait(server)
        except BaseException:
            process.kill()
            process.wait()
            raise
        return server

    return start_server


@pytest.fixture(scope="session")
def server(start: Callable[..., Server]) -> Iterator[Server]:
    with start(MCU_NLP_MAX_BODY="3000000", MCU_NLP_MAX_BATCH="50", MCU_NLP_MAX_WAITING="32") as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=30, trust_env=False) as caller:
        yield caller


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


Inside = Callable[..., AbstractAsyncContextManager[tuple[FastAPI, httpx.AsyncClient]]]


@pytest.fixture
def inside(toy_model: Path, tmp_path: Path) -> Inside:
    """The app in this process, started, with a client that talks to it directly; ``host`` is where it listens."""

    @asynccontextmanager
    async def open_app(host: str = "127.0.0.1", **settings: object) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
        app = create_app(Settings(**{"model": toy_model, "state": tmp_path / "state", **settings}), host)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://localhost") as caller,
        ):
            yield app, caller

    return open_app


@pytest.fixture
def unloaded(tmp_path: Path) -> Inside:
    """Like ``inside`` but without a model and its processes: for what is decided before any analysis."""

    @asynccontextmanager
    async def open_app(host: str = "127.0.0.1", **settings: object) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
        app = create_app(Settings(**{"state": tmp_path / "state", **settings}), host)
        parts = app.state.parts
        parts.database.migrate()
        parts.entrance.start()
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as caller:
            yield app, caller
        parts.database.close()

    return open_app


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL in which tests may make databases."""
    given = os.environ.get("MCU_NLP_TEST_POSTGRES")
    if given:
        yield given
    else:
        with private_cluster() as url:
            yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind that is supported."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'test.db'}"
    else:
        with fresh_database(request.getfixturevalue("postgres")) as url:
            yield url
