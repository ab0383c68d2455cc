"""The client: typed answers of a real server, batches that fit, patience where the service asks for it."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

import mcu_nlp
from mcu_nlp.client import Client, ClientError

TEXT = "На ул. Садовой, д. 4 третью неделю не горит фонарь. Прошу восстановить. Тел. 8 944 123-45-60"


@pytest.fixture(scope="module")
def service(server) -> Iterator[Client]:
    with Client(server.url) as client:
        yield client


def test_an_answer_is_the_librarys_own_record(service, analyzer):
    message = mcu_nlp.Message(TEXT, id="1741", received=date(2025, 3, 14))
    answer = service.analyze(message)
    assert answer.analysis.to_dict() == analyzer(message).to_dict()
    assert answer.message == message
    assert service.analyze(TEXT, mask=True).analysis.text.endswith("[ТЕЛЕФОН]")
    assert service.analyze(TEXT, explain=True).analysis.explanation is not None


def test_many_come_in_order_and_in_batches_that_the_service_takes(service, analyzer):
    # The server takes 50 in a batch, the client begins with 100.
    texts = [f"Яма номер {n} на ул. Мира" for n in range(130)]
    assert [a.text for a in service.map(texts)] == texts
    assert list(service.map([])) == []


def test_a_faulty_appeal_is_named_by_its_place_among_all(service):
    texts = ["Яма на дороге"] * 120
    texts[110] = "<p></p>"
    found = []
    with pytest.raises(ClientError) as refused:
        found.extend(service.map(texts))
    assert (refused.value.code, refused.value.status, refused.value.item) == ("text_empty", 422, 110)
    assert refused.value.russian
    assert refused.value.request_id


def test_half_of_a_broken_emoji_does_no_harm(service):
    assert service.analyze("Яма \ud83d на дороге").analysis.text == "Яма на дороге"


def test_a_reply_is_reviewed(service):
    review = service.reply(TEXT, "Фонарь у дома 4 заменён 14.03.2025.", answered=date(2025, 3, 15))
    assert review["points"]


def test_who_answers(service, analyzer):
    assert service.ready()["version"] == analyzer.model.version


def fake(*answers: httpx.Response | Exception, seen: list[httpx.Request] | None = None) -> Client:
    waiting = iter(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        if seen is not None:
            seen.append(request)
        given = next(waiting)
        if isinstance(given, Exception):
            raise given
        return given

    return Client("http://test", "mcu_x_y", tries=3, transport=httpx.MockTransport(answer))


@pytest.fixture
def pauses(monkeypatch) -> list[float]:
    """The pauses that the client makes, without making them."""
    made: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", made.append)
    return made


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    body = {"code": code, "detail": "Повторите позже.", "status": status}
    return httpx.Response(status, json=body, headers=headers)


def test_a_file_becomes_a_job_and_a_result(service, tmp_path):
    source = tmp_path / "обращения.csv"
    source.write_text("номер;сообщение\n1;Яма на дороге\n2;\n3;Не горит фонарь\n", "utf-8")
    sent = service.submit(source, text="сообщение", id="номер", mask=True, idempotency_key="march")
    assert sent.filename == "обращения.csv"
    assert service.submit(source, text="сообщение", id="номер", mask=True, idempotency_key="march").id == sent.id
    job = service.wait(sent, seconds=60, every=0.1)
    assert (job.state, job.rows_total, job.rows_done, job.rows_failed) == ("done", 3, 3, 1)
    assert job.finished is not None
    assert job.finished >= job.created
    lines = service.download(job, tmp_path / "analyses.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line).get("id") for line in lines] == ["1", None, "3"]  # the second is told, not lost
    assert service.download(job, tmp_path / "analyses.xlsx").read_bytes()[:2] == b"PK"
    service.delete(job)
    with pytest.raises(ClientError, match="404"):
        service.job(job)
    with pytest.raises(ClientError, match="404"):
        service.download(job, tmp_path / "none.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["analyses.jsonl", "analyses.xlsx", "обращения.csv"]


def test_a_correction_is_kept(service):
    answer = service.analyze(mcu_nlp.Message("Яма на дороге у дома 7", id="1742"))
    assert answer.analysis_id is not None
    kept = service.correct(answer, kind="complaint", comment="Жалуются на подрядчика", who="А. Б.")
    assert kept.analysis_id == answer.analysis_id
    with pytest.raises(ClientError) as refused:
        service.correct("0" * 32, kind="complaint")
    assert (refused.value.status, refused.value.code) == (404, "analysis_unknown")


READY = {"status": "ok", "model": "kursk", "version": "1"}


def test_it_comes_again_when_the_service_says(pauses):
    seen: list[httpx.Request] = []
    lost = httpx.ReadTimeout("")
    client = fake(problem(429, "busy", **{"Retry-After": "7"}), lost, httpx.Response(200, json=READY), seen=seen)
    assert client.ready() == READY
    assert len(seen) == 3
    assert 7 <= pauses[0] < 60
    assert {request.headers["authorization"] for request in seen} == {"Bearer mcu_x_y"}


def test_it_gives_up(pauses):
    with pytest.raises(ClientError) as refused:
        fake(*[problem(503, "not_ready")] * 3).ready()
    assert (refused.value.code, refused.value.status) == ("not_ready", 503)
    with pytest.raises(ClientError) as refused:
        fake(*[httpx.ConnectError("")] * 3).ready()
    assert refused.value.code == "service_unreachable"


def test_what_cannot_help_is_not_repeated(pauses):
    with pytest.raises(ClientError, match="403 role_missing"):
        fake(problem(403, "role_missing")).ready()
    with pytest.raises(ClientError) as refused:
        fake(httpx.Response(502, text="<html>Bad Gateway")).ready()
    assert refused.value.code == "service_answer_strange"
    assert pauses == []


def test_a_correction_is_never_sent_twice(pauses):
    with pytest.raises(ClientError) as refused:
        fake(httpx.ReadTimeout("")).correct("a" * 32, topic="roads.city-potholes")
    assert refused.value.code == "service_unreachable"
    assert pauses == []
    done = httpx.Response(201, json={"id": 5, "analysis_id": "a" * 32})
    assert fake(httpx.ConnectError(""), done).correct("a" * 32, comment="Двор").id == 5


def in_seconds(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def test_it_waits_until_the_date_that_is_told(pauses):
    client = fake(problem(429, "busy", **{"Retry-After": in_seconds(20)}), httpx.Response(200, json=READY))
    assert client.ready() == READY
    assert 15 <= pauses[0] <= 60


@pytest.mark.parametrize("later", ["61", in_seconds(600)])
def test_it_does_not_wait_longer_than_it_would(pauses, later):
    with pytest.raises(ClientError, match="429 rate_limited"):
        fake(problem(429, "rate_limited", **{"Retry-After": later})).ready()
    assert pauses == []


def test_a_text_that_takes_too_long_is_not_sent_again(pauses):
    with pytest.raises(ClientError, match="503 analysis_timeout"):
        fake(problem(503, "analysis_timeout")).analyze("Яма")
    assert pauses == []


@pytest.mark.parametrize("code", ["busy", "rate_limited", "not_ready"])
def test_a_correction_that_was_not_heard_is_sent_again(pauses, code):
    done = httpx.Response(201, json={"id": 5, "analysis_id": "a" * 32})
    assert fake(problem(503, code), done).correct("a" * 32, comment="Двор").id == 5


@pytest.mark.parametrize("answer", [problem(503, "worker_lost"), httpx.Response(503, text="<html>")])
def test_a_correction_that_may_have_been_heard_is_not(pauses, answer):
    with pytest.raises(ClientError, match="503"):
        fake(answer).correct("a" * 32, comment="Двор")
    assert pauses == []


def test_a_deletion_whose_answer_was_lost_is_done(pauses):
    fake(httpx.ReadTimeout(""), problem(404, "job_not_found")).delete("a" * 32)
    with pytest.raises(ClientError, match="404"):
        fake(problem(429, "busy"), problem(404, "job_not_found")).delete("a" * 32)


def test_what_is_no_answer_of_the_service_is_told(pauses):
    page = httpx.Response(200, text="<html>Вход</html>")
    for ask in (
        lambda: fake(page).ready(),
        lambda: fake(page).analyze("Яма"),
        lambda: list(fake(page).map(["Яма"])),
        lambda: fake(httpx.Response(200, json={"items": []})).map(["Яма"]).__next__(),
        lambda: fake(httpx.Response(200, json=[])).job("a" * 32),
    ):
        with pytest.raises(ClientError) as refused:
            ask()
        assert (refused.value.code, refused.value.status) == ("service_answer_strange", 200)


def test_what_a_later_service_tells_more_is_passed_over(service):
    content = service.analyze(TEXT).analysis.to_dict()
    for part in (content, content["topic"], content["card"]["places"][0], content["card"]["request"]):
        part["later"] = 1
    assert fake(httpx.Response(200, json=content)).analyze(TEXT).analysis.card.places[0].street == "Садовой"


class _Broken(httpx.SyncByteStream):
    def __iter__(self):
        yield b"half"
        raise httpx.ReadError("")


def test_a_download_that_breaks_off_begins_anew(pauses, tmp_path):
    answers = httpx.Response(200, stream=_Broken()), httpx.Response(200, content=b"whole")
    path = fake(*answers).download("a" * 32, tmp_path / "a.jsonl")
    assert path.read_bytes() == b"whole"
    with pytest.raises(ClientError, match="service_unreachable"):
        fake(*[httpx.Response(200, stream=_Broken()) for _ in range(3)]).download("a" * 32, path)
    assert [(one.name, one.read_bytes()) for one in tmp_path.iterdir()] == [("a.jsonl", b"whole")]


def test_a_correction_brings_the_appeal_along(service, pauses):
    seen: list[httpx.Request] = []
    analysis = service.analyze("Яма на дороге").analysis
    one = httpx.Response(200, json=analysis.to_dict(), headers={"X-Analysis-ID": "b" * 32})
    client = fake(one, httpx.Response(201, json={"id": 6, "analysis_id": "b" * 32}), seen=seen)
    answer = client.analyze(mcu_nlp.Message("Яма на дороге", id="7", received=date(2025, 3, 14)))
    client.correct(answer, kind="complaint")
    assert seen[1].url.path == f"/v1/analyses/{'b' * 32}/correction"
    assert json.loads(seen[1].content) == {
        "text": "Яма на дороге",
        "id": "7",
        "received": "2025-03-14",
        "kind": "complaint",
    }


def test_an_error_crosses_processes():
    error = ClientError("text_empty", status=422, russian="Пусто.", item=3, request_id="r")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (again.code, again.details, str(again)) == (error.code, error.details, str(error))


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_the_library_does_not_need_it():
    assert run("import sys, mcu_nlp; print({'httpx', 'tenacity', 'mcu_nlp.client'} & sys.modules.keys())") == "set()"


def test_a_missing_extra_is_named():
    told = run(
        "import sys; sys.modules['tenacity'] = None\n"
        "import mcu_nlp\n"
        "try: import mcu_nlp.client\n"
        "except mcu_nlp.MissingExtraError as error: print(error)"
    )
    assert told == "mcu_nlp.client needs the extra 'client': pip install 'mcu-nlp[client]'"
