"""Every route of the app, whoever added it: beyond this machine nothing but health answers without a key."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from mcu_nlp_service import Settings, create_app
from mcu_nlp_service.access.roles import PUBLIC, ROLES, needs, role_of
from starlette.routing import Mount, Route

from mcu_nlp import ConfigError

COMMAND = Path(sys.executable).with_name("mcu-nlp")
BEYOND = "0.0.0.0"  # noqa: S104 - nothing listens in these tests
# The only answers that need no key; a longer list is a decision, not an accident.
OPEN = {"/healthz", "/readyz", "/login"}
BROKEN = ("application/json", "multipart/form-data", "application/x-www-form-urlencoded")


def routes(app: FastAPI) -> Iterator[tuple[str, str, str]]:
    """Method, an address that fits the route's pattern, and the role that the route declares."""
    for found in iter_route_contexts(app.routes):
        route = found.original_route
        if isinstance(route, Mount):
            assert route.path == "/static", f"{route.path}: a mounted app checks no roles"
            continue
        assert isinstance(route, Route), f"{route}: a kind of route that the gate does not know"
        role = role_of(route) if isinstance(route, APIRoute) else ROLES[0]
        for method in sorted(found.methods or ()):
            yield method, re.sub(r"\{[^}]*\}", "0a1b2c3d4e5f", found.path or ""), role or ""


def problem(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"] if answer.content else ""


def test_the_open_list_is_short():
    assert PUBLIC == OPEN


def test_every_route_declares_its_role(tmp_path):
    app = create_app(Settings(state=tmp_path))
    found = list(routes(app))
    assert {"/healthz", "/metrics", "/docs", "/openapi.json", "/v1/analyze"} <= {path for _, path, _ in found}
    undeclared = [(method, path) for method, path, role in found if not role and path not in OPEN]
    assert not undeclared, "say with needs(role) who may call it; until then only an admin may"


@pytest.mark.anyio
async def test_without_a_key_nothing_but_health_answers(unloaded):
    async with unloaded(BEYOND) as (app, client):
        for method, path, _ in routes(app):
            answer = await client.request(method, path)
            if path in OPEN:
                assert answer.status_code not in (403, 500), (method, path)
            else:
                assert answer.status_code == 401, (method, path)
                assert method == "HEAD" or problem(answer) == (401, "key_missing"), (method, path)
                assert answer.headers["www-authenticate"] == "Bearer"
        for path in ("/nowhere", "/v1/", "/static", "/healthz/", "//healthz", "/healthz/../metrics", "/login/x", ""):
            assert (await client.get(path)).status_code == 401, path
        assert (await client.options("/v1/analyze")).status_code == 401


@pytest.mark.anyio
async def test_a_lesser_role_is_refused(unloaded):
    async with unloaded(BEYOND) as (app, client):
        keys = {role: app.state.parts.entrance.keys.create(role, role) for role in ROLES}
        for method, path, declared in routes(app):
            needed = declared or ROLES[-1]
            if path in OPEN:
                continue
            for role in ROLES[: ROLES.index(needed)]:
                answer = await client.request(method, path, headers={"Authorization": f"Bearer {keys[role]}"})
                assert answer.status_code == 403, (method, path, role)
                assert method == "HEAD" or problem(answer) == (403, "role_missing"), (method, path, role)
                for kind in BROKEN:
                    told = {"Authorization": f"Bearer {keys[role]}", "Content-Type": kind}
                    answer = await client.request(method, path, headers=told, content=b'{"\xff')
                    assert answer.status_code == 403, (method, path, role, "its body is none of its business")
        for path in ("/metrics", "/docs", "/openapi.json"):
            answer = await client.get(path, headers={"Authorization": f"Bearer {keys['client']}"})
            assert answer.status_code == 200, path


@pytest.mark.anyio
async def test_a_client_may_analyse(inside):
    async with inside(BEYOND) as (app, client):
        key = app.state.parts.entrance.keys.create("Портал", "client")
        answer = await client.post("/v1/analyze", json={"text": "Яма"}, headers={"Authorization": f"bearer {key}"})
        assert answer.status_code == 200
        assert (await client.get("/readyz")).status_code == 200


@pytest.mark.anyio
async def test_a_forgotten_role_means_the_highest(unloaded):
    async with unloaded(BEYOND) as (app, client):

        @app.get("/forgotten")
        async def forgotten() -> str:
            return "seen"

        @app.get("/declared", dependencies=[needs("client"), needs("operator")])
        async def declared() -> str:
            return "seen"

        keys = app.state.parts.entrance.keys
        seen = {}
        for role in ROLES:
            key = {"Authorization": f"Bearer {keys.create(role, role)}"}
            seen[role] = [(await client.get(path, headers=key)).status_code for path in ("/forgotten", "/declared")]
        assert seen == {"client": [403, 403], "operator": [403, 200], "admin": [200, 200]}


@pytest.mark.anyio
@pytest.mark.parametrize("given", ["Bearer", "Bearer ", "Bearer mcu_0a1b2c3d4e5f_00", "Basic YWRtaW46YWRtaW4=", "x"])
async def test_a_wrong_key_is_told(unloaded, given):
    async with unloaded(BEYOND) as (_app, client):
        answer = await client.get("/metrics", headers={"Authorization": given})
        assert problem(answer) == (401, "key_unknown")


@pytest.mark.anyio
async def test_on_this_machine_it_is_open_and_says_so(unloaded, caplog):
    caplog.set_level("WARNING")
    async with unloaded() as (_app, client):
        assert "Доступ без ключей" in caplog.text
        assert (await client.get("/metrics")).status_code == 200


@pytest.mark.anyio
async def test_keys_can_be_asked_for_on_this_machine_too(unloaded, caplog):
    caplog.set_level("WARNING")
    async with unloaded(access="keys") as (_app, client):
        assert "ни одного ключа нет" in caplog.text
        assert problem(await client.get("/metrics")) == (401, "key_missing")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.5", "petrovsk.example.com"])  # noqa: S104
def test_open_beyond_this_machine_is_refused_at_the_start(tmp_path, host):
    with pytest.raises(ConfigError) as refused:
        create_app(Settings(state=tmp_path, access="open"), host)
    assert refused.value.code == "access_open_beyond"
    assert host in refused.value.russian


def test_the_command_line_tells_it_in_russian(toy_model, tmp_path):
    done = subprocess.run(
        [COMMAND, "serve", "--host", "0.0.0.0", "--model", toy_model],  # noqa: S104
        env=os.environ | {"MCU_NLP_STATE": str(tmp_path), "MCU_NLP_ACCESS": "open"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("Ошибка access_open_beyond: Без ключей сервис может слушать только свой компьютер")


@pytest.mark.anyio
@pytest.mark.parametrize("host", ["petrovsk.example.com", "127.0.0.1.example.com", "localhost.example.com", "[", ""])
async def test_an_open_service_answers_to_names_of_this_machine_only(unloaded, host):
    """A foreign name that its owner lets point to this machine (DNS rebinding) opens nothing."""
    async with unloaded() as (_app, client):
        answer = await client.get("/metrics", headers={"Host": host})
        assert problem(answer) == (403, "not_local")
        for good in ("localhost", "LOCALHOST:8000", "127.0.0.1:8000", "[::1]:8000"):
            assert (await client.get("/metrics", headers={"Host": good})).status_code == 200
        assert (await client.get("/healthz", headers={"Host": host})).status_code == 200


@pytest.mark.anyio
async def test_an_open_service_answers_to_callers_on_this_machine_only(unloaded):
    async with unloaded() as (app, _client):
        far = httpx.ASGITransport(app, client=("10.0.0.5", 5000))
        async with httpx.AsyncClient(transport=far, base_url="http://localhost") as caller:
            assert problem(await caller.get("/metrics")) == (403, "not_local")


@pytest.mark.anyio
async def test_a_revoked_key_stops_while_the_service_runs(unloaded):
    async with unloaded(BEYOND) as (app, client):
        keys = app.state.parts.entrance.keys
        key = {"Authorization": f"Bearer {keys.create('Портал', 'client')}"}
        assert (await client.get("/metrics", headers=key)).status_code == 200
        keys.revoke(keys.list()[0].id)
        assert problem(await client.get("/metrics", headers=key)) == (401, "key_unknown")
