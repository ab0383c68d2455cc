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
    deadline = time.monotonic() + 60
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
        output = tmp_path_factory.mktemp("server") / "output.txt"
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
    with start(MCU_NLP_MAX_BODY="3000000", MCU_NLP_MAX_BATCH="50") as running:
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
def inside(toy_model: Path) -> Inside:
    """The app in this process, started, with a client that talks to it directly."""

    @asynccontextmanager
    async def open_app(**settings: object) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
        app = create_app(Settings(model=toy_model, **settings))
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://test") as caller,
        ):
            yield app, caller

    return open_app
