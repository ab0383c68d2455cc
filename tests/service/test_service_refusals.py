"""Refusals of a real server: always problem+json with a stable code, never the caller's words."""

from __future__ import annotations

import json

import httpx
import pytest

CANARY = "Канарейкина-Секретная"
JSON = {"content-type": "application/json"}
ONE, BATCH = "/v1/analyze", "/v1/analyze/batch"


def refused(answer: httpx.Response, status: int, code: str) -> dict:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["code"] == code
    assert problem["type"] == f"urn:mcu-nlp:problem:{code}"
    assert problem["title"]
    assert problem["detail"]
    assert CANARY not in answer.text
    assert json.dumps(CANARY)[1:-1] not in answer.text
    assert answer.headers["x-request-id"]
    return problem


def letters(canary: str) -> bytes:
    return canary.encode()


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"text": "' + letters(CANARY),
        b'{"text": "\xff\xfe\xd0"}',
        CANARY.encode("cp1251"),
        b"[" * 200_000,
        b'{"text":' * 100_000,
        b'{"id": ' + b"9" * 5_000 + b"}",
        b"\x00",
        b" ",
    ],
    ids=lambda body: f"{body[:10]!a}x{len(body)}",
)
@pytest.mark.parametrize("path", [ONE, BATCH])
def test_what_is_not_json(client, path, body):
    refused(client.post(path, content=body, headers=JSON), 400, "json_invalid")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"null", ""),
        (b"[]", ""),
        (b"1e400", ""),
        (b"{}", "/text"),
        (b'{"text": null}', "/text"),
        (b'{"text": 1e999}', "/text"),
        (b'{"text": ["x"]}', "/text"),
        (b'{"text": "x", "id": "\\udfff"}', "/id"),
        (b'{"text": "x", "id": 5}', "/id"),
        (b'{"text": "x", "id": "' + b"1" * 201 + b'"}', "/id"),
        (b'{"text": "x", "mask": "yes"}', "/mask"),
        (b'{"text": "x", "mask": 1}', "/mask"),
        (b'{"text": "x", "explain": null}', "/explain"),
        (b'{"text": "x", "received": "0001-01-01"}', "/received"),
        (b'{"text": "x", "received": 1e308}', "/received"),
        (b'{"text": "x", "received": "' + letters(CANARY) + b'"}', "/received"),
        (b'{"text": "x", "channel": "' + letters(CANARY * 9) + b'"}', "/channel"),
        (b'{"text": "x", "maks": true}', "/?"),
        (b'{"text": "x", "' + letters(CANARY) + b'": 1}', "/?"),
        (b'{"text": "x", "\\ud800": 1}', ""),
        (b"{" + b",".join(b'"k%d": 1' % n for n in range(100_000)) + b"}", ""),
    ],
    ids=lambda value: f"{value[:40]!a}x{len(value)}",
)
def test_what_does_not_fit_the_contract(client, body, pointer):
    problem = refused(client.post(ONE, content=body, headers=JSON), 422, "request_invalid")
    assert problem["errors"][0]["pointer"] == pointer
    assert "item" not in problem


@pytest.mark.parametrize(
    ("items", "item", "pointer"),
    [
        ([{"text": "Яма"}, {"text": 5}], 1, "/items/1/text"),
        ([{"text": "Яма"}, {"text": "Яма"}, {"txt": CANARY}], 2, "/items/2/text"),
        ([CANARY], 0, "/items/0"),
        ([1] * 50, 0, "/items/0"),
    ],
)
def test_one_misshapen_item_refuses_the_batch(client, items, item, pointer):
    problem = refused(client.post(BATCH, json={"items": items}), 422, "request_invalid")
    assert problem["item"] == item
    assert problem["errors"][0]["pointer"] == pointer
    assert f"Обращение {item + 1} " in problem["detail"]


@pytest.mark.parametrize("items", [None, {}, "x", 1])
def test_items_must_be_a_list(client, items):
    refused(client.post(BATCH, json={"items": items}), 422, "request_invalid")


@pytest.mark.parametrize("text", ["", " \n", "<p></p>", "&nbsp;", "\u200b", "?!", "\x00"])
def test_empty_text(client, text):
    refused(client.post(ONE, json={"text": text}), 422, "text_empty")
    problem = refused(client.post(BATCH, json={"items": [{"text": CANARY}, {"text": text}]}), 422, "text_empty")
    assert problem["item"] == 1


def test_text_too_long(client):
    refused(client.post(ONE, json={"text": "я" * 50_001}), 413, "text_too_long")
    refused(client.post(ONE, content=b'{"text": "' + b"x" * 1_000_000 + b'"}', headers=JSON), 413, "text_too_long")
    problem = refused(client.post(BATCH, json={"items": [{"text": "x" * 50_001}]}), 413, "text_too_long")
    assert problem["item"] == 0


def test_batch_too_large(client):
    refused(client.post(BATCH, json={"items": [{"text": "Яма"}] * 51}), 413, "batch_too_large")
    # By its length alone: not one of its items is looked at.
    refused(client.post(BATCH, json={"items": [0] * 200_000}), 413, "batch_too_large")


@pytest.mark.parametrize(
    ("path", "body", "pointer"),
    [
        ("/v1/reply", {"reply": "x"}, "/appeal"),
        ("/v1/reply", {"appeal": "x", "reply": "x", "answered": 1}, "/answered"),
        ("/v1/reply", {"appeal": "x", "reply": "x", "deadline_days": 0}, "/deadline_days"),
        ("/v1/routing/dry-run", {"rules": "", "items": [{"text": 1}]}, "/items/0/text"),
        ("/v1/routing/check", {"rules": 1}, "/rules"),
        ("/v1/routing/check", {"rules": "", "appeal": 1}, "/?"),
        (f"/v1/analyses/{'0' * 32}/correction", {"card": {"prior_appeals": 1}}, "/card/prior_appeals"),
    ],
)
def test_every_contract_names_its_own_places(client, path, body, pointer):
    problem = refused(client.post(path, json=body), 422, "request_invalid")
    assert problem["errors"][0]["pointer"] == pointer


def test_refusals_below_static_are_problems_too(client):
    refused(client.get("/static/nothing.css"), 404, "not_found")
    assert refused(client.post("/static/style.css"), 405, "method_not_allowed")
    assert client.post("/static/card.css").headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", [ONE, BATCH, "/nowhere"])
def test_body_too_large_as_announced(client, path):
    refused(client.post(path, content=b"x" * 3_000_001, headers=JSON), 413, "body_too_large")


def test_body_too_large_in_unannounced_pieces(client):
    def pieces():
        for _ in range(31):
            yield b"x" * 100_000

    refused(client.post(ONE, content=pieces(), headers=JSON), 413, "body_too_large")


def test_pieces_within_the_limit_are_read(client):
    pieces = (bytes([byte]) for byte in '{"text": "Яма на дороге"}'.encode())
    assert client.post(ONE, content=pieces, headers=JSON).status_code == 200


@pytest.mark.parametrize("media", ["text/plain", "application/x-www-form-urlencoded", "", None])
def test_media_type(client, media):
    headers = {} if media is None else {"content-type": media}
    refused(client.post(ONE, content=b'{"text": "x"}', headers=headers), 415, "media_type_unsupported")


@pytest.mark.parametrize("path", [f"/{CANARY}", "/v1", "/v1/analyze/", "/docs/../x", "/redoc", "/v1/analyze?a=%00"])
def test_nowhere(client, path):
    answer = client.get(path)
    if path.startswith("/v1/analyze?"):
        refused(answer, 405, "method_not_allowed")
    elif answer.status_code != 307:
        refused(answer, 404, "not_found")


@pytest.mark.parametrize(("method", "path", "allowed"), [("GET", ONE, "POST"), ("DELETE", "/healthz", "GET")])
def test_other_method(client, method, path, allowed):
    answer = client.request(method, path)
    refused(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize("given", ["a", "Req-1.2_3", "7" * 64])
def test_request_id_comes_back(client, given):
    assert client.get("/healthz", headers={"x-request-id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "7" * 65, "a b", "a;b", b"\xd0\xaf", "<script>"])
def test_strange_request_id_is_replaced(client, given):
    answer = client.get("/healthz", headers={"x-request-id": given})
    assert len(answer.headers["x-request-id"]) == 32
