"""The strings of a masked analysis say what its masked text says: nothing less is covered in them, nothing more."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import mcu_nlp
from mcu_nlp.masking import mask_analysis
from mcu_nlp.privacy.kinds import PLACEHOLDER
from mcu_nlp.records import Analysis, Card, Doubt, Flag


def spans_of(part: object) -> Iterator[dict[str, Any]]:
    """Every mapping with start, end and text inside the contract."""
    if isinstance(part, dict):
        if "start" in part:
            yield part
        for inner in part.values():
            yield from spans_of(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from spans_of(inner)


def test_no_string_tells_what_is_masked_elsewhere(analyzer: mcu_nlp.Analyzer) -> None:
    text = (
        "Главе района Чистякову Д. П. от зои луниной. Роза на клумбе завяла, у дома 7 по улице Панкратова нет света. "
        "Прошу привлечь Панкратова Захара, панкратов не отвечает. Подскажите, когда лунина зоя получит ответ?"
    )
    analysis = analyzer(text, explain=True)
    doubt = Doubt(("a", "b"), "Панкратова Захара или дороги?", 0.5)
    flags = (*analysis.flags, Flag("complained_of", (), "панкратов захар"))
    masked = mask_analysis(dataclasses.replace(analysis, doubt=doubt, flags=flags))
    content = masked.to_dict()
    told = str(content)
    assert re.findall(r"лунин\w*|чистяков\w*|захар\w*|панкратов\b", told, re.IGNORECASE) == []
    assert "Роза" in masked.text
    assert "улице Панкратова" in masked.text
    spans = list(spans_of(content))
    assert len(spans) > 10
    assert [span for span in spans if masked.text[span["start"] : span["end"]] != span["text"]] == []


def test_summary_is_masked_as_the_text_is() -> None:
    text = "роза на клумбе завяла, на ул. Зои Луниной темно. Прошу ответить Зое Луниной, лунина з.п."
    summary = "Роза на клумбе завяла, на ул. Зои Луниной темно, просьба ответить Зое Луниной"
    masked = mask_analysis(Analysis(text, card=Card(summary=summary)))
    assert masked.text == "роза на клумбе завяла, на ул. Зои Луниной темно. Прошу ответить [ФИО], [ФИО]"
    assert masked.card is not None
    assert masked.card.summary == "Роза на клумбе завяла, на ул. Зои Луниной темно, просьба ответить [ФИО]"


def test_summary_stays_short() -> None:
    text = "Зоя Лунина пишет. " + "Ким Анна и Цой Вера просят. " * 6
    masked = mask_analysis(Analysis(text.strip(), card=Card(summary=text[:160].rstrip())))
    assert masked.card is not None
    assert len(masked.card.summary or "") <= 160
    assert "[" not in PLACEHOLDER.sub("", masked.card.summary or "")
