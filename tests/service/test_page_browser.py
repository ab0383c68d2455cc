"""The pages in a real browser: analyse, correct, walk the queue with keys, send a file; no error, nothing blocked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
Page, expect = playwright.Page, playwright.expect

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser: apt-get install chromium ({CHROMIUM})"),
    # An open browser's sockets are closed by its own process.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
TEXT = "Третью неделю не горит фонарь на ул. Садовой, д. 4. Прошу починить. Зоя Лунина, тел. 8 944 123-45-60"
DOUBTFUL = [
    f"{n}-й день нет воды на ул. Садовой, д. {n}. Когда включат? Ещё яма во дворе и фонарь не горит. Кто ответит?"
    for n in range(3, 7)
]
SECONDS = 30


@pytest.fixture(scope="module")
def site(start: Callable) -> Iterator[str]:
    with start(MCU_NLP_STORE="review", MCU_NLP_PROCESSES="1") as server:
        yield server.url


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: playwright.Browser, site: str) -> Iterator[Callable[..., Page]]:
    """Opens pages; at the end none may have complained or called another address."""
    faults: list[str] = []
    contexts = []

    def opened(path: str = "/", **options: object) -> Page:
        context = browser.new_context(base_url=site, locale="ru-RU", **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SECONDS * 1000)
        # Refusals of the content security policy are told on the console too.
        page.on("console", lambda told: faults.append(told.text) if told.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda sent: faults.append(sent.url) if not sent.url.startswith(site) else None)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def analyse(page: Page, text: str = TEXT) -> None:
    page.get_by_label("Текст обращения").fill(text)
    page.get_by_label("Дата поступления").fill("2025-02-20")
    page.get_by_role("button", name="Разобрать").click()
    expect(page.locator(".mcu")).to_be_visible()


def corrections(site: str) -> list[dict]:
    answer = httpx.get(f"{site}/v1/corrections", trust_env=False)
    return [json.loads(line) for line in answer.text.splitlines()]


def test_analyse_and_correct_with_two_clicks(open_page, site):
    page = open_page()
    analyse(page)
    expect(page.locator("mark.mcu-place").first).to_contain_text("Садовой")
    expect(page.get_by_text("21.03.2025")).to_be_visible()
    page.get_by_role("group", name="Тон").get_by_role("radio", name="конфликтный").click()
    page.get_by_role("button", name="Сохранить исправления").click()
    expect(page.get_by_role("status").filter(has_text="Исправления сохранены")).to_be_visible()
    assert "conflict" in [row["tone"] for row in corrections(site) if row["text"] == TEXT]


def test_search_another_topic_and_take_it_back(open_page):
    page = open_page()
    analyse(page)
    group = page.get_by_role("group", name="Тема")
    other = group.locator("datalist option").last.get_attribute("value")
    page.get_by_label("Другая тема").fill(other)
    expect(group.get_by_role("radio", checked=True)).to_have_accessible_name(other)
    page.get_by_role("button", name="Вернуть").click()
    expect(page.get_by_role("button", name="Всё верно")).to_be_visible()
    expect(group.get_by_role("radio", checked=True)).not_to_have_accessible_name(other)


def test_write_a_field_of_the_card_anew(open_page, site):
    page = open_page()
    text = "Неделю нет света в подъезде дома 8 по ул. Луговой. Прошу починить."
    analyse(page, text)
    page.get_by_text("Исправить карточку").click()
    page.get_by_label("Место", exact=True).fill("ул. Луговая, д. 8, подъезд 2\n\nподвал")
    page.get_by_role("button", name="Сохранить исправления").click()
    expect(page.get_by_role("status").filter(has_text="Исправления сохранены")).to_be_visible()
    expect(page.get_by_role("button", name="Всё верно")).to_be_visible()
    number = page.locator("#verdict").get_attribute("data-analysis")
    (correction,) = httpx.get(f"{site}/v1/analyses/{number}", trust_env=False).json()["corrections"]
    assert correction["card"] == {"places": ["ул. Луговая, д. 8, подъезд 2", "подвал"]}
    assert correction["topic"] is None


def test_agree_with_one_click(open_page):
    page = open_page()
    analyse(page, "Нет воды на ул. Полевой, 3")
    page.get_by_role("button", name="Всё верно").click()
    expect(page.get_by_role("status").filter(has_text="подтверждён")).to_be_visible()


def test_open_an_old_text_file(open_page, tmp_path):
    old = tmp_path / "appeal.txt"
    old.write_bytes(TEXT.encode("cp1251"))
    page = open_page()
    page.locator("#open").set_input_files(old)
    expect(page.get_by_label("Текст обращения")).to_have_value(TEXT)


def press(page, key: str) -> None:
    """Press a key when the page's script listens, which it does not before it is loaded."""
    page.locator("html[data-keys]").wait_for(state="attached")
    page.keyboard.press(key)


def test_the_queue_with_keys_alone(open_page, site):
    for text in DOUBTFUL:
        httpx.post(f"{site}/v1/analyze", json={"text": text}, timeout=SECONDS, trust_env=False).raise_for_status()
    waiting = [item["analysis_id"] for item in httpx.get(f"{site}/v1/queue", trust_env=False).json()["items"]]
    assert len(waiting) >= 3
    page = open_page("/queue")
    form = page.locator("#verdict")
    expect(form).to_have_attribute("data-analysis", waiting[0])
    press(page, "j")
    expect(form).to_have_attribute("data-analysis", waiting[1])
    press(page, "k")
    expect(form).to_have_attribute("data-analysis", waiting[0])
    press(page, "?")
    expect(page.get_by_role("dialog", name="Клавиши")).to_be_visible()
    press(page, "Escape")
    press(page, "2")
    expect(page.get_by_role("button", name="Сохранить исправления")).to_be_visible()
    press(page, "Enter")
    # The next one follows; the one that was decided has left.
    expect(form).to_have_attribute("data-analysis", waiting[1])
    expect(page.locator(".list li")).to_have_count(len(waiting) - 1)


def test_a_file_becomes_a_result(open_page, tmp_path):
    table = tmp_path / "март.csv"
    rows = [f"{number};Нет света на ул. Садовой, д. {number}" for number in range(1, 8)]
    table.write_text("\n".join(["Номер;Текст обращения", *rows]), "utf-8")
    page = open_page("/jobs")
    page.locator("#file").set_input_files(table)
    page.get_by_role("button", name="Разобрать файл").click()
    job = page.get_by_role("listitem").filter(has_text="март.csv")
    expect(job).to_contain_text("готово", timeout=SECONDS * 1000)
    expect(job).to_contain_text("Строк: 7 из 7")
    with page.expect_download() as download:
        job.get_by_role("link", name="jsonl").click()
    assert len(download.value.path().read_text("utf-8").splitlines()) == 7
    job.get_by_role("button", name="Удалить").click()
    expect(job).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough_in_both_schemes(open_page, scheme):
    """WCAG AA: 4.5 to 1 for every piece of text, against the ground that is really behind it."""
    page = open_page(color_scheme=scheme)
    analyse(
        page, "Никто ничего не делает! Нет света на ул. Мира, 7, звоните 8 944 123-45-60. Прошу починить, Зоя Лунина"
    )
    assert page.evaluate(WEAK_TEXT) == []
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert (sum(int(part) for part in ground[4:-1].split(",")) < 200) == (scheme == "dark")


@pytest.mark.parametrize("path", ["/", "/queue", "/jobs"])
def test_a_narrow_screen_needs_no_scrolling_sideways(open_page, path):
    page = open_page(path, viewport={"width": 390, "height": 844})
    if path == "/":
        analyse(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_without_a_script_an_appeal_is_still_analysed(open_page):
    page = open_page(java_script_enabled=False)
    analyse(page)
    expect(page.locator("#verdict")).to_be_hidden()


def test_the_first_key_stroke_leads_past_the_head(open_page):
    page = open_page("/jobs")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="К содержанию")).to_be_focused()
    page.keyboard.press("Enter")
    assert urlsplit(page.url).fragment == "main"


# Text whose colour differs too little from the first opaque ground behind it.
WEAK_TEXT = """() => {
  const channels = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const [r, g, b, a = 1] = channels(getComputedStyle(e).backgroundColor);
      if (a === 1) return [r, g, b];
    }
    return [255, 255, 255];
  };
  const weak = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const told = walker.currentNode.data.trim();
    if (!told || !element.checkVisibility() || element.closest(".unseen, noscript, .skip")) continue;
    const [a, b] = [light(channels(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) weak.push(`${ratio.toFixed(2)} ${element.className} ${told.slice(0, 30)}`);
  }
  return weak;
}"""
