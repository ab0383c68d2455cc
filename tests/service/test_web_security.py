"""What a hostile page, a hostile caller or a stored script can do in a browser: nothing."""

from __future__ import annotations

import re
import stat
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from mcu_nlp_service import Settings, server
from mcu_nlp_service.access.rate import Rate
from mcu_nlp_service.access.sessions import SECONDS
from mcu_nlp_service.problems import RefusalError
from pydantic import ValidationError
from sqlalchemy import event
from starlette.exceptions import HTTPException

from mcu_nlp import ConfigError

BEYOND = "0.0.0.0"  # noqa: S104 - nothing listens in these tests
SCRIPT = '"><script>alert(1)</script>'
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def make_key(app: FastAPI, role: str = "operator") -> str:
    return app.state.parts.entrance.keys.create("Специалист", role)


async def log_in(client: httpx.AsyncClient, key: str, **fields: str) -> httpx.Response:
    return await client.post("/login", data={"key": key, **fields})


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.anyio
async def test_every_answer_carries_the_headers(unloaded):
    async with unloaded(BEYOND) as (app, client):
        key = {"Authorization": f"Bearer {make_key(app, 'admin')}"}
        for path in (
            "/healthz",
            "/readyz",
            "/login",
            "/metrics",
            "/docs",
            "/docs/start.js",
            "/openapi.json",
            "/nowhere",
        ):
            for headers in ({}, key):
                answer = await client.get(path, headers=headers)
                policy = answer.headers["content-security-policy"]
                assert policy.startswith("default-src 'none'"), path
                assert "frame-ancestors 'none'" in policy, path
                assert not re.search(r"script-src[^;]*(?:unsafe|\*|http|data:)", policy), path
                assert answer.headers["x-content-type-options"] == "nosniff"
                assert answer.headers["x-frame-options"] == "DENY"
                assert answer.headers["referrer-policy"] == "same-origin"
                kept = "no-cache" if path.startswith("/docs/") else "no-store"
                assert answer.headers["cache-control"] == kept, path
                assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.anyio
async def test_even_a_failure_carries_them(unloaded):
    async with unloaded() as (app, client):

        @app.get("/failure")
        async def fail() -> None:
            raise ZeroDivisionError

        answer = await client.get("/failure")
        assert refused(answer) == (500, "internal_error")
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.anyio
@pytest.mark.parametrize(
    "fault", [ConfigError("access_open_beyond", host="x"), HTTPException(500)], ids=["own", "http"]
)
async def test_a_fault_of_ours_is_in_the_log_under_its_number(unloaded, caplog, fault):
    async with unloaded() as (app, client):

        @app.get("/failure")
        async def fail() -> None:
            raise fault

        answer = await client.get("/failure", headers={"X-Request-ID": "seven"})
        assert refused(answer) == (500, "internal_error")
        (line,) = [record for record in caplog.records if record.getMessage() == "failed"]
        assert (line.request_id, line.error) == ("seven", type(fault).__name__)
        assert "fail" in line.at


def test_the_server_is_bounded_and_its_files_are_private(tmp_path, monkeypatch):
    seen = {}

    def run(_app: FastAPI, **options: object) -> None:
        (tmp_path / "made").touch()
        seen.update(options)

    monkeypatch.setattr(server.uvicorn, "run", run)
    monkeypatch.setattr(server.signal, "signal", lambda *_: None)
    server.serve(Settings(state=tmp_path, max_connections=7), "127.0.0.1", 8000)
    assert seen["limit_concurrency"] == 7
    assert stat.S_IMODE((tmp_path / "made").stat().st_mode) == 0o600


@pytest.mark.anyio
async def test_no_other_site_may_read(unloaded):
    """CORS is off: a preflight gets no permission."""
    async with unloaded() as (_app, client):
        asked = {"Origin": "https://evil.example.com", "Access-Control-Request-Method": "POST"}
        answer = await client.options("/v1/analyze", headers=asked)
        assert answer.status_code == 405
        assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.anyio
@pytest.mark.parametrize(
    "told",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://evil.example.com"},
        {"Origin": "http://localhost:9000"},
        {"Origin": "http://localhost.evil.example.com"},
        {"Origin": "null"},
        {"Origin": ""},
    ],
    ids=str,
)
async def test_a_cross_site_post_is_refused(unloaded, told):
    async with unloaded() as (_app, client):
        for method, path in (("POST", "/v1/analyze"), ("POST", "/login"), ("DELETE", "/v1/analyses/0"), ("PUT", "/x")):
            answer = await client.request(method, path, content="text=a", headers=FORM | told)
            assert refused(answer) == (403, "cross_site"), (method, path)


@pytest.mark.anyio
async def test_a_cross_site_post_is_refused_with_a_session_too(unloaded):
    async with unloaded(BEYOND) as (app, client):
        await log_in(client, make_key(app))
        answer = await client.post("/logout", headers={"Origin": "https://evil.example.com"})
        assert refused(answer) == (403, "cross_site")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "told",
    [
        {},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {"Origin": "https://localhost"},  # a proxy before the service speaks TLS
    ],
    ids=str,
)
async def test_our_own_page_and_programs_may_post(unloaded, told):
    async with unloaded(BEYOND) as (app, client):
        answer = await client.post("/login", data={"key": make_key(app)}, headers=told)
        assert answer.status_code == 303


@pytest.mark.anyio
async def test_a_login_gives_a_session(unloaded):
    async with unloaded(BEYOND) as (app, client):
        page = await client.get("/metrics", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["location"]) == (303, "/login?next=/metrics")
        form = await client.get(page.headers["location"])
        assert 'name="next" value="/metrics"' in form.text
        answer = await log_in(client, make_key(app), next="/metrics")
        assert (answer.status_code, answer.headers["location"]) == (303, "/metrics")
        (cookie,) = SimpleCookie(answer.headers["set-cookie"]).values()
        assert cookie["httponly"]
        assert cookie["samesite"].lower() == "strict"
        assert cookie["path"] == "/"
        assert cookie["max-age"] == str(SECONDS)
        assert not cookie["secure"]
        assert (await client.get("/metrics")).status_code == 200

        copied = dict(client.cookies)
        answer = await client.post("/logout")
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert refused(await client.get("/metrics")) == (401, "key_missing")
        client.cookies.update(copied)
        assert refused(await client.get("/metrics")) == (401, "key_missing"), "a copy of the cookie has ended too"
        client.cookies.clear()
        await log_in(client, make_key(app))
        assert (await client.get("/metrics")).status_code == 200


@pytest.mark.anyio
async def test_over_tls_the_session_never_goes_in_the_clear(unloaded):
    async with unloaded(BEYOND) as (app, client):
        answer = await client.post("https://localhost/login", data={"key": make_key(app)})
        assert "; secure" in answer.headers["set-cookie"].lower()


@pytest.mark.anyio
async def test_the_cookie_does_not_hold_the_key(unloaded):
    async with unloaded(BEYOND) as (app, client):
        key = make_key(app)
        answer = await log_in(client, key)
        assert key.split("_")[2] not in answer.headers["set-cookie"]


@pytest.mark.anyio
async def test_a_session_ends_with_its_key(unloaded):
    async with unloaded(BEYOND) as (app, client):
        await log_in(client, make_key(app))
        keys = app.state.parts.entrance.keys
        assert (await client.get("/metrics")).status_code == 200
        keys.revoke(keys.list()[0].id)
        assert refused(await client.get("/metrics")) == (401, "key_missing")


@pytest.mark.anyio
async def test_a_session_has_the_role_of_its_key(unloaded):
    async with unloaded(BEYOND) as (app, client):
        answer = await log_in(client, make_key(app, "client"))
        assert answer.headers["location"] == "/docs"
        assert refused(await client.get("/v1/audit")) == (403, "role_missing")


@pytest.mark.anyio
async def test_a_forged_cookie_is_nobody(unloaded):
    async with unloaded(BEYOND) as (app, client):
        await log_in(client, make_key(app))
        (value,) = client.cookies.values()
        client.cookies.clear()
        for forged in (value[:-1] + "x", value.replace(value[:12], "f" * 12), "x", "..."):
            answer = await client.get("/metrics", headers={"Cookie": f"mcu_session={forged}"})
            assert refused(answer) == (401, "key_missing"), forged


@pytest.mark.anyio
@pytest.mark.parametrize("key", ["", "letmein", "mcu_0a1b2c3d4e5f_00", SCRIPT], ids=lambda key: key[:8] or "empty")
async def test_a_wrong_key_logs_nobody_in(unloaded, key):
    async with unloaded(BEYOND) as (_app, client):
        answer = await log_in(client, key)
        assert answer.status_code == 401
        assert "set-cookie" not in answer.headers
        assert 'role="alert"' in answer.text
        assert "<script" not in answer.text
        assert not key or key not in answer.text


@pytest.mark.anyio
async def test_the_login_leads_back_with_the_query_and_to_where_the_role_may_go(unloaded):
    async with unloaded(BEYOND) as (app, client):
        html = {"Accept": "text/html"}
        page = await client.get("/queue?at=00ff&after=0.5_00ff", headers=html)
        wanted = parse_qs(urlsplit(page.headers["location"]).query)["next"][0]
        assert wanted == "/queue?at=00ff&after=0.5_00ff"
        answer = await log_in(client, make_key(app), next=wanted)
        assert answer.headers["location"] == wanted
        answer = await log_in(client, make_key(app, role="client"), next=wanted)
        assert answer.headers["location"] == "/docs"
        # A form sent after the session has ended leads to the login too.
        client.cookies.clear()
        answer = await client.post("/", data={"text": "Нет воды"}, headers=html | {"Sec-Fetch-Site": "same-origin"})
        assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/")


@pytest.mark.anyio
@pytest.mark.parametrize(
    "wanted", [SCRIPT, "//evil.example.com", "https://evil.example.com", "/\\evil", "/a\r\nb", "x"]
)
async def test_the_login_leads_nowhere_else(unloaded, wanted):
    async with unloaded(BEYOND) as (app, client):
        form = await client.get("/login", params={"next": wanted})
        assert 'name="next" value=""' in form.text
        assert "<script" not in form.text
        answer = await log_in(client, make_key(app), next=wanted)
        assert answer.headers["location"] == "/"


@pytest.mark.anyio
async def test_a_stored_script_is_inert(unloaded):
    """The name of a key is shown to an admin; it is data in JSON, and pages escape it."""
    async with unloaded(BEYOND) as (app, client):
        key = app.state.parts.entrance.keys.create(SCRIPT, "admin")
        answer = await client.get("/v1/audit", headers={"Authorization": f"Bearer {key}"})
        assert answer.json()["items"][0]["details"]["name"] == SCRIPT
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; form-action 'none'")


@pytest.mark.anyio
async def test_guessing_keys_is_slowed_down(unloaded):
    async with unloaded(BEYOND) as (app, client):
        answers = [await log_in(client, "letmein") for _ in range(25)]
        assert [answer.status_code for answer in answers] == [401] * 20 + [429] * 5
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert "Слишком много запросов" in answers[-1].text
        # The specialist at the same address is not locked out by somebody else's guesses.
        assert (await log_in(client, make_key(app))).status_code == 303


@pytest.mark.anyio
async def test_a_strange_form_is_a_bad_request(unloaded):
    async with unloaded(BEYOND) as (_app, client):
        for body in (b"\xff\xfe", b"key=%ff", b"&".join(b"a%d=1" % number for number in range(1000))):
            assert refused(await client.post("/login", content=body, headers=FORM)) == (400, "bad_request"), body[:20]


@pytest.mark.anyio
async def test_a_key_has_a_rate_of_its_own(unloaded):
    async with unloaded(BEYOND, rate="3/hour") as (app, client):
        one, two = ({"Authorization": f"Bearer {make_key(app)}"} for _ in range(2))
        assert [(await client.get("/metrics", headers=one)).status_code for _ in range(4)] == [200, 200, 200, 429]
        answer = await client.get("/metrics", headers=one)
        assert refused(answer) == (429, "rate_limited")
        assert 1 <= int(answer.headers["retry-after"]) <= 2 * 3600
        assert (await client.get("/metrics", headers=two)).status_code == 200
        assert (await client.get("/healthz", headers=one)).status_code == 200


@pytest.mark.anyio
async def test_callers_without_a_key_are_counted_by_address(unloaded):
    async with unloaded(BEYOND, rate="2/hour") as (_app, client):
        seen = [refused(await client.get("/metrics", headers={"Authorization": "Bearer x"})) for _ in range(3)]
        assert seen == [(401, "key_unknown")] * 2 + [(429, "rate_limited")]
    async with unloaded(rate="2/hour") as (_app, client):
        assert [(await client.get("/metrics")).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.anyio
async def test_whoever_shows_no_key_costs_little(unloaded):
    """Bodies are small and calls are counted where anybody may call; keys that are tried do not reach the database."""
    async with unloaded(BEYOND, rate="5/hour") as (app, client):
        for path in ("/login", "/healthz", "/static/x"):
            answer = await client.post(path, content=b"x" * 8_001, headers=FORM)
            assert refused(answer) == (413, "body_too_large"), path
        assert [(await client.get("/healthz")).status_code for _ in range(3)] == [200, 200, 429]
        key = {"Authorization": f"Bearer {make_key(app)}"}
        assert (await client.get("/metrics", headers=key)).status_code == 200
        for number in range(5):
            await client.get("/metrics", headers={"Authorization": f"Bearer mcu_{number:012x}_00"})
        asked = []
        event.listen(app.state.parts.database.engine, "begin", asked.append)
        answer = await client.get("/metrics", headers={"Authorization": "Bearer mcu_0a1b2c3d4e5f_00"})
        assert (refused(answer), asked) == ((429, "rate_limited"), [])
        assert (await client.get("/metrics", headers=key)).status_code == 200, "a key that is known still works"


def test_a_rate_may_have_several_windows():
    rate = Rate("2/second;3/hour")
    rate.count("one")
    rate.count("one")
    with pytest.raises(RefusalError) as refusal:
        rate.count("one")
    assert refusal.value.headers["Retry-After"] in ("1", "2")


@pytest.mark.parametrize("wrong", ["", "many", "10/fortnight", "-1/second", "0/second"])
def test_a_rate_must_be_readable(wrong):
    with pytest.raises(ValidationError, match="600/minute"):
        Settings(rate=wrong)
