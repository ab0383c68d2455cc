"""Answers of a real server: the contract's form, order, mask, explain."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from mcu_nlp_service.api.answers import AnalysisOut

import mcu_nlp

TEXT = "<p>Добрый день! На ул. Мира, д. 7 яма на дороге.</p> Прошу отремонтировать! Петров Иван, тел. 8 912 345-67-89"


def post(client: httpx.Client, **body: object) -> dict:
    answer = client.post("/v1/analyze", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()


def spans(part: object) -> list[dict]:
    """Every span anywhere in an answer."""
    if isinstance(part, dict):
        own = [part] if {"start", "end", "text"} <= part.keys() else []
        return own + [span for value in part.values() for span in spans(value)]
    return [span for value in part for span in spans(value)] if isinstance(part, list) else []


@pytest.mark.parametrize("explain", [False, True])
@pytest.mark.parametrize("mask", [False, True])
def test_answer_is_what_the_documentation_says(client, mask, explain):
    answer = post(client, id="1741", text=TEXT, mask=mask, explain=explain)
    # Nothing undocumented, nothing missing, no other type.
    assert AnalysisOut.model_validate(answer, strict=True).model_dump(exclude_unset=True) == answer
    found = spans(answer)
    assert found
    assert all(answer["text"][span["start"] : span["end"]] == span["text"] for span in found)


def test_answer_is_the_librarys(client, analyzer):
    assert post(client, id="1741", text=TEXT) == analyzer(mcu_nlp.Message(TEXT, id="1741")).to_dict()


def test_contract_of_one_answer(client):
    answer = post(client, text=TEXT)
    assert answer["id"] is None
    assert "<p>" not in answer["text"]
    assert answer["category"] == answer["category_candidates"][0]
    assert answer["topic"] == answer["topic_candidates"][0]
    assert answer["topic"]["id"].startswith(answer["category"]["id"])
    assert "because" not in answer["topic"]
    assert answer["card"]["contacts"][0]["value"] == "+79123456789"


def test_explain_gives_words_with_places(client):
    answer = post(client, text=TEXT, explain=True)
    assert answer["topic"]["because"]
    assert all({"word", "weight", "spans"} == reason.keys() for reason in answer["topic"]["because"])


def test_mask_leaves_no_personal_data_anywhere(client):
    answer = client.post("/v1/analyze", json={"text": TEXT, "mask": True, "explain": True})
    assert "[ТЕЛЕФОН]" in answer.json()["text"]
    for secret in ("Петров", "Иван", "8 912", "345-67-89", "9123456789"):
        assert secret.lower() not in answer.text.lower()


def test_channel_and_day_of_receipt_are_taken(client):
    answer = post(client, text="Вчера на ул. Мира прорвало трубу", channel="portal", received="2025-03-14")
    assert answer["card"]["dates"][0]["value"] == "2025-03-13"


def test_batch_keeps_order_and_each_items_wishes(client):
    texts = [f"Яма номер {n} на ул. Мира, тел. 8 912 345-67-89" for n in range(30)]
    items = [{"id": str(n), "text": t, "mask": n % 3 == 0, "explain": n % 2 == 0} for n, t in enumerate(texts)]
    answer = client.post("/v1/analyze/batch", json={"items": items})
    assert answer.status_code == 200
    answers = answer.json()["items"]
    assert [a["id"] for a in answers] == [item["id"] for item in items]
    assert answers == [post(client, **item) for item in items]


def test_empty_batch(client):
    assert client.post("/v1/analyze/batch", json={"items": []}).json() == {"items": []}


def test_concurrent_requests_do_not_mix(client):
    texts = [f"Яма номер {n} на дороге по ул. Мира, {n}" for n in range(1, 41)]
    with ThreadPoolExecutor(3) as threads:
        answers = list(threads.map(lambda text: post(client, id=text, text=text), texts))
    assert [a["id"] for a in answers] == texts
    assert [a["text"] for a in answers] == texts


def test_utf8_with_mark_and_escapes(client):
    plain = post(client, text="Яма на дороге")
    for body in (
        b"\xef\xbb\xbf" + '{"text": "Яма на дороге"}'.encode(),
        b'{"text": "\\u042f\\u043c\\u0430 \\u043d\\u0430 \\u0434\\u043e\\u0440\\u043e\\u0433\\u0435"}',
    ):
        answer = client.post("/v1/analyze", content=body, headers={"content-type": "application/json; charset=utf-8"})
        assert answer.json() == plain


def test_half_of_a_broken_emoji_is_dropped(client):
    body = b'{"text": "\\u042f\\u043c\\u0430 \\ud83d \\udd73 \\udc00"}'
    answer = client.post("/v1/analyze", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["text"].encode() == "Яма".encode()


@pytest.mark.parametrize(
    "text",
    [
        "Яма\x00 на\x00 дороге",
        "Яма на дороге &#xD800; &#0; &#55357;",
        "я" * 50_000,
        "1" * 50_000,
        "<" * 49_000 + "яма",
        "<div>" * 9_999,
        "ул. " * 12_500,
        "👍🏽" * 20_000 + "яма",
        "а\u0301\u200b" * 10_000,
        "[id1|" * 10_000,
    ],
    ids=lambda text: f"{text[:6]!a}x{len(text)}",
)
def test_hostile_texts_are_answered_or_refused(client, text):
    answer = client.post("/v1/analyze", json={"text": text, "mask": True, "explain": True})
    assert answer.status_code in (200, 422), answer.text
    assert answer.elapsed.total_seconds() < 10
    if answer.status_code == 422:
        assert answer.json()["code"] == "text_empty"
