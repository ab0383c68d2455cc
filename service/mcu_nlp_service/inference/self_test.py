"""What a model must answer before it may serve: fixed invented appeals, each with a whole answer."""

from __future__ import annotations

from datetime import date

from pydantic import ValidationError

from mcu_nlp import Message
from mcu_nlp_service.api.answers import AnalysisOut
from mcu_nlp_service.inference import worker
from mcu_nlp_service.inference.pool import Pool
from mcu_nlp_service.inference.worker import Answer, ModelFacts

APPEALS = (
    "На улице Садовой у дома 4 третью неделю не горит фонарь. Прошу восстановить освещение.",
    "Предлагаю сделать тротуар от остановки «Рынок» до школы: дети ходят по обочине.",
    "Спасибо фельдшеру Ореховой за внимание и терпение!",
    "Сколько можно отписываться? Обращались дважды, вода в подвале по колено. Дойдём до прокуратуры!",
    "Когда откроют новую поликлинику в посёлке Берёзовом? Телефон 8 (94800) 2-14-36.",
)


class SelfTestError(Exception):
    """A model that loads but does not answer as it must; the message is for the operator, in Russian."""


async def self_test(pool: Pool, facts: ModelFacts) -> None:
    """Ask for a whole answer to every appeal. Raises ``SelfTestError``."""
    if not facts.taxonomy["categories"] or not facts.taxonomy["topics"]:
        raise SelfTestError("В модели нет тем: перечень тем пуст.")
    messages = [Message(text, received=date(2025, 3, 14)) for text in APPEALS]
    for number, answer in enumerate(await pool.run(worker.analyze, messages, False, True), 1):
        if not isinstance(answer, Answer):
            raise SelfTestError(f"Проверочное обращение {number} модель не разобрала.")
        try:
            analysis = AnalysisOut.model_validate_json(answer.json)
        except ValidationError as error:
            place = "/".join(map(str, error.errors()[0]["loc"]))
            raise SelfTestError(f"Ответ на проверочное обращение {number} неполон: {place}.") from None
        _check(analysis, facts, number)


def _check(analysis: AnalysisOut, facts: ModelFacts, number: int) -> None:
    topics = {topic["id"]: topic["category"] for topic in facts.taxonomy["topics"]}
    if topics.get(analysis.topic.id) != analysis.category.id:
        raise SelfTestError(f"Проверочное обращение {number}: тема не из перечня тем модели или не из своей группы.")
    if (analysis.model.name, analysis.model.version) != (facts.name, facts.version):
        raise SelfTestError(f"Проверочное обращение {number}: ответ назвал другую модель.")
    if not all(analysis.text[span.start : span.end] == span.text for span in analysis.card.places):
        raise SelfTestError(f"Проверочное обращение {number}: отрезки не указывают на текст.")
