"""``POST /v1/reply``: an official reply beside its appeal."""

import httpx
import pytest
from mcu_nlp_service.api.answers import ReplyOut

APPEAL = "На ул. Садовой, д. 4 третью неделю не горит фонарь. Прошу восстановить освещение."
GOOD = (
    "Уважаемая Анна Ивановна! Светильник у дома 4 по ул. Садовой заменён 14.03.2025 бригадой горсвета. "
    "По вопросам обращайтесь к Орехову П. Р., тел. 8 (94800) 2-14-36."
)
BAD = "Ваше обращение рассмотрено и направлено по компетенции. Вопрос будет учтён при наличии финансирования."


@pytest.mark.parametrize(("reply", "brush_off"), [(GOOD, False), (BAD, True)])
def test_a_reply_is_reviewed(client: httpx.Client, reply: str, brush_off: bool) -> None:
    body = {"appeal": APPEAL, "reply": reply, "received": "2025-03-03", "answered": "2025-03-15"}
    response = client.post("/v1/reply", json=body)
    assert response.status_code == 200
    review = ReplyOut.model_validate(response.json(), extra="forbid")
    assert review.brush_off is brush_off
    assert len(review.points) == 10
    for point in review.points:
        for span in point.spans:
            assert review.text[span.start : span.end] == span.text


def test_an_empty_reply_is_refused(client: httpx.Client) -> None:
    response = client.post("/v1/reply", json={"appeal": APPEAL, "reply": " "})
    assert (response.status_code, response.json()["code"]) == (422, "text_empty")
