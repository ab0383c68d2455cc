"""The specialist's pages as HTML: what they hold, that a stored text is inert, that nothing comes from elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from html.parser import HTMLParser
from importlib.resources import files

import httpx
import pytest
from mcu_nlp_service.page.choices import Decision, Option
from mcu_nlp_service.page.deadline import deadline

from mcu_nlp import field_titles, kind_titles, level_titles, stylesheet

TEXT = "Третью неделю не горит фонарь на ул. Садовой, д. 4. Прошу починить. Зоя Лунина, тел. 8 944 123-45-60"
ATTACK = "</textarea></script>'\"><script>alert(1)</script><img src=x onerror=alert(2)> {{7*7}} на ул. Мира"
DOUBTFUL = "{n}-й день нет воды на ул. Садовой, д. {n}. Когда включат? Ещё яма во дворе и фонарь не горит. Кто ответит?"
FORM = {"text": TEXT, "id": "17", "channel": "portal", "received": "2025-02-20"}


class Page(HTMLParser):
    """Tags with their attributes, and the words of a page."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.tags if attributes.get("id")]


@pytest.fixture(scope="module")
def site(start: Callable) -> Iterator[str]:
    with start(MCU_NLP_STORE="all", MCU_NLP_PROCESSES="1", MCU_NLP_MAX_TEXT="300") as server:
        yield server.url


@pytest.fixture
def client(site: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site, timeout=60, trust_env=False) as caller:
        yield caller


def check_page(html: str) -> Page:
    """What holds on every page: nothing inline, nothing from elsewhere, everything labelled."""
    page = Page(html)
    for tag, attributes in page.tags:
        assert tag != "style"
        assert not [name for name in attributes if name.startswith("on") or name == "style"], (tag, attributes)
        for name in ("src", "href", "action"):
            assert not re.match(r"[a-z]+:|//", attributes.get(name) or ""), (tag, attributes)
    assert all(script["src"] for script in page.all("script"))
    assert len(page.ids) == len(set(page.ids))
    labelled = {label.get("for") for label in page.all("label")}
    for tag in ("input", "select", "textarea"):
        for field in page.all(tag):
            inside_label = field.get("type") in ("radio", "checkbox", "file")
            assert field.get("id") in labelled or inside_label or field.get("type") == "hidden", field
    assert {"main", "header", "nav", "footer"} <= {tag for tag, _ in page.tags}
    assert page.all("html")[0]["lang"] == "ru"
    assert len(page.all("h1")) == 1
    return page


def test_fields_of_the_card_can_be_written_anew(client):
    page = check_page(client.post("/", data=FORM).text)
    fields = {field["data-card"]: field for field in page.all("textarea") if "data-card" in field}
    assert list(fields) == list(field_titles())
    assert {name for name, field in fields.items() if "data-several" not in field} == {"summary", "request"}


def test_a_day_beyond_the_calendar_has_no_deadline():
    assert deadline(date(9999, 12, 31)) is None


def test_an_answer_of_an_older_taxonomy_is_not_confirmed():
    offered = [Option("roads.old", "Прежняя тема", 0.4)]
    assert not Decision("topic", "Тема", "roads.old", offered, [Option("roads.new", "Новая тема")]).is_known
    assert Decision("kind", "Вид", "complaint", [Option("complaint", "Жалоба")]).is_known


def test_the_first_page_is_a_form(client):
    page = check_page(client.get("/").text)
    example = check_page(client.get("/?example=true").text)
    assert [field["name"] for field in page.all("textarea")] == ["text"]
    assert {"received", "id"} <= {field.get("name") for field in page.all("input")}
    assert "Садовой" in example.words


def test_an_appeal_becomes_a_card_without_a_script(client):
    response = client.post("/", data=FORM)
    page = check_page(response.text)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    # The card of the notebooks, the text with its marks.
    assert '<div class="mcu"' in response.text
    assert "mcu-place" in response.text
    # 59-ФЗ: 22 March 2025 is a Saturday.
    assert {attributes["datetime"] for attributes in page.all("time")} == {"2025-02-21", "2025-02-27", "2025-03-21"}
    # What was sent is there to be changed.
    assert TEXT in page.words


def test_every_decision_can_be_corrected(client, toy_model):
    taxonomy = json.loads((toy_model / "taxonomy.json").read_text("utf-8"))
    page = check_page(client.post("/", data=FORM).text)
    radios = page.all("input")
    chosen = [radio["name"] for radio in radios if radio.get("type") == "radio" and "checked" in radio]
    assert chosen == ["topic", "department", "kind", "tone"]
    for name, titles in (("kind", kind_titles()), ("tone", level_titles())):
        assert {radio["value"] for radio in radios if radio.get("name") == name} == set(titles)
    offered = {option["data-id"] for option in page.all("option") if "data-id" in option}
    assert offered == {label["id"] for kind in ("topics", "departments") for label in taxonomy[kind]}


def test_what_the_page_sends_is_a_correction(client):
    """The form holds all that the API needs for an appeal that is not stored, also its line ends."""
    page = check_page(client.post("/", data=FORM | {"text": TEXT + "\r\nи ещё"}).text)
    (form,) = [form for form in page.all("form") if form.get("id") == "verdict"]
    body = json.loads(form["data-appeal"]) | {"tone": "tense"}
    saved = client.post(f"/v1/analyses/{form['data-analysis']}/correction", json=body)
    assert saved.status_code == 201, saved.text
    assert saved.json()["tone"] == "tense"


def test_a_hostile_text_is_inert_everywhere(client):
    answers = [client.post("/", data={"text": ATTACK, "id": ATTACK[:150]}), client.get("/queue")]
    for answer in answers:
        page = check_page(answer.text)
        assert answer.status_code == 200
        assert not [image for image in page.all("img") if image["src"] == "x"]
        assert "<script>alert" not in answer.text
        assert "alert(1)" in page.words
        assert "49" not in page.words.split()


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"text": "  "}, 422, "пуст"),
        ({"received": "вчера"}, 422, "дату"),
        ({"text": "я" * 400}, 413, "длин"),
        ({"id": "1" * 201}, 422, "номер"),
    ],
)
def test_what_is_wrong_is_told_on_the_page(client, change, status, word):
    response = client.post("/", data=FORM | change)
    page = check_page(response.text)
    assert response.status_code == status
    assert any(attributes.get("role") == "alert" for attributes in page.all("p"))
    assert word in page.words
    # Nothing that was typed is lost.
    assert (change | {"x": ""}).get("text", TEXT).strip() in page.words


def test_the_queue_begins_with_the_least_certain(client):
    for number in range(3, 6):
        client.post(
            "/v1/analyze", json={"text": DOUBTFUL.format(n=number), "id": str(number), "received": "2025-03-03"}
        )
    waiting = client.get("/v1/queue").json()["items"]
    page = check_page(client.get("/queue").text)
    last = check_page(client.get(f"/queue?at={waiting[-1]['analysis_id']}").text)
    assert "Всё проверено" in check_page(client.get(f"/queue?after=1.0_{'f' * 32}").text).words
    links = [link["href"].split("=")[1] for link in page.all("a") if (link.get("href") or "").startswith("queue?at=")]
    assert links == [item["analysis_id"] for item in waiting]
    assert len(links) >= 2

    def verdict(page):
        return next(form for form in page.all("form") if form.get("id") == "verdict")

    assert verdict(page)["data-analysis"] == links[0]
    assert verdict(page)["data-next"] == f"queue?at={links[1]}"
    assert verdict(last)["data-analysis"] == links[-1]
    assert verdict(last)["data-next"] == "queue"


def test_files_have_a_page(client):
    page = check_page(client.get("/jobs").text)
    assert {"file", "queue", "mask", "explain", "text", "id"} <= {field.get("name") for field in page.all("input")}


def test_all_that_a_page_names_is_served_here(client):
    pages = [client.post("/", data=FORM), *[client.get(path) for path in ("/", "/queue", "/jobs")]]
    named = {
        attributes.get(name)
        for page in pages
        for tag, attributes in Page(page.text).tags
        for name in ("src", "href")
        if tag in ("script", "link", "img") and attributes.get(name)
    }
    found = {address: client.get(f"/{address}").status_code for address in named}
    assert client.get("/static/card.css").text == stylesheet()
    assert client.get("/static/%2e%2e/app.py").status_code == 404
    assert len(named) >= 6
    assert set(found.values()) == {200}, found


def test_no_file_of_the_page_names_another_site():
    folder = files("mcu_nlp_service.page")
    texts = [
        entry.read_text("utf-8")
        for part in ("static", "templates")
        for entry in (folder / part).iterdir()
        if entry.is_file()
    ]
    assert len(texts) > 8
    for text in texts:
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(", text)
        assert "innerHTML" not in text
        assert "|safe" not in text.replace("{{ card|safe }}", "")
