"""What the server does with a connection before there is a request: silence, crowds, and what is not HTTP."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

HEAD_SECONDS = 1.0
MOST = 3
REQUEST = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.fixture(scope="module")
def connect(start) -> Iterator[Callable[[], socket.socket]]:
    with (
        start(MCU_NLP_HEAD_SECONDS=str(HEAD_SECONDS), MCU_NLP_MAX_CONNECTIONS=str(MOST)) as server,
        ExitStack() as opened,
    ):
        address = (urlsplit(server.url).hostname, urlsplit(server.url).port)
        yield lambda: opened.enter_context(socket.create_connection(address, timeout=20))


def answer(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, headers in lower case and body of one answer."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65_536)
    head, _, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    while len(body) < int(headers["content-length"]):
        body += connection.recv(65_536)
    return int(first.split()[1]), headers, body


def seconds_until_closed(connection: socket.socket, dribble: bytes = b"") -> float:
    """How long the server holds a connection on which a byte of ``dribble`` comes now and then."""
    begun = time.monotonic()
    connection.settimeout(0.2)
    for byte in [dribble[place : place + 1] for place in range(len(dribble))] + [b""] * 100:
        try:
            if byte:
                connection.sendall(byte)
            if connection.recv(1) == b"":
                break
        except TimeoutError:
            continue
        except ConnectionError:
            break
    return time.monotonic() - begun


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HT", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"], ids=repr)
def test_who_sends_no_whole_head_is_let_go(connect, sent):
    with connect() as connection:
        connection.sendall(sent)
        assert HEAD_SECONDS / 2 < seconds_until_closed(connection) < 10 * HEAD_SECONDS


def test_a_head_letter_by_letter_is_no_head(connect):
    with connect() as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nX: ")
        assert seconds_until_closed(connection, b"x" * 60) < 10 * HEAD_SECONDS


def test_the_second_head_of_a_connection_has_its_time_too(connect):
    with connect() as connection:
        connection.sendall(REQUEST)
        assert answer(connection)[0] == 200
        time.sleep(HEAD_SECONDS * 1.5)  # a quiet caller between two requests is not a silent one
        connection.sendall(REQUEST)
        assert answer(connection)[0] == 200
        connection.sendall(b"GET /hea")
        assert seconds_until_closed(connection) < 4 * HEAD_SECONDS


def test_a_request_beyond_the_connections_is_a_problem(connect):
    crowd = [connect() for _ in range(MOST)]
    crowd[0].sendall(REQUEST)
    assert answer(crowd[0])[0] == 200
    with connect() as late:
        late.sendall(REQUEST)
        status, headers, body = answer(late)
    assert (status, json.loads(body)["code"]) == (503, "too_many_connections")
    assert headers["content-type"].startswith("application/problem+json")
    assert (headers["retry-after"], headers["connection"].lower()) == ("1", "close")
    for connection in crowd:
        connection.close()
    time.sleep(0.3)
    with connect() as connection:
        connection.sendall(REQUEST)
        assert answer(connection)[0] == 200


def test_what_is_not_http_is_a_problem(connect):
    with connect() as connection:
        connection.sendall("здравствуйте\r\n\r\n".encode())
        status, headers, body = answer(connection)
        assert (status, json.loads(body)["code"]) == (400, "bad_request")
        assert headers["content-type"].startswith("application/problem+json")
        assert connection.recv(1) == b""
